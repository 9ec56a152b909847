//! Finds the version of a row that a generation shows: the newest one that is not newer than the generation itself.

use std::borrow::Cow;
use std::collections::BTreeSet;

use xiaoer_sdk::Period;

use super::Mirror;
use super::row::{Day, Mirrored, Version, day_key, kind_key, row_key};
use crate::db::{self, Db, DbError, Key, Row, Scan, Table};
use crate::shop::Shop;

/// Above this, reading all rows of a kind in one go is quicker than looking them up one by one.
const MANY: usize = 800;

impl Mirror {
    /// Ids filed under the days; some may have moved to other days since.
    pub(super) async fn on_days(&self, shop: &Shop, day: Day, period: Period) -> Result<BTreeSet<String>, DbError> {
        let scan = Scan::between(&day_key(&shop.id, day, period.from), &day_key(&shop.id, day, period.to));
        let rows = self.db.scan(Table::MirrorDays, scan).await?;
        Ok(rows.iter().filter_map(|row| row.key.text(3)).map(Cow::into_owned).collect())
    }

    /// One row.
    pub(super) async fn one<T: Mirrored>(&self, shop: &Shop, generation: u64, id: &str) -> Result<Option<T>, DbError> {
        let prefix = row_key(&shop.id, T::KIND, id);
        let Some((_, value)) = stands(&*self.db, &prefix, generation).await? else { return Ok(None) };
        Ok(db::decode::<Version<T>>(Table::Mirror, &value)?.row)
    }

    /// The rows of these ids, by id.
    pub(super) async fn some<T: Mirrored>(
        &self,
        shop: &Shop,
        generation: u64,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<T>, DbError> {
        if ids.len() > MANY {
            return self.newest(Scan::under(&kind_key(&shop.id, T::KIND)), generation, Some(ids)).await;
        }
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.extend(self.one(shop, generation, id).await?);
        }
        Ok(rows)
    }

    /// Every row of a kind, by id.
    pub(super) async fn all<T: Mirrored>(&self, shop: &Shop, generation: u64) -> Result<Vec<T>, DbError> {
        self.newest(Scan::under(&kind_key(&shop.id, T::KIND)), generation, None).await
    }

    /// Of every row in the scan its newest version up to the generation, by id.
    pub(super) async fn newest<T: Mirrored>(
        &self,
        scan: Scan,
        generation: u64,
        only: Option<&BTreeSet<String>>,
    ) -> Result<Vec<T>, DbError> {
        fn id(row: &Row) -> Cow<'_, str> {
            row.key.text(2).unwrap_or_default()
        }
        let mut newest: Option<Row> = None;
        let mut rows = Vec::new();
        let mut take = |found: Option<Row>| -> Result<(), DbError> {
            if let Some(row) = found.filter(|row| only.is_none_or(|only| only.contains(&*id(row)))) {
                rows.extend(db::decode::<Version<T>>(Table::Mirror, &row.value)?.row);
            }
            Ok(())
        };
        // Keys rise by id, then by generation: the last one that is not too new is the one.
        for row in self.db.scan(Table::Mirror, scan).await? {
            if row.key.last_number().is_none_or(|written| written > generation) {
                continue;
            }
            if newest.as_ref().is_some_and(|known| id(known) != id(&row)) {
                take(newest.take())?;
            }
            newest = Some(row);
        }
        take(newest)?;
        Ok(rows)
    }
}

/// The version of one row that stands at a generation, and the generation that wrote it; by the prefix of all its versions.
pub(super) async fn stands(db: &dyn Db, prefix: &Key, generation: u64) -> Result<Option<(u64, Vec<u8>)>, DbError> {
    let versions = Scan::between(prefix, &prefix.clone().number(generation)).newest_first().limit(1);
    let rows = db.scan(Table::Mirror, versions).await?;
    Ok(rows.into_iter().next().map(|row| (row.key.last_number().unwrap_or_default(), row.value)))
}
