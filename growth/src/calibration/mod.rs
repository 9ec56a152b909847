//! What 成长中心 showed, beside what the rules give: kept day by day, and the pack judged by it.
//!
//! A difference that missing orders or missing inputs can account for says nothing about the rules and is never held
//! against them.

mod explain;
mod gaps;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::card::Entered;
use crate::gates::{Reach, level_at};
use crate::inputs::Calibration;
use crate::missing::missing;
use crate::pack::ErrorLimit;
use crate::points::Points;
use crate::rows::day_number;
use crate::score::{Reckoning, window_days};
use crate::tally::{Tally, first_day};

pub use explain::{Explains, Explanation};

/// How many comparisons a card shows.
const SHOWN: usize = 12;

/// One day's comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationRow {
    /// Calendar day on which it was read.
    pub day: NaiveDate,
    /// The day of the score that 成长中心 showed then.
    pub as_of: NaiveDate,
    /// Points shown.
    pub shown: Points,
    /// Points computed for `as_of`.
    pub computed: Points,
    /// Shown less computed.
    pub difference: Points,
    /// Of the difference, what no missing input can account for; never below zero.
    pub beyond: Points,
    /// Level shown.
    pub level: Option<String>,
    /// Level computed for `as_of`.
    pub computed_level: String,
    /// Whether the events reach back to the first day of that window; if not, the row says nothing about the rules.
    pub covered: bool,
}

/// All comparisons of a shop and what follows from them.
pub(crate) struct Compared {
    pub(crate) newest: Option<Entered>,
    pub(crate) rows: Vec<CalibrationRow>,
    pub(crate) trusted: Option<bool>,
    pub(crate) explanations: Vec<Explanation>,
}

/// A comparison with the counts it rests on.
pub(crate) struct Comparison<'a> {
    pub(crate) row: CalibrationRow,
    pub(crate) found: Reckoning<'a>,
}

/// Compares what was shown up to the day of the card, the newest first.
pub(crate) fn calibrate(card: &Reckoning<'_>) -> Compared {
    let mut shown: Vec<&Calibration> = Vec::new();
    // The later entry of a day stands for it, so the list is read from its end.
    for entry in card.inputs.shown.iter().rev() {
        let ours = as_of(card, entry) <= card.as_of && !of_other_rules(card, entry);
        if ours && shown.iter().all(|kept| kept.day != entry.day) {
            shown.push(entry);
        }
    }
    shown.sort_by_key(|entry| std::cmp::Reverse(entry.day));
    let compared: Vec<Comparison<'_>> = shown.into_iter().take(SHOWN).map(|entry| compare(card, entry)).collect();
    let newest = compared.first().map(|newest| Entered {
        day: newest.row.day,
        as_of: newest.row.as_of,
        points: newest.row.shown,
        level: newest.row.level.clone(),
        computed: newest.row.computed,
        computed_level: newest.row.computed_level.clone(),
    });
    let rows: Vec<CalibrationRow> = compared.iter().map(|comparison| comparison.row.clone()).collect();
    let judged: Vec<Comparison<'_>> = compared.into_iter().filter(|comparison| comparison.row.covered).collect();
    Compared {
        newest,
        trusted: trusted(&rows, &card.pack.calibration),
        explanations: explain::explain(card, &judged),
        rows,
    }
}

/// Whether a past day had other rules than the day of the card: it would be held against the wrong ones.
pub(crate) fn of_other_rules(card: &Reckoning<'_>, shown: &Calibration) -> bool {
    card.pack.in_force(card.as_of) && as_of(card, shown) < card.pack.valid_from
}

/// 成长中心 is some days behind: what it showed belongs to an earlier score.
fn as_of(card: &Reckoning<'_>, shown: &Calibration) -> NaiveDate {
    let lag = Days::new(u64::from(card.pack.window.lag_days.value));
    shown.day.checked_sub_days(lag).unwrap_or(NaiveDate::MIN)
}

fn compare<'a>(card: &Reckoning<'a>, shown: &Calibration) -> Comparison<'a> {
    let day = as_of(card, shown);
    let tally = Tally::window(card.ledger, day_number(day), card.pack.counting());
    let found = Reckoning::of((card.pack, card.industry, day), card.ledger, *tally.sums(), card.inputs);
    let missing = missing(&found);
    let reach = found.reach(&missing);
    // Nobody can bound what refunds that were not handed in take away.
    let bottomless = missing.iter().any(|input| input.effect.low.is_none());
    let today = day_number(day);
    let first = first_day(today, window_days(card.pack));
    let level = card.pack.levels.get(level_at(&card.pack.levels, reach.known));
    let row = CalibrationRow {
        day: shown.day,
        as_of: day,
        shown: shown.points,
        computed: reach.known,
        difference: shown.points - reach.known,
        beyond: beyond(shown.points, reach, bottomless),
        level: shown.level.clone(),
        computed_level: level.map(|level| level.id.clone()).unwrap_or_default(),
        covered: card.ledger.span(today).is_some_and(|(begins, _)| begins <= first),
    };
    Comparison { row, found }
}

fn beyond(shown: Points, reach: Reach, bottomless: bool) -> Points {
    let above = reach.high.map_or(Points::ZERO, |high| shown - high);
    let below = if bottomless { Points::ZERO } else { reach.low - shown };
    above.max(below).max(Points::ZERO)
}

/// Whether the newest comparisons speak for or against the rules. One that lies in the range of a missing input does
/// neither.
fn trusted(rows: &[CalibrationRow], limit: &ErrorLimit) -> Option<bool> {
    let verdict = |row: &CalibrationRow| {
        let allowed = allowed(row.shown, limit);
        if row.difference.abs() <= allowed {
            return Some(true);
        }
        (row.beyond > allowed).then_some(false)
    };
    let after = usize::try_from(limit.after.value).unwrap_or(usize::MAX);
    let newest: Vec<bool> = rows.iter().filter(|row| row.covered).filter_map(verdict).take(after).collect();
    if newest.contains(&true) {
        return Some(true);
    }
    (newest.len() >= after).then_some(false)
}

/// The larger of the two limits.
fn allowed(shown: Points, limit: &ErrorLimit) -> Points {
    let share = shown.to_decimal().abs() * limit.limit_percent.value.0 / Decimal::ONE_HUNDRED;
    // Cut to millionths, the unit of points; too large a share leaves the fixed limit.
    let share = Points::try_from(share.trunc_with_scale(6)).unwrap_or(Points::ZERO);
    limit.limit_points.value.max(share)
}
