//! Finds what a killed writer left, so that the next one does not publish rows that are not its own.

use super::sweep::Garbage;
use crate::db::{self, Db, DbError, Key, Scan, Table};

/// Rows looked at in one go.
const CHUNK: usize = 500;

/// Of the next rows of a table those that no generation ever showed, and the key to go on behind; none at the end.
pub(super) async fn unpublished(
    db: &dyn Db,
    shop: &str,
    published: u64,
    table: Table,
    after: Option<Key>,
) -> Result<(Vec<Key>, Option<Key>), DbError> {
    let mut scan = Scan::under(&Key::of(shop)).limit(CHUNK);
    if let Some(after) = &after {
        scan = scan.after(after);
    }
    let rows = db.scan(table, scan).await?;
    let next = rows.last().filter(|_| rows.len() == CHUNK).map(|row| row.key.clone());
    let mut left = Vec::new();
    for row in rows {
        let written = match table {
            Table::MirrorGarbage => Some(db::decode::<Garbage>(table, &row.value)?.replaced),
            _ => row.key.last_number(),
        };
        if written.is_some_and(|generation| generation > published) {
            left.push(row.key);
        }
    }
    Ok((left, next))
}
