//! A database that dies when it is told to: a kill, seen from the code that was committing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use xiaoer::db::{Batch, Db, DbError, Key, Row, Scan, SledDb, Table};

/// A real database in a directory of its own, which can be struck at one commit.
pub(crate) struct Mortal {
    inner: SledDb,
    commits: AtomicUsize,
    strike: Mutex<Option<(usize, Strike)>>,
    _dir: tempfile::TempDir,
}

/// When the kill comes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strike {
    /// Nothing of the commit is stored.
    Before,
    /// The commit is stored and nobody hears of it.
    After,
}

impl Mortal {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let inner = SledDb::open(dir.path(), 1 << 20).expect("a database");
        Self { inner, commits: AtomicUsize::new(0), strike: Mutex::default(), _dir: dir }
    }

    /// The kill comes at the commit after so many more; everything after it is a new process.
    pub(crate) fn dies_after(&self, commits: usize, strike: Strike) {
        let nth = self.commits.load(Ordering::SeqCst) + commits;
        *self.strike.lock().expect("unpoisoned") = Some((nth, strike));
    }
}

#[async_trait::async_trait]
impl Db for Mortal {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        let nth = self.commits.fetch_add(1, Ordering::SeqCst);
        let strike = self.strike.lock().expect("unpoisoned").filter(|(at, _)| *at == nth).map(|(_, strike)| strike);
        if let Some(Strike::Before) = strike {
            return Err(DbError::Disk("killed".into()));
        }
        self.inner.commit(batch).await?;
        if strike.is_some() { Err(DbError::Disk("killed".into())) } else { Ok(()) }
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.inner.get(table, key).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        let rows = self.inner.scan(table, scan).await;
        // Two who look at the same time have both looked before either of them writes.
        tokio::task::yield_now().await;
        rows
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}
