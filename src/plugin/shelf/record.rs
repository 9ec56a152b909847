//! What is kept about installed plugins: one row a name, one row a digest. The row of a signed digest outlives its code: what that code
//! proposed may still wait for a person, who has to hear when it was taken back.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::db::{self, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::manifest::Adopted;
use crate::plugin::withdrawn::Withdrawn;

/// A name that is taken, and what runs under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The name.
    pub name: String,
    /// The author, by the first of their keys; empty for a folder of this machine.
    pub author: String,
    /// The digest that runs.
    pub current: String,
    /// Digests that ran before, the last one last.
    pub earlier: Vec<String>,
    /// Whether it stays at this version.
    pub pinned: bool,
    /// Where newer versions come from.
    pub source: Source,
}

/// Where a plugin came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// A folder of this machine.
    Folder {
        /// It.
        path: PathBuf,
    },
    /// An archive that somebody handed over.
    Archive,
    /// An index.
    Index {
        /// Its address or folder.
        at: String,
    },
}

/// One version of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its name.
    pub name: String,
    /// The author, as in [`Place`].
    pub author: String,
    /// The key that signed it; empty for a folder of this machine.
    pub signer: String,
    /// Its version.
    pub version: String,
    /// Of everything that it consists of.
    pub digest: String,
    /// What was decided for an Agent Skill from elsewhere.
    pub adopted: Option<Adopted>,
    /// The index that it came from.
    pub index: Option<String>,
    /// What was taken back by its index, so that it must not run any more.
    pub revoked: Option<Withdrawn>,
}

pub(super) fn place_key(name: &str) -> Key {
    Key::global().part("place").part(name)
}

pub(super) fn edition_key(digest: &str) -> Key {
    Key::global().part("edition").part(digest)
}

pub(super) fn left_key(digest: &str) -> Key {
    Key::global().part("left").part(digest)
}

pub(super) async fn place(db: &SharedDb, name: &str) -> Result<Option<Place>, DbError> {
    db::get(db.as_ref(), Table::Plugins, &place_key(name)).await
}

pub(super) async fn places(db: &SharedDb) -> Result<Vec<Place>, DbError> {
    db::scan(db.as_ref(), Table::Plugins, Scan::under(&Key::global().part("place"))).await
}

pub(super) async fn edition(db: &SharedDb, digest: &str) -> Result<Option<Edition>, DbError> {
    db::get(db.as_ref(), Table::Plugins, &edition_key(digest)).await
}

/// As [`edition`], also where its code is gone; with its key.
pub(super) async fn known(db: &SharedDb, digest: &str) -> Result<Option<(Key, Edition)>, DbError> {
    for key in [edition_key(digest), left_key(digest)] {
        if let Some(edition) = db::get(db.as_ref(), Table::Plugins, &key).await? {
            return Ok(Some((key, edition)));
        }
    }
    Ok(None)
}

/// As [`editions`], also those whose code is gone; with their keys.
pub(super) async fn all_known(db: &SharedDb) -> Result<Vec<(Key, Edition)>, DbError> {
    let mut all = Vec::new();
    for part in ["edition", "left"] {
        for row in db.scan(Table::Plugins, Scan::under(&Key::global().part(part))).await? {
            all.push((row.key, db::decode(Table::Plugins, &row.value)?));
        }
    }
    Ok(all)
}

pub(super) async fn editions(db: &SharedDb) -> Result<Vec<Edition>, DbError> {
    db::scan(db.as_ref(), Table::Plugins, Scan::under(&Key::global().part("edition"))).await
}
