//! Rows that were pushed while another writer was at work, and what its last commit makes of them: what it read earlier never hides what
//! was pushed later.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::row::{Provenance, row_key};
use super::sweep::Garbage;
use super::versions::stands;
use crate::db::{self, Batch, Db, DbError, Key, Scan, Table};

/// A row that was pushed while a writer was at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Late {
    pub(super) kind: String,
    pub(super) id: String,
}

impl Late {
    pub(super) fn key(&self, shop: &str) -> Key {
        Key::of(shop).part("late").part(&self.kind).part(&self.id)
    }
}

/// What a writer's last commit adds: of rows that were pushed while it was at work, the newer of both stands under its number.
pub(super) async fn late(
    db: &dyn Db,
    shop: &str,
    generation: u64,
    pending: &HashMap<Key, Vec<u8>>,
) -> Result<Batch, DbError> {
    let mut batch = Batch::new();
    for late in db::scan::<Late>(db, Table::MirrorHeads, Scan::under(&Key::of(shop).part("late"))).await? {
        batch = batch.delete(Table::MirrorHeads, late.key(shop));
        let prefix = row_key(shop, &late.kind, &late.id);
        let key = prefix.clone().number(generation);
        let staged = match pending.get(&key) {
            Some(value) => Some(value.clone()),
            None => db.get(Table::Mirror, &key).await?,
        };
        let Some((staged, (version, pushed))) = staged.zip(stands(db, &prefix, generation - 1).await?) else {
            continue;
        };
        let garbage = Garbage { kind: late.kind, id: late.id, version, replaced: generation };
        batch = batch.put(Table::MirrorGarbage, garbage.key(shop), &garbage);
        if outlives(&pushed, &staged)? {
            let value: Box<serde_json::value::RawValue> = db::decode(Table::Mirror, &pushed)?;
            batch = batch.put(Table::Mirror, key, &value);
        }
    }
    Ok(batch)
}

/// Whether a pushed row says more than the one that a sync or import read. At the same date the pushed one does: it was fetched alone
/// and just then, while lists lag.
fn outlives(pushed: &[u8], staged: &[u8]) -> Result<bool, DbError> {
    let (pushed, staged): (Provenance, Provenance) =
        (db::decode(Table::Mirror, pushed)?, db::decode(Table::Mirror, staged)?);
    if staged.row.is_none() {
        // Nothing comes back that was deleted.
        return Ok(false);
    }
    if pushed.from != staged.from {
        return Ok(pushed.from > staged.from);
    }
    let date = pushed.row.as_ref().and_then(|row| row.modified);
    Ok(!staged.is_newer_than(pushed.from, date))
}
