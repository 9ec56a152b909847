//! Deliveries: what is to be sent where, how often it was tried, and when to try again. Their state is their own: a report is done
//! whether or not it arrives.
//!
//! A try is claimed in the database before the channel is called. Killed in between, the claim runs out and the letter goes again
//! with the same id: at least once, and the id lets the receiver drop a double. Two processes never try the same delivery at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;

use super::progress::{Delivery, OPEN, OVER};
use super::{Channels, DeliveryError, Letter};
use crate::clock::Clock;
use crate::db::{self, Batch, Db, DbError, Key, Scan, SharedDb, Table};

/// How often to look for deliveries that are due.
const PAUSE: Duration = Duration::from_secs(3);
/// How long a channel may take over one try.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a claim holds; longer than any try takes.
const CLAIM: TimeDelta = TimeDelta::seconds(120);
/// Tries side by side.
const AT_ONCE: usize = 8;

/// Sends letters.
pub struct Deliveries {
    db: SharedDb,
    clock: Clock,
    channels: Channels,
}

impl Deliveries {
    /// Over a database and the open channels.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, channels: Channels) -> Self {
        Self { db, clock, channels }
    }

    /// What sends a letter to these channels: commit it together with the report.
    #[must_use]
    pub fn plan(letter: &Letter, channels: &[String], now: DateTime<Utc>) -> Batch {
        channels.iter().fold(Batch::new(), |batch, channel| {
            let delivery = Delivery::planned(letter, channel, now);
            batch.put(Table::Deliveries, delivery.key(), &delivery)
        })
    }

    /// Looks again and again until the future ends.
    pub async fn work(&self, stop: impl Future<Output = ()>) {
        let look = async {
            loop {
                if let Err(error) = self.step(self.clock.now()).await {
                    tracing::error!(%error, "deliveries cannot be read or recorded; will look again");
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = look => {}
        }
    }

    /// Tries every delivery that is due, and says how many.
    ///
    /// # Errors
    /// As the database; the deliveries stay as they were or are tried again with the same id.
    pub async fn step(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let mut due = Vec::new();
        for shop in shops(&*self.db).await? {
            let open: Vec<Delivery> =
                db::scan(&*self.db, Table::Deliveries, Scan::under(&Key::of(&shop).part(OPEN))).await?;
            due.extend(open.into_iter().filter(|delivery| delivery.is_due(now)));
        }
        let tried = AtomicUsize::new(0);
        let results: Vec<Result<(), DbError>> = futures::stream::iter(due)
            .map(|delivery| async {
                if self.attempt(delivery, now).await? {
                    tried.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        results.into_iter().collect::<Result<(), DbError>>()?;
        Ok(tried.into_inner())
    }

    /// False when another process was quicker.
    async fn attempt(&self, before: Delivery, now: DateTime<Utc>) -> Result<bool, DbError> {
        let claimed = before.claimed(self.clock.now().max(now) + CLAIM);
        if !self.replace(&before, &claimed).await? {
            return Ok(false);
        }
        let sent = self.send(&claimed).await;
        let after = claimed.clone().judged(sent, self.clock.now().max(now));
        let (shop, run, channel) = (&after.shop, &after.run, &after.channel);
        match &after.last_failure {
            None => tracing::info!(shop, run, channel, "delivered"),
            Some(why) => tracing::warn!(
                shop,
                run,
                channel,
                attempts = after.attempts,
                status = after.status.label(),
                why,
                "not delivered"
            ),
        }
        self.replace(&claimed, &after).await?;
        Ok(true)
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        let Some(channel) = self.channels.get(&delivery.channel) else {
            return Err(DeliveryError::Permanent(format!("渠道“{}”已不在 agents.toml 里", delivery.channel)));
        };
        let Some(letter) = &delivery.letter else {
            return Err(DeliveryError::Permanent("信件内容已不在".into()));
        };
        let channel = Arc::clone(channel);
        tokio::time::timeout(PATIENCE, channel.deliver(letter))
            .await
            .unwrap_or_else(|_| Err(DeliveryError::Unknown("渠道没有及时回应，不能确定是否收到".into())))
    }

    /// False when somebody else changed it first.
    async fn replace(&self, before: &Delivery, after: &Delivery) -> Result<bool, DbError> {
        let mut batch = Batch::new().expect(Table::Deliveries, before.key(), before);
        if before.key() != after.key() {
            batch = batch.delete(Table::Deliveries, before.key());
        }
        match self.db.commit(batch.put(Table::Deliveries, after.key(), after)).await {
            Ok(()) => Ok(true),
            Err(DbError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The deliveries of a run, those still open first.
///
/// # Errors
/// As the database.
pub async fn of_run(db: &dyn Db, shop: &str, run: &str) -> Result<Vec<Delivery>, DbError> {
    let mut found = Vec::new();
    for part in [OPEN, OVER] {
        found.extend(db::scan(db, Table::Deliveries, Scan::under(&Key::of(shop).part(part).part(run))).await?);
    }
    Ok(found)
}

/// Every shop that has or had deliveries, by jumping from one shop's keys to the next.
async fn shops(db: &dyn Db) -> Result<Vec<String>, DbError> {
    let mut shops = Vec::new();
    let mut scan = Scan::under(&Key::global());
    loop {
        let first = db.scan(Table::Deliveries, scan.limit(1)).await?;
        let Some(shop) = first.first().and_then(|row| row.key.texts(1).pop()) else { return Ok(shops) };
        scan = Scan::between(&Key::of(&shop).part("\u{10ffff}"), &Key::global());
        shops.push(shop);
    }
}
