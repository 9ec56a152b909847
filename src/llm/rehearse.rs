//! A question answered by words that were written down beforehand, for whoever tries a skill without a model.
//!
//! The way of an answer is the same as a model's: every section of the prompt must render, the words are checked, a refused answer is
//! asked for once more, and then the fallback speaks. Nothing is paid, masked or sent.

use serde_json::Value;
use xiaoer_sdk::{Ask, Asked, Generator};

use super::prompt::PromptFile;
use super::{LlmError, UNGROUNDED, checked, fallback, house, in_one_line};

/// Name of a model whose words were written down.
const SCRIPTED: &str = "剧本";

/// What the written-down model does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    /// There is none: the fallback answers, as without a model.
    NoModel,
    /// It does not answer.
    Silent,
    /// It says this.
    Words(String),
}

/// Answers a question out of `next`; with the answer come the reasons why earlier words were refused.
///
/// # Errors
/// [`LlmError`]: the prompt cannot be used.
pub fn rehearse(
    prompt: &PromptFile,
    ask: &Ask,
    mut next: impl FnMut() -> Cue,
) -> Result<(Asked<Value>, Vec<String>), LlmError> {
    let template = fallback(prompt, ask)?;
    house::opening(prompt, ask)?;
    let mut refused = Vec::new();
    let by_template = |why| Asked { value: template, generator: Generator::Template { why } };
    for _ in 0..2 {
        match next() {
            Cue::NoModel => return Ok((by_template(None), refused)),
            Cue::Silent if refused.is_empty() => return Ok((by_template(Some("模型没有回答".into())), refused)),
            Cue::Silent => break,
            Cue::Words(words) => match checked(&words, &ask.form) {
                Ok(value) => {
                    return Ok((Asked { value, generator: Generator::Model { name: SCRIPTED.into() } }, refused));
                }
                Err(problems) => {
                    refused.push(in_one_line(&problems));
                }
            },
        }
    }
    Ok((by_template(Some(UNGROUNDED.into())), refused))
}
