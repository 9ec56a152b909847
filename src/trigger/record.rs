//! What is kept: how far a plugin was looked for in a shop, and one small row for each event that it was told of.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::{Event, EventKind, Period};

use crate::db::{self, Batch, Db, DbError, Key, Scan, Table};
use crate::plugin::grant::Identity;

/// Rows forgotten in one commit.
const CHUNK: usize = 2000;

/// How far a plugin was looked for in a shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The grant that this is about, as [`crate::plugin::grant::Grant::since`] numbers it.
    pub(super) since: u64,
    /// What it starts on; of these all that was there at the beginning counts as told.
    pub(super) on: BTreeSet<EventKind>,
    /// What was told is kept from this day on.
    pub(super) from: NaiveDate,
    /// Everything up to this generation was told; 0 where all of the days has to be looked through.
    pub(super) generation: u64,
    /// The shop's day of the last look.
    pub(super) day: NaiveDate,
    /// Runs that were started on that day.
    pub(super) runs: u32,
    /// The last of them, whatever its day.
    pub(super) last: Option<Started>,
}

/// A run that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Started {
    pub(super) run: String,
    pub(super) at: DateTime<Utc>,
    /// More had come than it could be told of.
    pub(super) full: bool,
}

/// A plugin in a shop.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) shop: &'a str,
    pub(super) plugin: &'a Identity,
}

const CURSORS: &str = "cursor";
const TOLD: &str = "told";

impl Place<'_> {
    fn of(self, what: &str) -> Key {
        Key::of(self.shop).part(what).part(&self.plugin.author).part(&self.plugin.name)
    }

    fn told(self, kind: EventKind) -> Key {
        self.of(TOLD).part(kind.name())
    }

    pub(super) async fn cursor(self, db: &dyn Db) -> Result<Option<Cursor>, DbError> {
        db::get(db, Table::Told, &self.of(CURSORS)).await
    }

    /// Goes from one cursor to the next, unless somebody else did.
    pub(super) fn onward(self, before: Option<&Cursor>, after: &Cursor) -> Batch {
        let key = self.of(CURSORS);
        let batch =
            before.map_or_else(|| Batch::new().expect_absent(Table::Told, key.clone()), |before| self.while_at(before));
        batch.put(Table::Told, key, after)
    }

    /// Keeps that it was told of an event. The day is the shop's.
    pub(super) fn tell(self, batch: Batch, event: &Event) -> Batch {
        let day = event.at.date_naive().to_string();
        batch.put(Table::Told, self.told(event.kind).part(&day).part(&event.id), &())
    }

    /// The ids of what it was told of.
    pub(super) async fn known(self, db: &dyn Db, kind: EventKind) -> Result<BTreeSet<String>, DbError> {
        let rows = db.scan(Table::Told, Scan::under(&self.told(kind))).await?;
        Ok(rows.iter().filter_map(|row| row.key.text(6)).map(Cow::into_owned).collect())
    }

    /// The events that it was not told of yet, on whichever of the days: a moment may be put right.
    pub(super) async fn news(self, db: &dyn Db, events: Vec<Event>, days: Period) -> Result<Vec<Event>, DbError> {
        let mut news = Vec::new();
        for event in events {
            let told = self.told(event.kind);
            let mut known = false;
            for day in days.from.iter_days().take_while(|day| *day <= days.to) {
                let key = told.clone().part(&day.to_string()).part(&event.id);
                known = known || db.get(Table::Told, &key).await?.is_some();
            }
            if !known {
                news.push(event);
            }
        }
        Ok(news)
    }

    /// Nothing happens unless this is still how far it was looked for.
    pub(super) fn while_at(self, cursor: &Cursor) -> Batch {
        Batch::new().expect(Table::Told, self.of(CURSORS), cursor)
    }

    /// Forgets what it was told of a kind: up to a day, or all.
    pub(super) async fn forget(
        self,
        db: &dyn Db,
        cursor: &Cursor,
        (kind, up_to): (EventKind, Option<NaiveDate>),
    ) -> Result<(), DbError> {
        let told = self.told(kind);
        let rows = match up_to {
            Some(day) => Scan::between(&told, &told.clone().part(&day.to_string())),
            None => Scan::under(&told),
        };
        loop {
            let some = db.scan(Table::Told, rows.clone().limit(CHUNK)).await?;
            if some.is_empty() {
                return Ok(());
            }
            let batch = some.into_iter().fold(self.while_at(cursor), |batch, row| batch.delete(Table::Told, row.key));
            db.commit(batch).await?;
        }
    }

    /// Forgets all of it; the cursor last, so that a kill in between leaves nothing that nobody looks after.
    pub(super) async fn leave(self, db: &dyn Db, cursor: &Cursor) -> Result<(), DbError> {
        for kind in EventKind::ALL {
            self.forget(db, cursor, (kind, None)).await?;
        }
        db.commit(self.while_at(cursor).delete(Table::Told, self.of(CURSORS))).await
    }
}

/// Whoever is looked for in a shop.
pub(super) async fn cursors(db: &dyn Db, shop: &str) -> Result<Vec<(Identity, Cursor)>, DbError> {
    let rows = db.scan(Table::Told, Scan::under(&Key::of(shop).part(CURSORS))).await?;
    let read = |row: &db::Row| {
        let [_, _, author, name] = <[String; 4]>::try_from(row.key.texts(4)).unwrap_or_default();
        Ok((Identity { author, name }, db::decode(Table::Told, &row.value)?))
    };
    rows.iter().map(read).collect()
}
