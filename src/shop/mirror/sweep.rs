//! Takes away versions that nobody can ask for any more.
//!
//! A version lives from the generation that wrote it up to the one that replaced it. It may go when that one is no longer the newest
//! and no open run has pinned a generation in between. The generation before the newest is always kept whole: somebody who has just
//! read the head may be about to pin it.

use serde::{Deserialize, Serialize};

use super::Mirror;
use super::row::{Provenance, row_key};
use crate::db::{self, Batch, DbError, Key, Scan, Table};

/// Rows looked at in one go.
const CHUNK: usize = 500;

/// A version that a newer one replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Garbage {
    pub(super) kind: String,
    pub(super) id: String,
    /// The generation that wrote it.
    pub(super) version: u64,
    /// The generation that replaced it.
    pub(super) replaced: u64,
}

impl Garbage {
    pub(super) fn key(&self, shop: &str) -> Key {
        Key::of(shop).number(self.replaced).part(&self.kind).part(&self.id)
    }

    fn is_needed(&self, pins: &[u64]) -> bool {
        pins.iter().any(|pin| self.version <= *pin && *pin < self.replaced)
    }
}

/// The part of an open run's record that matters here.
#[derive(Deserialize)]
struct Pin {
    generation: u64,
}

impl Mirror {
    /// Removes what no open run of the shop needs, and says how many versions that were. Safe at any time.
    ///
    /// # Errors
    /// As the database.
    pub async fn sweep(&self, shop: &str) -> Result<usize, DbError> {
        let newest = self.generation(shop).await?;
        let pins: Vec<Pin> = db::scan(&*self.db, Table::OpenRuns, Scan::under(&Key::of(shop))).await?;
        let pins: Vec<u64> = pins.iter().map(|pin| pin.generation).collect();
        let mut removed = 0;
        let mut scan = Scan::under(&Key::of(shop)).limit(CHUNK);
        loop {
            let rows = self.db.scan(Table::MirrorGarbage, scan).await?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(removed) };
            let mut batch = Batch::new();
            for row in &rows {
                let garbage: Garbage = db::decode(Table::MirrorGarbage, &row.value)?;
                // By the key's order everything behind this is newer still.
                if garbage.replaced >= newest {
                    self.db.commit(batch).await?;
                    return Ok(removed);
                }
                if garbage.is_needed(&pins) {
                    continue;
                }
                removed += 1;
                batch = self.without(shop, &garbage, batch).await?.delete(Table::MirrorGarbage, row.key.clone());
            }
            self.db.commit(batch).await?;
            scan = Scan::under(&Key::of(shop)).limit(CHUNK).after(&last);
        }
    }

    /// Deletes a version, and with it the tombstone that replaced it once that stands alone: a row that is absent is as gone.
    async fn without(&self, shop: &str, garbage: &Garbage, batch: Batch) -> Result<Batch, DbError> {
        let prefix = row_key(shop, &garbage.kind, &garbage.id);
        let batch = batch.delete(Table::Mirror, prefix.clone().number(garbage.version));
        let versions = self.db.scan(Table::Mirror, Scan::under(&prefix).limit(3)).await?;
        let others: Vec<_> = versions.iter().filter(|row| row.key.last_number() != Some(garbage.version)).collect();
        let [alone] = others.as_slice() else { return Ok(batch) };
        let is_tombstone = db::decode::<Provenance>(Table::Mirror, &alone.value)?.row.is_none();
        let published = alone.key.last_number() == Some(garbage.replaced);
        Ok(if is_tombstone && published { batch.delete(Table::Mirror, alone.key.clone()) } else { batch })
    }
}
