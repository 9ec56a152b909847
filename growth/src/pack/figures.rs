//! The figures of a pack as a list, so that a form can be made from it with no other knowledge.

use serde::{Deserialize, Serialize};

use super::RulePack;
use super::slots::{Slot, slots};
use crate::event::Industry;
use crate::figure::Confidence;

/// A figure that a merchant may correct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFigure {
    /// Path: what a [`Correction`](super::Correction) names.
    pub field: String,
    /// Name in Chinese.
    pub title: String,
    /// The value as it may be typed; `None` while nobody knows it.
    pub value: Option<String>,
    /// Unit that is written behind it; may be empty.
    pub unit: String,
    /// Where it was read; empty while nobody knows the value.
    pub source: String,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// What may be typed, where that is one of a few words.
    pub choices: Vec<Choice>,
}

/// One of the words that a figure may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The word in a pack.
    pub value: String,
    /// What merchants read.
    pub title: String,
}

impl RulePack {
    /// Every figure that a score of this industry can rest on and a merchant may correct, in reading order.
    #[must_use]
    pub fn figures(&self, industry: Industry) -> Vec<PackFigure> {
        // The list hands out places to write to; a copy keeps this pack as it is.
        let mut copy = self.clone();
        let all = slots(&mut copy).into_iter();
        all.filter(|slot| slot.industry.is_none_or(|own| own == industry)).map(|slot| slot.figure()).collect()
    }
}

impl Slot<'_> {
    fn figure(&self) -> PackFigure {
        let told = self.entry.told();
        PackFigure {
            field: self.field.clone(),
            title: self.title.clone(),
            value: told.as_ref().map(|(value, ..)| value.clone()),
            unit: self.unit.clone(),
            source: told.as_ref().map(|(_, source, _)| (*source).to_owned()).unwrap_or_default(),
            confidence: told.map_or(Confidence::Candidate, |(.., confidence)| confidence),
            choices: self.entry.choices(),
        }
    }

    /// The value in the words that merchants read.
    pub(super) fn words(&self) -> String {
        let Some((value, ..)) = self.entry.told() else {
            return "未知".to_owned();
        };
        self.entry.choices().into_iter().find(|choice| choice.value == value).map_or(value, |choice| choice.title)
    }
}
