//! The local copy of a shop that skills read: every row in all versions that somebody may still need.
//!
//! A writer puts rows of the next generation, which nobody sees until one commit moves the head: a half-finished sync or import
//! never shows half a shop. Reads name their generation and take of every row the newest version up to it, so a run that is resumed
//! after ten syncs reads what it read at first. [`Mirror::sweep`] takes away what no open run can ask for any more.
//!
//! Nothing here talks to a platform or reads a file, and no method reads without a shop and a generation.

mod clear;
mod commits;
mod generation;
mod happened;
mod late;
mod news;
mod opening;
mod pushed;
mod put;
mod read;
mod row;
mod sweep;
mod versions;
mod walked;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Time;

use crate::db::{self, Batch, DbError, Key, SharedDb, Table};

pub use generation::GenerationWriter;
pub use opening::Purpose;
pub use pushed::{Pushed, Shown};
pub use put::Put;
pub use row::{Mark, Mirrored, Origin};

/// What the mirror holds, as of its newest whole generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The newest generation that is whole.
    pub generation: u64,
    /// The last local day of which everything is there.
    pub complete_through: NaiveDate,
    /// When the last sync was through, by this machine's clock; none for a shop that only imports.
    pub synced_at: Option<Time>,
    /// How far the platform was read, by what is read.
    pub reached: Reached,
    /// What the platform did not let the last sync read.
    pub withheld: Vec<Withheld>,
}

/// Up to when changes were read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reached {
    /// Orders that change.
    pub orders: Option<Time>,
    /// Orders at rest in the platform's archive; read once a day.
    pub archive: Option<Time>,
    /// Refunds.
    pub refunds: Option<Time>,
    /// Products.
    pub products: Option<Time>,
    /// The day on which all products were last walked through: stocks move without a sign.
    pub walked: Option<NaiveDate>,
}

/// A part of the shop that the app has no right to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Which, in Chinese.
    pub part: String,
    /// The platform's name of the method.
    pub api: String,
    /// What gives the right.
    pub solution: String,
}

/// The head as it is kept: a shop with costs but no orders yet has rows and no complete day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Top {
    pub(crate) generation: u64,
    pub(crate) complete_through: Option<NaiveDate>,
    pub(crate) synced_at: Option<Time>,
    pub(crate) reached: Reached,
    pub(crate) withheld: Vec<Withheld>,
}

/// The mirrors of all shops.
#[derive(Clone)]
pub struct Mirror {
    db: SharedDb,
    /// One writer a shop at a time; the second waits. Across processes the writers' records fence each other.
    writers: Turns,
    /// Whoever moves a shop's head, for as long as one commit takes.
    heads: Turns,
    news: news::News,
}

type Turns = Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>;

impl Mirror {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb) -> Self {
        Self { db, writers: Arc::default(), heads: Arc::default(), news: news::News::default() }
    }

    /// What a shop's mirror holds; none before its first sync or import of orders.
    ///
    /// # Errors
    /// As the database.
    pub async fn head(&self, shop: &str) -> Result<Option<Head>, DbError> {
        let Some(top) = self.top(shop).await? else { return Ok(None) };
        let Top { generation, complete_through, synced_at, reached, withheld } = top;
        Ok(complete_through.map(|complete_through| Head { generation, complete_through, synced_at, reached, withheld }))
    }

    /// The newest generation that is whole; 0 holds nothing.
    ///
    /// # Errors
    /// As the database.
    pub async fn generation(&self, shop: &str) -> Result<u64, DbError> {
        Ok(self.top(shop).await?.unwrap_or_default().generation)
    }

    /// A precondition for whoever is about to pin the generation of a head: the commit fails when the head has moved, and the sweep
    /// that followed cannot have taken a row that the pin needs.
    #[must_use]
    pub fn still_at(shop: &str, head: &Head) -> Batch {
        let Head { generation, complete_through, synced_at, reached, withheld } = head.clone();
        let top = Top { generation, complete_through: Some(complete_through), synced_at, reached, withheld };
        Batch::new().expect(Table::MirrorHeads, top_key(shop), &top)
    }

    /// What it stands on, for records that become true together with rows.
    pub(crate) fn db(&self) -> &SharedDb {
        &self.db
    }

    pub(crate) async fn top(&self, shop: &str) -> Result<Option<Top>, DbError> {
        db::get(&*self.db, Table::MirrorHeads, &top_key(shop)).await
    }
}

fn turn_of(turns: &Turns, shop: &str) -> Arc<tokio::sync::Mutex<()>> {
    // Nothing panics while the map is held.
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    turns.entry(shop.to_owned()).or_default().clone()
}

fn top_key(shop: &str) -> Key {
    Key::of(shop).part("head")
}
