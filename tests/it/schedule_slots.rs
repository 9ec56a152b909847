//! Slots: one moment each, whatever a zone does with its clock, and a fate for each that came up.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;
use xiaoer::schedule::{Due, Fate, Missed, Schedule, due, next_fires, slots};

fn schedule(cron: &str, zone: &str, rest: &str) -> Schedule {
    toml::from_str(&format!(
        "name = 'a'\nskill = 'daily-report'\nshops = 'all'\ncron = '{cron}'\nzone = '{zone}'\n{rest}"
    ))
    .expect("a good schedule")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// `name → local time with offset` of each slot.
fn told(schedule: &Schedule, after: &str, upto: &str) -> Vec<String> {
    let tell = |slot: &xiaoer::schedule::Slot| {
        format!("{} → {}", slot.name, slot.at.with_timezone(&schedule.zone).format("%m-%d %H:%M%:z"))
    };
    slots(schedule, at(after), at(upto)).iter().map(tell).collect()
}

#[test]
fn a_time_that_the_clock_jumps_over_comes_at_the_first_minute_behind_the_gap() {
    let daily = schedule("30 2 * * *", "America/New_York", "");
    assert_eq!(
        told(&daily, "2027-03-13T08:00:00Z", "2027-03-16T00:00:00Z"),
        ["2027-03-14T02:30 → 03-14 03:00-04:00", "2027-03-15T02:30 → 03-15 02:30-04:00"]
    );
}

#[test]
fn a_time_that_the_clock_shows_twice_comes_once_the_first_time() {
    let daily = schedule("30 1 * * *", "America/New_York", "");
    assert_eq!(
        told(&daily, "2027-11-06T08:00:00Z", "2027-11-09T00:00:00Z"),
        ["2027-11-07T01:30 → 11-07 01:30-04:00", "2027-11-08T01:30 → 11-08 01:30-05:00"]
    );
}

#[test]
fn a_schedule_without_hours_keeps_its_pace_through_both_changes() {
    let half_hourly = schedule("*/30 * * * *", "America/New_York", "");
    for (after, upto) in
        [("2027-03-14T05:00:00Z", "2027-03-14T09:00:00Z"), ("2027-11-07T04:00:00Z", "2027-11-07T08:00:00Z")]
    {
        // Looked at every five minutes, as the ticker would.
        let looks = (0..48).map(|n| at(after) + TimeDelta::minutes(5 * n));
        let found: Vec<_> = looks.flat_map(|look| slots(&half_hourly, look, look + TimeDelta::minutes(5))).collect();
        assert_eq!(found, slots(&half_hourly, at(after), at(upto)));
        assert_eq!(found.len(), 8);
        assert!(found.windows(2).all(|pair| pair[1].at - pair[0].at == TimeDelta::minutes(30)));
        let names: BTreeSet<_> = found.iter().map(|slot| &slot.name).collect();
        assert_eq!(names.len(), found.len(), "a name came twice");
    }
}

#[test]
fn named_hours_are_the_merchants_hours() {
    let four_a_day = schedule("0 */6 * * *", "Asia/Shanghai", "");
    assert_eq!(
        told(&four_a_day, "2026-11-22T00:00:00+08:00", "2026-11-22T23:59:00+08:00"),
        [
            "2026-11-22T06:00 → 11-22 06:00+08:00",
            "2026-11-22T12:00 → 11-22 12:00+08:00",
            "2026-11-22T18:00 → 11-22 18:00+08:00"
        ]
    );
}

#[test]
fn times_that_fall_into_one_gap_make_one_slot() {
    let often = schedule("*/20 2,3 * * *", "America/New_York", "");
    let found = slots(&often, at("2027-03-14T05:00:00Z"), at("2027-03-14T12:00:00Z"));
    assert!(found.windows(2).all(|pair| pair[0].at < pair[1].at), "{found:?}");
    assert_eq!(found.len(), 3);
}

#[test]
fn a_day_that_a_zone_left_out_is_not_run_twice() {
    // Samoa went over the date line: 30 December 2011 was never there.
    let midnight = schedule("@daily", "Pacific/Apia", "");
    let found = slots(&midnight, at("2011-12-28T12:00:00Z"), at("2012-01-02T00:00:00Z"));
    assert!(found.windows(2).all(|pair| pair[0].at < pair[1].at), "{found:?}");
}

#[test]
fn in_every_zone_a_daily_schedule_has_one_slot_a_civil_day() {
    let (after, upto) = (at("2026-01-01T12:00:00Z"), at("2027-01-31T12:00:00Z"));
    for zone in TZ_VARIANTS {
        for cron in ["30 2 * * *", "0 0 * * *"] {
            let found = slots(&schedule(cron, zone.name(), ""), after, upto);
            let days: BTreeSet<_> = found.iter().map(|slot| slot.civil.date()).collect();
            assert_eq!(days.len(), found.len(), "{zone} {cron}: a day came twice");
            let (first, last) = (days.first().expect("days"), days.last().expect("days"));
            assert_eq!(
                (*last - *first).num_days() + 1,
                i64::try_from(days.len()).expect("few"),
                "{zone} {cron}: a day is missing"
            );
            assert!(found.len() >= 394, "{zone} {cron}");
            assert!(found.windows(2).all(|pair| pair[0].at < pair[1].at), "{zone} {cron}: moments go back");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// The ticker looks at arbitrary moments: between two looks nothing may fall through, and nothing may come twice.
    #[test]
    fn wherever_a_look_falls_every_slot_is_seen_exactly_once(
        zone in prop::sample::select(TZ_VARIANTS.to_vec()),
        cron in prop::sample::select(vec!["3 8 * * *", "30 2 * * *", "*/20 1-3 * * *", "*/15 * * * *", "0 0 * * MON", "59 23 1 * *"]),
        start in 1_773_000_000_i64..1_805_000_000,
        looks in prop::collection::vec(0_i64..1_000_000, 1..8),
    ) {
        let schedule = schedule(cron, Tz::name(zone), "");
        let time = |seconds: i64| DateTime::from_timestamp(start + seconds, 0).expect("a time");
        let mut looks = looks;
        looks.sort_unstable();
        let mut seen = Vec::new();
        let mut before = time(0);
        for look in looks.iter().map(|seconds| time(*seconds)).chain([time(1_000_000)]) {
            seen.extend(slots(&schedule, before, look));
            before = look;
        }
        prop_assert_eq!(&seen, &slots(&schedule, time(0), time(1_000_000)));
        prop_assert!(seen.windows(2).all(|pair| pair[0].at < pair[1].at));
    }
}

#[test]
fn weekdays_of_the_five_field_form_are_those_of_every_crontab() {
    for (cron, weekday) in
        [("0 9 * * 1", "Mon"), ("0 9 * * 0", "Sun"), ("0 9 * * 7", "Sun"), ("0 0 9 * * FRI", "Fri"), ("@weekly", "Sun")]
    {
        let next = next_fires(&schedule(cron, "Asia/Shanghai", ""), at("2026-11-23T05:00:00Z"), 3);
        assert!(next.iter().all(|slot| slot.civil.weekday().to_string() == weekday), "{cron}: {next:?}");
    }
}

#[test]
fn the_next_five_fires_are_told_also_of_rare_schedules() {
    let now = at("2026-11-23T05:42:00Z");
    let names = |cron| -> Vec<String> {
        next_fires(&schedule(cron, "Asia/Shanghai", ""), now, 5).into_iter().map(|slot| slot.name).collect()
    };
    assert_eq!(
        names("3 8 * * *"),
        ["2026-11-24T08:03", "2026-11-25T08:03", "2026-11-26T08:03", "2026-11-27T08:03", "2026-11-28T08:03"]
    );
    assert_eq!(
        names("0 8 29 2 *"),
        ["2028-02-29T08:00", "2032-02-29T08:00", "2036-02-29T08:00", "2040-02-29T08:00", "2044-02-29T08:00"]
    );
    assert_eq!(names("0 0 8 1 1 * 2027"), ["2027-01-01T08:00"], "a schedule that ends tells what is left");
    assert!(names("0 0 8 1 1 * 2020").is_empty());
}

/// Fates of the slots that came up from 20 November 08:00 until `now`.
fn fates(rest: &str, now: &str) -> Vec<(String, Fate)> {
    let daily = schedule("3 8 * * *", "Asia/Shanghai", rest);
    let fate = |Due { slot, fate }| (slot.civil.format("%d").to_string(), fate);
    due(at("2026-11-20T08:00:00+08:00"), at(now), &daily).into_iter().map(fate).collect()
}

fn fated(expected: &[(&str, Fate)]) -> Vec<(String, Fate)> {
    expected.iter().map(|(day, fate)| ((*day).into(), *fate)).collect()
}

#[test]
fn latest_runs_the_last_slot_and_tells_of_the_others() {
    let replaced = Fate::Missed(Missed::Replaced);
    let too_late = Fate::Missed(Missed::TooLate);
    let rest = "catch_up = 'latest'\nmax_lateness = '2days'";
    assert_eq!(
        fates(rest, "2026-11-22T09:00:00+08:00"),
        fated(&[("20", too_late), ("21", replaced), ("22", Fate::RunLate)])
    );
    assert_eq!(fates(rest, "2026-11-20T08:03:05+08:00"), fated(&[("20", Fate::Run)]));
}

#[test]
fn all_runs_whatever_is_not_too_late() {
    assert_eq!(
        fates("catch_up = 'all'\nmax_lateness = '30h'", "2026-11-22T08:03:30+08:00"),
        fated(&[("20", Fate::Missed(Missed::TooLate)), ("21", Fate::RunLate), ("22", Fate::Run)])
    );
}

#[test]
fn skip_runs_only_what_is_on_time() {
    let skipped = Fate::Missed(Missed::NotCaughtUp);
    let rest = "catch_up = 'skip'\nmax_lateness = '30h'";
    assert_eq!(fates(rest, "2026-11-21T08:03:30+08:00"), fated(&[("20", skipped), ("21", Fate::Run)]));
    assert_eq!(fates(rest, "2026-11-20T08:06:00+08:00"), fated(&[("20", skipped)]));
}

#[test]
fn a_slot_is_late_until_its_limit_and_missed_after_it() {
    assert_eq!(fates("max_lateness = '6h'", "2026-11-20T14:03:00+08:00"), fated(&[("20", Fate::RunLate)]));
    assert_eq!(
        fates("max_lateness = '6h'", "2026-11-20T14:03:01+08:00"),
        fated(&[("20", Fate::Missed(Missed::TooLate))])
    );
}
