//! Levels: where each begins, what it asks for besides points, and what it gives.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::figure::{Exact, Figure, not_blank};
use crate::points::Points;

/// A level and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Name (`L3`).
    #[serde(deserialize_with = "not_blank")]
    pub id: String,
    /// Fewest points.
    pub threshold: Figure<Points>,
    /// What it takes besides points.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// What it gives.
    #[serde(default)]
    pub benefits: Vec<Benefit>,
}

/// Something a level asks for besides points. Exactly one of the three conditions is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Key under which the merchant's value is entered.
    #[serde(deserialize_with = "not_blank")]
    pub id: String,
    /// Name in Chinese.
    #[serde(deserialize_with = "not_blank")]
    pub name: String,
    /// Unit that is written behind the value (`%`, `次`, `元`).
    #[serde(default)]
    pub unit: String,
    /// Smallest value that passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Figure<Exact>>,
    /// Largest value that passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Figure<Exact>>,
    /// Marks of which one must be held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any_mark: Option<Figure<Vec<String>>>,
}

/// Something that a level gives. How much is often not known; then it is said to be unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// What it helps (`流量`, `服务` …).
    #[serde(deserialize_with = "not_blank")]
    pub kind: String,
    /// What is given, in Chinese.
    pub name: Figure<String>,
    /// Unit of the amount (`个`, `%`); without one there is nothing to count.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// How much; absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Figure<Exact>>,
    /// What it depends on besides the level, in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Figure<String>>,
    /// First day it is given; absent as far as the pack itself goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Figure<NaiveDate>>,
    /// First day it is no longer given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Figure<NaiveDate>>,
}

impl Benefit {
    /// Whether it is given on a day.
    #[must_use]
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from.as_ref().is_none_or(|from| from.value <= day)
            && self.valid_to.as_ref().is_none_or(|to| day < to.value)
    }
}
