//! Invoice lines of a wholesaler's own books, added up into orders and refunds.
//!
//! One invoice is one order at its first line's time; its amount is the sum of its lines, to the fen. A number that
//! begins with `C` is a refund of the absolute sum; it names no original. An invoice whose sum is not above zero
//! (corrections of stock, `A` adjustments that write a debt off) is dropped and counted; an adjustment with a sum above
//! zero stays, as in the figures published with the lines that this was made for.
//!
//! An invoice with a line that cannot be read must never load with the rest of its lines: its sum would be wrong.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::Read;
use crate::cell::{decimal, id, shown, text};
use crate::error::{Problem, Problems};
use crate::header::{Col, Column, Header};
use crate::sheet::{Grid, Row};
use crate::time::time;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("InvoiceNo").or(&["Invoice"]),
    Column::required("StockCode"),
    Column::required("Quantity"),
    Column::required("InvoiceDate"),
    Column::required("UnitPrice").or(&["Price"]),
    Column::required("CustomerID"),
    Column::optional("Description"),
];

/// What an invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum InvoiceKind {
    /// A sale.
    Order,
    /// Money given back.
    Refund,
}

/// One invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvoiceOrder {
    /// InvoiceNo.
    pub number: String,
    /// Sale or refund.
    pub kind: InvoiceKind,
    /// Of its first line, on the shop's clock.
    pub time: NaiveDateTime,
    /// CustomerID; an order without one counts in turnover only.
    pub buyer: Option<String>,
    /// Yuan, always above zero.
    pub amount: Decimal,
    /// In the order of the file.
    pub lines: Vec<InvoiceLine>,
    /// Its first row, from 1, as the file shows it.
    pub row: u32,
}

/// One line of an invoice, with its signs as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvoiceLine {
    /// StockCode.
    pub code: String,
    /// Description.
    pub title: String,
    /// Pieces; below zero on a refund.
    pub quantity: Decimal,
    /// Yuan a piece.
    pub price: Decimal,
    /// From 1, as the file shows it.
    pub row: u32,
}

struct Columns {
    number: Col,
    code: Col,
    title: Col,
    quantity: Col,
    time: Col,
    price: Col,
    buyer: Col,
}

struct Draft {
    order: InvoiceOrder,
    spoilt: bool,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<InvoiceOrder> {
    let columns = Columns {
        number: header.col("InvoiceNo"),
        code: header.col("StockCode"),
        title: header.col("Description"),
        quantity: header.col("Quantity"),
        time: header.col("InvoiceDate"),
        price: header.col("UnitPrice"),
        buyer: header.col("CustomerID"),
    };
    let mut problems = Problems::default();
    let mut drafts: Vec<Draft> = Vec::new();
    // Lines of one invoice are not always together.
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in grid.below(header) {
        let fault = row.fault(header);
        let spoilt = fault.is_some();
        if let Some(problem) = fault {
            problems.push(problem);
        }
        let Some(number) = problems.keep(row.required(&columns.number, id)) else {
            continue;
        };
        let at = *seen.entry(number.clone()).or_insert_with(|| {
            drafts.push(Draft { order: blank(number, row.number), spoilt: false });
            drafts.len() - 1
        });
        let line = if spoilt { None } else { line(row, &columns, &mut problems) };
        match line {
            Some((line, time, buyer)) => drafts[at].add(line, time, buyer),
            None => drafts[at].spoilt = true,
        }
    }
    let mut dropped = 0;
    let mut rows = Vec::with_capacity(drafts.len());
    for Draft { mut order, spoilt } in drafts {
        match sum(&order).filter(|_| !spoilt) {
            Some(amount) if amount > Decimal::ZERO => {
                order.amount = amount;
                rows.push(order);
            }
            Some(_) => dropped += 1,
            None => {
                let why = format!("单据 {} 有读不了的行，金额不完整，整单没有读入。", shown(&order.number));
                let (column, value) = (columns.number.title.clone(), shown(&order.number));
                problems.push(Problem { row: order.row, column, value, why });
            }
        }
    }
    Read { rows, problems: problems.finish(), dropped }
}

fn blank(number: String, row: u32) -> InvoiceOrder {
    let kind = if number.starts_with(['C', 'c']) { InvoiceKind::Refund } else { InvoiceKind::Order };
    InvoiceOrder { number, kind, time: NaiveDateTime::MIN, buyer: None, amount: Decimal::ZERO, lines: Vec::new(), row }
}

type Line = (InvoiceLine, NaiveDateTime, Option<String>);

fn line(row: Row<'_>, columns: &Columns, problems: &mut Problems) -> Option<Line> {
    let quantity = problems.keep(row.required(&columns.quantity, decimal));
    let price = problems.keep(row.required(&columns.price, decimal));
    let time = problems.keep(row.required(&columns.time, time));
    let buyer = problems.keep(id(row.field(&columns.buyer)));
    let line = InvoiceLine {
        code: text(row.field(&columns.code)).unwrap_or_default(),
        title: text(row.field(&columns.title)).unwrap_or_default(),
        quantity: quantity?,
        price: price?,
        row: row.number,
    };
    Some((line, time?, buyer?))
}

impl Draft {
    fn add(&mut self, line: InvoiceLine, time: NaiveDateTime, buyer: Option<String>) {
        if self.order.lines.is_empty() {
            self.order.time = time;
        }
        if self.order.buyer.is_none() {
            self.order.buyer = buyer;
        }
        self.order.lines.push(line);
    }
}

/// To the fen, as money is paid; nothing when the figures are beyond all sense.
fn sum(order: &InvoiceOrder) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for line in &order.lines {
        sum = sum.checked_add(line.quantity.checked_mul(line.price)?)?;
    }
    let fen = sum.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(if order.kind == InvoiceKind::Refund { fen.abs() } else { fen })
}
