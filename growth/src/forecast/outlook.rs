//! The coming days as equally likely paths of the total, and what can be read off them.
//!
//! Integers only: a quantile is one of the simulated totals, and odds are so many paths of so many. Nothing here knows how the paths were
//! made.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::points::Points;

/// Simulated totals of the days after `as_of`, marks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Last day that is known.
    pub as_of: NaiveDate,
    /// Each path holds one total for each day; the first belongs to the day after `as_of`. All are equally long.
    pub paths: Vec<Vec<Points>>,
}

/// So many paths of so many: a probability that stays exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odds {
    /// Paths on which it happens.
    pub hits: u32,
    /// All paths.
    pub of: u32,
}

impl Odds {
    /// In per cent, rounded to whole ones.
    #[must_use]
    pub const fn percent(self) -> u32 {
        if self.of == 0 { 0 } else { (self.hits * 200 + self.of) / (self.of * 2) }
    }
}

impl Outlook {
    /// How many days it reaches.
    #[must_use]
    pub fn days(&self) -> usize {
        self.paths.first().map_or(0, Vec::len)
    }

    /// The position of a day in every path; none before the first or after the last.
    #[must_use]
    pub fn position(&self, day: NaiveDate) -> Option<usize> {
        let ahead = usize::try_from((day - self.as_of).num_days()).ok()?;
        ahead.checked_sub(1).filter(|at| *at < self.days())
    }

    /// The totals of one day, the smallest first.
    #[must_use]
    pub fn sorted(&self, at: usize) -> Vec<Points> {
        let mut totals: Vec<Points> = self.paths.iter().filter_map(|path| path.get(at).copied()).collect();
        totals.sort_unstable();
        totals
    }

    /// On how many paths the total of one day reaches a threshold.
    #[must_use]
    pub fn odds_on(&self, at: usize, threshold: Points) -> Odds {
        self.odds(|path| path.get(at).is_some_and(|total| *total >= threshold))
    }

    /// On how many paths the total reaches a threshold on any day up to one.
    #[must_use]
    pub fn odds_by(&self, at: usize, threshold: Points) -> Odds {
        self.odds(|path| path.iter().take(at + 1).any(|total| *total >= threshold))
    }

    fn odds(&self, hit: impl Fn(&[Points]) -> bool) -> Odds {
        let hits = self.paths.iter().filter(|path| hit(path)).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Odds { hits: count(hits), of: count(self.paths.len()) }
    }
}

/// The smallest of the sorted totals that at least so many per mille of them do not exceed.
#[must_use]
pub fn quantile(sorted: &[Points], per_mille: u32) -> Option<Points> {
    let rank = (sorted.len() * per_mille as usize).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied()
}
