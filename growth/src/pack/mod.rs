//! Rule packs: the scoring rules of one time, as data.
//!
//! A pack never changes once it was used: new rules are a new pack with its own dates, so that a past day can still
//! be computed by the rules of that day. Nothing in the code knows a rate or a threshold.

mod check;
mod check_levels;
mod correct;
mod embedded;
mod figures;
mod formula;
mod judging;
mod level;
mod line;
mod slots;
mod text;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::figure::{Confidence, Exact, Figure, not_blank};
use crate::points::Points;

pub use check::{Contradiction, PackError};
pub use correct::{Corrected, Correction, CorrectionError};
pub use embedded::{pack, pack_for, packs};
pub use figures::{Choice, PackFigure};
pub use formula::{Caps, Formula, MarkRate};
pub use judging::{Judging, Rhythm};
pub use level::{Benefit, Gate, Level};

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
    /// When the level is judged.
    pub judging: Judging,
    /// From which error on the pack itself is doubted.
    pub calibration: ErrorLimit,
    /// Days in which a shop whose level falls keeps its benefits. The computed level is shown all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Figure<Period>>,
    /// Rates of a shop for consumer goods (消费品).
    pub consumer: Formula,
    /// Rates of a shop for industrial goods (工业品).
    pub industrial: Formula,
    /// Levels from the lowest, which begins at zero.
    pub levels: Vec<Level>,
    /// Benefits that were announced without saying for which level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<Benefit>,
    /// What a merchant corrected, as [`RulePack::corrected`] wrote it down; no part of a pack's text.
    #[serde(skip)]
    pub corrections: Vec<Corrected>,
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
    /// Whether a level also gives the benefits of the levels below.
    pub benefits_cumulative: Figure<bool>,
}

/// From which error on the pack itself is doubted: a comparison with 成长中心 must exceed both limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorLimit {
    /// In points.
    pub limit_points: Figure<Points>,
    /// In per cent of the points shown.
    pub limit_percent: Figure<Exact>,
    /// How many of the newest comparisons must all exceed it.
    pub after: Figure<u32>,
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
    /// Each part is cut down to whole points.
    WholeParts,
    /// The sum of all parts is cut down to whole points.
    WholeTotal,
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
        let caps = [&formula.caps.base, &formula.caps.turnover, &formula.caps.marketing, &formula.caps.scene];
        let readings = [
            self.window.days.confidence,
            self.reading.acceleration.confidence,
            self.reading.rounding.confidence,
            self.reading.stacking.confidence,
        ];
        rates
            .into_iter()
            .chain(marks)
            .chain(caps.into_iter().flatten())
            .chain(thresholds)
            .map(|figure| figure.confidence)
            .chain(readings)
            .min()
            .unwrap_or(Confidence::Candidate)
    }
}
