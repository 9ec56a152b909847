//! What falls out of the window on each of the coming days if nothing new happens.
//!
//! Certain, not a forecast: it takes days away from the present window and looks at the difference. Marks are left
//! out, because they end by their own dates, not by the window's.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::points::Points;
use crate::rates::Rates;
use crate::rows::date;
use crate::tally::{Tally, first_day};

/// The fall of the score on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropOut {
    /// First day without these points.
    pub date: NaiveDate,
    /// How many; below zero when a refund leaves the window and the score rises.
    pub points: Points,
}

/// One row for each day of the window; together they are the window's points without marks.
pub(crate) fn dropping(mut tally: Tally<'_>, rates: &Rates, as_of: i32, days: i32) -> Vec<DropOut> {
    let oldest = first_day(as_of, days);
    let mut before = rates.total(&rates.parts(tally.sums()));
    (0..days)
        .map(|passed| {
            tally.take_day(oldest + passed);
            let after = rates.total(&rates.parts(tally.sums()));
            let points = before - after;
            before = after;
            DropOut { date: date(as_of + passed + 1), points }
        })
        .collect()
}
