//! A merchant's corrections: figures replaced by what the merchant's own back office shows.
//!
//! The pack itself is never changed: a correction gives another pack that says which figures are the merchant's. It
//! is refused as a whole when one correction cannot be read or the figures no longer hold together.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::slots::{Slot, slots};
use super::{Contradiction, RulePack};
use crate::event::Industry;

/// One figure, as a merchant says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Path of the figure (`consumer.base`, `levels.L3.threshold`): one of [`RulePack::figures`].
    pub field: String,
    /// The value as text; `unknown` where a figure may be absent.
    pub value: String,
    /// Day on which it was entered.
    pub on: NaiveDate,
}

/// A figure that stands in a pack by a merchant's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// Path of the figure.
    pub field: String,
    /// Name in Chinese.
    pub title: String,
    /// Value now, in the words that merchants read.
    pub value: String,
    /// Value of the pack as it came.
    pub before: String,
    /// Unit of both; may be empty.
    pub unit: String,
    /// Day on which it was entered.
    pub on: NaiveDate,
    /// The industry it belongs to; `None` for what both share.
    pub industry: Option<Industry>,
}

/// Why corrections were refused. Nothing of them is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionError {
    /// The pack has no such figure.
    #[error("{field}: this pack has no such figure")]
    NoSuchFigure {
        /// What was named.
        field: String,
    },
    /// The text is no value of this figure.
    #[error("{field}: \"{value}\" is not {expected}")]
    NotAValue {
        /// The figure.
        field: String,
        /// Its name in Chinese.
        title: String,
        /// What was typed.
        value: String,
        /// What it looks like.
        expected: &'static str,
        /// The same in Chinese.
        expected_chinese: &'static str,
    },
    /// With the corrections the figures cannot all hold.
    #[error("{field}: {}", fault.why)]
    Contradicts {
        /// The figure at which it shows, by the path a correction uses.
        field: String,
        /// Its name in Chinese, or the path where it has none.
        title: String,
        /// What does not hold.
        fault: Contradiction,
    },
}

impl CorrectionError {
    /// What was wrong, where and what to do: one Chinese sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            CorrectionError::NoSuchFigure { field } => {
                format!("规则中没有“{field}”这一项，请从规则列表中选择要修改的分值。")
            }
            CorrectionError::NotAValue { title, value, expected_chinese, .. } => {
                format!("“{title}”不能填“{value}”，请填{expected_chinese}。")
            }
            CorrectionError::Contradicts { title, fault, .. } => {
                format!("“{title}”与其他规则矛盾：{}；修改没有采用，请核对后重填。", fault.chinese)
            }
        }
    }
}

impl RulePack {
    /// The same rules with some figures as a merchant says they are. Of several corrections of one figure the last
    /// entered counts.
    ///
    /// # Errors
    /// [`CorrectionError`]: a path that the pack does not have, a text that is no value, or a contradiction.
    pub fn corrected(&self, corrections: &[Correction]) -> Result<RulePack, CorrectionError> {
        let mut pack = self.clone();
        let mut ordered: Vec<&Correction> = corrections.iter().collect();
        ordered.sort_by_key(|correction| correction.on);
        let mut done = self.corrections.clone();
        for correction in ordered {
            let mut all = slots(&mut pack);
            let Some(slot) = all.iter_mut().find(|slot| slot.field == correction.field.trim()) else {
                return Err(CorrectionError::NoSuchFigure { field: correction.field.clone() });
            };
            let corrected = enter(slot, correction)?;
            match done.iter_mut().find(|earlier| earlier.field == corrected.field) {
                Some(earlier) => *earlier = Corrected { before: earlier.before.clone(), ..corrected },
                None => done.push(corrected),
            }
        }
        pack.corrections = done;
        match pack.check() {
            Ok(()) => Ok(pack),
            Err(fault) => Err(pack.refusal(fault)),
        }
    }

    /// These rules with one figure tried out, whether or not they still hold together; `None` where it cannot be.
    pub(crate) fn tried(&self, field: &str, value: &str) -> Option<RulePack> {
        let mut pack = self.clone();
        let mut all = slots(&mut pack);
        let slot = all.iter_mut().find(|slot| slot.field == field)?;
        slot.entry.enter(value, String::new()).ok()?;
        Some(pack)
    }

    fn refusal(&mut self, fault: Contradiction) -> CorrectionError {
        let field = self.named_path(&fault.field);
        let title = slots(self).into_iter().find(|slot| slot.field == field || slot.field.starts_with(&field));
        let title = title.map_or_else(|| field.clone(), |slot| slot.title);
        CorrectionError::Contradicts { field, title, fault }
    }

    /// A path with positions (`levels[2].gates[0].at_least`) as the path that names its parts.
    fn named_path(&self, field: &str) -> String {
        let mut level = None;
        let mut named = Vec::new();
        for step in field.split('.') {
            let Some((key, at)) = step.split_once('[') else {
                named.push(step.to_owned());
                continue;
            };
            let at: usize = at.trim_end_matches(']').parse().unwrap_or(usize::MAX);
            let formula = if field.starts_with("consumer") { &self.consumer } else { &self.industrial };
            let id = match key {
                "levels" => {
                    level = self.levels.get(at);
                    level.map(|level| level.id.as_str())
                }
                "gates" => level.and_then(|level| level.gates.get(at)).map(|gate| gate.id.as_str()),
                "marks" => formula.marks.get(at).map(|mark| mark.kind.as_str()),
                _ => None,
            };
            named.extend([key.to_owned(), id.unwrap_or(step).to_owned()]);
        }
        named.join(".")
    }
}

fn enter(slot: &mut Slot<'_>, correction: &Correction) -> Result<Corrected, CorrectionError> {
    let before = slot.words();
    let text = correction.value.trim();
    let source = format!("商家填写（{}）", correction.on);
    slot.entry.enter(text, source).map_err(|(expected, expected_chinese)| CorrectionError::NotAValue {
        field: slot.field.clone(),
        title: slot.title.clone(),
        value: text.to_owned(),
        expected,
        expected_chinese,
    })?;
    Ok(Corrected {
        field: slot.field.clone(),
        title: slot.title.clone(),
        value: slot.words(),
        before,
        unit: slot.unit.clone(),
        on: correction.on,
        industry: slot.industry,
    })
}
