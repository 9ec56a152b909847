//! Spans around a run, a question to a model and a tool, under the names of [`super::names`].
//!
//! A span holds names, counts and classes. Words of people and models enter only by [`Content`], which is off unless an owner turned it
//! on, and takes nothing that was not masked.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

use super::{metrics, names};
use crate::llm::money::MicroYuan;
use crate::llm::prices::Tokens;

/// The target of all spans that leave the house. Log lines have others, so none of them leaves with a span.
pub const TARGET: &str = "xiaoer::spans";

static WITH_CONTENT: AtomicBool = AtomicBool::new(false);

/// A question to a model.
#[derive(Clone, Copy, Debug)]
pub struct ModelCall<'a> {
    /// Whose server: [`crate::llm::prices::Prices::provider`].
    pub provider: &'a str,
    /// What is asked for.
    pub model: &'a str,
    /// Most tokens of an answer.
    pub max_tokens: u32,
    /// The prompt file; empty in a talk.
    pub prompt: &'a str,
    /// The run or the talk.
    pub run: &'a str,
}

/// What became of it.
#[derive(Clone, Copy, Debug)]
pub enum ModelOutcome<'a> {
    /// It answered.
    Answered {
        /// What it calls itself; empty where it says nothing.
        model: &'a str,
        /// Why it stopped, in a word of ours; the provider's could be anything.
        finish: &'static str,
        /// Its tokens.
        tokens: Tokens,
        /// What it cost; none = unknown.
        cost: Option<MicroYuan>,
    },
    /// It did not; the class in a word of ours.
    Failed(&'static str),
}

/// The span of a question to a model: `chat {model}`. Where nobody listens it costs a look at a flag.
#[must_use]
pub fn model_call(call: &ModelCall<'_>) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "chat",
        { names::SPAN_NAME } = Empty,
        { names::SPAN_KIND } = "client",
        { names::SPAN_STATUS } = Empty,
        { names::OPERATION } = names::CHAT,
        { names::PROVIDER } = call.provider,
        { names::REQUEST_MODEL } = call.model,
        { names::MAX_TOKENS } = call.max_tokens,
        { names::PROMPT } = Empty,
        { names::CONVERSATION } = call.run,
        { names::RESPONSE_MODEL } = Empty,
        { names::FINISH_REASONS } = Empty,
        { names::INPUT_TOKENS } = Empty,
        { names::OUTPUT_TOKENS } = Empty,
        { names::CACHED_TOKENS } = Empty,
        { names::REASONING_TOKENS } = Empty,
        { names::ERROR } = Empty,
        { names::INPUT_MESSAGES } = Empty,
        { names::OUTPUT_MESSAGES } = Empty,
    );
    named(&span, names::CHAT, call.model);
    if !call.prompt.is_empty() {
        span.record(names::PROMPT, call.prompt);
    }
    span
}

/// Ends a question: its span and the counts.
pub fn record(span: &Span, call: &ModelCall<'_>, outcome: &ModelOutcome<'_>, took: Duration) {
    match outcome {
        ModelOutcome::Failed(class) => {
            failed(span, class);
            metrics::model_call(call.provider, call.model, class, took);
        }
        ModelOutcome::Answered { model, finish, tokens, cost } => {
            if !model.is_empty() {
                span.record(names::RESPONSE_MODEL, model);
            }
            span.record(names::FINISH_REASONS, finish);
            span.record(names::INPUT_TOKENS, tokens.prompt);
            span.record(names::OUTPUT_TOKENS, tokens.answer);
            span.record(names::CACHED_TOKENS, tokens.cached);
            span.record(names::REASONING_TOKENS, tokens.reasoning);
            metrics::model_call(call.provider, call.model, "answered", took);
            metrics::model_usage(call.provider, call.model, tokens, *cost);
        }
    }
}

/// The span of a tool: `execute_tool {name}`. Its arguments are no part of it.
#[must_use]
pub fn tool(name: &str, run: &str) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "execute_tool",
        { names::SPAN_NAME } = Empty,
        { names::SPAN_STATUS } = Empty,
        { names::OPERATION } = names::EXECUTE_TOOL,
        { names::TOOL } = name,
        { names::CONVERSATION } = run,
        { names::ERROR } = Empty,
    );
    named(&span, names::EXECUTE_TOOL, name);
    span
}

/// The span of a run: `invoke_agent {role}`.
#[must_use]
pub fn run(role: &str, skill: &str, run: &str) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "invoke_agent",
        { names::SPAN_NAME } = Empty,
        { names::SPAN_STATUS } = Empty,
        { names::OPERATION } = names::INVOKE_AGENT,
        { names::AGENT } = role,
        { names::WORKFLOW } = skill,
        { names::CONVERSATION } = run,
        { names::ERROR } = Empty,
    );
    named(&span, names::INVOKE_AGENT, role);
    span
}

/// Marks a span as failed, by a class that is a word of ours.
pub fn failed(span: &Span, class: &'static str) {
    span.record(names::ERROR, class);
    span.record(names::SPAN_STATUS, "ERROR");
}

fn named(span: &Span, operation: &str, of: &str) {
    if !span.is_disabled() {
        span.record(names::SPAN_NAME, format!("{operation} {of}"));
    }
}

/// Words that may leave the house: whoever makes one has masked it.
pub struct Content(String);

impl Content {
    /// The masked form of a text, or none where no content leaves: then nothing is masked either.
    pub fn masked(text: &str, mask: impl FnOnce(&str) -> String) -> Option<Self> {
        WITH_CONTENT.load(Ordering::Relaxed).then(|| Self(mask(text)))
    }

    /// What was said to the model.
    pub fn said_to(&self, span: &Span) {
        span.record(names::INPUT_MESSAGES, self.0.as_str());
    }

    /// What the model said.
    pub fn said_by(&self, span: &Span) {
        span.record(names::OUTPUT_MESSAGES, self.0.as_str());
    }
}

/// Whether content leaves; told once, at the start.
pub(super) fn with_content(on: bool) {
    WITH_CONTENT.store(on, Ordering::Relaxed);
}
