//! Which products a walk through the whole list has named. Each is marked with the moment of the walk, in the commit of its row; what is
//! marked with another one was not named by this walk.

use xiaoer_sdk::shop::{Product, Time};

use super::GenerationWriter;
use super::row::{Mirrored as _, Origin, Provenance, kind_key, row_key};
use crate::db::{self, DbError, Key, Scan, Table};

/// Versions looked at in one go.
const CHUNK: usize = 500;

impl GenerationWriter {
    /// The list of the walk of this moment names the product.
    pub(crate) fn listed(&mut self, product: &str, walk: Time) {
        let key = mark_key(&self.shop.id, product);
        self.batch = std::mem::take(&mut self.batch).put(Table::MirrorHeads, key, &walk);
    }

    /// Some of the products that came from the platform, are not gone, and were not named by the walk: ids behind `after`. With the
    /// place to go on behind; none at the end.
    ///
    /// # Errors
    /// As the database.
    pub(crate) async fn unlisted(
        &mut self,
        walk: Time,
        after: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), DbError> {
        self.settle().await?;
        let shop = self.shop.id.clone();
        let mut scan = Scan::under(&kind_key(&shop, Product::KIND)).limit(CHUNK);
        if let Some(after) = after {
            scan = scan.after(&row_key(&shop, Product::KIND, after).number(u64::MAX));
        }
        let rows = self.db.scan(Table::Mirror, scan).await?;
        let full = rows.len() == CHUNK;
        // Keys rise by id, then by generation: the last version of an id is the one.
        let mut newest: Vec<(String, Vec<u8>)> = Vec::new();
        for row in rows {
            let id = row.key.text(2).unwrap_or_default();
            match newest.last_mut().filter(|(known, _)| *known == id) {
                Some((_, value)) => *value = row.value,
                None => newest.push((id.into_owned(), row.value)),
            }
        }
        // More versions of the last one may be behind the chunk.
        if full && newest.len() > 1 {
            newest.pop();
        }
        let next = newest.last().filter(|_| full).map(|(id, _)| id.clone());
        let mut unlisted = Vec::new();
        for (id, value) in newest {
            let known: Provenance = db::decode(Table::Mirror, &value)?;
            let is_ours = known.from == Origin::Sync && known.row.is_some();
            if !is_ours {
                continue;
            }
            let named: Option<Time> = db::get(&*self.db, Table::MirrorHeads, &mark_key(&shop, &id)).await?;
            if named != Some(walk) {
                unlisted.push(id);
            }
        }
        Ok((unlisted, next))
    }
}

fn mark_key(shop: &str, product: &str) -> Key {
    Key::of(shop).part("walked").part(product)
}
