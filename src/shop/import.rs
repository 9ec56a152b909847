//! Files that a merchant hands over, into the mirror: order exports, ledgers, refunds, costs, traffic, inquiries, marks, invoices.
//!
//! `xiaoer_orders` turns bytes into rows; here rows become the shop's, in one new generation or none. For a shop on a platform the
//! platform's own rows win: a file only adds what no API tells. Importing the same file twice changes nothing, and a preview changes
//! nothing at all.

mod history;
mod intake;
mod preview;
mod rows;
mod shown;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use xiaoer_orders::Table;

use super::mirror::{Mirror, Purpose};
use super::{Link, Shop};
use crate::clock::Clock;
use crate::db::DbError;

pub use history::{Past, past};
pub use preview::{Preview, preview};

use intake::Intake;

/// Files that are read at the same time: a large one takes a second of pure work and some hundred megabytes.
static READERS: Semaphore = Semaphore::const_new(2);

/// A file as it is handed over.
#[derive(Clone, Copy, Debug)]
pub struct Handed<'a> {
    /// What it was called; blank when nobody said.
    pub name: &'a str,
    /// Who hands it over.
    pub by: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
    /// The fingerprint of the bytes whose preview was confirmed; none when nobody has seen one.
    pub seen: Option<&'a str>,
}

impl<'a, B: AsRef<[u8]> + ?Sized> From<&'a B> for Handed<'a> {
    fn from(bytes: &'a B) -> Self {
        Self { name: "", by: "", bytes: bytes.as_ref(), seen: None }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Which table it was, in Chinese.
    pub kind: String,
    /// Rows that could be read; an order counts once, not once a line.
    pub rows: usize,
    /// Of these: were not there before.
    pub new: usize,
    /// Of these: were there and are another now.
    pub changed: usize,
    /// Of these: were there and are the same.
    pub unchanged: usize,
    /// Of these: left alone, since the shop knows them from a better source.
    pub kept: usize,
    /// Marks of orders that the shop does not have yet; they wait for them.
    pub waiting: usize,
    /// Rows that say nothing by rule: costs left blank, refunds without any day.
    #[serde(default)]
    pub dropped: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One place in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1, as Excel or WPS shows it.
    pub row: u32,
    /// The column's title, or 整行.
    pub column: String,
    /// The beginning of what stands there.
    #[serde(default)]
    pub value: String,
    /// One Chinese sentence.
    pub why: String,
}

/// Why a file was not imported at all. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole cannot be read.
    #[error(transparent)]
    File(#[from] xiaoer_orders::ReadError),
    /// Invoices know no order numbers of a platform.
    #[error("店铺“{0}”连着平台，订单以平台为准，不能再导入发票明细；请导入到只用文件的店铺")]
    NotForPlatform(String),
    /// What was confirmed is not what is here.
    #[error("文件和预览时不一样了，没有导入；请重新选择文件再看一次预览")]
    NotAsSeen,
    /// The database; a conflict says that another process writes to this shop.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Imports a file, whatever table it is.
///
/// # Errors
/// [`ImportError`]; nothing of the file is visible then. Single bad rows are in [`Imported::problems`].
pub async fn import<'a>(
    shop: &Shop,
    mirror: &Mirror,
    file: impl Into<Handed<'a>>,
    clock: &Clock,
) -> Result<Imported, ImportError> {
    let file = file.into();
    let (table, read, sha256) = read(shop, file.bytes).await?;
    if file.seen.is_some_and(|seen| seen != sha256) {
        return Err(ImportError::NotAsSeen);
    }
    let past = Past {
        at: clock.now_in(shop.zone),
        by: file.by.to_owned(),
        name: file.name.to_owned(),
        sha256,
        done: Imported::default(),
    };
    let mut intake = Intake::new(shop, mirror, mirror.begin(shop, Purpose::Import).await?, read);
    intake.take(table).await?;
    let done = intake.finish(Some(past)).await?;
    let (rows, new, changed) = (done.rows, done.new, done.changed);
    tracing::info!(shop = shop.id, kind = done.kind, rows, new, changed, at = %clock.now(), "imported a file");
    Ok(done)
}

/// The rows that did not load, as a workbook to mend; none when all loaded.
///
/// # Errors
/// [`ImportError::File`].
pub async fn to_mend(bytes: &[u8]) -> Result<Option<Vec<u8>>, ImportError> {
    let owned = bytes.to_vec();
    let sheet = apart(move || xiaoer_orders::to_mend(&owned)).await??;
    let book = sheet.map(|sheet| sheet.to_xlsx()).transpose();
    Ok(book.map_err(|error| xiaoer_orders::ReadError::Workbook { detail: error.to_string() })?)
}

/// The table, the counts that it begins with, and what names exactly these bytes: SHA-256 in hex.
async fn read(shop: &Shop, bytes: &[u8]) -> Result<(Table, Imported, String), ImportError> {
    let owned = bytes.to_vec();
    let (table, sha256) = apart(move || (xiaoer_orders::read(&owned), hex::encode(Sha256::digest(&owned)))).await?;
    let table = table?;
    if matches!(table, Table::Invoices(_)) && !matches!(shop.link, Link::Files) {
        return Err(ImportError::NotForPlatform(shop.name.clone()));
    }
    let problems = table.problems().iter().map(Problem::from).collect();
    let (kind, rows, dropped) = (table.kind().name().into(), table.len(), table.dropped());
    Ok((table, Imported { kind, rows, dropped, problems, ..Imported::default() }, sha256))
}

/// Pure work, not on a thread that others wait for. A file on which the reader itself fell over is a broken file to whoever handed it over.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, xiaoer_orders::ReadError> {
    let broken = |error: String| xiaoer_orders::ReadError::Workbook { detail: error };
    let _turn = READERS.acquire().await.map_err(|error| broken(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| broken(error.to_string()))
}

impl From<&xiaoer_orders::Problem> for Problem {
    fn from(problem: &xiaoer_orders::Problem) -> Self {
        let (row, column, value, why) =
            (problem.row, problem.column.clone(), problem.value.clone(), problem.why.clone());
        Self { row, column, value, why }
    }
}
