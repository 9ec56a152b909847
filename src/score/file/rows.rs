//! Rows of files → events of the growth rules.

use std::collections::HashSet;

use anyhow::Context as _;
use rust_decimal::Decimal;
use xiaoer_growth::{Event, EventKind, Fen};
use xiaoer_orders::{InvoiceKind, InvoiceOrder, LedgerKind, LedgerRow, OrderRow, OrderState, Problem, Table};

use super::File;

/// What the main file tells.
pub(super) struct OfOrders {
    pub(super) events: Vec<Event>,
    /// A ledger and invoices hold all refunds; an export holds none.
    pub(super) tells_refunds: bool,
    /// Only a ledger holds inquiries.
    pub(super) tells_inquiries: bool,
}

/// The events of the main file. `refunds` are those of the refund file: an order that was closed after payment counts until its refund.
pub(super) fn orders(file: &File, refunds: &[Event], problems: &mut Vec<String>) -> anyhow::Result<OfOrders> {
    let table = xiaoer_orders::read(&file.bytes)?;
    tell(file, table.problems(), problems);
    let refunded: HashSet<&str> = refunds.iter().filter_map(refunded).collect();
    let events: anyhow::Result<Vec<Event>> = match &table {
        Table::Orders(read) => read.rows.iter().filter_map(|row| order(row, &refunded).transpose()).collect(),
        Table::Ledger(read) => read.rows.iter().map(ledger_row).collect(),
        Table::Invoices(read) => read.rows.iter().map(invoice).collect(),
        other => anyhow::bail!("这个文件是{}，里面没有订单；请用订单导出表或流水表", other.kind().name()),
    };
    Ok(OfOrders {
        events: events?,
        tells_refunds: matches!(table, Table::Ledger(_) | Table::Invoices(_)),
        tells_inquiries: matches!(table, Table::Ledger(_)),
    })
}

/// The events of a refund file.
pub(super) fn refunds(file: &File, problems: &mut Vec<String>) -> anyhow::Result<Vec<Event>> {
    let table = xiaoer_orders::read(&file.bytes)?;
    tell(file, table.problems(), problems);
    let rows = match &table {
        Table::Refunds(read) | Table::Ledger(read) => &read.rows,
        other => anyhow::bail!("这个文件是{}，里面没有退款；请用退款表，或含 refund 行的流水表", other.kind().name()),
    };
    let (refunds, others): (Vec<&LedgerRow>, Vec<_>) = rows.iter().partition(|row| row.kind == LedgerKind::Refund);
    if !others.is_empty() {
        problems.push(format!("{}：有 {} 行不是退款，没有使用。", file.name, others.len()));
    }
    refunds.into_iter().map(ledger_row).collect()
}

fn tell(file: &File, found: &[Problem], problems: &mut Vec<String>) {
    let sentence = |p: &Problem| format!("{} 第 {} 行“{}”：{}", file.name, p.row, p.column, p.why);
    problems.extend(found.iter().map(sentence));
}

fn refunded(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Refund { order, valid: true, .. } => order.as_deref(),
        _ => None,
    }
}

fn order(row: &OrderRow, refunded: &HashSet<&str>) -> anyhow::Result<Option<Event>> {
    let Some(at) = row.paid else { return Ok(None) };
    let kind = EventKind::Order {
        buyer: row.buyer.clone(),
        amount: fen(row.paid_amount, &row.number)?,
        marketing: None,
        scene: None,
        // Closed after payment and no refund row: it does not count.
        valid: row.state() != OrderState::Closed || refunded.contains(row.number.as_str()),
    };
    Ok(Some(Event { at, id: row.number.clone(), kind }))
}

fn ledger_row(row: &LedgerRow) -> anyhow::Result<Event> {
    let amount = fen(row.amount, &row.id)?;
    let kind = match row.kind {
        LedgerKind::Order => EventKind::Order {
            buyer: row.buyer.clone(),
            amount,
            marketing: row.marketing,
            scene: row.scene,
            valid: row.valid,
        },
        LedgerKind::Refund => EventKind::Refund {
            order: row.order.clone(),
            buyer: row.buyer.clone(),
            amount,
            scene: row.scene,
            valid: row.valid,
        },
        LedgerKind::Inquiry => EventKind::Inquiry {
            person: row.buyer.clone().unwrap_or_else(|| row.id.clone()),
            marketing: row.marketing,
            valid: row.valid,
        },
    };
    Ok(Event { at: row.time, id: row.id.clone(), kind })
}

fn invoice(row: &InvoiceOrder) -> anyhow::Result<Event> {
    let amount = fen(row.amount, &row.number)?;
    let buyer = row.buyer.clone();
    let kind = match row.kind {
        InvoiceKind::Order => EventKind::Order { buyer, amount, marketing: None, scene: None, valid: true },
        InvoiceKind::Refund => EventKind::Refund { order: None, buyer, amount, scene: None, valid: true },
    };
    Ok(Event { at: row.time, id: row.number.clone(), kind })
}

fn fen(yuan: Decimal, id: &str) -> anyhow::Result<Fen> {
    Fen::from_yuan(yuan).with_context(|| format!("“{id}”的金额 {yuan} 不是到分的金额"))
}
