//! The line before a budget's rows: whoever's turn it is takes along everybody who waits, in one commit.
//!
//! A shop's day is one row, so callers one by one would each wait for a disk. Within a group they are counted one after the other, each
//! over what the one before left: of many at once, exactly those pass that the limit pays for. Nobody is answered before the commit.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use super::draft::Draft;
use super::record::{Day, Held, Open, RunSum, Sum, Usage, call_key, day_key, month_key, open_key, run_key};
use super::{Hold, Limits, ReserveError, Spent, Which};
use crate::db::{Batch, DbError, SharedDb};
use crate::telemetry::metrics;

/// Tries of one group, each lost to another process that was quicker.
const TRIES: u32 = 200;

/// Callers of this process queue here instead of undoing one another's work; other processes meet in the database.
#[derive(Clone)]
pub(super) struct Line {
    db: SharedDb,
    limits: Limits,
    waiting: Arc<Mutex<Vec<Waiting>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A change to what is held.
pub(super) enum Change {
    /// Holds the worst, if every limit allows it.
    Reserve(Hold),
    /// Ends a hold once, by what was used or without; another end of the same one changes nothing. The batch is stored in the same commit:
    /// what it relies on must not be written by the batch of another.
    Close(Hold, Option<Box<Usage>>, Batch),
}

struct Waiting {
    change: Change,
    answer: oneshot::Sender<Result<(), ReserveError>>,
}

/// The records that one call touches.
struct Sheet {
    day: Day,
    month: Sum,
    run: RunSum,
}

impl Line {
    pub(super) fn new(db: SharedDb, limits: Limits) -> Self {
        Self { db, limits, waiting: Arc::default(), turn: Arc::default() }
    }

    /// Makes a change, durably.
    ///
    /// # Errors
    /// [`ReserveError::Spent`] for what is not paid for; as the database otherwise. [`DbError::Conflict`] of a change that came with a
    /// batch says that the batch's own expectations do not hold.
    pub(super) async fn book(&self, change: Change) -> Result<(), ReserveError> {
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().expect("nothing panics while holding it").push(Waiting { change, answer });
        let line = self.clone();
        // On its own: a caller that goes away must leave nobody else of its group without an answer.
        tokio::spawn(async move {
            let _turn = line.turn.lock().await;
            let group = std::mem::take(&mut *line.waiting.lock().expect("nothing panics while holding it"));
            line.write(group).await;
        });
        answered.await.unwrap_or_else(|_| Err(DbError::Disk("the budget's line has ended".into()).into()))
    }

    async fn write(&self, mut group: Vec<Waiting>) {
        // Who no longer waits for a right to ask does not need it.
        group.retain(|one| !(one.answer.is_closed() && matches!(one.change, Change::Reserve(_))));
        for _ in 0..TRIES {
            if group.is_empty() {
                return;
            }
            let mut draft = Draft::over(&*self.db);
            let mut results = Vec::with_capacity(group.len());
            for one in &group {
                results.push(self.enter(&mut draft, &one.change).await);
            }
            let batch = draft.into_batch();
            let committed = if batch.is_empty() { Ok(()) } else { self.db.commit(batch).await };
            match committed {
                Err(DbError::Conflict) => {
                    group = self.still_sound(group).await;
                    tokio::task::yield_now().await;
                }
                done => {
                    for (one, result) in group.into_iter().zip(results) {
                        one.tell(result.and_then(|()| Ok(done.clone()?)));
                    }
                    return;
                }
            }
        }
        for one in group {
            // An answer is worth more than its bill.
            let stored = match &one.change {
                Change::Close(.., with) if !with.is_empty() => {
                    tracing::error!("a question counts at its worst for the day: its rows never stood still");
                    self.db.commit(with.clone()).await
                }
                _ => Err(DbError::Conflict),
            };
            one.tell(stored.map_err(Into::into));
        }
    }

    /// The group without those whose own batch relies on what is no longer so.
    async fn still_sound(&self, group: Vec<Waiting>) -> Vec<Waiting> {
        let mut sound = Vec::with_capacity(group.len());
        for one in group {
            match self.relies_on_what_is(&one.change).await {
                Ok(true) => sound.push(one),
                Ok(false) => one.tell(Err(DbError::Conflict.into())),
                Err(error) => one.tell(Err(error.into())),
            }
        }
        sound
    }

    async fn relies_on_what_is(&self, change: &Change) -> Result<bool, DbError> {
        let Change::Close(.., with) = change else { return Ok(true) };
        for (table, key, expected) in &with.expects {
            if self.db.get(*table, key).await? != *expected {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn enter(&self, draft: &mut Draft<'_>, change: &Change) -> Result<(), ReserveError> {
        match change {
            Change::Reserve(hold) => self.reserve(draft, hold).await,
            Change::Close(hold, usage, with) => {
                draft.along(with);
                match close(draft, hold, usage.as_deref()).await {
                    Err(error) if !with.is_empty() => {
                        tracing::error!(%error, "a question counts at its worst for the day");
                        Ok(())
                    }
                    closed => Ok(closed?),
                }
            }
        }
    }

    async fn reserve(&self, draft: &mut Draft<'_>, hold: &Hold) -> Result<(), ReserveError> {
        let mut sheet = Sheet::read(draft, hold).await?;
        self.check(&sheet, hold)?;
        sheet.change(hold, |held| held.reserved = held.reserved.plus(hold.worst));
        sheet.write(draft, hold);
        let open = Open { account: hold.account.clone(), worst: hold.worst };
        draft.put(open_key(&hold.account.shop, hold.day, &hold.id), &open);
        Ok(())
    }

    /// The narrowest limit first: its sentence tells most.
    fn check(&self, sheet: &Sheet, hold: &Hold) -> Result<(), Spent> {
        let day = &sheet.day;
        let role = day.roles.get(&hold.account.role).copied().unwrap_or_default();
        let month = sheet.month.counted.plus(day.shop.reserved);
        let limits = [
            (Which::Run, self.limits.run_yuan, sheet.run.held.taken()),
            (Which::RoleDay, self.limits.role_day_yuan, role.taken()),
            (Which::ShopDay, self.limits.shop_day_yuan, day.shop.taken()),
            (Which::ShopMonth, self.limits.shop_month_yuan, month),
        ];
        let reached = |(_, limit, taken): &(Which, Option<_>, crate::llm::money::MicroYuan)| {
            limit.is_some_and(|limit| taken.plus(hold.worst) > limit)
        };
        match limits.into_iter().find(reached) {
            Some((which, Some(limit), _)) => Err(Spent { which, limit }),
            _ => Ok(()),
        }
    }
}

impl Waiting {
    fn tell(self, result: Result<(), ReserveError>) {
        if let Err(ReserveError::Spent(spent)) = &result {
            metrics::budget_refusal(spent.which.label());
        }
        // Nobody may be listening any more.
        let _ = self.answer.send(result);
    }
}

async fn close(draft: &mut Draft<'_>, hold: &Hold, usage: Option<&Usage>) -> Result<(), DbError> {
    let key = open_key(&hold.account.shop, hold.day, &hold.id);
    if draft.get::<Open>(&key).await?.is_none() {
        return Ok(());
    }
    let mut sheet = Sheet::read(draft, hold).await?;
    sheet.change(hold, |held| {
        held.reserved = held.reserved.less(hold.worst);
        usage.into_iter().for_each(|usage| held.sum.add(usage));
    });
    if let Some(usage) = usage {
        sheet.month.add(usage);
        draft.put(month_key(&hold.account.shop, hold.day), &sheet.month);
        draft.put(call_key(usage), usage);
    }
    sheet.write(draft, hold);
    draft.delete(&key);
    Ok(())
}

impl Sheet {
    async fn read(draft: &mut Draft<'_>, hold: &Hold) -> Result<Self, DbError> {
        let shop = &hold.account.shop;
        let run: RunSum = draft.get(&run_key(&hold.account)).await?.unwrap_or_default();
        Ok(Self {
            day: draft.get(&day_key(shop, hold.day)).await?.unwrap_or_default(),
            month: draft.get(&month_key(shop, hold.day)).await?.unwrap_or_default(),
            run: run.on(hold.day),
        })
    }

    /// The same change to shop, role and run.
    fn change(&mut self, hold: &Hold, change: impl Fn(&mut Held)) {
        change(&mut self.day.shop);
        change(self.day.roles.entry(hold.account.role.clone()).or_default());
        let reserved = self.run.held.reserved;
        change(&mut self.run.held);
        if self.run.day > hold.day {
            // A call that was reserved before midnight is no longer among what its run holds.
            self.run.held.reserved = reserved;
        }
    }

    fn write(&self, draft: &mut Draft<'_>, hold: &Hold) {
        draft.put(day_key(&hold.account.shop, hold.day), &self.day);
        draft.put(run_key(&hold.account), &self.run);
    }
}
