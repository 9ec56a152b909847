//! What a card says about the day on which the level is judged next.
//!
//! A day that the pack does not know is never guessed: the sentence says so, and callers treat every day as one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::figure::Confidence;
use crate::pack::{Rhythm, RulePack};

/// When the level is judged next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgingNews {
    /// The next day after `as_of`; `None` when it is not known: every day may then be the one.
    pub day: Option<NaiveDate>,
    /// Hour of that day, where it is known.
    pub hour: Option<u32>,
    /// How often.
    pub rhythm: Rhythm,
    /// Class of what is said about it.
    pub confidence: Confidence,
    /// The same as a Chinese sentence.
    pub sentence: String,
}

impl Default for JudgingNews {
    /// Nothing is known.
    fn default() -> JudgingNews {
        let sentence = "官方评定日未知，按每天评定估算。".to_owned();
        JudgingNews { day: None, hour: None, rhythm: Rhythm::Unknown, confidence: Confidence::Candidate, sentence }
    }
}

pub(crate) fn judging(pack: &RulePack, as_of: NaiveDate) -> JudgingNews {
    let rules = &pack.judging;
    let day = pack.next_judging_day(as_of);
    let hour = rules.hour.as_ref().map(|hour| hour.value);
    let confidence = match &rules.day_of_month {
        Some(known) => rules.rhythm.confidence.min(known.confidence),
        None => rules.rhythm.confidence,
    };
    let label = confidence.label();
    let at = hour.map(|hour| format!(" {hour} 点")).unwrap_or_default();
    let sentence = match (rules.rhythm.value, day) {
        (Rhythm::Daily, _) => format!("等级每天{at}评定（{label}）。"),
        (Rhythm::Monthly, Some(day)) => format!("下一个评定日是 {day}{at}（{label}）。"),
        (Rhythm::Monthly, None) => format!("官方评定日未知（每月一次，{label}），按每天评定估算。"),
        (Rhythm::Unknown, _) => JudgingNews::default().sentence,
    };
    JudgingNews { day, hour, rhythm: rules.rhythm.value, confidence, sentence }
}
