//! The sums of a window of a ledger, and of what is left of it as its days leave it.
//!
//! Days leaving at the old end is what time does when nothing new happens: the score, the drop-out table and the
//! forecast's carry-over are all this one structure, summed in one pass. It knows no rates.

use crate::counting::Counting;
use crate::ledger::Ledger;
use crate::rows::Person;
use crate::running::{Passed, Running};

/// What a window holds. All counts are of the window; signed so that days and refunds can be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) orders: i64,
    pub(crate) orders_without_buyer: i64,
    pub(crate) excluded: i64,
    pub(crate) turnover: i64,
    pub(crate) refunded: i64,
    pub(crate) scene: i64,
    /// Of `scene`, made by orders that 数字营销 brought for certain.
    pub(crate) scene_marketing: i64,
    pub(crate) scene_unknown: i64,
    pub(crate) buyers: i64,
    pub(crate) marketing_buyers: i64,
    pub(crate) marketing_buyers_unknown: i64,
    pub(crate) inquiries: i64,
    pub(crate) marketing_inquiries: i64,
    pub(crate) marketing_inquiries_unknown: i64,
}

/// The sums of a window as they look on its last day: refunds made later are not known yet.
pub(crate) struct Tally<'a> {
    ledger: &'a Ledger,
    running: Running,
    passed: Passed,
}

impl<'a> Tally<'a> {
    /// The window that ends with `as_of`.
    pub(crate) fn window(ledger: &'a Ledger, as_of: i32, counting: Counting) -> Tally<'a> {
        let (running, passed) = Running::window(ledger, as_of, counting);
        Tally { ledger, running, passed }
    }

    pub(crate) const fn as_of(&self) -> i32 {
        self.running.as_of()
    }

    pub(crate) const fn sums(&self) -> &Sums {
        self.running.sums()
    }

    /// Length of the window.
    pub(crate) const fn days(&self) -> usize {
        self.passed.newest.len() - 1
    }

    /// What is left when so many days of the window have gone, the oldest first; nothing when all have.
    pub(crate) fn left(&self, gone: usize) -> Sums {
        self.passed.newest[self.days().saturating_sub(gone)]
    }

    /// Ids of the orders of the window that do not count; sorted.
    pub(crate) fn excluded(self) -> Vec<String> {
        let mut numbers = self.passed.excluded;
        // Ids mostly rise as orders come, and what is nearly sorted is quick to sort.
        numbers.sort_unstable();
        let ids = numbers.into_iter().map(|number| self.ledger.order_id(number));
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    }

    pub(crate) fn buyer_counts(&self, person: Person) -> bool {
        self.running.buyer_counts(person)
    }
}

/// First day of a window.
pub(crate) const fn first_day(as_of: i32, days: i32) -> i32 {
    as_of - days + 1
}
