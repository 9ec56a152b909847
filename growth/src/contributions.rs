//! Where the points come from, down to single orders, refunds and inquiries.
//!
//! The rows add up to the card's total without marks, whatever the data: what a floor or a rounding changes has its
//! own row. A list that did not add up would be worse than none.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::counting::Counting;
use crate::event::Industry;
use crate::ledger::Ledger;
use crate::pack::RulePack;
use crate::points::{Fen, Points};
use crate::rates::Rates;
use crate::rows::{Answer, DayRows, OrderRow, Person, date, day_number};
use crate::score::window_days;
use crate::tally::{Tally, first_day};

/// What a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContributionKind {
    /// A valid order, after the refunds that name it.
    Order,
    /// A refund that names no order.
    Refund,
    /// One person's inquiries of one day, under the id of the first.
    Inquiry,
    /// No event: what the floor at zero, a cap or the rounding changes in the sums. Its id is empty.
    Limit,
}

/// What one event brings to the score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Number of the order, refund or inquiry.
    pub id: String,
    /// What it is.
    pub kind: ContributionKind,
    /// Day on which it counts.
    pub day: NaiveDate,
    /// Buyer or asker.
    pub buyer: Option<String>,
    /// Net amount; negative for a refund.
    pub amount: Fen,
    /// For the buyer or the inquiry itself; a buyer's stands with their first order in the window.
    pub base: Points,
    /// For the amount.
    pub turnover: Points,
    /// For 数字营销; a buyer's stands with their first such order.
    pub marketing: Points,
    /// For scene turnover.
    pub scene: Points,
    /// What cutting the total down to whole points takes; only in a limit row, never above zero.
    #[serde(default)]
    pub rounding: Points,
}

impl Contribution {
    /// All its points.
    #[must_use]
    pub fn total(&self) -> Points {
        self.base + self.turnover + self.marketing + self.scene + self.rounding
    }
}

/// Every event of the window that brings or takes points, in order of time.
#[must_use]
pub fn contributions(pack: &RulePack, industry: Industry, as_of: NaiveDate, ledger: &Ledger) -> Vec<Contribution> {
    let (today, days) = (day_number(as_of), window_days(pack));
    let tally = Tally::window(ledger, today, pack.counting());
    let rates = Rates::of(pack, industry);
    let mut list = List {
        ledger,
        rates,
        today,
        counting: pack.counting(),
        industry,
        tally: &tally,
        counted: HashSet::new(),
        promoted: HashSet::new(),
        rows: Vec::new(),
    };
    for day in first_day(today, days)..=today {
        let Some(rows) = ledger.day(day) else {
            continue;
        };
        list.orders(day, rows);
        list.refunds(day, rows);
        if industry == Industry::Industrial {
            list.inquiries(day, rows);
        }
    }
    let mut rows = list.rows;
    rows.extend(limit(&rates, &tally, &rows, as_of));
    rows
}

struct List<'a> {
    ledger: &'a Ledger,
    rates: Rates,
    today: i32,
    counting: Counting,
    industry: Industry,
    tally: &'a Tally<'a>,
    counted: HashSet<Person>,
    promoted: HashSet<Person>,
    rows: Vec<Contribution>,
}

impl List<'_> {
    fn orders(&mut self, day: i32, rows: &DayRows) {
        let ledger = self.ledger;
        let mut orders: Vec<&OrderRow> = rows.orders.iter().filter(|order| order.valid).collect();
        orders.sort_by_cached_key(|order| (order.time, ledger.order_id(order.number)));
        for order in orders {
            let left = ledger.left(order, self.today, self.counting);
            let net = Fen(left.turnover);
            let mut row = self.row(ledger.order_id(order.number), ContributionKind::Order, day);
            row.amount = net;
            row.turnover = self.rates.turnover_exact(net);
            if order.scene == Answer::Yes && self.rates.scene_earns(order.marketing == Answer::Yes) {
                row.scene = self.rates.scene_exact(net);
            }
            if let Some(person) = order.buyer {
                row.buyer = self.ledger.name(person);
                if left.supports > 0 {
                    self.buyer_points(&mut row, person, order.marketing);
                }
            }
            self.rows.push(row);
        }
    }

    /// A buyer counts once: with the first order of the window that something is left of.
    fn buyer_points(&mut self, row: &mut Contribution, person: Person, marketing: Answer) {
        let counts = self.industry == Industry::Consumer && self.tally.buyer_counts(person);
        if !counts {
            return;
        }
        if self.counted.insert(person) {
            row.base = self.rates.base;
        }
        if marketing == Answer::Yes && self.promoted.insert(person) {
            row.marketing = self.rates.marketing;
        }
    }

    fn refunds(&mut self, day: i32, rows: &DayRows) {
        let mut refunds: Vec<_> = rows.refunds.iter().collect();
        refunds.sort_by_cached_key(|refund| self.ledger.refund_id(refund));
        for refund in refunds {
            let mut row = self.row(self.ledger.refund_id(refund), ContributionKind::Refund, day);
            row.buyer = refund.buyer.and_then(|person| self.ledger.name(person));
            row.amount = Fen(-refund.amount.0);
            row.turnover = self.rates.turnover_exact(row.amount);
            if refund.scene {
                row.scene = self.rates.scene_exact(row.amount);
            }
            self.rows.push(row);
        }
    }

    fn inquiries(&mut self, day: i32, rows: &DayRows) {
        let mut asked: Vec<_> = rows.asked.iter().collect();
        asked.sort_by_cached_key(|(_, asked)| (asked.first.0, self.ledger.inquiry_id(asked)));
        for (person, asked) in asked {
            let mut row = self.row(self.ledger.inquiry_id(asked), ContributionKind::Inquiry, day);
            row.buyer = self.ledger.name(*person);
            row.base = self.rates.base;
            if asked.marketing == Answer::Yes {
                row.marketing = self.rates.marketing;
            }
            self.rows.push(row);
        }
    }

    fn row(&self, id: String, kind: ContributionKind, day: i32) -> Contribution {
        Contribution {
            id,
            kind,
            day: date(day),
            buyer: None,
            amount: Fen::ZERO,
            base: Points::ZERO,
            turnover: Points::ZERO,
            marketing: Points::ZERO,
            scene: Points::ZERO,
            rounding: Points::ZERO,
        }
    }
}

/// What is between the rows and the card, if anything is.
fn limit(rates: &Rates, tally: &Tally<'_>, rows: &[Contribution], as_of: NaiveDate) -> Option<Contribution> {
    let parts = rates.parts(tally.sums());
    let sum = |part: fn(&Contribution) -> Points| rows.iter().map(part).sum::<Points>();
    let row = Contribution {
        id: String::new(),
        kind: ContributionKind::Limit,
        day: as_of,
        buyer: None,
        amount: Fen::ZERO,
        base: parts.base - sum(|row| row.base),
        turnover: parts.turnover - sum(|row| row.turnover),
        marketing: parts.marketing - sum(|row| row.marketing),
        scene: parts.scene - sum(|row| row.scene),
        rounding: rates.total(&parts) - parts.sum(),
    };
    let changes = [row.base, row.turnover, row.marketing, row.scene, row.rounding];
    changes.into_iter().any(|change| change != Points::ZERO).then_some(row)
}
