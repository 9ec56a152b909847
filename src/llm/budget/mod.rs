//! What models may cost: reserved at its worst before a call, settled on what the call really used.
//!
//! Nothing here asks a model or refuses one by itself: [`Budget::reserve`] says whether the next call is paid for, and whoever calls
//! keeps to it. A reservation is durable before the call goes out, so a crash can never make a limit softer: what died under way
//! counts at its worst until the shop's day is over. It could have been billed, and nobody can ask the provider. After midnight it
//! no longer counts, for a month must not fill up with calls that perhaps never were.
//!
//! Counting is one commit that relies on what was read: of many at once, exactly those pass that the limit pays for. What a call used is
//! stored in the same commit as what it brought, so that there is never an answer without its bill, nor a bill without its answer.

mod draft;
mod limits;
mod line;
mod record;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rand::RngExt as _;

pub use limits::{Limits, Spent, Which};
pub use record::{Held, Sum, Usage};

use super::money::MicroYuan;
use super::prices::{Price, Tokens};
use super::talk::Account;
use crate::db::{self, Batch, DbError, Scan, SharedDb, Table};
use line::{Change, Line};
use record::{Day, calls_key, day_key, month_key};

/// The budget of every shop.
#[derive(Clone)]
pub struct Budget {
    db: SharedDb,
    limits: Limits,
    line: Line,
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
    hold: Hold,
    quote: Quote,
}

/// What is held for one call, and for whom.
#[derive(Clone, Debug)]
struct Hold {
    id: String,
    account: Account,
    day: NaiveDate,
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

impl Budget {
    /// Over a database, under limits.
    #[must_use]
    pub fn new(db: SharedDb, limits: Limits) -> Self {
        Self { line: Line::new(db.clone(), limits.clone()), db, limits }
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
        let worst = quote.worst.unwrap_or(self.limits.unknown_price_yuan);
        let id = format!("{:016x}", rand::rng().random::<u64>());
        let hold = Hold { id, account: account.clone(), day: at.date_naive(), worst };
        self.line.book(Change::Reserve(hold.clone())).await?;
        Ok(Reservation { hold, quote })
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
        self.settle_with(reservation, (used, at), Batch::new()).await
    }

    /// As [`Budget::settle`], in one commit with what the call brought.
    ///
    /// # Errors
    /// [`DbError::Conflict`]: what the batch relies on is no longer so; nothing of it was stored. As the database otherwise. Where only
    /// the budget's own rows are in the way, the batch is stored and the reservation counts at its worst.
    pub async fn settle_with(
        &self,
        reservation: Reservation,
        (used, at): (Used, DateTime<FixedOffset>),
        with: Batch,
    ) -> Result<Usage, DbError> {
        let Reservation { hold, quote } = reservation;
        let cost = quote.price.as_ref().map(|price| price.cost(&used.tokens));
        let usage = Usage {
            id: hold.id.clone(),
            account: hold.account.clone(),
            at,
            day: hold.day,
            model: quote.model,
            price: quote.price,
            tokens: used.tokens,
            estimated: used.estimated,
            cost,
            counted: cost.unwrap_or(hold.worst),
        };
        self.close(Change::Close(hold, Some(Box::new(usage.clone())), with)).await?;
        Ok(usage)
    }

    /// Gives all of it back: the call was never sent.
    ///
    /// # Errors
    /// As the database; the reservation then counts at its worst.
    pub async fn release(&self, reservation: Reservation) -> Result<(), DbError> {
        self.close(Change::Close(reservation.hold, None, Batch::new())).await
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

    async fn close(&self, change: Change) -> Result<(), DbError> {
        match self.line.book(change).await {
            // Only a reservation is held against a limit.
            Ok(()) | Err(ReserveError::Spent(_)) => Ok(()),
            Err(ReserveError::Db(error)) => Err(error),
        }
    }
}
