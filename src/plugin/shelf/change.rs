//! Changes of the shelf. Each is decided under one lock (by [`super::offer`] where a package wants a place), put on disk first and then
//! made true by one commit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::offer::{Offer, Step};
use super::record::{self, Edition, Place, Source};
use super::supply::Updated;
use super::{Shelf, ShelfError};
use crate::db::{Batch, Table};
use crate::plugin::grant::Wishes;
use crate::plugin::manifest::Adopted;
use crate::plugin::signature::Author;
use crate::plugin::trust::{Known, Standing};
use crate::plugin::{Package, archive, folder};

/// What came of an installation.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is installed now.
    pub package: Package,
    /// Its author, as in [`Place`].
    pub author: String,
    /// The version that was there before, where there was one.
    pub before: Option<String>,
}

/// What an owner is told of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The plugin.
    pub name: String,
    /// What a merchant calls it.
    pub title: String,
    /// Whose it is.
    pub role: String,
    /// The version that is there now.
    pub version: String,
    /// Of everything that it consists of.
    pub digest: String,
    /// The key of its author; empty for a folder of this machine.
    pub author: String,
    /// The version that was there before.
    pub before: Option<String>,
    /// What it wishes to be allowed, in the merchant's words.
    pub wishes: Vec<String>,
}

impl From<Change> for Installed {
    fn from(Change { package, author, before }: Change) -> Self {
        let wishes = Wishes::of(&package.manifest).words();
        let Package { manifest, digest, .. } = package;
        let (name, title, role, version) = (manifest.name, manifest.title, manifest.role, manifest.version);
        Self { name, title, role, version, digest, author, before, wishes }
    }
}

impl Shelf {
    /// Installs a folder of this machine as the machine's own.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn install_folder(&self, path: &Path, adopted: Option<Adopted>) -> Result<Change, ShelfError> {
        let _one = self.one.lock().await;
        let (from, post) = (path.to_owned(), self.post(adopted.clone()));
        let package = blocking(move || folder::read_for(&from, &post).map_err(ShelfError::from)).await?;
        let source = Source::Folder { path: path.to_owned() };
        let (author, signer) = (String::new(), String::new());
        self.put(Offer { package, signature: Vec::new(), author, signer, source, adopted }).await
    }

    /// Installs a signed archive; `trust` says yes to a key that was never seen.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn install_archive(&self, bytes: Vec<u8>, trust: bool) -> Result<Change, ShelfError> {
        let _one = self.one.lock().await;
        let unpacked = self.unpack(bytes).await?;
        let author = self.author(unpacked.author, &unpacked.package.manifest.name, trust).await?;
        let signer = unpacked.author.to_string();
        let archive::Unpacked { package, signature, .. } = unpacked;
        self.put(Offer { package, signature, author, signer, source: Source::Archive, adopted: None }).await
    }

    pub(super) async fn unpack(&self, bytes: Vec<u8>) -> Result<archive::Unpacked, ShelfError> {
        let post = self.post(None);
        blocking(move || archive::unpack(&bytes, &post).map_err(ShelfError::from)).await
    }

    /// Who a key is. `name` is what it signed.
    pub(super) async fn author(&self, key: Author, name: &str, trust: bool) -> Result<String, ShelfError> {
        let known = if trust { Some(self.keys.trust(key).await?) } else { self.keys.get(&key.to_string()).await? };
        match known {
            Some(known) if known.standing == Standing::Trusted => Ok(known.author),
            None | Some(Known { standing: Standing::Vouched, .. }) => {
                Err(ShelfError::Untrusted { name: name.into(), key: key.to_string() })
            }
            Some(_) => Err(ShelfError::KeyGone(name.into())),
        }
    }

    /// Gives a package its place, if it may have it.
    pub(super) async fn put(&self, offer: Offer) -> Result<Change, ShelfError> {
        let (name, digest) = (&offer.package.manifest.name, &offer.package.digest);
        let known = record::known(&self.db, digest).await?.map(|(_, edition)| edition);
        let there = record::place(&self.db, name).await?;
        let before = match &there {
            Some(place) => record::edition(&self.db, &place.current).await?.map(|edition| edition.version),
            None => None,
        };
        let Step { place, edition } =
            offer.step(&self.house.taken, known.as_ref(), (there.as_ref(), before.as_deref()))?;
        let Offer { package, signature, author, .. } = offer;
        // A folder that somebody watches is offered at every touch.
        if there.as_ref() != Some(&place) || known.as_ref() != Some(&edition) || !self.is_whole(&edition).await? {
            let (disk, on_disk, make) = (self.disk.clone(), Arc::new(package.clone()), Arc::clone(&self.make));
            blocking(move || {
                make(Arc::clone(&on_disk)).map_err(ShelfError::Unfit)?;
                disk.put(&on_disk.digest, &on_disk.files, &signature).map_err(ShelfError::from)
            })
            .await?;
            self.forget(&edition.digest);
            let batch = Batch::new().put(Table::Plugins, record::place_key(&place.name), &place);
            let batch = batch.delete(Table::Plugins, record::left_key(&edition.digest));
            self.db.commit(batch.put(Table::Plugins, record::edition_key(&edition.digest), &edition)).await?;
            self.tell();
        }
        Ok(Change { package, author, before })
    }

    async fn is_whole(&self, edition: &Edition) -> Result<bool, ShelfError> {
        let (disk, post, wanted) = (self.disk.clone(), self.post(None), edition.clone());
        blocking(move || Ok(disk.read(&wanted, &post).is_ok())).await
    }

    /// Takes a plugin off the shelf. Its code stays for the runs that have begun with it.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn remove(&self, name: &str) -> Result<(), ShelfError> {
        let _one = self.one.lock().await;
        let place = self.place(name).await?;
        self.db.commit(Batch::new().delete(Table::Plugins, record::place_key(&place.name))).await?;
        self.tell();
        Ok(())
    }

    /// Goes back to the version before, and stays there.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn rollback(&self, name: &str) -> Result<Updated, ShelfError> {
        let _one = self.one.lock().await;
        let mut place = self.place(name).await?;
        let from = record::edition(&self.db, &place.current).await?.map(|edition| edition.version).unwrap_or_default();
        let digest = place.earlier.pop().ok_or_else(|| ShelfError::NoEarlier(name.into()))?;
        let edition = record::edition(&self.db, &digest).await?.ok_or_else(|| ShelfError::NoEarlier(name.into()))?;
        if let Some(withdrawn) = self.taken_back_of(&edition).await? {
            let why = withdrawn.of_version();
            return Err(ShelfError::Revoked { name: name.into(), version: edition.version, why });
        }
        // Otherwise the next update would bring back what the person just went away from.
        place = Place { current: digest, pinned: true, ..place };
        self.db.commit(Batch::new().put(Table::Plugins, record::place_key(name), &place)).await?;
        self.tell();
        Ok(Updated { name: name.into(), from, to: edition.version, changes: String::new(), trouble: None })
    }

    /// Keeps a plugin at its version, or lets it go on.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn pin(&self, name: &str, pinned: bool) -> Result<(), ShelfError> {
        let _one = self.one.lock().await;
        let place = Place { pinned, ..self.place(name).await? };
        self.db.commit(Batch::new().put(Table::Plugins, record::place_key(name), &place)).await?;
        Ok(())
    }

    /// Trusts a key, or revokes it.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn trust(&self, key: &str, revoke: bool) -> Result<(), ShelfError> {
        let _one = self.one.lock().await;
        let author = Author::read(key).ok_or_else(|| ShelfError::NotAKey(key.chars().take(80).collect()))?;
        if revoke {
            self.keys.revoke(author).await?;
            self.tell();
            return Ok(());
        }
        let known = self.keys.trust(author).await?;
        if known.standing == Standing::Trusted { Ok(()) } else { Err(ShelfError::KeyGone(key.into())) }
    }

    /// The folders that plugins of this machine come from, for whoever watches them.
    ///
    /// # Errors
    /// As the database.
    pub async fn folders(&self) -> Result<Vec<(String, PathBuf)>, ShelfError> {
        let folder = |place: Place| match place.source {
            Source::Folder { path } if !place.pinned => Some((place.name, path)),
            _ => None,
        };
        Ok(record::places(&self.db).await?.into_iter().filter_map(folder).collect())
    }

    pub(super) async fn place(&self, name: &str) -> Result<Place, ShelfError> {
        record::place(&self.db, name).await?.ok_or_else(|| ShelfError::Unknown(name.into()))
    }

    fn forget(&self, digest: &str) {
        self.read.lock().expect("nothing panics while reading").remove(digest);
    }

    pub(super) fn tell(&self) {
        self.changed.send_modify(|changes| *changes += 1);
    }
}

/// Files are read, hashed and unpacked away from the threads that answer.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ShelfError> + Send + 'static,
) -> Result<T, ShelfError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => Err(ShelfError::Disk(std::io::Error::other(stopped))),
    }
}
