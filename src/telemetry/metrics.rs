//! Counts for Prometheus. Labels are classes of our own: no shop, no run, no free text is one.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::llm::Tokens;

/// Seconds between which times are counted.
const SECONDS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// What an installation has counted since its start. Clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    calls: Family<CallLabels, Counter>,
    call_time: Family<ModelLabels, Histogram>,
    tokens: Family<TokenLabels, Counter>,
    fallbacks: Family<WhyLabels, Counter>,
    runs: Family<RunLabels, Counter>,
    run_time: Family<SkillLabels, Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ModelLabels {
    provider: String,
    model: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    provider: String,
    model: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    provider: String,
    model: String,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WhyLabels {
    why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    skill: String,
    ending: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SkillLabels {
    skill: String,
}

/// A question to a model, once it is over.
pub struct ModelCall<'a> {
    /// Who serves the model.
    pub provider: &'a str,
    /// Its configured name.
    pub model: &'a str,
    /// `ok`, or the class of what went wrong.
    pub outcome: &'static str,
    /// How long it took.
    pub took: Duration,
    /// What the provider counted.
    pub tokens: Option<Tokens>,
}

impl Default for Metrics {
    fn default() -> Self {
        let times = || Histogram::new(SECONDS);
        let (calls, tokens, fallbacks, runs) =
            (Family::default(), Family::default(), Family::default(), Family::default());
        let call_time: Family<ModelLabels, Histogram> = Family::new_with_constructor(times);
        let run_time: Family<SkillLabels, Histogram> = Family::new_with_constructor(times);
        let mut registry = Registry::with_prefix("xiaoer");
        registry.register("model_calls", "Questions to models", Family::clone(&calls));
        registry.register_with_unit("model_call_time", "Time of a question", Unit::Seconds, call_time.clone());
        registry.register("model_tokens", "Tokens, as providers count them", Family::clone(&tokens));
        registry.register("model_fallbacks", "Answers that rules gave in a model's place", Family::clone(&fallbacks));
        registry.register("runs", "Runs that ended", Family::clone(&runs));
        registry.register_with_unit("run_time", "Time of a run, from its acceptance", Unit::Seconds, run_time.clone());
        Self { registry: Arc::new(registry), calls, call_time, tokens, fallbacks, runs, run_time }
    }
}

impl Metrics {
    /// Counts a question to a model.
    pub fn model_call(&self, call: &ModelCall<'_>) {
        let (provider, model) = (call.provider.to_owned(), call.model.to_owned());
        let labels = CallLabels { provider: provider.clone(), model: model.clone(), outcome: call.outcome };
        self.calls.get_or_create(&labels).inc();
        let labels = ModelLabels { provider: provider.clone(), model: model.clone() };
        self.call_time.get_or_create(&labels).observe(call.took.as_secs_f64());
        let Some(Tokens { prompt, answer, cached, reasoning }) = call.tokens else { return };
        for (kind, count) in [("input", prompt), ("output", answer), ("cached", cached), ("reasoning", reasoning)] {
            let labels = TokenLabels { provider: provider.clone(), model: model.clone(), kind };
            self.tokens.get_or_create(&labels).inc_by(count);
        }
    }

    /// Counts an answer that rules gave in a model's place; `why` is a class.
    pub fn fallback(&self, why: &'static str) {
        self.fallbacks.get_or_create(&WhyLabels { why }).inc();
    }

    /// Counts a run that ended.
    pub fn run(&self, skill: &str, ending: &'static str, took: Duration) {
        self.runs.get_or_create(&RunLabels { skill: skill.into(), ending }).inc();
        self.run_time.get_or_create(&SkillLabels { skill: skill.into() }).observe(took.as_secs_f64());
    }

    /// Everything in the text form that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("writing into a string does not fail");
        out
    }
}
