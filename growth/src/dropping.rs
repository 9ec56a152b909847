//! What falls out of the window on each of the coming days if nothing new happens.
//!
//! Certain, not a forecast: it looks at what is left of the present window as its days leave it. Marks are left
//! out, because they end by their own dates, not by the window's.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::points::Points;
use crate::rates::Rates;
use crate::rows::date;
use crate::tally::Tally;

/// The fall of the score on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropOut {
    /// First day without these points.
    pub date: NaiveDate,
    /// How many; below zero when a refund leaves the window and the score rises.
    pub points: Points,
}

/// One row for each day of the window; together they are the window's points without marks.
pub(crate) fn dropping(tally: &Tally<'_>, rates: &Rates) -> Vec<DropOut> {
    let total = |gone| rates.total(&rates.parts(&tally.left(gone)));
    let days = (tally.as_of() + 1..).zip(0..tally.days());
    days.map(|(day, gone)| DropOut { date: date(day), points: total(gone) - total(gone + 1) }).collect()
}
