//! Which model is asked, how often at once, and what is remembered of a provider.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use xiaoer::llm::{CassetteConfig, CassetteMode, Llm, ModelConfig};
use xiaoer_sdk::Generator;

use crate::llm_fake::{Fake, GOOD};
use crate::llm_provider::{SWIFT, TEMPLATE, narrative, on, prompts};

fn model(fake: &Fake, name: &str) -> ModelConfig {
    ModelConfig::new(name, &fake.base)
}

async fn generator(config: ModelConfig) -> Generator {
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let llm = Llm::patient(config, SWIFT, prompts);
    llm.answer(&on("shop"), &narrative()).await.expect("no error").asked.generator
}

#[tokio::test]
async fn when_a_model_cannot_answer_the_next_one_does_but_a_refusal_is_final() {
    let fake = Fake::start().await;
    for cannot in ["500-always", "401", "402", "429-always", "400-context", "404", "empty-200"] {
        let config = ModelConfig {
            fallback: vec![model(&fake, "503-after-seconds"), model(&fake, "ok")],
            ..model(&fake, cannot)
        };
        let wrote = generator(config).await;
        assert!(
            matches!(&wrote, Generator::Model { name } if name == "503-after-seconds" || name == "ok"),
            "{cannot}: {wrote:?}"
        );
    }
    let config = ModelConfig { fallback: vec![model(&fake, "never-asked")], ..model(&fake, "400-filter") };
    assert_eq!(generator(config).await, Generator::Template { why: Some("模型拒绝回答".into()) });
    assert!(fake.asked("never-asked").is_empty(), "nobody else is asked what one has refused");
    let all_down = ModelConfig { fallback: vec![model(&fake, "401")], ..model(&fake, "500-always") };
    assert_eq!(generator(all_down).await, Generator::Template { why: Some("模型密钥无效".into()) });
}

#[tokio::test]
async fn a_field_that_a_provider_refuses_is_left_out_from_then_on() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let config = ModelConfig { temperature: Some(0.2), ..model(&fake, "refuses-temperature") };
    let llm = Llm::patient(config, SWIFT, prompts);
    for _ in 0..2 {
        let got = llm.answer(&on("shop"), &narrative()).await.expect("no error").asked;
        assert_eq!(got.value, json!(GOOD));
    }
    assert_eq!(fake.asked("refuses-temperature").len(), 3, "refused once, then asked twice without it");
    let theirs = ModelConfig {
        extra: json!({"seed": 7}).as_object().cloned().unwrap_or_default(),
        ..model(&fake, "refuses-seed")
    };
    assert!(
        matches!(generator(theirs).await, Generator::Template { .. }),
        "what the owner wants is not dropped silently"
    );
}

#[tokio::test]
async fn what_is_known_of_a_provider_shapes_the_request() {
    let fake = Fake::start().await;
    let known = ModelConfig { name: "qwen-plus".into(), preset: Some("dashscope".into()), ..model(&fake, "ok") };
    let known =
        ModelConfig { base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1".into(), ..known }.capability();
    assert_eq!(json!(known.thinking_off), json!({"enable_thinking": false}));
    let kimi = ModelConfig { base_url: "https://api.moonshot.cn/v1".into(), ..model(&fake, "kimi-k3") }.capability();
    assert!(kimi.fixed_sampling && kimi.echo_reasoning);
}

#[tokio::test]
async fn no_more_than_so_many_questions_are_asked_at_once() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let config = ModelConfig { at_once: 2, ..model(&fake, "slow") };
    let llm = Llm::patient(config, SWIFT, prompts);
    let began = Instant::now();
    let (account, ask) = (on("shop"), narrative());
    join_all((0..6).map(|_| llm.answer(&account, &ask))).await;
    assert_eq!(fake.most_at_once("slow"), 2);
    assert!(began.elapsed() >= Duration::from_millis(500), "three rounds of two, 200 ms each");
}

#[tokio::test]
async fn a_recorded_answer_is_played_back_without_a_connection_and_a_missing_one_is_told() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let tape = dir.path().join("tape");
    let with = |mode: CassetteMode, config: ModelConfig| ModelConfig {
        cassette: Some(CassetteConfig { mode, dir: tape.clone() }),
        ..config
    };
    assert_eq!(generator(with(CassetteMode::Record, model(&fake, "ok"))).await, Generator::Model { name: "ok".into() });
    // Nobody listens there.
    let nowhere = ModelConfig::new("ok", "http://127.0.0.1:9/v1");
    assert_eq!(generator(with(CassetteMode::Replay, nowhere.clone())).await, Generator::Replay { name: "ok".into() });
    let other = ModelConfig { max_tokens: 7, ..nowhere };
    assert_eq!(
        generator(with(CassetteMode::Replay, other)).await,
        Generator::Template { why: Some("没有录下这个问题的回答".into()) }
    );
    let kept: Vec<String> = std::fs::read_dir(&tape)
        .expect("a folder")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a recording"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].contains("Bearer") && kept[0].contains("写一段日报"), "{}", kept[0]);
}

#[tokio::test]
async fn what_was_paid_for_is_told_also_where_the_answer_was_not_used() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let llm = Llm::patient(model(&fake, "figures-always"), SWIFT, prompts);
    let got = llm.answer(&on("shop"), &narrative()).await.expect("no error");
    assert_eq!(got.asked.value, json!(TEMPLATE));
    assert_eq!(got.paid.len(), 2, "asked twice");
    assert_ne!(got.paid[0].asked, got.paid[1].asked);
    assert!(got.paid.iter().all(|paid| paid.tokens.is_some_and(|tokens| tokens.prompt == 1)));
}

#[tokio::test]
async fn what_a_buyer_wrote_of_himself_never_reaches_a_provider_and_comes_back_in_its_place() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let llm = Llm::patient(model(&fake, "echo"), SWIFT, prompts);
    let said = "电话１３８-００１３-８０００，寄到浙江省义乌市稠州北路12号3栋，订单2760123456789012345";
    let talk = [xiaoer::llm::talk::Said::User { text: said.into() }];
    let (turn, _, _) = llm.turn(&on("shop"), &talk, &[], &|_| ()).await.expect("an echo");
    assert_eq!(turn.text, said, "what was masked is restored");
    let sent = fake.asked("echo")[0].body.to_string();
    for secret in ["００１３", "稠州北路"] {
        assert!(!sent.contains(secret), "{sent}");
    }
    assert!(
        sent.contains("〔手机甲〕") && sent.contains("〔地址甲〕") && sent.contains("2760123456789012345"),
        "{sent}"
    );
}
