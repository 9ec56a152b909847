//! What each past week brought on top of what the shop already had: gains, by the weekday on which they came.
//!
//! The gain of an origin and a number of days is the total that came less the total that would have stayed without anything new. Buyers
//! who were in the window already are in what stayed, so they are never counted twice; this is why whole days of buyers must not be
//! drawn again instead.

use std::collections::{BTreeMap, BTreeSet};

use super::carry::Carry;
use super::festivals::{FestivalDay, festival_on};
use super::usual::{Usual, WEEK, Week, by_weekday, plus, weekday};
use crate::points::Points;

/// Days back in which an origin's gains are taken as they were, and over which the usual week is averaged.
pub(crate) const RECENT: i32 = 84;
/// Days back in which an origin's distance from its own usual week is taken.
pub(crate) const ERRORS: i32 = 120;

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
            let day = origin + i32::try_from(ahead).ok()?;
            let gone = Some(day - self.window).filter(|gone| *gone > origin);
            seen.plain &= festival_on(day).is_none() && gone.and_then(festival_on).is_none();
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
        let all: Vec<(i32, Seen)> = self.seen.range(from..=last).filter_map(of).collect();
        let plain: Vec<(i32, Seen)> = all.iter().copied().filter(|(_, seen)| seen.plain).collect();
        if fewest_of_a_weekday(&plain) > 0 { plain } else { all }
    }

    /// What the last days' origins gained on average; none while a weekday is without one.
    pub(crate) fn usual(&self, known_on: i32, week: usize) -> Option<Usual> {
        *self.usual.get(&known_on)?.get(week)?
    }

    fn mean(&self, known_on: i32, week: usize) -> Option<Usual> {
        let known = balanced(self.known(known_on, RECENT, week))?;
        let count = i64::try_from(known.len()).ok()?;
        let mean = |of: &dyn Fn(i32, &Seen) -> [i64; 7]| {
            let sums = known.iter().map(|(origin, seen)| of(*origin, seen)).fold([0; 7], plus);
            sums.map(|sum| sum / count)
        };
        let (before, window) = (week * 7, usize::try_from(self.window).ok()?);
        let mut usual = Usual { before, window, weekdays: [0; 7], lift: [0; 7] };
        if usual.inside() {
            usual.weekdays = mean(&|origin, seen| by_weekday(origin, &seen.steps));
        } else if week > 0 {
            // Beyond the window steps are gains less losses; what weekdays bring is told by the first week.
            usual.weekdays = self.mean(known_on, 0)?.weekdays;
        }
        usual.lift = mean(&|origin, seen| std::array::from_fn(|at| seen.steps[at] - usual.by_weekday(origin, at)));
        Some(usual)
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
        let mut distance = [0; 7];
        for (at, step) in self.steps.iter().enumerate() {
            distance[usual.slot(origin, at)] = step - usual.gain(origin, at);
        }
        distance
    }
}

/// How many origins each weekday has.
fn of_weekdays(known: &[(i32, Seen)]) -> [usize; 7] {
    let mut count = [0; 7];
    known.iter().for_each(|(origin, _)| count[weekday(*origin)] += 1);
    count
}

fn fewest_of_a_weekday(known: &[(i32, Seen)]) -> usize {
    of_weekdays(known).into_iter().min().unwrap_or(0)
}

/// The latest origins, as many of each weekday: otherwise one weekday more at some days ahead would look like a gain of those days. None
/// while a weekday is without an origin.
fn balanced(mut known: Vec<(i32, Seen)>) -> Option<Vec<(i32, Seen)>> {
    let (mut left, fewest) = (of_weekdays(&known), fewest_of_a_weekday(&known));
    known.retain(|(origin, _)| {
        let left = &mut left[weekday(*origin)];
        // The oldest come first and go first.
        let kept = *left <= fewest;
        *left -= usize::from(!kept);
        kept
    });
    (!known.is_empty()).then_some(known)
}
