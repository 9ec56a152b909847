//! How a writer begins: its record says whose rows stand behind the head, so that a killed sync is gone on with and what anybody else left
//! is thrown away before a row is put.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::generation::GenerationWriter;
use super::{Mirror, clear, turn_of};
use crate::db::{Batch, DbError, Key, Table};
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

/// The writer's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Staging {
    pub(super) generation: u64,
    pub(super) purpose: Purpose,
    /// Rows of another writer are still being thrown away.
    pub(super) clearing: bool,
    /// Rows written under this generation so far.
    pub(super) rows: u64,
    /// Counts commits, so that no two records are ever equal.
    pub(super) commits: u64,
    /// Where a sync goes on.
    pub(super) cursor: Option<Value>,
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
}

impl GenerationWriter {
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
