//! The host of a trial: answers one attempt's calls out of the fixture, with a run's own refusals.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use xiaoer_sdk::shop::{Order, RefundStatus};
use xiaoer_sdk::{Answer, Ask, Call, CallError, Generator, Host, Manifest};

use super::fixture::Fixture;
use super::journal::{Life, Steps};
use crate::action::ground::Issued;
use crate::llm::prompt::PromptFile;
use crate::llm::{self, Cue};
use crate::run::gate;

/// Answers the calls of one attempt.
pub(super) struct Stage {
    manifest: Manifest,
    prompts: BTreeMap<String, PromptFile>,
    fixture: Arc<Fixture>,
    life: Arc<Life>,
    stop_after: Option<usize>,
    stopped: Notify,
    notes: Mutex<Notes>,
    steps: Mutex<Steps>,
}

/// What was seen of an attempt.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) calls: Vec<String>,
    pub(super) progress: Vec<String>,
    pub(super) asked: Vec<(String, Generator)>,
    pub(super) refused: Vec<(String, String)>,
    pub(super) questions: Vec<Ask>,
    pub(super) issued: Issued,
    journaled: usize,
    /// What the fixture could not answer: the author's business, not the skill's.
    pub(super) missing: Option<String>,
}

impl Stage {
    pub(super) fn new(
        (manifest, prompts): (Manifest, BTreeMap<String, PromptFile>),
        fixture: Arc<Fixture>,
        life: Arc<Life>,
        stop_after: Option<usize>,
    ) -> Self {
        let (stopped, notes, steps) = (Notify::new(), Mutex::default(), Mutex::default());
        Self { manifest, prompts, fixture, life, stop_after, stopped, notes, steps }
    }

    /// Waits for the call after which this attempt is stopped.
    pub(super) async fn stopped(&self) {
        self.stopped.notified().await;
    }

    /// What was seen, once the attempt is over.
    pub(super) fn notes(&self) -> Notes {
        std::mem::take(&mut *self.notes.lock().expect("nothing panics while noting"))
    }

    /// How many answers the scripted model gave, over all attempts.
    pub(super) fn given(&self) -> usize {
        self.life.script.lock().expect("nothing panics while reading a script").given()
    }

    fn note(&self, note: impl FnOnce(&mut Notes)) {
        note(&mut self.notes.lock().expect("nothing panics while noting"));
    }

    fn answer(&self, call: Call) -> Result<Answer, CallError> {
        if let Some(known) = self.fixture.answers.iter().find(|known| known.call == call) {
            return Ok(known.answer.clone());
        }
        let fixture = &*self.fixture;
        Ok(match call {
            Call::OrdersPaid { period } => {
                self.orders(|order| order.paid.is_some_and(|at| period.contains(at.date_naive())))
            }
            Call::OrdersPlaced { period } => self.orders(|order| period.contains(order.created.date_naive())),
            Call::RefundsOpen => {
                let open = fixture.refunds.iter().filter(|refund| !is_settled(&refund.status));
                Answer::Refunds(open.cloned().collect())
            }
            Call::RefundsSettled { period } => {
                let within = |at: Option<xiaoer_sdk::shop::Time>| at.is_some_and(|at| period.contains(at.date_naive()));
                let settled = fixture.refunds.iter().filter(|r| is_settled(&r.status) && within(r.completed));
                Answer::Refunds(settled.cloned().collect())
            }
            Call::Products => Answer::Products(fixture.products.clone()),
            Call::Costs => Answer::Costs(fixture.costs.clone()),
            Call::Traffic { period } => {
                Answer::Traffic(fixture.traffic.iter().filter(|one| period.contains(one.day)).cloned().collect())
            }
            Call::Activities => Answer::Activities(fixture.activities.clone()),
            Call::Score { as_of } => fixture.score(as_of)?,
            Call::Forecast { as_of, days } => fixture.forecast(as_of, days)?,
            Call::Plan { as_of, wish } => fixture.plan(as_of, wish)?,
            Call::PastTasks => Answer::PastTasks(fixture.tasks.clone()),
            Call::Inspect { product, picture } => {
                let shown = fixture.products.iter().any(|one| one.id == product && one.pictures.contains(&picture));
                let found = fixture.pictures.get(&picture).filter(|_| shown).cloned();
                let what = || CallError::NotFound { what: format!("picture {picture} of product {product}") };
                Answer::Picture(found.ok_or_else(what)?)
            }
            Call::Ask(ask) => self.ask(&ask)?,
            Call::Recall { key } => {
                Answer::Recalled(self.life.kept(&key).unwrap_or_else(|| fixture.kept.get(&key).cloned()))
            }
            Call::Keep { key, value } => {
                self.life.put(key, value);
                Answer::Done
            }
            Call::Fetch(fetch) => {
                return Err(self.missing(format!("the fixture's answers have none for {}", fetch.url)));
            }
            Call::Progress { text } => {
                self.note(|notes| notes.progress.push(text));
                Answer::Done
            }
        })
    }

    fn orders(&self, wanted: impl Fn(&Order) -> bool) -> Answer {
        Answer::Orders(self.fixture.orders.iter().filter(|order| wanted(order)).cloned().collect())
    }

    fn ask(&self, ask: &Ask) -> Result<Answer, CallError> {
        let prompt = self.prompts.get(&ask.prompt);
        let prompt = prompt.ok_or_else(|| self.missing(format!("there is no file prompts/{}.md", ask.prompt)))?;
        let mut script = self.life.script.lock().expect("nothing panics while reading a script");
        let mut ended = false;
        let heard = llm::rehearse(prompt, ask, || {
            let cue = script.next(&self.fixture, &ask.prompt);
            ended = cue.is_none();
            cue.unwrap_or(Cue::Silent)
        });
        let (asked, refused) = heard.map_err(|error| self.missing(error.to_string()))?;
        if ended && refused.is_empty() {
            let why = format!("the fixture's model.{} has no answer left for this question", ask.prompt);
            return Err(self.missing(why));
        }
        self.note(|notes| {
            notes.refused.extend(refused.into_iter().map(|why| (ask.prompt.clone(), why)));
            notes.asked.push((ask.prompt.clone(), asked.generator.clone()));
            notes.questions.push(ask.clone());
        });
        Ok(Answer::Asked(asked))
    }

    fn missing(&self, why: String) -> CallError {
        self.note(|notes| {
            notes.missing.get_or_insert_with(|| why.clone());
        });
        CallError::Broken { why }
    }

    /// Answers what is paid for from the journal, if it was answered before.
    fn once(&self, call: Call) -> Result<Answer, CallError> {
        let step = self.steps.lock().expect("nothing panics while counting").name(&call);
        if let Some(answer) = self.life.find(&step) {
            if let (Call::Ask(ask), Answer::Asked(asked)) = (&call, &answer) {
                self.note(|notes| notes.asked.push((ask.prompt.clone(), asked.generator.clone())));
            }
            return Ok(answer);
        }
        let mut made = 0;
        self.note(|notes| {
            made = notes.journaled;
            notes.journaled += 1;
        });
        gate::within(made)?;
        let answer = self.answer(call)?;
        self.life.keep(step, answer.clone());
        Ok(answer)
    }
}

#[xiaoer_sdk::async_trait]
impl Host for Stage {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        gate::allowed(&self.manifest, &call)?;
        let name = name(&call);
        let answer = match call {
            Call::Ask(_) | Call::Inspect { .. } | Call::Recall { .. } | Call::Keep { .. } | Call::Fetch(_) => {
                self.once(call)
            }
            read => self.answer(read.clone()).inspect(|answer| self.note(|notes| notes.issued.note(&read, answer))),
        };
        let mut made = 0;
        self.note(|notes| {
            notes.calls.push(name);
            made = notes.calls.len();
        });
        if self.stop_after == Some(made) {
            // The answer is kept and the skill never sees it, as when the power fails just then.
            self.stopped.notify_one();
            std::future::pending::<()>().await;
        }
        answer
    }
}

/// The name of a call, with its prompt if it has one.
fn name(call: &Call) -> String {
    if let Call::Ask(ask) = call {
        return format!("ask {}", ask.prompt);
    }
    let text = serde_json::to_value(call).ok();
    text.and_then(|call| call.get("call")?.as_str().map(String::from)).unwrap_or_default()
}

fn is_settled(status: &RefundStatus) -> bool {
    matches!(status, RefundStatus::Success | RefundStatus::Closed)
}
