//! The sandbox's time: instants as the platform writes them, China's civil days, and a clock that can be pinned.
//! Nothing else in the package may ask the machine for the time.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const CHINA_SECONDS: i32 = 8 * 3600;
const CHINA: i64 = CHINA_SECONDS as i64 * 1000;

/// Where the sandbox takes its "now" from. `POST /admin/clock` can change it while running.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's time.
    #[default]
    Real,
    /// An instant that stands still until it is set again.
    Fixed(DateTime<FixedOffset>),
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place of this package that reads the machine's time")]
    pub(crate) fn now(self) -> Moment {
        match self {
            Self::Real => Moment(Utc::now().timestamp_millis()),
            Self::Fixed(at) => Moment(at.timestamp_millis()),
        }
    }
}

/// An instant, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// Reads the wire form `yyyyMMddHHmmssSSSZ`, for example `20180721172608000+0800`.
    pub(crate) fn from_stamp(text: &str) -> Option<Self> {
        let (digits, zone) = text.split_at_checked(17)?;
        // chrono wants a mark before the milliseconds.
        let marked = format!("{}.{}{zone}", &digits.get(..14)?, &digits.get(14..)?);
        let at = DateTime::parse_from_str(&marked, "%Y%m%d%H%M%S%.3f%z").ok()?;
        Some(Self(at.timestamp_millis()))
    }

    /// A civil time in China, as order exports write it.
    pub(crate) fn from_civil(at: NaiveDateTime) -> Self {
        Self(at.and_utc().timestamp_millis() - CHINA)
    }

    /// The wire form, always in `+0800`.
    pub(crate) fn stamp(self) -> String {
        self.zoned().format("%Y%m%d%H%M%S%3f%z").to_string()
    }

    /// `yyyy-MM-dd HH:mm:ss` in China, as files for people have it.
    pub(crate) fn civil_text(self) -> String {
        self.zoned().format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// ISO 8601 in UTC, as 牛顿云 writes times: `2026-06-02T13:11:57.000Z`.
    pub(crate) fn utc_text(self) -> String {
        self.zoned().to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// With its zone, for the admin answers.
    pub(crate) fn rfc3339(self) -> String {
        self.zoned().to_rfc3339()
    }

    /// Milliseconds as text: how activity times travel.
    pub(crate) fn millis_text(self) -> String {
        self.0.to_string()
    }

    /// The civil day in China.
    pub(crate) fn day(self) -> Day {
        Day((self.0 + CHINA).div_euclid(DAY))
    }

    pub(crate) fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; nothing if it is not.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    pub(crate) fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * MINUTE)
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * DAY)
    }

    /// Minutes since midnight in China.
    pub(crate) fn minute_of_day(self) -> i64 {
        (self.0 + CHINA).rem_euclid(DAY) / MINUTE
    }

    fn zoned(self) -> DateTime<FixedOffset> {
        let china = FixedOffset::east_opt(CHINA_SECONDS).expect("eight hours are a valid offset");
        china.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }
}

/// A civil day in China, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    pub(crate) fn of(date: NaiveDate) -> Self {
        Self(date.signed_duration_since(NaiveDate::default()).num_days())
    }

    pub(crate) fn start(self) -> Moment {
        Moment(self.0 * DAY - CHINA)
    }

    pub(crate) fn date(self) -> NaiveDate {
        self.start().zoned().date_naive()
    }

    pub(crate) fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// 0 is Monday.
    pub(crate) fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_back_as_it_was_written() {
        let at = Moment::from_stamp("20180721172608123+0800").expect("a stamp");
        assert_eq!(at.stamp(), "20180721172608123+0800");
        assert_eq!(at.civil_text(), "2018-07-21 17:26:08");
        assert_eq!(Moment::from_stamp("20180721092608123+0000"), Some(at));
        for wrong in ["", "2018-07-21", "20180721172608123", "201807211726081x3+0800", "一二三四五六七"] {
            assert_eq!(Moment::from_stamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let late = Moment::from_stamp("20261123235959999+0800").expect("a stamp");
        let next = Moment(late.0 + 1);
        assert_eq!(late.day().plus(1), next.day());
        assert_eq!(next.day().start(), next);
        assert_eq!(late.day().weekday(), 0, "2026-11-23 is a Monday");
        assert_eq!(Day::of(late.day().date()), late.day());
    }
}
