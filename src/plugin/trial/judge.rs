//! How often a real model's words pass the checks: what an author needs to know of a prompt before strangers run it. It asks and counts,
//! within the bounds that it is given; what is said of it is said elsewhere.

use std::collections::BTreeMap;
use std::time::Instant;

use xiaoer_sdk::{Ask, Generator};

use super::Trial;
use crate::llm::money::MicroYuan;
use crate::llm::talk::Account;
use crate::llm::{Answered, Llm, LlmError};

/// Questions without an answer, one after the other, after which nobody is expected to answer any more.
const SILENCES: u32 = 3;

/// What became of so many answers to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Passed as they came.
    pub at_once: u32,
    /// Passed when the model was told what was wrong.
    pub again: u32,
    /// Refused twice: the fallback spoke.
    pub refused: u32,
    /// No model answered: the fallback spoke.
    pub unanswered: u32,
    /// What was wrong with the answers that were refused, and how often.
    pub wrong: BTreeMap<String, u32>,
    /// Why no model answered, in the words of a merchant, and how often.
    pub silent: BTreeMap<String, u32>,
}

/// How far an evaluation goes, and how far it has come.
pub struct Bounds {
    /// How often each question is asked.
    pub times: u32,
    /// When no further question is asked.
    pub until: Instant,
    /// What all answers together may cost; the answer that goes beyond is the last.
    pub yuan: MicroYuan,
    /// What they cost so far, as far as prices are known.
    pub spent: MicroYuan,
    /// Questions since the last answer.
    silences: u32,
}

/// Why an evaluation ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its time was up.
    Late,
    /// Its money was spent.
    Spent,
    /// No model answers.
    Away,
}

impl Share {
    /// Answers that a reader would see.
    #[must_use]
    pub fn accepted(&self) -> u32 {
        self.at_once + self.again
    }

    /// Answers that there were.
    #[must_use]
    pub fn answered(&self) -> u32 {
        self.accepted() + self.refused
    }

    fn count(&mut self, answered: &Answered) {
        for wrong in &answered.refused {
            *self.wrong.entry(wrong.clone()).or_default() += 1;
        }
        match &answered.asked.generator {
            Generator::Template { .. } if !answered.refused.is_empty() => self.refused += 1,
            Generator::Template { why } => {
                self.unanswered += 1;
                *self.silent.entry(why.clone().unwrap_or_default()).or_default() += 1;
            }
            Generator::Model { .. } | Generator::Replay { .. } if answered.refused.is_empty() => self.at_once += 1,
            Generator::Model { .. } | Generator::Replay { .. } => self.again += 1,
        }
    }
}

impl Bounds {
    /// For so many answers to each question, until then, for so much money.
    #[must_use]
    pub fn of(times: u32, until: Instant, yuan: MicroYuan) -> Self {
        Self { times, until, yuan, spent: MicroYuan::ZERO, silences: 0 }
    }

    /// Why nothing more is asked; none while there is time, money and a model.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        if self.silences >= SILENCES {
            Some(Ended::Away)
        } else if self.spent >= self.yuan {
            Some(Ended::Spent)
        } else {
            (Instant::now() >= self.until).then_some(Ended::Late)
        }
    }
}

/// Asks a question until the bounds are reached, on a shop's account.
///
/// # Errors
/// [`LlmError`]: the prompt cannot be used.
pub async fn judge(
    llm: &Llm,
    shop: &str,
    trial: &Trial,
    question: &Ask,
    bounds: &mut Bounds,
) -> Result<Share, LlmError> {
    let manifest = trial.manifest();
    let account = Account { shop: shop.into(), role: manifest.role, run: format!("eval {}", manifest.name) };
    let mut share = Share::default();
    let Some(prompt) = trial.prompts.get(&question.prompt) else { return Ok(share) };
    for _ in 0..bounds.times {
        if bounds.ended().is_some() {
            break;
        }
        let asked = llm.answer_by(&account, question, prompt);
        // A question that is under way when the time is up counts for nothing.
        let Ok(answered) = tokio::time::timeout_at(bounds.until.into(), asked).await else { break };
        let mut answered = answered?;
        if let Some(bill) = answered.bill.take() {
            bill.settle().await;
        }
        let before = share.unanswered;
        share.count(&answered);
        bounds.silences = if share.unanswered > before { bounds.silences + 1 } else { 0 };
        let cost = answered.paid.iter().filter_map(|paid| paid.cost_yuan);
        bounds.spent = cost.fold(bounds.spent, MicroYuan::plus);
    }
    Ok(share)
}
