//! Accepting, listing and cancelling runs. Accepted means stored.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rand::RngExt as _;
use serde_json::{Map, Value};
use xiaoer_sdk::{InputError, Report};

use super::events::{self, Bell, News};
use super::lease::{self, OpenRun, open_key, run_key};
use super::state::{self, RunEvent};
use super::{Run, RunState, Trigger};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::shop::Shop;
use crate::shop::mirror::Mirror;
use crate::staff::{Member, Staff};

/// Accepts runs and tells about them.
#[derive(Clone)]
pub struct Runs {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    mirror: Mirror,
    staff: Staff,
}

/// A wish for a run.
pub struct NewRun<'a> {
    /// Which skill.
    pub skill: &'a str,
    /// The form's values.
    pub input: &'a Map<String, Value>,
    /// The day to report about; none = the mirror's last complete day.
    pub as_of: Option<NaiveDate>,
    /// What set it off.
    pub trigger: Trigger,
}

/// Why a wish was not accepted. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// No such skill.
    #[error("没有“{0}”这个技能，可用 xiaoer skill list 查看")]
    NoSkill(String),
    /// The form.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The shop was never synced or imported.
    #[error("店铺“{0}”还没有数据，请先同步或导入订单")]
    NoData(String),
    /// The mirror does not reach that day.
    #[error("店铺数据只完整到 {through}，不能出 {wanted} 的报告；请先同步或导入，或选更早的日期")]
    NotYet {
        /// The day asked for.
        wanted: NaiveDate,
        /// The last complete day.
        through: NaiveDate,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Runs {
    /// Over a database and the staff.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, bell: Bell, mirror: Mirror, staff: Staff) -> Self {
        Self { db, clock, bell, mirror, staff }
    }

    /// Stores a run. When this answers, the run cannot be lost.
    ///
    /// # Errors
    /// [`AcceptError`], with a text for the merchant.
    pub async fn accept(&self, shop: &Shop, wish: NewRun<'_>) -> Result<Run, AcceptError> {
        loop {
            let (run, batch) = self.prepare(shop, &wish, new_id(&self.clock)).await?;
            match self.db.commit(batch).await {
                Ok(()) => {
                    self.bell.ring(&run.id);
                    return Ok(run);
                }
                // A sync ended just now: pin its generation instead.
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A run and the batch that stores it, for a caller who commits it together with a record of its own. The same id twice is a
    /// conflict, so a slot makes one run; so is a mirror that moved on meanwhile.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn prepare(&self, shop: &Shop, wish: &NewRun<'_>, id: String) -> Result<(Run, Batch), AcceptError> {
        let team = self.staff.now();
        let manifest = team.manifests().get(wish.skill).ok_or_else(|| AcceptError::NoSkill(wish.skill.into()))?;
        let input = manifest.accept(wish.input)?;
        let head = self.mirror.head(&shop.id).await?.ok_or_else(|| AcceptError::NoData(shop.name.clone()))?;
        let as_of = wish.as_of.unwrap_or(head.complete_through);
        if as_of > head.complete_through {
            return Err(AcceptError::NotYet { wanted: as_of, through: head.complete_through });
        }
        let run = Run {
            id,
            shop: shop.id.clone(),
            skill: wish.skill.into(),
            plugin: team.get(wish.skill).and_then(Member::pinned),
            title: manifest.title.clone(),
            input,
            trigger: wish.trigger.clone(),
            as_of,
            generation: head.generation,
            accepted: self.clock.now_in(shop.zone),
            state: RunState::Queued,
            attempts: 0,
            cancel_requested: false,
            barred: None,
            ended: None,
        };
        let key = run_key(&run.shop, &run.id);
        let open = OpenRun { generation: run.generation, lease: None };
        let batch = Mirror::still_at(&shop.id, &head)
            .expect_absent(Table::Runs, key.clone())
            .put(Table::Runs, key, &run)
            .put(Table::OpenRuns, open_key(&run.shop, &run.id), &open)
            .put(Table::Events, events::key(&run.shop, &run.id, 0), &lease::line(&self.clock, 0, News::Queued));
        Ok((run, batch))
    }

    /// Wakes the worker for a run that a caller stored through [`Runs::prepare`].
    pub fn stored(&self, run: &str) {
        self.bell.ring(run);
    }

    /// A run of a shop.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, shop: &str, run: &str) -> Result<Option<Run>, DbError> {
        db::get(&*self.db, Table::Runs, &run_key(shop, run)).await
    }

    /// A shop's runs, newest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn list(&self, shop: &str, most: usize) -> Result<Vec<Run>, DbError> {
        db::scan(&*self.db, Table::Runs, Scan::under(&Key::of(shop)).newest_first().limit(most)).await
    }

    /// A finished run's report.
    ///
    /// # Errors
    /// As the database.
    pub async fn report(&self, shop: &str, run: &str) -> Result<Option<Report>, DbError> {
        db::get(&*self.db, Table::Reports, &run_key(shop, run)).await
    }

    /// Every run that is not over, of every shop.
    ///
    /// # Errors
    /// As the database.
    pub async fn open(&self) -> Result<Vec<Run>, DbError> {
        let mut open = Vec::new();
        for row in self.db.scan(Table::OpenRuns, Scan::under(&Key::global())).await? {
            let run: Option<Run> = db::get(&*self.db, Table::Runs, &row.key).await?;
            open.extend(run);
        }
        Ok(open)
    }

    /// The digests of plugins that open runs began with.
    ///
    /// # Errors
    /// As the database.
    pub async fn pinned(&self) -> Result<BTreeSet<String>, DbError> {
        Ok(self.open().await?.into_iter().filter_map(|run| run.plugin).map(|pinned| pinned.digest).collect())
    }

    /// Bars all open runs for which somebody has a reason: they stop at their next call, and none of them ends with a report, however
    /// far it has come.
    ///
    /// # Errors
    /// As the database.
    pub async fn bar(&self, why: impl Fn(&Run) -> Option<String>) -> Result<(), DbError> {
        for run in self.open().await? {
            let (key, mut before) = (run_key(&run.shop, &run.id), Some(run));
            while let Some(run) = before.take().filter(|run| !run.state.is_over() && run.barred.is_none()) {
                let Some(why) = why(&run) else { break };
                let after = Run { cancel_requested: true, barred: Some(why), ..run.clone() };
                let batch = Batch::new().expect(Table::Runs, key.clone(), &run).put(Table::Runs, key.clone(), &after);
                match self.db.commit(batch).await {
                    Ok(()) => self.bell.ring(&run.id),
                    // It was begun or ended meanwhile.
                    Err(DbError::Conflict) => before = self.get(&run.shop, &run.id).await?,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Asks a run to stop: at once if nobody began it, at its next call otherwise. False when it is over already or unknown.
    ///
    /// # Errors
    /// As the database.
    pub async fn cancel(&self, shop: &str, run: &str) -> Result<bool, DbError> {
        loop {
            let Some(before) = self.get(shop, run).await? else { return Ok(false) };
            let Some(next) = state::next(&before.state, RunEvent::CancelRequested) else { return Ok(false) };
            let mut after = Run { state: next, cancel_requested: true, ..before.clone() };
            let key = run_key(shop, run);
            let mut batch = Batch::new().expect(Table::Runs, key.clone(), &before);
            if after.state.is_over() {
                after.ended = Some(self.clock.now_like(&before.accepted));
                let stopped = News::Stopped { how: "cancelled".into(), why: "已取消".into() };
                batch = batch.delete(Table::OpenRuns, open_key(shop, run)).put(
                    Table::Events,
                    events::key(shop, run, 1),
                    &lease::line(&self.clock, 1, stopped),
                );
            }
            match self.db.commit(batch.put(Table::Runs, key, &after)).await {
                Ok(()) => {
                    self.bell.ring(run);
                    return Ok(true);
                }
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// An id that sorts by the time it was made.
#[must_use]
pub fn new_id(clock: &Clock) -> String {
    sortable_id(clock.now().timestamp_millis(), &format!("{:08x}", rand::rng().random::<u32>()))
}

/// Milliseconds since 1970 and a suffix, as an id whose text sorts by time.
#[must_use]
pub fn sortable_id(millis: i64, suffix: &str) -> String {
    format!("{:011x}{suffix}", millis.max(0))
}
