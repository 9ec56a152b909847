//! Export and restore: versioned JSON lines, readable with any tool. Restoring into an empty database is also how one is compacted. What is
//! kept in files beside the records goes along as [`Parcel`]s; what is in one is not this room's business.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Batch, Db, DbError, Key, Scan, Table};

/// Since 2 there are parcels.
const VERSION: u32 = 2;
const OLDEST: u32 = 1;
/// How the line of a parcel begins.
const PARCEL: &str = r#"{"parcel":"#;
/// Rows read or written at a time.
const CHUNK: usize = 500;

#[derive(Serialize, Deserialize)]
struct Head {
    xiaoer_backup: u32,
}

#[derive(Serialize, Deserialize)]
struct Line {
    table: u8,
    key: String,
    value: Box<RawValue>,
}

/// Files that are kept beside the records, under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// The name.
    pub parcel: String,
    /// What is in it, in base64, by path.
    pub files: BTreeMap<String, String>,
}

/// Takes what a backup holds beside the records, or says why not.
pub type Unpack<'a> = dyn FnMut(Parcel) -> Result<(), String> + 'a;

/// Why a backup could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file.
    #[error("the backup file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// Not a backup, or damaged.
    #[error("line {line} of the backup is not understood: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Only an empty database is restored into, so that nothing is overwritten.
    #[error("the database is not empty; restore into a new data directory")]
    NotEmpty,
}

/// Writes every record, and says how many.
///
/// # Errors
/// [`BackupError::Db`] and [`BackupError::File`].
pub async fn export(db: &dyn Db, out: &mut dyn Write) -> Result<usize, BackupError> {
    line(out, &Head { xiaoer_backup: VERSION })?;
    let mut count = 0;
    for table in Table::ALL {
        let mut scan = Scan::under(&Key::global()).limit(CHUNK);
        loop {
            let rows = db.scan(table, scan).await?;
            for row in &rows {
                let text = String::from_utf8_lossy(&row.value).into_owned();
                let value = RawValue::from_string(text).map_err(|e| DbError::Record { table, why: e.to_string() })?;
                line(out, &Line { table: table as u8, key: hex::encode(row.key.bytes()), value })?;
            }
            count += rows.len();
            let Some(last) = rows.last().filter(|_| rows.len() == CHUNK) else { break };
            scan = Scan::under(&Key::global()).limit(CHUNK).after(&last.key);
        }
    }
    out.flush()?;
    Ok(count)
}

/// Writes a parcel, after the records.
///
/// # Errors
/// [`BackupError::File`].
pub fn add(out: &mut dyn Write, parcel: &Parcel) -> Result<(), BackupError> {
    Ok(line(out, parcel)?)
}

fn line(out: &mut dyn Write, what: &impl Serialize) -> std::io::Result<()> {
    writeln!(out, "{}", serde_json::to_string(what).map_err(std::io::Error::other)?)
}

/// Reads a backup into an empty database, hands over its parcels, and says how many records there were.
///
/// # Errors
/// As [`BackupError`]; on a bad line what was read before it stays, so restore again into a new directory.
pub async fn restore(db: &dyn Db, from: &mut dyn BufRead, unpack: &mut Unpack<'_>) -> Result<usize, BackupError> {
    for table in Table::ALL {
        if !db.scan(table, Scan::under(&Key::global()).limit(1)).await?.is_empty() {
            return Err(BackupError::NotEmpty);
        }
    }
    let mut lines = from.lines().enumerate();
    let wrong = |line: usize, why: String| BackupError::Line { line: line + 1, why };
    let head = lines.next().map_or(Ok(String::new()), |(_, line)| line)?;
    let version =
        serde_json::from_str::<Head>(&head).map_err(|_| wrong(0, "this is no backup of xiaoer".into()))?.xiaoer_backup;
    if !(OLDEST..=VERSION).contains(&version) {
        return Err(wrong(0, format!("it is of version {version}, this program reads up to version {VERSION}")));
    }
    let mut batch = Batch::new();
    let mut count = 0;
    for (at, text) in lines {
        let text = text?;
        if text.starts_with(PARCEL) {
            let parcel: Parcel = serde_json::from_str(&text).map_err(|e| wrong(at, e.to_string()))?;
            unpack(parcel).map_err(|why| wrong(at, why))?;
            continue;
        }
        let line: Line = serde_json::from_str(&text).map_err(|e| wrong(at, e.to_string()))?;
        let table = Table::ALL
            .into_iter()
            .find(|t| *t as u8 == line.table)
            .ok_or_else(|| wrong(at, format!("no table {}", line.table)))?;
        let key = hex::decode(&line.key).map_err(|e| wrong(at, e.to_string()))?;
        batch.changes.push((table, Key::from_bytes(key), Some(line.value.get().as_bytes().to_vec())));
        count += 1;
        if batch.len() == CHUNK {
            db.commit(std::mem::take(&mut batch)).await?;
        }
    }
    db.commit(batch).await?;
    Ok(count)
}
