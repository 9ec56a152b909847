//! The thirty days in which benefits stayed: which days, which level, and what is said when nobody entered it.

use chrono::NaiveDate;
use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{Inputs, ScoreCard, pack, score};

use crate::build::{all_known, candidate, card, ledger, order};

/// 301 points on that day: L2 by the rules of 2024-11-08.
fn on(as_of: &str, level_before: Option<&str>) -> ScoreCard {
    let as_of: NaiveDate = as_of.parse().expect("a date");
    let mut sale = order("a1", "05-10", "A", "300000");
    sale.at = as_of.and_hms_opt(8, 0, 0).expect("a time");
    let inputs = Inputs { level_before: level_before.map(str::to_owned), ..all_known() };
    score(pack("2024-11-08").expect("an embedded pack"), Consumer, as_of, &ledger(&[sale]), &inputs)
}

#[test]
fn it_holds_from_the_first_day_to_the_day_before_the_last() {
    let protected = |as_of| {
        let card = on(as_of, Some("L4"));
        assert_eq!(card.level, "L2", "{as_of}: the computed level is shown");
        (card.protection.is_some(), card.benefits.level.expect("a level"))
    };
    assert_eq!(protected("2024-11-07"), (false, "L2".to_owned()));
    assert_eq!(protected("2024-11-08"), (true, "L4".to_owned()));
    assert_eq!(protected("2024-12-07"), (true, "L4".to_owned()));
    assert_eq!(protected("2024-12-08"), (false, "L2".to_owned()));
}

#[test]
fn benefits_are_those_of_the_higher_level() {
    let fallen = on("2024-11-20", Some("L3"));
    assert_eq!(fallen.benefits.held.len(), 5, "L3's, although 301 points are L2");
    assert_eq!(fallen.next.map(|next| next.level).as_deref(), Some("L3"), "points still count from the computed level");
    let said = "2024-12-08 前为规则保护期：等级显示计算出的 L2，权益按 L3（规则生效前为 L3）。";
    assert_eq!(fallen.protection.map(|protection| protection.sentence).as_deref(), Some(said));
    assert!(fallen.notes.iter().any(|note| note == said));

    let risen = on("2024-11-20", Some("L1"));
    assert_eq!(risen.benefits.level.as_deref(), Some("L2"));
    assert_eq!(risen.protection.and_then(|protection| protection.benefits_level).as_deref(), Some("L2"));
}

#[test]
fn a_level_before_that_nobody_entered_is_unknown_and_not_the_computed_one() {
    let card = on("2024-11-20", None);
    assert_eq!(card.level, "L2");
    assert_eq!((card.benefits.level, card.benefits.held.len(), card.benefits.certain), (None, 0, false));
    let protection = card.protection.expect("a protected day");
    assert_eq!((protection.level_before, protection.benefits_level), (None, None));
    assert!(protection.sentence.contains("没有填写规则生效前的等级"), "{}", protection.sentence);
}

#[test]
fn a_level_before_that_the_rules_do_not_have_is_said_and_not_used() {
    let card = on("2024-11-20", Some("L9"));
    assert_eq!(card.benefits.level, None);
    let protection = card.protection.expect("a protected day");
    assert!(protection.sentence.contains("“L9”不在") && protection.sentence.contains("没有使用"));
}

#[test]
fn a_pack_without_protection_never_protects() {
    assert!(candidate().protection.is_none());
    assert_eq!(card(Consumer, "05-30", &[]).protection, None);
}
