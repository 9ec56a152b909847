//! The rows of a ledger: events in the form that is quick to sum, names as numbers, days as integers.
//!
//! Plain data. An order's row is never changed by a refund: the same order is worth different amounts on different
//! days, and a past day must be computed as it looked then.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

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

/// Index of an interned buyer or asker.
pub(crate) type Person = u32;

/// A paid order as it was handed in; what is left of it depends on the day one asks for.
#[derive(Clone, Debug)]
pub(crate) struct OrderRow {
    pub(crate) id: Arc<str>,
    pub(crate) at: NaiveDateTime,
    pub(crate) buyer: Option<Person>,
    pub(crate) amount: Fen,
    pub(crate) marketing: Answer,
    pub(crate) scene: Answer,
    pub(crate) valid: bool,
}

/// A refund that names no order.
#[derive(Clone, Debug)]
pub(crate) struct LooseRefund {
    pub(crate) id: String,
    pub(crate) buyer: Option<Person>,
    pub(crate) amount: Fen,
    pub(crate) scene: bool,
}

/// One person's questions of one day: together they count once.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) first: (NaiveDateTime, String),
    pub(crate) marketing: Answer,
}

/// The part of an order that a refund takes back, from a day on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Undo {
    pub(crate) day: i32,
    pub(crate) amount: Fen,
}

/// What one local day holds. Refunds that name an order are not here: they belong to the order's day.
#[derive(Clone, Debug, Default)]
pub(crate) struct DayRows {
    pub(crate) orders: Vec<usize>,
    pub(crate) refunds: Vec<LooseRefund>,
    pub(crate) asked: HashMap<Person, Asked>,
}

/// Buyers and askers, each name kept once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    all: Vec<Arc<str>>,
    index: HashMap<Arc<str>, Person>,
}

impl Names {
    pub(crate) fn intern(&mut self, name: &str) -> Person {
        if let Some(known) = self.index.get(name) {
            return *known;
        }
        let person = Person::try_from(self.all.len()).expect("fewer than four billion people");
        let name: Arc<str> = Arc::from(name);
        self.all.push(Arc::clone(&name));
        self.index.insert(name, person);
        person
    }

    pub(crate) fn name(&self, person: Person) -> Option<&str> {
        self.all.get(person as usize).map(AsRef::as_ref)
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
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
