//! The way of a question to a model that answers it: the configured one, or the next in line when it cannot.
//!
//! A question that was refused or an answer that was cut is not carried on: the next model would be asked the same thing, and paid for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tracing::{Instrument as _, Span};

use super::money::MicroYuan;
use super::openai::Model;
use super::prices::Tokens;
use super::purse::{Bill, Purse};
use super::request::Wanted;
use super::talk::{Account, Said, ToolCall, Turn};
use super::{ModelConfig, ModelError};
use crate::http::Policy;
use crate::redact::{Seen, Vault};
use crate::telemetry::{self, Content, ModelCall, ModelOutcome};

/// The models, in order. None = everything is written by rules.
pub(super) struct Chain {
    models: Vec<Model>,
    /// Who pays; none in tests of other things.
    pub(super) purse: Option<Purse>,
    /// Texts that hold nothing to mask: rules and schemas are said with every question, a talk with each of its steps.
    seen: Seen,
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
    /// What it cost; none where nobody knows the price.
    #[serde(default)]
    pub cost_yuan: Option<MicroYuan>,
    /// The version of the price table by which it was counted.
    #[serde(default)]
    pub prices: Option<String>,
}

/// What a model said and what its provider counted, or why it said nothing.
pub(super) type Outcome = Result<(Turn, Option<Tokens>), ModelError>;

/// An answer and what it was.
pub(super) struct Heard {
    pub(super) turn: Turn,
    pub(super) replayed: bool,
    pub(super) paid: Paid,
    /// To be settled in one commit with the answer.
    pub(super) bill: Option<Bill>,
}

impl Chain {
    pub(super) fn new(config: Option<&ModelConfig>, policy: Option<&Policy>) -> Self {
        let model =
            |config: &ModelConfig| Model::new(config.clone(), policy.cloned().unwrap_or_else(|| config.policy()));
        let models = config.into_iter().flat_map(ModelConfig::chain).map(model).collect();
        Self { models, purse: None, seen: Seen::default() }
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
    pub(super) async fn ask(&self, account: &Account, talk: &[Said], wanted: Wanted<'_>) -> Result<Heard, ModelError> {
        // Masked here and nowhere else, so that nothing goes to a provider, a recording or a collector unmasked. The same talk gets
        // the same marks every time, for they are given in the order of what is said.
        let mut vault = Vault::default();
        let masked: Vec<Said> = talk.iter().map(|said| masked(said, &self.seen, &mut vault)).collect();
        let mut last = ModelError::Transient;
        for model in &self.models {
            match self.ask_one(model, account, &masked, wanted).await {
                Ok(heard) => return Ok(Heard { turn: restored(heard.turn, &vault), ..heard }),
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
    ) -> Result<Heard, ModelError> {
        let asked = serde_json::to_string(&(talk, wanted.schema, wanted.tools)).unwrap_or_default();
        let reserved = match &self.purse {
            Some(purse) => Some(purse.reserve(account, &model.config, &asked).await?),
            None => None,
        };
        let call = ModelCall {
            provider: &model.known.provider,
            model: model.config.asked_for(),
            max_tokens: model.config.max_tokens,
            prompt: "",
            run: &account.run,
        };
        let (span, started) = (telemetry::model_call(&call), std::time::Instant::now());
        if let Some(content) = Content::masked(&asked, ToOwned::to_owned) {
            content.said_to(&span);
        }
        let answer = model.ask(talk, wanted).instrument(span.clone()).await;
        let (outcome, took) = (answer.map(|answered| (answered.turn, answered.tokens)), started.elapsed());
        let bill = match self.purse.as_ref().zip(reserved) {
            Some((purse, reserved)) => purse.bill(account, reserved, &outcome).await,
            None => None,
        };
        told(&span, &call, (&outcome, bill.as_ref()), took);
        let (shop, role, took_ms) = (&account.shop, &account.role, took.as_millis());
        match &outcome {
            Ok(_) => tracing::info!(model = model.name(), shop, role, took_ms, "asked the model"),
            Err(error) => tracing::warn!(model = model.name(), shop, role, took_ms, %error, "asked the model in vain"),
        }
        let (turn, tokens) = match outcome {
            Ok(answered) => answered,
            Err(error) => {
                // Nothing came of it that could be stored first.
                if let Some(bill) = bill {
                    bill.settle().await;
                }
                return Err(error);
            }
        };
        if let Some(content) = Content::masked(&turn.text, ToOwned::to_owned) {
            content.said_by(&span);
        }
        let paid = Paid {
            model: model.name().into(),
            asked: named(asked.as_bytes()),
            answered: named(turn.text.as_bytes()),
            tokens,
            cost_yuan: bill.as_ref().and_then(Bill::cost).map(|(cost, _)| cost),
            prices: bill.as_ref().and_then(Bill::cost).map(|(_, version)| version.to_owned()),
        };
        Ok(Heard { turn, replayed: model.replays(), paid, bill })
    }
}

fn masked(said: &Said, seen: &Seen, vault: &mut Vault) -> Said {
    let mut mask = |text: &str| vault.mask_found(text, &seen.spans(text));
    match said {
        Said::System { text } => Said::System { text: mask(text) },
        Said::User { text } => Said::User { text: mask(text) },
        Said::Tool { call, text } => Said::Tool { call: call.clone(), text: mask(text) },
        Said::Assistant { text, calls, reasoning } => {
            let calls = calls.iter().map(|call| with_words(call, &mut mask)).collect();
            let text = mask(text);
            Said::Assistant { text, calls, reasoning: reasoning.as_ref().map(|words| mask(words)) }
        }
    }
}

fn restored(turn: Turn, vault: &Vault) -> Turn {
    let calls = turn.calls.iter().map(|call| with_words(call, |words| vault.restore(words))).collect();
    let reasoning = turn.reasoning.as_ref().map(|words| vault.restore(words));
    Turn { text: vault.restore(&turn.text), calls, reasoning, model: turn.model }
}

/// A call with every text in its arguments changed.
fn with_words(call: &ToolCall, mut change: impl FnMut(&str) -> String) -> ToolCall {
    ToolCall { arguments: each_text(&call.arguments, &mut change), ..call.clone() }
}

fn each_text(value: &Value, change: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| each_text(item, change)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), each_text(value, change))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Ends the span of a question and counts it.
fn told(span: &Span, call: &ModelCall<'_>, (outcome, bill): (&Outcome, Option<&Bill>), took: Duration) {
    let outcome = match outcome {
        Ok((turn, tokens)) => ModelOutcome::Answered {
            model: "",
            finish: if turn.calls.is_empty() { "stop" } else { "tool_calls" },
            tokens: bill.map(Bill::tokens).or(*tokens).unwrap_or_default(),
            cost: bill.and_then(Bill::cost).map(|(cost, _)| cost),
        },
        Err(error) => ModelOutcome::Failed(error.class()),
    };
    telemetry::record(span, call, &outcome, took);
}

fn named(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}
