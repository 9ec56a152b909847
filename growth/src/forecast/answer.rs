//! The forecast as it is shown, stored and compared: plain data, points as decimals in text.
//!
//! The certain line and the simulated bands stand in fields of their own and are never added up.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::outlook::Odds;
use crate::event::Industry;
use crate::points::Points;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastWish {
    /// How many days ahead, 1 to 60.
    pub days: u32,
    /// How many paths are simulated, 1 to 100,000.
    pub paths: u32,
    /// The same seed gives the same forecast.
    pub seed: u64,
    /// The day on which the platform judges; `None` when nobody knows it.
    pub judging_day: Option<NaiveDate>,
}

impl Default for ForecastWish {
    fn default() -> ForecastWish {
        ForecastWish { days: 30, paths: 1000, seed: 1688, judging_day: None }
    }
}

/// The coming days of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Last day that is known.
    pub as_of: NaiveDate,
    /// Which formula.
    pub industry: Industry,
    /// Id of the rule pack.
    pub pack: String,
    /// Total of `as_of`, marks included.
    pub total: Points,
    /// 零新增, certain: the total of each coming day if nothing new happens, marks by their own dates.
    pub zero_new: Vec<DayPoints>,
    /// 照常经营, simulated; absent when the history is too short.
    pub usual: Option<Vec<Band>>,
    /// Why there is no 照常经营, one Chinese sentence.
    pub why_not: Option<String>,
    /// The odds of the levels near the present one; empty without 照常经营.
    pub odds: Vec<LevelOdds>,
    /// How it was made, for the merchant, in Chinese.
    pub method: Vec<String>,
    /// What a reader must know, one Chinese sentence each.
    pub notes: Vec<String>,
}

/// The total of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayPoints {
    /// The day.
    pub date: NaiveDate,
    /// Its total.
    pub points: Points,
}

/// Where the total of one day will lie: each figure is one of the simulated totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The day.
    pub date: NaiveDate,
    /// Not above it in 10% of the paths.
    pub p10: Points,
    /// In 25%.
    pub p25: Points,
    /// The middle one.
    pub p50: Points,
    /// In 75%.
    pub p75: Points,
    /// In 90%.
    pub p90: Points,
}

/// The odds of a level's points; its gates are another matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelOdds {
    /// Name of the level.
    pub level: String,
    /// Its points.
    pub threshold: Points,
    /// On the judging day, or on the last day where none is known; absent when the judging day is not among the days.
    pub on_day: Option<DayOdds>,
    /// On any day up to that one, which is another figure and never a smaller one.
    pub any_day: ByDayOdds,
}

/// Odds on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayOdds {
    /// The day.
    pub date: NaiveDate,
    /// So many paths of so many.
    pub odds: Odds,
}

/// Odds on any day from tomorrow to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByDayOdds {
    /// Last day that counts.
    pub by: NaiveDate,
    /// So many paths of so many.
    pub odds: Odds,
}
