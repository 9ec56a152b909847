//! What models may cost: reserved at its worst before a call, settled on what the call really used.
//!
//! Nothing here asks a model or refuses one by itself: [`Budget::reserve`] says whether the next call is paid for, and whoever calls
//! keeps to it. A reservation is durable before the call goes out, so a crash can never make a limit softer: what died under way
//! counts at its worst until the shop's day is over. It could have been billed, and nobody can ask the provider. After midnight it
//! no longer counts, for a month must not fill up with calls that perhaps never were.
//!
//! Counting is one commit that relies on what was read: of many at once, exactly those pass that the limit pays for.

mod limits;
mod record;

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rand::RngExt as _;
use tokio::sync::Mutex;

pub use limits::{Limits, Spent, Which};
pub use record::{Held, Sum, Usage};

use super::money::MicroYuan;
use super::prices::{Price, Tokens};
use super::talk::Account;
use crate::db::{self, Batch, DbError, Scan, SharedDb, Table};
use crate::telemetry::metrics;
use record::{Day, Open, RunSum, call_key, calls_key, day_key, month_key, open_key, run_key};

/// Tries of one change, each lost to another process that was quicker.
const TRIES: u32 = 200;

/// The budget of every shop.
#[derive(Clone)]
pub struct Budget {
    db: SharedDb,
    limits: Limits,
    /// Callers of this process queue here instead of undoing one another's work; other processes meet in the database.
    turn: Arc<Mutex<()>>,
}

/// A call that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The model, as the provider calls it.
    pub model: String,
    /// Its price, if anybody knows it.
    pub price: Option<Price>,
    /// The most that the call can cost; none = unknown.
    pub worst: Option<MicroYuan>,
}

/// The right to make one call. Settle or release it; dropped, it counts at its worst until the day is over.
#[derive(Debug)]
#[must_use = "what is reserved counts until it is settled or released"]
pub struct Reservation {
    id: String,
    account: Account,
    day: NaiveDate,
    quote: Quote,
    worst: MicroYuan,
}

/// What a call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Its tokens.
    pub tokens: Tokens,
    /// Whether these are our estimate.
    pub estimated: bool,
}

/// Why nothing was reserved.
#[derive(Debug, thiserror::Error)]
pub enum ReserveError {
    /// A limit is reached: the template answers.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// How a shop stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Today.
    pub day: Held,
    /// This month, without what is only reserved.
    pub month: Sum,
}

/// The records that one call touches, as they were read; a change commits only over these.
struct Sheet {
    day: Option<Day>,
    month: Option<Sum>,
    run: Option<RunSum>,
}

impl Budget {
    /// Over a database, under limits.
    #[must_use]
    pub fn new(db: SharedDb, limits: Limits) -> Self {
        Self { db, limits, turn: Arc::default() }
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reserves what a call costs at its worst. `at` is now in the shop's zone: its date is the day that pays.
    ///
    /// # Errors
    /// [`ReserveError::Spent`] names the limit that would be passed.
    pub async fn reserve(
        &self,
        account: &Account,
        quote: Quote,
        at: DateTime<FixedOffset>,
    ) -> Result<Reservation, ReserveError> {
        let day = at.date_naive();
        let worst = quote.worst.unwrap_or(self.limits.unknown_price_yuan);
        let id = format!("{:016x}", rand::rng().random::<u64>());
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            let sheet = self.read(account, day).await?;
            self.check(&sheet, account, (day, worst))?;
            let open = Open { account: account.clone(), worst };
            let batch = sheet.changed(account, day, |held| held.reserved = held.reserved.plus(worst));
            let key = open_key(&account.shop, day, &id);
            let batch = batch.expect_absent(Table::Budget, key.clone()).put(Table::Budget, key, &open);
            match self.db.commit(batch).await {
                Err(DbError::Conflict) => tokio::task::yield_now().await,
                done => {
                    done?;
                    return Ok(Reservation { id, account: account.clone(), day, quote, worst });
                }
            }
        }
        Err(DbError::Conflict.into())
    }

    /// Counts what a call used and gives the rest back.
    ///
    /// # Errors
    /// As the database; the reservation then counts at its worst.
    pub async fn settle(
        &self,
        reservation: Reservation,
        used: Used,
        at: DateTime<FixedOffset>,
    ) -> Result<Usage, DbError> {
        let Reservation { id, account, day, quote, worst } = &reservation;
        let cost = quote.price.as_ref().map(|price| price.cost(&used.tokens));
        let usage = Usage {
            id: id.clone(),
            account: account.clone(),
            at,
            day: *day,
            model: quote.model.clone(),
            price: quote.price.clone(),
            tokens: used.tokens,
            estimated: used.estimated,
            cost,
            counted: cost.unwrap_or(*worst),
        };
        self.close(&reservation, Some(&usage)).await?;
        Ok(usage)
    }

    /// Gives all of it back: the call was never sent.
    ///
    /// # Errors
    /// As the database; the reservation then counts at its worst.
    pub async fn release(&self, reservation: Reservation) -> Result<(), DbError> {
        self.close(&reservation, None).await
    }

    /// How a shop stands at a time of its zone.
    ///
    /// # Errors
    /// As the database.
    pub async fn standing(&self, shop: &str, at: DateTime<FixedOffset>) -> Result<Standing, DbError> {
        let day: Option<Day> = db::get(&*self.db, Table::Budget, &day_key(shop, at.date_naive())).await?;
        let month: Option<Sum> = db::get(&*self.db, Table::Budget, &month_key(shop, at.date_naive())).await?;
        Ok(Standing { day: day.unwrap_or_default().shop, month: month.unwrap_or_default() })
    }

    /// The calls of a shop from one day up to another, oldest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn usage(&self, shop: &str, from: NaiveDate, to: NaiveDate) -> Result<Vec<Usage>, DbError> {
        db::scan(&*self.db, Table::Budget, Scan::between(&calls_key(shop, from), &calls_key(shop, to))).await
    }

    async fn read(&self, account: &Account, day: NaiveDate) -> Result<Sheet, DbError> {
        Ok(Sheet {
            day: db::get(&*self.db, Table::Budget, &day_key(&account.shop, day)).await?,
            month: db::get(&*self.db, Table::Budget, &month_key(&account.shop, day)).await?,
            run: db::get(&*self.db, Table::Budget, &run_key(account)).await?,
        })
    }

    /// The narrowest limit first: its sentence tells most.
    fn check(&self, sheet: &Sheet, account: &Account, (on, worst): (NaiveDate, MicroYuan)) -> Result<(), Spent> {
        let day = sheet.day.clone().unwrap_or_default();
        let role = day.roles.get(&account.role).copied().unwrap_or_default();
        let run = sheet.run.clone().unwrap_or_default().on(on);
        let month = sheet.month.unwrap_or_default().counted.plus(day.shop.reserved);
        let limits = [
            (Which::Run, self.limits.run_yuan, run.held.taken()),
            (Which::RoleDay, self.limits.role_day_yuan, role.taken()),
            (Which::ShopDay, self.limits.shop_day_yuan, day.shop.taken()),
            (Which::ShopMonth, self.limits.shop_month_yuan, month),
        ];
        for (which, limit, taken) in limits {
            if let Some(limit) = limit.filter(|limit| taken.plus(worst) > *limit) {
                metrics::budget_refusal(which.label());
                return Err(Spent { which, limit });
            }
        }
        Ok(())
    }

    /// Ends a reservation once; another end of the same one changes nothing.
    async fn close(&self, reservation: &Reservation, usage: Option<&Usage>) -> Result<(), DbError> {
        let Reservation { id, account, day, worst, .. } = reservation;
        let key = open_key(&account.shop, *day, id);
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            let Some(open) = db::get::<Open>(&*self.db, Table::Budget, &key).await? else { return Ok(()) };
            let sheet = self.read(account, *day).await?;
            let mut batch = sheet.changed(account, *day, |held| {
                held.reserved = held.reserved.less(*worst);
                usage.into_iter().for_each(|usage| held.sum.add(usage));
            });
            if let Some(usage) = usage {
                let mut month = sheet.month.unwrap_or_default();
                month.add(usage);
                batch = batch.put(Table::Budget, month_key(&account.shop, *day), &month);
                batch = batch.put(Table::Budget, call_key(usage), usage);
            }
            let batch = batch.expect(Table::Budget, key.clone(), &open).delete(Table::Budget, key.clone());
            match self.db.commit(batch).await {
                Err(DbError::Conflict) => tokio::task::yield_now().await,
                done => return done,
            }
        }
        Err(DbError::Conflict)
    }
}

impl Sheet {
    /// The same change to shop, role and run, if all three and the month are still as they were read.
    fn changed(&self, account: &Account, day: NaiveDate, change: impl Fn(&mut Held)) -> Batch {
        let mut sums = self.day.clone().unwrap_or_default();
        change(&mut sums.shop);
        change(sums.roles.entry(account.role.clone()).or_default());
        let mut run = self.run.clone().unwrap_or_default().on(day);
        let reserved = run.held.reserved;
        change(&mut run.held);
        if run.day > day {
            // A call that was reserved before midnight is no longer among what its run holds.
            run.held.reserved = reserved;
        }
        let keys = (day_key(&account.shop, day), month_key(&account.shop, day), run_key(account));
        let batch = Batch::new().put(Table::Budget, keys.0.clone(), &sums).put(Table::Budget, keys.2.clone(), &run);
        let batch = relying(batch, keys.0, self.day.as_ref());
        let batch = relying(batch, keys.1, self.month.as_ref());
        relying(batch, keys.2, self.run.as_ref())
    }
}

fn relying(batch: Batch, key: db::Key, record: Option<&impl serde::Serialize>) -> Batch {
    match record {
        Some(record) => batch.expect(Table::Budget, key, record),
        None => batch.expect_absent(Table::Budget, key),
    }
}
