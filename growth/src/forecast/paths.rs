//! Paths of gains: how the coming days may go, drawn from how past weeks went.
//!
//! A path follows one past origin week by week, as far as its future is known by now, and goes on from another one after that: its days
//! belong together. Half of the paths take a past week as it was; the other half take how far it was from what was usual then and add
//! that to what is usual now. A shop whose level has moved is believed by half: whether it stays there nobody can know.

use std::collections::BTreeMap;

use super::draw::below;
use super::festivals::{FestivalDay, festival_on};
use super::past::{Past, Usual, Week, weekday};

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

/// A day that is not as usual: what it brought in an earlier year, and what an ordinary week brought around it.
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
        Some(Sources { as_of, days, weeks, festivals })
    }

    /// How many origins the first week is drawn from.
    pub(crate) fn origins(&self) -> usize {
        self.weeks.first().map_or(0, |week| week.as_it_was.len())
    }

    /// The gains of one path, summed up to each day; in millionths.
    pub(crate) fn path(&self, seed: u64, number: u32) -> Vec<i64> {
        let place = u64::from(number) * PLACES;
        let (mut origin, mut sum) = (None, 0_i64);
        let mut path = Vec::with_capacity(self.days);
        for (at, week) in self.weeks.iter().enumerate() {
            let pool = week.pool(number % 2 == 1);
            let followed = origin.and_then(|origin| pool.binary_search_by_key(&origin, |(origin, _)| *origin).ok());
            let drawn = followed.unwrap_or_else(|| below(seed, place + at as u64, pool.len()));
            let Some((from, distance)) = pool.get(drawn) else { continue };
            origin = Some(*from);
            let gains: Week = std::array::from_fn(|at| week.usual.gains[at] + distance[at]);
            for (day, lift) in (at * 7..self.days).zip(week.usual.lift) {
                sum = sum.saturating_add(self.day(day, (&gains, lift), (seed, place + PLACES / 2)));
                path.push(sum);
            }
        }
        path
    }

    /// What a path's week brings on one of its days: a festival's share of it, or the weekday's.
    fn day(&self, at: usize, (gains, lift): (&Week, i64), (seed, place): (u64, u64)) -> i64 {
        let then = self.festivals.get(&at).map_or(&[][..], |festival| &festival.then);
        match then.get(below(seed, place, then.len())) {
            Some(then) => share(gains.iter().sum(), *then),
            None => gains[weekday(self.as_of + 1 + i32::try_from(at).unwrap_or(0))] + lift,
        }
    }
}

impl Ahead {
    fn of(past: &Past, as_of: i32, week: usize) -> Option<Ahead> {
        let usual = past.usual(as_of, week)?;
        let as_it_was = past.as_they_were(as_of, week)?;
        let by_error = past.errors(as_of, week);
        Some(Ahead { usual, as_it_was: spread(as_it_was, week), by_error: spread(by_error, week) })
    }

    fn pool(&self, by_error: bool) -> &Pool {
        if by_error && !self.by_error.is_empty() { &self.by_error } else { &self.as_it_was }
    }
}

/// Draws the distances of a small pool out; a large one stays nearly as it is.
fn spread(mut pool: Pool, week: usize) -> Pool {
    let count = i64::try_from(pool.len()).unwrap_or(i64::MAX).max(1);
    let more = SPREAD * (1 + i64::try_from(week).unwrap_or(0));
    for (_, distance) in &mut pool {
        for gain in distance {
            *gain += *gain * more / count;
        }
    }
    pool
}

/// The part of a week's gains that falls on a day which once brought `then.day` where a week brought `then.week`.
fn share(week: i64, then: Then) -> i64 {
    let part = i128::from(week.max(0)) * i128::from(then.day) / i128::from(then.week);
    i64::try_from(part).unwrap_or(i64::MAX)
}

fn festival_ahead(past: &Past, as_of: i32, at: usize) -> Option<FestivalAhead> {
    let ahead = at + 1;
    let day = festival_on(as_of + i32::try_from(ahead).ok()?)?;
    let then = day.earlier().into_iter().filter_map(|earlier| {
        let origin = earlier - i32::try_from(ahead).ok()?;
        let week: i64 = past.usual(origin, at / 7)?.gains.iter().sum();
        let brought = past.step(origin, ahead)?;
        (week > 0).then_some(Then { day: brought, week })
    });
    Some(FestivalAhead { day, then: then.collect() })
}
