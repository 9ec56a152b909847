//! The rates of one industry: what a buyer, an inquiry, 1000 yuan or a mark brings, and what is not exceeded.

use serde::{Deserialize, Serialize};

use super::RulePack;
use crate::event::Industry;
use crate::figure::{Figure, not_blank};
use crate::points::Points;

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
    /// The most that each part brings.
    #[serde(default, skip_serializing_if = "Caps::is_empty")]
    pub caps: Caps,
    /// Marks of a verified supplier.
    #[serde(default)]
    pub marks: Vec<MarkRate>,
}

/// The most that each part of the points brings in a window. An absent one is not known: nothing is cut then, and
/// nobody may show a number for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// For buyers or inquiries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Figure<Points>>,
    /// For turnover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Figure<Points>>,
    /// For the acceleration of 数字营销.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing: Option<Figure<Points>>,
    /// For the acceleration of scenes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<Figure<Points>>,
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

impl Caps {
    /// Whether no cap is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.base.is_none() && self.turnover.is_none() && self.marketing.is_none() && self.scene.is_none()
    }
}
