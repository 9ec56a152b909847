//! The embedded database: sled 0.34.7, one writer thread, group commit.
//!
//! Measured: sled's own flush does not reach the disk (it ends at `sync_file_range`), so every group ends with `syncfs` on the
//! directory. One thread writes; it drains its queue, applies every batch, flushes once, and only then answers. A failed sync is not
//! survivable: the thread refuses everything from then on and whoever waits on [`SledDb::failed`] stops the process.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use super::{Batch, Db, DbError, Key, Row, Scan, Table};

const FORMAT_FILE: &str = "FORMAT";
const FORMAT: &str = "xiaoer db 1, sled 0.34\n";
/// How long to wait for a lock before it counts as held.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(25);
/// Commits that one flush may cover.
const GROUP: usize = 1024;

/// A database in a directory of its own.
pub struct SledDb {
    rows: sled::Tree,
    db: sled::Db,
    queue: Option<mpsc::Sender<Commit>>,
    writer: Option<JoinHandle<()>>,
    failed: watch::Receiver<Option<String>>,
}

struct Commit {
    batch: Batch,
    answer: oneshot::Sender<Result<(), DbError>>,
}

impl SledDb {
    /// Opens or creates the database in `dir`. `cache` bounds sled's page cache in bytes, not the memory of the process.
    ///
    /// # Errors
    /// [`DbError::Taken`] when another process has it, [`DbError::Open`] when it is not ours or damaged; the data is left alone.
    pub fn open(dir: &Path, cache: u64) -> Result<Self, DbError> {
        std::fs::create_dir_all(dir).map_err(|e| DbError::Open(format!("{}: {e}", dir.display())))?;
        check_format(dir)?;
        let db = open_engine(dir, cache)?;
        let rows = db.open_tree("rows").map_err(|e| damaged(dir, &e.to_string()))?;
        let handle = File::open(dir).map_err(|e| DbError::Open(e.to_string()))?;
        write_format(dir, &handle)?;

        let (queue, commits) = mpsc::channel();
        let (fail, failed) = watch::channel(None);
        let writer = std::thread::Builder::new()
            .name("db-writer".into())
            .spawn({
                let (rows, db) = (rows.clone(), db.clone());
                move || write_groups(&commits, &rows, &db, &handle, &fail)
            })
            .map_err(|e| DbError::Open(e.to_string()))?;
        Ok(Self { rows, db, queue: Some(queue), writer: Some(writer), failed })
    }

    /// Ends when the disk has refused a commit: from then on nothing is accepted and the process should stop with this reason.
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.failed.clone()
    }
}

impl Drop for SledDb {
    fn drop(&mut self) {
        self.queue.take();
        if let Some(writer) = self.writer.take() {
            // The writer answers what it has accepted before it ends.
            let _ = writer.join();
        }
    }
}

#[async_trait::async_trait]
impl Db for SledDb {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(Commit { batch, answer }).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        let value = self.rows.get(stored(table, key.bytes())).map_err(disk)?;
        Ok(value.map(|bytes| bytes.to_vec()))
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        let end = match &scan.to {
            Some(to) => stored(table, to),
            None => vec![table as u8 + 1],
        };
        let range = self.rows.range(stored(table, &scan.from)..end);
        let row = |item: sled::Result<(sled::IVec, sled::IVec)>| {
            let (key, value) = item.map_err(disk)?;
            Ok(Row { key: Key::from_bytes(key[1..].to_vec()), value: value.to_vec() })
        };
        if scan.newest_first {
            range.rev().take(scan.limit).map(row).collect()
        } else {
            range.take(scan.limit).map(row).collect()
        }
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.db.size_on_disk().map_err(disk)
    }
}

/// A closed database lets go of its lock a moment after its last handle; a held one stays held.
fn open_engine(dir: &Path, cache: u64) -> Result<sled::Db, DbError> {
    let config = sled::Config::new().path(dir).cache_capacity(cache).flush_every_ms(None);
    let mut tries = 0;
    loop {
        // sled panics on some damaged files; the directory stays as it is and the operator decides.
        match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(sled::Error::Io(error))) if is_lock(&error) && tries < LOCK_TRIES => {
                tries += 1;
                std::thread::sleep(LOCK_PAUSE);
            }
            Ok(Err(sled::Error::Io(error))) if is_lock(&error) => {
                return Err(DbError::Taken { dir: dir.display().to_string() });
            }
            Ok(Err(error)) => return Err(damaged(dir, &error.to_string())),
            Err(_) => return Err(damaged(dir, "the engine stopped while reading it")),
        }
    }
}

fn is_lock(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock || error.to_string().contains("lock")
}

fn write_groups(
    commits: &mpsc::Receiver<Commit>,
    rows: &sled::Tree,
    db: &sled::Db,
    dir: &File,
    fail: &watch::Sender<Option<String>>,
) {
    while let Ok(first) = commits.recv() {
        let mut group = vec![first];
        group.extend(commits.try_iter().take(GROUP - 1));
        if let Some(why) = fail.borrow().clone() {
            for commit in group {
                let _ = commit.answer.send(Err(DbError::Disk(why.clone())));
            }
            continue;
        }
        let applied: Vec<_> = group.into_iter().map(|commit| (apply(rows, commit.batch), commit.answer)).collect();
        let synced =
            db.flush().map_err(|e| e.to_string()).and_then(|_| rustix::fs::syncfs(dir).map_err(|e| e.to_string()));
        let broken = applied.iter().find_map(|(result, _)| match result {
            Err(DbError::Disk(why)) => Some(why.clone()),
            _ => None,
        });
        if let Some(why) = synced.err().or(broken) {
            fail.send_replace(Some(why.clone()));
            for (_, answer) in applied {
                let _ = answer.send(Err(DbError::Disk(why.clone())));
            }
            continue;
        }
        for (result, answer) in applied {
            let _ = answer.send(result);
        }
    }
}

/// This thread alone writes, so what it reads here cannot change before it writes.
fn apply(rows: &sled::Tree, batch: Batch) -> Result<(), DbError> {
    for (table, key, expected) in &batch.expects {
        let found = rows.get(stored(*table, key.bytes())).map_err(disk)?;
        if found.as_deref() != expected.as_deref() {
            return Err(DbError::Conflict);
        }
    }
    let mut out = sled::Batch::default();
    for (table, key, value) in batch.changes {
        let key = stored(table, key.bytes());
        match value {
            Some(value) => out.insert(key, value),
            None => out.remove(key),
        }
    }
    rows.apply_batch(out).map_err(disk)
}

/// One tree holds all tables, told apart by the first byte: sled applies a batch to one tree atomically, also across a crash.
fn stored(table: Table, key: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.len() + 1);
    bytes.push(table as u8);
    bytes.extend(key);
    bytes
}

/// Other versions of sled open this directory and find it empty, without a word: the marker is what tells.
fn check_format(dir: &Path) -> Result<(), DbError> {
    let marker = dir.join(FORMAT_FILE);
    match std::fs::read_to_string(&marker) {
        Ok(text) if text == FORMAT => Ok(()),
        Ok(text) => Err(DbError::Open(format!(
            "{} holds the format {:?}, this program reads {:?}: export with the old program and restore with this one",
            dir.display(),
            text.trim(),
            FORMAT.trim()
        ))),
        Err(_) if dir.join("db").exists() => Err(DbError::Open(format!(
            "{} has database files but no {FORMAT_FILE} file: it is not a database of this program",
            dir.display()
        ))),
        Err(_) => Ok(()),
    }
}

fn write_format(dir: &Path, handle: &File) -> Result<(), DbError> {
    let marker: PathBuf = dir.join(FORMAT_FILE);
    if !marker.exists() {
        std::fs::write(&marker, FORMAT).map_err(|e| DbError::Open(format!("{}: {e}", marker.display())))?;
        rustix::fs::syncfs(handle).map_err(|e| DbError::Open(e.to_string()))?;
    }
    Ok(())
}

fn damaged(dir: &Path, why: &str) -> DbError {
    DbError::Open(format!(
        "{} is damaged ({why}); it was left as it is: restore a backup into an empty directory with `xiaoer restore`",
        dir.display()
    ))
}

fn disk(error: sled::Error) -> DbError {
    DbError::Disk(error.to_string())
}

fn closed() -> DbError {
    DbError::Disk("the writer has ended".into())
}
