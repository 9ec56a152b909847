//! A talk in pieces: whatever happens on the connection, it ends in a whole answer or in the class of what went wrong.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use xiaoer::llm::talk::{Said, Tool, ToolCall, Turn};
use xiaoer::llm::{Llm, ModelConfig, ModelError, Tokens};

use crate::llm_fake::Fake;
use crate::llm_provider::{SWIFT, on, prompts};
use crate::llm_stream_fake::WORDS;

fn talk() -> Vec<Said> {
    vec![Said::System { text: "你是数据专员。".into() }, Said::User { text: "生意怎么样？".into() }]
}

fn tools() -> Vec<Tool> {
    let parameters = json!({"type": "object", "properties": {"day": {"type": "string"}}});
    vec![Tool { name: "read_score".into(), about: "读积分".into(), parameters }]
}

type Outcome = Result<(Turn, Option<Tokens>), ModelError>;

/// The outcome, and the words as they came.
async fn said(fake: &Fake, model: &str, talk: &[Said]) -> (Outcome, Vec<String>) {
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let config = ModelConfig { idle: Duration::from_millis(400), ..ModelConfig::new(model, &fake.base) };
    let llm = Llm::patient(config, SWIFT, prompts);
    let heard = Mutex::new(Vec::new());
    let ear = |words: &str| heard.lock().expect("one hearer").push(words.to_owned());
    let turn =
        timeout(Duration::from_secs(30), llm.turn(&on("shop"), talk, &tools(), &ear)).await.expect("it ends in time");
    (turn.map(|(turn, paid, _)| (turn, paid.tokens)), heard.into_inner().expect("done"))
}

#[tokio::test]
async fn every_way_to_stream_a_whole_answer_is_understood() {
    let fake = Fake::start().await;
    for model in [
        "ok",
        "keep-alive",
        "finish-empty",
        "carriage-returns",
        "no-space",
        "think",
        "reasoning",
        "no-choices-first",
        "busy-once",
        "cut-once",
        "plain-ok",
    ] {
        let (outcome, heard) = said(&fake, model, &talk()).await;
        let (turn, tokens) = outcome.unwrap_or_else(|error| panic!("{model}: {error}"));
        let wanted = if model == "plain-ok" { crate::llm_fake::GOOD.to_owned() } else { WORDS.concat() };
        assert_eq!(turn.text, wanted, "{model}");
        assert!(heard.concat().ends_with(&wanted), "{model}: the words are heard as they come");
        if model == "ok" {
            assert_eq!(heard, WORDS, "piece by piece");
            assert_eq!(tokens, Some(Tokens { prompt: 21, answer: 6, ..Tokens::default() }));
        }
    }
}

#[tokio::test]
async fn what_is_not_a_whole_answer_is_none() {
    let fake = Fake::start().await;
    for (model, wanted) in [
        ("cut-without-a-word", ModelError::Cut),
        ("cut-connection", ModelError::Transient),
        ("finish-null-and-done", ModelError::Cut),
        ("nothing", ModelError::Cut),
        ("only-done", ModelError::Cut),
        ("length", ModelError::Cut),
        ("silent", ModelError::Timeout),
        ("error-inside", ModelError::Transient),
        ("not-json", ModelError::Transient),
        ("sensitive", ModelError::Refused),
        ("tool-cut", ModelError::Cut),
    ] {
        assert_eq!(said(&fake, model, &talk()).await.0, Err(wanted), "{model}");
    }
    assert!(said(&fake, "endless", &talk()).await.0.is_err());
}

#[tokio::test]
async fn a_tool_is_asked_for_in_every_form() {
    let fake = Fake::start().await;
    for model in ["tool", "tool-without-index", "tool-object", "tool-finish-stop", "tool-split-letter"] {
        let (turn, _) = said(&fake, model, &talk()).await.0.unwrap_or_else(|error| panic!("{model}: {error}"));
        let call = ToolCall { id: "c1".into(), name: "read_score".into(), arguments: json!({"day": "昨天"}) };
        assert_eq!(turn.calls, [call], "{model}");
    }
}

#[tokio::test]
async fn the_second_turn_carries_the_first_with_the_tools_answer() {
    let fake = Fake::start().await;
    let (first, _) = said(&fake, "tool-then-words", &talk()).await.0.expect("a call");
    let mut more = talk();
    more.push(Said::Assistant { text: String::new(), calls: first.calls, reasoning: Some("想".into()) });
    more.push(Said::Tool { call: "c1".into(), text: "{points}".into() });
    let (second, _) = said(&fake, "tool-then-words", &more).await.0.expect("words");
    assert_eq!(second.text, WORDS.concat());
    let asked = &fake.asked("tool-then-words")[1].body;
    assert_eq!(asked["tools"][0]["function"]["name"], "read_score");
    assert_eq!(asked["messages"][2]["tool_calls"][0]["function"]["arguments"], "{\"day\":\"昨天\"}");
    assert_eq!(
        asked["messages"][2].get("reasoning_content"),
        None,
        "an unknown provider gets no field that it may refuse"
    );
    assert_eq!(asked["messages"][3], json!({"role": "tool", "tool_call_id": "c1", "content": "{points}"}));
    assert_eq!(asked["stream"], Value::Bool(true));
}
