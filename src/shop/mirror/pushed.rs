//! Single rows that are shown at once, beside a sync or import that may be at work for an hour.
//!
//! The other writer's rows stand under a number that nobody sees yet, so a pushed row needs numbers between that one and the head.
//! Hence every writer of a shop that hears pushes leaves [`ROOM`] numbers before its own, and a push takes the next of them: one
//! commit, no waiting, and runs that have pinned a generation see nothing of it. What was pushed while a writer was at work is noted;
//! the writer's last commit looks at each of those rows once more, so that what it read earlier never hides what was pushed later.
//!
//! Nothing is shown of a shop whose first sync is not through: a shop of one order would be a lie. It never replaces a row by an
//! older one, and never a row of a better source.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::{Order, Product, Refund};

use super::late::Late;
use super::news::Brought;
use super::opening::{Staging, staging_key};
use super::put::Put;
use super::row::{Mirrored, Origin, Provenance, Version, day_key, row_key};
use super::sweep::Garbage;
use super::versions::stands;
use super::{Mirror, Top, top_key, turn_of};
use crate::db::{self, Batch, Db, DbError, Key, Table};
use crate::shop::Shop;

/// Generations that may be shown while one writer is at work: one a second for half a year.
const ROOM: u64 = 1 << 24;

/// A row as it was fetched after a push.
#[derive(Clone, Debug, PartialEq)]
pub enum Pushed {
    /// An order.
    Order(Box<Order>),
    /// A refund.
    Refund(Box<Refund>),
    /// A product.
    Product(Box<Product>),
    /// A product that was deleted.
    Gone {
        /// Its id.
        product: String,
    },
}

/// What became of pushed rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All are shown since this generation.
    At(u64),
    /// The mirror knew as much, or more.
    Known,
    /// Nothing can be shown yet: try again after the sync.
    NotYet,
}

/// That pushes come for a shop at all.
#[derive(Serialize, Deserialize)]
struct Hears {
    /// When the last one came.
    last: DateTime<Utc>,
}

impl Mirror {
    /// The record that pushes come for a shop, to be stored with what came: from then on writers leave room for them.
    #[must_use]
    pub fn hears(shop: &str, at: DateTime<Utc>) -> Batch {
        Batch::new().put(Table::MirrorHeads, hears_key(shop), &Hears { last: at })
    }

    /// When the last push came for a shop; none if one never did.
    ///
    /// # Errors
    /// As the database.
    pub async fn last_heard(&self, shop: &str) -> Result<Option<DateTime<Utc>>, DbError> {
        let hears: Option<Hears> = db::get(&*self.db, Table::MirrorHeads, &hears_key(shop)).await?;
        Ok(hears.map(|hears| hears.last))
    }

    /// Whether rows can be shown now; false before the first sync is through, and while a writer is at work that began before the
    /// shop's first push.
    ///
    /// # Errors
    /// As the database.
    pub async fn can_show(&self, shop: &str) -> Result<bool, DbError> {
        let top = self.top(shop).await?.filter(|top| top.complete_through.is_some());
        let staging = self.staging(shop).await?;
        Ok(top.is_some_and(|top| has_room(&top, staging.as_ref())))
    }

    /// Shows rows at once, as one new generation. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`DbError::Conflict`] when another process moves the head, and as the database.
    pub async fn show(&self, shop: &Shop, rows: Vec<Pushed>) -> Result<Shown, DbError> {
        let heads = turn_of(&self.heads, &shop.id);
        let _turn = heads.lock().await;
        let Some(top) = self.top(&shop.id).await?.filter(|top| top.complete_through.is_some()) else {
            return Ok(Shown::NotYet);
        };
        let staging = self.staging(&shop.id).await?;
        if !has_room(&top, staging.as_ref()) {
            return Ok(Shown::NotYet);
        }
        let generation = top.generation + 1;
        let (beside, brought) = (staging.is_some(), Brought::new(true));
        let mut sheet = Sheet { db: &*self.db, shop, generation, beside, batch: Batch::new(), brought };
        for row in rows {
            match row {
                Pushed::Order(order) => sheet.put(*order).await?,
                Pushed::Refund(refund) => sheet.put(*refund).await?,
                Pushed::Product(product) => sheet.put(*product).await?,
                Pushed::Gone { product } => sheet.remove::<Product>(&product).await?,
            }
        }
        if sheet.batch.is_empty() {
            return Ok(Shown::Known);
        }
        let key = top_key(&shop.id);
        let batch = sheet.batch.expect(Table::MirrorHeads, key.clone(), &top);
        let before = top.generation;
        self.db.commit(batch.put(Table::MirrorHeads, key, &Top { generation, ..top })).await?;
        self.news.note(&shop.id, (before, generation), sheet.brought);
        Ok(Shown::At(generation))
    }

    /// Numbers that a new writer leaves free before its own.
    pub(super) async fn room(&self, shop: &str) -> Result<u64, DbError> {
        Ok(if self.last_heard(shop).await?.is_some() { ROOM } else { 0 })
    }

    pub(super) async fn staging(&self, shop: &str) -> Result<Option<Staging>, DbError> {
        db::get(&*self.db, Table::MirrorHeads, &staging_key(shop)).await
    }
}

fn has_room(top: &Top, staging: Option<&Staging>) -> bool {
    staging.is_none_or(|staging| top.generation + 1 < staging.generation)
}

/// One generation of few rows.
struct Sheet<'a> {
    db: &'a dyn Db,
    shop: &'a Shop,
    generation: u64,
    /// Another writer is at work.
    beside: bool,
    batch: Batch,
    brought: Brought,
}

impl Sheet<'_> {
    async fn put<T: Mirrored>(&mut self, row: T) -> Result<(), DbError> {
        let row = row.in_zone(self.shop.zone);
        let id = row.id();
        let version = Version { from: Origin::Sync, row: Some(&row) };
        let newest = stands(self.db, &row_key(&self.shop.id, T::KIND, &id), self.generation).await?;
        let known = newest.as_ref().map(|(_, known)| known.as_slice());
        let put = Put::of(&db::encode(&version), known, (version.from, row.modified()))?;
        if matches!(put, Put::Unchanged | Put::Kept) {
            return Ok(());
        }
        for (day, date) in row.days(self.shop.zone) {
            let key = day_key(&self.shop.id, day, date).part(&id);
            self.batch = std::mem::take(&mut self.batch).put(Table::MirrorDays, key, &());
        }
        self.version(T::KIND, id, newest.map(|(version, _)| version), &version);
        Ok(())
    }

    async fn remove<T: Mirrored>(&mut self, id: &str) -> Result<(), DbError> {
        let found = stands(self.db, &row_key(&self.shop.id, T::KIND, id), self.generation).await?;
        let Some((version, known)) = found else { return Ok(()) };
        if db::decode::<Provenance>(Table::Mirror, &known)?.row.is_some() {
            let gone = Version::<()> { from: Origin::Sync, row: None };
            self.version(T::KIND, id.to_owned(), Some(version), &gone);
        }
        Ok(())
    }

    fn version(&mut self, kind: &'static str, id: String, replaces: Option<u64>, version: &impl Serialize) {
        self.brought.add(kind, &id);
        let shop = self.shop.id.as_str();
        let mut batch = std::mem::take(&mut self.batch);
        if let Some(old) = replaces {
            let garbage = Garbage { kind: kind.to_owned(), id: id.clone(), version: old, replaced: self.generation };
            batch = batch.put(Table::MirrorGarbage, garbage.key(shop), &garbage);
        }
        batch = batch.put(Table::Mirror, row_key(shop, kind, &id).number(self.generation), version);
        if self.beside {
            let late = Late { kind: kind.to_owned(), id };
            batch = batch.put(Table::MirrorHeads, late.key(shop), &late);
        }
        self.batch = batch;
    }
}

fn hears_key(shop: &str) -> Key {
    Key::of(shop).part("pushes")
}
