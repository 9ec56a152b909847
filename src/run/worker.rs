//! Carrying runs out: claim, check what is needed (`preflight`), let the skill work, store its report with its actions
//! (`conclude`) in one commit.
//!
//! Skills run on blocking threads, so a slow computation stalls nobody; leases are renewed from elsewhere meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tracing::Instrument as _;
use xiaoer_sdk::shop::ShopCard;
use xiaoer_sdk::{CallError, Context, Pin, Report, Skill, SkillError};

use super::broker::{Broker, Ports};
use super::events::Bell;
use super::journal::Journal;
use super::lease::{self, Held, HeldError, LEASE, OpenRun};
use super::preflight::Ready;
use super::{Ending, Run, RunState};
use crate::action::checks::Checks;
use crate::action::policy::Policy;
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::grant::Grants;
use crate::plugin::loader::Loader;
use crate::schedule::Schedule;
use crate::shop::Shops;
use crate::staff::Staff;
use crate::telemetry;

/// The longest a skill may take.
const LONGEST: Duration = Duration::from_secs(900);

/// Carries runs out.
pub struct Worker {
    /// Names this process; a lease of another name is a dead one's.
    pub process: String,
    /// The database.
    pub db: SharedDb,
    /// The time.
    pub clock: Clock,
    /// Wakes watchers, and us.
    pub bell: Bell,
    /// The shops.
    pub shops: Shops,
    /// What can be run.
    pub staff: Staff,
    /// Finds the code of plugins.
    pub loader: Arc<Loader>,
    /// What shops let them do.
    pub grants: Grants,
    /// What the skills' calls are answered from.
    pub ports: Arc<Ports>,
    /// Limits on what is proposed.
    pub checks: Checks,
    /// Who decides on what is proposed.
    pub policy: Policy,
    /// Where the reports of scheduled runs go.
    pub schedules: Vec<Schedule>,
}

impl Worker {
    /// Takes one free run and carries it to its end. False when there was none.
    ///
    /// # Errors
    /// As the database; the run stays open and is taken up again.
    pub async fn step(&self) -> Result<bool, DbError> {
        let Some((run, held)) = self.claim().await? else { return Ok(false) };
        self.carry_out(run, held).await?;
        Ok(true)
    }

    /// Works until the future ends; at most `at_once` runs at a time.
    pub async fn work(self: Arc<Self>, at_once: usize, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(at_once));
        tokio::pin!(stop);
        let mut rings = self.bell.listen();
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.claim().await {
                Ok(Some((run, held))) => {
                    let worker = Arc::clone(&self);
                    tokio::spawn(async move {
                        let id = run.id.clone();
                        if let Err(error) = worker.carry_out(run, held).await {
                            tracing::error!(run = id, %error, "a run could not be stored; it will be taken up again");
                        }
                        drop(place);
                        worker.bell.ring("a place is free");
                    });
                }
                Ok(None) => {
                    drop(place);
                    tokio::select! {
                        () = &mut stop => return,
                        _ = rings.recv() => {}
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the list of runs cannot be read");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn claim(&self) -> Result<Option<(Run, Held)>, DbError> {
        for row in self.db.scan(Table::OpenRuns, Scan::under(&Key::global())).await? {
            let open: OpenRun = db::decode(Table::OpenRuns, &row.value)?;
            if !open.is_free(self.clock.now(), &self.process) {
                continue;
            }
            let Some(run) = db::get::<Run>(&*self.db, Table::Runs, &row.key).await? else { continue };
            if let Some(claimed) = lease::claim((&self.db, &self.clock, &self.bell), run, &open, &self.process).await? {
                return Ok(Some(claimed));
            }
        }
        Ok(None)
    }

    async fn carry_out(&self, run: Run, held: Held) -> Result<(), DbError> {
        let held = Arc::new(held);
        let span = tracing::info_span!("run", id = run.id, shop = run.shop, skill = run.skill);
        let role = self.staff.now().manifests().get(&run.skill).map(|known| known.role.clone()).unwrap_or_default();
        let watched = telemetry::run(&role, &run.skill, &run.id);
        let started = Instant::now();
        let worked = tokio::select! {
            worked = self.work_on(&run, &held).instrument(watched.clone()) => worked,
            lost = self.keep_lease(&held) => Err(lost),
        };
        match worked {
            Ok(run) => {
                tracing::info!(parent: &span, state = run.state.label(), "ended");
                watch_end(&run, &watched, started.elapsed());
            }
            Err(HeldError::Lost) => tracing::warn!(parent: &span, "another worker has taken this run over"),
            Err(HeldError::Db(error)) => return Err(error),
        }
        Ok(())
    }

    async fn keep_lease(&self, held: &Held) -> HeldError {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            if let Err(error) = held.renew(&self.process).await {
                return error;
            }
        }
    }

    async fn work_on(&self, run: &Run, held: &Arc<Held>) -> Result<Run, HeldError> {
        if run.cancel_requested {
            return held.finish(Ending::Cancelled, Batch::new()).await;
        }
        let Ready { member, manifest, more, shop } = match self.preflight(run).await? {
            Ok(ready) => ready,
            Err(why) => return held.finish(Ending::Blocked { why }, Batch::new()).await,
        };
        let plugin = member.plugin.map(|plugin| plugin.package);
        let journal = Journal::new(self.db.clone(), &run.shop, &run.id);
        let ports = Arc::clone(&self.ports);
        let broker = Arc::new(Broker::new(
            (run.clone(), shop.clone()),
            (manifest.clone(), plugin),
            ports,
            Arc::clone(held),
            journal,
        ));
        let card = ShopCard { id: shop.id.clone(), name: shop.name.clone(), industry: shop.industry };
        let pin = Pin { shop: card, as_of: run.as_of, now: run.accepted, events: run.events().to_vec() };
        let cx = Context::new(pin, Arc::clone(&broker) as _);
        let (ending, batch) = match run_skill(member.skill, cx, run).await {
            Ok(report) => self.conclude(run, &shop, (report, &broker), (&manifest, more)).await?,
            Err(SkillError::Call(CallError::LeaseLost)) => return Err(HeldError::Lost),
            Err(SkillError::Call(CallError::Denied { what })) if more.is_some() => {
                tracing::info!(run = run.id, what, "a new version wants more than was granted");
                (Ending::Blocked { why: more.unwrap_or_default() }, Batch::new())
            }
            Err(error) => (ending_of(run, error), Batch::new()),
        };
        held.finish(ending, batch).await
    }
}

/// Tells those who watch from outside, in words that no merchant wrote.
fn watch_end(run: &Run, span: &tracing::Span, took: Duration) {
    let ending = match &run.state {
        RunState::Ended(Ending::Done) => "done",
        RunState::Ended(Ending::Failed { .. }) => "failed",
        RunState::Ended(Ending::Blocked { .. }) => "blocked",
        RunState::Ended(Ending::Cancelled) => "cancelled",
        RunState::Queued | RunState::Running => return,
    };
    if ending == "failed" {
        telemetry::failed(span, ending);
    }
    telemetry::metrics::run_ended(&run.skill, ending, took);
}

async fn run_skill(skill: Arc<dyn Skill>, cx: Context, run: &Run) -> Result<Report, SkillError> {
    let input = run.input.clone();
    let runtime = tokio::runtime::Handle::current();
    // The skill's thread is another one: what it asks for belongs below the run's span there, too.
    let span = tracing::Span::current();
    let task = tokio::task::spawn_blocking(move || {
        let worked = async { tokio::time::timeout(LONGEST, skill.run(&cx, input)).await };
        runtime.block_on(worked.instrument(span))
    });
    match task.await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(SkillError::Failed(format!("运行超过 {} 分钟，已停止", LONGEST.as_secs() / 60))),
        Err(panic) => {
            tracing::error!(run = run.id, skill = run.skill, %panic, "a skill panicked");
            Err(SkillError::Failed("技能内部出错，已停止；店铺没有任何改动".into()))
        }
    }
}

fn ending_of(run: &Run, error: SkillError) -> Ending {
    match error {
        SkillError::Call(CallError::Cancelled) => Ending::Cancelled,
        SkillError::Call(
            error @ (CallError::Denied { .. } | CallError::Broken { .. } | CallError::NotFound { .. }),
        ) => {
            tracing::error!(run = run.id, skill = run.skill, %error, "a call was refused");
            Ending::Failed { why: "技能做了说明书以外的事，已拦下；店铺没有任何改动".into() }
        }
        SkillError::Call(error) => Ending::Failed { why: error.to_string() },
        SkillError::Blocked(why) => Ending::Blocked { why },
        SkillError::Input(error) => Ending::Blocked { why: error.to_string() },
        SkillError::Failed(why) => Ending::Failed { why },
    }
}
