//! Changes of the shelf. Each is decided under one lock, put on disk first and then made true by one commit.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use semver::Version;
use serde::{Deserialize, Serialize};

use super::record::{self, Edition, Place, Source};
use super::{EARLIER, Shelf, ShelfError};
use crate::db::{Batch, Table};
use crate::plugin::index::{self, Index};
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

/// What came of looking for a newer version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    /// The plugin.
    pub name: String,
    /// The version that was there.
    pub from: String,
    /// The version that is there now; the same when there was nothing newer.
    pub to: String,
    /// What its author says of the change.
    pub changes: String,
    /// Why it could not be updated.
    pub trouble: Option<String>,
}

/// A package that wants a place.
struct Offer {
    package: Package,
    signature: Vec<u8>,
    author: String,
    signer: String,
    source: Source,
    adopted: Option<Adopted>,
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

    async fn unpack(&self, bytes: Vec<u8>) -> Result<archive::Unpacked, ShelfError> {
        let post = self.post(None);
        blocking(move || archive::unpack(&bytes, &post).map_err(ShelfError::from)).await
    }

    /// Installs the newest fitting version that an index names.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub async fn install_named(&self, name: &str, at: &str, trust: bool) -> Result<Change, ShelfError> {
        let _one = self.one.lock().await;
        let index = self.index(at, trust).await?;
        self.take(&index, name, at).await
    }

    /// Reads an index, believes what it may say, and remembers how far it has come.
    async fn index(&self, at: &str, trust: bool) -> Result<Index, ShelfError> {
        let signed = index::fetch(at).await?;
        let index = signed.index;
        for rotation in &index.rotations {
            self.keys.follow(rotation).await?;
        }
        let author = self.author(signed.signer, at, trust).await?;
        index::advance(&self.db, at, &author, &index).await?;
        self.believe(at, &index).await?;
        Ok(index)
    }

    /// An index speaks for what was installed from it, and for nothing else.
    async fn believe(&self, at: &str, index: &Index) -> Result<(), ShelfError> {
        let mut batch = Batch::new();
        for edition in record::editions(&self.db).await? {
            if edition.revoked.is_some() || edition.index.as_deref() != Some(at) {
                continue;
            }
            if let Some(why) = index.revokes(&edition.name, &edition.digest, &edition.signer) {
                let key = record::edition_key(&edition.digest);
                batch = batch.put(Table::Plugins, key, &Edition { revoked: Some(why), ..edition });
            }
        }
        if !batch.is_empty() {
            self.db.commit(batch).await?;
            self.tell();
        }
        Ok(())
    }

    async fn take(&self, index: &Index, name: &str, at: &str) -> Result<Change, ShelfError> {
        let (listed, version) = index.newest(name)?;
        let unpacked = self.unpack(index::download(at, &version.file).await?).await?;
        let signer = unpacked.author.to_string();
        if unpacked.package.digest != version.digest
            || signer != version.key
            || unpacked.package.manifest.name != listed.name
        {
            return Err(index::IndexError::Other { file: version.file.clone() }.into());
        }
        if let Some(why) = index.revokes(name, &version.digest, &signer) {
            return Err(ShelfError::Revoked { name: name.into(), version: version.version.clone(), why });
        }
        // Whoever signs the index vouches for the authors in it; a key that is known to be gone stays so.
        let known = self.keys.vouch(unpacked.author).await?;
        if !matches!(known.standing, Standing::Trusted | Standing::Vouched) {
            return Err(ShelfError::KeyGone(name.into()));
        }
        let author = known.author;
        let archive::Unpacked { package, signature, .. } = unpacked;
        let source = Source::Index { at: at.into() };
        self.put(Offer { package, signature, author, signer, source, adopted: None }).await
    }

    /// Who a key is. `name` is what it signed.
    async fn author(&self, key: Author, name: &str, trust: bool) -> Result<String, ShelfError> {
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
    async fn put(&self, offer: Offer) -> Result<Change, ShelfError> {
        let Offer { package, signature, author, signer, source, adopted } = offer;
        let (name, digest) = (package.manifest.name.clone(), package.digest.clone());
        let version = package.manifest.version.clone();
        if self.house.taken.contains(&name) {
            return Err(ShelfError::Clash { name, by: "内置技能".into() });
        }
        let known = record::edition(&self.db, &digest).await?;
        if let Some(why) = known.as_ref().and_then(|edition| edition.revoked.clone()) {
            return Err(ShelfError::Revoked { name, version, why });
        }
        let there = record::place(&self.db, &name).await?;
        let mut before = None;
        if let Some(place) = &there {
            before = record::edition(&self.db, &place.current).await?.map(|edition| edition.version);
            if place.author != author {
                return Err(ShelfError::Clash { name, by: who(&place.author) });
            }
            if place.current != digest {
                may_follow(place, before.as_deref().unwrap_or_default(), &version)?;
            }
        }
        let index = if let Source::Index { at } = &source { Some(at.clone()) } else { None };
        let place = Place {
            name: name.clone(),
            author: author.clone(),
            current: digest.clone(),
            ..succeed(there.as_ref(), &digest, source)
        };
        let edition = Edition { name, author: author.clone(), signer, version, digest, adopted, index, revoked: None };
        // A folder that somebody watches is offered at every touch.
        if there.as_ref() != Some(&place) || known.as_ref() != Some(&edition) || !self.is_whole(&edition).await? {
            let (disk, on_disk, make) = (self.disk.clone(), Arc::new(package.clone()), Arc::clone(&self.make));
            blocking(move || {
                make(Arc::clone(&on_disk)).map_err(ShelfError::Unfit)?;
                disk.put(&on_disk, &signature).map_err(ShelfError::from)
            })
            .await?;
            self.forget(&edition.digest);
            let batch = Batch::new().put(Table::Plugins, record::place_key(&place.name), &place);
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
        let key = self.keys.get(&edition.signer).await?;
        if edition.revoked.is_some() || key.is_some_and(|known| known.standing == Standing::Revoked) {
            let why = edition.revoked.unwrap_or_else(|| "签名密钥已作废".into());
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

    /// Looks for newer versions where each plugin came from. What goes wrong with one is told and stops no other.
    ///
    /// # Errors
    /// Only when there is no such plugin, or as the database.
    pub async fn update(&self, name: Option<&str>) -> Result<Vec<Updated>, ShelfError> {
        let places = match name {
            Some(name) => vec![self.place(name).await?],
            None => record::places(&self.db).await?,
        };
        let mut all = Vec::new();
        for place in places {
            let from =
                record::edition(&self.db, &place.current).await?.map(|edition| edition.version).unwrap_or_default();
            let mut updated =
                Updated { name: place.name.clone(), to: from.clone(), from, changes: String::new(), trouble: None };
            match self.newer(&place, &updated.from).await {
                Ok(Some((to, changes))) => (updated.to, updated.changes) = (to, changes),
                Ok(None) => {}
                Err(error) => updated.trouble = Some(error.to_string()),
            }
            all.push(updated);
        }
        Ok(all)
    }

    async fn newer(&self, place: &Place, have: &str) -> Result<Option<(String, String)>, ShelfError> {
        match &place.source {
            Source::Archive => Ok(None),
            Source::Folder { path } => {
                let adopted = record::edition(&self.db, &place.current).await?.and_then(|edition| edition.adopted);
                let change = self.install_folder(path, adopted).await?;
                let is_new = change.package.digest != place.current;
                Ok(is_new.then(|| (change.package.manifest.version, String::new())))
            }
            Source::Index { at } => {
                let _one = self.one.lock().await;
                let index = self.index(at, false).await?;
                let (_, version) = index.newest(&place.name)?;
                if Version::parse(&version.version).ok() <= Version::parse(have).ok() || place.pinned {
                    return Ok(None);
                }
                let changes = version.changes.clone();
                let change = self.take(&index, &place.name, at).await?;
                Ok(Some((change.package.manifest.version, changes)))
            }
        }
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

    async fn place(&self, name: &str) -> Result<Place, ShelfError> {
        record::place(&self.db, name).await?.ok_or_else(|| ShelfError::Unknown(name.into()))
    }

    fn forget(&self, digest: &str) {
        self.read.lock().expect("nothing panics while reading").remove(digest);
    }

    fn tell(&self) {
        self.changed.send_modify(|changes| *changes += 1);
    }
}

/// Whether a version may follow what is there. A folder of this machine is its owner's to change without a new number.
fn may_follow(place: &Place, have: &str, offered: &str) -> Result<(), ShelfError> {
    let name = place.name.clone();
    if place.pinned {
        return Err(ShelfError::Pinned(name));
    }
    let (Ok(old), Ok(new)) = (Version::parse(have), Version::parse(offered)) else { return Ok(()) };
    match new.cmp_precedence(&old) {
        Ordering::Less => Err(ShelfError::Older { name, have: have.into(), offered: offered.into() }),
        Ordering::Equal if !place.author.is_empty() => Err(ShelfError::Same { name, version: offered.into() }),
        _ => Ok(()),
    }
}

/// What a place keeps of what was there: the way back, and whether it stays.
fn succeed(there: Option<&Place>, digest: &str, source: Source) -> Place {
    let mut earlier = there.map(|place| place.earlier.clone()).unwrap_or_default();
    if let Some(place) = there.filter(|place| place.current != digest) {
        earlier.retain(|other| other != digest);
        earlier.push(place.current.clone());
        earlier.drain(..earlier.len().saturating_sub(EARLIER));
    }
    let pinned = there.is_some_and(|place| place.pinned);
    Place { name: String::new(), author: String::new(), current: String::new(), earlier, pinned, source }
}

fn who(author: &str) -> String {
    if author.is_empty() {
        "本机插件".into()
    } else {
        format!("作者 {} 的插件", &author[..author.len().min(12)])
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
