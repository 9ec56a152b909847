//! What went wrong, for a file as a whole and for one row, in the merchant's own words.
//!
//! Every `Display` here is one Chinese sentence: what, where, and what to do. A message must never carry the content of a
//! column that this package does not read, and quotes at most a few characters of those it does.

use serde::Serialize;
use thiserror::Error;

use crate::header::TableKind;
use crate::sheet::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MAX_TEXT};

/// Why a file could not be read at all. The variants are what a caller might do differently about.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// No bytes, or nothing but blank cells.
    #[error("文件是空的，没有任何内容，请重新导出后再上传。")]
    Empty,
    /// A file of some other sort.
    #[error("这不是可以读取的表格（看起来是{looks}），请上传 .xlsx、.xls 或 .csv 文件。")]
    NotATable {
        /// What it seems to be, in Chinese.
        looks: &'static str,
    },
    /// A workbook locked with a password.
    #[error("这个工作簿设有密码，读不到内容，请用 Excel 或 WPS 打开后另存为不带密码的 .xlsx 再上传。")]
    Locked,
    /// A workbook that cannot be opened.
    #[error("工作簿打不开，文件可能已损坏或没有下载完整，请重新导出后再上传。")]
    Workbook {
        /// The reader's own words, for a log.
        detail: String,
    },
    /// Text in an unknown or broken encoding.
    #[error("第 {row} 行有无法识别的文字编码，请用 Excel 或 WPS 另存为“CSV UTF-8（逗号分隔）”后再上传。")]
    Encoding {
        /// The line where it was first seen.
        row: u32,
    },
    /// Quotes so broken that rows cannot be told apart.
    #[error("从第 {row} 行起双引号不成对，分不清每一行，请用 Excel 或 WPS 打开检查后重新另存为 CSV。")]
    Quotes {
        /// The row where reading was given up.
        row: u32,
    },
    /// More than this package agrees to hold in memory.
    #[error("{}", too_large(.limit))]
    TooLarge {
        /// Which limit was passed.
        limit: Limit,
    },
    /// No row among the first ones is a header of any known table.
    #[error("{}", unknown_header(.seen))]
    UnknownHeader {
        /// The texts of the row that looked most like a header, shortened, long numbers hidden.
        seen: Vec<String>,
    },
    /// It is clear which table it is, but columns that it cannot do without are absent.
    #[error("{}", missing_columns(*.table, .missing, .seen))]
    MissingColumns {
        /// The table that the header resembles.
        table: TableKind,
        /// The absent columns.
        missing: Vec<String>,
        /// The columns that are there, as in `UnknownHeader`.
        seen: Vec<String>,
    },
}

/// A limit of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of a text file.
    Bytes,
    /// Rows with content.
    Rows,
    /// Columns with content.
    Columns,
    /// Characters of all cells, or what a workbook unpacks to.
    Text,
}

fn too_large(limit: &Limit) -> String {
    let what = match limit {
        Limit::Bytes => format!("超过 {} MB", MAX_BYTES >> 20),
        Limit::Rows => format!("超过 {MAX_ROWS} 行"),
        Limit::Columns => format!("超过 {MAX_COLUMNS} 列"),
        Limit::Text => format!("展开后的内容超过 {} MB", MAX_TEXT >> 20),
    };
    format!("文件太大（{what}），请按月份分成几个文件再上传。")
}

fn unknown_header(seen: &[String]) -> String {
    let expected: Vec<String> =
        TableKind::ALL.into_iter().map(|kind| format!("{}（{}）", kind.name(), kind.required().join("、"))).collect();
    format!("认不出表头，看到的是：{}；需要下列之一：{}。", listed(seen), expected.join("；"))
}

fn missing_columns(table: TableKind, missing: &[String], seen: &[String]) -> String {
    format!(
        "这份表像是{}，但缺少列：{}（看到的列：{}），请补上后再上传。",
        table.name(),
        missing.join("、"),
        listed(seen)
    )
}

fn listed(seen: &[String]) -> String {
    if seen.is_empty() { "（没有内容）".to_owned() } else { seen.join("、") }
}

/// One place in a file that could not be read, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Counted from 1 as Excel or WPS shows it. A cell with line breaks inside does not count extra.
    pub row: u32,
    /// The column's title as the file writes it, or 整行 when the row as a whole is meant.
    pub column: String,
    /// The beginning of what stands in the cell; blank when the row as a whole is meant.
    pub value: String,
    /// One Chinese sentence for the merchant.
    pub why: String,
}

/// How many problems are listed one by one: who has more needs another file, not a longer list.
const LISTED: usize = 1000;

/// Collects problems and stops listing before a hostile file fills the memory with complaints.
#[derive(Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.list.len() < LISTED {
            self.list.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    /// The value, or `None` after noting why there is none.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    pub(crate) fn finish(mut self) -> Vec<Problem> {
        if let (true, Some(last)) = (self.unlisted > 0, self.list.last()) {
            let why = format!("后面还有 {} 处问题没有逐条列出，请先处理前面的。", self.unlisted);
            self.list.push(Problem { row: last.row, column: "整行".to_owned(), value: String::new(), why });
        }
        self.list
    }
}
