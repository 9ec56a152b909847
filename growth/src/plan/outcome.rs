//! The shape of a plan, as it is shown and kept.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::forecast::Odds;
use crate::gates::GateRow;
use crate::points::{Fen, Points};

use super::kind::LeverKind;
use super::lever::{Dates, Excluded};

/// How a level is reached for the least money, or why it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The level aimed at.
    pub level: String,
    /// Its points.
    pub threshold: Points,
    /// Whether it is a level that the shop already has and may lose.
    pub keeps: bool,
    /// The day whose score is aimed at.
    pub judged_on: NaiveDate,
    /// Whether that is the day of the judgement; otherwise 官方评定日未知, and the plan aims at the last day wished.
    pub judging_known: bool,
    /// Wanted odds in per cent.
    pub odds_percent: u8,
    /// Points that are missing for these odds; zero when none are.
    pub needed: Points,
    /// Odds of 照常经营 on that day.
    pub usual: Odds,
    /// Odds of 照常经营 on any day up to it.
    pub usual_any_day: Odds,
    /// What to do.
    pub outcome: Outcome,
    /// What binds, one Chinese sentence each.
    pub binding: Vec<String>,
    /// Levers that were not used, and why.
    pub excluded: Vec<Excluded>,
    /// Gates of the level that fail or are unknown: no points replace them.
    pub gates: Vec<GateRow>,
    /// What the level is worth to the merchant, if that was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Fen>,
    /// What a reader must know, one Chinese sentence each.
    pub notes: Vec<String>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// 照常经营 has the odds already.
    AlreadyThere,
    /// There is a way.
    Reached {
        /// The cheapest one.
        best: Choice,
        /// The cheapest one without the best one's main lever.
        second: Option<Choice>,
    },
    /// There is none.
    OutOfReach {
        /// The most that can be done.
        effort: Choice,
        /// Points that are still missing for the wanted odds.
        short_by: Points,
        /// Why, one Chinese sentence each.
        why: Vec<String>,
    },
}

/// A set of levers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What to do, in the order of the levers.
    pub steps: Vec<Step>,
    /// What it costs.
    pub cost: Fen,
    /// What it changes in the shop's profit, all costs taken off.
    pub margin: Fen,
    /// Expected points on the judged day.
    pub points: Points,
    /// Odds on the judged day.
    pub odds: Odds,
    /// Odds on any day up to it.
    pub odds_any_day: Odds,
}

/// One lever of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Id of the lever.
    pub lever: String,
    /// Its kind.
    pub kind: LeverKind,
    /// Its name in Chinese.
    pub title: String,
    /// How many.
    pub units: u32,
    /// Of what, in Chinese.
    pub unit: String,
    /// When.
    #[serde(flatten)]
    pub dates: Dates,
    /// What it costs.
    pub cost: Fen,
    /// What it changes in the shop's profit, its cost taken off.
    pub margin: Fen,
    /// Expected points on the judged day.
    pub points: Points,
    /// The skill that carries it out; empty if the merchant does.
    pub skill: String,
}

impl Choice {
    /// The step that brings the most points.
    #[must_use]
    pub fn main(&self) -> Option<&Step> {
        self.steps.iter().max_by_key(|step| step.points)
    }
}
