//! What an operator can watch: counts without a shop in them, and spans without a word of what was asked.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tracing_subscriber::layer::SubscriberExt as _;
use xiaoer::llm::{Llm, ModelConfig};
use xiaoer::telemetry::{self, Metrics, names};

use crate::llm_fake::Fake;
use crate::llm_provider::{SWIFT, narrative, on, prompts};
use crate::support::office::Office;

/// A collector that keeps what it is sent.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = |State(kept): State<Arc<Mutex<Vec<u8>>>>, body: Bytes| async move {
        kept.lock().expect("one writer").extend_from_slice(&body);
        StatusCode::OK
    };
    let router = Router::new().route("/v1/traces", post(keep)).with_state(Arc::clone(&kept));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, kept)
}

/// What a collector is told of one question.
async fn told(telling: bool) -> String {
    let (address, kept) = collector().await;
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let llm = Llm::patient(ModelConfig::new("ok", &fake.base), SWIFT, prompts).watched(Metrics::default(), telling);
    let (layer, exporter) = telemetry::layer(&address).expect("an address");
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    llm.answer(&on("秘密店铺"), &narrative()).await.expect("no error");
    drop(guard);
    tokio::task::spawn_blocking(move || exporter.flush()).await.expect("sent");
    let bytes = kept.lock().expect("done").clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_collector_is_told_of_a_question_by_the_conventions_names_and_never_its_words() {
    let silent = told(false).await;
    for name in ["chat ok", names::OPERATION, names::PROVIDER, names::REQUEST_MODEL, names::INPUT_TOKENS, names::AGENT]
    {
        assert!(silent.contains(name), "{name} is missing: {silent}");
    }
    for secret in ["写一段日报", "支付金额", "秘密店铺", "127.0.0.1"] {
        assert!(!silent.contains(secret), "{secret} went out");
    }
    assert!(told(true).await.contains("写一段日报"), "what an owner switches on is told");
}

#[tokio::test]
async fn counts_name_models_and_classes_and_nothing_else() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (_db, prompts) = prompts(dir.path());
    let metrics = Metrics::default();
    let config = ModelConfig {
        fallback: vec![ModelConfig::new("figures-always", &fake.base)],
        ..ModelConfig::new("401", &fake.base)
    };
    let llm = Llm::patient(config, SWIFT, prompts).watched(metrics.clone(), false);
    llm.answer(&on("秘密店铺"), &narrative()).await.expect("no error");
    let text = metrics.text();
    for line in [
        "xiaoer_model_calls_total{provider=\"openai_compatible\",model=\"401\",outcome=\"auth\"} 2",
        "xiaoer_model_calls_total{provider=\"openai_compatible\",model=\"figures-always\",outcome=\"ok\"} 2",
        "xiaoer_model_tokens_total{provider=\"openai_compatible\",model=\"figures-always\",kind=\"output\"} 2",
        "xiaoer_model_fallbacks_total{why=\"ungrounded\"} 1",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    assert!(!text.contains("秘密店铺"));
}

#[tokio::test]
async fn counts_are_served_to_whoever_has_the_token() {
    let office = Office::on("2026-11-23", &["a"]).await;
    assert_eq!(office.asked("/metrics").await.status, StatusCode::OK);
}
