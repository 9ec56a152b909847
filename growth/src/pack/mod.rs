//! Rule packs: the scoring rules of one time, as data.
//!
//! A pack never changes once it was used: new rules are a new pack with its own dates, so that a past day can still
//! be computed by the rules of that day. Nothing in the code knows a rate or a threshold.

mod check;
mod embedded;
mod line;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::figure::{Confidence, Exact, Figure, not_blank};
use crate::points::Points;

pub use check::{Contradiction, PackError};
pub use embedded::{pack, pack_for, packs};

/// The rules in force in one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// Short name for `--pack` and for stored cards.
    #[serde(deserialize_with = "not_blank")]
    pub id: String,
    /// Name in Chinese.
    #[serde(deserialize_with = "not_blank")]
    pub name: String,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// First day no longer in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Which days count.
    pub window: Window,
    /// How sentences that can be read in two ways are read.
    pub reading: Reading,
    /// What a refund takes back.
    pub refund: RefundRule,
    /// Days in which a shop whose level falls keeps its benefits. The computed level is shown all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Figure<Period>>,
    /// Rates of a shop for consumer goods (消费品).
    pub consumer: Formula,
    /// Rates of a shop for industrial goods (工业品).
    pub industrial: Formula,
    /// Levels from the lowest, which begins at zero.
    pub levels: Vec<Level>,
}

/// Which days count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Length in local days, the day of the score included.
    pub days: Figure<u32>,
    /// How many days 成长中心 is behind: what it shows on a day is compared with our score of that many days before.
    pub lag_days: Figure<u32>,
}

/// How sentences that can be read in two ways are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Whether the acceleration rates already contain the basic points.
    pub acceleration: Figure<Acceleration>,
    /// What is cut off.
    pub rounding: Figure<Rounding>,
    /// Whether one order earns the acceleration of 数字营销 and of a scene.
    pub stacking: Figure<Stacking>,
    /// Whether a level also asks for the gates of the levels below.
    pub gates_cumulative: Figure<bool>,
}

/// The two readings of an "extra 3x".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceleration {
    /// Three more, four together with the basic points.
    OnTop,
    /// Three together with the basic points, two more.
    InAll,
}

/// What is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Nothing.
    None,
    /// Only whole thousands of yuan bring points.
    WholeThousands,
}

/// Whether accelerations of different kinds add up on one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Each kind counts by itself.
    Additive,
    /// An order that 数字营销 brought earns nothing for its scene.
    MarketingFirst,
}

/// What a refund takes back. Each refund counts from its own day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRule {
    /// How much of its order.
    pub takes: Figure<RefundTakes>,
    /// When it costs the buyer.
    pub buyer: Figure<RefundBuyer>,
}

/// How much of its order a refund takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundTakes {
    /// What was refunded, never more than the order.
    Amount,
    /// The whole order, whatever was refunded.
    WholeOrder,
}

/// When a refunded order stops counting for its buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundBuyer {
    /// Once nothing is left of it.
    WhenNothingLeft,
    /// With the first refund.
    AtAnyRefund,
}

/// A stretch of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// First day that no longer belongs to it.
    pub to: NaiveDate,
}

/// The rates of one industry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Points for one counted buyer (consumer) or one counted inquiry (industrial).
    pub base: Figure<Points>,
    /// Points for 1000 yuan of turnover.
    pub turnover: Figure<Points>,
    /// Acceleration for one counted buyer or inquiry that 数字营销 brought.
    pub marketing: Figure<Points>,
    /// Acceleration for 1000 yuan of scene turnover.
    pub scene: Figure<Points>,
    /// Names of the scenes.
    pub scenes: Figure<Vec<String>>,
    /// Marks of a verified supplier.
    #[serde(default)]
    pub marks: Vec<MarkRate>,
}

/// What one kind of mark brings while it is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRate {
    /// Name of the mark, in Chinese.
    #[serde(deserialize_with = "not_blank")]
    pub kind: String,
    /// Other names of the same mark.
    #[serde(default)]
    pub also: Vec<String>,
    /// Points; absent when the mark is known to count but nobody knows how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Figure<Points>>,
}

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

impl Industry {
    /// The industry's own part of a pack.
    #[must_use]
    pub const fn formula(self, pack: &RulePack) -> &Formula {
        match self {
            Industry::Consumer => &pack.consumer,
            Industry::Industrial => &pack.industrial,
        }
    }
}

impl RulePack {
    /// Whether these rules were in force on a day.
    #[must_use]
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// The class of the weakest figure that a score of this industry rests on (gates aside: they carry their own).
    #[must_use]
    pub fn confidence(&self, industry: Industry) -> Confidence {
        let formula = industry.formula(self);
        let rates = [&formula.base, &formula.turnover, &formula.marketing, &formula.scene];
        let marks = formula.marks.iter().filter_map(|mark| mark.points.as_ref());
        let thresholds = self.levels.iter().map(|level| &level.threshold);
        let readings =
            [self.window.days.confidence, self.reading.acceleration.confidence, self.reading.rounding.confidence];
        rates
            .into_iter()
            .chain(marks)
            .chain(thresholds)
            .map(|figure| figure.confidence)
            .chain(readings)
            .min()
            .unwrap_or(Confidence::Candidate)
    }
}

impl Formula {
    /// The rate of a mark by any of its names.
    #[must_use]
    pub fn mark(&self, kind: &str) -> Option<&MarkRate> {
        self.marks.iter().find(|rate| rate.is_called(kind))
    }
}

impl MarkRate {
    /// Whether this is one of the mark's names.
    #[must_use]
    pub fn is_called(&self, kind: &str) -> bool {
        self.kind == kind || self.also.iter().any(|name| name == kind)
    }
}
