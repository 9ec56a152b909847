//! What a shop's own past says about its levers: months, the best of them, who is fading and how many return anyway.
//!
//! This is the plan's only look into the ledger. It counts; it does not guess.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::ledger::Ledger;
use crate::rows::{Answer, DayRows, OrderRow, Person, day_number};

/// Days of a month, as all levers count them.
pub(crate) const MONTH: i32 = 30;
/// Months that are looked at.
const MONTHS: i32 = 6;
/// A buyer whose last order is older has left, not faded.
const FADING: i32 = 90;
/// Past moments at which returning buyers are counted.
const MOMENTS: i32 = 3;

/// The valid orders of a day.
fn sales(rows: &DayRows) -> impl Iterator<Item = &OrderRow> {
    rows.orders.iter().filter(|order| order.valid)
}

/// What some days brought. Refunds are taken off as far as they are known at the end of the history.
#[derive(Clone, Debug, Default)]
pub(crate) struct Days {
    pub(crate) orders: u64,
    pub(crate) turnover: i64,
    /// What was taken back of these days' orders, and what went back without naming one.
    pub(crate) refunded: i64,
    pub(crate) marketing_buyers: HashSet<Person>,
    pub(crate) marketing_orders: u64,
    pub(crate) marketing_turnover: i64,
    pub(crate) scene: i64,
    pub(crate) inquiries: u64,
    pub(crate) marketing_inquiries: u64,
    /// Every order's net amount.
    pub(crate) amounts: Vec<i64>,
    pub(crate) buyers: HashSet<Person>,
}

/// Sums up the days `from ..= to` as they look on `as_of`.
pub(crate) fn days(ledger: &Ledger, from: i32, to: i32, as_of: i32) -> Days {
    let mut sum = Days::default();
    for rows in (from..=to).filter_map(|day| ledger.day(day)) {
        for order in sales(rows) {
            let net = ledger.net(order, as_of).0;
            sum.refunded += order.amount.0 - net;
            if net == 0 {
                continue;
            }
            sum.orders += 1;
            sum.turnover += net;
            sum.amounts.push(net);
            sum.buyers.extend(order.buyer);
            if order.marketing == Answer::Yes {
                sum.marketing_orders += 1;
                sum.marketing_turnover += net;
                sum.marketing_buyers.extend(order.buyer);
            }
            if order.scene == Answer::Yes {
                sum.scene += net;
            }
        }
        sum.refunded += rows.refunds.iter().map(|refund| refund.amount.0).sum::<i64>();
        sum.inquiries += rows.asked.len() as u64;
        sum.marketing_inquiries += rows.asked.values().filter(|asked| asked.marketing == Answer::Yes).count() as u64;
    }
    sum
}

/// Buyers in the same situation, and how many of such buyers return by themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// Names, the most valuable first.
    pub(crate) people: Vec<String>,
    /// Per mille that ordered again in as many days, at earlier moments; `None` without such moments.
    pub(crate) natural: Option<u32>,
    /// Buyers that this rests on.
    pub(crate) cases: u64,
}

/// A shop's past, up to one day.
pub(crate) struct History<'a> {
    ledger: &'a Ledger,
    pub(crate) as_of: i32,
    /// The last thirty days, and the months before them; only those the ledger reaches back to.
    pub(crate) months: Vec<Days>,
    nothing: Days,
    visits: HashMap<Person, Visits>,
    first: i32,
}

#[derive(Default)]
struct Visits {
    days: Vec<i32>,
    turnover: i64,
}

impl<'a> History<'a> {
    pub(crate) fn of(ledger: &'a Ledger, as_of: NaiveDate) -> History<'a> {
        let as_of = day_number(as_of);
        let oldest = as_of - MONTH * MONTHS + 1;
        let first = (oldest..=as_of).find(|day| ledger.day(*day).is_some()).unwrap_or(as_of + 1);
        let months = (0..MONTHS)
            .map(|month| (as_of - MONTH * (month + 1) + 1, as_of - MONTH * month))
            .filter(|(_, to)| *to >= first)
            .map(|(from, to)| days(ledger, from, to, as_of))
            .collect();
        History { ledger, as_of, months, nothing: Days::default(), visits: visits(ledger, first, as_of), first }
    }

    /// Days that the ledger reaches back to, of the ones that are looked at.
    pub(crate) fn reach(&self) -> u32 {
        u32::try_from(self.as_of - self.first + 1).unwrap_or(0)
    }

    /// The month that was best by some measure; zero without a history.
    pub(crate) fn best(&self, measure: impl Fn(&Days) -> i64) -> i64 {
        self.months.iter().map(measure).max().unwrap_or(0)
    }

    /// The last thirty days; empty without a history.
    pub(crate) fn recent(&self) -> &Days {
        self.months.first().unwrap_or(&self.nothing)
    }

    /// Buyers who will have left a window of so many days in `ahead` days, unless they order again.
    pub(crate) fn fading(&self, ahead: i32, window: i32) -> Group {
        self.group(ahead, |moment| (moment - FADING + 1, moment + ahead - window))
    }

    /// Buyers who will still be in the window in `ahead` days without another order.
    pub(crate) fn staying(&self, ahead: i32, window: i32) -> Group {
        self.group(ahead, |moment| (moment + ahead - window + 1, moment))
    }

    /// Buyers whose last order up to a moment lies in a span of days.
    fn group(&self, ahead: i32, span: impl Fn(i32) -> (i32, i32)) -> Group {
        let at = |moment: i32| {
            let (from, to) = span(moment);
            self.visits.iter().filter(move |(_, visits)| {
                let known = visits.days.partition_point(|day| *day <= moment);
                visits.days[..known].last().is_some_and(|last| (from..=to).contains(last))
            })
        };
        let mut found: Vec<_> = at(self.as_of).collect();
        found.sort_by_key(|(person, visits)| (-visits.turnover, **person));
        let people = found.iter().filter_map(|(person, _)| self.ledger.name(**person)).collect();
        let (mut cases, mut back) = (0_u64, 0_u64);
        for moment in (1..=MOMENTS).map(|times| self.as_of - ahead * times) {
            // A moment whose span begins before the history would miss the buyers that were slow to return.
            if ahead == 0 || span(moment).0 < self.first {
                break;
            }
            for (_, visits) in at(moment) {
                cases += 1;
                back += u64::from(visits.days.iter().any(|day| (moment + 1..=moment + ahead).contains(day)));
            }
        }
        let natural = (cases > 0).then(|| u32::try_from(back * 1000 / cases).unwrap_or(1000));
        Group { people, natural, cases }
    }

    /// Days from an order to its refund, the middle one of the last refunds; `None` without any.
    pub(crate) fn refund_lag(&self) -> Option<u32> {
        let mut lags = Vec::new();
        for day in (self.first..=self.as_of).rev() {
            let Some(rows) = self.ledger.day(day) else { continue };
            for order in sales(rows) {
                if self.ledger.net(order, self.as_of).0 == order.amount.0 {
                    continue;
                }
                let refunded = (day..=self.as_of).find(|until| self.ledger.net(order, *until).0 < order.amount.0);
                lags.extend(refunded.and_then(|refunded| u32::try_from(refunded - day).ok()));
            }
            if lags.len() >= ENOUGH {
                break;
            }
        }
        lags.sort_unstable();
        lags.get(lags.len() / 2).copied()
    }
}

/// Refunds whose delay is looked at.
const ENOUGH: usize = 200;

/// Days with an order that still has a value, for each buyer.
fn visits(ledger: &Ledger, from: i32, as_of: i32) -> HashMap<Person, Visits> {
    let mut all: HashMap<Person, Visits> = HashMap::new();
    for day in from..=as_of {
        let Some(rows) = ledger.day(day) else { continue };
        for order in sales(rows) {
            let net = ledger.net(order, as_of).0;
            let (Some(person), true) = (order.buyer, net > 0) else { continue };
            let visits = all.entry(person).or_default();
            visits.turnover += net;
            if visits.days.last() != Some(&day) {
                visits.days.push(day);
            }
        }
    }
    all
}

/// How many of these people ordered on the days `from ..= to`, as it looks on `as_of`.
pub(crate) fn returned(ledger: &Ledger, people: &[String], bought: &Days) -> i64 {
    let names: HashSet<String> = bought.buyers.iter().filter_map(|person| ledger.name(*person)).collect();
    i64::try_from(people.iter().filter(|name| names.contains(name.as_str())).count()).unwrap_or(i64::MAX)
}
