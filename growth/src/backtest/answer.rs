//! What a backtest found: plain data, points and shares as decimals in text.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::forecast::Odds;
use crate::points::Points;

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BacktestWish {
    /// First origin.
    pub from: NaiveDate,
    /// Last day that a forecast is compared with.
    pub to: NaiveDate,
    /// Days ahead, each 1 to 60.
    pub horizons: Vec<u32>,
    /// Paths of each forecast.
    pub paths: u32,
    /// Seed of every forecast and of the error of the coverage.
    pub seed: u64,
}

impl BacktestWish {
    /// At 7 and 14 days, with the defaults of a forecast.
    #[must_use]
    pub fn between(from: NaiveDate, to: NaiveDate) -> BacktestWish {
        BacktestWish { from, to, horizons: vec![7, 14], paths: 1000, seed: 1688 }
    }
}

/// How good the forecast would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtest {
    /// First origin.
    pub from: NaiveDate,
    /// Last day that was compared with.
    pub to: NaiveDate,
    /// Which formula.
    pub industry: Industry,
    /// Id of the rule pack.
    pub pack: String,
    /// One for each horizon, the nearest first.
    pub horizons: Vec<HorizonResult>,
}

/// What was found so many days ahead. All means are over the origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HorizonResult {
    /// Days ahead.
    pub days: u32,
    /// Origins that were compared.
    pub origins: u32,
    /// Origins whose history was too short, for the forecast or for the baseline.
    pub skipped: u32,
    /// Mean absolute error of the median.
    pub error: Points,
    /// Of the last value.
    pub error_of_last: Points,
    /// Of the mean of the score over the last seven days.
    pub error_of_mean: Points,
    /// Pinball loss over 10, 25, 50, 75 and 90%, in points.
    pub pinball: Compared,
    /// Brier score over 0.90, 0.95, 1, 1.05 and 1.10 times the score of the origin.
    pub brier: Compared,
    /// How often the band from 10 to 90% held.
    pub coverage: Coverage,
    /// Each figure against its bar; empty without origins.
    pub verdicts: Vec<Verdict>,
}

/// A loss beside that of the baseline: the last value plus the shop's own changes over as many days in the past 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Of the forecast.
    pub ours: Decimal,
    /// Of the baseline.
    pub baseline: Decimal,
    /// The one over the other; `None` where the baseline made no error.
    pub ratio: Option<Decimal>,
}

/// How often a band held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// So many origins of so many.
    pub held: Odds,
    /// The same in per cent.
    pub percent: Decimal,
    /// Its standard error by a bootstrap of runs of origins, in points of per cent.
    pub error: Decimal,
    /// Mean width of the band.
    pub width: Points,
}

/// A figure against its bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is judged, in Chinese.
    pub what: String,
    /// The figure.
    pub figure: Decimal,
    /// Smallest figure that reaches the bar, if it has one.
    pub at_least: Option<Decimal>,
    /// Largest figure that reaches it.
    pub at_most: Decimal,
    /// Whether it does.
    pub reached: bool,
}
