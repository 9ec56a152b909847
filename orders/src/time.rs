//! One cell's text → a moment or a day.
//!
//! It must never guess which part of a date is the year, the month or the day: what does not begin with a year of four
//! digits is not a date.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::cell::{half_width, is_blank, shown};
use crate::error::Problem;
use crate::sheet::{Field, Kind};

/// A moment on the shop's clock. A text with an offset is turned to +08:00, the platform's own zone; without one it is
/// taken as it stands. A workbook's day number works too; only a date means midnight.
pub(crate) fn time(field: Field<'_>) -> Result<Option<NaiveDateTime>, Problem> {
    if is_blank(field) {
        return Ok(None);
    }
    let parsed = match field.kind {
        Kind::Number => field.text.parse().ok().and_then(|days| from_serial(days, Epoch::Of1900)),
        Kind::Text => parse_time(&field.text.chars().map(half_width).collect::<String>()),
        Kind::Damaged | Kind::Fault => None,
    };
    // Years outside are typing errors, and downstream a day is an index into an array.
    let parsed = parsed.filter(|time| (1990..=2100).contains(&time.year()));
    parsed.map(Some).ok_or_else(|| {
        let shown = shown(field.text);
        field.problem(format!("“{shown}”不是可以读取的时间，请写成 2026-05-01 08:30:00 这样。"))
    })
}

/// A day.
pub(crate) fn date(field: Field<'_>) -> Result<Option<NaiveDate>, Problem> {
    Ok(time(field)?.map(|time| time.date()))
}

/// Where a workbook's day numbers begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epoch {
    Of1900,
    Of1904,
}

/// A workbook's day number as a moment, to the second (its fractions carry noise below that).
pub(crate) fn from_serial(days: f64, epoch: Epoch) -> Option<NaiveDateTime> {
    let first = match epoch {
        // Day 60 is a 29 February 1900 that never was; from 61 on this origin is right, and no order is older.
        Epoch::Of1900 if days >= 61.0 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
        Epoch::Of1904 if days >= 0.0 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        Epoch::Of1900 | Epoch::Of1904 => return None,
    };
    let seconds = (days * 86_400.0).round();
    // Past the year 9999 no workbook goes; the cast below is exact up to here.
    (seconds < 2.6e11).then_some(())?;
    first.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::try_seconds(seconds as i64)?)
}

fn parse_time(text: &str) -> Option<NaiveDateTime> {
    let (day, rest) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let day = parse_day(day)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(day.and_time(NaiveTime::MIN));
    }
    let (clock, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => (rest[..at].trim_end(), Some(parse_offset(&rest[at..])?)),
        None => (rest, None),
    };
    let time = day.and_time(parse_clock(clock)?);
    match offset {
        Some(offset) => time.checked_add_signed(TimeDelta::try_hours(8)? - offset),
        None => Some(time),
    }
}

/// `2026-05-01`, `2026/5/1`, `2026.5.1`, `2026年5月1日` or `20260501`.
fn parse_day(text: &str) -> Option<NaiveDate> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return NaiveDate::from_ymd_opt(small(&text[..4])? as i32, small(&text[4..6])?, small(&text[6..])?);
    }
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    // "11/5/1" could be read in three ways.
    (year.len() == 4 && parts.next().is_none()).then_some(())?;
    NaiveDate::from_ymd_opt(small(year)? as i32, small(month)?, small(day)?)
}

/// `8:05`, `08:05:30` or `08:05:30.250`; fractions of a second are cut.
fn parse_clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = match parts.next() {
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
            fraction.bytes().all(|b| b.is_ascii_digit()).then_some(whole)?
        }
        None => "0",
    };
    parts.next().is_none().then_some(())?;
    NaiveTime::from_hms_opt(small(hour)?, small(minute)?, small(second)?)
}

/// `Z`, `+08:00`, `+0800` or `-5`.
fn parse_offset(text: &str) -> Option<TimeDelta> {
    if text == "Z" {
        return Some(TimeDelta::zero());
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.get(1..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let (hours, minutes) = (small(hours)?, small(minutes)?);
    (hours <= 14 && minutes < 60).then(|| TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
}

/// One to four digits and nothing else (`u32::from_str` would take a sign).
fn small(text: &str) -> Option<u32> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
