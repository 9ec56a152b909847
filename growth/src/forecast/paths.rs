//! Paths of gains: how the coming days may go, drawn from how past weeks went.
//!
//! A path follows one past origin week by week, as far as its future is known by now, and goes on from another one after that: its days
//! belong together. Half of the paths take a past week as it was; the other half take how far it was from what was usual then and add
//! that to what is usual now. A shop whose level has moved is believed by half: whether it stays there nobody can know.

use std::collections::BTreeMap;

use super::draw::below;
use super::festivals::{FestivalDay, festival_on};
use super::past::Past;
use super::usual::{Usual, Week};

/// Draws of one path lie side by side; no path has that many.
const PLACES: u64 = 64;
/// Neighbouring origins see the same days, so they look more alike than the future will, the more so the further ahead: distances from
/// the usual are drawn out by this many origins for each week ahead, over the origins there are.
const SPREAD: i64 = 7;

/// Distances from the usual week, with their origins.
type Pool = Vec<(i32, Week)>;

/// What one coming week is drawn from.
struct Ahead {
    usual: Usual,
    as_it_was: Pool,
    by_error: Pool,
}

/// A day that was not as usual: what it brought in an earlier year, and what an ordinary week brought before it.
#[derive(Clone, Copy, Debug)]
struct Then {
    day: i64,
    week: i64,
}

/// A coming festival day with what its earlier years brought.
pub(crate) struct FestivalAhead {
    pub(crate) day: FestivalDay,
    then: Vec<Then>,
}

impl FestivalAhead {
    pub(crate) const fn has_history(&self) -> bool {
        !self.then.is_empty()
    }
}

/// Everything the coming days are drawn from.
pub(crate) struct Sources {
    as_of: i32,
    days: usize,
    window: usize,
    weeks: Vec<Ahead>,
    /// By days after `as_of`, from zero.
    pub(crate) festivals: BTreeMap<usize, FestivalAhead>,
}

/// Weeks that cover so many days.
pub(crate) const fn weeks_over(days: usize) -> usize {
    days.div_ceil(7)
}

impl Sources {
    /// None when the past is too short for a usual week.
    pub(crate) fn of(past: &Past, as_of: i32, days: usize) -> Option<Sources> {
        let weeks = (0..weeks_over(days)).map(|week| Ahead::of(past, as_of, week)).collect::<Option<Vec<Ahead>>>()?;
        let festivals = (0..days).filter_map(|at| Some((at, festival_ahead(past, as_of, at)?))).collect();
        let window = usize::try_from(past.window()).ok()?;
        Some(Sources { as_of, days, window, weeks, festivals })
    }

    /// How many origins the first week is drawn from.
    pub(crate) fn origins(&self) -> usize {
        self.weeks.first().map_or(0, |week| week.as_it_was.len())
    }

    /// The gains of one path, summed up to each day; in millionths.
    pub(crate) fn path(&self, seed: u64, number: u32) -> Vec<i64> {
        let place = u64::from(number) * PLACES;
        let mut origin = None;
        let (mut gains, mut extras) = (Vec::with_capacity(self.days), Vec::with_capacity(self.days));
        for (ahead, week) in self.weeks.iter().enumerate() {
            let pool = week.pool(number);
            let followed = origin.and_then(|origin| pool.binary_search_by_key(&origin, |(origin, _)| *origin).ok());
            let drawn = followed.unwrap_or_else(|| below(seed, place + ahead as u64, pool.len()));
            let Some((from, distance)) = pool.get(drawn) else { continue };
            origin = Some(*from);
            for (at, day) in (ahead * 7..self.days).take(7).enumerate() {
                let gain = week.usual.gain(self.as_of, at) + distance[week.usual.slot(self.as_of, at)];
                let ordinary = gain + week.usual.leaving(self.as_of, at);
                let then = self.then(day, (seed, place + PLACES / 2));
                extras.push(then.map_or(0, |then| week.festival(distance, then) - ordinary));
                gains.push(gain);
            }
        }
        // What a festival brings beyond an ordinary day leaves the window a whole window later.
        let gone = |day: usize| day.checked_sub(self.window).map_or(0, |day| extras[day]);
        let mut sum = 0_i64;
        for (day, gain) in gains.iter_mut().enumerate() {
            sum = sum.saturating_add(*gain + extras[day] - gone(day));
            *gain = sum;
        }
        gains
    }

    /// One of the earlier years of a festival day.
    fn then(&self, day: usize, (seed, place): (u64, u64)) -> Option<Then> {
        let then = &self.festivals.get(&day)?.then;
        then.get(below(seed, place, then.len())).copied()
    }
}

impl Ahead {
    fn of(past: &Past, as_of: i32, week: usize) -> Option<Ahead> {
        let usual = past.usual(as_of, week)?;
        let as_it_was = past.as_they_were(as_of, week)?;
        let by_error = past.errors(as_of, week);
        Some(Ahead { usual, as_it_was: spread(as_it_was, week), by_error: spread(by_error, week) })
    }

    /// What a festival day brings to a path: as large a part of its week as in the earlier year.
    fn festival(&self, distance: &Week, then: Then) -> i64 {
        let week: i64 = self.usual.weekdays.iter().chain(distance).sum();
        let part = i128::from(week.max(0)) * i128::from(then.day) / i128::from(then.week);
        i64::try_from(part).unwrap_or(i64::MAX)
    }

    /// What a path draws from: past weeks as they were and their errors in turn, as long as there are errors to draw.
    fn pool(&self, number: u32) -> &Pool {
        if number % 2 == 1 && !self.by_error.is_empty() { &self.by_error } else { &self.as_it_was }
    }
}

/// Draws the distances of a small pool out; a large one stays nearly as it is.
fn spread(mut pool: Pool, week: usize) -> Pool {
    let count = i64::try_from(pool.len()).unwrap_or(i64::MAX).max(1);
    // Twice as far at most: a handful of origins must not make a band that says nothing.
    let more = (SPREAD * (1 + i64::try_from(week).unwrap_or(0))).min(count);
    for (_, distance) in &mut pool {
        for gain in distance {
            *gain += *gain * more / count;
        }
    }
    pool
}

fn festival_ahead(past: &Past, as_of: i32, at: usize) -> Option<FestivalAhead> {
    let day = festival_on(as_of + i32::try_from(at + 1).ok()?)?;
    // An earlier year is looked at from so near that nothing it gained has left again.
    let week = (at / 7).min((usize::try_from(past.window()).ok()? / 7).saturating_sub(1));
    let ahead = week * 7 + at % 7 + 1;
    let then = day.earlier().into_iter().filter_map(|earlier| {
        let origin = earlier - i32::try_from(ahead).ok()?;
        let usual: i64 = past.usual(origin, week)?.weekdays.iter().sum();
        let brought = past.step(origin, ahead)?;
        (usual > 0).then_some(Then { day: brought, week: usual })
    });
    Some(FestivalAhead { day, then: then.collect() })
}
