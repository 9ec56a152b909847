//! `[[schedule]]`: what is refused when it is read, with a line that says what to write instead.

use std::time::Duration;

use xiaoer::schedule::{CatchUp, Schedule, ScheduleError, ShopChoice, check};

const GOOD: &str =
    "name = 'morning'\nskill = 'daily-report'\nshops = 'all'\ncron = '3 8 * * *'\nzone = 'Asia/Shanghai'\n";

fn read(text: &str) -> Result<Schedule, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
}

fn refusal(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from} is not in the good schedule");
    read(&GOOD.replace(from, to)).expect_err("this must be refused")
}

fn refused_cron(cron: &str) -> String {
    refusal("3 8 * * *", cron)
}

#[test]
fn what_is_left_out_has_a_cautious_default() {
    let schedule = read(GOOD).expect("good");
    assert_eq!(schedule.catch_up, CatchUp::Latest);
    assert_eq!(schedule.max_lateness, Duration::from_secs(6 * 3600));
    assert!(schedule.deliver.is_empty() && !schedule.paused);
    assert!(schedule.shops.includes("any shop"));
}

#[test]
fn a_schedule_comes_back_as_it_was_written() {
    let text = format!("{GOOD}catch_up = 'all'\nmax_lateness = '90m'\ndeliver = ['files']\npaused = true\n")
        .replace("'all'\ncron", "['a', 'b']\ncron");
    let schedule = read(&text).expect("good");
    assert_eq!(schedule.shops, ShopChoice::These(vec!["a".into(), "b".into()]));
    assert_eq!(schedule.max_lateness, Duration::from_secs(90 * 60));
    let again = read(&toml::to_string(&schedule).expect("plain data")).expect("still good");
    assert_eq!(again, schedule);
}

#[test]
fn a_zone_is_an_iana_name_and_never_guessed() {
    assert_eq!(
        refusal("Asia/Shanghai", "Asia/Shangai"),
        "zone \"Asia/Shangai\" is not known; use an IANA name such as \"Asia/Shanghai\""
    );
    assert!(refusal("Asia/Shanghai", "+08:00").contains("is not known"));
    assert!(refusal("zone = 'Asia/Shanghai'\n", "").contains("missing field `zone`"));
}

#[test]
fn an_unknown_key_or_word_is_refused() {
    assert!(read(&format!("{GOOD}chatch_up = 'all'\n")).expect_err("a typing error").contains("chatch_up"));
    assert!(read(&format!("{GOOD}catch_up = 'some'\n")).expect_err("no such word").contains("some"));
    assert!(read(&format!("{GOOD}max_lateness = 'a while'\n")).is_err());
    assert_eq!(refusal("'all'", "'every'"), "shops is \"all\" or a list of shop ids, not \"every\"");
    assert!(refusal("'all'", "[]").contains("names no shop"));
    assert_eq!(refusal("'all'", "7"), "shops is \"all\" or a list of shop ids");
}

#[test]
fn a_cron_expression_is_refused_by_the_field_that_is_wrong() {
    assert_eq!(refused_cron("3 25 * * *"), "cron \"3 25 * * *\": the hour \"25\" is not understood");
    assert_eq!(refused_cron("60 8 * * *"), "cron \"60 8 * * *\": the minute \"60\" is not understood");
    assert_eq!(refused_cron("3 8 * * 8"), "cron \"3 8 * * 8\": the weekday \"8\" is not understood");
    assert_eq!(refused_cron("3 8 0 * *"), "cron \"3 8 0 * *\": the day of the month \"0\" is not understood");
    assert_eq!(refused_cron("*/0 8 * * *"), "cron \"*/0 8 * * *\": the minute \"*/0\" is not understood");
    assert_eq!(refused_cron("3 8 * JANUAR *"), "cron \"3 8 * JANUAR *\": the month \"JANUAR\" is not understood");
    assert!(refused_cron("3 8 * *").contains("has 4 fields"));
    assert!(refused_cron("").contains("has 0 fields"));
    assert!(refused_cron("@fortnightly").contains("is not known; use @hourly"));
}

#[test]
fn what_programs_read_differently_is_refused_rather_than_guessed() {
    assert!(refused_cron("0 3 8 * * 1").contains("write the weekday by name"));
    assert!(refused_cron("0 8 1 * MON").contains("names a day of the month and a weekday"));
    for special in ["0 8 L * *", "0 8 15W * *", "0 8 LW * *", "0 8 * * 5L", "0 8 * * FRIL", "0 8 * * MON#1"] {
        assert!(refused_cron(special).contains("L, W and # are not supported"), "{special}");
    }
    for plain in ["0 8 * JUL WED", "0 8 ? * MON-FRI", "0 0 8 * * WED,JUL"] {
        let read = read(&GOOD.replace("3 8 * * *", plain));
        assert_eq!(read.is_ok(), !plain.contains("WED,JUL"), "{plain}: {read:?}");
    }
}

#[test]
fn a_schedule_that_never_fires_or_fires_every_second_is_refused() {
    assert!(refused_cron("0 8 31 2 *").contains("never fires"));
    assert!(refused_cron("* * 8 * * *").contains("more than once a minute"));
    assert!(refused_cron("*/30 * * * * *").contains("more than once a minute"));
}

#[test]
fn two_schedules_never_share_one_memory_of_slots() {
    let one = read(GOOD).expect("good");
    assert_eq!(check(&[one.clone(), one.clone()]), Err(ScheduleError::Twice("morning".into())));
    assert_eq!(
        check(&[Schedule { name: " ".into(), ..one.clone() }]),
        Err(ScheduleError::Nameless { skill: "daily-report".into() })
    );
    assert_eq!(check(&[one]), Ok(()));
}
