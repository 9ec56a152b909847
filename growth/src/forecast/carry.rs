//! What stays of a window as its days leave it: the certain part of every forecast.
//!
//! The only file of the forecast that knows how a window is summed and by which rates; all others see totals. Refunds of later days are
//! not known to it: a past day is taken as it looked then.

use chrono::NaiveDate;

use crate::counting::Counting;
use crate::event::Industry;
use crate::inputs::{Inputs, held_marks};
use crate::ledger::Ledger;
use crate::pack::RulePack;
use crate::points::Points;
use crate::rates::Rates;
use crate::tally::Tally;

/// The rules by which windows of one shop are summed.
pub(crate) struct Carry<'a> {
    ledger: &'a Ledger,
    rates: Rates,
    counting: Counting,
}

impl<'a> Carry<'a> {
    pub(crate) fn of(pack: &RulePack, industry: Industry, ledger: &'a Ledger) -> Carry<'a> {
        Carry { ledger, rates: Rates::of(pack, industry), counting: pack.counting() }
    }

    /// Length of the window.
    pub(crate) const fn window(&self) -> i32 {
        self.counting.days()
    }

    /// First day with an event, if there is one up to a day.
    pub(crate) fn first_day(&self, until: i32) -> Option<i32> {
        self.ledger.span(until).map(|(first, _)| first)
    }

    /// The total of a day, then that of each of the following days if nothing new happens; marks left out.
    pub(crate) fn row(&self, day: i32, ahead: usize) -> Vec<Points> {
        let tally = Tally::window(self.ledger, day, self.counting);
        (0..=ahead).map(|gone| self.rates.total(&self.rates.parts(&tally.left(gone)))).collect()
    }
}

/// What the marks bring that are held on a day: they end by their own dates, not by the window's.
pub(crate) fn marks_on(pack: &RulePack, industry: Industry, inputs: &Inputs, day: NaiveDate) -> Points {
    held_marks(inputs, industry.formula(pack), day).iter().filter_map(|mark| mark.points).sum()
}
