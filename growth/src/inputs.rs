//! What the merchant knows besides events: marks, health figures, and what the back office showed.
//!
//! Everything starts as "not known". Saying that something is known, even that there is none of it, is the caller's
//! act; a default that claimed it would turn a gap into a zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

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
    /// What 成长中心 showed, in any order; of two entries for one day the later in the list counts.
    #[serde(alias = "entered", deserialize_with = "one_or_more")]
    pub shown: Vec<Calibration>,
    /// The level the shop had before these rules came into force; only asked while a pack protects it.
    pub level_before: Option<String>,
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

impl Inputs {
    /// Keeps what was shown on a day, instead of what was kept for that day before.
    pub fn keep_shown(&mut self, shown: Calibration) {
        self.shown.retain(|earlier| earlier.day != shown.day);
        self.shown.push(shown);
    }

    /// The newest entry of what 成长中心 showed.
    #[must_use]
    pub fn newest_shown(&self) -> Option<&Calibration> {
        self.shown.iter().max_by_key(|shown| shown.day)
    }
}

impl Mark {
    /// Whether it is held on a day.
    #[must_use]
    pub fn held(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

/// A list, or the single entry that was kept before there was a list, or none.
fn one_or_more<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Calibration>, D::Error> {
    struct OneOrMore;

    impl<'de> Visitor<'de> for OneOrMore {
        type Value = Vec<Calibration>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("what 成长中心 showed: an entry or a list of entries")
        }

        fn visit_unit<E>(self) -> Result<Vec<Calibration>, E> {
            Ok(Vec::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Calibration>, A::Error> {
            Ok(vec![Calibration::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Calibration>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = seq.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }

    d.deserialize_any(OneOrMore)
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
