//! What each past week brought on top of what the shop already had: gains, by the weekday on which they came.
//!
//! The gain of an origin and a number of days is the total that came less the total that would have stayed without anything new. Buyers
//! who were in the window already are in what stayed, so they are never counted twice; this is why whole days of buyers must not be
//! drawn again instead.

use std::collections::{BTreeMap, BTreeSet};

use super::carry::Carry;
use super::festivals::{FestivalDay, festival_on};
use crate::points::Points;

/// Days of a week: gains are drawn a week at a time, so that the days of one week stay together.
pub(crate) const WEEK: i32 = 7;
/// Days back in which an origin's gains are taken as they were, and over which the usual week is averaged.
pub(crate) const RECENT: i32 = 84;
/// Days back in which an origin's distance from its own usual week is taken.
pub(crate) const ERRORS: i32 = 120;
/// Fewer origins than a week of them say nothing about a usual week.
pub(crate) const FEWEST: usize = 7;

/// Gains of seven days in millionths of a point, by weekday (day number modulo seven).
pub(crate) type Week = [i64; 7];

/// Where a day stands in a [`Week`].
pub(crate) fn weekday(day: i32) -> usize {
    usize::try_from(day.rem_euclid(WEEK)).unwrap_or(0)
}

/// Length of a number of weeks in days.
fn weeks(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / WEEK) * WEEK
}

/// A week that followed an origin, in order of its days.
#[derive(Clone, Copy, Debug)]
struct Seen {
    steps: [i64; 7],
    /// Without a festival in it.
    plain: bool,
}

/// What a week ahead usually brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    /// By weekday.
    pub(crate) gains: Week,
    /// On top, by the week's days in order: buyers who come again and again are gained on the day on which their old orders have left,
    /// so many days ahead, whatever weekday that is.
    pub(crate) lift: [i64; 7],
}

/// The gains of a shop's past. Each is known from a day on, and nothing here is handed out before it.
pub(crate) struct Past {
    first: i32,
    window: i32,
    rows: BTreeMap<i32, Vec<Points>>,
    seen: BTreeMap<i32, Vec<Option<Seen>>>,
    usual: BTreeMap<i32, Vec<Option<Usual>>>,
}

/// Days of history that a forecast over some weeks needs.
pub(crate) fn days_needed(window: i32, weeks_ahead: usize) -> i32 {
    weeks(weeks_ahead).max(window - 1) + WEEK
}

impl Past {
    /// Sums the windows of these days and what stays of them, and the gains between them.
    pub(crate) fn of(carry: &Carry<'_>, first: i32, days: &BTreeSet<i32>, weeks_ahead: usize) -> Past {
        let ahead = weeks_ahead * 7;
        let rows = days.iter().filter(|day| **day >= first).map(|day| (*day, carry.row(*day, ahead))).collect();
        let (seen, usual) = (BTreeMap::new(), BTreeMap::new());
        let mut past = Past { first, window: carry.window(), rows, seen, usual };
        past.seen = past.each(weeks_ahead, |origin, week| past.see(origin, week));
        // Summed once: every origin after this one asks for it again.
        past.usual = past.each(weeks_ahead, |origin, week| past.mean(origin, week));
        past
    }

    fn each<T>(&self, weeks_ahead: usize, of: impl Fn(i32, usize) -> T) -> BTreeMap<i32, Vec<T>> {
        let origins = self.rows.keys();
        origins.map(|origin| (*origin, (0..weeks_ahead).map(|week| of(*origin, week)).collect())).collect()
    }

    /// The days whose windows a forecast from a day needs, festivals of earlier years aside.
    pub(crate) fn days(first: i32, as_of: i32, weeks_ahead: usize) -> std::ops::RangeInclusive<i32> {
        (as_of - ERRORS - RECENT - weeks(weeks_ahead)).max(first)..=as_of
    }

    /// The days of earlier years whose windows tell the festivals in a forecast's days.
    pub(crate) fn festival_days(first: i32, as_of: i32, days: usize) -> impl Iterator<Item = i32> {
        let horizon = i32::try_from(days).unwrap_or(0);
        (1..=horizon).flat_map(move |ahead| {
            let earlier = festival_on(as_of + ahead).map(FestivalDay::earlier).unwrap_or_default();
            earlier.into_iter().flat_map(move |day| (day - ahead - RECENT - horizon - WEEK).max(first)..=day)
        })
    }

    /// First day with an event.
    pub(crate) const fn first(&self) -> i32 {
        self.first
    }

    /// Length of the window.
    pub(crate) const fn window(&self) -> i32 {
        self.window
    }

    /// The total of a day without marks.
    pub(crate) fn total(&self, day: i32) -> Option<Points> {
        self.rows.get(&day)?.first().copied()
    }

    /// What stays of a day's total on each of the following days; the first is the total itself.
    pub(crate) fn row(&self, day: i32) -> Option<&[Points]> {
        self.rows.get(&day).map(Vec::as_slice)
    }

    /// What came on top from the day before to `ahead` days after an origin; in millionths.
    pub(crate) fn step(&self, origin: i32, ahead: usize) -> Option<i64> {
        let gain = |ahead: usize| {
            let day = origin + i32::try_from(ahead).ok()?;
            Some(self.total(day)?.micro() - self.rows.get(&origin)?.get(ahead)?.micro())
        };
        Some(gain(ahead)? - gain(ahead.checked_sub(1)?)?)
    }

    /// The days that follow an origin, `week` weeks on. A window that reaches back before the first event would take old buyers for new.
    fn see(&self, origin: i32, week: usize) -> Option<Seen> {
        let after = weeks(week + 1);
        if origin + after - self.window + 1 < self.first {
            return None;
        }
        let mut seen = Seen { steps: [0; 7], plain: true };
        for (step, ahead) in seen.steps.iter_mut().zip(week * 7 + 1..) {
            *step = self.step(origin, ahead)?;
            seen.plain &= festival_on(origin + i32::try_from(ahead).ok()?).is_none();
        }
        Some(seen)
    }

    /// The weeks of the origins of the last days that were over on a day. Those with a festival are left out as long as others remain.
    fn known(&self, known_on: i32, back: i32, week: usize) -> Vec<(i32, Seen)> {
        let last = known_on - weeks(week + 1);
        let from = known_on - back + 1;
        if from > last {
            return Vec::new();
        }
        let of = |(origin, seen): (&i32, &Vec<Option<Seen>>)| Some((*origin, (*seen.get(week)?)?));
        let mut all: Vec<(i32, Seen)> = self.seen.range(from..=last).filter_map(of).collect();
        if all.iter().filter(|(_, seen)| seen.plain).count() >= FEWEST {
            all.retain(|(_, seen)| seen.plain);
        }
        all
    }

    /// What the last days' origins gained on average; none while there are too few of them.
    pub(crate) fn usual(&self, known_on: i32, week: usize) -> Option<Usual> {
        *self.usual.get(&known_on)?.get(week)?
    }

    fn mean(&self, known_on: i32, week: usize) -> Option<Usual> {
        let known = self.known(known_on, RECENT, week);
        if known.len() < FEWEST {
            return None;
        }
        let count = i64::try_from(known.len()).ok()?;
        let steps: [i64; 7] =
            std::array::from_fn(|at| known.iter().map(|(_, seen)| seen.steps[at]).sum::<i64>() / count);
        let day = steps.iter().sum::<i64>() / 7;
        let lift = steps.map(|step| step - day);
        let gains = known.iter().map(|(origin, seen)| by_weekday(*origin, &seen.steps)).fold([0; 7], plus);
        Some(Usual { gains: gains.map(|sum| sum / count), lift })
    }

    /// How far the weeks of the last days' origins were from what is usual on a day.
    pub(crate) fn as_they_were(&self, known_on: i32, week: usize) -> Option<Vec<(i32, Week)>> {
        let usual = self.usual(known_on, week)?;
        let known = self.known(known_on, RECENT, week).into_iter();
        Some(known.map(|(origin, seen)| (origin, seen.less(&usual, origin))).collect())
    }

    /// How far they were from what was usual on the origin's own day.
    pub(crate) fn errors(&self, known_on: i32, week: usize) -> Vec<(i32, Week)> {
        let known = self.known(known_on, ERRORS, week).into_iter();
        known.filter_map(|(origin, seen)| Some((origin, seen.less(&self.usual(origin, week)?, origin)))).collect()
    }
}

impl Seen {
    fn less(&self, usual: &Usual, origin: i32) -> Week {
        let flat: [i64; 7] = std::array::from_fn(|at| self.steps[at] - usual.lift[at]);
        let gains = by_weekday(origin, &flat);
        std::array::from_fn(|at| gains[at] - usual.gains[at])
    }
}

/// The days that follow an origin, by weekday; whole weeks later it is the same.
fn by_weekday(origin: i32, steps: &[i64; 7]) -> Week {
    let mut week = [0; 7];
    for (step, day) in steps.iter().zip(origin + 1..) {
        week[weekday(day)] = *step;
    }
    week
}

fn plus(sum: Week, gains: Week) -> Week {
    std::array::from_fn(|at| sum[at] + gains[at])
}
