//! 生意积分与L等级报告.

use xiaoer_sdk::growth::{Calibration, Industry, Points};
use xiaoer_sdk::shop::OrderStatus;
use xiaoer_sdk::{Block, Report, Value};

use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn value<'a>(report: &'a Report, id: &str) -> &'a Value {
    &report.facts.get(id).unwrap_or_else(|| panic!("there is no {id}")).value
}

fn checklist(report: &Report) -> Vec<&str> {
    let lists = report.blocks.iter().filter_map(|block| match block {
        Block::Checklist { tasks, .. } => Some(tasks),
        _ => None,
    });
    lists.flatten().map(|task| task.title.as_str()).collect()
}

/// A shop of 45 buyers by 数字营销 and 135 others, 49,280.00 yuan net, 18,250.00 of it in scenes.
fn worked_example() -> FakeShop {
    let mut shop = FakeShop::default();
    for n in 0..180_u32 {
        let total = if n == 0 { "13480.00" } else { "200.00" };
        let mut order = order(&n.to_string(), &format!("b{n}"), days_ago(u64::from(n % 30)), total);
        order.marketing = Some(n < 45);
        order.scene = Some((1..=91).contains(&n));
        if n == 91 {
            order.total = yuan("250.00");
        }
        if n == 92 {
            order.total = yuan("150.00");
        }
        shop.orders.push(order);
    }
    shop
}

#[test]
fn the_figures_are_those_of_the_worked_example() {
    let report = worked_example().click("growth-report");
    assert_eq!(value(&report, "points_base"), &Value::Points(yuan("180")));
    assert_eq!(value(&report, "count_turnover"), &Value::Money(yuan("49280.00")));
    assert_eq!(value(&report, "points_turnover"), &Value::Points(yuan("49.28")));
    assert_eq!(value(&report, "points_marketing"), &Value::Points(yuan("135")));
    assert_eq!(value(&report, "points_scene"), &Value::Points(yuan("54.75")));
    assert_eq!(value(&report, "points_total"), &Value::Points(yuan("419.03")));
    assert_eq!(value(&report, "level"), &Value::Name("L2".into()));
    assert_eq!(value(&report, "gap"), &Value::Points(yuan("780.97")));
}

#[test]
fn nothing_is_called_official_that_is_not() {
    let text = plain(&worked_example().click("growth-report"));
    assert!(text.contains("商家整理，非官方") && text.contains("官方评定日未知"));
}

#[test]
fn a_buyer_who_ordered_again_does_not_drop_out() {
    let mut shop = FakeShop::default();
    shop.orders.push(order("1", "faithful", days_ago(29), "1000.00"));
    shop.orders.push(order("2", "faithful", days_ago(1), "1000.00"));
    shop.orders.push(order("3", "gone", days_ago(28), "1000.00"));
    let report = shop.click("growth-report");
    // Tomorrow the money of the oldest day goes, and nobody with it.
    assert_eq!(value(&report, "drop_tomorrow"), &Value::Points(yuan("1")));
    assert_eq!(value(&report, "drop_ahead"), &Value::Points(yuan("3")));
    assert_eq!(value(&report, "fading_buyers").exact(), "1人");
    assert_eq!(value(&report, "fading_first"), &Value::Day(day("2026-11-24")));
    assert!(checklist(&report).contains(&"请快掉出的老买家回来下单"));
}

#[test]
fn the_day_on_which_the_level_falls_is_named() {
    let mut shop = FakeShop::default();
    for n in 0..301_u32 {
        // Three buyers leave in three days; the rest are recent.
        let back = if n < 3 { 29 - u64::from(n) } else { 3 };
        shop.orders.push(order(&n.to_string(), &format!("b{n}"), days_ago(back), "1.00"));
    }
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "level"), &Value::Name("L2".into()));
    assert_eq!(value(&report, "fall_day"), &Value::Day(day("2026-11-24")));
    assert!(plain(&report).contains("掉级风险"));
}

#[test]
fn unpaid_orders_are_worth_what_the_rules_say() {
    let mut shop = FakeShop::default();
    shop.orders.push(order("1", "known", days_ago(2), "100.00"));
    for (id, buyer, total) in [("2", "known", "1500.00"), ("3", "new", "500.50"), ("4", "new", "0.50")] {
        let mut unpaid = order(id, buyer, days_ago(0), total);
        (unpaid.status, unpaid.paid) = (OrderStatus::WaitPay, None);
        shop.orders.push(unpaid);
    }
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "unpaid_yuan"), &Value::Money(yuan("2001.00")));
    // One new buyer and 2.001 for the money.
    assert_eq!(value(&report, "unpaid_points"), &Value::Points(yuan("3.001")));
    assert_eq!(checklist(&report)[0], "提醒还没付款的买家付款");
}

#[test]
fn what_is_missing_makes_a_range_and_says_how_to_supply_it() {
    let mut shop = worked_example();
    shop.orders.iter_mut().for_each(|order| order.marketing = None);
    shop.inputs.refunds_known = false;
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "points_range"), &Value::PointsRange(yuan("284.03"), yuan("824.03")));
    let text = plain(&report);
    assert!(text.contains("估算") && text.contains("| 退款 | 只会变少，少多少未知 |"), "{text}");
    assert!(
        report.blocks.iter().any(|b| matches!(b, Block::Gauge { range: Some(range), .. } if range == "points_range"))
    );
}

#[test]
fn a_missing_input_without_a_bound_gives_no_made_up_range() {
    let mut shop = worked_example();
    shop.industry = Industry::Industrial;
    shop.inputs.inquiries_known = false;
    let report = shop.click("growth-report");
    assert!(matches!(value(&report, "points_range"), Value::Unknown(_)));
    assert!(report.blocks.iter().any(|b| matches!(b, Block::Gauge { range: None, .. })));
    let text = plain(&report);
    assert!(text.contains("| 有效询盘 | 会多，多少未知 |"), "{text}");
    assert!(text.contains("| 有效询盘（只算已知的） | 0次 | 0分 |"), "a zero that may be none says so: {text}");
}

#[test]
fn the_difference_to_what_the_back_office_shows_is_told() {
    let mut shop = worked_example();
    let shown = "430.5".parse::<Points>().expect("points");
    shop.inputs.shown = vec![Calibration { day: day("2026-11-23"), points: shown, level: Some("L2".into()) }];
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "difference"), &Value::PointsChange(yuan("11.47")));
    assert!(
        plain(&report)
            .contains("成长中心 11月23日 显示 430.5分（L2）；按规则算 11月22日 是 419.03分（L2），相差 ▲11.47分")
    );
}

#[test]
fn an_order_of_the_last_minute_counts_on_its_own_day() {
    let mut shop = FakeShop::default();
    let mut late = order("1", "b1", days_ago(30), "1000.00");
    late.paid = Some(at("2026-10-23T23:59"));
    let mut early = order("2", "b2", days_ago(29), "1000.00");
    early.paid = Some(at("2026-10-24T00:00"));
    shop.orders = vec![late, early];
    let report = shop.click("growth-report");
    assert_eq!(value(&report, "points_total"), &Value::Points(yuan("2")));
    assert_eq!(value(&report, "drop_tomorrow"), &Value::Points(yuan("2")));
    assert_eq!(value(&report, "drop_1_yuan"), &Value::Money(yuan("1000.00")));
}

#[test]
fn an_empty_shop_is_told_how_to_begin() {
    let report = FakeShop::default().click("growth-report");
    assert!(plain(&report).contains("先同步店铺，或导入订单表格"));
    assert!(!report.blocks.iter().any(|block| matches!(block, Block::Chart(_))), "an empty chart says nothing");
}
