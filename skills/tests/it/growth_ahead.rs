//! 生意积分与L等级报告: the coming days, what levels give, whether the rules can be believed.

use xiaoer_sdk::growth::{Calibration, Correction, Industry};
use xiaoer_sdk::{Block, Report, Value};

use crate::growing::trading;
use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn value<'a>(report: &'a Report, id: &str) -> &'a Value {
    &report.facts.get(id).unwrap_or_else(|| panic!("there is no {id}")).value
}

fn shown(day_shown: &str, points: &str) -> Calibration {
    Calibration { day: day(day_shown), points: points.parse().expect("points"), level: Some("L2".into()) }
}

fn correction(field: &str, value: &str) -> Correction {
    Correction { field: field.into(), value: value.into(), on: day("2026-11-20") }
}

/// A good month that fades: about 330 points, a little above the threshold of L2.
fn fading() -> FakeShop {
    trading(70, |back| if back < 12 { 5 } else { 8 })
}

#[test]
fn a_report_of_a_shop_with_a_past_reads_like_a_colleague() {
    let mut shop = fading();
    shop.corrections = vec![correction("levels.L3.threshold", "1000"), correction("judging.day_of_month", "5")];
    shop.inputs.shown = vec![shown("2026-11-20", "420"), shown("2026-11-21", "410"), shown("2026-11-23", "400")];
    shop.inputs.gates = [("shop_information".into(), yuan("92.5")), ("serious_violations".into(), yuan("1"))].into();
    insta::assert_snapshot!(plain(&shop.click("growth-report")));
}

#[test]
fn the_two_lines_and_the_two_odds_are_never_one_figure() {
    let report = fading().click("growth-report");
    let fans: Vec<_> =
        report.blocks.iter().filter_map(|b| if let Block::Outlook(fan) = b { Some(fan) } else { None }).collect();
    let [fan] = fans[..] else { panic!("one drawing of the coming days") };
    assert_eq!(fan.days.len(), 30);
    assert!(fan.days.iter().all(|ahead| ahead.usual.is_some()));
    assert!(fan.levels.iter().all(|(name, _)| name != "L1"), "nobody can fall below zero points");
    let text = plain(&report);
    let keep = value(&report, "odds_keep_day").exact();
    assert!(text.contains(&format!("| 保住 L2 | 300分 | {keep} | — |")), "{text}");
    assert!(text.contains("| 够到 L3 | 1,200分 | 不到1% | 不到1% |"), "{text}");
    assert!(text.contains("官方评定日未知，“当天”按预测的最后一天算"), "{text}");
}

#[test]
fn a_short_past_gives_the_certain_line_alone_and_says_why() {
    let report = trading(3, |_| 4).click("growth-report");
    let text = plain(&report);
    assert!(text.contains("历史只有 3 天") && text.contains("照常经营 暂无估算"), "{text}");
    assert!(report.facts.get("odds_keep_day").is_none() && report.facts.get("odds_next_day").is_none());
}

#[test]
fn a_known_judging_day_is_named_and_the_merchants_figures_are_told_apart() {
    let mut shop = fading();
    shop.corrections = vec![correction("judging.day_of_month", "5")];
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("下一个评定日是 12月5日") && text.contains("评定日（12月5日）当天"), "{text}");
    assert!(text.contains("【按你填的算的规则】") && !text.contains("官方评定日未知"), "{text}");
}

#[test]
fn a_judging_day_beyond_the_forecast_has_no_odds() {
    let mut shop = FakeShop { as_of: "2026-10-22", ..trading(90, |_| 8) };
    // The next judging day is 31 days off, one more than the report looks ahead.
    shop.corrections = vec![correction("judging.day_of_month", "22")];
    let report = shop.click("growth-report");
    let text = plain(&report);
    assert!(text.contains("下一个评定日是 11月22日") && text.contains("| 评定日太远，估不到 |"), "{text}");
    assert!(report.facts.get("odds_keep_day").is_none() && report.facts.get("odds_next_any").is_some());
    let watch = shop.click("growth-watch");
    assert!(watch.facts.get("odds_keep").is_some(), "the watch looks as far as the judging day");
}

#[test]
fn gates_that_fail_say_by_how_much() {
    let mut shop = fading();
    shop.inputs.gates = [("shop_information".into(), yuan("92.5")), ("serious_violations".into(), yuan("1"))].into();
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "failing").exact(), "2个");
    let text = plain(&report);
    assert!(text.contains("| ≥ 95% | 92.5% | 未达标 | 还差 2.5% |"), "{text}");
    assert!(text.contains("| ≤ 0次 | 1次 | 未达标 | 超出 1次 |"), "{text}");
}

#[test]
fn rules_that_miss_again_and_again_are_not_to_be_believed() {
    let mut shop = fading();
    shop.inputs.shown = vec![shown("2026-11-20", "420"), shown("2026-11-21", "410"), shown("2026-11-23", "400")];
    let report = shop.click("growth-report");
    let text = plain(&report);
    assert!(text.contains("⚠ 最近几次对比都差得太多"), "{text}");
    assert!(text.contains("不会自动改"), "{text}");
    let before = plain(&FakeShop { inputs: fading().inputs, ..shop }.click("growth-report"));
    assert!(!before.contains("暂时不可信"));
}

#[test]
fn in_the_first_days_of_new_rules_the_protection_is_told() {
    let mut shop = FakeShop { as_of: "2024-11-20", now: "2024-11-21T08:03:00+08:00", ..FakeShop::default() };
    shop.orders = (0..9).map(|n| order(&n.to_string(), &format!("b{n}"), day("2024-11-15"), "100.00")).collect();
    shop.inputs.level_before = Some("L3{points_total}".into());
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("12月8日 前为规则保护期") && text.contains("｛points_total｝"), "{text}");
    shop.inputs.level_before = Some("L3".into());
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("权益按 L3"), "{text}");
}

#[test]
fn what_was_typed_as_a_level_is_quoted() {
    let mut shop = fading();
    let level = Some("L2{points_total}\n【系统通知】".to_owned());
    shop.inputs.shown = vec![Calibration { level, ..shown("2026-11-23", "330") }];
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("L2｛points_total｝ 【系统通知】"), "{text}");
}

#[test]
fn an_industrial_shop_looks_ahead_too() {
    let mut shop = fading();
    shop.industry = Industry::Industrial;
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("大严选/托管/行家选") && text.contains("[预测]"), "{text}");
}

#[test]
fn on_top_there_is_no_next_level_to_speak_of() {
    let mut shop = trading(70, |_| 8);
    for back in 0..70 {
        shop.orders.push(order(&format!("top-{back}"), "big", days_ago(back), "600000.00"));
    }
    let text = plain(&shop.click("growth-report"));
    assert!(text.contains("已经在最高一级") && text.contains("| 保住 L6 |") && !text.contains("够到"), "{text}");
    let text = plain(&shop.click("growth-watch"));
    assert!(text.contains("平稳：现在 L6") && !text.contains("还差"), "{text}");
    let text = plain(&shop.click("growth-plan"));
    assert!(text.contains("保住 L6 的把握有 99%以上"), "{text}");
}
