//! Cron expressions as people write them: read strictly, refused in words, answered in wall-clock times.
//!
//! Knows no zone and no clock; [`super::slot`] turns wall-clock times into moments.

use std::str::FromStr as _;

use chrono::{NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use cron::TimeUnitSpec as _;
use serde::{Deserialize, Serialize};

use super::weekday;

/// A cron expression that was understood.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Times {
    text: String,
    pattern: cron::Schedule,
}

/// Why a cron expression is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimesError {
    /// Too few or too many fields.
    #[error(
        "cron {text:?} has {found} fields; write five (minute hour day month weekday), six (with a second in front) or seven (with a year behind)"
    )]
    Fields {
        /// The expression.
        text: String,
        /// How many it has.
        found: usize,
    },
    /// A shorthand that does not exist.
    #[error("cron {0:?} is not known; use @hourly, @daily, @weekly, @monthly or @yearly")]
    Shorthand(String),
    /// One field is not understood.
    #[error("cron {text:?}: the {field} {value:?} is not understood")]
    Field {
        /// The expression.
        text: String,
        /// Which field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// L, W and #.
    #[error("cron {text:?}: L, W and # are not supported (in {value:?})")]
    Special {
        /// The expression.
        text: String,
        /// What the field holds.
        value: String,
    },
    /// Programs number weekdays differently in this form.
    #[error("cron {text:?}: with seconds, write the weekday by name (MON-FRI), because programs number it differently")]
    NumberedWeekday {
        /// The expression.
        text: String,
    },
    /// Some programs take either day, some only days that are both.
    #[error(
        "cron {text:?} names a day of the month and a weekday, which programs read differently; write two schedules"
    )]
    TwoDays {
        /// The expression.
        text: String,
    },
    /// More than one run a minute.
    #[error("cron {text:?} fires more than once a minute")]
    TooOften {
        /// The expression.
        text: String,
    },
    /// 31 February.
    #[error("cron {text:?} never fires")]
    Never {
        /// The expression.
        text: String,
    },
}

const FIELDS: [&str; 7] = ["second", "minute", "hour", "day of the month", "month", "weekday", "year"];

impl Times {
    /// Reads an expression of five, six or seven fields, or a shorthand such as `@daily`.
    ///
    /// # Errors
    /// [`TimesError`], which names the field.
    pub fn parse(text: &str) -> Result<Self, TimesError> {
        let text = text.trim();
        let fields = library_fields(text)?;
        let unreadable = |at: usize| {
            let value = fields[at].clone();
            TimesError::Field { text: text.into(), field: FIELDS[at], value }
        };
        for (at, field) in fields.iter().enumerate() {
            let mut alone: Vec<&str> = vec!["0", "*", "*", "*", "*", "*", "*"];
            alone[at] = field;
            if cron::Schedule::from_str(&alone.join(" ")).is_err() {
                return Err(unreadable(at));
            }
        }
        let pattern = cron::Schedule::from_str(&fields.join(" ")).map_err(|_| unreadable(0))?;
        if pattern.seconds().count() > 1 {
            return Err(TimesError::TooOften { text: text.into() });
        }
        let times = Self { text: text.into(), pattern };
        let long_ago = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
        if times.after(long_ago).next().is_none() {
            return Err(TimesError::Never { text: text.into() });
        }
        Ok(times)
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether no hour is named: such a schedule means elapsed time, any other means the clock on the wall.
    #[must_use]
    pub fn is_every_hour(&self) -> bool {
        self.pattern.hours().count() == 24
    }

    /// Wall-clock times later than this one, in order.
    pub fn after(&self, after: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> {
        // The library is only ever shown UTC, which has no gaps: what a zone does with its clock is decided in `slot`.
        self.pattern.after(&Utc.from_utc_datetime(&after)).map(|time| time.naive_utc())
    }
}

impl PartialEq for Times {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl TryFrom<String> for Times {
    type Error = TimesError;

    fn try_from(text: String) -> Result<Self, TimesError> {
        Self::parse(&text)
    }
}

impl From<Times> for String {
    fn from(times: Times) -> Self {
        times.text
    }
}

/// The seven fields in the library's own numbering.
fn library_fields(text: &str) -> Result<Vec<String>, TimesError> {
    let long = match text.to_ascii_lowercase().as_str() {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other if other.starts_with('@') => return Err(TimesError::Shorthand(text.into())),
        _ => text,
    };
    let mut fields: Vec<String> = long.split_whitespace().map(String::from).collect();
    let found = fields.len();
    match found {
        5 => {
            fields.insert(0, "0".into());
            fields.push("*".into());
        }
        6 => fields.push("*".into()),
        7 => {}
        _ => return Err(TimesError::Fields { text: text.into(), found }),
    }
    let (day, weekday) = (&fields[3], &fields[5]);
    if let Some(value) = [day, weekday].into_iter().find(|field| is_special(field)) {
        return Err(TimesError::Special { text: text.into(), value: value.clone() });
    }
    if found > 5 && weekday::is_numbered(weekday) {
        return Err(TimesError::NumberedWeekday { text: text.into() });
    }
    let unreadable = || TimesError::Field { text: text.into(), field: FIELDS[5], value: weekday.clone() };
    let translated = weekday::translate(weekday).ok_or_else(unreadable)?;
    if translated != "*" && !matches!(day.as_str(), "*" | "?") {
        return Err(TimesError::TwoDays { text: text.into() });
    }
    fields[5] = translated;
    Ok(fields)
}

/// Whether an item is the last, nearest or nth day of something; names such as WED and JUL hold the letters too.
fn is_special(field: &str) -> bool {
    field.split(',').any(|item| {
        let item = item.to_ascii_uppercase();
        let stem = item.strip_suffix('L').or_else(|| item.strip_suffix('W'));
        item.contains('#')
            || item.starts_with("L-")
            || stem.is_some_and(|stem| {
                stem.is_empty() || stem == "L" || stem.parse::<u32>().is_ok() || weekday::translate(stem).is_some()
            })
    })
}
