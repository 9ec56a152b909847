//! Listening at a skill's door while it runs on a real shop, and writing down what it heard as a fixture.
//!
//! The answers are those that the host gave, so what the host masks is masked. Beyond that no buyer is named by the platform's id, and what
//! buyers wrote is masked, since a fixture goes where the plugin goes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use xiaoer_sdk::shop::{Activity, Cost, Order, Product, Refund, TrafficDay};
use xiaoer_sdk::{
    Answer, Call, CallError, Context, Generator, Host, Input, Manifest, PictureFindings, Pin, Report, Skill, SkillError,
};

use super::expect::Expect;
use super::fixture::{Answered, Written};
use crate::redact::Vault;

/// What was heard.
#[derive(Default)]
pub struct Recording(Mutex<Heard>);

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
    pictures: BTreeMap<String, PictureFindings>,
    answers: Vec<Answered>,
    model: BTreeMap<String, Vec<Value>>,
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
        // A run that is taken up again is heard from its beginning.
        *self.recording.0.lock().expect("nothing panics while listening") =
            Heard { pin: Some(cx.pin().clone()), input: input.clone(), ..Heard::default() };
        let ear = Ear { host: Arc::clone(cx.host()), recording: Arc::clone(&self.recording) };
        let mut report = self.skill.run(&Context::new(cx.pin().clone(), Arc::new(ear)), input).await?;
        report.proposals.clear();
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
        self.recording.0.lock().expect("nothing panics while listening").hear(call, &answer);
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
            (Call::Progress { .. } | Call::Keep { .. }, _) => {}
            (call, answer) => self.answers.push(Answered { call, answer: answer.clone() }),
        }
    }
}

impl Recording {
    /// The fixture, as JSON; none when nothing was run.
    ///
    /// # Errors
    /// When a row cannot be written as JSON.
    pub fn fixture(&self) -> serde_json::Result<Option<String>> {
        let mut heard = self.0.lock().expect("nothing panics while listening");
        let Some(pin) = heard.pin.clone() else { return Ok(None) };
        heard.unname();
        let input: Map<String, Value> = heard.input.0.clone();
        // A skill that was never answered by a model is tried without one.
        let spoken = heard.model.iter().filter(|(_, lines)| lines.iter().any(|line| !line.is_null()));
        let written = Written {
            shop: pin.shop,
            as_of: pin.as_of,
            now: Some(pin.now),
            events: values(&pin.events)?,
            input,
            orders: values(heard.orders.values())?,
            refunds: values(heard.refunds.values())?,
            products: values(&heard.products)?,
            costs: values(&heard.costs)?,
            traffic: values(heard.traffic.values())?,
            activities: values(&heard.activities)?,
            tasks: Vec::new(),
            pictures: heard.pictures.clone(),
            growth: None,
            answers: heard
                .answers
                .iter()
                .map(|one| Answered { call: one.call.clone(), answer: one.answer.clone() })
                .collect(),
            kept: BTreeMap::new(),
            model: spoken.map(|(prompt, lines)| (prompt.clone(), lines.clone())).collect(),
            expect: Expect::default(),
        };
        let mut value = serde_json::to_value(written)?;
        if let Value::Object(fields) = &mut value {
            fields.retain(|_, value| {
                !matches!(value, Value::Array(list) if list.is_empty())
                    && !matches!(value, Value::Object(map) if map.is_empty())
            });
            fields.remove("expect");
        }
        Ok(Some(serde_json::to_string_pretty(&value)? + "\n"))
    }
}

fn values<'r, R: serde::Serialize + 'r>(rows: impl IntoIterator<Item = &'r R>) -> serde_json::Result<Vec<Value>> {
    rows.into_iter().map(serde_json::to_value).collect()
}

impl Heard {
    /// Buyers become `buyer-1`, `buyer-2` … in the order of their orders, and their words are masked.
    fn unname(&mut self) {
        let mut names: HashMap<String, String> = HashMap::new();
        let mut vault = Vault::new();
        let mut rename = |buyer: &mut Option<String>| {
            if let Some(id) = buyer {
                let next = format!("buyer-{}", names.len() + 1);
                *id = names.entry(std::mem::take(id)).or_insert(next).clone();
            }
        };
        self.orders.values_mut().for_each(|order| rename(&mut order.buyer));
        self.refunds.values_mut().for_each(|refund| rename(&mut refund.buyer));
        for refund in self.refunds.values_mut() {
            refund.reason = vault.mask(&refund.reason);
        }
    }
}
