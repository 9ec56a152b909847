//! The line before a budget's rows: whoever's turn it is takes along everybody who waits, in one commit.
//!
//! A shop's day is one row, so callers one by one would each wait for a disk. Within a group they are counted one after the other, each
//! over what the one before left: of many at once, exactly those pass that the limit pays for. Nobody is answered before the commit.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use super::draft::Draft;
use super::record::{Day, Held, Open, RunSum, Sum, Usage, call_key, day_key, month_key, open_key, run_key};
use super::{Hold, Limits, ReserveError, Spent, Which};
use crate::db::{Batch, DbError, Key, SharedDb};
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

/// The rows that one call touches, which a draft has read.
struct Sheet {
    day: Key,
    month: Key,
    run: Key,
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
        let sheet = Sheet::read(draft, hold).await?;
        self.check(draft, &sheet, hold)?;
        sheet.change(draft, hold, |held| held.reserved = held.reserved.plus(hold.worst));
        let open = Open { account: hold.account.clone(), worst: hold.worst };
        draft.put(open_key(&hold.account.shop, hold.day, &hold.id), &open);
        Ok(())
    }

    /// The narrowest limit first: its sentence tells most.
    fn check(&self, draft: &Draft<'_>, sheet: &Sheet, hold: &Hold) -> Result<(), Spent> {
        let day = draft.get::<Day>(&sheet.day);
        let shop = day.map(|day| day.shop).unwrap_or_default();
        let role = day.and_then(|day| day.roles.get(&hold.account.role)).copied().unwrap_or_default();
        let month = draft.get::<Sum>(&sheet.month).copied().unwrap_or_default().counted.plus(shop.reserved);
        let run = draft.get::<RunSum>(&sheet.run).copied().unwrap_or_default().on(hold.day);
        let limits = [
            (Which::Run, self.limits.run_yuan, run.held.taken()),
            (Which::RoleDay, self.limits.role_day_yuan, role.taken()),
            (Which::ShopDay, self.limits.shop_day_yuan, shop.taken()),
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
    if !draft.read::<Open>(&key).await? {
        return Ok(());
    }
    let sheet = Sheet::read(draft, hold).await?;
    sheet.change(draft, hold, |held| {
        held.reserved = held.reserved.less(hold.worst);
        usage.into_iter().for_each(|usage| held.sum.add(usage));
    });
    if let Some(usage) = usage {
        draft.edit::<Sum>(&sheet.month).add(usage);
        draft.put(call_key(usage), usage);
    }
    draft.delete(&key);
    Ok(())
}

impl Sheet {
    async fn read(draft: &mut Draft<'_>, hold: &Hold) -> Result<Self, DbError> {
        let shop = &hold.account.shop;
        let sheet =
            Self { day: day_key(shop, hold.day), month: month_key(shop, hold.day), run: run_key(&hold.account) };
        draft.read::<RunSum>(&sheet.run).await?;
        draft.read::<Day>(&sheet.day).await?;
        draft.read::<Sum>(&sheet.month).await?;
        Ok(sheet)
    }

    /// The same change to shop, role and run.
    fn change(&self, draft: &mut Draft<'_>, hold: &Hold, change: impl Fn(&mut Held)) {
        let day = draft.edit::<Day>(&self.day);
        change(&mut day.shop);
        change(day.roles.entry(hold.account.role.clone()).or_default());
        let run = draft.edit::<RunSum>(&self.run);
        *run = run.on(hold.day);
        let reserved = run.held.reserved;
        change(&mut run.held);
        if run.day > hold.day {
            // A call that was reserved before midnight is no longer among what its run holds.
            run.held.reserved = reserved;
        }
    }
}
