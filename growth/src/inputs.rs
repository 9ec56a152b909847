//! What the merchant knows besides events: marks, health figures, and what the back office showed.
//!
//! Everything starts as "not known". Saying that something is known, even that there is none of it, is the caller's
//! act; a default that claimed it would turn a gap into a zero.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::pack::Formula;
use crate::points::Points;
use crate::rates::MarkPoints;

/// What is known besides the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inputs {
    /// Whether the ledger holds all inquiries; if not, the ones it holds are a lower bound.
    pub inquiries_known: bool,
    /// Whether the ledger holds all refunds.
    pub refunds_known: bool,
    /// Whether `marks` names every mark the shop holds.
    pub marks_known: bool,
    /// Marks of a verified supplier.
    pub marks: Vec<Mark>,
    /// Entered value of each health gate, by the gate's id; shares in per cent.
    pub gates: BTreeMap<String, Decimal>,
    /// What 成长中心 showed.
    pub entered: Option<Calibration>,
}

/// A mark that the shop holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Name of the mark (超级工厂 …).
    pub kind: String,
    /// First day it is held.
    pub from: NaiveDate,
    /// Last day it is held; `None` while no end is known.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// What 成长中心 showed on a day, typed in by the merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Calendar day on which it was read.
    pub day: NaiveDate,
    /// Points shown.
    pub points: Points,
    /// Level shown.
    #[serde(default)]
    pub level: Option<String>,
}

impl Mark {
    /// Whether it is held on a day.
    #[must_use]
    pub fn held(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// The marks held on a day, by the names they were entered under.
pub(crate) fn held_names(inputs: &Inputs, day: NaiveDate) -> BTreeSet<&str> {
    inputs.marks.iter().filter(|mark| mark.held(day)).map(|mark| mark.kind.as_str()).collect()
}

/// The marks held on a day, each kind once under its first name, with what it brings.
pub(crate) fn held_marks(inputs: &Inputs, formula: &Formula, day: NaiveDate) -> Vec<MarkPoints> {
    let kinds: BTreeSet<&str> =
        held_names(inputs, day).into_iter().map(|name| formula.mark(name).map_or(name, |rate| &rate.kind)).collect();
    kinds
        .into_iter()
        .map(|kind| MarkPoints {
            kind: kind.to_owned(),
            points: formula.mark(kind).and_then(|rate| Some(rate.points.as_ref()?.value)),
        })
        .collect()
}
