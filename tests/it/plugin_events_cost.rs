//! What it costs to look: what is new is read, and not the days that it came into.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use chrono_tz::Asia;
use xiaoer::db::{Batch, Db, DbError, Key, Row, Scan, SharedDb, Table};

use crate::support::stand::Stand;

/// Counts the rows that are read.
struct Counting {
    inner: SharedDb,
    rows: AtomicUsize,
}

#[async_trait::async_trait]
impl Db for Counting {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        self.inner.commit(batch).await
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.rows.fetch_add(1, Ordering::Relaxed);
        self.inner.get(table, key).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        let rows = self.inner.scan(table, scan).await?;
        self.rows.fetch_add(rows.len(), Ordering::Relaxed);
        Ok(rows)
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_reads_what_is_new_and_not_the_days_that_it_came_into() {
    let mut stand = Stand::watching_files("shop(orders) on(order.paid) on(order.created)", Asia::Shanghai).await;
    let counting = Arc::new(Counting { inner: stand.db.clone(), rows: AtomicUsize::new(0) });
    stand.db = counting.clone();
    let stand = stand.again();
    stand.app.loader.load().await.expect("loaded");
    stand.withdraw().await;
    assert_eq!(stand.look().await, 0);
    let past: Vec<String> =
        (0..1500).map(|n| format!("2026-11-22 1{}:{:02}:{:02},order,o{n}", n / 3600, n / 60 % 60, n % 60)).collect();
    stand.import(&past).await;
    stand.grant("watch").await;
    assert_eq!(stand.look().await, 0, "a grant starts from now");
    for n in 0..3 {
        stand.later(15).await;
        stand.import(&[format!("2026-11-23 07:00:0{n},order,new{n}")]).await;
        counting.rows.store(0, Ordering::Relaxed);
        assert_eq!(stand.look().await, 1);
        let read = counting.rows.load(Ordering::Relaxed);
        assert!(read < 200, "{read} rows were read for one new order");
        stand.work().await;
    }
    let told = stand.told_ids().await;
    assert_eq!(told, [["new0", "new0"], ["new1", "new1"], ["new2", "new2"]], "placed and paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dated_ahead_is_told_when_its_day_comes_though_nothing_moved() {
    let stand = Stand::watching_files("shop(orders) on(order.paid)", Asia::Shanghai).await;
    stand.import(&["2026-11-25 09:00:00,order,ahead"]).await;
    assert_eq!(stand.look().await, 0, "the platform's clock is not two days ahead");
    let next: DateTime<Utc> = "2026-11-24T09:00:00+08:00".parse().expect("a time");
    stand.it_is(next).await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    assert_eq!(stand.told_ids().await, [["ahead"]]);
    assert_eq!(stand.look().await, 0);
}
