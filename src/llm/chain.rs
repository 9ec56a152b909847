//! The way of a question to a model that answers it: the configured one, or the next in line when it cannot.
//!
//! A question that was refused or an answer that was cut is not carried on: the next model would be asked the same thing, and paid for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::openai::{Answered, Ear, Model};
use super::reply::Tokens;
use super::request::Wanted;
use super::talk::{Account, Said, Turn};
use super::{ModelConfig, ModelError};
use crate::http::Policy;
use crate::telemetry::{Metrics, ModelCall, names};

/// The models, in order. None = everything is written by rules.
pub(super) struct Chain {
    models: Vec<Model>,
    pub(super) metrics: Metrics,
    /// Whether spans tell what was asked and answered, as the model saw it.
    pub(super) telling: bool,
}

/// What an answered question was, for the journal: what was asked and answered is only named, never kept twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// The model that answered.
    pub model: String,
    /// Names what it was asked.
    pub asked: String,
    /// Names what it answered.
    pub answered: String,
    /// What the provider counted; none where it did not say.
    pub tokens: Option<Tokens>,
}

/// An answer and what it was.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) turn: Turn,
    pub(super) replayed: bool,
    pub(super) paid: Paid,
}

impl Chain {
    pub(super) fn new(config: Option<&ModelConfig>, policy: Option<&Policy>) -> Self {
        let model =
            |config: &ModelConfig| Model::new(config.clone(), policy.cloned().unwrap_or_else(|| config.policy()));
        let models = config.into_iter().flat_map(ModelConfig::chain).map(model).collect();
        Self { models, metrics: Metrics::default(), telling: false }
    }

    /// The first model's name.
    pub(super) fn name(&self) -> Option<&str> {
        self.models.first().map(Model::name)
    }

    /// Whether functions can be offered to the first model.
    pub(super) fn has_tools(&self) -> bool {
        self.models.first().is_some_and(|model| model.known.tools)
    }

    /// Asks the models in order until one answers.
    ///
    /// # Errors
    /// Why the last one did not.
    pub(super) async fn ask(
        &self,
        account: &Account,
        talk: &[Said],
        wanted: Wanted<'_>,
        ear: Option<Ear<'_>>,
    ) -> Result<Heard, ModelError> {
        let mut last = ModelError::Transient;
        for model in &self.models {
            match self.ask_one(model, account, talk, wanted, ear).await {
                Ok(heard) => return Ok(heard),
                Err(error) if error.is_for_another() => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    async fn ask_one(
        &self,
        model: &Model,
        account: &Account,
        talk: &[Said],
        wanted: Wanted<'_>,
        ear: Option<Ear<'_>>,
    ) -> Result<Heard, ModelError> {
        let started = std::time::Instant::now();
        let span = self.span(model, account, ear.is_some());
        if self.telling {
            span.record(names::INPUT_MESSAGES, serde_json::to_string(talk).unwrap_or_default());
        }
        let answer = model.ask(talk, wanted, ear).instrument(span.clone()).await;
        let took = started.elapsed();
        self.tell(&span, model, &answer, took);
        let (shop, role, took_ms) = (&account.shop, &account.role, took.as_millis());
        match &answer {
            Ok(_) => tracing::info!(model = model.name(), shop, role, took_ms, "asked the model"),
            Err(error) => tracing::warn!(model = model.name(), shop, role, took_ms, %error, "asked the model in vain"),
        }
        let answered = answer?;
        let paid = Paid {
            model: model.name().into(),
            asked: named(&serde_json::to_vec(talk).unwrap_or_default()),
            answered: named(answered.turn.text.as_bytes()),
            tokens: answered.tokens,
        };
        Ok(Heard { turn: answered.turn, replayed: model.replays(), paid })
    }

    fn span(&self, model: &Model, account: &Account, streams: bool) -> Span {
        tracing::info_span!(
            target: names::TARGET,
            "chat",
            otel.name = format!("{} {}", names::CHAT, model.config.asked_for()),
            otel.kind = "client",
            { names::OPERATION } = names::CHAT,
            { names::PROVIDER } = model.known.provider,
            { names::REQUEST_MODEL } = model.config.asked_for(),
            { names::REQUEST_MAX_TOKENS } = model.config.max_tokens,
            { names::REQUEST_STREAM } = streams,
            { names::CONVERSATION } = account.run,
            { names::AGENT } = account.role,
            { names::INPUT_TOKENS } = Empty,
            { names::OUTPUT_TOKENS } = Empty,
            { names::CACHED_TOKENS } = Empty,
            { names::REASONING_TOKENS } = Empty,
            { names::INPUT_MESSAGES } = Empty,
            { names::OUTPUT_MESSAGES } = Empty,
            { names::ERROR } = Empty,
        )
    }

    /// Counts a question that is over, and fills in its span.
    fn tell(&self, span: &Span, model: &Model, answer: &Result<Answered, ModelError>, took: Duration) {
        let (provider, name) = (model.known.provider.as_str(), model.name());
        let (outcome, tokens) = match answer {
            Ok(answered) => ("ok", answered.tokens),
            Err(error) => (error.class(), None),
        };
        self.metrics.model_call(&ModelCall { provider, model: name, outcome, took, tokens });
        if let Some(tokens) = tokens {
            span.record(names::INPUT_TOKENS, tokens.prompt);
            span.record(names::OUTPUT_TOKENS, tokens.answer);
            span.record(names::CACHED_TOKENS, tokens.cached);
            span.record(names::REASONING_TOKENS, tokens.reasoning);
        }
        match answer {
            Ok(answered) if self.telling => {
                span.record(names::OUTPUT_MESSAGES, serde_json::to_string(&answered.turn).unwrap_or_default());
            }
            Ok(_) => {}
            Err(error) => {
                span.record(names::ERROR, error.class());
            }
        }
    }
}

fn named(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}
