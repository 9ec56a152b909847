//! Fetches what messages were about and shows it in the mirror.
//!
//! Every shop has its own round, so that a platform that does not answer for one holds up no other. An object leaves the inbox only
//! after its rows are shown; a process that dies in between fetches it once more, which changes nothing. A failed fetch is tried
//! again with growing pauses and then given up for the merchant to see; the next sync brings it anyway.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::inbox::Waiting;
use super::{Inbox, Object};
use crate::clock::Clock;
use crate::db::{DbError, Key};
use crate::shop::mirror::{Mirror, Pushed, Shown};
use crate::shop::platform::{Listed, Platform, ReadError};
use crate::shop::{Connect, Link, Shop, ShopError, Shops};
use crate::telemetry::metrics;

/// Objects of a shop looked at in one round.
const ROUND: usize = 64;
/// Objects fetched side by side; the platform's own pace is kept by the shop's gate.
const AT_ONCE: usize = 8;
/// No fetch takes longer: others wait behind it.
const LONGEST: Duration = Duration::from_secs(10);
/// Tries before an object is given up: a little less than an hour.
const MOST_TRIES: u32 = 12;
/// The pause after the first failure; doubled each time.
const PAUSE: TimeDelta = TimeDelta::seconds(2);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// How often it is looked what is due again.
const TICK: Duration = Duration::from_millis(500);
/// How often the platform is asked what it could not deliver.
const REPLAY: Duration = Duration::from_secs(180);
/// Lists of missed messages read in one go.
const MOST_LISTS: usize = 500;
/// How often what is old is forgotten.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Hears when a shop's mirror shows other rows.
#[async_trait::async_trait]
pub trait Watcher: Send + Sync {
    /// Pushed rows are shown since now.
    async fn rows_changed(&self, shop: &Shop);
}

/// Handles the messages of all shops.
pub struct Worker {
    clock: Clock,
    shops: Shops,
    mirror: Mirror,
    connect: Arc<dyn Connect>,
    inbox: Inbox,
    watcher: Arc<dyn Watcher>,
    /// Where each shop's next round begins, so that a long row of objects is walked through and not begun again and again.
    places: Mutex<HashMap<String, Key>>,
}

impl Worker {
    /// Over the inbox and the mirrors.
    #[must_use]
    pub fn new(
        clock: Clock,
        (shops, mirror): (Shops, Mirror),
        connect: Arc<dyn Connect>,
        inbox: Inbox,
        watcher: Arc<dyn Watcher>,
    ) -> Self {
        Self { clock, shops, mirror, connect, inbox, watcher, places: Mutex::default() }
    }

    /// Handles messages, asks for missed ones and forgets old ones until the future ends. Stopping in the middle is safe.
    pub async fn work(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = self.rounds() => {}
            () = self.replays() => {}
            () = self.sweeps() => {}
        }
    }

    async fn rounds(&self) {
        let (mut rounds, mut busy) = (FuturesUnordered::new(), HashSet::new());
        let mut look = true;
        loop {
            for shop in if look { self.with_platform().await } else { Vec::new() } {
                if busy.insert(shop.id.clone()) {
                    rounds.push(async move {
                        let handled = self.round(&shop).await.unwrap_or_else(|error| {
                            tracing::error!(shop = shop.id, %error, "pushes cannot be handled");
                            0
                        });
                        (shop.id, handled)
                    });
                }
            }
            look = tokio::select! {
                () = self.inbox.news() => true,
                () = tokio::time::sleep(TICK) => true,
                Some((shop, handled)) = rounds.next(), if !rounds.is_empty() => {
                    busy.remove(&shop);
                    handled > 0
                }
            };
        }
    }

    async fn replays(&self) {
        loop {
            for shop in self.with_platform().await {
                if let Err(error) = self.replay(&shop).await {
                    tracing::warn!(shop = shop.id, %error, "missed pushes cannot be taken");
                }
            }
            tokio::time::sleep(REPLAY).await;
        }
    }

    async fn sweeps(&self) {
        loop {
            for shop in self.with_platform().await {
                if let Err(error) = self.inbox.sweep(&shop.id).await {
                    tracing::error!(shop = shop.id, %error, "old pushes cannot be forgotten");
                }
            }
            tokio::time::sleep(SWEEP).await;
        }
    }

    async fn with_platform(&self) -> Vec<Shop> {
        let shops = self.shops.list().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the shops cannot be listed");
            Vec::new()
        });
        shops.into_iter().filter(|shop| matches!(shop.link, Link::Alibaba { .. })).collect()
    }

    /// Fetches and shows some of what is due for a shop; 0 when nothing is to be done before something new comes.
    async fn round(&self, shop: &Shop) -> Result<usize, DbError> {
        let place = self.place(&shop.id);
        let (due, next) = self.inbox.due(&shop.id, (place, ROUND)).await?;
        let more = usize::from(next.is_some());
        self.go_on(&shop.id, next);
        if due.is_empty() {
            return Ok(more);
        }
        if !self.mirror.can_show(&shop.id).await? {
            return Ok(0);
        }
        let platform = match self.connect.platform(shop).await {
            Ok(platform) => platform,
            Err(error) => {
                for waiting in &due {
                    self.failed(shop, waiting, &error.to_string()).await?;
                }
                return Ok(0);
            }
        };
        let fetched = futures::stream::iter(due).map(|waiting| async {
            let rows = fetch(&*platform, &waiting.object).await;
            (waiting, rows)
        });
        // Whatever is there is shown together; what takes long is waited for by nobody else.
        let mut ready = fetched.buffer_unordered(AT_ONCE).ready_chunks(ROUND);
        let mut handled = 0;
        while let Some(chunk) = ready.next().await {
            handled += self.show(shop, chunk).await?;
        }
        Ok(handled)
    }

    async fn show(
        &self,
        shop: &Shop,
        fetched: Vec<(Waiting, Result<Vec<Pushed>, ReadError>)>,
    ) -> Result<usize, DbError> {
        let (mut rows, mut done) = (Vec::new(), Vec::new());
        for (waiting, result) in fetched {
            match result {
                Ok(found) => {
                    rows.extend(found);
                    done.push(waiting);
                }
                Err(error) => self.failed(shop, &waiting, &error.to_string()).await?,
            }
        }
        match self.mirror.show(shop, rows).await {
            Ok(Shown::At(generation)) => {
                tracing::debug!(shop = shop.id, generation, objects = done.len(), "pushed rows are shown");
                self.watcher.rows_changed(shop).await;
            }
            Ok(Shown::Known) => {}
            // A sync is beside it that leaves no room, or another process was quicker: all of it waits on.
            Ok(Shown::NotYet) | Err(DbError::Conflict) => return Ok(0),
            Err(error) => return Err(error),
        }
        let now = self.clock.now();
        let settled = done.iter().map(|waiting| self.inbox.settle(&shop.id, waiting));
        futures::future::try_join_all(settled).await?;
        for waiting in &done {
            metrics::push_handled("shown", (now - waiting.since).to_std().unwrap_or_default());
        }
        Ok(done.len())
    }

    async fn failed(&self, shop: &Shop, waiting: &Waiting, why: &str) -> Result<(), DbError> {
        let now = self.clock.now();
        let tries = waiting.tries + 1;
        if tries >= MOST_TRIES {
            tracing::warn!(shop = shop.id, tries, why, "an object of a push was given up");
            metrics::push_handled("failed", (now - waiting.since).to_std().unwrap_or_default());
            return self.inbox.give_up(&shop.id, waiting, why.to_owned()).await;
        }
        let pause = (PAUSE * 2_i32.saturating_pow(waiting.tries.min(10))).min(LONGEST_PAUSE);
        self.inbox.put_off(&shop.id, waiting, now + pause).await
    }

    /// Takes what the platform could not deliver, for a shop that hears pushes, and says how many messages were new. What the platform
    /// has answered it forgets, so each list is stored before the next is asked for.
    ///
    /// # Errors
    /// As the way to the shop, and as the database. A platform that refuses is asked again later.
    pub async fn replay(&self, shop: &Shop) -> Result<usize, ShopError> {
        let Link::Alibaba { member_id, .. } = &shop.link else { return Ok(0) };
        if self.mirror.last_heard(&shop.id).await?.is_none() {
            return Ok(0);
        }
        let platform = self.connect.platform(shop).await?;
        let mut new = 0;
        for _ in 0..MOST_LISTS {
            let page = match platform.messages(member_id).await {
                Ok(page) if page.is_empty() => break,
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(shop = shop.id, %error, "missed pushes cannot be read; the sync closes the gap");
                    break;
                }
            };
            metrics::pushes("unreadable", page.unreadable.len());
            let (ours, others): (Vec<_>, Vec<_>) =
                page.rows.into_iter().partition(|message| message.member == *member_id);
            metrics::pushes("refused", others.len());
            new += self.inbox.take(shop, &ours).await?;
        }
        Ok(new)
    }

    fn place(&self, shop: &str) -> Option<Key> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).get(shop).cloned()
    }

    fn go_on(&self, shop: &str, next: Option<Key>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        match next {
            Some(next) => places.insert(shop.to_owned(), next),
            None => places.remove(shop),
        };
    }
}

/// The rows of an object as they stand now.
async fn fetch(platform: &dyn Platform, object: &Object) -> Result<Vec<Pushed>, ReadError> {
    let rows = async {
        Ok(match object {
            Object::Order(id) => vec![Pushed::Order(Box::new(platform.order(id).await?))],
            Object::RefundsOf(order) => {
                let refunds = platform.refunds_of(order).await?;
                refunds.into_iter().map(|refund| Pushed::Refund(Box::new(refund))).collect()
            }
            Object::Product(id) => match platform.product(id).await? {
                Listed::Here(product) => vec![Pushed::Product(product)],
                Listed::Gone { id } => vec![Pushed::Gone { product: id }],
            },
        })
    };
    let late = |_| ReadError::Unreachable { why: "平台没有在限定时间内应答".into() };
    tokio::time::timeout(LONGEST, rows).await.map_err(late)?
}
