//! One file that holds a plugin: `NAME-VERSION.xskill`, a zip of the folder `NAME/`. The same plugin and key make the same bytes.
//!
//! A reader meets an archive before anybody trusts its author: every bound is checked on what is really read, never on what the archive
//! says of itself, and nothing is written anywhere.

use std::io::{Cursor, Read as _, Write as _};

use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::Package;
use super::assemble::{self, Files};
use super::fault::{Fault, shown};
use super::folder::too_large;
use super::manifest::Post;
use super::names::{self, MOST_BYTES, MOST_FILES, SIGNATURE, Seen};
use super::signature::{self, Author, Key};

/// Most bytes of an archive. Files that do not shrink must fit with their headers.
pub const LARGEST: usize = MOST_BYTES + 1024 * 1024;
const REPACK: &str = "pack the folder with xiaoer skill pack";
/// The bits of a Unix mode that say what kind of file it is, and the kind of a plain one and a folder.
const KIND: u32 = 0o170_000;
const PLAIN: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// What was in an archive.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// The plugin.
    pub package: Package,
    /// Who signed it.
    pub author: Author,
    /// The text of its SIGNATURE.
    pub signature: Vec<u8>,
}

/// The name of a package's archive.
#[must_use]
pub fn name(package: &Package) -> String {
    format!("{}-{}.xskill", package.manifest.name, package.manifest.version)
}

/// Packs and signs a plugin.
///
/// # Errors
/// What the archive's writer says; it writes into memory.
pub fn pack(package: &Package, key: &Key) -> Result<Vec<u8>, Fault> {
    let signature = key.sign_package(package);
    let mut all: Vec<(&str, &[u8])> =
        package.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    all.push((SIGNATURE, signature.as_bytes()));
    all.sort_unstable();
    let failed = |why: String| Fault::of("the archive", format!("cannot be written ({why})"), "report this");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in all {
        zip.start_file(format!("{}/{path}", package.manifest.name), options)
            .map_err(|error| failed(error.to_string()))?;
        zip.write_all(bytes).map_err(|error| failed(error.to_string()))?;
    }
    Ok(zip.finish().map_err(|error| failed(error.to_string()))?.into_inner())
}

/// Reads an archive and checks who signed it.
///
/// # Errors
/// The first [`Fault`].
pub fn unpack(bytes: &[u8], post: &Post) -> Result<Unpacked, Fault> {
    let (folder, mut files) = read(bytes)?;
    let signature = files.remove(SIGNATURE);
    let package = assemble::package(&folder, files, post)?;
    let mend = "ask its author for an archive made by xiaoer skill pack, or install the unpacked folder as your own";
    let signature = signature.ok_or_else(|| Fault::of("the archive", "nobody signed it", mend))?;
    let author = signature::check(&package, &signature)?;
    Ok(Unpacked { package, author, signature })
}

/// The folder's name and its files.
fn read(bytes: &[u8]) -> Result<(String, Files), Fault> {
    let refuse = |what: &str| Fault::of("the archive", what, REPACK);
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refuse(&format!("is no zip file ({error})")))?;
    // Files and the folders that some packers list, too.
    if zip.len() > 2 * MOST_FILES {
        return Err(refuse("has more than 400 entries"));
    }
    if zip.has_duplicate_names() {
        return Err(refuse("has a path twice"));
    }
    if zip.has_overlapping_entries().unwrap_or(true) {
        return Err(refuse("has entries that share bytes"));
    }
    if zip.offset() != 0 {
        return Err(refuse("has something before its first entry"));
    }
    let mut folder: Option<String> = None;
    let (mut files, mut seen, mut left) = (Files::new(), Seen::default(), MOST_BYTES);
    for at in 0..zip.len() {
        let mut entry =
            zip.by_index(at).map_err(|error| refuse(&format!("has an entry that cannot be read ({error})")))?;
        let path =
            std::str::from_utf8(entry.name_raw()).map_err(|_| refuse("has a path that is not UTF-8"))?.to_owned();
        // A second name in an extra field would be another program's truth.
        if entry.name().ok().as_deref() != Some(path.as_str()) {
            return Err(Fault::of(&shown(&path), "the entry has two names", REPACK));
        }
        let kind = entry.unix_mode().map_or(0, |mode| mode & KIND);
        let is_folder = path.ends_with('/');
        if entry.is_symlink() || !(kind == 0 || kind == if is_folder { FOLDER } else { PLAIN }) || entry.encrypted() {
            return Err(Fault::of(&shown(&path), "the entry is no plain file", REPACK));
        }
        let (top, inner) = path
            .split_once('/')
            .ok_or_else(|| Fault::of(&shown(&path), "the file does not lie in the plugin's folder", REPACK))?;
        names::check(top)?;
        if folder.get_or_insert_with(|| top.into()) != top {
            return Err(refuse("has more than one folder at its top"));
        }
        if is_folder {
            if !inner.is_empty() {
                names::check(inner.trim_end_matches('/'))?;
            }
            continue;
        }
        seen.take(inner)?;
        let inner = inner.to_owned();
        let bound = u64::try_from(left).unwrap_or(u64::MAX);
        let mut content = Vec::new();
        entry.by_ref().take(bound.saturating_add(1)).read_to_end(&mut content).map_err(|error| {
            Fault::of(&shown(&path), format!("the entry is damaged ({error})"), "get the archive anew")
        })?;
        left = left.checked_sub(content.len()).ok_or_else(too_large)?;
        files.insert(inner, content);
    }
    let folder = folder.ok_or_else(|| refuse("is empty"))?;
    Ok((folder, files))
}
