//! Who may write for a run. Every commit of a worker is fenced by the lease record it holds: a worker that lost its lease can store
//! nothing more, however late it wakes up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::events::{self, Bell, News, RunLine};
use super::{Ending, Run, state};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::llm::Bill;

/// How long a worker may stay silent before another takes over.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// The open half of a run: what pins its generation and who works on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The generation that must not be swept.
    pub generation: u64,
    /// Who holds it.
    pub lease: Option<Lease>,
}

/// A worker's claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lease {
    /// The worker's own name, new with every process.
    pub worker: String,
    /// Until when, unless renewed.
    pub until: DateTime<Utc>,
}

impl OpenRun {
    /// Whether a worker may take the run.
    pub(super) fn is_free(&self, now: DateTime<Utc>, process: &str) -> bool {
        // One process at a time has the database, so the lease of another process is a dead one's.
        self.lease.as_ref().is_none_or(|lease| lease.until <= now || !lease.worker.starts_with(process))
    }
}

pub(super) fn open_key(shop: &str, run: &str) -> Key {
    Key::of(shop).part(run)
}

/// A run in the hands of this worker.
pub struct Held {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    shop: String,
    run: String,
    open: Mutex<OpenRun>,
    next_line: AtomicU64,
    lost: AtomicBool,
}

/// A fenced commit did not happen.
#[derive(Debug, thiserror::Error)]
pub enum HeldError {
    /// Another worker has the run.
    #[error("another worker holds this run")]
    Lost,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Takes a run that is free; none when somebody else was quicker.
pub(super) async fn claim(
    (db, clock, bell): (&SharedDb, &Clock, &Bell),
    mut run: Run,
    open: &OpenRun,
    worker: &str,
) -> Result<Option<(Run, Held)>, DbError> {
    let before = run.clone();
    let Some(next) = state::next(&run.state, state::RunEvent::Claimed) else { return Ok(None) };
    run.state = next;
    run.attempts += 1;
    let held_open = OpenRun { lease: Some(lease(clock, worker)), ..open.clone() };
    let (key, run_key) = (open_key(&run.shop, &run.id), run_key(&run.shop, &run.id));
    let seq = next_seq(db, &run).await?;
    let line = line(clock, seq, News::Started { attempt: run.attempts });
    let batch = Batch::new()
        .expect(Table::OpenRuns, key.clone(), open)
        .expect(Table::Runs, run_key.clone(), &before)
        .put(Table::OpenRuns, key, &held_open)
        .put(Table::Runs, run_key, &run)
        .put(Table::Events, events::key(&run.shop, &run.id, seq), &line);
    match db.commit(batch).await {
        Ok(()) => {}
        Err(DbError::Conflict) => return Ok(None),
        Err(error) => return Err(error),
    }
    bell.ring(&run.id);
    let held = Held {
        db: db.clone(),
        clock: clock.clone(),
        bell: bell.clone(),
        shop: run.shop.clone(),
        run: run.id.clone(),
        open: Mutex::new(held_open),
        next_line: AtomicU64::new(seq + 1),
        lost: AtomicBool::new(false),
    };
    Ok(Some((run, held)))
}

impl Held {
    /// Commits only while the lease is ours.
    ///
    /// # Errors
    /// [`HeldError::Lost`] when it is not; nothing was stored then.
    pub async fn commit(&self, batch: Batch) -> Result<(), HeldError> {
        let open = self.open.lock().await;
        self.fenced(&open, batch).await
    }

    /// As [`Held::commit`], with the bill of what is stored settled in the same commit.
    ///
    /// # Errors
    /// As [`Held::commit`]; the bill then counts at its worst.
    pub async fn commit_paid(&self, batch: Batch, bill: Bill) -> Result<(), HeldError> {
        let open = self.open.lock().await;
        let batch = batch.expect(Table::OpenRuns, open_key(&self.shop, &self.run), &*open);
        self.judged(bill.settle_with(batch).await)
    }

    /// Tells watchers something, durably.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub async fn tell(&self, news: News) -> Result<(), HeldError> {
        self.commit(self.line(news)).await?;
        self.bell.ring(&self.run);
        Ok(())
    }

    /// Extends the lease.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub async fn renew(&self, worker: &str) -> Result<(), HeldError> {
        let mut open = self.open.lock().await;
        let renewed = OpenRun { lease: Some(lease(&self.clock, worker)), ..open.clone() };
        self.fenced(&open, Batch::new().put(Table::OpenRuns, open_key(&self.shop, &self.run), &renewed)).await?;
        *open = renewed;
        Ok(())
    }

    /// Ends the run; whatever belongs to its ending (report, actions) is stored in the same commit, or not at all.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub async fn finish(&self, ending: Ending, with: Batch) -> Result<Run, HeldError> {
        loop {
            let key = run_key(&self.shop, &self.run);
            let run: Run = db::get(&*self.db, Table::Runs, &key).await?.ok_or(HeldError::Lost)?;
            let ending = match &run.barred {
                Some(why) => Ending::Blocked { why: why.clone() },
                None if run.cancel_requested => Ending::Cancelled,
                None => ending.clone(),
            };
            let news = match &ending {
                Ending::Done => News::Done,
                Ending::Failed { why } => News::Stopped { how: "failed".into(), why: why.clone() },
                Ending::Blocked { why } => News::Stopped { how: "blocked".into(), why: why.clone() },
                Ending::Cancelled => News::Stopped { how: "cancelled".into(), why: "已取消".into() },
            };
            let with = if ending == Ending::Done { with.clone() } else { Batch::new() };
            let next = state::next(&run.state, state::RunEvent::Finished(ending)).ok_or(HeldError::Lost)?;
            let ended = Run { state: next, ended: Some(self.clock.now_like(&run.accepted)), ..run.clone() };
            let batch = self
                .line(news)
                .and(with)
                .expect(Table::Runs, key.clone(), &run)
                .put(Table::Runs, key, &ended)
                .delete(Table::OpenRuns, open_key(&self.shop, &self.run));
            let open = self.open.lock().await;
            match self.fenced(&open, batch).await {
                Ok(()) => {
                    self.bell.ring(&self.run);
                    return Ok(ended);
                }
                // Somebody asked to cancel just now: decide again.
                Err(HeldError::Lost) if self.still_open(&open).await? => self.lost.store(false, Ordering::Relaxed),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether a commit of ours was refused.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn line(&self, news: News) -> Batch {
        let seq = self.next_line.fetch_add(1, Ordering::Relaxed);
        Batch::new().put(Table::Events, events::key(&self.shop, &self.run, seq), &line(&self.clock, seq, news))
    }

    async fn fenced(&self, open: &OpenRun, batch: Batch) -> Result<(), HeldError> {
        let batch = batch.expect(Table::OpenRuns, open_key(&self.shop, &self.run), open);
        self.judged(self.db.commit(batch).await)
    }

    /// What a commit of ours came to: what the lease guards conflicts only when the lease is gone.
    fn judged(&self, committed: Result<(), DbError>) -> Result<(), HeldError> {
        match committed {
            Ok(()) => Ok(()),
            Err(DbError::Conflict) => {
                self.lost.store(true, Ordering::Relaxed);
                Err(HeldError::Lost)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn still_open(&self, open: &OpenRun) -> Result<bool, DbError> {
        let found: Option<OpenRun> = db::get(&*self.db, Table::OpenRuns, &open_key(&self.shop, &self.run)).await?;
        Ok(found.as_ref() == Some(open))
    }
}

pub(super) fn run_key(shop: &str, run: &str) -> Key {
    Key::of(shop).part(run)
}

pub(super) fn line(clock: &Clock, seq: u64, news: News) -> RunLine {
    RunLine { seq, at: clock.now().to_rfc3339(), news }
}

fn lease(clock: &Clock, worker: &str) -> Lease {
    let until = clock.now() + TimeDelta::from_std(LEASE).unwrap_or(TimeDelta::zero());
    Lease { worker: worker.into(), until }
}

async fn next_seq(db: &SharedDb, run: &Run) -> Result<u64, DbError> {
    let log = Scan::under(&Key::of(&run.shop).part(&run.id)).newest_first().limit(1);
    let last: Vec<RunLine> = db::scan(&**db, Table::Events, log).await?;
    Ok(last.first().map_or(0, |line| line.seq + 1))
}
