//! Scoring a file without any shop: an order export, a ledger or invoice lines become events of the growth rules.

use anyhow::Context as _;
use rust_decimal::Decimal;
use xiaoer_growth::{Event, EventKind, Fen, Inputs, Ledger};
use xiaoer_orders::{InvoiceKind, InvoiceOrder, LedgerKind, LedgerRow, OrderRow, OrderState, Problem, Table};

/// A file's events and what can be said about them.
pub struct FileLedger {
    /// The events.
    pub ledger: Ledger,
    /// What the file leaves open.
    pub inputs: Inputs,
    /// Rows that could not be used.
    pub problems: Vec<Problem>,
}

/// Reads the events of a file.
///
/// # Errors
/// One clear sentence: the file is not a table with orders, or an amount is beyond what can be counted.
pub fn read(bytes: &[u8]) -> anyhow::Result<FileLedger> {
    // An export carries no refunds and no inquiries; a ledger and invoices say what there was.
    let tells_all = Inputs { refunds_known: true, inquiries_known: true, ..Inputs::default() };
    let (events, inputs, problems) = match xiaoer_orders::read(bytes)? {
        Table::Orders(read) => (each(&read.rows, order)?, Inputs::default(), read.problems),
        Table::Ledger(read) => (each(&read.rows, |row| ledger_row(row).map(Some))?, tells_all, read.problems),
        Table::Invoices(read) => {
            let inputs = Inputs { refunds_known: true, ..Inputs::default() };
            (each(&read.rows, |row| invoice(row).map(Some))?, inputs, read.problems)
        }
        other => anyhow::bail!("这个文件是{}，里面没有订单；请用订单导出表或流水表", other.kind().name()),
    };
    let ledger = Ledger::of(events).context("文件里有无法计分的行")?;
    Ok(FileLedger { ledger, inputs, problems })
}

fn each<T>(rows: &[T], event: impl Fn(&T) -> anyhow::Result<Option<Event>>) -> anyhow::Result<Vec<Event>> {
    rows.iter().filter_map(|row| event(row).transpose()).collect()
}

fn order(row: &OrderRow) -> anyhow::Result<Option<Event>> {
    let Some(at) = row.paid else { return Ok(None) };
    let kind = EventKind::Order {
        buyer: row.buyer.clone(),
        amount: fen(row.paid_amount, &row.number)?,
        marketing: None,
        scene: None,
        // Closed after payment and no refund row: it does not count.
        valid: row.state() != OrderState::Closed,
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
