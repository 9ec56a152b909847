//! What a skill proposes to do to the shop. A proposal never happens by itself: the host checks it, a person or a policy decides.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::shop::Time;
use crate::{Change, FactId};

/// A change that a skill would like to see, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Unique within the report; a resumed run proposes the same key again and makes no second action.
    pub key: String,
    /// What to change.
    pub change: Change,
    /// Why, in Chinese, with `{fact_id}`s.
    pub why: String,
    /// What it should bring; checked after its window.
    pub expected: Expected,
}

/// What a recommended action should bring. Nothing stated is nothing promised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Growth points.
    pub points: Option<Decimal>,
    /// Yuan.
    pub yuan: Option<Decimal>,
    /// By when.
    pub by: Option<NaiveDate>,
    /// The same in words, in Chinese, with `{fact_id}`s.
    pub text: String,
    /// The facts it rests on.
    #[serde(default)]
    pub facts: Vec<FactId>,
}

/// A task that an earlier report recommended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastTask {
    /// The day of the report that recommended it.
    pub day: NaiveDate,
    /// What was to do.
    pub title: String,
    /// What it should bring.
    pub expected: String,
    /// What became of it.
    pub outcome: TaskOutcome,
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TaskOutcome {
    /// Done, and when.
    Done {
        /// When.
        at: Time,
    },
    /// Somebody decided against it.
    Declined,
    /// Nobody has decided or done it yet.
    Open,
    /// A task without an action: nobody can tell.
    NotTracked,
}
