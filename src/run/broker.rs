//! The host side of a skill's context: the one place where a call is answered, journaled and refused.
//!
//! Reads come from the run's pinned generation, so they need no journal. What costs money or reaches outside is stored before the skill
//! sees it. The broker also remembers which objects it handed out: only those may be named by a proposal.

mod outside;
mod reads;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use xiaoer_sdk::{Answer, Beyond, Call, CallError, Host, Manifest};

use super::events::News;
use super::journal::Journal;
use super::lease::{Held, HeldError};
use super::{Run, Runs, gate};
use crate::action::desk::Desk;
use crate::action::ground::Issued;
use crate::db::DbError;
use crate::llm::Llm;
use crate::plugin::Package;
use crate::plugin::fetch::Fetcher;
use crate::plugin::grant::Identity;
use crate::plugin::values::Values;
use crate::score::Scorer;
use crate::shop::mirror::Mirror;
use crate::shop::{Connect, Shop};

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
        (mut manifest, plugin): (Manifest, Option<Arc<Package>>),
        ports: Arc<Ports>,
        held: Arc<Held>,
        journal: Journal,
    ) -> Self {
        if plugin.is_none() {
            // Values and hosts are kept under a plugin's name: without one there is no place for them.
            manifest.beyond = Beyond::default();
        }
        Self { run, shop, manifest, plugin, ports, held, journal, issued: Mutex::default(), made: AtomicUsize::new(0) }
    }

    /// What was handed out, once the skill is through.
    pub fn take_issued(&self) -> Issued {
        std::mem::take(&mut *self.issued.lock().expect("nothing panics while holding it"))
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

    fn count(&self) -> Result<(), CallError> {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        if self.plugin.is_some() { gate::within(made) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl Host for Broker {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        gate::allowed(&self.manifest, &call)?;
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
            other => self.read(&other).await,
        }
    }
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
