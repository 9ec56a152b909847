//! Talks without a model: routed to the fitting skill, kept, followed, stopped, and nobody else's.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Notify;
use xiaoer_sdk::{Context, Input, Manifest, Report, Skill, SkillError, async_trait};

use crate::support::office::{Office, trade};

/// Works until it is let go.
pub(crate) struct Slow(pub(crate) Arc<Notify>);

#[async_trait]
impl Skill for Slow {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "slow", "慢慢盘点").about("慢慢盘点仓库")
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        for step in 0..200 {
            cx.progress(format!("第 {step} 步")).await?;
            tokio::select! {
                () = self.0.notified() => break,
                () = tokio::time::sleep(Duration::from_millis(30)) => {}
            }
        }
        Ok(Report::new("慢慢盘点", cx.as_of()))
    }
}

pub(crate) fn slow(go: &Arc<Notify>) -> Vec<xiaoer_skills::Entry> {
    vec![xiaoer_skills::Entry { skill: Box::new(Slow(Arc::clone(go))), prompts: vec![] }]
}

/// Asks a first question and waits for the end of its turn.
pub(crate) async fn asked(office: &Office, role: &str, text: &str) -> (String, Vec<Value>) {
    let begun = office.told("/api/shops/one/talks", json!({ "role": role, "text": text })).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.json);
    let talk = begun.json["id"].as_str().expect("an id").to_owned();
    let lines = ended(office, &talk).await;
    (talk, lines)
}

/// The lines of a talk once nobody is answering.
pub(crate) async fn ended(office: &Office, talk: &str) -> Vec<Value> {
    for _ in 0..1500 {
        let told = office.get(&format!("/api/shops/one/talks/{talk}")).await;
        if told["talk"]["busy"].is_null() {
            return told["lines"].as_array().expect("lines").clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the talk does not end");
}

pub(crate) fn kinds(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["line"].as_str().expect("a kind")).collect()
}

async fn office() -> Office {
    let office = Office::on("2026-11-23", &["one", "two"]).await;
    office.import("one", &trade("2026-11-22", 60)).await;
    office
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_points_fell_is_answered_with_facts_and_a_chart_and_no_model() {
    let office = office().await;
    office.work();
    let (talk, lines) = asked(&office, "data", "上周为什么掉分？").await;
    assert_eq!(kinds(&lines), ["asked", "started", "called", "returned", "answered"]);
    assert_eq!(lines[2]["tool"], "run_growth-report");
    let answer = &lines[4];
    assert_eq!(answer["generator"], json!({ "by": "template", "why": null }));
    let text = answer["text"].as_str().expect("words");
    let ids = xiaoer_sdk::placeholders(text);
    assert!(ids.iter().any(|id| id.ends_with("_points_week")), "{text}");
    assert!(ids.iter().all(|id| !answer["facts"][*id].is_null()), "{text}");
    let blocks: Vec<&str> =
        answer["blocks"].as_array().expect("blocks").iter().filter_map(|b| b["block"].as_str()).collect();
    assert_eq!(blocks, ["gauge", "chart"]);
    let run = answer["reports"][0]["id"].as_str().expect("a run");
    let told = office.get(&format!("/api/shops/one/runs/{run}")).await;
    assert_eq!(told["run"]["trigger"], json!({ "by": "chat", "talk": talk }));

    // It goes on, and the stream gives a late reader what it has not seen.
    office.post(&format!("/api/shops/one/talks/{talk}/ask"), json!({ "text": "昨天生意怎么样" })).await;
    let lines = ended(&office, &talk).await;
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[7]["tool"], "run_daily-report");
    let list = office.get("/api/shops/one/talks").await;
    assert_eq!((list[0]["title"].as_str(), list[0]["lines"].as_u64()), (Some("上周为什么掉分？"), Some(10)));
    let seen = office.asked(&format!("/api/shops/one/talks/{talk}/events?after=9")).await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleagues_question_is_sent_on_and_what_fits_nothing_is_said_honestly() {
    let office = office().await;
    let (_, lines) = asked(&office, "data", "哪些货快卖完了").await;
    let answer = lines.last().expect("a line");
    assert_eq!(kinds(&lines), ["asked", "started", "answered"]);
    assert_eq!(answer["colleague"], json!({ "id": "operations", "title": "运营专员" }));
    let (_, lines) = asked(&office, "service", "给我讲个笑话").await;
    let text = lines.last().expect("a line")["text"].as_str().expect("words");
    assert!(text.contains("答不上来") && text.contains("退款参谋"), "{text}");
    assert_eq!(office.get("/api/shops/one/runs").await, json!([]), "no run for either");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_without_data_and_a_bad_question_get_one_clear_sentence() {
    let office = Office::on("2026-11-23", &["one"]).await;
    let (_, lines) = asked(&office, "data", "上周为什么掉分？").await;
    let why = lines.last().expect("a line")["why"].as_str().expect("a sentence");
    assert!(why.contains("还没有数据"), "{why}");
    for body in [json!({ "role": "data", "text": " " }), json!({ "role": "boss", "text": "x" })] {
        office.told("/api/shops/one/talks", body).await.refusal();
    }
    let long = "长".repeat(501);
    let said = office.told("/api/shops/one/talks", json!({ "role": "data", "text": long })).await;
    assert!(said.refusal().contains("500"));
    let list = office.get("/api/shops/one/talks").await;
    assert_eq!(list.as_array().expect("a list").len(), 1, "what is refused leaves nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_question_at_a_time_and_it_can_be_stopped_with_its_run() {
    let go = Arc::new(Notify::new());
    let office = Office::with("2026-11-23", &["one", "two"], slow(&go)).await;
    office.import("one", &trade("2026-11-22", 60)).await;
    office.work();
    let begun = office.told("/api/shops/one/talks", json!({ "role": "data", "text": "慢慢盘点仓库" })).await;
    let talk = begun.json["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/shops/one/talks/{talk}");
    loop {
        let told = office.get(&path).await;
        if told["lines"].as_array().expect("lines").len() >= 3 && !office.get("/api/shops/one/runs").await[0].is_null()
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = office.told(&format!("{path}/ask"), json!({ "text": "还有呢" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.json["error"].as_str().expect("a sentence").contains("还在回答"));
    // Another shop neither sees nor stops it.
    let other = office.told(&format!("/api/shops/two/talks/{talk}/cancel"), json!({})).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert_eq!(office.get("/api/shops/two/talks").await, json!([]));

    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(office.post(&format!("{path}/cancel"), json!({})).await, json!({ "cancelled": true }));
    let lines = ended(&office, &talk).await;
    assert_eq!(lines.last().expect("a line")["how"], "cancelled");
    for _ in 0..200 {
        if office.get("/api/shops/one/runs").await[0]["state"]["ending"] == "cancelled" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the run goes on: {}", office.get("/api/shops/one/runs").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_talk_survives_a_restart_and_its_broken_turn_is_closed() {
    let go = Arc::new(Notify::new());
    let office = Office::with("2026-11-23", &["one"], slow(&go)).await;
    office.import("one", &trade("2026-11-22", 60)).await;
    let begun = office.told("/api/shops/one/talks", json!({ "role": "data", "text": "慢慢盘点仓库" })).await;
    let talk = begun.json["id"].as_str().expect("an id").to_owned();
    // A later process finds the talk as a dead one left it: no task of ours may write for it again.
    let mut left = office.app.chat.room().get("one", &talk).await.expect("read").expect("there");
    while left.lines < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        left = office.app.chat.room().get("one", &talk).await.expect("read").expect("there");
    }
    assert!(left.busy.is_some());
    let later = Office::rebuilt(&office, slow(&go));
    let told = later.get(&format!("/api/shops/one/talks/{talk}")).await;
    let lines = told["lines"].as_array().expect("lines");
    assert_eq!(lines[0]["text"], "慢慢盘点仓库");
    let last = lines.last().expect("a line");
    assert_eq!((last["how"].as_str(), told["talk"]["busy"].is_null()), (Some("interrupted"), true), "{last}");
    assert!(last["why"].as_str().expect("a sentence").contains("因重启中断"));
    // The run was accepted, so it is not lost; and the talk goes on.
    later.work();
    go.notify_one();
    later.post(&format!("/api/shops/one/talks/{talk}/ask"), json!({ "text": "上周为什么掉分？" })).await;
    let lines = ended(&later, &talk).await;
    assert_eq!(lines.last().expect("a line")["line"], "answered");
    assert_eq!(later.get("/api/shops/one/runs").await.as_array().expect("runs").len(), 2);
}
