//! What was imported, when and by whom: one line a file, true together with the file's rows or not there at all.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::Imported;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::shop::Shop;
use crate::shop::mirror::Mirror;

/// Problems that a line of the history keeps: the file itself can be handed over again.
const PROBLEMS: usize = 20;

/// One file that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// When, on the shop's clock.
    pub at: DateTime<FixedOffset>,
    /// Who; blank when nobody said.
    pub by: String,
    /// What the file was called; blank when nobody said.
    pub name: String,
    /// SHA-256 of its bytes in hex.
    pub sha256: String,
    /// What became of it; of many problems the first.
    pub done: Imported,
}

/// The newest imports of a shop, newest first.
///
/// # Errors
/// As the database.
pub async fn past(shop: &Shop, mirror: &Mirror, most: usize) -> Result<Vec<Past>, DbError> {
    db::scan(&**mirror.db(), Table::Audit, Scan::under(&prefix(&shop.id)).newest_first().limit(most)).await
}

/// The commit of the next line. To be asked for by the shop's one writer, so that no two lines get the same place.
pub(super) async fn record(db: &SharedDb, shop: &str, past: &Past) -> Result<Batch, DbError> {
    let newest = db.scan(Table::Audit, Scan::under(&prefix(shop)).newest_first().limit(1)).await?;
    let next = newest.first().and_then(|row| row.key.last_number()).unwrap_or_default() + 1;
    let problems = past.done.problems.iter().take(PROBLEMS).cloned().collect();
    let kept = Past { done: Imported { problems, ..past.done.clone() }, ..past.clone() };
    let key = prefix(shop).number(next);
    Ok(Batch::new().expect_absent(Table::Audit, key.clone()).put(Table::Audit, key, &kept))
}

fn prefix(shop: &str) -> Key {
    Key::of(shop).part("import")
}
