//! A small real model behind the whole stack: what it writes is held to the same checks, and it can do nothing by itself.
//!
//! `tests/local-model/run` fetches and serves one and starts this; without `XIAOER_LOCAL_MODEL` each story says so and stops. Form and
//! refusals are asserted; how much of what a small model writes passes the checks is only counted and told.

use std::time::Duration;

use serde_json::{Map, json};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::llm::talk::{Account, Said, Tool};
use xiaoer::llm::{Llm, ModelConfig};
use xiaoer::run::{Ending, NewRun, RunState, Trigger};
use xiaoer::shop::Shop;
use xiaoer_sdk::{Block, Generator, Report};

use crate::llm_provider::prompts;
use crate::support::World;

fn base_url() -> Option<String> {
    let base = Env::of_process().get("XIAOER_LOCAL_MODEL").map(String::from);
    if base.is_none() {
        eprintln!("SKIP local model: XIAOER_LOCAL_MODEL names no address (tests/local-model/run serves one)");
    }
    base
}

async fn report(app: &App, shop: &Shop, skill: &str) -> Report {
    let wish = NewRun { skill, input: &Map::new(), as_of: None, trigger: Trigger::Person };
    let run = app.runs.accept(shop, wish).await.expect("accepted");
    assert!(app.worker.step().await.expect("carried out"));
    let run = app.runs.get(&shop.id, &run.id).await.expect("readable").expect("there");
    assert_eq!(run.state, RunState::Ended(Ending::Done), "{skill}");
    app.runs.report(&shop.id, &run.id).await.expect("readable").expect("a report")
}

/// Whether a model wrote it, and why not.
fn told(generator: &Generator) -> (bool, String) {
    (matches!(generator, Generator::Model { .. }), generator.label())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_stay_true_whatever_a_small_model_writes() {
    let Some(base) = base_url() else { return };
    let world = World::new().await;
    let env = Env::of(&[("XIAOER_MODEL_BASE_URL", base.as_str()), ("XIAOER_MODEL_NAME", "0.5b")]);
    let app = world.app_with(world.db(), &env, Vec::new());
    let shop = world.join(&app).await;
    let mut written = Vec::new();
    for skill in ["growth-report", "title-optimizer"] {
        for _ in 0..3 {
            let report = report(&app, &shop, skill).await;
            assert!(report.unsourced().is_empty(), "{skill}: every figure has a fact");
            written.extend(report.blocks.iter().filter_map(|block| match block {
                Block::Text { generator, text } => Some((skill, told(generator), text.clone())),
                _ => None,
            }));
        }
    }
    let accepted = written.iter().filter(|(_, (by_model, _), _)| *by_model).count();
    for (skill, (_, label), text) in &written {
        eprintln!("{skill}: {label}\n    {}", text.replace('\n', "\n    "));
    }
    eprintln!("accepted: {accepted} of {} texts", written.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_model_asks_for_a_tool_and_then_says_something() {
    let Some(base) = base_url() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let config = ModelConfig {
        max_tokens: 120,
        temperature: Some(0.0),
        timeout: Duration::from_secs(120),
        ..ModelConfig::new("0.5b", &base)
    };
    let llm = Llm::new(Some(config), prompts);
    let account = Account { shop: "shop".into(), role: "data".into(), run: "t1".into() };
    let parameters = json!({"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]});
    let tools = [Tool { name: "read_score".into(), about: "查某一天的生意积分".into(), parameters }];
    let mut talk = vec![
        Said::System { text: "你是数据专员。要数字就用工具查，自己不写数字。".into() },
        Said::User { text: "查一下昨天的生意积分。".into() },
    ];
    let ear = |_: &str| {};
    let (first, paid, _) = llm.turn(&account, &talk, &tools, &ear).await.expect("it answers");
    assert!(paid.tokens.is_none_or(|tokens| tokens.answer > 0));
    let call = first.calls.first().cloned();
    eprintln!("asked for: {:?}", first.calls);
    let Some(call) = call else {
        assert!(!first.text.is_empty(), "words or a wish");
        return;
    };
    assert_eq!(call.name, "read_score");
    talk.push(Said::Assistant { text: first.text, calls: vec![call.clone()], reasoning: first.reasoning });
    talk.push(Said::Tool { call: call.id, text: "昨天的生意积分是 {points_total}".into() });
    let (second, _, _) = llm.turn(&account, &talk, &tools, &ear).await.expect("it answers again");
    assert!(!second.text.is_empty() || !second.calls.is_empty());
    eprintln!("said: {}", second.text);
}
