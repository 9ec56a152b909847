//! Words from a model, figures from code.
//!
//! A question goes to the model with the house rules behind it; its answer is read, held against the schema and the facts, sent back
//! once with what is wrong, and then the fallback answers: a narrative's template section, a typed question's own value. Without a
//! model the fallback answers at once. What wrote the words is always told.
//!
//! Nothing in here may let a model's figure through, put a provider's text into a log or an error, or make a run fail because of a
//! model: only a defect of ours, such as a broken prompt file, is an error.

pub mod budget;
mod config;
mod failure;
pub mod ground;
mod house;
pub mod money;
mod openai;
pub mod prices;
pub mod prompt;
mod render;
mod reply;
mod status;
pub mod talk;
pub mod validate;

use serde_json::Value;
use xiaoer_sdk::{Ask, Asked, Form, Generator, placeholders};

pub use config::{ApiKey, JsonMode, MaxTokensField, ModelConfig};
pub use failure::ModelError;
pub use openai::SILENCED;
pub use render::{Scene, quote};

use crate::http::Policy;
use ground::Problem;
use openai::{Message, Model};
use prompt::{PromptError, PromptFile, Prompts};

/// Why a merchant reads a template though the model answered.
const UNGROUNDED: &str = "模型回答未通过核对";

/// Why a question has no answer at all. Only defects: a failing model is no error.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// There is no such prompt, or it cannot be used; the text names file and line.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

/// The way to the model, and to the words without it.
pub struct Llm {
    model: Option<Model>,
    prompts: Prompts,
}

/// What became of one answer.
enum Outcome {
    /// It may be shown.
    Good(Value),
    /// It is worth telling the model what is wrong.
    Wrong { answer: String, problems: Vec<Problem>, why: &'static str },
    /// Asking again cannot help.
    Lost(&'static str),
}

impl Llm {
    /// With a model, or without one.
    #[must_use]
    pub fn new(model: Option<ModelConfig>, prompts: Prompts) -> Self {
        let model = model.map(|config| {
            let policy = config.policy();
            Model::new(config, policy)
        });
        Self { model, prompts }
    }

    /// With a model and a patience of its own, for tests.
    #[must_use]
    pub fn patient(model: ModelConfig, policy: Policy, prompts: Prompts) -> Self {
        Self { model: Some(Model::new(model, policy)), prompts }
    }

    /// The model's name as configured; none = everything is written by rules.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_ref().map(Model::name)
    }

    /// Answers a question for a shop.
    ///
    /// # Errors
    /// [`LlmError`] for a defect of a prompt, which an operator must see.
    pub async fn answer(&self, shop: &str, ask: &Ask) -> Result<Asked<Value>, LlmError> {
        let prompt = self.prompts.find(shop, &ask.prompt).await?;
        // First, so that a prompt that cannot do without a model fails on the day it is written and not when the model is down.
        let fallback = fallback(&prompt, ask)?;
        let Some(model) = &self.model else {
            return Ok(Asked { value: fallback, generator: Generator::Template { why: None } });
        };
        let mut talk = house::opening(&prompt, ask)?;
        let mut outcome = attempt(model, &talk, ask).await;
        if let Outcome::Wrong { answer, problems, .. } = &outcome {
            house::again(&mut talk, answer, problems)?;
            outcome = attempt(model, &talk, ask).await;
        }
        Ok(match outcome {
            Outcome::Good(value) => Asked { value, generator: Generator::Model { name: model.name().into() } },
            Outcome::Wrong { why, .. } | Outcome::Lost(why) => {
                tracing::warn!(prompt = ask.prompt, model = model.name(), why, "the fallback answers");
                Asked { value: fallback, generator: Generator::Template { why: Some(why.into()) } }
            }
        })
    }
}

async fn attempt(model: &Model, talk: &[Message], ask: &Ask) -> Outcome {
    let schema = match &ask.form {
        Form::Narrative { .. } => None,
        Form::Typed { schema, .. } => Some(validate::inlined(schema)),
    };
    let answer = match model.ask(talk, schema.as_ref()).await {
        Ok(answer) => answer,
        // A shorter answer may fit. What arrived of this one is dropped: a cut text is no text.
        Err(error @ ModelError::Cut) => {
            let problems = vec![Problem::new("整个回答", "太长，没有写完就被截断了，请写短一些")];
            return Outcome::Wrong { answer: String::new(), problems, why: error.why() };
        }
        Err(error) => return Outcome::Lost(error.why()),
    };
    match checked(&answer, &ask.form) {
        Ok(value) => Outcome::Good(value),
        Err(problems) => {
            // How many and of what kind: the pieces themselves may be a buyer's words.
            tracing::info!(prompt = ask.prompt, problems = problems.len(), "the answer did not pass");
            Outcome::Wrong { answer, problems, why: UNGROUNDED }
        }
    }
}

/// Holds an answer against what was asked.
///
/// # Errors
/// What is wrong with it.
fn checked(answer: &str, form: &Form) -> Result<Value, Vec<Problem>> {
    match form {
        Form::Narrative { facts } => ground::narrative(answer, facts).map(Value::String),
        Form::Typed { schema, grounds, .. } => {
            let value = validate::typed(answer, schema)?;
            ground::content(&value, schema, grounds)?;
            Ok(value)
        }
    }
}

/// The answer without a model.
fn fallback(prompt: &PromptFile, ask: &Ask) -> Result<Value, PromptError> {
    match &ask.form {
        Form::Typed { fallback, .. } => Ok(fallback.clone()),
        Form::Narrative { facts } => {
            let text = prompt.render(prompt.template()?, &house::scene(ask))?;
            let ids: Vec<String> =
                placeholders(&text).into_iter().filter(|id| facts.get(id).is_none()).map(String::from).collect();
            if ids.is_empty() {
                Ok(Value::String(text))
            } else {
                Err(PromptError::Facts { origin: prompt.origin.clone(), ids })
            }
        }
    }
}
