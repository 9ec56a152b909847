//! 牛顿云 over the wire: tasks are given, looked at, answered and stopped. The answers say that they are a sandbox's.
//! What the platform's fetch and inquiry calls answer is not known, so they are not here.

use serde_json::{Value, json};

use super::{Answer, ShopCall};
use crate::clock::Moment;
use crate::wire::params::Page;
use crate::world::changes::Change;
use crate::world::newton::{ANSWER, QUESTION, State, Task};

/// Limits of the sandbox; the platform's figures are not known.
const AT_ONCE: usize = 3;
const AN_HOUR: usize = 20;
const A_DAY: usize = 100;
const HOUR_MS: i64 = 3_600_000;
const LARGEST_FILE: usize = 3 * 1024 * 1024;
/// What a finished task costs, as in the official sample.
const CREDITS: &str = "37.5";
const TENTHS: i64 = 375;
const TOKENS: i64 = 37_500;
const BALANCE_TENTHS: i64 = 122_300;

fn refused(code: &str, text: &str) -> Value {
    json!({ "success": false, "errorCode": code, "error": text })
}

pub(super) fn create(call: &mut ShopCall<'_>) -> Answer {
    let message = call.params.text("message").unwrap_or("").to_owned();
    let (shop, now) = (call.shop(), call.now);
    let given = |ms: i64| shop.tasks.iter().filter(|task| now.0 - task.given.0 < ms).count();
    let open = shop.tasks.iter().filter(|task| !task.state(now).is_final()).count();
    let limit = match (open, given(HOUR_MS), given(24 * HOUR_MS)) {
        (AT_ONCE.., ..) => Some("RATE_LIMIT_CONCURRENT"),
        (_, AN_HOUR.., _) => Some("RATE_LIMIT_HOURLY"),
        (_, _, A_DAY..) => Some("RATE_LIMIT_DAILY"),
        _ => None,
    };
    if let Some(code) = limit {
        return Ok(refused(code, "任务数量超过限制，请稍后再试"));
    }
    let serial = shop.tasks.len();
    let what = |kind: &str| format!("{kind}/{}/{serial}", shop.profile.user_id);
    let task = Task {
        id: Task::number(&what("task")),
        session: call.params.text("sessionId").map_or_else(|| Task::number(&what("session")), str::to_owned),
        message: message.clone(),
        given: now,
        auto: call.params.wants("auto")?,
        answered: None,
        killed: None,
    };
    let answer = json!({
        "success": true, "taskId": task.id, "sessionId": task.session, "status": task.state(now).wire(),
        "eagleTraceId": Task::number(&what("trace")),
    });
    let identity = format!("newton:{}", task.id);
    call.write(Change::TaskGiven(task), identity, json!({ "message": message }))?;
    Ok(answer)
}

pub(super) fn get(call: &mut ShopCall<'_>) -> Answer {
    let from = call.params.int("fromIndex")?.unwrap_or(0);
    let Some(task) = call.params.text("taskId").and_then(|id| call.shop().task(id)) else {
        return Ok(refused("TASK_NOT_FOUND", "任务不存在"));
    };
    let now = call.now;
    let state = task.state(now);
    let mut answer = record(task, now);
    let Value::Object(fields) = &mut answer else { return Ok(answer) };
    let chunks: Vec<Value> = chunks(task, state).into_iter().skip(usize::try_from(from).unwrap_or(0)).collect();
    let next = from + i64::try_from(chunks.len()).unwrap_or(0);
    let tasks = &call.shop().tasks;
    let count = |wanted: State| tasks.iter().filter(|task| task.state(now) == wanted).count();
    let ended = count(State::End) + count(State::Kill);
    let more = [
        // A list inside of a text.
        ("chunks", json!(Value::Array(chunks).to_string())),
        ("nextIndex", json!(next)),
        ("queuePosition", json!(usize::from(state == State::Queued))),
        ("queueLength", json!(count(State::Queued))),
        ("queuedTotal", json!(count(State::Queued))),
        ("runningTotal", json!(count(State::Running) + count(State::WaitUser))),
        ("finishedTotal", json!(ended)),
    ];
    fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
    // Before the end there is content, after it there are messages, never both.
    let (name, value) = match state {
        State::End => ("messages", json!([{ "type": "text", "content": words(task) }])),
        State::Kill if task.is_too_long(now) => ("errorMessage", json!("超时终止：长程任务执行超过 600s")),
        State::Kill => ("errorMessage", json!("任务已被终止")),
        State::WaitUser => ("content", json!(QUESTION)),
        State::Queued | State::Running => ("content", json!("")),
    };
    fields.insert(name.to_owned(), value);
    Ok(answer)
}

fn record(task: &Task, now: Moment) -> Value {
    let state = task.state(now);
    let output = match state {
        State::End => "done",
        State::Kill => "error",
        State::WaitUser => "wait_user",
        State::Queued | State::Running => "producing",
    };
    json!({
        "success": true,
        "taskId": task.id,
        "sessionId": task.session,
        "taskType": "LONG_RUNNING",
        "status": state.wire(),
        "outputStatus": output,
        "createdAt": task.given.utc_text(),
        "startedAt": Moment(task.given.0 + 1_000).utc_text(),
        "eagleTraceId": Task::number(&task.id),
    })
}

fn words(task: &Task) -> String {
    let answered = task.answered.as_ref().map(|(_, answer)| format!("您的选择：{answer}。")).unwrap_or_default();
    format!("{ANSWER}{answered}您的问题：{}", task.message)
}

fn chunks(task: &Task, state: State) -> Vec<Value> {
    let chunk = |kind: &str, content: &str| json!({ "type": kind, "content": content, "timestamp": task.given.0 });
    let mut chunks = Vec::new();
    if state != State::Queued {
        chunks.push(chunk("thinking", "沙箱正在准备固定回答"));
    }
    match state {
        State::WaitUser => chunks.push(chunk("wait_user", QUESTION)),
        State::End => chunks.extend([chunk("text", &words(task)), chunk("done", "")]),
        State::Kill => chunks.push(chunk("error", "任务已终止")),
        State::Queued | State::Running => {}
    }
    chunks
}

pub(super) fn resume(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.text("taskId").unwrap_or("").to_owned();
    let selected: Option<Vec<Value>> = call.params.json("selectedData")?;
    let skipped = call.params.wants("skipped")?;
    let Some(task) = call.shop().task(&id) else {
        return Ok(json!({ "result": refused("TASK_NOT_FOUND", "任务不存在") }));
    };
    let state = task.state(call.now);
    if state != State::WaitUser {
        let text = format!("task status is {}, expected WAIT_SKILL or WAIT_USER", state.wire());
        return Ok(json!({ "result": refused("INVALID_REQUEST", &text) }));
    }
    let chosen = selected.into_iter().flatten().filter_map(|one| one["selected"].as_str().map(str::to_owned));
    let answer = match (skipped, call.params.text("userInput")) {
        (true, _) => "跳过".to_owned(),
        (false, Some(text)) => text.to_owned(),
        (false, None) => chosen.collect::<Vec<String>>().join("，"),
    };
    let arguments = json!({ "answer": answer });
    call.write(Change::TaskAnswered { task: id.clone(), answer }, format!("newton:{id}/resume"), arguments)?;
    Ok(json!({
        "result": {
            "success": true, "taskId": id, "status": "RUNNING", "message": "task resumed",
            "eagleTraceId": Task::number(&id),
        },
    }))
}

pub(super) fn kill(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.text("taskId").unwrap_or("").to_owned();
    match call.shop().task(&id).map(|task| task.state(call.now)) {
        None => return Ok(refused("TASK_NOT_FOUND", "任务不存在")),
        Some(state) if state.is_final() => return Ok(refused("INVALID_REQUEST", "任务已结束")),
        Some(_) => {}
    }
    call.write(Change::TaskKilled { task: id.clone() }, format!("newton:{id}/kill"), json!({}))?;
    Ok(json!({ "success": true, "taskId": id, "status": State::Kill.wire() }))
}

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let page = page(call)?;
    let tasks: Vec<Value> = call.shop().tasks.iter().rev().map(|task| record(task, call.now)).collect();
    let total = tasks.len();
    Ok(json!({ "success": true, "total": total, "tasks": page.of(tasks) }))
}

fn page(call: &ShopCall<'_>) -> Result<Page, crate::wire::envelope::GatewayError> {
    let number = call.params.int("pageNo")?.unwrap_or(1);
    Ok(Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(20), 100))
}

/// Credits are text, tokens a number. Only what ended was paid for.
pub(super) fn points(call: &mut ShopCall<'_>) -> Answer {
    let page = page(call)?;
    let ended: Vec<&Task> = call.shop().tasks.iter().rev().filter(|task| task.state(call.now) == State::End).collect();
    let total = ended.len();
    let left = BALANCE_TENTHS - TENTHS * i64::try_from(total).unwrap_or(0);
    let records: Vec<Value> = page
        .of(ended)
        .into_iter()
        .map(|task| {
            json!({
                "sessionId": task.session,
                "sessionName": task.message.chars().take(20).collect::<String>(),
                "creditsConsumed": CREDITS,
                "totalTokens": TOKENS,
            })
        })
        .collect();
    Ok(json!({
        "result": {
            "success": true,
            "availableCredits": format!("{}.{}", left / 10, left % 10),
            "pageNo": page.skip + 1,
            "pageSize": page.size,
            "total": total,
            "records": records,
            "msgInfo": "",
            "eagleTraceId": Task::number("points"),
        },
    }))
}

pub(super) fn models(_: &mut ShopCall<'_>) -> Answer {
    Ok(json!({ "success": true, "models": ["flagship"] }))
}

/// Takes a file and keeps nothing of it.
pub(super) fn upload(call: &mut ShopCall<'_>) -> Answer {
    let text = call.params.text("fileContent").or_else(|| call.params.text("file")).unwrap_or("");
    let bytes = text.trim_end_matches('=').len() * 3 / 4;
    if bytes == 0 || bytes > LARGEST_FILE {
        return Ok(refused("INVALID_REQUEST", "文件为空或超过3MB"));
    }
    let name = Task::number(text);
    Ok(json!({ "success": true, "fileUrl": format!("https://cbu01.alicdn.com/newton/{name}") }))
}
