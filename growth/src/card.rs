//! The score card: one answer, complete enough to be shown, stored and compared without the ledger.
//!
//! Figures are the known ones. Whatever is not known stands in `missing` with what it could change; it is never mixed
//! into a figure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::benefits::Benefits;
use crate::calibration::{CalibrationRow, Explanation};
use crate::dropping::DropOut;
use crate::event::Industry;
use crate::figure::Confidence;
use crate::gates::GateRow;
use crate::judging::JudgingNews;
use crate::pack::Corrected;
use crate::points::{Fen, Points};
use crate::protection::Protection;
use crate::rates::MarkPoints;

/// The score of a shop on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreCard {
    /// Last day of the window.
    pub as_of: NaiveDate,
    /// Which formula.
    pub industry: Industry,
    /// Id of the rule pack.
    pub pack: String,
    /// Its name in Chinese.
    pub pack_name: String,
    /// Whether it was in force on the day.
    pub pack_in_force: bool,
    /// Class of the weakest figure that the score rests on.
    pub confidence: Confidence,
    /// The days that count.
    pub window: WindowDays,
    /// The points that are known.
    pub points: PartPoints,
    /// The acceleration, taken apart.
    pub acceleration: AccelerationParts,
    /// The total with and without what is missing; present when a missing input can change it.
    pub range: Option<Range>,
    /// Whether anything is missing.
    pub estimated: bool,
    /// What is missing, what it could change and how to supply it.
    pub missing: Vec<Missing>,
    /// Level by the known points.
    pub level: String,
    /// Whether all gates of that level hold and no missing input can move it.
    pub level_confirmed: bool,
    /// Lowest and highest level that the known gates and the range leave open; absent when the level is confirmed.
    pub level_range: Option<LevelRange>,
    /// The next level by points; absent on the highest.
    pub next: Option<NextLevel>,
    /// Gates of the levels up to the next one.
    pub gates: Vec<GateRow>,
    /// What falls away on each of the coming days if nothing new happens, marks left out.
    pub dropping: Vec<DropOut>,
    /// What was counted.
    pub counts: Counts,
    /// How many invalid orders of the window were left out.
    pub excluded_orders: u64,
    /// Their ids.
    pub excluded: Vec<String>,
    /// Ids of the refunds that wait for their order and count nothing.
    pub waiting_refunds: Vec<String>,
    /// What 成长中心 showed, beside what these rules give for the same day.
    pub entered: Option<Entered>,
    /// Shown less computed.
    pub difference: Option<Points>,
    /// The newest comparisons with 成长中心, the newest first, at most twelve.
    #[serde(default)]
    pub calibration: Vec<CalibrationRow>,
    /// Whether the rules pass these comparisons by the pack's own limit; `None` while they cannot tell.
    #[serde(default)]
    pub trusted: Option<bool>,
    /// What single figure or single missing input would explain the differences. Never applied by itself.
    #[serde(default)]
    pub explanations: Vec<Explanation>,
    /// Figures that stand in the pack by the merchant's word.
    #[serde(default)]
    pub corrected: Vec<Corrected>,
    /// All levels of the pack, the lowest first.
    #[serde(default)]
    pub levels: Vec<LevelStep>,
    /// Names of the scenes whose turnover is accelerated.
    #[serde(default)]
    pub scenes: Vec<String>,
    /// When the level is judged next.
    #[serde(default)]
    pub judging: JudgingNews,
    /// What levels give.
    #[serde(default)]
    pub benefits: Benefits,
    /// The protection of benefits; present only on the days that the pack sets.
    #[serde(default)]
    pub protection: Option<Protection>,
    /// What a reader must know, one Chinese sentence each.
    pub notes: Vec<String>,
}

/// Where a level begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelStep {
    /// Its name.
    pub level: String,
    /// Fewest points.
    pub threshold: Points,
    /// Class of that figure.
    pub confidence: Confidence,
}

/// First and last day of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowDays {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The known points by part; `buyers` for consumer goods, `inquiries` for industrial goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartPoints {
    /// Points of counted buyers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyers: Option<Points>,
    /// Points of counted inquiries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inquiries: Option<Points>,
    /// Points of net turnover.
    pub turnover: Points,
    /// 数字营销, scenes and marks together.
    pub acceleration: Points,
    /// What cutting the sum down to whole points takes; never above zero.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rounding: Points,
    /// The sum.
    pub total: Points,
}

fn is_none(points: &Points) -> bool {
    *points == Points::ZERO
}

/// The acceleration, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccelerationParts {
    /// By buyers or inquiries that 数字营销 brought.
    pub marketing: Points,
    /// By scene turnover.
    pub scene: Points,
    /// By each mark held on the day.
    pub marks: Vec<MarkPoints>,
}

/// What was counted in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Buyers with a balance above zero.
    pub buyers: u64,
    /// Of these, brought by 数字营销 for certain.
    pub marketing_buyers: u64,
    /// Of these, perhaps brought by 数字营销.
    pub marketing_buyers_unknown: u64,
    /// Valid orders.
    pub orders: u64,
    /// Of these, without a buyer.
    pub orders_without_buyer: u64,
    /// Net turnover.
    pub turnover_yuan: Fen,
    /// Refunds taken off it.
    pub refunded_yuan: Fen,
    /// Net scene turnover.
    pub scene_yuan: Fen,
    /// Net turnover of orders of which nobody said whether a scene made them.
    pub scene_unknown_yuan: Fen,
    /// Counted inquiries: persons and days.
    pub inquiries: u64,
    /// Of these, brought by 数字营销 for certain.
    pub marketing_inquiries: u64,
    /// Of these, perhaps brought by 数字营销.
    pub marketing_inquiries_unknown: u64,
}

/// The total as far as it is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// With the known figures alone, less what a missing answer can take away. Refunds that were not handed in can
    /// still lower it: the notes say so.
    pub low: Points,
    /// With everything that is missing; `None` when it has no bound.
    pub high: Option<Points>,
}

/// An input that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Key of the input.
    pub input: String,
    /// Its name in Chinese.
    pub title: String,
    /// What it could change in the total.
    pub effect: Effect,
    /// How to supply it, in Chinese.
    pub how: String,
}

/// The smallest and the largest change of the total; `None` where it has no known bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Not above zero.
    pub low: Option<Points>,
    /// Not below zero.
    pub high: Option<Points>,
}

/// Which levels are still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelRange {
    /// Reached by known points with known gates.
    pub low: String,
    /// Not ruled out by any known gate; `None` when the points have no upper bound.
    pub high: Option<String>,
}

/// The next level by points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLevel {
    /// Its name.
    pub level: String,
    /// Where it begins.
    pub threshold: Points,
    /// Points to go from the known total.
    pub gap: Points,
}

/// A calibration beside the computed figures of the day it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Calendar day on which it was read.
    pub day: NaiveDate,
    /// The day of the score that 成长中心 showed then.
    pub as_of: NaiveDate,
    /// Points shown.
    pub points: Points,
    /// Level shown.
    pub level: Option<String>,
    /// Points computed for `as_of`.
    pub computed: Points,
    /// Level computed for `as_of`.
    pub computed_level: String,
}
