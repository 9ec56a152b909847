//! What can be watched: counts at /metrics, spans at a collector, and no word of anybody in either.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt as _;
use xiaoer::config::{Env, Loaded};
use xiaoer::llm::money::MicroYuan;
use xiaoer::llm::prices::Tokens;
use xiaoer::telemetry::{self, Content, ModelCall, ModelOutcome, TelemetryConfig, metrics};

use crate::support::office::Office;

type Bodies = Arc<Mutex<Vec<Value>>>;

/// A collector that keeps what it is sent.
async fn collector() -> (String, Bodies) {
    async fn take(State(bodies): State<Bodies>, body: String) -> &'static str {
        bodies.lock().expect("alone").push(serde_json::from_str(&body).expect("JSON"));
        "{}"
    }
    let bodies = Bodies::default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&bodies));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, bodies)
}

fn call() -> ModelCall<'static> {
    ModelCall { provider: "dashscope", model: "qwen-plus", max_tokens: 900, prompt: "growth-report", run: "run-7" }
}

fn answered() -> ModelOutcome<'static> {
    let tokens = Tokens { prompt: 120, answer: 40, cached: 20, reasoning: 5 };
    ModelOutcome::Answered { model: "qwen-plus-2026", finish: "stop", tokens, cost: Some(MicroYuan(176)) }
}

/// The spans of what a collector was sent.
fn spans(bodies: &Bodies) -> Vec<Value> {
    let bodies = bodies.lock().expect("alone");
    let of = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let resources = bodies.iter().flat_map(|body| of(body, "resourceSpans"));
    let scopes = resources.flat_map(|resource| of(&resource, "scopeSpans"));
    scopes.flat_map(|scope| of(&scope, "spans")).collect()
}

fn attribute(span: &Value, name: &str) -> Value {
    let all = span["attributes"].as_array().expect("attributes");
    let found = all.iter().find(|pair| pair["key"] == name);
    found.and_then(|pair| pair["value"].as_object()?.values().next().cloned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_gets_names_counts_and_classes_and_nobodys_words() {
    let (address, bodies) = collector().await;
    let config = TelemetryConfig { otlp: Some(address), content: false };
    let (layer, exporter) = telemetry::layer(&config).expect("an address").expect("a layer");
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        let run = telemetry::run("operations", "growth-report", "run-7");
        run.in_scope(|| {
            let span = telemetry::model_call(&call());
            span.in_scope(|| tracing::info!(words = "买家说：快递太慢", "a line of the log"));
            assert!(Content::masked("买家说：快递太慢", |text| text.to_owned()).is_none(), "content is off");
            telemetry::record(&span, &call(), &answered(), Duration::from_millis(700));
            drop(telemetry::tool("orders", "run-7"));
            let lost = telemetry::model_call(&call());
            telemetry::record(&lost, &call(), &ModelOutcome::Failed("timeout"), Duration::from_secs(60));
        });
    });
    tokio::task::spawn_blocking(move || drop(exporter)).await.expect("sent");

    let spans = spans(&bodies);
    let mut names: Vec<_> = spans.iter().filter_map(|span| span["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["chat qwen-plus", "chat qwen-plus", "execute_tool orders", "invoke_agent operations"]);
    let chat = |error: Value| {
        let found =
            spans.iter().find(|span| span["name"] == "chat qwen-plus" && attribute(span, "error.type") == error);
        found.expect("a span").clone()
    };
    let good = chat(Value::Null);
    for (name, value) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.provider.name", json!("dashscope")),
        ("gen_ai.request.model", json!("qwen-plus")),
        ("gen_ai.response.model", json!("qwen-plus-2026")),
        ("gen_ai.usage.input_tokens", json!("120")),
        ("gen_ai.usage.output_tokens", json!("40")),
        ("gen_ai.conversation.id", json!("run-7")),
        ("gen_ai.prompt.name", json!("growth-report")),
    ] {
        let found = attribute(&good, name);
        let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        assert_eq!(Value::from(text), value, "{name}");
    }
    assert_eq!(chat("timeout".into())["status"]["code"], 2);
    let run = spans.iter().find(|span| span["name"] == "invoke_agent operations").expect("the run");
    assert_eq!(good["parentSpanId"], run["spanId"]);
    let all = serde_json::to_string(&*bodies.lock().expect("alone")).expect("text");
    assert!(!all.contains("快递") && !all.contains("a line of the log"), "{all}");
    assert!(!all.contains("gen_ai.input.messages"), "{all}");
}

#[tokio::test]
async fn without_a_collector_there_is_no_layer_and_an_address_that_is_none_is_refused() {
    let layer = |otlp: Option<&str>| {
        let config = TelemetryConfig { otlp: otlp.map(String::from), content: false };
        telemetry::layer::<tracing_subscriber::Registry>(&config).map(|layer| layer.is_some())
    };
    assert!(!layer(None).expect("fine"));
    let refused = layer(Some("collector:4318")).expect_err("refused").to_string();
    assert!(refused.contains("http://"), "{refused}");

    let dir = tempfile::tempdir().expect("a directory");
    let loaded = Loaded::read(None, dir.path(), &Env::of(&[("XIAOER_OTLP", "http://c:4318")])).expect("settings");
    assert_eq!(loaded.config.telemetry.otlp.as_deref(), Some("http://c:4318"));
    std::fs::write(dir.path().join("agents.toml"), "[telemetry]\nendpoint = \"x\"").expect("written");
    assert!(Loaded::read(None, dir.path(), &Env::default()).is_err());
}

#[tokio::test]
async fn a_scrape_tells_counts_by_words_of_ours_and_names_no_shop() {
    let office = Office::on("2026-11-23", &["geheim"]).await;
    office.get("/api/shops/geheim/settings").await;
    office.asked("/no/such/path").await;
    let span = telemetry::model_call(&call());
    telemetry::record(&span, &call(), &answered(), Duration::from_millis(700));
    metrics::template_fallback("budget");
    metrics::run_ended("growth-report", "done", Duration::from_secs(2));
    metrics::action("stock.set", "done");
    metrics::budget_refusal("shop_day");

    let text = office.text("/metrics").await;
    for line in [
        "xiaoer_model_calls_total{provider=\"dashscope\",model=\"qwen-plus\",outcome=\"answered\"} ",
        "xiaoer_model_tokens_total{provider=\"dashscope\",model=\"qwen-plus\",kind=\"prompt\"} ",
        "xiaoer_model_cost_micro_yuan_total{provider=\"dashscope\",model=\"qwen-plus\"} ",
        "xiaoer_model_call_duration_seconds_bucket{le=\"1.0\",provider=\"dashscope\",model=\"qwen-plus\"} ",
        "xiaoer_template_fallbacks_total{reason=\"budget\"} ",
        "xiaoer_budget_refusals_total{limit=\"shop_day\"} ",
        "xiaoer_runs_total{skill=\"growth-report\",ending=\"done\"} ",
        "xiaoer_run_duration_seconds_count{skill=\"growth-report\"} ",
        "xiaoer_actions_total{kind=\"stock.set\",outcome=\"done\"} ",
        "xiaoer_http_requests_total{method=\"GET\",route=\"/api/shops/{shop}/settings\",status=\"200\"} ",
        "xiaoer_queue_depth{queue=\"runs\"} 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("geheim") && !text.contains("no/such"), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}
