//! What the sandbox must remember over a restart: one JSON line per change, written before the change is answered. A
//! torn last line (the machine died while writing) is dropped with a warning; a broken line elsewhere stops the start.
//! The bytes of pictures stand beside it, never inside.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::effects::Effect;
use crate::pictures::uploads::Uploads;
use crate::world::changes::Change;

const FILE: &str = "journal.jsonl";

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) at: Moment,
    pub(crate) shop: String,
    pub(crate) change: Change,
    /// Set where the change came over the wire.
    pub(crate) effect: Option<Effect>,
}

/// Where changes go; nowhere when no directory was given.
#[derive(Debug)]
pub(crate) struct Journal {
    file: Option<File>,
    /// Pictures that came over the wire.
    pub(crate) uploads: Uploads,
}

/// Why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The directory or the file cannot be read or written.
    #[error("sandbox journal {path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line that is not the last one is not a change.
    #[error("sandbox journal {path}: line {line} is not a change")]
    Broken {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}

impl Journal {
    /// A journal that forgets.
    pub(crate) fn none() -> Self {
        Self { file: None, uploads: Uploads::in_memory() }
    }

    /// Opens the journal of a directory, making both where they are missing, and reads what it holds.
    pub(crate) fn open(dir: &Path) -> Result<(Self, Vec<Entry>), JournalError> {
        let path = dir.join(FILE);
        let failed = |source| JournalError::Io { path: path.clone(), source };
        fs::create_dir_all(dir).map_err(failed)?;
        let mut file =
            OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (entries, good) = read(&bytes, &path)?;
        if good < bytes.len() {
            tracing::warn!(path = %path.display(), "sandbox journal: dropped a torn last line");
        }
        // The next change must begin where the last whole one ended.
        file.set_len(u64::try_from(good).unwrap_or(u64::MAX)).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok((Self { file: Some(file), uploads: Uploads::in_folder(dir) }, entries))
    }

    /// Writes one change to the disk.
    pub(crate) fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_string(entry)?;
        line.push('\n');
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }
}

/// The entries, and how many bytes they take. Bytes, not text: a line can be torn inside a character.
fn read(bytes: &[u8], path: &Path) -> Result<(Vec<Entry>, usize), JournalError> {
    let mut entries = Vec::new();
    let mut good = 0;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match serde_json::from_slice(line) {
            Ok(entry) if line.ends_with(b"\n") => entries.push(entry),
            _ if good + line.len() == bytes.len() => break,
            _ => return Err(JournalError::Broken { path: path.to_owned(), line: number + 1 }),
        }
        good += line.len();
    }
    Ok((entries, good))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(generation: u32) -> Entry {
        Entry { at: Moment(0), shop: "甲".to_owned(), change: Change::TokensRevoked { generation }, effect: None }
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_the_next_change_follows_the_last_whole_one() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut journal, _) = Journal::open(dir.path()).expect("a new journal");
        journal.append(&entry(1)).expect("written");
        let path = dir.path().join(FILE);
        let mut bytes = fs::read(&path).expect("the file");
        bytes.extend(&"{\"at\":5,\"shop\":\"甲".as_bytes()[..18]);
        fs::write(&path, bytes).expect("torn");

        let (mut journal, entries) = Journal::open(dir.path()).expect("it opens");
        assert_eq!(entries.len(), 1);
        journal.append(&entry(2)).expect("written");
        assert_eq!(Journal::open(dir.path()).expect("it opens").1.len(), 2);
    }

    #[test]
    fn a_broken_line_in_the_middle_stops_the_start() {
        let dir = tempfile::tempdir().expect("a directory");
        let whole = serde_json::to_string(&entry(1)).expect("a line");
        fs::write(dir.path().join(FILE), format!("{whole}\nnonsense\n{whole}\n")).expect("written");
        let error = Journal::open(dir.path()).expect_err("it must not open");
        assert!(matches!(error, JournalError::Broken { line: 2, .. }), "{error}");
    }
}
