//! Keeping mirrors fresh: sync a shop, settle what its actions wait for (after a push too), sweep what no run needs any more.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::sync::Mutex as AsyncMutex;
use xiaoer_sdk::Change;

use crate::action::desk::Desk;
use crate::clock::Clock;
use crate::db::DbError;
use crate::run::events::Bell;
use crate::shop::mirror::Mirror;
use crate::shop::push::Watcher;
use crate::shop::sync::{self, SyncOutcome, SyncProgress};
use crate::shop::{Connect, Link, Seen, Shop, Shops};

/// The bell's name for news about a shop's mirror.
#[must_use]
pub fn ring_of(shop: &str) -> String {
    format!("mirror {shop}")
}

/// Keeps mirrors fresh.
pub struct Upkeep {
    clock: Clock,
    bell: Bell,
    shops: Shops,
    mirror: Mirror,
    connect: Arc<dyn Connect>,
    desk: Desk,
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// A shop's place in the queue and how its sync is doing.
#[derive(Default)]
struct Place {
    one_at_a_time: AsyncMutex<()>,
    state: Mutex<SyncState>,
}

/// How a shop's sync is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SyncState {
    /// Nothing was tried since the start.
    #[default]
    Idle,
    /// Under way.
    Running(SyncProgress),
    /// The last one worked.
    Fresh,
    /// The last one did not; one Chinese sentence.
    Failed(String),
}

/// Why a mirror could not be made fresh; one Chinese sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UpkeepError(pub String);

impl Upkeep {
    /// Over the shops and their mirrors.
    #[must_use]
    pub fn new(
        (clock, bell): (Clock, Bell),
        (shops, mirror): (Shops, Mirror),
        connect: Arc<dyn Connect>,
        desk: Desk,
    ) -> Self {
        Self { clock, bell, shops, mirror, connect, desk, places: Mutex::default() }
    }

    /// How a shop's sync is doing.
    pub fn state(&self, shop: &str) -> SyncState {
        self.place(shop).state.lock().expect("nothing panics while reading it").clone()
    }

    /// Syncs a shop that has a platform, then settles and sweeps. Whoever comes while another syncs waits for that one and syncs again,
    /// which is cheap.
    ///
    /// # Errors
    /// [`UpkeepError`]; what was read before the failure is kept and the next sync goes on from there.
    pub async fn sync(&self, shop: &Shop) -> Result<Option<SyncOutcome>, UpkeepError> {
        if matches!(shop.link, Link::Files) {
            self.tidy(shop).await?;
            return Ok(None);
        }
        let place = self.place(&shop.id);
        let _turn = place.one_at_a_time.lock().await;
        let tell = |state: SyncState| {
            *place.state.lock().expect("nothing panics while storing it") = state;
            self.bell.ring(&ring_of(&shop.id));
        };
        let platform = self.connect.in_background(shop).await.map_err(|e| UpkeepError(e.to_string()))?;
        let progress = |progress: SyncProgress| tell(SyncState::Running(progress));
        match sync::sync(shop, &*platform, &self.mirror, &self.clock, &progress).await {
            Ok(outcome) => {
                self.tidy(shop).await?;
                tell(SyncState::Fresh);
                Ok(Some(outcome))
            }
            Err(error) => {
                tracing::warn!(shop = shop.id, %error, "a sync did not finish; the next one goes on from there");
                tell(SyncState::Failed(error.to_string()));
                Err(UpkeepError(error.to_string()))
            }
        }
    }

    /// Syncs every shop again and again until the future ends. Each shop goes at its own pace: one whose first sync takes an hour holds
    /// up no other, and is not begun again before it is through.
    pub async fn work(&self, every: Duration, stop: impl Future<Output = ()>) {
        let rounds = async {
            let mut under_way = FuturesUnordered::new();
            let mut busy: HashSet<String> = HashSet::new();
            loop {
                match self.shops.list().await {
                    Ok(shops) => {
                        for shop in shops.into_iter().filter(|shop| busy.insert(shop.id.clone())) {
                            under_way.push(async move {
                                // What went wrong is logged and shown; the next round tries again.
                                drop(self.sync(&shop).await);
                                shop.id
                            });
                        }
                    }
                    Err(error) => tracing::error!(%error, "the shops cannot be listed"),
                }
                let mut pause = std::pin::pin!(tokio::time::sleep(every));
                loop {
                    tokio::select! {
                        () = &mut pause => break,
                        Some(through) = under_way.next(), if !under_way.is_empty() => { busy.remove(&through); }
                    }
                }
            }
        };
        // Stopping in the middle is safe: a half sync shows nothing and goes on at the next start.
        tokio::select! {
            () = stop => {}
            () = rounds => {}
        }
    }

    async fn tidy(&self, shop: &Shop) -> Result<(), UpkeepError> {
        let unreadable = |error: DbError| UpkeepError(format!("本地数据读不出来：{error}"));
        self.settle(shop).await.map_err(unreadable)?;
        self.mirror.sweep(&shop.id).await.map_err(unreadable)?;
        Ok(())
    }

    /// What the object of a change shows now: at the platform, or for a shop of files in what was imported.
    ///
    /// # Errors
    /// The shop cannot be read, or does not have the object.
    pub async fn seen_now(&self, shop: &Shop, change: &Change) -> Result<Seen, UpkeepError> {
        if matches!(shop.link, Link::Files) {
            let unreadable = |error: DbError| UpkeepError(format!("本地数据读不出来：{error}"));
            let generation = self.mirror.generation(&shop.id).await.map_err(unreadable)?;
            let seen = self.mirror.seen(shop, generation, change).await.map_err(unreadable)?;
            let (word, id) = (change.target().word(), change.target().id());
            return seen.ok_or_else(|| UpkeepError(format!("店铺数据里没有{word} {id}")));
        }
        let platform = self.connect.platform(shop).await.map_err(|error| UpkeepError(error.to_string()))?;
        platform.look(change).await.map_err(|error| UpkeepError(error.to_string()))
    }

    /// What the platform shows where the mirror keeps nothing; none when it cannot be asked, which settles nothing.
    async fn look(&self, shop: &Shop, change: &Change) -> Option<String> {
        let platform = self.connect.platform(shop).await.ok()?;
        platform.look(change).await.ok().map(|seen| seen.value)
    }

    /// What a person did by hand may be confirmed by the newest rows.
    async fn settle(&self, shop: &Shop) -> Result<(), DbError> {
        let Some(head) = self.mirror.head(&shop.id).await? else { return Ok(()) };
        let shows = |change| async move {
            match self.mirror.shows(shop, head.generation, &change).await? {
                Some(shown) => Ok(Some(shown)),
                None => Ok(self.look(shop, &change).await),
            }
        };
        self.desk.settle(shop, shows).await
    }

    fn place(&self, shop: &str) -> Arc<Place> {
        let mut places = self.places.lock().expect("nothing panics while looking up");
        Arc::clone(places.entry(shop.to_owned()).or_default())
    }
}

#[async_trait::async_trait]
impl Watcher for Upkeep {
    async fn rows_changed(&self, shop: &Shop) {
        if let Err(error) = self.settle(shop).await {
            tracing::error!(shop = shop.id, %error, "actions could not be settled after a push");
        }
        self.bell.ring(&ring_of(&shop.id));
    }
}
