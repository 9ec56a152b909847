//! How far a set of equally likely totals was from the one that came.
//!
//! Integers only: a loss in points is kept in millionths, a share in millionths of one.

use crate::forecast::quantile;
use crate::points::Points;

/// Millionths in one.
pub(crate) const MILLION: i64 = 1_000_000;
/// The quantiles that are judged, in per mille.
const QUANTILES: [u32; 5] = [100, 250, 500, 750, 900];
/// The thresholds whose odds are judged, in per cent of the score of the origin.
const THRESHOLDS: [i64; 5] = [90, 95, 100, 105, 110];

/// The losses of one forecast of one day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Losses {
    /// Mean pinball loss over the quantiles, in millionths of a point.
    pub(crate) pinball: i64,
    /// Mean Brier score over the thresholds, in millionths.
    pub(crate) brier: i64,
    /// Distance of the median, in millionths of a point.
    pub(crate) error: i64,
    /// Whether it lay between the 10% and the 90% quantile.
    pub(crate) inside: bool,
    /// From the 10% to the 90% quantile, in millionths of a point.
    pub(crate) width: i64,
}

impl Losses {
    /// `now` is the score of the origin. None for no totals at all.
    pub(crate) fn of(sorted: &[Points], came: Points, now: Points) -> Option<Losses> {
        let at = |per_mille| quantile(sorted, per_mille).map(Points::micro);
        let (low, median, high, came) = (at(100)?, at(500)?, at(900)?, came.micro());
        let pinball: i64 = QUANTILES.iter().filter_map(|q| Some(pinball(came - at(*q)?, i64::from(*q)))).sum();
        let brier: i64 = THRESHOLDS.iter().map(|share| brier(sorted, came, (now.micro(), *share))).sum();
        Some(Losses {
            pinball: pinball / 5,
            brier: brier / 5,
            error: (came - median).abs(),
            inside: (low..=high).contains(&came),
            width: high - low,
        })
    }
}

const fn pinball(over: i64, per_mille: i64) -> i64 {
    if over >= 0 { over * per_mille / 1000 } else { -over * (1000 - per_mille) / 1000 }
}

/// The squared distance of the odds from what happened.
fn brier(sorted: &[Points], came: i64, (now, per_cent): (i64, i64)) -> i64 {
    let reaches = |total: i64| i128::from(total) * 100 >= i128::from(now) * i128::from(per_cent);
    let below = sorted.partition_point(|total| !reaches(total.micro()));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX / MILLION);
    let odds = count(sorted.len() - below) * MILLION / count(sorted.len()).max(1);
    let happened = if reaches(came) { MILLION } else { 0 };
    (odds - happened) * (odds - happened) / MILLION
}
