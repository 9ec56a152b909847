//! Looks what happened, shop by shop, and starts runs of the plugins that were granted to hear of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use futures::StreamExt as _;
use serde_json::Map;
use xiaoer_sdk::{Event, EventKind, Period};

use super::decision;
use super::record::{self, Cursor, Place, Started};
use crate::clock::Clock;
use crate::db::{DbError, SharedDb};
use crate::plugin::grant::{self, Grants};
use crate::plugin::loader::{Listed, Loader, State};
use crate::run::{AcceptError, NewRun, Runs, Trigger, new_id};
use crate::shop::mirror::Mirror;
use crate::shop::{Shop, Shops};

/// How often to look. What comes in between is told together.
const PAUSE: Duration = Duration::from_secs(5);
/// Shops looked at side by side.
const AT_ONCE: usize = 4;

/// Starts plugins on what happens.
pub struct Lookout {
    pub(super) db: SharedDb,
    clock: Clock,
    shops: Shops,
    mirror: Mirror,
    runs: Runs,
    plugins: (Arc<Loader>, Grants),
}

/// What a shop lets a plugin start on.
pub(super) struct Granted {
    pub(super) since: u64,
    pub(super) on: BTreeSet<EventKind>,
}

/// A shop at the moment of a look.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    shop: &'a Shop,
    pub(super) generation: u64,
    now: DateTime<Utc>,
    pub(super) today: NaiveDate,
}

impl Lookout {
    /// Over the shops' mirrors, and the plugins with what shops granted them.
    #[must_use]
    pub fn new(
        (db, clock): (SharedDb, Clock),
        (shops, mirror): (Shops, Mirror),
        runs: Runs,
        plugins: (Arc<Loader>, Grants),
    ) -> Self {
        Self { db, clock, shops, mirror, runs, plugins }
    }

    /// Looks again and again until the future ends.
    pub async fn work(&self, stop: impl Future<Output = ()>) {
        let looks = async {
            loop {
                // What went wrong is logged; the next look tries again.
                drop(self.look(self.clock.now()).await);
                tokio::time::sleep(PAUSE).await;
            }
        };
        // Stopping in the middle is safe: what is not committed is found by the next look.
        tokio::select! {
            () = stop => {}
            () = looks => {}
        }
    }

    /// Looks once at every shop, and says how many runs were started.
    ///
    /// # Errors
    /// As the database; of one shop's trouble the others notice nothing.
    pub async fn look(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let shops =
            self.shops.list().await.inspect_err(|error| tracing::error!(%error, "the shops cannot be listed"))?;
        let started = AtomicUsize::new(0);
        futures::stream::iter(&shops)
            .for_each_concurrent(AT_ONCE, |shop| {
                let started = &started;
                async move {
                    if let Err(error) = self.look_at(shop, now, started).await {
                        tracing::error!(shop = shop.id, %error, "it was not seen what happened in a shop");
                    }
                }
            })
            .await;
        Ok(started.into_inner())
    }

    async fn look_at(&self, shop: &Shop, now: DateTime<Utc>, started: &AtomicUsize) -> Result<(), DbError> {
        // Of a shop without a whole day of rows nothing can be told; its first rows are its past.
        let Some(head) = self.mirror.head(&shop.id).await? else { return Ok(()) };
        let today = now.with_timezone(&shop.zone).date_naive();
        let scene = Scene { shop, generation: head.generation, now, today };
        let mut gone = record::cursors(&*self.db, &shop.id).await?;
        for listed in self.plugins.0.listed().iter() {
            let Some(granted) = self.granted(shop, listed).await? else { continue };
            gone.retain(|(plugin, _)| *plugin != listed.identity);
            if listed.state != State::Ready {
                // One that comes back whole goes on where it was.
                continue;
            }
            let place = Place { shop: &shop.id, plugin: &listed.identity };
            match self.decide(scene, place, &granted).await {
                Ok(true) => _ = started.fetch_add(1, Ordering::Relaxed),
                // Somebody else decided, or what it relies on changed: the next look sees which.
                Ok(false) | Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        for (plugin, cursor) in gone {
            match (Place { shop: &shop.id, plugin: &plugin }).leave(&*self.db, &cursor).await {
                Ok(()) | Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What holds in a shop; none where a plugin is to be forgotten.
    async fn granted(&self, shop: &Shop, listed: &Listed) -> Result<Option<Granted>, DbError> {
        let starts = listed.manifest.as_ref().is_none_or(|manifest| !manifest.beyond.on.is_empty());
        if listed.state == State::Revoked || !starts {
            return Ok(None);
        }
        let grant = self.plugins.1.of(&shop.id, &listed.identity).await?.filter(|grant| !grant.withdrawn);
        let Some(grant) = grant else { return Ok(None) };
        // Of a broken one that cannot even be read the grant tells what it was.
        let holds = listed.manifest.as_ref().and_then(|manifest| grant::effective(manifest, Some(&grant)));
        let on = holds.map_or_else(|| grant.given.on.clone(), |holds| holds.beyond.on);
        Ok((!on.is_empty()).then_some(Granted { since: grant.since, on }))
    }

    /// One plugin in one shop: whether a run was started.
    async fn decide(&self, scene: Scene<'_>, place: Place<'_>, granted: &Granted) -> Result<bool, DbError> {
        let cursor = self.in_step(scene, place, granted).await?;
        if cursor.generation == scene.generation {
            return Ok(false);
        }
        let open = match &cursor.last {
            Some(last) => self.runs.get(place.shop, &last.run).await?.is_some_and(|run| !run.state.is_over()),
            None => false,
        };
        if !decision::may_start(&cursor, open, scene.now) {
            return Ok(false);
        }
        let mut found = Vec::new();
        for kind in &cursor.on {
            found.extend(self.news(scene, place, (*kind, cursor.generation)).await?);
        }
        if found.is_empty() {
            let after = Cursor { generation: scene.generation, ..cursor.clone() };
            self.db.commit(place.onward(Some(&cursor), &after)).await?;
            return Ok(false);
        }
        self.start(scene, place, (&cursor, found)).await
    }

    /// What came since a generation and was not told: where it is known what came, nothing else is read.
    async fn news(
        &self,
        scene: Scene<'_>,
        place: Place<'_>,
        (kind, since): (EventKind, u64),
    ) -> Result<Vec<Event>, DbError> {
        let days = decision::window(scene.today);
        let came = self.mirror.happened_since(scene.shop, (since, scene.generation), (kind, days)).await?;
        match came {
            Some(events) => place.news(&*self.db, events, decision::kept(scene.today)).await,
            None => self.untold(scene, place, (kind, days)).await,
        }
    }

    /// What was not told of some days, by looking through all of their rows.
    pub(super) async fn untold(
        &self,
        scene: Scene<'_>,
        place: Place<'_>,
        (kind, period): (EventKind, Period),
    ) -> Result<Vec<Event>, DbError> {
        let known = place.known(&*self.db, kind).await?;
        self.mirror.happened(scene.shop, scene.generation, kind, (period, &known)).await
    }

    /// The run, what it is told and how far that goes, in one commit.
    async fn start(
        &self,
        scene: Scene<'_>,
        place: Place<'_>,
        (cursor, found): (&Cursor, Vec<Event>),
    ) -> Result<bool, DbError> {
        let (events, left) = decision::told(found);
        let (skill, count) = (place.plugin.name.as_str(), events.len());
        let marked = events.iter().fold(Default::default(), |batch, event| place.tell(batch, event));
        let wish = NewRun { skill, input: &Map::new(), as_of: None, trigger: Trigger::Event { events } };
        let (run, stored) = match self.runs.prepare(scene.shop, &wish, new_id(&self.clock)).await {
            Ok(prepared) => prepared,
            Err(AcceptError::Db(error)) => return Err(error),
            Err(other) => {
                tracing::warn!(shop = place.shop, skill, %other, "a plugin cannot be started; its events wait");
                return Ok(false);
            }
        };
        if run.identity().as_ref() != Some(place.plugin) {
            // Another author's has taken its name since the list was read.
            return Ok(false);
        }
        let last = Started { run: run.id.clone(), at: scene.now, full: left };
        let generation = if left { cursor.generation } else { scene.generation };
        let after = Cursor { generation, runs: cursor.runs + 1, last: Some(last), ..cursor.clone() };
        self.db.commit(place.onward(Some(cursor), &after).and(marked).and(stored)).await?;
        tracing::info!(shop = place.shop, skill, run = run.id, events = count, "events started a run");
        self.runs.stored(&run.id);
        Ok(true)
    }
}
