//! A folder → [`Package`]. Reads with bounds and follows no link: a folder may lie anywhere, and what it names must not lead elsewhere.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::Package;
use super::assemble::{self, Files};
use super::fault::{Fault, shown};
use super::manifest::Post;
use super::names::{self, MOST_BYTES, SIGNATURE, Seen};

/// Reads the plugin of a folder for any role.
///
/// # Errors
/// The first [`Fault`].
pub fn read(folder: &Path) -> Result<Package, Fault> {
    read_for(folder, &Post::default())
}

/// Reads the plugin of a folder for a place.
///
/// # Errors
/// The first [`Fault`].
pub fn read_for(folder: &Path, post: &Post) -> Result<Package, Fault> {
    let unread = |error: io::Error| {
        Fault::of(&folder.display().to_string(), format!("cannot be read ({error})"), "name a folder with a SKILL.md")
    };
    // The name counts, so `.` and a link to the folder are resolved first.
    let folder = folder.canonicalize().map_err(unread)?;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    assemble::package(&name, files(&folder)?, post)
}

/// Every file of a folder that belongs to the plugin.
///
/// # Errors
/// A path that is not allowed, a link, too many files or bytes, or what the disk says.
pub fn files(folder: &Path) -> Result<Files, Fault> {
    let mut walk = Walk { files: Files::new(), seen: Seen::default(), left: MOST_BYTES };
    walk.folder(folder, "")?;
    Ok(walk.files)
}

struct Walk {
    files: Files,
    seen: Seen,
    left: usize,
}

impl Walk {
    fn folder(&mut self, folder: &Path, above: &str) -> Result<(), Fault> {
        let at = if above.is_empty() { "the folder" } else { above };
        let unread = |error: io::Error| Fault::of(at, format!("cannot be read ({error})"), "mend its permissions");
        for entry in fs::read_dir(folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(Fault::of(&shown(&name.to_string_lossy()), "the name is not UTF-8", "rename the file"));
            };
            let path = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
            if names::is_left_out(&path) || path == SIGNATURE {
                continue;
            }
            // Of the entry itself, not of what a link points to.
            let kind = entry.file_type().map_err(unread)?;
            if kind.is_dir() {
                names::check(&path)?;
                self.folder(&entry.path(), &path)?;
            } else if kind.is_file() {
                self.seen.take(&path)?;
                self.file(&entry.path(), path)?;
            } else {
                return Err(Fault::of(
                    &shown(&path),
                    "it is neither file nor folder",
                    "put the file itself in its place",
                ));
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, path: String) -> Result<(), Fault> {
        let unread = |error: io::Error| Fault::of(&path, format!("cannot be read ({error})"), "mend its permissions");
        let bound = u64::try_from(self.left).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        fs::File::open(from).map_err(unread)?.take(bound.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
        self.left = self.left.checked_sub(bytes.len()).ok_or_else(too_large)?;
        self.files.insert(path, bytes);
        Ok(())
    }
}

/// The fault of a plugin that is too large, wherever it comes from.
pub(crate) fn too_large() -> Fault {
    Fault::of("the plugin", "its files are more than 32 MiB together", "leave out what the skill does not need")
}
