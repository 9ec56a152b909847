//! When the platform judges a shop's level.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::RulePack;
use crate::figure::Figure;

/// When the level is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judging {
    /// How often.
    pub rhythm: Figure<Rhythm>,
    /// On which day of the month, where the rhythm is monthly; in a shorter month the last day. Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<Figure<u32>>,
    /// At which hour of the shop's day. Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Figure<u32>>,
}

/// How often the level is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Every day.
    Daily,
    /// Once a month.
    Monthly,
    /// Nobody knows.
    Unknown,
}

impl RulePack {
    /// The first day after this one on which the level is judged. `None` when it is not known: callers then treat
    /// every day as one and say 官方评定日未知.
    #[must_use]
    pub fn next_judging_day(&self, after: NaiveDate) -> Option<NaiveDate> {
        match self.judging.rhythm.value {
            Rhythm::Unknown => None,
            Rhythm::Daily => after.checked_add_days(Days::new(1)),
            Rhythm::Monthly => {
                let wanted = self.judging.day_of_month.as_ref()?.value;
                let first = after.with_day(1)?;
                (0..=1)
                    .filter_map(|months| in_month(first.checked_add_months(Months::new(months))?, wanted))
                    .find(|day| *day > after)
            }
        }
    }
}

/// That day of the month that begins with `first`, or its last day where it is shorter.
fn in_month(first: NaiveDate, wanted: u32) -> Option<NaiveDate> {
    first.with_day(wanted).or_else(|| first.checked_add_months(Months::new(1))?.pred_opt())
}
