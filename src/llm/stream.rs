//! An answer that comes in pieces, put together without expecting anything of a piece.
//!
//! A stream that ends before anybody said why the model stopped is cut, whatever has arrived: half an answer is none.

use serde::Deserialize;
use serde_json::Value;

use super::ModelError;
use super::prices::Tokens;
use super::reply::{Finish, Heard, Wish, arguments, content, reasoning, tokens, wishes};
use super::status::classify_body;
use super::talk::Turn;

/// Most bytes of an answer that are kept.
const LARGEST: usize = 4 << 20;

/// A piece: any JSON at all.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Piece(Value);

/// What was heard so far.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    heard: Heard,
    pub(super) tokens: Option<Tokens>,
    bytes: usize,
}

impl Hearing {
    /// Takes a piece; gives the words in it.
    ///
    /// # Errors
    /// What the provider says went wrong in the middle of its answer.
    pub(super) fn hear(&mut self, Piece(piece): &Piece) -> Result<String, ModelError> {
        self.tokens = tokens(piece).or(self.tokens);
        let Some(choice) = piece.get("choices").and_then(|choices| choices.get(0)) else {
            return classify_body(piece).map_or(Ok(String::new()), Err);
        };
        // Some gateways answer a stream with one whole message.
        let delta = choice.get("delta").or(choice.get("message")).unwrap_or(&Value::Null);
        let words = content(delta.get("content").unwrap_or(&Value::Null));
        let thoughts = reasoning(delta);
        self.bytes += words.len() + thoughts.len();
        for (position, call) in wishes(delta).enumerate() {
            self.hear_wish(position, call);
        }
        if self.bytes > LARGEST {
            return Err(ModelError::Malformed);
        }
        self.heard.text.push_str(&words);
        self.heard.reasoning.push_str(&thoughts);
        self.heard.refused |= delta.get("refusal").and_then(Value::as_str).is_some_and(|said| !said.is_empty());
        self.heard.finish = choice.get("finish_reason").and_then(Value::as_str).map(Finish::of).or(self.heard.finish);
        Ok(words)
    }

    /// A call comes in pieces that name its place; where they do not, a new id begins a new call.
    fn hear_wish(&mut self, position: usize, call: &Value) {
        let calls = &mut self.heard.calls;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let (id, function) = (text(call.get("id")), call.get("function").unwrap_or(&Value::Null));
        let told = call.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let begins = calls.last().is_none_or(|last| !id.is_empty() && !last.id.is_empty() && last.id != id);
        let place = told.unwrap_or(if begins { calls.len() } else { position.max(calls.len() - 1) });
        // Nobody asks for a hundred tools at once: a place far away is a mistake.
        if place >= 64 {
            return;
        }
        if place >= calls.len() {
            calls.resize(place + 1, Wish::default());
        }
        let wish = &mut calls[place];
        if wish.id.is_empty() {
            wish.id = id;
        }
        wish.name.push_str(&text(function.get("name")));
        let more = arguments(function.get("arguments").unwrap_or(&Value::Null));
        self.bytes += more.len();
        wish.arguments.push_str(&more);
    }

    /// What was said, now that the stream is over.
    ///
    /// # Errors
    /// Why it is no answer.
    pub(super) fn turn(self, model: &str) -> Result<Turn, ModelError> {
        self.heard.turn(model)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn heard(pieces: &[Value]) -> Result<Turn, ModelError> {
        let mut hearing = Hearing::default();
        for piece in pieces {
            hearing.hear(&Piece(piece.clone()))?;
        }
        hearing.turn("m")
    }

    fn words(text: &str, finish: Value) -> Value {
        json!({"choices": [{"delta": {"content": text}, "finish_reason": finish}]})
    }

    #[test]
    fn pieces_make_an_answer_only_with_an_end() {
        let (first, second) = (words("店铺", json!(null)), words("平稳。", json!(null)));
        assert_eq!(heard(&[first.clone(), second.clone()]), Err(ModelError::Cut));
        let whole = heard(&[first.clone(), second, words("", json!("stop"))]).unwrap();
        assert_eq!(whole.text, "店铺平稳。");
        assert_eq!(heard(&[first.clone(), words("", json!("length"))]), Err(ModelError::Cut));
        assert_eq!(heard(&[]), Err(ModelError::Cut));
        assert_eq!(heard(&[first, json!({"error": {"code": 503}})]), Err(ModelError::Transient));
    }

    #[test]
    fn a_call_in_pieces_with_or_without_its_place_is_one_call() {
        let piece = |call: Value| json!({"choices": [{"delta": {"tool_calls": [call]}}]});
        let end = json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}], "usage": null});
        let told = [
            piece(json!({"index": 0, "id": "a", "function": {"name": "run", "arguments": ""}})),
            piece(json!({"index": 0, "function": {"arguments": "{\"day\":\"十一月"}})),
            piece(json!({"index": 1, "id": "b", "function": {"name": "read", "arguments": "{}"}})),
            piece(json!({"index": 0, "function": {"arguments": "\"}"}})),
            end.clone(),
        ];
        let turn = heard(&told).unwrap();
        assert_eq!((turn.calls.len(), &turn.calls[0].arguments), (2, &json!({"day": "十一月"})));
        let untold = [
            piece(json!({"id": "a", "function": {"name": "run", "arguments": "{\"n\""}})),
            piece(json!({"function": {"arguments": ":1}"}})),
            piece(json!({"id": "b", "function": {"name": "read", "arguments": "{}"}})),
            end,
        ];
        let turn = heard(&untold).unwrap();
        assert_eq!(
            (turn.calls.len(), &turn.calls[0].arguments, turn.calls[1].name.as_str()),
            (2, &json!({"n": 1}), "read")
        );
    }

    #[test]
    fn usage_comes_in_a_piece_of_its_own() {
        let mut hearing = Hearing::default();
        hearing.hear(&Piece(words("好", json!("stop")))).unwrap();
        hearing.hear(&Piece(json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}))).unwrap();
        assert_eq!(hearing.tokens, Some(Tokens { prompt: 7, answer: 2, ..Tokens::default() }));
    }
}
