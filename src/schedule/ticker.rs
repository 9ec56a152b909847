//! Fires what is due. Every decision is one commit: the slot's record, the run if there is one, and how far the schedule was decided.
//! A kill before the commit decides nothing, a kill after it loses nothing, and of two tickers one commits.
//!
//! It never runs a skill and never syncs: [`Intake`] prepares the run, the worker carries it out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;

use super::decision::{self, Decision, Kind};
use super::record::{self, Cursor, Heartbeat, SlotOutcome, SlotRecord};
use super::tally::{Tally, Ticked};
use super::{Firing, Intake, IntakeError, Schedule, Slot, SlotRun, due};
use crate::clock::Clock;
use crate::db::{Batch, DbError, SharedDb, Table};

/// How often to look.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a run may take to be prepared before the others' slots count more.
const PATIENCE: Duration = Duration::from_secs(300);
/// Shops looked at side by side.
const AT_ONCE: usize = 4;
/// The heartbeat costs a commit, so not every look writes one.
const HEARTBEAT: TimeDelta = TimeDelta::seconds(30);

/// The time of a look, and what it did so far.
type Look<'a> = (DateTime<Utc>, &'a Tally);

/// Fires schedules.
pub struct Ticker {
    db: SharedDb,
    clock: Clock,
    intake: Arc<dyn Intake>,
    heartbeat: Mutex<Option<DateTime<Utc>>>,
    /// By shop and schedule, why a slot waits: told with the slot if it waits too long.
    waiting: Mutex<HashMap<(String, String), String>>,
}

impl Ticker {
    /// Over a database and whoever makes the runs.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, intake: Arc<dyn Intake>) -> Self {
        Self { db, clock, intake, heartbeat: Mutex::default(), waiting: Mutex::default() }
    }

    /// Looks again and again until the future ends.
    pub async fn work(&self, stop: impl Future<Output = ()>) {
        let look = async {
            loop {
                if let Err(error) = self.tick(self.clock.now()).await {
                    tracing::error!(%error, "schedules were not decided; will look again");
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        // Stopping in the middle is safe: what is not committed is decided at the next start.
        tokio::select! {
            () = stop => {}
            () = look => {}
        }
    }

    /// Looks once: decides every slot that came up until `now`.
    ///
    /// # Errors
    /// The last failure; other shops were decided all the same.
    pub async fn tick(&self, now: DateTime<Utc>) -> Result<Ticked, IntakeError> {
        let roster = self.intake.roster().await?;
        let tally = Tally::default();
        let failure: Mutex<Option<DbError>> = Mutex::default();
        futures::stream::iter(&roster)
            .for_each_concurrent(AT_ONCE, |(shop, schedules)| {
                let (tally, failure) = (&tally, &failure);
                async move {
                    if let Err(error) = self.decide_shop(shop, schedules, now, tally).await {
                        tracing::error!(shop, %error, "schedules of a shop were not decided");
                        *failure.lock().expect("nothing panics while storing an error") = Some(error);
                    }
                }
            })
            .await;
        if let Some(error) = failure.into_inner().expect("nothing panics while storing an error") {
            return Err(error.into());
        }
        self.beat(now).await?;
        Ok(tally.total())
    }

    async fn beat(&self, now: DateTime<Utc>) -> Result<(), DbError> {
        let last = *self.heartbeat.lock().expect("nothing panics while reading a time");
        if last.is_some_and(|last| last <= now && now - last < HEARTBEAT) {
            return Ok(());
        }
        self.db.commit(Batch::new().put(Table::Meta, record::heartbeat_key(), &Heartbeat { at: now })).await?;
        *self.heartbeat.lock().expect("nothing panics while storing a time") = Some(now);
        Ok(())
    }

    async fn decide_shop(
        &self,
        shop: &str,
        schedules: &[Schedule],
        now: DateTime<Utc>,
        tally: &Tally,
    ) -> Result<(), DbError> {
        let cursors = record::cursors(&*self.db, shop).await?;
        for (name, cursor) in &cursors {
            if !schedules.iter().any(|schedule| schedule.name == *name) {
                // A schedule that comes back after months must not find its old place.
                let key = record::cursor_key(shop, name);
                self.commit(Batch::new().expect(Table::Slots, key.clone(), cursor).delete(Table::Slots, key)).await?;
            }
        }
        for schedule in schedules {
            let cursor = cursors.iter().find(|(name, _)| *name == schedule.name).map(|(_, cursor)| cursor);
            match cursor {
                Some(cursor) if cursor.fits(schedule) && schedule.paused => {}
                Some(cursor) if cursor.fits(schedule) => {
                    self.decide(shop, schedule, cursor.clone(), (now, tally)).await?
                }
                _ => {
                    self.begin(shop, schedule, cursor, now).await?;
                }
            }
        }
        Ok(())
    }

    /// A new or changed schedule starts from now.
    async fn begin(
        &self,
        shop: &str,
        schedule: &Schedule,
        before: Option<&Cursor>,
        now: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let key = record::cursor_key(shop, &schedule.name);
        let batch = match before {
            Some(cursor) => Batch::new().expect(Table::Slots, key.clone(), cursor),
            None => Batch::new().expect_absent(Table::Slots, key.clone()),
        };
        self.commit(batch.put(Table::Slots, key, &Cursor::starting(schedule, now))).await
    }

    async fn decide(
        &self,
        shop: &str,
        schedule: &Schedule,
        mut cursor: Cursor,
        (now, tally): Look<'_>,
    ) -> Result<(), DbError> {
        for Decision { slot, kind } in decision::decisions(due(cursor.seen, now, schedule)) {
            let next = cursor.at(slot.at);
            let key = record::cursor_key(shop, &schedule.name);
            let onward = Batch::new().expect(Table::Slots, key.clone(), &cursor).put(Table::Slots, key, &next);
            let slot_key = record::slot_key(shop, &schedule.name, &slot.name);
            if self.db.get(Table::Slots, &slot_key).await?.is_some() {
                // The clock was set back: what was decided stays decided.
                self.commit(onward).await?;
                cursor = next;
                continue;
            }
            let Some((outcome, made)) = self.outcome(shop, schedule, (&slot, kind)).await? else {
                tally.waits();
                return Ok(());
            };
            let record =
                SlotRecord { schedule: schedule.name.clone(), slot: slot.name, at: slot.at, decided: now, outcome };
            let batch =
                onward.expect_absent(Table::Slots, slot_key.clone()).put(Table::Slots, slot_key, &record).and(made);
            if !self.commit(batch).await? {
                // Another ticker decided it, or what the run relies on changed: the next look sees which.
                tracing::info!(shop, schedule = schedule.name, slot = record.slot, "a slot was decided elsewhere");
                return Ok(());
            }
            tally.counts(&record.outcome);
            self.tell(shop, &record);
            cursor = next;
        }
        Ok(())
    }

    /// What a slot gets, and what stores its run; none when it has to wait.
    async fn outcome(
        &self,
        shop: &str,
        schedule: &Schedule,
        (slot, kind): (&Slot, Kind),
    ) -> Result<Option<(SlotOutcome, Batch)>, DbError> {
        let waiting = || self.waiting.lock().expect("nothing panics while keeping a reason");
        let place = (shop.to_owned(), schedule.name.clone());
        let waited = waiting().remove(&place);
        let late = match kind {
            Kind::Missed { why, first, count } => {
                return Ok(Some((SlotOutcome::Missed { why, first, count, waited }, Batch::new())));
            }
            Kind::Run { late } => late,
        };
        match self.prepare(shop, schedule, slot, late).await {
            Ok(made) => Ok(Some((SlotOutcome::Ran { run: made.run, late }, made.batch))),
            Err(IntakeError::Refused(why)) => Ok(Some((SlotOutcome::Refused { why }, Batch::new()))),
            Err(IntakeError::Later(why)) => {
                tracing::warn!(shop, schedule = schedule.name, slot = slot.name, why, "a slot waits");
                waiting().insert(place, why);
                Ok(None)
            }
            Err(IntakeError::Db(error)) => Err(error),
        }
    }

    async fn prepare(&self, shop: &str, schedule: &Schedule, slot: &Slot, late: bool) -> Result<SlotRun, IntakeError> {
        let firing = Firing { shop, schedule, slot, late, run: decision::run_id(shop, schedule, slot) };
        let prepared = tokio::time::timeout(PATIENCE, self.intake.slot_batch(firing)).await;
        prepared.unwrap_or_else(|_| Err(IntakeError::Later(format!("not prepared within {} s", PATIENCE.as_secs()))))
    }

    /// False when what the batch relied on had changed.
    async fn commit(&self, batch: Batch) -> Result<bool, DbError> {
        match self.db.commit(batch).await {
            Ok(()) => Ok(true),
            Err(DbError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn tell(&self, shop: &str, record: &SlotRecord) {
        let (schedule, slot) = (&record.schedule, &record.slot);
        match &record.outcome {
            SlotOutcome::Ran { run, late } => {
                tracing::info!(shop, schedule, slot, run, late, "a slot fired");
                self.intake.stored(run);
            }
            SlotOutcome::Refused { why } => {
                tracing::warn!(shop, schedule, slot, why, "a slot could not be run");
            }
            SlotOutcome::Missed { why, count, .. } => {
                tracing::warn!(shop, schedule, slot, ?why, count, "slots were missed");
            }
        }
    }
}
