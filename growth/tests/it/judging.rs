//! When the level is judged: a day only where a pack knows it.

use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{RulePack, packs, score};

use crate::build::{all_known, candidate, corrected, day, ledger};

fn next(pack: &RulePack, after: &str) -> Option<String> {
    pack.next_judging_day(after.parse().expect("a date")).map(|day| day.to_string())
}

#[test]
fn no_embedded_pack_claims_to_know_the_day() {
    for pack in packs() {
        assert_eq!(pack.next_judging_day(day("05-30")), None, "{}", pack.id);
    }
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert_eq!(card.judging.day, None);
    assert_eq!(card.judging.sentence, "官方评定日未知（每月一次，商家整理，非官方），按每天评定估算。");
}

#[test]
fn a_merchant_who_knows_the_day_gets_the_next_one_after_the_card() {
    let pack = corrected(&[("judging.day_of_month", "10"), ("judging.hour", "3")]);
    assert_eq!(next(&pack, "2027-05-09").as_deref(), Some("2027-05-10"));
    assert_eq!(next(&pack, "2027-05-10").as_deref(), Some("2027-06-10"), "the day itself is over");
    assert_eq!(next(&pack, "2027-12-31").as_deref(), Some("2028-01-10"));
    let card = score(&pack, Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert_eq!((card.judging.day, card.judging.hour), (Some(day("06-10")), Some(3)));
    // That it is monthly is still only what merchants say.
    assert_eq!(card.judging.sentence, "下一个评定日是 2027-06-10 3 点（商家整理，非官方）。");
}

#[test]
fn a_day_that_a_month_does_not_have_is_its_last() {
    let pack = corrected(&[("judging.day_of_month", "31")]);
    assert_eq!(next(&pack, "2027-01-31").as_deref(), Some("2027-02-28"));
    assert_eq!(next(&pack, "2028-02-01").as_deref(), Some("2028-02-29"));
    assert_eq!(next(&pack, "2027-04-29").as_deref(), Some("2027-04-30"));
    assert_eq!(next(&pack, "2027-04-30").as_deref(), Some("2027-05-31"));
}

#[test]
fn daily_is_tomorrow_and_unknown_is_no_day() {
    assert_eq!(next(&corrected(&[("judging.rhythm", "daily")]), "2027-12-31").as_deref(), Some("2028-01-01"));
    let unknown = corrected(&[("judging.rhythm", "未知")]);
    assert_eq!(next(&unknown, "2027-05-30"), None);
    let card = score(&unknown, Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert!(card.judging.sentence.starts_with("官方评定日未知"));
}
