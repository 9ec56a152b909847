//! How uncertain a share is that was counted over days which depend on each other.
//!
//! Neighbouring origins see nearly the same days, so single days must not be drawn: runs of days are, and the error is the standard
//! deviation of the share over such draws. Integers; the root is rounded down.

use super::loss::MILLION;
use crate::forecast::below;

/// Draws of the whole history.
const DRAWS: u64 = 1000;

/// Runs that a history has at least.
const RUNS: usize = 3;

/// Standard error of the share of `true`, in millionths.
pub(crate) fn error_of_share(seen: &[bool], block: usize, seed: u64) -> i64 {
    // A history of one run only would have no error at all.
    let block = block.min(seen.len() / RUNS).max(1);
    let starts = seen.len().saturating_sub(block) + 1;
    let blocks = seen.len().div_ceil(block);
    if seen.is_empty() {
        return 0;
    }
    let share = |draw: u64| {
        let place = draw * blocks as u64;
        let drawn = (0..blocks as u64).map(|at| below(seed, place + at, starts));
        let hits: usize = drawn.map(|start| seen.iter().skip(start).take(block).filter(|hit| **hit).count()).sum();
        i64::try_from(hits).unwrap_or(0) * MILLION / i64::try_from(blocks * block).unwrap_or(i64::MAX)
    };
    let shares: Vec<i64> = (0..DRAWS).map(share).collect();
    let count = shares.len() as i64;
    let mean = shares.iter().sum::<i64>() / count;
    let variance = shares.iter().map(|share| (share - mean) * (share - mean)).sum::<i64>() / count;
    variance.isqrt()
}
