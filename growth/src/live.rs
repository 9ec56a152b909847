//! A score that is kept warm: each event changes the log and the sums at once, and the day moves on by itself.
//!
//! It must never say anything else than a fresh calculation over its log: late events, refunds that waited, refunds
//! of later days and events after the day are all met here.

use chrono::NaiveDate;

use crate::ahead::GROUP;
use crate::card::{Counts, PartPoints, ScoreCard};
use crate::counting::Counting;
use crate::event::{Event, EventError, Industry, Pushed};
use crate::inputs::Inputs;
use crate::ledger::{Change, Ledger};
use crate::pack::RulePack;
use crate::rows::{date, day_number};
use crate::running::{Running, Step};
use crate::score::{Reckoning, counts, score};
use crate::tally::Tally;

/// A ledger and the running sums of the window that ends with one day.
#[derive(Clone, Debug)]
pub struct Live {
    ledger: Ledger,
    running: Running,
}

impl Live {
    /// Sums the window of a ledger once; from then on each event and each day only adds its own.
    #[must_use]
    pub fn new(ledger: Ledger, counting: Counting, as_of: NaiveDate) -> Live {
        let (running, _) = Running::window(&ledger, day_number(as_of), counting);
        Live { ledger, running }
    }

    /// Last day of the window.
    #[must_use]
    pub fn as_of(&self) -> NaiveDate {
        date(self.running.as_of())
    }

    /// Every event so far, those after the day too.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The log alone.
    #[must_use]
    pub fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// Takes one more event, in any order of arrival, as [`Ledger::push`] does. One after the day waits for its day.
    ///
    /// # Errors
    /// [`EventError`]; log and sums are then as before.
    pub fn push(&mut self, event: &Event) -> Result<Pushed, EventError> {
        let change = self.ledger.take(event)?;
        Ok(self.follow(&change))
    }

    /// Takes many events, several times as fast as one by one; how many of them were new. The first that is refused ends
    /// it: those before it are in.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn push_all(&mut self, events: &[Event]) -> Result<usize, EventError> {
        let mut new = 0;
        for group in events.chunks(GROUP) {
            let prepared = self.ledger.look_ahead(group, |person| self.running.glance(person));
            for event in &prepared {
                match self.ledger.apply(event) {
                    Ok(change) => new += usize::from(self.follow(&change) == Pushed::New),
                    Err(refused) => return Err(refused),
                }
            }
        }
        Ok(new)
    }

    /// Lets the sums follow what changed in the log.
    fn follow(&mut self, change: &Change) -> Pushed {
        let Live { ledger, running } = self;
        running.grow(ledger.people());
        match *change {
            Change::None(pushed) => return pushed,
            Change::Order { day, ref order } if running.holds(day) => {
                let left = ledger.left(order, running.as_of(), running.counting());
                running.order(order, left, Step::Add);
            }
            Change::Undo { day, ref order, undo } if running.holds(day) && undo.day <= running.as_of() => {
                let counting = running.counting();
                let before = ledger.net_before(order, undo, running.as_of());
                running.order(order, counting.left(order.amount, before), Step::Take);
                running.order(order, ledger.left(order, running.as_of(), counting), Step::Add);
            }
            Change::Loose { day } if running.holds(day) => {
                if let Some(refund) = ledger.day(day).and_then(|rows| rows.refunds.last()) {
                    running.loose(refund, Step::Add);
                }
            }
            Change::Asked { day, before, after } if running.holds(day) => running.asked(before, after),
            Change::Order { .. } | Change::Undo { .. } | Change::Loose { .. } | Change::Asked { .. } => {}
        }
        Pushed::New
    }

    /// Moves the window so that it ends with another day. Forward only the days between are looked at; back, the
    /// window is summed afresh.
    pub fn advance(&mut self, to: NaiveDate) {
        let to = day_number(to);
        if to < self.running.as_of() {
            (self.running, _) = Running::window(&self.ledger, to, self.running.counting());
        } else {
            self.running.advance(&self.ledger, to);
        }
    }

    /// What is counted now, from the sums alone.
    #[must_use]
    pub fn counts(&self) -> Counts {
        counts(self.running.sums())
    }

    /// The known points now, from the sums alone: quick enough for every event. A pack that counts in another way
    /// than these sums is reckoned over the log.
    #[must_use]
    pub fn points(&self, pack: &RulePack, industry: Industry, inputs: &Inputs) -> PartPoints {
        let (day, counting) = (self.running.as_of(), pack.counting());
        let sums = if counting == self.running.counting() {
            *self.running.sums()
        } else {
            *Tally::window(&self.ledger, day, counting).sums()
        };
        Reckoning::of((pack, industry, date(day)), &self.ledger, sums, inputs).part_points()
    }

    /// The whole card, by one pass over the window: its drop-out table asks for every day of it.
    #[must_use]
    pub fn score(&self, pack: &RulePack, industry: Industry, inputs: &Inputs) -> ScoreCard {
        score(pack, industry, self.as_of(), &self.ledger, inputs)
    }
}
