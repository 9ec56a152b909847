//! 等级预警.

use xiaoer_sdk::Report;
use xiaoer_sdk::growth::Fen;

use crate::growing::{told_costs, trading};
use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn blocks(report: &Report) -> usize {
    report.blocks.len()
}

#[test]
fn a_shop_at_risk_is_warned_with_three_things_to_do() {
    let report = told_costs(trading(70, |back| if back < 12 { 4 } else { 8 })).click("growth-watch");
    assert!(report.summary.starts_with("有掉级风险"), "{}", plain(&report));
    insta::assert_snapshot!(plain(&report));
}

#[test]
fn a_level_within_reach_is_told() {
    let report = told_costs(trading(70, |_| 4)).click("growth-watch");
    assert!(report.summary.starts_with("有机会升级"), "{}", plain(&report));
    insta::assert_snapshot!(plain(&report));
}

#[test]
fn a_calm_shop_gets_one_line() {
    let report = trading(70, |_| 14).click("growth-watch");
    assert!(report.summary.starts_with("平稳"), "{}", plain(&report));
    assert_eq!(blocks(&report), 1, "{}", plain(&report));
    insta::assert_snapshot!(plain(&report));
}

#[test]
fn a_short_history_warns_of_the_certain_fall_alone() {
    let mut shop = FakeShop::default();
    for n in 0..301_u32 {
        // Ten buyers leave within the week; nothing is known of the weeks before.
        let back = if n < 10 { 27 } else { 3 };
        shop.orders.push(order(&n.to_string(), &format!("b{n}"), days_ago(back), "1.00"));
    }
    let report = shop.click("growth-watch");
    let text = plain(&report);
    assert!(text.contains("有掉级风险：要是零新增，11月25日 起就不够 L2 的门槛。"), "{text}");
    assert!(text.contains("历史只有 28 天") && report.facts.get("odds_keep").is_none(), "{text}");
}

#[test]
fn a_fall_that_nothing_stops_recommends_no_money_lost() {
    let mut shop = told_costs(trading(70, |back| if back < 18 { 1 } else { 14 }));
    shop.economics.margin_per_thousand = Some(Fen(1_000));
    let report = shop.click("growth-watch");
    let text = plain(&report);
    assert!(report.summary.starts_with("有掉级风险") && report.facts.get("cost").is_none(), "{text}");
    assert!(text.contains("把手段缺的数字补上") && report.facts.get("step_1_cost").is_none(), "{text}");
}

#[test]
fn an_empty_shop_is_told_how_to_begin() {
    let report = FakeShop::default().click("growth-watch");
    assert!(plain(&report).contains("先同步店铺，或导入订单表格"));
}

#[test]
fn three_days_of_history_frighten_nobody() {
    let report = trading(3, |_| 4).click("growth-watch");
    assert!(report.summary.starts_with("平稳"), "{}", plain(&report));
}

#[test]
fn a_level_that_changed_within_the_week_is_told() {
    let report = told_costs(trading(70, |back| if back < 7 { 20 } else { 3 })).click("growth-watch");
    let text = plain(&report);
    assert!(text.contains("上周同日是 L1，现在是 L2"), "{text}");
}
