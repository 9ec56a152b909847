//! The protection of benefits in the first days of new rules, only where a pack sets it.
//!
//! The computed level is shown as it is; only whose benefits the shop has depends on the level it had before. A level
//! before that nobody entered is unknown, never the computed one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::score::Reckoning;

/// The protection that rules grant in their first days: benefits stay although the computed level is lower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// First day.
    pub from: NaiveDate,
    /// First day without it.
    pub to: NaiveDate,
    /// The level before, as it was entered; `None` while it was not, or when the pack has no such level.
    pub level_before: Option<String>,
    /// The level whose benefits the shop has; `None` while the level before is not known.
    pub benefits_level: Option<String>,
    /// The same as a Chinese sentence.
    pub sentence: String,
}

/// The protection of the day, and the position of the level whose benefits the shop has; `None` while that is unknown.
pub(crate) fn protection(found: &Reckoning<'_>, shown: &str, reached: usize) -> (Option<Protection>, Option<usize>) {
    let Some(period) = found.pack.protection.as_ref().map(|period| period.value) else {
        return (None, Some(reached));
    };
    if !(period.from..period.to).contains(&found.as_of) {
        return (None, Some(reached));
    }
    let levels = &found.pack.levels;
    let entered = found.inputs.level_before.as_deref().map(str::trim).filter(|level| !level.is_empty());
    let before = entered.and_then(|entered| levels.iter().position(|level| level.id == entered));
    let kept = before.map(|before| before.max(reached));
    let id = |at: usize| levels.get(at).map(|level| level.id.clone());
    let benefits_level = kept.and_then(id);
    let start = format!("{} 前为规则保护期：等级显示计算出的 {shown}", period.to);
    let sentence = match (entered, &benefits_level) {
        (Some(entered), Some(kept)) => format!("{start}，权益按 {kept}（规则生效前为 {entered}）。"),
        (Some(entered), None) => format!(
            "{start}；填写的规则生效前等级“{entered}”不在《{}》的等级中，没有使用，权益按哪一级未知。",
            found.pack.name
        ),
        (None, _) => format!("{start}；没有填写规则生效前的等级，权益按哪一级未知。"),
    };
    let level_before = before.and_then(id);
    (Some(Protection { from: period.from, to: period.to, level_before, benefits_level, sentence }), kept)
}
