//! The budget's rows as several changes leave them, until all of it is committed over what was read. However many changes touch a row,
//! it is read once and written once.

use std::any::Any;
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
    now: Option<Box<dyn Record>>,
    touched: bool,
}

/// A record of any kind; its key says which.
trait Record: Any + Send {
    fn encoded(&self) -> Vec<u8>;
}

impl<T: Serialize + Any + Send> Record for T {
    fn encoded(&self) -> Vec<u8> {
        db::encode(self)
    }
}

impl<'a> Draft<'a> {
    pub(super) fn over(db: &'a dyn Db) -> Self {
        Self { db, rows: BTreeMap::new(), along: Batch::new() }
    }

    /// Reads a row, unless it was read before; whether there is one.
    pub(super) async fn read<T>(&mut self, key: &Key) -> Result<bool, DbError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        if let Some(row) = self.rows.get(key) {
            return Ok(row.now.is_some());
        }
        let was = self.db.get(Table::Budget, key).await?;
        let record: Option<T> = was.as_deref().map(|json| db::decode(Table::Budget, json)).transpose()?;
        let there = record.is_some();
        let now = record.map(|record| Box::new(record) as Box<dyn Record>);
        self.rows.insert(key.clone(), Row { was, now, touched: false });
        Ok(there)
    }

    /// A row that was read, as it stands in this draft.
    pub(super) fn get<T: 'static>(&self, key: &Key) -> Option<&T> {
        let record: &dyn Any = self.rows.get(key)?.now.as_deref()?;
        record.downcast_ref()
    }

    /// A row that was read, to be changed; where there was none it begins with nothing in it.
    pub(super) fn edit<T>(&mut self, key: &Key) -> &mut T
    where
        T: Serialize + Default + Send + 'static,
    {
        let row = self.rows.get_mut(key).expect("what is changed was read");
        row.touched = true;
        let record: &mut dyn Any = &mut **row.now.get_or_insert_with(|| Box::new(T::default()));
        record.downcast_mut().expect("a key names one kind of record")
    }

    /// Writes a row that is new.
    pub(super) fn put(&mut self, key: Key, record: &impl Serialize) {
        let along = std::mem::take(&mut self.along);
        self.along = along.expect_absent(Table::Budget, key.clone()).put(Table::Budget, key, record);
    }

    /// Removes a row that was read.
    pub(super) fn delete(&mut self, key: &Key) {
        if let Some(row) = self.rows.get_mut(key) {
            (row.now, row.touched) = (None, true);
        }
    }

    /// What is stored in the same commit, and what that relies on.
    pub(super) fn along(&mut self, with: &Batch) {
        self.along = std::mem::take(&mut self.along).and(with.clone());
    }

    /// All of it, if every row that was read is still as it was.
    pub(super) fn into_batch(self) -> Batch {
        let mut batch = self.along;
        for (key, Row { was, now, touched }) in self.rows {
            if touched {
                let now = now.map(|record| record.encoded());
                if was != now {
                    batch.changes.push((Table::Budget, key.clone(), now));
                }
            }
            batch.expects.push((Table::Budget, key, was));
        }
        batch
    }
}
