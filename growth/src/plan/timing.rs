//! When the units of a lever are worked off, and which of them count on a day.
//!
//! A unit counts from its delay on until its day leaves the window. Work starts as early as every unit can still
//! count on the judged day, never earlier: what begins early leaves time to answer a disappointment, what begins too
//! early has left the window when it is judged.

use chrono::{Days, NaiveDate};

use super::ground::Ground;
use super::lever::{Dates, Lever};

/// A lever's calendar towards one judged day. Days are counted from `as_of`: 1 is the first day on which work can
/// be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    start: i64,
    per_day: Option<i64>,
    delay: i64,
    /// Days for which a unit counts; `None` for a mark.
    lasts: Option<i64>,
    /// The judged day.
    target: i64,
}

impl Timing {
    pub(crate) fn of(lever: &Lever, ground: &Ground<'_>, target: i64) -> Timing {
        let delay = i64::from(lever.delay_days);
        let whole = lever.lasts_days.map_or(ground.window(), |days| i64::from(days).min(ground.window())).max(1);
        let lasts = (!lever.is_mark()).then_some(whole);
        // The first day whose unit has not left the window on the judged day.
        let start = lasts.map_or(1, |lasts| (target - lasts + 1 - delay).max(1));
        Timing { start, per_day: lever.per_day.map(i64::from), delay, lasts, target }
    }

    /// Most units that count on the judged day.
    pub(crate) fn most(&self, ceiling: u32) -> u32 {
        let days = self.target - self.delay - self.start + 1;
        if days <= 0 {
            return 0;
        }
        let fits = self.per_day.map_or(i64::from(ceiling), |per_day| per_day.saturating_mul(days));
        ceiling.min(u32::try_from(fits).unwrap_or(u32::MAX))
    }

    /// How many of the units count on a day.
    pub(crate) fn counted(&self, units: u32, day: i64) -> i64 {
        let begun = self.worked(units, day - self.delay);
        let left = self.lasts.map_or(0, |lasts| self.worked(units, day - self.delay - lasts));
        begun - left
    }

    /// Units worked off up to a day.
    fn worked(&self, units: u32, day: i64) -> i64 {
        let days = (day - self.start + 1).max(0);
        let done = match self.per_day {
            Some(per_day) => per_day.saturating_mul(days),
            None if days > 0 => i64::from(units),
            None => 0,
        };
        done.min(i64::from(units))
    }

    /// The dates of so many units.
    pub(crate) fn dates(&self, units: u32, as_of: NaiveDate) -> Dates {
        let on = |day: i64| as_of.checked_add_days(Days::new(day.max(0).unsigned_abs())).unwrap_or(NaiveDate::MAX);
        let days = self.per_day.map_or(1, |per_day| (i64::from(units) + per_day.max(1) - 1) / per_day.max(1)).max(1);
        Dates {
            start: on(self.start),
            end: on(self.start + days - 1),
            works_from: on(self.start + self.delay),
            works_to: self.lasts.map(|lasts| on(self.start + self.delay + lasts - 1)),
        }
    }
}
