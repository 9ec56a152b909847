//! How good the forecast would have been: every past day forecast from what was known on it, and compared with what came.
//!
//! Beside it stand what anybody could say without a model: the last value, the mean of the last week, and the last value with the shop's
//! own past changes. What misses its bar is said, never left out. Only integers, like the forecast: millionths of points and of shares.

mod answer;
mod blocks;
mod loss;
mod trial;
mod verdict;

use std::collections::BTreeSet;

use self::trial::Trials;
use crate::forecast::Basis;

pub use answer::{Backtest, BacktestWish, Compared, Coverage, HorizonResult, Verdict};

/// Longest horizon in days.
const FARTHEST: u32 = 60;

/// Forecasts every day of a stretch of the past and compares.
#[must_use]
pub fn backtest(basis: &Basis<'_>, wish: &BacktestWish) -> Backtest {
    let horizons: BTreeSet<u32> = wish.horizons.iter().copied().filter(|days| (1..=FARTHEST).contains(days)).collect();
    let farthest = horizons.last().copied().unwrap_or(1);
    let trials = Trials::of(basis, wish, farthest);
    Backtest {
        from: wish.from,
        to: wish.to,
        industry: basis.industry,
        pack: basis.pack.id.clone(),
        horizons: trials.run(&horizons).into_iter().map(|found| found.result(wish.seed)).collect(),
    }
}
