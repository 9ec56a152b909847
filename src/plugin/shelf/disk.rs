//! Packages on disk: `<data>/plugins/<digest>/`. A folder is there whole or not at all, and what is read is what was installed: the digest
//! is counted again at every reading.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rand::RngExt as _;
use rustix::fs::{CWD, RenameFlags};

use super::record::Edition;
use crate::plugin::assemble::{self, Files};
use crate::plugin::manifest::Post;
use crate::plugin::names::SIGNATURE;
use crate::plugin::{Fault, Package, folder};

const AGAIN: &str = "install the plugin again";

/// The folder of all packages.
#[derive(Clone)]
pub(super) struct Disk(PathBuf);

impl Disk {
    pub(super) fn new(data: &Path) -> Self {
        Self(data.join("plugins"))
    }

    fn at(&self, digest: &str) -> PathBuf {
        self.0.join(digest)
    }

    /// Writes a package beside and moves it into place.
    pub(super) fn put(&self, digest: &str, files: &Files, signature: &[u8]) -> io::Result<()> {
        let place = self.at(digest);
        let beside = self.0.join(format!("new-{:016x}", rand::rng().random::<u64>()));
        for (path, bytes) in
            files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).chain([(SIGNATURE, signature)])
        {
            let path = beside.join(path);
            if let Some(above) = path.parent() {
                fs::create_dir_all(above)?;
            }
            let mut file = File::create_new(path)?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        // The same bytes again, or what was left of them after somebody changed them. The two change places in one step: a run may have
        // pinned this code, and a kill in between must leave one of them.
        if place.exists() {
            rustix::fs::renameat_with(CWD, &beside, CWD, &place, RenameFlags::EXCHANGE)?;
            fs::remove_dir_all(&beside)?;
        } else {
            fs::rename(&beside, &place)?;
        }
        File::open(&self.0)?.sync_all()
    }

    /// Reads an edition.
    pub(super) fn read(&self, edition: &Edition, post: &Post) -> Result<Package, Fault> {
        let post = Post { adopted: edition.adopted.clone(), ..post.clone() };
        let package = assemble::package(&edition.name, self.found(&edition.digest)?, &post)?;
        if package.digest == edition.digest { Ok(package) } else { Err(changed()) }
    }

    /// The files of a digest and their signature, as they were put there.
    pub(super) fn whole(&self, digest: &str) -> Result<(Files, Vec<u8>), Fault> {
        let files = self.found(digest)?;
        if assemble::digest(&files) != digest {
            return Err(changed());
        }
        let unread = |error: io::Error| Fault::of(SIGNATURE, format!("cannot be read ({error})"), AGAIN);
        Ok((files, fs::read(self.at(digest).join(SIGNATURE)).map_err(unread)?))
    }

    fn found(&self, digest: &str) -> Result<Files, Fault> {
        let at = self.at(digest);
        if at.exists() {
            return folder::files(&at);
        }
        let what = "they are not there; backups of an older version do not hold them";
        Err(Fault::of("the installed files", what, AGAIN))
    }

    /// Removes all but these digests.
    pub(super) fn keep(&self, digests: &BTreeSet<String>) -> io::Result<()> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| digests.contains(name)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

fn changed() -> Fault {
    Fault::of("the installed files", "they were changed on disk", AGAIN)
}
