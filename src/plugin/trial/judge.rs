//! How often a real model's words pass the checks: what an author needs to know of a prompt before strangers run it.

use std::collections::BTreeMap;

use xiaoer_sdk::{Ask, Generator};

use super::Trial;
use crate::llm::talk::Account;
use crate::llm::{Llm, LlmError};

/// What became of so many answers to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Passed as they came.
    pub at_once: u32,
    /// Passed when the model was told what was wrong.
    pub again: u32,
    /// The fallback spoke.
    pub never: u32,
    /// Why it did, in the words of a merchant, and how often.
    pub why: BTreeMap<String, u32>,
}

/// Asks a question so many times on a shop's account.
///
/// # Errors
/// [`LlmError`]: the prompt cannot be used.
pub async fn judge(llm: &Llm, shop: &str, trial: &Trial, question: &Ask, times: u32) -> Result<Share, LlmError> {
    let manifest = trial.manifest();
    let account = Account { shop: shop.into(), role: manifest.role, run: format!("eval {}", manifest.name) };
    let mut share = Share::default();
    let Some(prompt) = trial.prompts.get(&question.prompt) else { return Ok(share) };
    for _ in 0..times {
        let answered = llm.answer_by(&account, question, prompt).await?;
        if let Some(bill) = answered.bill {
            bill.settle().await;
        }
        match answered.asked.generator {
            Generator::Template { why } => {
                share.never += 1;
                *share.why.entry(why.unwrap_or_default()).or_default() += 1;
            }
            Generator::Model { .. } | Generator::Replay { .. } if answered.paid.len() > 1 => share.again += 1,
            Generator::Model { .. } | Generator::Replay { .. } => share.at_once += 1,
        }
    }
    Ok(share)
}
