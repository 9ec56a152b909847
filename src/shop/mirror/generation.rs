//! Writes the next generation, row by row: what is put is compared with what is known and waits for the next commit ([`super::commits`]).
//! Nothing is shown by what stands here.

use std::collections::HashMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::sync::OwnedMutexGuard;

use super::commits::UnderWay;
use super::news::{Brought, News};
use super::opening::Staging;
use super::put::Put;
use super::row::{Mirrored, Origin, Provenance, Version, day_key, row_key};
use super::sweep::Garbage;
use super::versions::stands;
use super::{Mirror, Top, turn_of};
use crate::db::{self, Batch, DbError, Key, SharedDb, Table};
use crate::shop::Shop;

/// Writes the next generation of one shop.
pub struct GenerationWriter {
    pub(super) db: SharedDb,
    pub(super) shop: Shop,
    pub(super) top: Option<Top>,
    pub(super) staging: Staging,
    pub(super) batch: Batch,
    /// Values of this batch, which the database does not show yet.
    pub(super) pending: HashMap<Key, Vec<u8>>,
    pub(super) under_way: Option<UnderWay>,
    pub(super) rows: u64,
    /// Moving the head: a push may do it while this writer is at work.
    pub(super) heads: Arc<tokio::sync::Mutex<()>>,
    /// None in a rehearsal, whose commits go nowhere.
    pub(super) only: Option<OwnedMutexGuard<()>>,
    pub(super) brought: Brought,
    pub(super) news: News,
}

impl Mirror {
    pub(super) fn writer(
        &self,
        shop: &Shop,
        top: Option<Top>,
        staging: Staging,
        only: Option<OwnedMutexGuard<()>>,
    ) -> GenerationWriter {
        let brought = Brought::new(staging.rows == 0);
        GenerationWriter {
            db: self.db.clone(),
            shop: shop.clone(),
            top,
            staging,
            batch: Batch::new(),
            pending: HashMap::new(),
            under_way: None,
            rows: 0,
            heads: turn_of(&self.heads, &shop.id),
            only,
            brought,
            news: self.news.clone(),
        }
    }
}

impl GenerationWriter {
    /// The state of the shop that this generation starts from.
    pub(crate) fn top(&self) -> Top {
        self.top.clone().unwrap_or_default()
    }

    /// Where a killed writer of the same purpose stopped.
    ///
    /// # Errors
    /// [`DbError::Record`] when it is not of this shape.
    pub fn cursor<C: DeserializeOwned>(&self) -> Result<Option<C>, DbError> {
        let Some(cursor) = &self.staging.cursor else { return Ok(None) };
        serde_json::from_value(cursor.clone())
            .map(Some)
            .map_err(|error| DbError::Record { table: Table::MirrorHeads, why: error.to_string() })
    }

    /// Puts a row, unless it is there already or a better source has said something.
    ///
    /// # Errors
    /// As the database.
    pub async fn put<T: Mirrored>(&mut self, row: T, from: Origin) -> Result<Put, DbError> {
        let row = row.in_zone(self.shop.zone);
        let id = row.id();
        let value = db::encode(&Version { from, row: Some(&row) });
        let newest = self.newest(T::KIND, &id).await?;
        let known = newest.as_ref().map(|(_, known)| known.as_slice());
        let put = Put::of(&value, known, (from, row.modified()))?;
        if matches!(put, Put::Unchanged | Put::Kept) {
            return Ok(put);
        }
        for (day, date) in row.days(self.shop.zone) {
            self.change(Table::MirrorDays, day_key(&self.shop.id, day, date).part(&id), b"null".to_vec());
        }
        self.version(T::KIND, &id, newest.map(|(generation, _)| generation), value);
        Ok(put)
    }

    /// Says that a row is gone. A row that never was needs no word.
    ///
    /// # Errors
    /// As the database.
    pub async fn remove<T: Mirrored>(&mut self, id: &str, from: Origin) -> Result<Put, DbError> {
        let Some((generation, known)) = self.newest(T::KIND, id).await? else { return Ok(Put::Unchanged) };
        if db::decode::<Provenance>(Table::Mirror, &known)?.row.is_none() {
            return Ok(Put::Unchanged);
        }
        self.version(T::KIND, id, Some(generation), db::encode(&Version::<()> { from, row: None }));
        Ok(Put::Changed)
    }

    /// The newest version of a row, written here or before.
    ///
    /// # Errors
    /// As the database.
    pub async fn known<T: Mirrored>(&mut self, id: &str) -> Result<Option<T>, DbError> {
        let Some((_, value)) = self.newest(T::KIND, id).await? else { return Ok(None) };
        Ok(db::decode::<Version<T>>(Table::Mirror, &value)?.row)
    }

    /// Adds records that become true with the next commit or not at all.
    pub(crate) fn also(&mut self, records: Batch) {
        self.batch = std::mem::take(&mut self.batch).and(records);
    }

    /// How many changes wait for the next commit.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.batch.len()
    }

    async fn newest(&mut self, kind: &str, id: &str) -> Result<Option<(u64, Vec<u8>)>, DbError> {
        let prefix = row_key(&self.shop.id, kind, id);
        let own = prefix.clone().number(self.staging.generation);
        let handed_over = || self.under_way.as_ref().and_then(|commit| commit.values.get(&own));
        if let Some(value) = self.pending.get(&own).or_else(handed_over) {
            return Ok(Some((self.staging.generation, value.clone())));
        }
        stands(&*self.db, &prefix, self.staging.generation).await
    }

    fn version(&mut self, kind: &'static str, id: &str, replaces: Option<u64>, value: Vec<u8>) {
        let generation = self.staging.generation;
        let key = row_key(&self.shop.id, kind, id).number(generation);
        if let Some(old) = replaces.filter(|old| *old < generation) {
            let garbage = Garbage { kind: kind.to_owned(), id: id.to_owned(), version: old, replaced: generation };
            self.batch =
                std::mem::take(&mut self.batch).put(Table::MirrorGarbage, garbage.key(&self.shop.id), &garbage);
        }
        self.rows += 1;
        self.brought.add(kind, id);
        self.pending.insert(key.clone(), value.clone());
        self.change(Table::Mirror, key, value);
    }

    fn change(&mut self, table: Table, key: Key, value: Vec<u8>) {
        self.batch = std::mem::take(&mut self.batch).put_encoded(table, key, value);
    }
}
