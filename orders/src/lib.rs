//! Bytes → rows: the files a merchant can hand over, read without surprise.
//!
//! [`read`] is told nothing but the bytes. It sees from them whether this is a workbook or text (UTF-8 or GB18030), and
//! from the header row which of nine tables it is: a 1688 order export, a ledger, a refund table, a cost list, daily traffic
//! figures, what advertisements cost, inquiries, marks of orders, or invoice lines. [`Template`] makes empty ones, and [`to_mend`] hands back the rows that did not load. A row that cannot be read becomes a [`Problem`] with row, column and reason, and the rows that can be
//! read still load; only a file that is none of the tables, or is broken as a whole, is a [`ReadError`].
//!
//! What this package must never do: touch a file, a clock or the network; guess an amount, an id or a time that the cell
//! does not clearly hold; put money or ids through a float where digits could be lost; look at the columns with a
//! receiver's name, address or telephone number (no column list names them, so nothing reads them and no message shows
//! them); panic, hang or swallow all memory over hostile bytes (the limits are in `sheet`).

mod cell;
mod costs;
mod error;
mod header;
mod inquiries;
mod invoices;
mod ledger;
mod marks;
mod mend;
mod old_strings;
mod old_workbook;
mod order;
mod order_columns;
mod order_export;
mod refunds;
mod sheet;
mod sheet_out;
mod template;
mod text;
mod time;
mod traffic;
mod workbook;

use serde::Serialize;

pub use costs::CostRow;
pub use error::{Limit, Problem, ReadError};
pub use header::TableKind;
pub use inquiries::InquiryRow;
pub use invoices::{InvoiceKind, InvoiceLine, InvoiceOrder};
pub use ledger::{LedgerKind, LedgerRow};
pub use marks::MarkRow;
pub use mend::to_mend;
pub use order::{LineRow, OrderRow, OrderState};
pub use sheet::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MAX_TEXT};
pub use sheet_out::{Sheet, SheetError};
pub use template::Template;
pub use traffic::TrafficRow;

/// What was in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Table {
    /// A 1688 order export, one entry an order (not one a line).
    Orders(Read<OrderRow>),
    /// The ledger CSV: orders, refunds and inquiries.
    Ledger(Read<LedgerRow>),
    /// A refund table: refunds alone, in the ledger's shape. Rows that are not valid are open or closed refunds.
    Refunds(Read<LedgerRow>),
    /// What each product or variant costs the merchant.
    Costs(Read<CostRow>),
    /// One row a day: impressions, visitors, money.
    Traffic(Read<TrafficRow>),
    /// What advertisements cost, one row a day; nothing else of the day is known.
    Ads(Read<TrafficRow>),
    /// Who asked, and when.
    Inquiries(Read<InquiryRow>),
    /// What the merchant knows of single orders.
    Marks(Read<MarkRow>),
    /// Invoice lines, already added up into orders and refunds.
    Invoices(Read<InvoiceOrder>),
}

/// The rows that could be read, and what is known about the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read<T> {
    /// In the order of the file.
    pub rows: Vec<T>,
    /// From top to bottom (what concerns a whole invoice comes last), at most about a thousand; the last entry says how
    /// many more there are.
    pub problems: Vec<Problem>,
    /// Records left out by rule and not by fault: invoices whose sum is not above zero, unfinished refunds without any
    /// day, and costs left blank.
    pub dropped: usize,
}

impl Table {
    /// Which of the tables it is.
    pub fn kind(&self) -> TableKind {
        match self {
            Table::Orders(_) => TableKind::Orders,
            Table::Ledger(_) => TableKind::Ledger,
            Table::Refunds(_) => TableKind::Refunds,
            Table::Costs(_) => TableKind::Costs,
            Table::Traffic(_) => TableKind::Traffic,
            Table::Ads(_) => TableKind::Ads,
            Table::Inquiries(_) => TableKind::Inquiries,
            Table::Marks(_) => TableKind::Marks,
            Table::Invoices(_) => TableKind::Invoices,
        }
    }

    /// What could not be read, whatever the table.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Table::Orders(read) => &read.problems,
            Table::Ledger(read) | Table::Refunds(read) => &read.problems,
            Table::Costs(read) => &read.problems,
            Table::Traffic(read) | Table::Ads(read) => &read.problems,
            Table::Inquiries(read) => &read.problems,
            Table::Marks(read) => &read.problems,
            Table::Invoices(read) => &read.problems,
        }
    }

    /// Records left out by rule, whatever the table.
    pub fn dropped(&self) -> usize {
        match self {
            Table::Orders(read) => read.dropped,
            Table::Ledger(read) | Table::Refunds(read) => read.dropped,
            Table::Costs(read) => read.dropped,
            Table::Traffic(read) | Table::Ads(read) => read.dropped,
            Table::Inquiries(read) => read.dropped,
            Table::Marks(read) => read.dropped,
            Table::Invoices(read) => read.dropped,
        }
    }

    /// How many rows loaded, whatever the table (orders count once each, not once a line).
    pub fn len(&self) -> usize {
        match self {
            Table::Orders(read) => read.rows.len(),
            Table::Ledger(read) | Table::Refunds(read) => read.rows.len(),
            Table::Costs(read) => read.rows.len(),
            Table::Traffic(read) | Table::Ads(read) => read.rows.len(),
            Table::Inquiries(read) => read.rows.len(),
            Table::Marks(read) => read.rows.len(),
            Table::Invoices(read) => read.rows.len(),
        }
    }

    /// True when the header was found and nothing below it loaded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads one file. See the package's own text for what it accepts.
///
/// # Errors
/// A [`ReadError`] when the file as a whole is of no use; its `Display` is one Chinese sentence for the merchant.
/// Single bad rows are not errors: they are in [`Read::problems`].
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let (grid, header) = open(bytes)?;
    Ok(table(&grid, &header))
}

fn table(grid: &sheet::Grid, header: &header::Header) -> Table {
    match header.kind {
        TableKind::Orders => Table::Orders(order_export::read(grid, header)),
        TableKind::Ledger => Table::Ledger(ledger::read(grid, header)),
        TableKind::Refunds => Table::Refunds(refunds::read(grid, header)),
        TableKind::Costs => Table::Costs(costs::read(grid, header)),
        TableKind::Traffic => Table::Traffic(traffic::read(grid, header)),
        TableKind::Ads => Table::Ads(traffic::read(grid, header)),
        TableKind::Inquiries => Table::Inquiries(inquiries::read(grid, header)),
        TableKind::Marks => Table::Marks(marks::read(grid, header)),
        TableKind::Invoices => Table::Invoices(invoices::read(grid, header)),
    }
}

/// The cells, and the row that says what they are.
fn open(bytes: &[u8]) -> Result<(sheet::Grid, header::Header), ReadError> {
    match sheet::sniff(bytes)? {
        sheet::Content::Workbook => workbook::first_table(bytes),
        sheet::Content::OldWorkbook => old_workbook::first_table(bytes),
        sheet::Content::Text => {
            let grid = text::grid(&text::decode(bytes)?)?;
            let header = header::find(&grid)?;
            Ok((grid, header))
        }
    }
}
