//! 牛顿云, the platform's own long-running assistant. A task costs points, so it is created once; what it says is a model's word and
//! tainted like any other.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told, inside};
use super::super::wire::{list, stamp_local};
use super::outcome::{made, one, refuse};
use super::some;
use super::topics::One;
use crate::shop::platform::{ReadError, Span, WriteError};

/// A task that was begun.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Begun {
    pub task_id: Told<Id>,
    pub session_id: Told<Id>,
    pub status: Told<String>,
}

/// How far a task is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Task {
    pub task_id: Told<Id>,
    pub session_id: Told<Id>,
    /// `INIT`, `QUEUED`, `RUNNING`, `WAIT_SKILL`, `WAIT_USER`, `END`, `KILL`.
    pub status: Told<String>,
    /// `producing`, `done`, `error`, `wait_user`.
    pub output_status: Told<String>,
    pub created_at: Told<Time>,
    pub started_at: Told<Time>,
    /// What is new since the index that was asked for.
    #[serde(deserialize_with = "inside")]
    pub chunks: Vec<Piece>,
    pub next_index: Told<i64>,
    /// Before the end.
    pub content: Told<String>,
    /// After the end.
    #[serde(deserialize_with = "list")]
    pub messages: Vec<Piece>,
    pub queue_position: Told<i64>,
    pub queue_length: Told<i64>,
    pub error_message: Told<String>,
}

impl Task {
    /// Whether nothing more will come.
    #[must_use]
    pub fn over(&self) -> bool {
        matches!(self.status.as_deref(), Some("END" | "KILL"))
    }
}

/// A piece of what a task says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Piece {
    /// `text`, `thinking`, `tool_call`, `tool_result`, `complex_table`, `done`, `error`, `wait_user`.
    #[serde(rename = "type")]
    pub kind: Told<String>,
    /// In words.
    pub content: Told<String>,
}

/// What was spent and what is left.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Points {
    pub available_credits: Told<Decimal>,
    #[serde(deserialize_with = "list")]
    pub records: Vec<Spent>,
    pub total: Told<i64>,
}

/// What one session cost.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Spent {
    pub session_id: Told<Id>,
    pub session_name: Told<String>,
    pub credits_consumed: Told<Decimal>,
    pub total_tokens: Told<i64>,
}

/// Begins a task.
///
/// # Errors
/// As any write; after [`WriteError::Unknown`] it may be running and costing.
pub async fn create(
    client: &Client,
    message: &str,
    session: Option<&str>,
    workflow: Option<&str>,
) -> Result<Begun, WriteError> {
    if message.trim().is_empty() {
        return Err(refuse("任务内容不能为空，请填写要做什么"));
    }
    let mut params: Params = vec![("message", message.to_owned())];
    params.extend(some("sessionId", session.as_ref()));
    params.extend(some("workflowName", workflow.as_ref()));
    made(&m::NEWTON_CREATE, client.send(&m::NEWTON_CREATE, &params, None).await, |body| {
        serde_json::from_str(body).ok().filter(|begun: &Begun| begun.task_id.is_some())
    })
}

/// How far a task is, with what it said from that index on.
///
/// # Errors
/// As any read.
pub async fn get(client: &Client, task: &str, from: i64) -> Result<Task, ReadError> {
    let params =
        vec![("taskId", task.to_owned()), ("fromIndex", from.to_string()), ("includeBlocks", "true".to_owned())];
    client.read(&m::NEWTON_GET, &params).await
}

/// Answers a task that waits: pairs of question and choice, or words of one's own.
///
/// # Errors
/// As any write.
pub async fn resume(
    client: &Client,
    task: &Begun,
    chosen: &[(&str, &str)],
    words: Option<&str>,
) -> Result<(), WriteError> {
    let ids = task.session_id.as_ref().zip(task.task_id.as_ref());
    let (session, id) = ids.ok_or_else(|| refuse("任务没有编号，请重新读取任务"))?;
    let rows: Vec<_> =
        chosen.iter().map(|(question, answer)| json!({ "question": question, "selected": answer })).collect();
    let mut params: Params =
        vec![("sessionId", session.0.clone()), ("scene", "open_api".into()), ("taskId", id.0.clone())];
    params.extend((!rows.is_empty()).then(|| ("selectedData", json!(rows).to_string())));
    params.extend(some("userInput", words.as_ref()));
    one(&m::NEWTON_RESUME, client.send(&m::NEWTON_RESUME, &params, None).await)
}

/// What was spent in a span; pages from 0, of 100.
///
/// # Errors
/// As any read.
pub async fn points(client: &Client, span: Span, page: u32) -> Result<Points, ReadError> {
    let params = vec![
        ("pageNo", (page + 1).to_string()),
        ("pageSize", "100".into()),
        ("startTime", stamp_local(span.from)),
        ("endTime", stamp_local(span.to)),
    ];
    let one: One<Points> = client.read(&m::NEWTON_POINTS, &params).await?;
    Ok(one.result)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn the_official_task_and_its_cost_are_read() {
        let task: Task = serde_json::from_str(&samples::reply("newtoncloud.task.get")).expect("the sample");
        assert_eq!((task.status.as_deref(), task.over(), task.messages.len()), (Some("RUNNING"), false, 1));
        assert_eq!(task.created_at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-06-02T13:11:57+00:00"));
        let text = r#"{"chunks":"[{\"type\":\"text\",\"content\":\"好\"}]","status":"END"}"#;
        let task: Task = serde_json::from_str(text).expect("JSON");
        assert_eq!((task.chunks[0].content.as_deref(), task.over()), (Some("好"), true));
        let points: One<Points> =
            serde_json::from_str(&samples::reply("newtoncloud.points.query")).expect("the sample");
        assert_eq!(*points.result.available_credits, Some(Decimal::from(12_230)));
        assert_eq!(*points.result.records[0].credits_consumed, Some(Decimal::new(375, 1)));
    }
}
