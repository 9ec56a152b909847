//! What came and was stored: numbers of messages, so that none is taken twice, and the objects that wait to be fetched.
//!
//! A message and the objects it is about are one commit, answered when it is durable; the database takes many such commits with one
//! flush. A later message about an object that still waits takes the earlier one's place. Nothing of a message's content is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::{Message, Object};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::shop::Shop;
use crate::shop::mirror::Mirror;
use crate::telemetry::metrics;

/// How long a message's number is known. Nobody published how long a platform tries again; a late twin is only fetched once more.
const KEPT: TimeDelta = TimeDelta::days(7);
/// Rows looked at in one go.
const CHUNK: usize = 1_000;

/// A message that was taken.
#[derive(Serialize, Deserialize)]
struct Taken {
    at: DateTime<Utc>,
    topic: String,
}

/// An object that is to be fetched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) object: Object,
    /// The newest message about it: who fetched for an older one finds that it changed.
    pub(super) by: String,
    /// When the first message came that nobody has fetched for.
    pub(super) since: DateTime<Utc>,
    /// Not before this.
    pub(super) due: DateTime<Utc>,
    /// Tries that failed.
    pub(super) tries: u32,
}

/// An object that could not be fetched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub object: Object,
    /// When its message came.
    pub since: DateTime<Utc>,
    /// One Chinese sentence.
    pub why: String,
}

/// How the pushes of a shop are doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// When the last message came; none if none ever did.
    pub last: Option<DateTime<Utc>>,
    /// Objects that wait to be fetched.
    pub waiting: usize,
    /// Since when the oldest of them waits.
    pub oldest: Option<DateTime<Utc>>,
    /// Objects that were given up; the next sync brings them.
    pub failed: Vec<Failed>,
}

/// The messages of all shops.
#[derive(Clone)]
pub struct Inbox {
    db: SharedDb,
    clock: Clock,
    mirror: Mirror,
    wake: Arc<Notify>,
}

impl Inbox {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, mirror: Mirror) -> Self {
        Self { db, clock, mirror, wake: Arc::default() }
    }

    /// Stores messages of a shop and says how many of them were new. When this answers, none of them can be lost.
    ///
    /// # Errors
    /// As the database; then nothing was stored.
    pub async fn take(&self, shop: &Shop, messages: &[Message]) -> Result<usize, DbError> {
        loop {
            let new = self.unknown(shop, messages).await?;
            metrics::pushes("duplicate", messages.len() - new.len());
            if new.is_empty() {
                return Ok(0);
            }
            match self.db.commit(self.batch(shop, &new).await?).await {
                Ok(()) => {
                    metrics::pushes("received", new.len());
                    metrics::pushes("passed_over", new.iter().filter(|message| message.about.is_empty()).count());
                    self.wake.notify_one();
                    return Ok(new.len());
                }
                // A twin was quicker.
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn unknown<'a>(&self, shop: &Shop, messages: &'a [Message]) -> Result<Vec<&'a Message>, DbError> {
        let mut numbers = BTreeSet::new();
        let mut new = Vec::new();
        for message in messages {
            let known = self.db.get(Table::PushSeen, &taken_key(shop, message)).await?.is_some();
            if !known && numbers.insert(&message.id) {
                new.push(message);
            }
        }
        Ok(new)
    }

    async fn batch(&self, shop: &Shop, messages: &[&Message]) -> Result<Batch, DbError> {
        let now = self.clock.now();
        let mut batch = Mirror::hears(&shop.id, now);
        for message in messages {
            let key = taken_key(shop, message);
            let taken = Taken { at: now, topic: message.topic.clone() };
            batch = batch.expect_absent(Table::PushSeen, key.clone()).put(Table::PushSeen, key, &taken);
            for object in &message.about {
                let key = object.key(&shop.id);
                let before: Option<Waiting> = db::get(&*self.db, Table::PushWaiting, &key).await?;
                let since = before.map_or(now, |before| before.since);
                let waiting = Waiting { object: object.clone(), by: message.id.clone(), since, due: now, tries: 0 };
                batch = batch.put(Table::PushWaiting, key.clone(), &waiting).delete(Table::PushFailed, key);
            }
        }
        Ok(batch)
    }

    /// How the pushes of a shop are doing.
    ///
    /// # Errors
    /// As the database.
    pub async fn standing(&self, shop: &str) -> Result<Standing, DbError> {
        let all = Scan::under(&Key::of(shop));
        let waiting: Vec<Waiting> = db::scan(&*self.db, Table::PushWaiting, all.clone()).await?;
        Ok(Standing {
            last: self.mirror.last_heard(shop).await?,
            waiting: waiting.len(),
            oldest: waiting.iter().map(|waiting| waiting.since).min(),
            failed: db::scan(&*self.db, Table::PushFailed, all).await?,
        })
    }

    /// Returns when messages came since it was last asked.
    pub(super) async fn news(&self) {
        self.wake.notified().await;
    }

    /// Up to so many objects that are due, behind that key, and where to go on; none from the beginning.
    pub(super) async fn due(
        &self,
        shop: &str,
        (after, most): (Option<Key>, usize),
    ) -> Result<(Vec<Waiting>, Option<Key>), DbError> {
        let mut scan = Scan::under(&Key::of(shop)).limit(most);
        if let Some(after) = &after {
            scan = scan.after(after);
        }
        let rows = self.db.scan(Table::PushWaiting, scan).await?;
        let next = rows.last().filter(|_| rows.len() == most).map(|row| row.key.clone());
        let now = self.clock.now();
        let mut due = Vec::new();
        for row in &rows {
            let waiting: Waiting = db::decode(Table::PushWaiting, &row.value)?;
            if waiting.due <= now {
                due.push(waiting);
            }
        }
        Ok((due, next))
    }

    /// It was fetched and is shown, unless another message came meanwhile: then it waits on.
    pub(super) async fn settle(&self, shop: &str, waiting: &Waiting) -> Result<(), DbError> {
        let key = waiting.object.key(shop);
        self.replace(shop, waiting, Batch::new().delete(Table::PushWaiting, key)).await
    }

    /// It could not be fetched and is tried again at a later time.
    pub(super) async fn put_off(&self, shop: &str, waiting: &Waiting, due: DateTime<Utc>) -> Result<(), DbError> {
        let later = Waiting { due, tries: waiting.tries + 1, ..waiting.clone() };
        let key = waiting.object.key(shop);
        self.replace(shop, waiting, Batch::new().put(Table::PushWaiting, key, &later)).await
    }

    /// It is not tried again until another message comes.
    pub(super) async fn give_up(&self, shop: &str, waiting: &Waiting, why: String) -> Result<(), DbError> {
        let key = waiting.object.key(shop);
        let failed = Failed { object: waiting.object.clone(), since: waiting.since, why };
        let batch = Batch::new().delete(Table::PushWaiting, key.clone()).put(Table::PushFailed, key, &failed);
        self.replace(shop, waiting, batch).await
    }

    async fn replace(&self, shop: &str, waiting: &Waiting, batch: Batch) -> Result<(), DbError> {
        match self.db.commit(batch.expect(Table::PushWaiting, waiting.object.key(shop), waiting)).await {
            // Another message came meanwhile and its object waits again.
            Err(DbError::Conflict) => Ok(()),
            other => other,
        }
    }

    /// Forgets numbers of messages that are old, and failures that a sync has made good.
    ///
    /// # Errors
    /// As the database.
    pub async fn sweep(&self, shop: &str) -> Result<usize, DbError> {
        let old = self.clock.now() - KEPT;
        let mut swept = self.sweep_failed(shop).await?;
        let mut scan = Scan::under(&Key::of(shop)).limit(CHUNK);
        loop {
            let rows = self.db.scan(Table::PushSeen, scan).await?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(swept) };
            let mut batch = Batch::new();
            for row in rows {
                let taken: Taken = db::decode(Table::PushSeen, &row.value)?;
                if taken.at < old {
                    batch = batch.delete(Table::PushSeen, row.key);
                }
            }
            swept += batch.len();
            if !batch.is_empty() {
                self.db.commit(batch).await?;
            }
            scan = Scan::under(&Key::of(shop)).limit(CHUNK).after(&last);
        }
    }

    /// A sync that read everything up to a time behind the message has read what it was about.
    async fn sweep_failed(&self, shop: &str) -> Result<usize, DbError> {
        let Some(head) = self.mirror.head(shop).await? else { return Ok(0) };
        let failed: Vec<Failed> = db::scan(&*self.db, Table::PushFailed, Scan::under(&Key::of(shop))).await?;
        let mut batch = Batch::new();
        for one in failed {
            let reached = match one.object {
                Object::Order(_) => head.reached.orders,
                Object::RefundsOf(_) => head.reached.refunds,
                Object::Product(_) => head.reached.products,
            };
            if reached.is_some_and(|reached| reached > one.since) {
                let key = one.object.key(shop);
                batch = batch.expect(Table::PushFailed, key.clone(), &one).delete(Table::PushFailed, key);
            }
        }
        let swept = batch.len();
        if swept > 0 {
            self.db.commit(batch).await?;
        }
        Ok(swept)
    }
}

fn taken_key(shop: &Shop, message: &Message) -> Key {
    Key::of(&shop.id).part(&message.id)
}
