//! The real books of a wholesaler, every day of eight months, both industries, beside a plain fold over the lines.
//!
//! The fold below shares nothing with the crate but the events it is told: text of amounts to integers by hand, maps of
//! days, every window added up afresh. Skips, and says so, where XIAOER_LINES names no file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{Days, NaiveDate, NaiveDateTime};
use xiaoer_growth::{Event, EventKind, Fen, Industry, Ledger, Live, Points, ScoreCard, score};

use crate::build::{all_known, candidate};

/// Base, turnover, marketing and scene in millionths of a point; turnover in fen; what was counted: buyers or inquiries.
type Row = ([i64; 4], i64, usize);

/// One invoice, as the README beside the lines says: its first line's time, the sum of its lines.
struct Invoice {
    number: String,
    at: NaiveDateTime,
    buyer: String,
    /// Thousandths of a yuan: no price of the lines has more places.
    milli: i64,
}

#[expect(clippy::disallowed_methods, reason = "a test may be told where the real lines are")]
fn file() -> Option<PathBuf> {
    std::env::var_os("XIAOER_LINES").map(PathBuf::from)
}

/// A decimal as text in so many places after the point, as an integer.
fn whole(text: &str, places: usize) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let after = after.trim_end_matches('0');
    assert!(after.len() <= places, "{text} has more than {places} places");
    sign * format!("{before}{after:0<places$}").parse::<i64>().expect("a number")
}

fn invoices(path: &PathBuf) -> Vec<Invoice> {
    let mut found: Vec<Invoice> = Vec::new();
    let mut at: BTreeMap<String, usize> = BTreeMap::new();
    for line in csv::Reader::from_path(path).expect("the file opens").records() {
        let line = line.expect("a line");
        let (number, buyer) = (line[0].to_owned(), line[6].to_owned());
        let milli = whole(&line[3], 0) * whole(&line[5], 3);
        let known = *at.entry(number.clone()).or_insert_with(|| {
            let at = NaiveDateTime::parse_from_str(&line[4], "%Y-%m-%d %H:%M:%S").expect("a time");
            found.push(Invoice { number, at, buyer: buyer.clone(), milli: 0 });
            found.len() - 1
        });
        found[known].milli += milli;
        if found[known].buyer.is_empty() {
            found[known].buyer = buyer;
        }
    }
    found
}

/// To the fen, halves away from zero.
fn fen(milli: i64) -> i64 {
    (milli.abs() + 5) / 10 * milli.signum()
}

/// The day's number of an invoice, for answers that are made up but always the same.
fn digits(number: &str) -> u64 {
    number.chars().filter(char::is_ascii_digit).collect::<String>().parse().expect("digits")
}

/// One day of the books.
#[derive(Default)]
struct Day {
    /// Buyer, fen, by promotion, in a scene.
    sales: Vec<(String, i64, bool, bool)>,
    /// Buyer, fen, of a scene.
    refunds: Vec<(String, i64, bool)>,
    /// Who asked, and whether by promotion.
    asked: BTreeMap<String, bool>,
}

type Books = BTreeMap<NaiveDate, Day>;

fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The events for the ledger and the same facts as plain books. Of orders every seventh is by promotion and every ninth
/// in a scene, of refunds every fourth; a buyer's first invoice of a day is an inquiry, of every fifth buyer by promotion,
/// and every third asks once more that day.
fn told(invoices: &[Invoice]) -> (Vec<Event>, Books) {
    let (mut events, mut books) = (Vec::new(), Books::new());
    for Invoice { number, at, buyer, milli } in invoices {
        let (amount, by, at) = (fen(*milli), digits(number), *at);
        let day = books.entry(at.date()).or_default();
        let mut tell = |id: String, kind| events.push(Event { at, id, kind });
        if number.starts_with('C') {
            let amount = amount.abs();
            if amount > 0 {
                let scene = by.is_multiple_of(4);
                day.refunds.push((buyer.clone(), amount, scene));
                let buyer = known(buyer);
                let kind =
                    EventKind::Refund { order: None, buyer, amount: Fen(amount), scene: Some(scene), valid: true };
                tell(number.clone(), kind);
            }
        } else if amount > 0 {
            let (marketing, scene) = (by.is_multiple_of(7), by.is_multiple_of(9));
            day.sales.push((buyer.clone(), amount, marketing, scene));
            let (marketing, scene) = (Some(marketing), Some(scene));
            tell(
                number.clone(),
                EventKind::Order { buyer: known(buyer), amount: Fen(amount), marketing, scene, valid: true },
            );
        }
        if !buyer.is_empty() && !day.asked.contains_key(buyer) {
            let marketing = digits(buyer).is_multiple_of(5);
            day.asked.insert(buyer.clone(), marketing);
            let ask = || EventKind::Inquiry { person: buyer.clone(), marketing: Some(marketing), valid: true };
            tell(format!("ask {number}"), ask());
            if by.is_multiple_of(3) {
                tell(format!("again {number}"), ask());
            }
        }
    }
    (events, books)
}

/// The window of thirty days that ends with a day, added up line by line by the candidate rates.
fn plain(books: &Books, industry: Industry, as_of: NaiveDate) -> Row {
    let window = || books.range(as_of - Days::new(29)..=as_of).map(|(_, day)| day);
    let (mut turnover, mut scene) = (0, 0);
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    let mut promoted: BTreeSet<&str> = BTreeSet::new();
    let (mut asked, mut asked_by_promotion) = (0_usize, 0_usize);
    for day in window() {
        for (buyer, amount, by_promotion, in_scene) in &day.sales {
            turnover += amount;
            scene += if *in_scene { *amount } else { 0 };
            *balance.entry(buyer).or_default() += amount;
            if *by_promotion {
                promoted.insert(buyer);
            }
        }
        for (buyer, amount, of_scene) in &day.refunds {
            turnover -= amount;
            scene -= if *of_scene { *amount } else { 0 };
            *balance.entry(buyer).or_default() -= amount;
        }
        asked += day.asked.len();
        asked_by_promotion += day.asked.values().filter(|by_promotion| **by_promotion).count();
    }
    let counted: BTreeSet<&str> =
        balance.into_iter().filter(|(buyer, left)| !buyer.is_empty() && *left > 0).map(|(buyer, _)| buyer).collect();
    let (base, marketing, count) = match industry {
        Industry::Consumer => {
            let promoted = promoted.intersection(&counted).count();
            (counted.len() as i64 * 1_000_000, promoted as i64 * 3_000_000, counted.len())
        }
        Industry::Industrial => (asked as i64 * 300_000, asked_by_promotion as i64 * 900_000, asked),
    };
    let turnover = turnover.max(0);
    ([base, turnover * 10, marketing, scene.max(0) * 30], turnover, count)
}

fn ours(card: &ScoreCard) -> Row {
    let base = card.points.buyers.or(card.points.inquiries).unwrap_or_default();
    let parts = [base, card.points.turnover, card.acceleration.marketing, card.acceleration.scene];
    let counted = match card.industry {
        Industry::Consumer => card.counts.buyers,
        Industry::Industrial => card.counts.inquiries,
    };
    (parts.map(Points::micro), card.counts.turnover_yuan.0, counted as usize)
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn every_day_of_eight_real_months_equals_an_independent_calculation() {
    let Some(path) = file() else {
        eprintln!("SKIP real lines: XIAOER_LINES names no file");
        return;
    };
    let invoices = invoices(&path);
    let dropped = invoices.iter().filter(|invoice| !invoice.number.starts_with('C') && fen(invoice.milli) <= 0).count();
    assert_eq!(dropped, 1_410, "as the README beside the lines counts them");
    let (events, books) = told(&invoices);
    let ledger = Ledger::of(events).expect("possible events");
    let (first, last) = (date("2011-01-01"), date("2011-08-31"));
    let mut live = Live::new(ledger.clone(), candidate().counting(), first);
    let mut days = 0;
    let mut totals = BTreeSet::new();
    for as_of in first.iter_days().take_while(|day| *day <= last) {
        live.advance(as_of);
        for industry in [Industry::Consumer, Industry::Industrial] {
            let card = score(candidate(), industry, as_of, &ledger, &all_known());
            assert_eq!(ours(&card), plain(&books, industry, as_of), "{industry} on {as_of}");
            assert_eq!(live.points(candidate(), industry, &all_known()), card.points, "{industry}, warm, on {as_of}");
            totals.insert((industry, card.points.total));
        }
        days += 1;
    }
    assert_eq!(days, 243);
    assert!(totals.len() > 400, "the score moves from day to day: {} totals of 486", totals.len());
}
