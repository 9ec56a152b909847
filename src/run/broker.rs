//! The host side of a skill's context: the one place where a call is checked against the manifest, answered, journaled and refused.
//!
//! Reads come from the run's pinned generation, so they need no journal. What costs money or reaches outside is stored before the skill
//! sees it. The broker also remembers which objects it handed out: only those may be named by a proposal.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Days;
use serde_json::Value;
use xiaoer_sdk::shop::Order;
use xiaoer_sdk::{Answer, Call, CallError, Host, Manifest, PastTask, PictureFindings, TaskOutcome};

use super::events::News;
use super::journal::Journal;
use super::lease::{Held, HeldError};
use super::{Run, Runs};
use crate::action::desk::Desk;
use crate::action::ground::Issued;
use crate::action::{Action, ActionState};
use crate::db::DbError;
use crate::llm::talk::Account;
use crate::llm::{Bill, Llm, LlmError, Paid};
use crate::plugin::fetch::{self, Fetcher};
use crate::plugin::grant::Identity;
use crate::plugin::values::Values;
use crate::plugin::{Package, prompts};
use crate::score::Scorer;
use crate::shop::mirror::Mirror;
use crate::shop::{Connect, Shop};

/// How far back a report asks after its own tasks.
const PAST_DAYS: u64 = 7;
/// Calls of one attempt of a plugin that are answered from outside or kept.
const MOST_OUTSIDE: usize = 200;

/// What the broker answers from; built once, shared by all runs.
pub struct Ports {
    /// The shop's rows.
    pub mirror: Mirror,
    /// The growth score.
    pub scorer: Scorer,
    /// The model.
    pub llm: Llm,
    /// Ways to the shops, for pictures.
    pub connect: Arc<dyn Connect>,
    /// Earlier runs.
    pub runs: Runs,
    /// Earlier actions.
    pub desk: Desk,
    /// What plugins keep.
    pub values: Values,
    /// What plugins ask on the internet.
    pub fetcher: Fetcher,
}

/// Answers the calls of one attempt at a run.
pub struct Broker {
    run: Run,
    shop: Shop,
    /// What it may do in this shop.
    manifest: Manifest,
    /// What it consists of, where it is a plugin.
    plugin: Option<Arc<Package>>,
    ports: Arc<Ports>,
    held: Arc<Held>,
    journal: Journal,
    issued: Mutex<Issued>,
    made: AtomicUsize,
}

impl Broker {
    /// A broker for one attempt; the manifest is the one that holds in this shop.
    pub fn new(
        (run, shop): (Run, Shop),
        (manifest, plugin): (Manifest, Option<Arc<Package>>),
        ports: Arc<Ports>,
        held: Arc<Held>,
        journal: Journal,
    ) -> Self {
        Self { run, shop, manifest, plugin, ports, held, journal, issued: Mutex::default(), made: AtomicUsize::new(0) }
    }

    /// What was handed out, once the skill is through.
    pub fn take_issued(&self) -> Issued {
        std::mem::take(&mut *self.issued.lock().expect("nothing panics while holding it"))
    }

    fn check(&self, call: &Call) -> Result<(), CallError> {
        let denied = |what: String| Err(CallError::Denied { what });
        if let Some(read) = call.needs().filter(|read| !self.manifest.reads.contains(read)) {
            return denied(format!("{read:?}").to_lowercase());
        }
        let beyond = &self.manifest.beyond;
        match call {
            Call::Ask(ask) if !self.manifest.asks.contains(&ask.prompt) => denied(format!("ask({})", ask.prompt)),
            Call::Recall { .. } | Call::Keep { .. } if !beyond.kv || self.plugin.is_none() => denied("kv".into()),
            Call::Fetch(fetch) => match fetch::host(fetch) {
                Ok(host) if beyond.http.contains(&host) && self.plugin.is_some() => Ok(()),
                Ok(host) => denied(format!("http({host})")),
                Err(why) => Err(CallError::Unavailable { why }),
            },
            _ => Ok(()),
        }
    }

    /// A cancelled or lost run stops at its next call.
    async fn still_wanted(&self) -> Result<(), CallError> {
        if self.held.is_lost() {
            return Err(CallError::LeaseLost);
        }
        match self.ports.runs.get(&self.run.shop, &self.run.id).await.map_err(unreadable)? {
            Some(run) if run.cancel_requested => Err(CallError::Cancelled),
            Some(_) => Ok(()),
            None => Err(CallError::LeaseLost),
        }
    }

    async fn wait_for_cancel(&self) -> CallError {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if let Err(stop) = self.still_wanted().await {
                return stop;
            }
        }
    }

    /// Answers what is neither free nor repeatable: from the journal if it was answered before.
    async fn once(&self, name: String, call: Call) -> Result<Answer, CallError> {
        let step = self.journal.step(name, &call);
        if let Some(answer) = self.journal.find(&step).await.map_err(unreadable)? {
            return Ok(answer);
        }
        self.count()?;
        let once = self.journal.once(&step);
        let (answer, paid, bill) = tokio::select! {
            answer = self.outside(call, &once) => answer?,
            stop = self.wait_for_cancel() => return Err(stop),
        };
        self.journal.keep(&self.held, step, (&answer, paid, bill)).await.map_err(refused)?;
        Ok(answer)
    }

    async fn outside(&self, call: Call, once: &str) -> Result<(Answer, Vec<Paid>, Option<Bill>), CallError> {
        match call {
            Call::Ask(ask) => {
                let (shop, role) = (self.shop.id.clone(), self.manifest.role.clone());
                let account = Account { shop, role, run: self.run.id.clone() };
                let broken = |error: LlmError| CallError::Broken { why: error.to_string() };
                let prompt = match &self.plugin {
                    Some(package) => prompts::of(package, &ask.prompt).map_err(LlmError::from),
                    None => self.ports.llm.prompt(&self.shop.id, &ask.prompt).await,
                };
                let answered = self.ports.llm.answer_by(&account, &ask, &prompt.map_err(broken)?).await;
                let answered = answered.map_err(broken)?;
                Ok((Answer::Asked(answered.asked), answered.paid, answered.bill))
            }
            Call::Inspect { product, picture } => {
                Ok((Answer::Picture(self.inspect(&product, &picture).await?), Vec::new(), None))
            }
            Call::Fetch(fetch) => {
                let fetched = self.ports.fetcher.fetch(&self.shop.id, &self.identity()?, &fetch, once).await;
                Ok((Answer::Fetched(fetched.map_err(|why| CallError::Unavailable { why })?), Vec::new(), None))
            }
            Call::Recall { key } => {
                let value = self.ports.values.get(&self.shop.id, &self.identity()?, &key).await.map_err(unreadable)?;
                Ok((Answer::Recalled(value), Vec::new(), None))
            }
            other => Err(CallError::Broken { why: format!("{other:?} is not an outside call") }),
        }
    }

    /// Keeps a value in one commit with the line of the journal: a resumed run neither writes it again nor reads it too early.
    async fn keep(&self, key: &str, value: Option<&Value>, call: &Call) -> Result<Answer, CallError> {
        let step = self.journal.step("keep".into(), call);
        if let Some(answer) = self.journal.find(&step).await.map_err(unreadable)? {
            return Ok(answer);
        }
        self.count()?;
        let kept =
            self.ports.values.change(&self.shop.id, &self.identity()?, (key, value)).await.map_err(unreadable)?;
        let (turn, batch) = kept.map_err(|why| CallError::Unavailable { why })?;
        self.journal.keep_with(&self.held, step, &Answer::Done, batch).await.map_err(refused)?;
        drop(turn);
        Ok(Answer::Done)
    }

    fn identity(&self) -> Result<Identity, CallError> {
        self.run.identity().ok_or_else(|| CallError::Broken { why: "the call is for plugins".into() })
    }

    /// Each call that is journaled takes room on the disk for good: a plugin has so many in a run.
    fn count(&self) -> Result<(), CallError> {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        if self.plugin.is_some() && made >= MOST_OUTSIDE {
            return Err(CallError::Unavailable {
                why: format!("插件一次运行最多向外请求 {MOST_OUTSIDE} 次")
            });
        }
        Ok(())
    }

    async fn inspect(&self, product: &str, picture: &str) -> Result<PictureFindings, CallError> {
        let known = self.ports.mirror.product(&self.shop, self.run.generation, product).await.map_err(unreadable)?;
        if !known.is_some_and(|p| p.pictures.iter().any(|known| known == picture)) {
            return Err(CallError::NotFound { what: format!("picture {picture} of product {product}") });
        }
        let unavailable = |why: String| CallError::Unavailable { why };
        let platform = self.ports.connect.platform(&self.shop).await.map_err(|e| unavailable(e.to_string()))?;
        let bytes = platform.picture(picture).await.map_err(|e| unavailable(format!("商品图片下载失败：{e}")))?;
        let seen = tokio::task::spawn_blocking(move || xiaoer_media::inspect(&bytes, &xiaoer_media::Limits::default()))
            .await
            .map_err(|e| CallError::Broken { why: e.to_string() })?
            .map_err(|e| unavailable(e.merchant_sentence()))?;
        Ok(findings(&seen))
    }

    async fn read(&self, call: Call) -> Result<Answer, CallError> {
        let (mirror, shop, generation) = (&self.ports.mirror, &self.shop, self.run.generation);
        let answer = match call {
            Call::OrdersPaid { period } => {
                self.orders(mirror.orders_paid(shop, generation, period).await.map_err(unreadable)?)
            }
            Call::OrdersPlaced { period } => {
                self.orders(mirror.orders_placed(shop, generation, period).await.map_err(unreadable)?)
            }
            Call::RefundsOpen => {
                let refunds = mirror.refunds_open(shop, generation).await.map_err(unreadable)?;
                self.issue(|issued| issued.refunds.extend(refunds.iter().cloned()));
                Answer::Refunds(refunds)
            }
            Call::RefundsSettled { period } => {
                Answer::Refunds(mirror.refunds_settled(shop, generation, period).await.map_err(unreadable)?)
            }
            Call::Products => {
                let products = mirror.products(shop, generation).await.map_err(unreadable)?;
                self.issue(|issued| issued.products.extend(products.iter().cloned()));
                Answer::Products(products)
            }
            Call::Costs => Answer::Costs(mirror.costs(shop, generation).await.map_err(unreadable)?),
            Call::Traffic { period } => {
                Answer::Traffic(mirror.traffic(shop, generation, period).await.map_err(unreadable)?)
            }
            Call::Activities => {
                let open = mirror.activities(shop, generation).await.map_err(unreadable)?;
                self.issue(|issued| issued.activities.extend(open.iter().cloned()));
                Answer::Activities(open)
            }
            Call::Score { as_of } => {
                let score = self.ports.scorer.score(shop, generation, as_of).await;
                let score = score.map_err(uncounted)?;
                Answer::Score { card: Box::new(score.card), marginal: score.marginal }
            }
            Call::Forecast { as_of, days } => {
                let forecast = self.ports.scorer.forecast(shop, generation, as_of, days).await;
                Answer::Forecast(Box::new(Arc::unwrap_or_clone(forecast.map_err(uncounted)?)))
            }
            Call::Plan { as_of, wish } => {
                let planned = self.ports.scorer.plan_for(shop, generation, as_of, wish).await;
                Answer::Plan(Box::new(planned.map_err(uncounted)?))
            }
            Call::PastTasks => Answer::PastTasks(self.past_tasks().await.map_err(unreadable)?),
            other => return Err(CallError::Broken { why: format!("{other:?} is not a read") }),
        };
        Ok(answer)
    }

    fn orders(&self, orders: Vec<Order>) -> Answer {
        self.issue(|issued| issued.orders.extend(orders.iter().map(|order| order.id.clone())));
        Answer::Orders(orders)
    }

    /// Remembers what was handed out: a proposal may name nothing else.
    fn issue(&self, note: impl FnOnce(&mut Issued)) {
        note(&mut self.issued.lock().expect("nothing panics while holding it"));
    }

    /// Tasks that earlier reports of this skill recommended, and what became of the actions behind them.
    async fn past_tasks(&self) -> Result<Vec<PastTask>, DbError> {
        let since = self.run.as_of - Days::new(PAST_DAYS);
        let mut tasks = Vec::new();
        let mut days = std::collections::BTreeSet::new();
        let actions = self.ports.desk.list(&self.run.shop, usize::MAX).await?;
        for run in self.ports.runs.list(&self.run.shop, 200).await? {
            let earlier = run.skill == self.run.skill && run.as_of < self.run.as_of && run.as_of >= since;
            if !earlier || days.contains(&run.as_of) {
                continue;
            }
            let Some(report) = self.ports.runs.report(&run.shop, &run.id).await? else { continue };
            days.insert(run.as_of);
            for block in &report.blocks {
                let xiaoer_sdk::Block::Checklist { tasks: listed, .. } = block else { continue };
                tasks.extend(listed.iter().map(|task| PastTask {
                    day: run.as_of,
                    title: task.title.clone(),
                    expected: xiaoer_sdk::fill(&task.expected, &report.facts),
                    outcome: outcome(task.proposal.as_deref(), &run, &actions),
                }));
            }
        }
        Ok(tasks)
    }
}

#[async_trait::async_trait]
impl Host for Broker {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        self.check(&call)?;
        self.still_wanted().await?;
        match call {
            Call::Progress { text } => {
                self.held.tell(News::Step { text }).await.map_err(refused)?;
                Ok(Answer::Done)
            }
            Call::Ask(ref ask) => self.once(format!("ask {}", ask.prompt), call).await,
            Call::Inspect { .. } => self.once("inspect".into(), call).await,
            Call::Fetch(_) => self.once("fetch".into(), call).await,
            Call::Recall { .. } => self.once("recall".into(), call).await,
            Call::Keep { ref key, ref value } => self.keep(key, value.as_ref(), &call).await,
            other => self.read(other).await,
        }
    }
}

fn outcome(proposal: Option<&str>, run: &Run, actions: &[Action]) -> TaskOutcome {
    let Some(key) = proposal else { return TaskOutcome::NotTracked };
    let Some(action) = actions.iter().find(|a| a.run == run.id && a.key == key) else { return TaskOutcome::NotTracked };
    match &action.state {
        ActionState::Done => TaskOutcome::Done { at: action.decided.as_ref().map_or(action.proposed, |d| d.at) },
        ActionState::Rejected | ActionState::Refused { .. } | ActionState::Expired { .. } | ActionState::Undone => {
            TaskOutcome::Declined
        }
        _ => TaskOutcome::Open,
    }
}

fn findings(seen: &xiaoer_media::Inspection) -> PictureFindings {
    PictureFindings {
        width: seen.width,
        height: seen.height,
        bytes: seen.byte_size,
        format: seen.format.to_string(),
        sharpness: seen.sharpness,
        white_border: seen.white_border,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn uncounted(error: anyhow::Error) -> CallError {
    CallError::Unavailable { why: format!("积分算不出来：{error:#}") }
}

fn unreadable(error: DbError) -> CallError {
    CallError::Unavailable { why: format!("本地数据读不出来：{error}") }
}

fn refused(error: HeldError) -> CallError {
    match error {
        HeldError::Lost => CallError::LeaseLost,
        HeldError::Db(error) => unreadable(error),
    }
}
