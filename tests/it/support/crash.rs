//! A database that dies at a chosen commit: before it reached the disk, or after it did and nobody heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use tokio::sync::Notify;
use xiaoer::db::{Batch, Db, DbError, Key, Row, Scan, SharedDb, Table};

/// On which side of the disk the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// A database that halts before one of its commits until it is let go: what happens meanwhile, others have done.
pub(crate) struct HaltingDb {
    inner: SharedDb,
    left: AtomicI64,
    halted: Notify,
    go: Notify,
}

impl HaltingDb {
    /// Halts before the commit after so many.
    pub(crate) fn after(inner: SharedDb, commits: i64) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicI64::new(commits), halted: Notify::new(), go: Notify::new() })
    }

    /// Waits until it halts.
    pub(crate) async fn halted(&self) {
        self.halted.notified().await;
    }

    /// Lets it go on.
    pub(crate) fn go(&self) {
        self.go.notify_one();
    }
}

#[async_trait::async_trait]
impl Db for HaltingDb {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.halted.notify_one();
            self.go.notified().await;
        }
        self.inner.commit(batch).await
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.inner.get(table, key).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        self.inner.scan(table, scan).await
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}

pub(crate) struct DyingDb {
    inner: SharedDb,
    left: AtomicI64,
    moment: Moment,
    died: AtomicBool,
}

impl DyingDb {
    /// Lives through `commits` commits and dies at the next.
    pub(crate) fn after(inner: SharedDb, commits: i64, moment: Moment) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicI64::new(commits), moment, died: AtomicBool::new(false) })
    }

    pub(crate) fn died(&self) -> bool {
        self.died.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Db for DyingDb {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if left > 0 {
            return self.inner.commit(batch).await;
        }
        if left == 0 && self.moment == Moment::After {
            self.inner.commit(batch).await?;
        }
        // Not before the disk has it: who comes after the death must find it there.
        self.died.store(true, Ordering::SeqCst);
        // Nobody hears: whoever waits for this commit is gone.
        std::future::pending().await
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.inner.get(table, key).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        self.inner.scan(table, scan).await
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}
