//! Listening at a skill's door while it runs on a real shop, and writing down what it heard as a fixture.
//!
//! The run is at the hour at which a fixture's run is, so that the same day of the same shop makes the same file. The answers are those
//! that the host gave; [`part`] says which rows are kept, [`unname`] takes the buyers out, [`form`] writes what is left.

mod form;
mod part;
mod unname;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use xiaoer_sdk::shop::{Activity, Cost, Order, Product, Refund, TrafficDay};
use xiaoer_sdk::{
    Answer, Call, CallError, Change, Context, Generator, Host, Input, Manifest, PastTask, PictureFindings, Pin, Report,
    Skill, SkillError,
};

use super::blank::Row;
use super::expect::Expect;
use super::fixture::{Answered, Written, morning_after};
use form::short;
pub use part::Part;
use unname::Names;

/// What was heard.
#[derive(Default)]
pub struct Recording(Mutex<Heard>);

/// A recorded fixture.
pub struct Recorded {
    /// The fixture, as JSON.
    pub text: String,
    /// Lists of which only a part is in it.
    pub parts: Vec<Part>,
}

#[derive(Default)]
struct Heard {
    pin: Option<Pin>,
    input: Input,
    orders: BTreeMap<String, Order>,
    refunds: BTreeMap<String, Refund>,
    products: Vec<Product>,
    costs: Vec<Cost>,
    traffic: BTreeMap<chrono::NaiveDate, TrafficDay>,
    activities: Vec<Activity>,
    tasks: Vec<PastTask>,
    pictures: BTreeMap<String, PictureFindings>,
    answers: Vec<Answered>,
    /// By key: what stood there before the run.
    kept: BTreeMap<String, Option<Value>>,
    model: BTreeMap<String, Vec<Value>>,
    /// What was proposed: what that is about must stay in the fixture.
    proposed: Vec<Change>,
}

/// A skill whose calls are written down. Its proposals go nowhere: whoever records wants a fixture and no work for the merchant.
pub struct Recorder {
    skill: Arc<dyn Skill>,
    recording: Arc<Recording>,
}

impl Recorder {
    /// Around a skill.
    #[must_use]
    pub fn of(skill: Arc<dyn Skill>, recording: Arc<Recording>) -> Self {
        Self { skill, recording }
    }
}

#[xiaoer_sdk::async_trait]
impl Skill for Recorder {
    fn manifest(&self) -> Manifest {
        self.skill.manifest()
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        let pin = Pin { now: morning_after(cx.pin().as_of), ..cx.pin().clone() };
        // A run that is taken up again is heard from its beginning.
        *self.recording.heard() = Heard { pin: Some(pin.clone()), input: input.clone(), ..Heard::default() };
        let ear = Ear { host: Arc::clone(cx.host()), recording: Arc::clone(&self.recording) };
        let mut report = self.skill.run(&Context::new(pin, Arc::new(ear)), input).await?;
        let proposals = std::mem::take(&mut report.proposals);
        self.recording.heard().proposed = proposals.into_iter().map(|proposal| proposal.change).collect();
        Ok(report)
    }
}

struct Ear {
    host: Arc<dyn Host>,
    recording: Arc<Recording>,
}

#[xiaoer_sdk::async_trait]
impl Host for Ear {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        let answer = self.host.call(call.clone()).await?;
        self.recording.heard().hear(call, &answer);
        Ok(answer)
    }
}

impl Heard {
    fn hear(&mut self, call: Call, answer: &Answer) {
        match (call, answer) {
            (_, Answer::Orders(rows)) => self.orders.extend(rows.iter().map(|row| (row.id.clone(), row.clone()))),
            (_, Answer::Refunds(rows)) => self.refunds.extend(rows.iter().map(|row| (row.id.clone(), row.clone()))),
            (_, Answer::Products(rows)) => self.products.clone_from(rows),
            (_, Answer::Costs(rows)) => self.costs.clone_from(rows),
            (_, Answer::Traffic(rows)) => self.traffic.extend(rows.iter().map(|row| (row.day, row.clone()))),
            (_, Answer::Activities(rows)) => self.activities.clone_from(rows),
            (_, Answer::PastTasks(tasks)) => self.tasks.clone_from(tasks),
            (Call::Inspect { picture, .. }, Answer::Picture(findings)) => {
                self.pictures.insert(picture, findings.clone());
            }
            (Call::Ask(ask), Answer::Asked(asked)) => {
                let words = match asked.generator {
                    Generator::Template { .. } => Value::Null,
                    Generator::Model { .. } | Generator::Replay { .. } => asked.value.clone(),
                };
                self.model.entry(ask.prompt).or_default().push(words);
            }
            // Only what was there before the run is the fixture's; the rest the skill does again.
            (Call::Recall { key }, Answer::Recalled(value)) => {
                self.kept.entry(key).or_insert_with(|| value.clone());
            }
            (Call::Keep { key, .. }, _) => {
                self.kept.entry(key).or_insert(None);
            }
            (Call::Progress { .. }, _) => {}
            (call, answer) => self.answers.push(Answered { call, answer: answer.clone() }),
        }
    }
}

impl Recording {
    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.0.lock().expect("nothing panics while listening")
    }

    /// The fixture with at most so many rows of a list, and what those name; none when nothing was run.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub fn fixture(&self, most: usize) -> serde_json::Result<Option<Recorded>> {
        let mut heard = std::mem::take(&mut *self.heard());
        let Some(pin) = heard.pin.clone() else { return Ok(None) };
        let all = heard.buyers();
        let parts = heard.keep_part(most);
        // Whoever is left out of the rows may still be named in what the skill kept or was told.
        let names = Names::of(heard.buyers().into_iter().chain(all));
        let Value::Object(mut fixture) = serde_json::to_value(heard.written(pin)?)? else { return Ok(None) };
        fixture.remove("expect");
        fixture.retain(|_, value| {
            !value.as_array().is_some_and(Vec::is_empty) && !value.as_object().is_some_and(Map::is_empty)
        });
        names.hide(&mut fixture);
        Ok(Some(Recorded { text: form::text(&fixture), parts }))
    }
}

impl Heard {
    fn buyers(&self) -> Vec<String> {
        let orders = self.orders.values().filter_map(|order| order.buyer.clone());
        orders.chain(self.refunds.values().filter_map(|refund| refund.buyer.clone())).collect()
    }

    fn written(self, pin: Pin) -> serde_json::Result<Written> {
        let now = pin.now.to_rfc3339();
        // A skill that was never answered by a model is tried without one.
        let spoken = self.model.into_iter().filter(|(_, lines)| lines.iter().any(|line| !line.is_null()));
        Ok(Written {
            shop: pin.shop,
            as_of: pin.as_of,
            now: None,
            events: rows(&pin.events, &now)?,
            input: self.input.0,
            orders: rows(self.orders.values(), &now)?,
            refunds: rows(self.refunds.values(), &now)?,
            products: rows(&self.products, &now)?,
            costs: rows(&self.costs, &now)?,
            traffic: rows(self.traffic.values(), &now)?,
            activities: rows(&self.activities, &now)?,
            tasks: self.tasks,
            pictures: self.pictures,
            growth: None,
            answers: self.answers,
            kept: self.kept.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
            model: spoken.collect(),
            expect: Expect::default(),
        })
    }
}

fn rows<'r, R: Row + 'r>(rows: impl IntoIterator<Item = &'r R>, now: &str) -> serde_json::Result<Vec<Value>> {
    rows.into_iter().map(|row| short(row, now)).collect()
}
