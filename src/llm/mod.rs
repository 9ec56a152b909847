//! Words from a model, figures from code.
//!
//! A question goes to the model with the house rules behind it; its answer is read, held against the schema and the facts, sent back
//! once with what is wrong, and then the fallback answers: a narrative's template section, a typed question's own value. Without a
//! model the fallback answers at once. What wrote the words is always told.
//!
//! Nothing in here may let a model's figure through, put a provider's text into a log or an error, or make a run fail because of a
//! model: only a defect of ours, such as a broken prompt file, is an error.

pub mod budget;
pub mod capability;
mod cassette;
mod chain;
mod config;
mod failure;
pub mod ground;
mod house;
mod lines;
pub mod money;
mod openai;
pub mod prices;
pub mod prompt;
mod purse;
mod rehearse;
mod render;
mod reply;
mod request;
mod status;
mod stream;
pub mod talk;
pub mod validate;
mod wire;

use serde_json::Value;
use xiaoer_sdk::{Ask, Asked, Form, Generator, placeholders};

pub use chain::Paid;
pub use config::{ApiKey, CassetteConfig, CassetteMode, JsonMode, MaxTokensField, ModelConfig};
pub use failure::ModelError;
pub use openai::{Ear, SILENCED};
pub use prices::Tokens;
pub use purse::{Bill, Purse};
pub use rehearse::{Cue, rehearse};
pub use render::{Scene, quote};

use crate::http::Policy;
use crate::telemetry::metrics;
use chain::{Chain, Heard};
use ground::Problem;
use prompt::{PromptError, PromptFile, Prompts};
use request::Wanted;
use talk::{Account, Said, Tool, Turn};

/// Why a merchant reads a template though the model answered.
const UNGROUNDED: &str = "模型回答未通过核对";

/// Why a question has no answer at all. Only defects: a failing model is no error.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// There is no such prompt, or it cannot be used; the text names file and line.
    #[error(transparent)]
    Prompt(#[from] PromptError),
}

/// The way to the models, and to the words without one.
pub struct Llm {
    chain: Chain,
    prompts: Prompts,
}

/// An answer, and the questions that were paid for on the way to it.
pub struct Answered {
    /// The answer and what wrote it.
    pub asked: Asked<Value>,
    /// What models answered, also where it was not used.
    pub paid: Vec<Paid>,
    /// Why words of a model were not used, a line for each answer. They may quote a buyer: they are for whoever asked, and no log's.
    pub refused: Vec<String>,
    /// To be settled by the caller in one commit with the answer.
    pub bill: Option<Bill>,
}

/// What became of one answer.
enum Outcome {
    /// It may be shown.
    Good(Value, Generator, Option<Box<Bill>>),
    /// It is worth telling the model what is wrong.
    Wrong { answer: String, problems: Vec<Problem>, why: String, class: &'static str },
    /// Asking again cannot help.
    Lost { why: String, class: &'static str },
}

impl Llm {
    /// With a model, or without one.
    #[must_use]
    pub fn new(model: Option<ModelConfig>, prompts: Prompts) -> Self {
        Self { chain: Chain::new(model.as_ref(), None), prompts }
    }

    /// Questions are paid for from here on out of a purse.
    #[must_use]
    pub fn paying(mut self, purse: Purse) -> Self {
        self.chain.purse = Some(purse);
        self
    }

    /// With a model and a patience of its own, for tests.
    #[must_use]
    pub fn patient(model: ModelConfig, policy: Policy, prompts: Prompts) -> Self {
        Self { chain: Chain::new(Some(&model), Some(&policy)), prompts }
    }

    /// The model's name as configured; none = everything is written by rules.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.chain.name()
    }

    /// Whether a talk with tools can be had.
    #[must_use]
    pub fn talks(&self) -> bool {
        self.chain.has_tools()
    }

    /// One turn of a talk. `ear` hears the words as they come; they are unchecked, and so is what is handed back.
    ///
    /// # Errors
    /// [`ModelError`]: no model answered.
    pub async fn turn(
        &self,
        account: &Account,
        talk: &[Said],
        tools: &[Tool],
        ear: Ear<'_>,
    ) -> Result<(Turn, Paid, Option<Bill>), ModelError> {
        let wanted = Wanted { tools, ear: Some(ear), ..Wanted::default() };
        let heard = match self.chain.ask(account, talk, wanted).await {
            // Nothing was done yet with what came: the whole turn may be asked for again.
            Err(ModelError::Cut) => self.chain.ask(account, talk, wanted).await?,
            other => other?,
        };
        Ok((heard.turn, heard.paid, heard.bill))
    }

    /// Answers a question on somebody's account.
    ///
    /// # Errors
    /// [`LlmError`] for a defect of a prompt, which an operator must see.
    pub async fn answer(&self, account: &Account, ask: &Ask) -> Result<Answered, LlmError> {
        self.answer_by(account, ask, &self.prompt(&account.shop, &ask.prompt).await?).await
    }

    /// The prompt of a name that holds for a shop.
    ///
    /// # Errors
    /// [`LlmError`]: there is none, or it is broken.
    pub async fn prompt(&self, shop: &str, name: &str) -> Result<PromptFile, LlmError> {
        Ok(self.prompts.find(shop, name).await?)
    }

    /// As [`Llm::answer`], by a prompt that the caller found.
    ///
    /// # Errors
    /// As [`Llm::answer`].
    pub async fn answer_by(&self, account: &Account, ask: &Ask, prompt: &PromptFile) -> Result<Answered, LlmError> {
        // First, so that a prompt that cannot do without a model fails on the day it is written and not when the model is down.
        let fallback = fallback(prompt, ask)?;
        let (mut paid, mut refused) = (Vec::new(), Vec::new());
        let template = |why| Asked { value: fallback, generator: Generator::Template { why } };
        if self.model().is_none() {
            return Ok(Answered { asked: template(None), paid, refused, bill: None });
        }
        let mut talk = house::opening(prompt, ask)?;
        let mut outcome = self.attempt(account, &talk, ask, &mut paid).await;
        if let Outcome::Wrong { answer, problems, .. } = &outcome {
            refused.push(in_one_line(problems));
            house::again(&mut talk, answer, problems)?;
            outcome = self.attempt(account, &talk, ask, &mut paid).await;
        }
        let (asked, bill) = match outcome {
            Outcome::Good(value, generator, bill) => (Asked { value, generator }, bill.map(|bill| *bill)),
            Outcome::Wrong { why, class, problems, .. } => {
                refused.push(in_one_line(&problems));
                spoken_for(ask, self.model(), (&why, class));
                (template(Some(why)), None)
            }
            Outcome::Lost { why, class } => {
                spoken_for(ask, self.model(), (&why, class));
                (template(Some(why)), None)
            }
        };
        Ok(Answered { asked, paid, refused, bill })
    }

    async fn attempt(&self, account: &Account, talk: &[Said], ask: &Ask, paid: &mut Vec<Paid>) -> Outcome {
        let schema = match &ask.form {
            Form::Narrative { .. } => None,
            Form::Typed { schema, .. } => Some(validate::ready(schema)),
        };
        let wanted = Wanted { schema: schema.as_ref().map(|ready| &ready.inlined), ..Wanted::default() };
        let Heard { turn, replayed, paid: one, bill } = match self.chain.ask(account, talk, wanted).await {
            Ok(heard) => heard,
            // A shorter answer may fit. What arrived of this one is dropped: a cut text is no text.
            Err(error @ ModelError::Cut) => {
                let problems = vec![Problem::new("整个回答", "太长，没有写完就被截断了，请写短一些")];
                return Outcome::Wrong { answer: String::new(), problems, why: error.why(), class: error.class() };
            }
            Err(error) => return Outcome::Lost { why: error.why(), class: error.class() },
        };
        paid.push(one);
        match checked(&turn.text, &ask.form) {
            Ok(value) if replayed => Outcome::Good(value, Generator::Replay { name: turn.model }, bill.map(Box::new)),
            Ok(value) => Outcome::Good(value, Generator::Model { name: turn.model }, bill.map(Box::new)),
            Err(problems) => {
                // How many and of what kind: the pieces themselves may be a buyer's words.
                tracing::info!(prompt = ask.prompt, problems = problems.len(), "the answer did not pass");
                if let Some(bill) = bill {
                    bill.settle().await;
                }
                Outcome::Wrong { answer: turn.text, problems, why: UNGROUNDED.into(), class: "ungrounded" }
            }
        }
    }
}

fn spoken_for(ask: &Ask, model: Option<&str>, (why, class): (&str, &'static str)) {
    metrics::template_fallback(class);
    tracing::warn!(prompt = ask.prompt, model, why, "the fallback answers");
}

fn in_one_line(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
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
