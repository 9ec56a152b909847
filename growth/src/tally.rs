//! The sums of a window of a ledger, from which days can be taken away.
//!
//! Taking days away from the old end is what time does when nothing new happens: the score, the drop-out table and
//! the forecast's carry-over are all this one structure. It knows no rates.

use crate::counting::Counting;
use crate::ledger::Ledger;
use crate::rows::Person;
use crate::running::{Running, Step};

/// What a window holds. All counts are of the window; signed so that days can be taken away.
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

/// The sums of some days of a ledger, as they look on one day: refunds made later are not known yet.
pub(crate) struct Tally<'a> {
    ledger: &'a Ledger,
    running: Running,
}

impl<'a> Tally<'a> {
    /// The window that ends with `as_of`.
    pub(crate) fn window(ledger: &'a Ledger, as_of: i32, counting: Counting) -> Tally<'a> {
        Tally { ledger, running: Running::window(ledger, as_of, counting) }
    }

    /// Sums that were kept warm for this ledger.
    pub(crate) const fn warm(ledger: &'a Ledger, running: Running) -> Tally<'a> {
        Tally { ledger, running }
    }

    pub(crate) const fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    pub(crate) const fn as_of(&self) -> i32 {
        self.running.as_of()
    }

    pub(crate) const fn sums(&self) -> &Sums {
        self.running.sums()
    }

    /// Takes a day that is in the tally away again.
    pub(crate) fn take_day(&mut self, day: i32) {
        self.running.day(self.ledger, day, Step::Take);
    }

    pub(crate) fn buyer_counts(&self, person: Person) -> bool {
        self.running.buyer_counts(person)
    }
}

/// First day of a window.
pub(crate) const fn first_day(as_of: i32, days: i32) -> i32 {
    as_of - days + 1
}
