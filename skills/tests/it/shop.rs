//! A host over fixed rows that holds a skill to its manifest, renders its prompts and remembers what it was asked.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{self, Poll, Waker};

use serde_json::{Map, Value};
use xiaoer_sdk::growth::plan::{Economics, LeverEntry};
use xiaoer_sdk::growth::{Correction, Fen, Industry, Inputs};
use xiaoer_sdk::shop::{Activity, Cost, Order, Product, Refund, RefundStatus, ShopCard};
use xiaoer_sdk::{
    Answer, Ask, Asked, Call, CallError, Context, EarlierPlan, Form, Generator, Host, Manifest, PastTask,
    PictureFindings, Pin, Report, Skill, SkillError,
};

use crate::growing::Growing;
use crate::prompt;
use crate::rows::{AS_OF, NOW, at, day};

/// What a model would answer to a question; none leaves the answer to template or fallback.
pub(crate) type Model = fn(&Ask) -> Option<Value>;

/// A shop's rows and what its host does.
#[derive(Clone)]
pub(crate) struct FakeShop {
    pub(crate) industry: Industry,
    pub(crate) orders: Vec<Order>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) products: Vec<Product>,
    pub(crate) costs: Vec<Cost>,
    pub(crate) activities: Vec<Activity>,
    pub(crate) past: Vec<PastTask>,
    pub(crate) inputs: Inputs,
    /// Figures of the rules that the merchant replaced.
    pub(crate) corrections: Vec<Correction>,
    /// What the merchant told about costs and margins.
    pub(crate) economics: Economics,
    pub(crate) levers: Vec<LeverEntry>,
    /// What a level is worth to the merchant.
    pub(crate) worth: Option<Fen>,
    /// Plans that are over.
    pub(crate) earlier: Vec<EarlierPlan>,
    pub(crate) pictures: BTreeMap<String, PictureFindings>,
    pub(crate) as_of: &'static str,
    pub(crate) now: &'static str,
    pub(crate) model: Model,
    /// Which calls fail, and how.
    pub(crate) fail: fn(&Call) -> Option<CallError>,
    /// What the merchant was told on the way.
    pub(crate) told: Arc<Mutex<Vec<String>>>,
    /// What the model was asked.
    pub(crate) asked: Arc<Mutex<Vec<Ask>>>,
}

impl Default for FakeShop {
    fn default() -> Self {
        Self {
            industry: Industry::Consumer,
            orders: Vec::new(),
            refunds: Vec::new(),
            products: Vec::new(),
            costs: Vec::new(),
            activities: Vec::new(),
            past: Vec::new(),
            inputs: Inputs { refunds_known: true, marks_known: true, inquiries_known: true, ..Inputs::default() },
            corrections: Vec::new(),
            economics: Economics::default(),
            levers: Vec::new(),
            worth: None,
            earlier: Vec::new(),
            pictures: BTreeMap::new(),
            as_of: AS_OF,
            now: NOW,
            model: |_| None,
            fail: |_| None,
            told: Arc::default(),
            asked: Arc::default(),
        }
    }
}

/// The skill of a name, from the list.
pub(crate) fn hired(name: &str) -> (Box<dyn Skill>, &'static str) {
    let entry = xiaoer_skills::all().into_iter().find(|entry| entry.skill.manifest().name == name);
    let entry = entry.expect("the skill is on the list");
    let text = entry.prompts.iter().find(|(prompt, _)| *prompt == name).expect("its prompt has its name").1;
    (entry.skill, text)
}

impl FakeShop {
    /// One click, with no field filled in.
    pub(crate) fn click(&self, skill: &str) -> Report {
        self.run(skill, &[])
    }

    /// One click with some fields filled in.
    pub(crate) fn run(&self, skill: &str, input: &[(&str, &str)]) -> Report {
        let report = self.try_run(skill, input).expect("the skill gives a report");
        crate::every_skill::holds(&report, &hired(skill).0.manifest());
        report
    }

    pub(crate) fn try_run(&self, name: &str, input: &[(&str, &str)]) -> Result<Report, SkillError> {
        let (skill, text) = hired(name);
        let manifest = skill.manifest();
        let given: Map<String, Value> = input.iter().map(|(k, v)| ((*k).into(), Value::from(*v))).collect();
        let input = manifest.accept(&given)?;
        let host = Arc::new(Desk { shop: self.clone(), manifest, prompt: text });
        let card = ShopCard { id: "s1".into(), name: "演示店铺".into(), industry: self.industry };
        let cx = Context::new(Pin { shop: card, as_of: day(self.as_of), now: at(self.now), events: Vec::new() }, host);
        finish(skill.run(&cx, input))
    }
}

/// Nothing here waits, so a future is ready when it is looked at.
fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a skill waits for something that is not its context"),
    }
}

struct Desk {
    shop: FakeShop,
    manifest: Manifest,
    prompt: &'static str,
}

#[xiaoer_sdk::async_trait]
impl Host for Desk {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        if let Some(read) = call.needs().filter(|read| !self.manifest.reads.contains(read)) {
            return Err(CallError::Denied { what: format!("{read:?}") });
        }
        let shop = &self.shop;
        if let Some(error) = (shop.fail)(&call) {
            return Err(error);
        }
        Ok(match call {
            Call::OrdersPaid { period } => {
                let within = |o: &&Order| o.paid.is_some_and(|at| period.contains(at.date_naive()));
                Answer::Orders(shop.orders.iter().filter(within).cloned().collect())
            }
            Call::OrdersPlaced { period } => {
                let within = |o: &&Order| period.contains(o.created.date_naive());
                Answer::Orders(shop.orders.iter().filter(within).cloned().collect())
            }
            Call::RefundsOpen => Answer::Refunds(shop.refunds.iter().filter(|r| !is_settled(r)).cloned().collect()),
            Call::RefundsSettled { period } => {
                let within = |r: &&Refund| r.completed.is_some_and(|at| period.contains(at.date_naive()));
                Answer::Refunds(shop.refunds.iter().filter(|r| is_settled(r)).filter(within).cloned().collect())
            }
            Call::Products => Answer::Products(shop.products.clone()),
            Call::Costs => Answer::Costs(shop.costs.clone()),
            Call::Traffic { .. } => Answer::Traffic(Vec::new()),
            Call::Activities => Answer::Activities(shop.activities.clone()),
            Call::Score { as_of } => Growing::of(shop, as_of).score(),
            Call::Forecast { days, as_of } => Answer::Forecast(Box::new(Growing::of(shop, as_of).forecast(days))),
            Call::Plan { as_of, wish } => Growing::of(shop, as_of).plan(wish)?,
            Call::PastTasks => Answer::PastTasks(shop.past.clone()),
            Call::Inspect { picture, .. } => {
                let unavailable = CallError::Unavailable { why: "商品图片下载失败".into() };
                Answer::Picture(shop.pictures.get(&picture).cloned().ok_or(unavailable)?)
            }
            Call::Ask(ask) => self.ask(&ask)?,
            Call::Progress { text } => {
                shop.told.lock().expect("one thread").push(text);
                Answer::Done
            }
            // No built-in skill is declared to.
            Call::Recall { .. } | Call::Keep { .. } | Call::Fetch(_) => {
                return Err(CallError::Denied { what: "beyond the shop".into() });
            }
        })
    }
}

fn is_settled(refund: &Refund) -> bool {
    matches!(refund.status, RefundStatus::Success | RefundStatus::Closed)
}

impl Desk {
    fn ask(&self, ask: &Ask) -> Result<Answer, CallError> {
        if !self.manifest.asks.contains(&ask.prompt) {
            return Err(CallError::Denied { what: ask.prompt.clone() });
        }
        self.shop.asked.lock().expect("one thread").push(ask.clone());
        // Every prompt must render whole for every question, with a model or without.
        let sections = prompt::render(self.prompt, ask);
        assert!(!sections.system.is_empty() && !sections.user.is_empty(), "{} has no words", ask.prompt);
        if let Some(value) = (self.shop.model)(ask) {
            return Ok(Answer::Asked(Asked { value, generator: Generator::Model { name: "qwen-plus".into() } }));
        }
        let value = match &ask.form {
            Form::Narrative { facts } => {
                let text = sections.template.expect("a narrative has a template");
                prompt::grounded(&text, facts);
                Value::from(text)
            }
            Form::Typed { fallback, .. } => fallback.clone(),
        };
        Ok(Answer::Asked(Asked { value, generator: Generator::Template { why: None } }))
    }
}
