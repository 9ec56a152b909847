//! How a pack counts events, before any rate: the length of its window and what a refund takes back.
//!
//! The only part of a pack that sums of events know. Two packs that count alike share their sums.

use crate::pack::{RefundBuyer, RefundTakes, RulePack};
use crate::points::Fen;

/// What sums of events depend on besides the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    days: i32,
    takes: RefundTakes,
    buyer: RefundBuyer,
}

impl Counting {
    /// A window of so many days, and what a refund takes. A length that no checked pack has is brought to between a
    /// day and 366.
    #[must_use]
    pub fn new(days: u32, takes: RefundTakes, buyer: RefundBuyer) -> Counting {
        Counting { days: i32::try_from(days).unwrap_or(i32::MAX).clamp(1, 366), takes, buyer }
    }

    /// Length of the window in days, the day of the score included.
    pub(crate) const fn days(self) -> i32 {
        self.days
    }

    /// What is left of a valid order that was paid with `amount` and is worth `net` after its refunds. A refund of
    /// nothing is none.
    pub(crate) const fn left(self, Fen(amount): Fen, Fen(net): Fen) -> Left {
        let untouched = net >= amount;
        let turnover = match self.takes {
            RefundTakes::WholeOrder if !untouched => 0,
            _ => net,
        };
        let supports = match self.buyer {
            RefundBuyer::AtAnyRefund if !untouched => 0,
            _ => turnover,
        };
        Left { turnover, supports }
    }
}

/// What is left of an order, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// What counts in turnover and scene turnover.
    pub(crate) turnover: i64,
    /// What counts in its buyer's balance; above zero it also shows who brought the buyer.
    pub(crate) supports: i64,
}

impl RulePack {
    /// How this pack counts.
    #[must_use]
    pub fn counting(&self) -> Counting {
        Counting::new(self.window.days.value, self.refund.takes.value, self.refund.buyer.value)
    }
}
