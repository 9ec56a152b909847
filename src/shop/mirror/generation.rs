//! Writes the next generation: rows in many commits that nobody sees, then one commit that moves the head.
//!
//! A commit may be handed over and waited for with the next one, so that the disk and the network work at the same time; one at most is
//! under way. Every commit replaces the writer's own record, so two writers of one shop can never mix their rows: the second one's first
//! commit fences the first one out. A killed sync leaves its rows and its cursor and goes on from there; a killed import leaves rows
//! that are thrown away, since doing it again is simpler than knowing how far it came.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::Poll;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use super::news::{Brought, News};
use super::row::{Mirrored, Origin, Provenance, Version, day_key, row_key};
use super::sweep::Garbage;
use super::{Mirror, Top, clear, pushed, top_key, turn_of};
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::shop::Shop;

/// What a writer writes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Goes on where a killed one stopped.
    Sync,
    /// Begins anew.
    Import,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was not there.
    New,
    /// It was there and is another now.
    Changed,
    /// It was there and is the same.
    Unchanged,
    /// It was there from a better source and stays as it was.
    Kept,
}

/// The writer's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Staging {
    pub(super) generation: u64,
    purpose: Purpose,
    /// Rows of another writer are still being thrown away.
    clearing: bool,
    /// Rows written under this generation so far.
    rows: u64,
    /// Counts commits, so that no two records are ever equal.
    commits: u64,
    /// Where a sync goes on.
    cursor: Option<Value>,
}

/// Writes the next generation of one shop.
pub struct GenerationWriter {
    pub(super) db: SharedDb,
    pub(super) shop: Shop,
    top: Option<Top>,
    staging: Staging,
    pub(super) batch: Batch,
    /// Values of this batch, which the database does not show yet.
    pending: HashMap<Key, Vec<u8>>,
    under_way: Option<UnderWay>,
    rows: u64,
    /// Moving the head: a push may do it while this writer is at work.
    heads: Arc<tokio::sync::Mutex<()>>,
    /// None in a rehearsal, whose commits go nowhere.
    only: Option<OwnedMutexGuard<()>>,
    brought: Brought,
    news: News,
}

/// A commit that was handed over and is not answered yet.
struct UnderWay {
    answer: BoxFuture<'static, Result<(), DbError>>,
    /// Its values, which the database may not show yet.
    values: HashMap<Key, Vec<u8>>,
}

impl Mirror {
    /// Begins to write, or goes on with what a killed sync left. Waits while another writer of this process is at work.
    ///
    /// # Errors
    /// [`DbError::Conflict`] when another process writes to this shop, and as the database.
    pub async fn begin(&self, shop: &Shop, purpose: Purpose) -> Result<GenerationWriter, DbError> {
        let only = turn_of(&self.writers, &shop.id).lock_owned().await;
        let heads = turn_of(&self.heads, &shop.id);
        let turn = heads.lock().await;
        let top = self.top(&shop.id).await?;
        let found: Option<Staging> = self.staging(&shop.id).await?;
        let next = top.as_ref().map_or(0, |top| top.generation) + 1 + self.room(&shop.id).await?;
        // The number of a writer that was given up is used again: what it left is known by it.
        let generation = found.as_ref().map_or(next, |found| found.generation);
        let resumed = found.clone().filter(|s| s.purpose == Purpose::Sync && purpose == Purpose::Sync && !s.clearing);
        let fresh = Staging { generation, purpose, clearing: found.is_some(), rows: 0, commits: 0, cursor: None };
        let commits = found.as_ref().map_or(0, |staging| staging.commits) + 1;
        let staging = Staging { commits, ..resumed.unwrap_or(fresh) };
        let key = staging_key(&shop.id);
        let fence = match &found {
            Some(found) => Batch::new().expect(Table::MirrorHeads, key.clone(), found),
            None => Batch::new().expect_absent(Table::MirrorHeads, key.clone()),
        };
        self.db.commit(fence.put(Table::MirrorHeads, key, &staging)).await?;
        drop(turn);
        let mut writer = self.writer(shop, top, staging, Some(only));
        if writer.staging.clearing {
            writer.clear().await?;
        }
        Ok(writer)
    }

    /// A writer that says what would become of each row and keeps nothing. It waits for nobody, and nobody waits for it.
    ///
    /// # Errors
    /// As the database.
    pub(crate) async fn rehearse(&self, shop: &Shop) -> Result<GenerationWriter, DbError> {
        let top = self.top(&shop.id).await?;
        // Under the published generation: what an unfinished writer has put behind it is nobody's yet.
        let generation = top.as_ref().map_or(0, |top| top.generation);
        let staging =
            Staging { generation, purpose: Purpose::Import, clearing: false, rows: 0, commits: 0, cursor: None };
        Ok(self.writer(shop, top, staging, None))
    }

    fn writer(
        &self,
        shop: &Shop,
        top: Option<Top>,
        staging: Staging,
        only: Option<OwnedMutexGuard<()>>,
    ) -> GenerationWriter {
        let brought = Brought::new(staging.rows == 0);
        GenerationWriter {
            db: self.db.clone(),
            shop: shop.clone(),
            top,
            staging,
            batch: Batch::new(),
            pending: HashMap::new(),
            under_way: None,
            rows: 0,
            heads: turn_of(&self.heads, &shop.id),
            only,
            brought,
            news: self.news.clone(),
        }
    }
}

impl GenerationWriter {
    /// The state of the shop that this generation starts from.
    pub(crate) fn top(&self) -> Top {
        self.top.clone().unwrap_or_default()
    }

    /// Where a killed writer of the same purpose stopped.
    ///
    /// # Errors
    /// [`DbError::Record`] when it is not of this shape.
    pub fn cursor<C: DeserializeOwned>(&self) -> Result<Option<C>, DbError> {
        let Some(cursor) = &self.staging.cursor else { return Ok(None) };
        serde_json::from_value(cursor.clone())
            .map(Some)
            .map_err(|error| DbError::Record { table: Table::MirrorHeads, why: error.to_string() })
    }

    /// Puts a row, unless it is there already or a better source has said something.
    ///
    /// # Errors
    /// As the database.
    pub async fn put<T: Mirrored>(&mut self, row: T, from: Origin) -> Result<Put, DbError> {
        let row = row.in_zone(self.shop.zone);
        let id = row.id();
        let value = encode(&Version { from, row: Some(&row) });
        let newest = self.newest(T::KIND, &id).await?;
        let put = match &newest {
            None => Put::New,
            Some((_, known)) if *known == value => return Ok(Put::Unchanged),
            Some((_, known)) => {
                let known: Provenance = db::decode(Table::Mirror, known)?;
                match known.row {
                    Some(_) if known.from > from || known.is_newer_than(from, row.modified()) => return Ok(Put::Kept),
                    Some(_) => Put::Changed,
                    None => Put::New,
                }
            }
        };
        for (day, date) in row.days(self.shop.zone) {
            self.change(Table::MirrorDays, day_key(&self.shop.id, day, date).part(&id), b"null".to_vec());
        }
        self.version(T::KIND, &id, newest.map(|(generation, _)| generation), value);
        Ok(put)
    }

    /// Says that a row is gone. A row that never was needs no word.
    ///
    /// # Errors
    /// As the database.
    pub async fn remove<T: Mirrored>(&mut self, id: &str, from: Origin) -> Result<Put, DbError> {
        let Some((generation, known)) = self.newest(T::KIND, id).await? else { return Ok(Put::Unchanged) };
        if db::decode::<Provenance>(Table::Mirror, &known)?.row.is_none() {
            return Ok(Put::Unchanged);
        }
        self.version(T::KIND, id, Some(generation), encode(&Version::<()> { from, row: None }));
        Ok(Put::Changed)
    }

    /// The newest version of a row, written here or before.
    ///
    /// # Errors
    /// As the database.
    pub async fn known<T: Mirrored>(&mut self, id: &str) -> Result<Option<T>, DbError> {
        let Some((_, value)) = self.newest(T::KIND, id).await? else { return Ok(None) };
        Ok(db::decode::<Version<T>>(Table::Mirror, &value)?.row)
    }

    /// Adds records that become true with the next commit or not at all.
    pub(crate) fn also(&mut self, records: Batch) {
        self.batch = std::mem::take(&mut self.batch).and(records);
    }

    /// How many changes wait for the next commit.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.batch.len()
    }

    /// Commits what was put, with the place to go on from.
    ///
    /// # Errors
    /// [`DbError::Conflict`] when another writer has taken over, and as the database.
    pub async fn commit<C: Serialize>(&mut self, cursor: &C) -> Result<(), DbError> {
        self.hand_over(cursor).await?;
        self.settle().await
    }

    /// The same, without waiting for the disk: what went wrong with it is told by the next call that stores something. Whoever dies in
    /// between goes on from this cursor or from the one before.
    ///
    /// # Errors
    /// Those of the commit before.
    pub(crate) async fn hand_over<C: Serialize>(&mut self, cursor: &C) -> Result<(), DbError> {
        let cursor = serde_json::to_value(cursor).expect("a cursor is plain data with text keys");
        let (rows, commits) = (self.staging.rows + self.rows, self.staging.commits + 1);
        self.store(Staging { rows, commits, cursor: Some(cursor), ..self.staging.clone() }).await
    }

    /// Waits until what was handed over is on the disk.
    ///
    /// # Errors
    /// As [`GenerationWriter::commit`].
    pub(crate) async fn settle(&mut self) -> Result<(), DbError> {
        match self.under_way.take() {
            Some(commit) => commit.answer.await,
            None => Ok(()),
        }
    }

    /// Commits the rest and moves the head, all at once. Without a new row the generation stays, and with nothing new at all the
    /// whole head does.
    ///
    /// # Errors
    /// As [`GenerationWriter::commit`].
    pub(crate) async fn publish(mut self, next: Top) -> Result<Top, DbError> {
        if self.only.is_none() {
            return Ok(self.top());
        }
        self.settle().await?;
        let heads = Arc::clone(&self.heads);
        let _turn = heads.lock().await;
        let rows = self.staging.rows + self.rows;
        // Not as it was at the beginning: pushes may have moved it on.
        let before: Option<Top> = db::get(&*self.db, Table::MirrorHeads, &top_key(&self.shop.id)).await?;
        let shown = before.as_ref().map_or(0, |top| top.generation);
        // The first generation of an empty shop is a generation too.
        let moves = rows > 0 || (shown == 0 && next.complete_through.is_some());
        let next = Top { generation: if moves { self.staging.generation } else { shown }, ..next };
        let late = pushed::late(&*self.db, &self.shop.id, self.staging.generation, &self.pending).await?;
        let mut batch = std::mem::take(&mut self.batch)
            .and(late)
            .expect(Table::MirrorHeads, staging_key(&self.shop.id), &self.staging)
            .delete(Table::MirrorHeads, staging_key(&self.shop.id));
        let key = top_key(&self.shop.id);
        batch = match &before {
            Some(top) => batch.expect(Table::MirrorHeads, key.clone(), top),
            None => batch.expect_absent(Table::MirrorHeads, key.clone()),
        };
        self.db.commit(batch.put(Table::MirrorHeads, key, &next)).await?;
        if moves {
            self.news.note(&self.shop.id, (shown, next.generation), self.brought);
        }
        Ok(next)
    }

    async fn store(&mut self, next: Staging) -> Result<(), DbError> {
        self.settle().await?;
        let key = staging_key(&self.shop.id);
        let batch = std::mem::take(&mut self.batch);
        if self.only.is_none() {
            self.pending.clear();
            return Ok(());
        }
        let batch = batch.expect(Table::MirrorHeads, key.clone(), &self.staging).put(Table::MirrorHeads, key, &next);
        let db = self.db.clone();
        let mut answer = async move { db.commit(batch).await }.boxed();
        let values = std::mem::take(&mut self.pending);
        self.rows = 0;
        self.staging = next;
        // The first poll is what hands it over.
        match futures::poll!(&mut answer) {
            Poll::Ready(stored) => stored,
            Poll::Pending => {
                self.under_way = Some(UnderWay { answer, values });
                Ok(())
            }
        }
    }

    async fn newest(&mut self, kind: &str, id: &str) -> Result<Option<(u64, Vec<u8>)>, DbError> {
        let prefix = row_key(&self.shop.id, kind, id);
        let own = prefix.clone().number(self.staging.generation);
        let handed_over = || self.under_way.as_ref().and_then(|commit| commit.values.get(&own));
        if let Some(value) = self.pending.get(&own).or_else(handed_over) {
            return Ok(Some((self.staging.generation, value.clone())));
        }
        let rows = self.db.scan(Table::Mirror, Scan::between(&prefix, &own).newest_first().limit(1)).await?;
        Ok(rows.into_iter().next().map(|row| (row.key.last_number().unwrap_or_default(), row.value)))
    }

    fn version(&mut self, kind: &'static str, id: &str, replaces: Option<u64>, value: Vec<u8>) {
        let generation = self.staging.generation;
        let key = row_key(&self.shop.id, kind, id).number(generation);
        if let Some(old) = replaces.filter(|old| *old < generation) {
            let garbage = Garbage { kind: kind.to_owned(), id: id.to_owned(), version: old, replaced: generation };
            self.batch =
                std::mem::take(&mut self.batch).put(Table::MirrorGarbage, garbage.key(&self.shop.id), &garbage);
        }
        self.rows += 1;
        self.brought.add(kind, id);
        self.pending.insert(key.clone(), value.clone());
        self.change(Table::Mirror, key, value);
    }

    fn change(&mut self, table: Table, key: Key, value: Vec<u8>) {
        self.batch = std::mem::take(&mut self.batch).put_encoded(table, key, value);
    }

    /// Throws away the rows that another writer left behind.
    async fn clear(&mut self) -> Result<(), DbError> {
        // Not what is behind the head: pushes may move that on meanwhile.
        let (shop, published) = (self.shop.id.clone(), self.staging.generation - 1);
        for table in [Table::Mirror, Table::MirrorGarbage] {
            let mut after = None;
            loop {
                let (left, next) = clear::unpublished(&*self.db, &shop, published, table, after).await?;
                for key in left {
                    self.batch = std::mem::take(&mut self.batch).delete(table, key);
                }
                let commits = self.staging.commits + 1;
                self.store(Staging { commits, ..self.staging.clone() }).await?;
                self.settle().await?;
                if next.is_none() {
                    break;
                }
                after = next;
            }
        }
        let commits = self.staging.commits + 1;
        self.store(Staging { commits, clearing: false, ..self.staging.clone() }).await?;
        self.settle().await
    }
}

pub(super) fn staging_key(shop: &str) -> Key {
    Key::of(shop).part("staging")
}

pub(super) fn encode(version: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(version).expect("rows are plain data with text keys")
}
