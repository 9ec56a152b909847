//! A provider's reply, read without expecting anything: every field may be missing, null, of another type or of another year.
//!
//! It is made from any JSON value at all. The client crate logs a whole body when its own reading fails; a reading that cannot fail
//! is what keeps a buyer's words out of the log.

use serde::Deserialize;
use serde_json::Value;

use super::ModelError;
use super::status::classify_body;

/// What is used of a chat completion.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Reply {
    error: Option<ModelError>,
    choice: Option<Choice>,
    /// Tokens that the provider counted: prompt and answer.
    pub(super) usage: Option<(u64, u64)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Choice {
    text: String,
    refused: bool,
    finish: Finish,
}

/// Why the model stopped. Providers invent their own words; none of them is a reason to lose an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finish {
    /// It had said everything, or nobody says otherwise: the body itself arrived whole.
    Done,
    /// At the limit of tokens.
    Length,
    /// Held back.
    Filtered,
    /// The provider broke off.
    Broken,
}

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        let choice = body.get("choices").and_then(|choices| choices.get(0)).map(Choice::of);
        let count = |name: &str| body.get("usage").and_then(|usage| usage.get(name)).and_then(Value::as_u64);
        let usage = count("prompt_tokens").zip(count("completion_tokens"));
        let error = if choice.is_none() { classify_body(&body) } else { None };
        Self { error, choice, usage }
    }
}

impl Reply {
    /// The words of the answer. A reasoning field is never part of them.
    ///
    /// # Errors
    /// The class of what came instead.
    pub(super) fn words(self) -> Result<String, ModelError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let choice = self.choice.ok_or(ModelError::Malformed)?;
        match choice.finish {
            Finish::Length | Finish::Broken => Err(ModelError::Cut),
            Finish::Filtered => Err(ModelError::Refused),
            Finish::Done if choice.refused && choice.text.is_empty() => Err(ModelError::Refused),
            Finish::Done => Ok(choice.text),
        }
    }
}

impl Choice {
    fn of(choice: &Value) -> Self {
        let message = choice.get("message").unwrap_or(&Value::Null);
        let finish = choice.get("finish_reason").and_then(Value::as_str).unwrap_or_default();
        Self {
            text: unwrapped(&content(message.get("content").unwrap_or(&Value::Null))),
            refused: message.get("refusal").and_then(Value::as_str).is_some_and(|said| !said.is_empty()),
            finish: Finish::of(finish),
        }
    }
}

impl Finish {
    fn of(word: &str) -> Self {
        match word {
            "length" | "max_tokens" | "model_length" | "model_context_window_exceeded" => Self::Length,
            "content_filter" | "sensitive" => Self::Filtered,
            "network_error" | "error" | "abort" => Self::Broken,
            _ => Self::Done,
        }
    }
}

/// Text, or a list of parts some of which are text.
fn content(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect(),
        _ => String::new(),
    }
}

/// Takes thinking and a code fence away from around an answer.
fn unwrapped(text: &str) -> String {
    unfenced(&without_thoughts(text)).trim().to_owned()
}

fn without_thoughts(text: &str) -> String {
    const PAIRS: [(&str, &str); 3] =
        [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];
    let mut text = text.to_owned();
    for (open, close) in PAIRS {
        while let Some(start) = text.find(open) {
            let Some(length) = text[start..].find(close) else {
                // Thoughts that never end leave no answer behind.
                text.truncate(start);
                break;
            };
            text.replace_range(start..start + length + close.len(), "");
        }
        // Some chat templates open the thinking in the prompt, so that only its end is seen.
        if let Some(end) = text.rfind(close) {
            text = text[end + close.len()..].to_owned();
        }
    }
    text
}

fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) else { return text };
    // The fence's first line names a language.
    let body =
        inner.split_once('\n').map_or(inner, |(language, body)| if language.contains(' ') { inner } else { body });
    if body.contains("```") { text } else { body }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(body: Value) -> Result<String, ModelError> {
        Reply::from(body).words()
    }

    fn said(content: Value, finish: Value) -> Result<String, ModelError> {
        words(json!({"choices": [{"message": {"content": content}, "finish_reason": finish}]}))
    }

    #[test]
    fn the_answer_is_found_in_every_wrapping() {
        for content in [
            json!("好的"),
            json!("<think>想一想 {\"a\":1}</think>\n好的"),
            json!("想完了</think>好的"),
            json!("<think>一</think><think>二</think>好的\n"),
            json!("```\n好的\n```"),
            json!("```text\n好的\n```"),
            json!([{"type": "text", "text": "好"}, {"type": "image"}, {"type": "text", "text": "的"}]),
        ] {
            assert_eq!(said(content.clone(), json!("stop")), Ok("好的".into()), "{content}");
        }
    }

    #[test]
    fn a_strange_finish_loses_no_answer_but_a_cut_is_a_cut() {
        for fine in [json!("stop"), json!(""), json!(null), json!("eos"), json!(7), json!("tool_calls")] {
            assert_eq!(said(json!("好的"), fine.clone()), Ok("好的".into()), "{fine}");
        }
        assert_eq!(said(json!("好"), json!("length")), Err(ModelError::Cut));
        assert_eq!(said(json!("好"), json!("network_error")), Err(ModelError::Cut));
        assert_eq!(said(json!("好"), json!("sensitive")), Err(ModelError::Refused));
    }

    #[test]
    fn thoughts_alone_are_no_answer() {
        assert_eq!(said(json!("<think>还在想"), json!("stop")), Ok(String::new()));
        let body = json!({"choices": [{"message": {"content": null, "reasoning_content": "一共三单"}, "finish_reason": "stop"}]});
        assert_eq!(words(body), Ok(String::new()));
    }

    #[test]
    fn any_json_at_all_can_be_read() {
        for body in [
            json!(null),
            json!(7),
            json!([]),
            json!({}),
            json!({"choices": {}}),
            json!({"choices": "x"}),
            json!({"usage": []}),
        ] {
            assert_eq!(words(body.clone()), Err(ModelError::Malformed), "{body}");
        }
        let refusal = json!({"choices": [{"message": {"content": null, "refusal": "no"}}]});
        assert_eq!(words(refusal), Err(ModelError::Refused));
    }
}
