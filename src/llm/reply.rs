//! A provider's reply, read without expecting anything: every field may be missing, null, of another type or of another year.
//!
//! It is made from any JSON value at all. The client crate logs a whole body when its own reading fails; a reading that cannot fail
//! is what keeps a buyer's words out of the log.

use serde::Deserialize;
use serde_json::Value;

use super::ModelError;
use super::prices::Tokens;
use super::status::classify_body;
use super::talk::{ToolCall, Turn};

/// What is used of a chat completion.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Reply {
    error: Option<ModelError>,
    heard: Option<Heard>,
    pub(super) tokens: Option<Tokens>,
}

/// What a model said, as far as it was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) text: String,
    pub(super) reasoning: String,
    pub(super) calls: Vec<Wish>,
    pub(super) refused: bool,
    /// None while nobody has said why the model stopped.
    pub(super) finish: Option<Finish>,
}

/// A wish to use a tool, as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wish {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
}

/// Why the model stopped. Providers invent their own words; none of them is a reason to lose an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// It had said everything.
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
        let heard = body.get("choices").and_then(|choices| choices.get(0)).map(Heard::of);
        let error = if heard.is_none() { classify_body(&body) } else { None };
        Self { error, heard, tokens: tokens(&body) }
    }
}

impl Reply {
    /// What the model said. The body itself arrived whole, so a finish that nobody told is none to worry about.
    ///
    /// # Errors
    /// The class of what came instead.
    pub(super) fn turn(self, model: &str) -> Result<Turn, ModelError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let heard = self.heard.ok_or(ModelError::Malformed)?;
        Heard { finish: Some(heard.finish.unwrap_or(Finish::Done)), ..heard }.turn(model)
    }
}

/// What a body says of its tokens.
pub(super) fn tokens(body: &Value) -> Option<Tokens> {
    let usage = body.get("usage")?;
    let count = |path: &str| usage.pointer(path).and_then(Value::as_u64);
    Some(Tokens {
        prompt: count("/prompt_tokens")?,
        answer: count("/completion_tokens")?,
        cached: count("/prompt_tokens_details/cached_tokens").or(count("/prompt_cache_hit_tokens")).unwrap_or(0),
        reasoning: count("/completion_tokens_details/reasoning_tokens").unwrap_or(0),
    })
}

impl Heard {
    fn of(choice: &Value) -> Self {
        let message = choice.get("message").unwrap_or(&Value::Null);
        Self {
            text: content(message.get("content").unwrap_or(&Value::Null)),
            reasoning: reasoning(message),
            calls: wishes(message).map(Wish::of).collect(),
            refused: message.get("refusal").and_then(Value::as_str).is_some_and(|said| !said.is_empty()),
            finish: choice.get("finish_reason").and_then(Value::as_str).map(Finish::of),
        }
    }

    /// What was said, once it is over. The reasoning is never part of the words.
    ///
    /// # Errors
    /// Why it is no answer: half of one is none, and is never repaired.
    pub(super) fn turn(self, model: &str) -> Result<Turn, ModelError> {
        match self.finish {
            None | Some(Finish::Length | Finish::Broken) => return Err(ModelError::Cut),
            Some(Finish::Filtered) => return Err(ModelError::Refused),
            Some(Finish::Done) => {}
        }
        let text = unwrapped(&self.text);
        if self.refused && text.is_empty() {
            return Err(ModelError::Refused);
        }
        let mut calls: Vec<ToolCall> = Vec::new();
        for wish in self.calls {
            // Two calls of one id would get one answer.
            let taken = wish.id.is_empty() || calls.iter().any(|call| call.id == wish.id);
            let id = if taken { format!("call-{}", calls.len() + 1) } else { wish.id };
            let arguments = serde_json::from_str(&wish.arguments).ok().filter(Value::is_object).unwrap_or_default();
            calls.push(ToolCall { id, name: wish.name, arguments });
        }
        let reasoning = Some(self.reasoning).filter(|words| !words.is_empty());
        Ok(Turn { text, calls, reasoning, model: model.into() })
    }
}

impl Wish {
    fn of(call: &Value) -> Self {
        let function = call.get("function").unwrap_or(call);
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            id: text(call.get("id")),
            name: text(function.get("name")),
            arguments: arguments(function.get("arguments").unwrap_or(&Value::Null)),
        }
    }
}

/// The calls of a message, or of a piece of one.
pub(super) fn wishes(message: &Value) -> impl Iterator<Item = &Value> {
    message.get("tool_calls").and_then(Value::as_array).into_iter().flatten()
}

/// Most providers write arguments as text, some as the object itself, and nothing where there are none.
pub(super) fn arguments(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Thoughts that a provider tells apart from the words.
pub(super) fn reasoning(message: &Value) -> String {
    let told = ["reasoning_content", "reasoning"].into_iter().find_map(|name| message.get(name)?.as_str());
    told.unwrap_or_default().to_owned()
}

impl Finish {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "length" | "max_tokens" | "model_length" | "model_context_window_exceeded" => Self::Length,
            "content_filter" | "sensitive" => Self::Filtered,
            "network_error" | "error" | "abort" => Self::Broken,
            _ => Self::Done,
        }
    }
}

/// Text, or a list of parts some of which are text.
pub(super) fn content(value: &Value) -> String {
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
        Reply::from(body).turn("m").map(|turn| turn.text)
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
    fn tools_are_asked_for_in_every_form_and_what_is_no_object_is_nothing() {
        let asked = |calls: Value| {
            let body = json!({"choices": [{"message": {"content": null, "tool_calls": calls}, "finish_reason": "tool_calls"}]});
            Reply::from(body).turn("m").unwrap().calls
        };
        let call = |id: &str, arguments: Value| ToolCall { id: id.into(), name: "q".into(), arguments };
        let text = json!([{"id": "a", "type": "function", "function": {"name": "q", "arguments": "{\"n\": 1}"}}]);
        assert_eq!(asked(text), [call("a", json!({"n": 1}))]);
        assert_eq!(
            asked(json!([{"function": {"name": "q", "arguments": {"n": 1}}}])),
            [call("call-1", json!({"n": 1}))]
        );
        let cut = json!([{"id": "a", "function": {"name": "q", "arguments": "{\"n\": "}}, {"id": "a", "function": {"name": "q"}}]);
        assert_eq!(asked(cut), [call("a", Value::Null), call("call-2", Value::Null)]);
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
