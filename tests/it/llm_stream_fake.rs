//! How a provider misbehaves while it streams. The `model` of a request chooses.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::llm_fake::CANARY;

/// What a good model says, in pieces.
pub(crate) const WORDS: [&str; 3] = ["店铺", "一切", "平稳。"];

/// One thing that happens on the connection.
enum Step {
    Line(Vec<u8>),
    Wait(Duration),
    Break,
}

fn line(value: &Value) -> Step {
    Step::Line(format!("data: {value}\n\n").into_bytes())
}

fn raw(text: &str) -> Step {
    Step::Line(text.as_bytes().to_vec())
}

fn words(text: &str) -> Step {
    line(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}))
}

fn end(finish: impl Into<Value>) -> Step {
    line(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": finish.into()}]}))
}

fn usage() -> Step {
    line(&json!({"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 6}}))
}

fn done() -> Step {
    raw("data: [DONE]\n\n")
}

fn call(call: Value) -> Step {
    line(&json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}))
}

fn good() -> Vec<Step> {
    let mut steps: Vec<Step> = WORDS.iter().map(|text| words(text)).collect();
    steps.extend([end("stop"), usage(), done()]);
    steps
}

/// A tool call whose arguments are split in the middle of a letter.
fn split_letter() -> Vec<Step> {
    let whole = format!(
        "data: {}\n\n",
        json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "read_score", "arguments": "{\"day\":\"昨天\"}"}}]}}]})
    )
    .into_bytes();
    let middle = whole.iter().position(|byte| *byte >= 0x80).expect("a letter of more bytes") + 1;
    let (first, second) = whole.split_at(middle);
    let pause = Step::Wait(Duration::from_millis(20));
    vec![Step::Line(first.to_vec()), pause, Step::Line(second.to_vec()), end("tool_calls"), done()]
}

fn steps(model: &str, nth: usize) -> Vec<Step> {
    let tool = |call: Value| json!({"index": 0, "id": "c1", "type": "function", "function": call});
    let begun = || vec![words(WORDS[0]), words(WORDS[1])];
    let with = |more: Vec<Step>| begun().into_iter().chain(more).collect();
    match model {
        "cut-without-a-word" => begun(),
        "cut-once" if nth == 1 => begun(),
        "cut-connection" => with(vec![Step::Break]),
        "nothing" => Vec::new(),
        "only-done" => vec![done()],
        "keep-alive" => {
            let alive = |_| [raw(": keep-alive\n\n"), Step::Wait(Duration::from_millis(150))];
            let mut steps: Vec<Step> = (0..4).flat_map(alive).collect();
            steps.extend(good());
            steps
        }
        "silent" => with(vec![Step::Wait(Duration::from_secs(600))]),
        "error-inside" => with(vec![line(&json!({"error": {"message": CANARY, "code": 503}}))]),
        "not-json" => with(vec![raw(&format!("data: {{\"choices\": [{CANARY}\n\n")), end("stop"), done()]),
        "length" => with(vec![end("length"), done()]),
        "sensitive" => with(vec![end("sensitive"), done()]),
        "finish-null-and-done" => with(vec![done()]),
        "finish-empty" => WORDS.iter().map(|text| words(text)).chain([end(""), done()]).collect(),
        "carriage-returns" => good().into_iter().map(returned).collect(),
        "no-space" => good().into_iter().map(without_space).collect(),
        "think" => vec![words("<think>三单"), words("涨了5%</think>"), words("店铺一切平稳。"), end("stop"), done()],
        "reasoning" => {
            let thought = json!({"choices": [{"delta": {"content": null, "reasoning_content": "三单"}}]});
            let mut steps = vec![line(&thought)];
            steps.extend(good());
            steps
        }
        "no-choices-first" => {
            let mut steps = vec![line(&json!({"id": "x"})), line(&json!({"choices": []}))];
            steps.extend(good());
            steps
        }
        "endless" => (0..3000).map(|_| words(&"好".repeat(1000))).collect(),
        "tool" | "tool-then-words" if nth == 1 => vec![
            call(tool(json!({"name": "read_score", "arguments": ""}))),
            call(json!({"index": 0, "function": {"arguments": "{\"day\":"}})),
            call(json!({"index": 0, "function": {"arguments": "\"昨天\"}"}})),
            end("tool_calls"),
            usage(),
            done(),
        ],
        "tool-without-index" => vec![
            call(json!({"id": "c1", "function": {"name": "read_score", "arguments": "{\"day\":"}})),
            call(json!({"function": {"arguments": "\"昨天\"}"}})),
            end("tool_calls"),
            done(),
        ],
        "tool-object" => {
            vec![call(tool(json!({"name": "read_score", "arguments": {"day": "昨天"}}))), end("tool_calls"), done()]
        }
        "tool-finish-stop" => {
            vec![call(tool(json!({"name": "read_score", "arguments": "{\"day\":\"昨天\"}"}))), end("stop"), done()]
        }
        "tool-split-letter" => split_letter(),
        "tool-cut" => vec![call(tool(json!({"name": "read_score", "arguments": "{\"day\":\"昨"})))],
        _ => good(),
    }
}

fn returned(step: Step) -> Step {
    match step {
        Step::Line(line) => Step::Line(String::from_utf8_lossy(&line).replace('\n', "\r\n").into_bytes()),
        other => other,
    }
}

fn without_space(step: Step) -> Step {
    match step {
        Step::Line(line) => Step::Line(String::from_utf8_lossy(&line).replacen("data: ", "data:", 1).into_bytes()),
        other => other,
    }
}

pub(crate) fn streamed(model: &str, nth: usize) -> Response {
    if model == "busy-once" && nth == 1 {
        return (axum::http::StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], CANARY).into_response();
    }
    let steps = futures::stream::unfold(steps(model, nth).into_iter(), |mut steps| async move {
        loop {
            match steps.next()? {
                Step::Wait(time) => tokio::time::sleep(time).await,
                Step::Break => return Some((Err(std::io::Error::other("cut")), steps)),
                Step::Line(line) => return Some((Ok(Bytes::from(line)), steps)),
            }
        }
    });
    ([("content-type", "text/event-stream; charset=utf-8")], Body::from_stream(steps)).into_response()
}
