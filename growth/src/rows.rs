//! The rows of a ledger: events in the form that is quick to sum, names as numbers, days as integers.
//!
//! Plain data. What an order was paid is never changed by a refund: the same order is worth different amounts on
//! different days, and a past day must be computed as it looked then.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::points::Fen;

/// What is known of a yes-or-no question. Ordered so that the larger of two answers about one thing wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    No,
    Unknown,
    Yes,
}

impl From<Option<bool>> for Answer {
    fn from(known: Option<bool>) -> Answer {
        match known {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::Unknown,
        }
    }
}

/// Number of a buyer or asker among the ledger's names.
pub(crate) type Person = u32;

/// A map from small numbers. Its seed is fixed: these numbers are our own, nobody outside picks them.
pub(crate) type NumberMap<V> = HashMap<u32, V, FixedState>;

/// A paid order as it was handed in; what is left of it depends on the day one asks for. Half a cache line: a window
/// is summed by reading these one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderRow {
    pub(crate) amount: Fen,
    pub(crate) buyer: Option<Person>,
    /// Its number among the ledger's orders.
    pub(crate) number: u32,
    /// Millisecond of its day.
    pub(crate) time: u32,
    /// The last refund that names it.
    pub(crate) undone: Link,
    pub(crate) marketing: Answer,
    pub(crate) scene: Answer,
    pub(crate) valid: bool,
}

/// Place of an [`Undo`] in the ledger's list of them, or the end of a chain. Not an `Option`: that would take every
/// order out of its half of a cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) u32);

impl Link {
    pub(crate) const END: Link = Link(u32::MAX);
}

/// The part of an order that a refund takes back, from a day on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Undo {
    pub(crate) amount: Fen,
    pub(crate) day: i32,
    /// Number of the order.
    pub(crate) order: u32,
    /// The refund before this one that names the same order.
    pub(crate) before: Link,
}

/// A refund that names no order.
#[derive(Clone, Debug)]
pub(crate) struct LooseRefund {
    /// Its number among the ledger's refunds.
    pub(crate) number: u32,
    pub(crate) buyer: Option<Person>,
    pub(crate) amount: Fen,
    pub(crate) scene: bool,
}

/// One person's questions of one day: together they count once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// Millisecond of the first, and its number among the ledger's inquiries.
    pub(crate) first: (u32, u32),
    pub(crate) marketing: Answer,
}

/// What one local day holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct DayRows {
    pub(crate) orders: Vec<OrderRow>,
    pub(crate) refunds: Vec<LooseRefund>,
    /// Refunds made on this day that name an order which is here. They count on the order's day; this list only says
    /// whose worth changes when the day comes.
    pub(crate) undone: Vec<Link>,
    pub(crate) asked: NumberMap<Asked>,
}

impl DayRows {
    /// Whether anything counts on this day. A refund that names an order counts on the order's day.
    pub(crate) fn has_events(&self) -> bool {
        !(self.orders.is_empty() && self.refunds.is_empty() && self.asked.is_empty())
    }
}

/// Days since the year 1: dates as plain integers, so that buckets and windows are arithmetic.
pub(crate) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

/// The date of a day number; the first or last one there is, where the number lies beyond it.
pub(crate) fn date(day: i32) -> NaiveDate {
    let edge = if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or(edge)
}

/// Millisecond of the day: finer than anything 1688 shows.
pub(crate) fn time_of_day(at: NaiveDateTime) -> u32 {
    at.num_seconds_from_midnight() * 1000 + at.nanosecond() / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::OrderRow;

    #[test]
    fn an_order_takes_half_a_cache_line() {
        assert_eq!(size_of::<OrderRow>(), 32);
    }
}
