//! One forecast after the other, each from its own day, and what the naive answers were on that day.
//!
//! Windows and what stays of them are summed once for all origins. An origin is given nothing that was not over by then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::answer::{BacktestWish, Compared, Coverage, HorizonResult};
use super::blocks::error_of_share;
use super::loss::Losses;
use super::verdict::{decimal, ratio, verdicts};
use crate::forecast::carry::marks_on;
use crate::forecast::past::{Past, RECENT};
use crate::forecast::{Basis, ForecastWish, Odds, Outlook, weeks_over};
use crate::points::Points;
use crate::rows::{date, day_number};

/// Days of the mean of the score.
const MEAN_DAYS: i32 = 7;

/// Everything that the trials of one backtest share.
pub(crate) struct Trials<'a> {
    basis: &'a Basis<'a>,
    past: Past,
    /// Totals of whole windows, marks included.
    totals: BTreeMap<i32, Points>,
    origins: Vec<i32>,
    last: i32,
    wish: ForecastWish,
}

/// What was found so many days ahead.
pub(crate) struct Found {
    days: u32,
    trials: Vec<Trial>,
    skipped: u32,
}

/// One origin's answers against what came.
struct Trial {
    ours: Losses,
    baseline: Losses,
    error_of_last: i64,
    error_of_mean: i64,
}

impl<'a> Trials<'a> {
    pub(crate) fn of(basis: &'a Basis<'a>, wish: &BacktestWish, farthest: u32) -> Trials<'a> {
        let (from, last) = (day_number(wish.from), day_number(wish.to));
        let (carry, weeks) = (basis.carry(), weeks_over(farthest as usize));
        let first = carry.first_day(last).unwrap_or(last);
        let mut days: BTreeSet<i32> = Past::days(first, from, weeks).chain(from..=last).collect();
        for origin in from..=last {
            days.extend(Past::festival_days(first, origin, farthest as usize));
        }
        days.retain(|day| *day <= last);
        let past = Past::of(&carry, first, &days, weeks);
        let whole = first + carry.window() - 1;
        let total = |day: i32| {
            let marks = marks_on(basis.pack, basis.industry, basis.inputs, date(day));
            Some((day, past.total(day)? + marks))
        };
        let totals = days.range(whole..).filter_map(|day| total(*day)).collect();
        let wish = ForecastWish { days: farthest, paths: wish.paths, seed: wish.seed, judging_day: None };
        Trials { basis, past, totals, origins: (from..=last).collect(), last, wish }
    }

    pub(crate) fn run(&self, horizons: &BTreeSet<u32>) -> Vec<Found> {
        let mut found: Vec<Found> =
            horizons.iter().map(|days| Found { days: *days, trials: Vec::new(), skipped: 0 }).collect();
        for origin in &self.origins {
            let outlook = self.basis.view_of(&self.past, date(*origin), self.wish.days as usize).outlook(&self.wish);
            for found in &mut found {
                let came = origin + i32::try_from(found.days).unwrap_or(0);
                if came > self.last {
                    continue;
                }
                match outlook.as_ref().and_then(|outlook| self.trial(outlook, *origin, came)) {
                    Some(trial) => found.trials.push(trial),
                    None => found.skipped += 1,
                }
            }
        }
        found
    }

    fn trial(&self, outlook: &Outlook, origin: i32, came: i32) -> Option<Trial> {
        let total = |day: i32| self.totals.get(&day).copied();
        let (now, then) = (total(origin)?, total(came)?);
        let changes =
            (origin - RECENT + 1..=origin).filter_map(|day| Some(total(day)? - total(day - (came - origin))?));
        let mut naive: Vec<Points> = changes.map(|change| now + change).collect();
        naive.sort_unstable();
        let week: Vec<Points> = (origin - MEAN_DAYS + 1..=origin).filter_map(total).collect();
        let mean = week.iter().copied().sum::<Points>().micro() / i64::try_from(week.len()).ok()?;
        let date: NaiveDate = date(came);
        Some(Trial {
            ours: Losses::of(&outlook.sorted(outlook.position(date)?), then, now)?,
            baseline: Losses::of(&naive, then, now)?,
            error_of_last: (then - now).micro().abs(),
            error_of_mean: (then.micro() - mean).abs(),
        })
    }
}

impl Found {
    fn mean(&self, of: impl Fn(&Trial) -> i64) -> i64 {
        let count = i64::try_from(self.trials.len()).unwrap_or(i64::MAX);
        if count == 0 { 0 } else { self.trials.iter().map(of).sum::<i64>() / count }
    }

    fn compared(&self, of: impl Fn(&Losses) -> i64) -> Compared {
        let (ours, baseline) = (self.mean(|trial| of(&trial.ours)), self.mean(|trial| of(&trial.baseline)));
        Compared { ours: decimal(ours), baseline: decimal(baseline), ratio: ratio(ours, baseline) }
    }

    fn coverage(&self, seed: u64) -> Coverage {
        let held: Vec<bool> = self.trials.iter().map(|trial| trial.ours.inside).collect();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let odds = Odds { hits: count(held.iter().filter(|held| **held).count()), of: count(held.len()) };
        // Two horizons long: origins that far apart no longer look at the same days.
        let error = error_of_share(&held, self.days as usize * 2, seed);
        Coverage {
            held: odds,
            percent: Decimal::from(u64::from(odds.hits) * 100)
                .checked_div(Decimal::from(odds.of))
                .unwrap_or_default()
                .round_dp(2),
            error: decimal(error * 100).round_dp(1),
            width: Points::from_micro(self.mean(|trial| trial.ours.width)),
        }
    }

    pub(crate) fn result(&self, seed: u64) -> HorizonResult {
        let points = |micro| Points::from_micro(micro);
        let mut result = HorizonResult {
            days: self.days,
            origins: u32::try_from(self.trials.len()).unwrap_or(u32::MAX),
            skipped: self.skipped,
            error: points(self.mean(|trial| trial.ours.error)),
            error_of_last: points(self.mean(|trial| trial.error_of_last)),
            error_of_mean: points(self.mean(|trial| trial.error_of_mean)),
            pinball: self.compared(|losses| losses.pinball),
            brier: self.compared(|losses| losses.brier),
            coverage: self.coverage(seed),
            verdicts: Vec::new(),
        };
        result.verdicts = verdicts(&result);
        result
    }
}
