//! Reports as files: `<dir>/<shop>/<as_of>-<skill>.md`, and the same as JSON, for a network drive or another program to pick up.
//!
//! A file appears whole or not at all, and the same letter twice is the same file. No name from outside can lead out of `dir`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Channel, DeliveryError, Letter};

/// The longest name of a shop or skill within a path, in bytes.
const LONGEST_NAME: usize = 80;

/// A directory that reports are written into.
pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    /// A directory; made when the first report comes.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Where a letter's text is written; the JSON lies beside it.
    #[must_use]
    pub fn path(&self, letter: &Letter) -> PathBuf {
        self.dir.join(safe_name(&letter.shop)).join(format!("{}-{}.md", letter.as_of, safe_name(&letter.skill)))
    }
}

#[async_trait::async_trait]
impl Channel for Folder {
    async fn deliver(&self, letter: &Letter) -> Result<(), DeliveryError> {
        let text_path = self.path(letter);
        let json_path = text_path.with_extension("json");
        let json = serde_json::to_vec_pretty(&letter.json)
            .map_err(|error| DeliveryError::Permanent(format!("报告不能写成 JSON：{error}")))?;
        let (text, id) = (letter.text.clone(), letter.id.clone());
        let written = tokio::task::spawn_blocking(move || {
            // The text last: whoever waits for it finds the JSON there.
            write_whole(&json_path, &json, &id)?;
            write_whole(&text_path, text.as_bytes(), &id)
        })
        .await
        .unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        written.map_err(|error| DeliveryError::Later {
            why: format!("报告文件写不进去（{error}），请检查目录是否存在、可写、有空间"),
            after: None,
        })
    }
}

/// A part of a path that a name from outside becomes. Letters and digits of any script stay; a name that had to be changed carries a
/// hash, so that two shops never share a directory.
fn safe_name(name: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_safe) {
        return name.to_owned();
    }
    let mut safe: String = name.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
    while safe.len() > LONGEST_NAME {
        safe.pop();
    }
    format!("{safe}-{}", hex::encode(&Sha256::digest(name)[..4]))
}

/// Writes beside the target and renames, so that no reader and no kill ever sees half a file; syncs, so that no power cut does.
fn write_whole(path: &Path, bytes: &[u8], letter: &str) -> io::Result<()> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(dir)?;
    let draft = dir.join(format!(".{}.draft", hex::encode(&Sha256::digest(letter)[..8])));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    for changed in [Some(dir), dir.parent()].into_iter().flatten() {
        File::open(changed)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_readable() {
        for name in ["demo", "daily-report", "演示店铺", "b2b-22158_1"] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn two_shops_whose_names_look_alike_once_cleaned_keep_apart() {
        let names = ["a/b", "a b", "a.b", "a\\b", "a:b", "../a", "", ".", ".."].map(safe_name);
        let apart: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(apart.len(), names.len(), "{names:?}");
    }

    #[test]
    fn a_very_long_name_still_fits_into_a_path() {
        assert!(safe_name(&"店".repeat(500)).len() < 120);
    }
}
