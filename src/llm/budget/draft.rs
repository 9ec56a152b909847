//! The budget's rows as several changes leave them, until all of it is committed over what was read.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use crate::db::{self, Batch, Db, DbError, Key, Table};

/// Rows that were read or written. A later change sees what an earlier one wrote.
pub(super) struct Draft<'a> {
    db: &'a dyn Db,
    rows: BTreeMap<Key, Row>,
    along: Batch,
}

struct Row {
    was: Option<Vec<u8>>,
    now: Option<Vec<u8>>,
}

impl<'a> Draft<'a> {
    pub(super) fn over(db: &'a dyn Db) -> Self {
        Self { db, rows: BTreeMap::new(), along: Batch::new() }
    }

    /// A row as it stands in this draft.
    pub(super) async fn get<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, DbError> {
        if !self.rows.contains_key(key) {
            let was = self.db.get(Table::Budget, key).await?;
            self.rows.insert(key.clone(), Row { now: was.clone(), was });
        }
        self.rows[key].now.as_deref().map(|json| db::decode(Table::Budget, json)).transpose()
    }

    /// Writes a row; one that was not read before is a new one.
    pub(super) fn put(&mut self, key: Key, record: &impl Serialize) {
        self.rows.entry(key).or_insert(Row { was: None, now: None }).now = Some(db::encode(record));
    }

    /// Removes a row that was read.
    pub(super) fn delete(&mut self, key: &Key) {
        if let Some(row) = self.rows.get_mut(key) {
            row.now = None;
        }
    }

    /// What is stored in the same commit, and what that relies on.
    pub(super) fn along(&mut self, with: &Batch) {
        self.along = std::mem::take(&mut self.along).and(with.clone());
    }

    /// All of it, if every row that was read is still as it was.
    pub(super) fn into_batch(self) -> Batch {
        let mut batch = self.along;
        for (key, Row { was, now }) in self.rows {
            if was != now {
                batch.changes.push((Table::Budget, key.clone(), now));
            }
            batch.expects.push((Table::Budget, key, was));
        }
        batch
    }
}
