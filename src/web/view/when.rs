//! Days, times and spans as a merchant reads them.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, TimeDelta, Timelike as _};

/// 11月22日 周日
pub(crate) fn day(day: NaiveDate) -> String {
    let week = ["一", "二", "三", "四", "五", "六", "日"];
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    format!("{}月{}日 周{}", day.month(), day.day(), week[weekday])
}

/// 11月22日, with the year where it is not the present one.
pub(crate) fn short_day(day: NaiveDate, now: NaiveDate) -> String {
    let of_year = if day.year() == now.year() { String::new() } else { format!("{}年", day.year()) };
    format!("{of_year}{}月{}日", day.month(), day.day())
}

/// 今天 08:03, 昨天 08:03, 11月20日 08:03
pub(crate) fn moment(at: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> String {
    let at = at.with_timezone(now.offset());
    let (date, today) = (at.date_naive(), now.date_naive());
    let word = match (today - date).num_days() {
        0 => "今天".into(),
        1 => "昨天".into(),
        -1 => "明天".into(),
        _ => short_day(date, today),
    };
    format!("{word} {:02}:{:02}", at.hour(), at.minute())
}

/// 0.4 秒, 12 秒, 3 分 20 秒
pub(crate) fn took(span: TimeDelta) -> String {
    let millis = span.num_milliseconds().max(0);
    match millis {
        0..10_000 => format!("{}.{} 秒", millis / 1000, millis % 1000 / 100),
        10_000..60_000 => format!("{} 秒", millis / 1000),
        _ => format!("{} 分 {} 秒", millis / 60_000, millis % 60_000 / 1000),
    }
}

/// 2 天 3 小时, 23 小时 10 分, 8 分钟
pub(crate) fn left(span: TimeDelta) -> String {
    let minutes = span.num_minutes();
    match minutes {
        ..=0 => "即将过期".into(),
        1..60 => format!("{minutes} 分钟"),
        60..1440 => format!("{} 小时 {} 分", minutes / 60, minutes % 60),
        _ => format!("{} 天 {} 小时", minutes / 1440, minutes % 1440 / 60),
    }
}

/// 早上好 and so on, by the hour of the shop's clock.
pub(crate) fn greeting(now: DateTime<FixedOffset>) -> &'static str {
    match now.hour() {
        5..=10 => "早上好",
        11..=12 => "中午好",
        13..=17 => "下午好",
        _ => "晚上好",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).expect("a time")
    }

    #[test]
    fn a_moment_is_told_on_the_shops_own_clock() {
        let now = at("2026-11-23T09:00:00+08:00");
        assert_eq!(moment(at("2026-11-22T16:03:00Z"), now), "今天 00:03");
        assert_eq!(moment(at("2026-11-22T15:59:00Z"), now), "昨天 23:59");
        assert_eq!(moment(at("2011-05-10T08:00:00+08:00"), now), "2011年5月10日 08:00");
    }

    #[test]
    fn what_is_left_is_never_rounded_up() {
        assert_eq!(left(TimeDelta::seconds(59)), "即将过期");
        assert_eq!(left(TimeDelta::seconds(86_399)), "23 小时 59 分");
        assert_eq!(left(TimeDelta::hours(51)), "2 天 3 小时");
    }
}
