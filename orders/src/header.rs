//! Which table is it: known by the texts of its header row, never by the position of a column.
//!
//! A title matches whatever brackets, spaces, letter case or `(元)` it is written with. Files differ in these and nothing
//! else, so anything looser (a part of a title, an edit distance) would one day take 实付款 for 应付款.

use serde::Serialize;

use crate::error::ReadError;
use crate::sheet::{Grid, Row};
use crate::{costs, inquiries, invoices, ledger, marks, order_columns, refunds, traffic};

/// How far down a header is looked for: some exports begin with lines of explanation.
const SEARCHED: usize = 10;

/// The tables this package knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TableKind {
    /// A 1688 order export.
    Orders,
    /// The ledger CSV.
    Ledger,
    /// A refund table.
    Refunds,
    /// A list of costs.
    Costs,
    /// Daily traffic figures.
    Traffic,
    /// What advertisements cost a day.
    Ads,
    /// Inquiries.
    Inquiries,
    /// What the merchant knows of single orders.
    Marks,
    /// Invoice lines.
    Invoices,
}

impl TableKind {
    /// In the order in which a header is tried: daily figures with visitors are more than what advertisements cost.
    pub(crate) const ALL: [Self; 9] = [
        Self::Orders,
        Self::Ledger,
        Self::Refunds,
        Self::Costs,
        Self::Traffic,
        Self::Ads,
        Self::Inquiries,
        Self::Marks,
        Self::Invoices,
    ];

    /// What a merchant calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "1688 订单导出",
            Self::Ledger => "经营流水",
            Self::Refunds => "退款表",
            Self::Costs => "成本表",
            Self::Traffic => "每日流量数据",
            Self::Ads => "推广花费",
            Self::Inquiries => "询盘表",
            Self::Marks => "订单标识",
            Self::Invoices => "发票明细",
        }
    }

    /// The columns it cannot do without, under the names we give them.
    pub fn required(self) -> Vec<&'static str> {
        self.columns().iter().filter(|column| column.required).map(|column| column.name).collect()
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Orders => order_columns::COLUMNS,
            Self::Ledger => ledger::COLUMNS,
            Self::Refunds => refunds::COLUMNS,
            Self::Costs => costs::COLUMNS,
            Self::Traffic => traffic::COLUMNS,
            Self::Ads => traffic::AD_COLUMNS,
            Self::Inquiries => inquiries::COLUMNS,
            Self::Marks => marks::COLUMNS,
            Self::Invoices => invoices::COLUMNS,
        }
    }
}

/// A column that a table may have.
pub(crate) struct Column {
    name: &'static str,
    also: &'static [&'static str],
    required: bool,
}

impl Column {
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, also: &[], required: true }
    }

    pub(crate) const fn optional(name: &'static str) -> Self {
        Self { name, also: &[], required: false }
    }

    /// Other titles that mean the same.
    pub(crate) const fn or(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    fn matches(&self, title: &str) -> bool {
        self.names().any(|name| plain(name) == title)
    }

    /// Its own name first: a file may have 涨价或折扣 and 订单改价.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.also.iter().copied())
    }
}

/// A column of the file in hand.
#[derive(Clone)]
pub(crate) struct Col {
    /// Where it stands; `None` when the file has no such column.
    pub(crate) index: Option<usize>,
    /// As the file writes it, or our name for it.
    pub(crate) title: String,
}

/// The header row that was found.
pub(crate) struct Header {
    pub(crate) kind: TableKind,
    /// From 1, as the file shows it.
    pub(crate) row: u32,
    /// Cells up to the last title.
    pub(crate) width: usize,
    cols: Vec<(&'static str, Col)>,
}

impl Header {
    /// The column that the table's list gives this name.
    pub(crate) fn col(&self, name: &'static str) -> Col {
        let found = self.cols.iter().find(|(known, _)| *known == name);
        debug_assert!(found.is_some(), "{name} is not in the table's list of columns");
        found.map_or_else(|| Col { index: None, title: name.to_owned() }, |(_, col)| col.clone())
    }

    /// The columns of the file that are read, from the left.
    pub(crate) fn read_columns(&self) -> Vec<Col> {
        let mut read: Vec<Col> =
            self.cols.iter().map(|(_, col)| col.clone()).filter(|col| col.index.is_some()).collect();
        read.sort_by_key(|col| col.index);
        read
    }
}

/// Finds the header among the first rows.
pub(crate) fn find(grid: &Grid) -> Result<Header, ReadError> {
    let mut nearest: Option<(usize, TableKind, Row<'_>)> = None;
    for row in grid.rows().take(SEARCHED) {
        let titles: Vec<String> = row.texts().map(plain).collect();
        for kind in TableKind::ALL {
            let (mut found, mut missing) = (0, 0);
            for column in kind.columns().iter().filter(|column| column.required) {
                let there = titles.iter().any(|title| column.matches(title));
                if there { found += 1 } else { missing += 1 }
            }
            if missing == 0 {
                return Ok(resolve(kind, row, &titles));
            }
            if found > nearest.map_or(0, |(most, ..)| most) {
                nearest = Some((found, kind, row));
            }
        }
    }
    Err(unknown(grid, nearest))
}

fn resolve(kind: TableKind, row: Row<'_>, titles: &[String]) -> Header {
    let written: Vec<&str> = row.texts().collect();
    let place = |name: &str| titles.iter().position(|title| plain(name) == *title);
    let col = |column: &Column| match column.names().find_map(place) {
        Some(index) => Col { index: Some(index), title: written[index].split_whitespace().collect() },
        None => Col { index: None, title: column.name.to_owned() },
    };
    let cols = kind.columns().iter().map(|column| (column.name, col(column))).collect();
    let width = titles.iter().rposition(|title| !title.is_empty()).map_or(0, |last| last + 1);
    Header { kind, row: row.number, width, cols }
}

fn unknown(grid: &Grid, nearest: Option<(usize, TableKind, Row<'_>)>) -> ReadError {
    // One matching title is chance (every second table has a 日期); two are a table with columns cut away.
    if let Some((2.., table, row)) = nearest {
        let titles: Vec<String> = row.texts().map(plain).collect();
        let absent = |column: &&Column| column.required && !titles.iter().any(|title| column.matches(title));
        let missing = table.columns().iter().filter(absent).map(|column| column.name.to_owned()).collect();
        return ReadError::MissingColumns { table, missing, seen: seen(row) };
    }
    match nearest.map(|(_, _, row)| row).or_else(|| grid.rows().next()) {
        Some(row) => ReadError::UnknownHeader { seen: seen(row) },
        None => ReadError::Empty,
    }
}

/// What to show of a row that may be a header or may be somebody's data: little of it, and no long number.
fn seen(row: Row<'_>) -> Vec<String> {
    let shown = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if digits >= 5 { "（数字）".to_owned() } else { crate::cell::shown(text) }
    };
    row.texts().filter(|text| !text.is_empty()).take(12).map(shown).collect()
}

/// A title without what files write differently: width of characters, spaces, letter case, the unit yuan.
pub(crate) fn plain(title: &str) -> String {
    let mut plain = String::with_capacity(title.len());
    for letter in title.chars().take(64) {
        let letter = crate::cell::half_width(letter);
        if !letter.is_whitespace() && !crate::cell::invisible(letter) {
            plain.extend(letter.to_lowercase());
        }
    }
    match plain.strip_suffix("(元)") {
        Some(rest) => rest.to_owned(),
        None => plain,
    }
}
