//! The shelf: which plugins are installed, and in which version. Every version lies on disk under its digest for as long as something may
//! run it; the database says which one is current. Never runs anything, and never lets a broken plugin stop more than itself.

mod change;
mod disk;
mod offer;
mod parcel;
mod record;
mod supply;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::sync::watch;

use super::index::IndexError;
use super::manifest::Post;
use super::skill::Make;
use super::trust::{Keys, Known, Standing};
use super::withdrawn::{Stands, Withdrawn};
use super::{Fault, Package};
use crate::db::{Batch, DbError, SharedDb, Table};

pub use change::{Change, Installed};
pub use parcel::{parcels, put_back};
pub use record::{Edition, Place, Source};
pub use supply::Updated;

/// Earlier versions that a plugin can go back to.
const EARLIER: usize = 3;

/// One plugin in one version.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// Its name.
    pub name: String,
    /// Its author, by the first of their keys; empty for a folder of this machine.
    pub author: String,
    /// Its version.
    pub version: String,
    /// Of everything that it consists of.
    pub digest: String,
    /// Whether it may run.
    pub state: State,
    /// What it consists of, where that could be read.
    pub package: Option<Arc<Package>>,
}

/// Whether a plugin may run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// It may; on the staff, it does.
    #[serde(rename = "current")]
    Ready,
    /// It cannot be read.
    Broken {
        /// What is wrong, for its author.
        why: String,
    },
    /// It was taken back.
    Revoked,
}

/// What a shelf knows of the house it stands in.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The roles there are.
    pub roles: BTreeSet<String>,
    /// Names of built-in skills, which no plugin may take.
    pub taken: BTreeSet<String>,
}

/// Why the shelf was not changed. The texts are for whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The plugin itself is wrong; the words are for its author.
    #[error("插件有问题，没有安装：{0}")]
    Fault(#[from] Fault),
    /// Its code cannot be run; the words are for its author.
    #[error("插件有问题，没有安装：{0}")]
    Unfit(String),
    /// Nobody said yet that this author is trusted.
    #[error(
        "“{name}”的签名密钥 {key} 还没有被信任；先向作者核对这串密钥，再加 --trust 安装，或先运行 xiaoer skill trust {key}"
    )]
    Untrusted {
        /// The plugin or index.
        name: String,
        /// The key.
        key: String,
    },
    /// The key may not sign any more.
    #[error("“{0}”的签名密钥已作废，不能安装；请向作者索取用新密钥签名的版本")]
    KeyGone(String),
    /// Another author, or a built-in skill, has the name.
    #[error("名称“{name}”已被{by}占用；同名的另一个插件不能接手它的授权和数据，请换一个名称，或先卸载原来的")]
    Clash {
        /// The name.
        name: String,
        /// Who has it.
        by: String,
    },
    /// The version goes back.
    #[error("“{name}”已装的是 {have}，不能装更旧的 {offered}；要退回上一版请用 xiaoer skill rollback {name}")]
    Older {
        /// The plugin.
        name: String,
        /// What is installed.
        have: String,
        /// What was offered.
        offered: String,
    },
    /// One version, two contents.
    #[error("“{name}”{version} 已经装过，但内容不同；同一个版本号不能有两种内容，请让作者换一个版本号")]
    Same {
        /// The plugin.
        name: String,
        /// The version.
        version: String,
    },
    /// It stays at its version.
    #[error("“{0}”已固定在当前版本；要更换版本，先运行 xiaoer skill pin {0} --off")]
    Pinned(String),
    /// There is no such plugin.
    #[error("没有安装插件“{0}”；xiaoer skill list 能看到已装的")]
    Unknown(String),
    /// There is nothing to go back to.
    #[error("“{0}”没有可退回的版本")]
    NoEarlier(String),
    /// It must not run any more.
    #[error("“{name}”{version} 已被吊销，不能使用：{why}")]
    Revoked {
        /// The plugin.
        name: String,
        /// The version.
        version: String,
        /// Why.
        why: &'static str,
    },
    /// Not a key.
    #[error("“{0}”不是密钥；密钥是 64 位十六进制数")]
    NotAKey(String),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The disk.
    #[error("插件目录写不进去（{0}）；请检查磁盘空间和权限")]
    Disk(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The shelf of one installation.
pub struct Shelf {
    db: SharedDb,
    disk: disk::Disk,
    keys: Keys,
    house: House,
    make: Make,
    read: Mutex<BTreeMap<String, Arc<Package>>>,
    changed: watch::Sender<u64>,
    /// One change at a time: each decides on what the one before left.
    one: tokio::sync::Mutex<()>,
}

impl Shelf {
    /// Over a data directory. Nothing is read yet. What `make` cannot make a skill of is not let in.
    #[must_use]
    pub fn open(db: SharedDb, data: &Path, house: House, make: Make) -> Arc<Self> {
        Arc::new(Self {
            keys: Keys::new(db.clone()),
            disk: disk::Disk::new(data),
            db,
            house,
            make,
            read: Mutex::default(),
            changed: watch::Sender::new(0),
            one: tokio::sync::Mutex::default(),
        })
    }

    /// Tells of every change, so that the staff can follow.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The keys that are known.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Every plugin in its current version.
    ///
    /// # Errors
    /// As the database. A plugin that cannot be read is listed with the reason.
    pub async fn all(&self) -> Result<Vec<Shelved>, DbError> {
        let mut all = Vec::new();
        for place in record::places(&self.db).await? {
            match self.get(&place.current).await? {
                Some(shelved) => all.push(shelved),
                None => all.push(Shelved {
                    name: place.name,
                    author: place.author,
                    version: String::new(),
                    digest: place.current,
                    state: State::Broken { why: "its record is missing; install it again".into() },
                    package: None,
                }),
            }
        }
        Ok(all)
    }

    /// The places that are taken, for a list of what is installed.
    ///
    /// # Errors
    /// As the database.
    pub async fn places(&self) -> Result<Vec<Place>, DbError> {
        record::places(&self.db).await
    }

    /// The code of a digest, current or not.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, digest: &str) -> Result<Option<Shelved>, DbError> {
        let Some(edition) = record::edition(&self.db, digest).await? else { return Ok(None) };
        let is_revoked = self.taken_back_of(&edition).await?.is_some();
        let read = self.package(&edition).await;
        let state = match &read {
            _ if is_revoked => State::Revoked,
            Ok(_) => State::Ready,
            Err(fault) => State::Broken { why: fault.to_string() },
        };
        let Edition { name, author, version, digest, .. } = edition;
        Ok(Some(Shelved { name, author, version, digest, state, package: read.ok() }))
    }

    /// Whether a version was taken back, by its index or with its key, also where its code is gone; and what a commit that relies on it not
    /// being so has to expect. Reads no code.
    ///
    /// # Errors
    /// As the database.
    pub async fn stands(&self, digest: &str) -> Result<Stands, DbError> {
        let Some((key, edition)) = record::known(&self.db, digest).await? else { return Ok(Ok(Batch::new())) };
        let signer = self.keys.get(&edition.signer).await?;
        Ok(match taken_back(&edition, signer.as_ref()) {
            Some(withdrawn) => Err(withdrawn),
            None => Ok(Keys::still(&edition.signer, signer.as_ref()).expect(Table::Plugins, key, &edition)),
        })
    }

    async fn taken_back_of(&self, edition: &Edition) -> Result<Option<Withdrawn>, DbError> {
        Ok(taken_back(edition, self.keys.get(&edition.signer).await?.as_ref()))
    }

    async fn package(&self, edition: &Edition) -> Result<Arc<Package>, Fault> {
        let known = self.read.lock().expect("nothing panics while reading").get(&edition.digest).cloned();
        if let Some(package) = known {
            return Ok(package);
        }
        let (disk, post, wanted) = (self.disk.clone(), self.post(None), edition.clone());
        let read = tokio::task::spawn_blocking(move || disk.read(&wanted, &post)).await;
        let stopped = |_| Fault::of("the plugin", "its reading was stopped", "start again");
        let package = Arc::new(read.map_err(stopped)??);
        self.read.lock().expect("nothing panics while reading").insert(edition.digest.clone(), Arc::clone(&package));
        Ok(package)
    }

    fn post(&self, adopted: Option<super::manifest::Adopted>) -> Post {
        Post { roles: Some(self.house.roles.clone()), adopted }
    }

    /// Removes what neither is current, nor may be gone back to, nor is pinned by a run.
    ///
    /// # Errors
    /// As the database; the disk only leaves behind what it cannot remove.
    pub async fn sweep(&self, pinned: &BTreeSet<String>) -> Result<(), DbError> {
        let _one = self.one.lock().await;
        let mut keep = pinned.clone();
        for place in record::places(&self.db).await? {
            keep.insert(place.current);
            keep.extend(place.earlier);
        }
        let gone = record::editions(&self.db).await?.into_iter().filter(|edition| !keep.contains(&edition.digest));
        let drop_row = |batch: Batch, edition: Edition| {
            let batch = batch.delete(Table::Plugins, record::edition_key(&edition.digest));
            // What nobody signed cannot be taken back.
            if edition.signer.is_empty() {
                return batch;
            }
            batch.put(Table::Plugins, record::left_key(&edition.digest), &edition)
        };
        let batch = gone.fold(Batch::new(), drop_row);
        if !batch.is_empty() {
            self.db.commit(batch).await?;
        }
        self.read.lock().expect("nothing panics while reading").retain(|digest, _| keep.contains(digest));
        let disk = self.disk.clone();
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || disk.keep(&keep)).await {
            tracing::warn!(%error, "a plugin that nobody uses could not be removed");
        }
        Ok(())
    }
}

fn taken_back(edition: &Edition, signer: Option<&Known>) -> Option<Withdrawn> {
    let with_key = signer.is_some_and(|known| known.standing == Standing::Revoked).then_some(Withdrawn::Key);
    edition.revoked.or(with_key)
}
