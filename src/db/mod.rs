//! The database port: one narrow trait, so that a shared database can take sled's place behind the same tests.
//!
//! A commit is atomic and durable before it is answered; flushing is never exposed. Keys of tenant data begin with their shop
//! ([`Key::of`]); values are JSON, so that a dump is readable. Nobody outside this folder names an engine.

mod backup;
mod key;
mod sled;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

pub use backup::{BackupError, Parcel, Unpack, add, export, restore};
pub use key::Key;
pub use sled::SledDb;

/// A handle that everything shares.
pub type SharedDb = Arc<dyn Db>;

/// Where records of one shape live. The byte is part of every stored key: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Facts about this installation.
    Meta = 1,
    /// Shops and how to reach them.
    Shops = 2,
    /// Encrypted secrets.
    Secrets = 3,
    /// What a merchant changed.
    Settings = 4,
    /// Tokens of assistants, by their hash.
    Assistants = 5,
    /// Runs.
    Runs = 10,
    /// Runs that are not finished: the worker's list.
    OpenRuns = 11,
    /// Answers that a run has paid for.
    Journal = 12,
    /// What a run told its watchers.
    Events = 13,
    /// Reports.
    Reports = 14,
    /// Actions.
    Actions = 20,
    /// Actions that wait for a worker.
    DueActions = 21,
    /// Who did what.
    Audit = 22,
    /// Rows of the shop, by generation.
    Mirror = 30,
    /// Which orders were placed or paid, and which refunds asked for or settled, on which day.
    MirrorDays = 31,
    /// Heads and cursors of the mirror.
    MirrorHeads = 32,
    /// Rows that a newer generation replaced.
    MirrorGarbage = 33,
    /// Pictures that no shop shows yet.
    Pictures = 34,
    /// Slots that fired or were missed.
    Slots = 40,
    /// Deliveries of reports.
    Deliveries = 41,
    /// Talks with the staff.
    Talks = 50,
    /// What was said in them.
    TalkLines = 51,
    /// What models cost: sums, open reservations and calls.
    Budget = 45,
    /// Plugins, their versions, and the keys of their authors.
    Plugins = 60,
    /// What shops let plugins do.
    Grants = 61,
    /// What plugins keep.
    PluginValues = 62,
    /// Which events plugins were told of, and how far each was looked for.
    Told = 63,
    /// Messages of a platform that were taken, by their number.
    PushSeen = 70,
    /// Objects that a message was about and that are still to be fetched.
    PushWaiting = 71,
    /// Objects that could not be fetched.
    PushFailed = 72,
}

impl Table {
    /// Every table, for backup.
    pub const ALL: [Self; 30] = [
        Self::Meta,
        Self::Shops,
        Self::Secrets,
        Self::Settings,
        Self::Assistants,
        Self::Runs,
        Self::OpenRuns,
        Self::Journal,
        Self::Events,
        Self::Reports,
        Self::Actions,
        Self::DueActions,
        Self::Audit,
        Self::Mirror,
        Self::MirrorDays,
        Self::MirrorHeads,
        Self::MirrorGarbage,
        Self::Pictures,
        Self::Slots,
        Self::Deliveries,
        Self::Talks,
        Self::TalkLines,
        Self::Budget,
        Self::Plugins,
        Self::Grants,
        Self::PluginValues,
        Self::Told,
        Self::PushSeen,
        Self::PushWaiting,
        Self::PushFailed,
    ];
}

/// Reads, and commits that are durable when they are answered.
#[async_trait::async_trait]
pub trait Db: Send + Sync {
    /// Applies all of a batch or nothing of it. Answers once it survives a power cut.
    async fn commit(&self, batch: Batch) -> Result<(), DbError>;

    /// The value of a key.
    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError>;

    /// Rows in key order.
    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError>;

    /// Bytes on disk.
    async fn size(&self) -> Result<u64, DbError>;
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its key within the table.
    pub key: Key,
    /// Its JSON.
    pub value: Vec<u8>,
}

/// Which rows of a table to read.
#[derive(Clone, Debug)]
pub struct Scan {
    pub(crate) from: Vec<u8>,
    pub(crate) to: Option<Vec<u8>>,
    pub(crate) newest_first: bool,
    pub(crate) limit: usize,
}

impl Scan {
    /// All rows whose key begins with these parts; with no parts, the whole table.
    #[must_use]
    pub fn under(prefix: &Key) -> Self {
        Self { from: prefix.bytes().to_vec(), to: prefix.after(), newest_first: false, limit: usize::MAX }
    }

    /// Rows from one key on (included) up to another prefix's end (included).
    #[must_use]
    pub fn between(from: &Key, to: &Key) -> Self {
        Self { from: from.bytes().to_vec(), to: to.after(), newest_first: false, limit: usize::MAX }
    }

    /// Only rows behind this key.
    #[must_use]
    pub fn after(mut self, key: &Key) -> Self {
        self.from = key.bytes().to_vec();
        self.from.push(0);
        self
    }

    /// From the last row backwards.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = rows;
        self
    }
}

/// Changes that happen together, if what they rely on still holds.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) changes: Vec<(Table, Key, Option<Vec<u8>>)>,
    pub(crate) expects: Vec<(Table, Key, Option<Vec<u8>>)>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a record.
    #[must_use]
    pub fn put(mut self, table: Table, key: Key, record: &impl Serialize) -> Self {
        self.changes.push((table, key, Some(encode(record))));
        self
    }

    /// Writes a record that is JSON already.
    #[must_use]
    pub(crate) fn put_encoded(mut self, table: Table, key: Key, json: Vec<u8>) -> Self {
        self.changes.push((table, key, Some(json)));
        self
    }

    /// Removes a record.
    #[must_use]
    pub fn delete(mut self, table: Table, key: Key) -> Self {
        self.changes.push((table, key, None));
        self
    }

    /// Commits only if the key holds nothing.
    #[must_use]
    pub fn expect_absent(mut self, table: Table, key: Key) -> Self {
        self.expects.push((table, key, None));
        self
    }

    /// Commits only if the key still holds this record.
    #[must_use]
    pub fn expect(mut self, table: Table, key: Key, record: &impl Serialize) -> Self {
        self.expects.push((table, key, Some(encode(record))));
        self
    }

    /// Both batches as one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.changes.extend(other.changes);
        self.expects.extend(other.expects);
        self
    }

    /// How many changes it makes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// What a caller can do about a failed read or commit.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    /// What the batch relied on has changed: read again and decide again.
    #[error("the record changed in the meantime")]
    Conflict,
    /// Another process has the data directory.
    #[error("another process uses the database in {dir}")]
    Taken {
        /// The data directory.
        dir: String,
    },
    /// The directory is not a database of ours, or cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// The disk did not take it; nothing of the batch is certain and the process must stop.
    #[error("the database cannot write: {0}")]
    Disk(String),
    /// A record is not what the code expects.
    #[error("a record of {table:?} cannot be read: {why}")]
    Record {
        /// Its table.
        table: Table,
        /// What serde said.
        why: String,
    },
}

/// Reads one record.
///
/// # Errors
/// As [`Db::get`], and [`DbError::Record`].
pub async fn get<T: DeserializeOwned>(db: &dyn Db, table: Table, key: &Key) -> Result<Option<T>, DbError> {
    db.get(table, key).await?.map(|bytes| decode(table, &bytes)).transpose()
}

/// Reads the records of a scan.
///
/// # Errors
/// As [`Db::scan`], and [`DbError::Record`].
pub async fn scan<T: DeserializeOwned>(db: &dyn Db, table: Table, scan: Scan) -> Result<Vec<T>, DbError> {
    db.scan(table, scan).await?.iter().map(|row| decode(table, &row.value)).collect()
}

/// Reads a record's JSON.
///
/// # Errors
/// [`DbError::Record`].
pub fn decode<T: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, DbError> {
    serde_json::from_slice(bytes).map_err(|error| DbError::Record { table, why: error.to_string() })
}

pub(crate) fn encode(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("records are plain data with text keys")
}
