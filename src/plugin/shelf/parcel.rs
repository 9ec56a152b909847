//! Packages on their way into a backup and out of it. What comes in is a stranger's file: paths are those of any plugin, and the digest is
//! counted before a byte is written. Who may run is not decided here.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::disk::Disk;
use super::record;
use crate::db::{DbError, Parcel, SharedDb};
use crate::plugin::assemble::{self, Files};
use crate::plugin::names::{MOST_BYTES, SIGNATURE, Seen};
use crate::plugin::{Fault, folder};

/// Every version that is kept, by `name version`: as a parcel, or what is wrong with it. Each is read when it is its turn.
///
/// # Errors
/// As the database.
pub async fn parcels(
    db: &SharedDb,
    data: &Path,
) -> Result<impl Iterator<Item = (String, Result<Parcel, Fault>)>, DbError> {
    let disk = Disk::new(data);
    Ok(record::editions(db).await?.into_iter().map(move |edition| {
        let packed = disk.whole(&edition.digest).map(|(files, signature)| {
            let all = files.iter().map(|(path, bytes)| (path.clone(), STANDARD.encode(bytes)));
            let files: BTreeMap<_, _> = all.chain([(SIGNATURE.to_owned(), STANDARD.encode(signature))]).collect();
            Parcel { parcel: edition.digest, files }
        });
        (format!("{} {}", edition.name, edition.version), packed)
    }))
}

/// Puts a package of a backup on disk, byte for byte as it was.
///
/// # Errors
/// One sentence: a path that no plugin has, too many or too large files, bytes that are not what the digest says, or what the disk says.
pub fn put_back(data: &Path, parcel: &Parcel) -> Result<(), String> {
    let (mut files, mut seen, mut left, mut signature) = (Files::new(), Seen::default(), MOST_BYTES, Vec::new());
    for (path, text) in &parcel.files {
        seen.take(path).map_err(|fault| fault.to_string())?;
        let bytes = STANDARD.decode(text).map_err(|error| format!("the file {path} is no base64: {error}"))?;
        left = left.checked_sub(bytes.len()).ok_or_else(|| folder::too_large().to_string())?;
        if path == SIGNATURE {
            signature = bytes;
        } else {
            files.insert(path.clone(), bytes);
        }
    }
    if assemble::digest(&files) != parcel.parcel {
        return Err("the files of a plugin are not those that its digest names; use another backup".into());
    }
    Disk::new(data).put(&parcel.parcel, &files, &signature).map_err(|error| format!("cannot be written: {error}"))
}
