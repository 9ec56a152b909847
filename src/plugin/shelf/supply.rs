//! What comes from an index: installing by name, looking for newer versions, and believing what it takes back. An index speaks for what
//! was installed from it and for nothing else.

use semver::Version;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::offer::Offer;
use super::record::{self, Edition, Place, Source};
use super::{Shelf, ShelfError};
use crate::db::{Batch, Table};
use crate::plugin::archive;
use crate::plugin::index::{self, Index};
use crate::plugin::trust::Standing;

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

impl Shelf {
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
        for (key, edition) in record::all_known(&self.db).await? {
            if edition.revoked.is_some() || edition.index.as_deref() != Some(at) {
                continue;
            }
            if let Some(withdrawn) = index.revokes(&edition.name, &edition.digest, &edition.signer) {
                batch = batch.put(Table::Plugins, key, &Edition { revoked: Some(withdrawn), ..edition });
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
        if let Some(withdrawn) = index.revokes(name, &version.digest, &signer) {
            let why = withdrawn.of_version();
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
}
