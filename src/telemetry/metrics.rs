//! Counts for Prometheus, of the whole process.
//!
//! A label is a word of ours or of the settings, never of a merchant: no shop, no person, no free text, so that neither the number of
//! series nor what they tell grows with the trade.

use std::sync::LazyLock;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

use crate::llm::money::MicroYuan;
use crate::llm::prices::Tokens;

/// What scrapers are told of [`text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Vec<(&'static str, String)>;
type Counts = Family<Labels, Counter>;
type Times = Family<Labels, Histogram, Buckets>;

/// Upper ends in seconds: from a page of the console to the longest run.
#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.01, 0.05, 0.25, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0])
    }
}

struct Metrics {
    registry: Registry,
    calls: Counts,
    call_time: Times,
    tokens: Counts,
    cost: Counts,
    unknown: Counts,
    fallbacks: Counts,
    refusals: Counts,
    runs: Counts,
    run_time: Times,
    actions: Counts,
    requests: Counts,
    queues: Family<Labels, Gauge>,
    pushes: Counts,
    pushed: Counts,
    push_lag: Times,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let mut registry = Registry::with_prefix("xiaoer");
    let r = &mut registry;
    Metrics {
        calls: kept(r, "model_calls", "Questions to models"),
        call_time: timed(r, "model_call_duration", "Time of a question to a model, tries included"),
        tokens: kept(r, "model_tokens", "Tokens of models"),
        cost: kept(r, "model_cost_micro_yuan", "What models cost, in millionths of a yuan"),
        unknown: kept(r, "model_unpriced_calls", "Questions whose price nobody knows"),
        fallbacks: kept(r, "template_fallbacks", "Texts written by rules though a model is configured"),
        refusals: kept(r, "budget_refusals", "Questions that a budget did not pay for"),
        runs: kept(r, "runs", "Runs that ended"),
        run_time: timed(r, "run_duration", "Time of a run"),
        actions: kept(r, "actions", "Changes of shops"),
        requests: kept(r, "http_requests", "Requests to console and API"),
        queues: kept(r, "queue_depth", "What waits"),
        pushes: kept(r, "push_messages", "Messages that platforms pushed"),
        pushed: kept(r, "push_objects", "Objects of shops that messages were about"),
        push_lag: timed(r, "push_lag", "Time from a message to the rows that it was about being shown"),
        registry,
    }
});

fn kept<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn timed(registry: &mut Registry, name: &str, help: &str) -> Times {
    let metric = Times::new_with_constructor(Buckets);
    registry.register_with_unit(name, help, Unit::Seconds, metric.clone());
    metric
}

fn labels<const N: usize>(pairs: [(&'static str, &str); N]) -> Labels {
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// A question to a model ended.
pub fn model_call(provider: &str, model: &str, outcome: &str, took: Duration) {
    let who = [("provider", provider), ("model", model)];
    METRICS.calls.get_or_create(&labels([who[0], who[1], ("outcome", outcome)])).inc();
    METRICS.call_time.get_or_create(&labels(who)).observe(took.as_secs_f64());
}

/// What a question used; a cost of none is an unknown price.
pub fn model_usage(provider: &str, model: &str, tokens: &Tokens, cost: Option<MicroYuan>) {
    let who = [("provider", provider), ("model", model)];
    let kinds = [
        ("prompt", tokens.prompt),
        ("answer", tokens.answer),
        ("cached", tokens.cached),
        ("reasoning", tokens.reasoning),
    ];
    for (kind, count) in kinds {
        METRICS.tokens.get_or_create(&labels([who[0], who[1], ("kind", kind)])).inc_by(count);
    }
    match cost {
        Some(cost) => METRICS.cost.get_or_create(&labels(who)).inc_by(cost.0),
        None => METRICS.unknown.get_or_create(&labels(who)).inc(),
    };
}

/// Rules wrote what a model should have. `class` is a word of ours: `budget`, `ungrounded`, `timeout`.
pub fn template_fallback(class: &'static str) {
    METRICS.fallbacks.get_or_create(&labels([("reason", class)])).inc();
}

/// A limit was reached.
pub fn budget_refusal(limit: &'static str) {
    METRICS.refusals.get_or_create(&labels([("limit", limit)])).inc();
}

/// A run ended.
pub fn run_ended(skill: &str, ending: &'static str, took: Duration) {
    METRICS.runs.get_or_create(&labels([("skill", skill), ("ending", ending)])).inc();
    METRICS.run_time.get_or_create(&labels([("skill", skill)])).observe(took.as_secs_f64());
}

/// An action came to an outcome.
pub fn action(kind: &str, outcome: &'static str) {
    METRICS.actions.get_or_create(&labels([("kind", kind), ("outcome", outcome)])).inc();
}

/// A request was answered. `route` is the template of the list of routes, never the path itself.
pub fn http_request(method: &str, route: &str, status: u16) {
    let status = status.to_string();
    METRICS.requests.get_or_create(&labels([("method", method), ("route", route), ("status", &status)])).inc();
}

/// How much waits in a queue.
pub fn queue_depth(queue: &'static str, depth: usize) {
    METRICS.queues.get_or_create(&labels([("queue", queue)])).set(i64::try_from(depth).unwrap_or(i64::MAX));
}

/// Messages that a platform pushed: `received`, of those `passed_over` for being about nothing that is read; `duplicate`, `refused`,
/// `unreadable`.
pub fn pushes(outcome: &'static str, messages: usize) {
    if messages > 0 {
        let messages = u64::try_from(messages).unwrap_or(u64::MAX);
        METRICS.pushes.get_or_create(&labels([("outcome", outcome)])).inc_by(messages);
    }
}

/// An object that messages were about is `shown` or has `failed`, so long after the first of them.
pub fn push_handled(outcome: &'static str, lag: Duration) {
    let labels = labels([("outcome", outcome)]);
    METRICS.pushed.get_or_create(&labels).inc();
    METRICS.push_lag.get_or_create(&labels).observe(lag.as_secs_f64());
}

/// All of it, as scrapers read it.
#[must_use]
pub fn text() -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = encode(&mut text, &METRICS.registry);
    text
}
