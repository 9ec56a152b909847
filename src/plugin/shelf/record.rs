//! What is kept about installed plugins: one row a name, one row a digest.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::db::{self, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::manifest::Adopted;

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
    /// Why it must not run any more.
    pub revoked: Option<String>,
}

pub(super) fn place_key(name: &str) -> Key {
    Key::global().part("place").part(name)
}

pub(super) fn edition_key(digest: &str) -> Key {
    Key::global().part("edition").part(digest)
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

pub(super) async fn editions(db: &SharedDb) -> Result<Vec<Edition>, DbError> {
    db::scan(db.as_ref(), Table::Plugins, Scan::under(&Key::global().part("edition"))).await
}
