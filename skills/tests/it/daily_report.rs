//! 经营日报.

use xiaoer_sdk::shop::{OrderStatus, RefundStatus};
use xiaoer_sdk::{Block, PastTask, Report, Task, TaskOutcome, Value};

use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn value<'a>(report: &'a Report, id: &str) -> &'a Value {
    &report.facts.get(id).unwrap_or_else(|| panic!("there is no {id}")).value
}

fn today(report: &Report) -> Vec<&Task> {
    let lists = report.blocks.iter().filter_map(|block| match block {
        Block::Checklist { tasks, .. } => Some(tasks),
        _ => None,
    });
    lists.flatten().collect()
}

/// Two orders of 100.00 a day for thirty days.
fn steady() -> FakeShop {
    let mut shop = FakeShop::default();
    for back in 0..30_u64 {
        for n in 0..2 {
            shop.orders.push(order(&format!("{back}-{n}"), &format!("b{n}"), days_ago(back), "100.00"));
        }
    }
    shop
}

#[test]
fn the_day_is_held_against_yesterday_the_weekday_and_seven_days() {
    let mut shop = steady();
    shop.orders.push(order("big", "b9", days_ago(0), "50.50"));
    shop.orders.retain(|order| order.id != "7-0");
    let report = shop.click("daily-report");
    assert_eq!(value(&report, "paid_amount"), &Value::Money(yuan("250.50")));
    assert_eq!(value(&report, "paid_buyers").exact(), "3人");
    assert_eq!(value(&report, "paid_amount_prev"), &Value::RatioChange(yuan("0.252500")));
    assert_eq!(value(&report, "paid_amount_week"), &Value::RatioChange(yuan("1.505")));
    // Six days of 200.00 and one of 100.00.
    assert_eq!(value(&report, "paid_amount_avg7"), &Value::RatioChange(yuan("0.348846")));
}

#[test]
fn money_adds_up_to_the_last_fen() {
    let mut shop = FakeShop::default();
    for n in 0..1000 {
        shop.orders.push(order(&n.to_string(), "b1", days_ago(0), "0.07"));
    }
    let report = shop.click("daily-report");
    assert_eq!(value(&report, "paid_amount"), &Value::Money(yuan("70.00")));
}

#[test]
fn a_first_day_has_nothing_to_be_compared_with() {
    let mut shop = FakeShop::default();
    shop.orders.push(order("1", "b1", days_ago(0), "100.00"));
    let report = shop.click("daily-report");
    assert_eq!(value(&report, "paid_amount_prev"), &Value::Unknown("对比期为零".into()));
    assert!(plain(&report).contains("看不出什么算平常"), "thirty days of nothing are no usual days");
}

#[test]
fn fake_orders_and_closed_refunds_count_for_nothing() {
    let mut shop = steady();
    shop.orders.last_mut().expect("orders").valid = false;
    let mut fake = order("fake", "b1", days_ago(0), "9999.00");
    fake.valid = false;
    shop.orders.push(fake);
    for (id, status) in [("R1", RefundStatus::Success), ("R2", RefundStatus::Closed)] {
        let mut refund = refund(id, "0-0", "30.00");
        (refund.status, refund.refunded, refund.completed) =
            (status, Some(yuan("30.00")), Some(at("2026-11-22T23:59")));
        shop.refunds.push(refund);
    }
    let report = shop.click("daily-report");
    assert_eq!(value(&report, "paid_amount"), &Value::Money(yuan("200.00")));
    assert_eq!(value(&report, "refunded"), &Value::Money(yuan("30.00")));
}

#[test]
fn the_most_urgent_matter_comes_first_and_three_are_enough() {
    let shop = crate::every_skill::bustling();
    let report = shop.click("daily-report");
    let titles: Vec<_> = today(&report).iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["处理等着你的退款", "把付了款的订单发出去", "补上快卖完的货"]);
    assert!(
        today(&report).iter().all(|task| !task.title.chars().any(|c| c.is_ascii_digit())),
        "a title is an identity"
    );
    let first = report.blocks.iter().position(|block| matches!(block, Block::Checklist { .. }));
    let figures = report.blocks.iter().position(|block| matches!(block, Block::Figures { .. }));
    assert!(first < figures, "what to do comes before how it went");
}

#[test]
fn an_order_whose_buyer_wants_the_money_back_is_not_to_be_sent() {
    let mut shop = FakeShop::default();
    let mut disputed = order("1", "b1", days_ago(0), "100.00");
    disputed.status = OrderStatus::WaitSend;
    shop.orders.push(disputed);
    shop.refunds.push(refund("R1", "1", "100.00"));
    let report = shop.click("daily-report");
    assert!(report.facts.get("to_ship").is_none());
}

#[test]
fn orders_that_wait_too_long_are_told_apart() {
    let mut shop = FakeShop::default();
    for (id, paid) in [("1", "2026-11-21T08:00"), ("2", "2026-11-22T20:00")] {
        let mut waiting = order(id, "b1", days_ago(1), "100.00");
        (waiting.status, waiting.paid) = (OrderStatus::WaitSend, Some(at(paid)));
        shop.orders.push(waiting);
    }
    let report = shop.click("daily-report");
    assert_eq!(value(&report, "to_ship").exact(), "2单");
    assert_eq!(value(&report, "ship_late").exact(), "1单");
}

#[test]
fn a_wild_day_is_told_and_a_plain_one_is_not() {
    let mut shop = steady();
    for order in &mut shop.orders {
        // Days differ a little, so that there is something usual to speak of.
        let day = order.paid_day().expect("paid");
        order.total += yuan(if day.format("%j").to_string().ends_with(['1', '4', '7']) { "20.00" } else { "0.00" });
    }
    assert!(plain(&shop.click("daily-report")).contains("没有不对劲的地方"));
    shop.orders.push(order("huge", "b7", days_ago(0), "20000.00"));
    let text = plain(&shop.click("daily-report"));
    assert!(text.contains("比平常多出不少"), "{text}");
}

#[test]
fn yesterdays_tasks_are_looked_after() {
    let mut shop = FakeShop::default();
    shop.refunds.push(refund("R1", "1", "100.00"));
    let task = |title: &str, outcome| PastTask {
        day: days_ago(1),
        title: title.into(),
        expected: "免得超时{points_total}".into(),
        outcome,
    };
    shop.past = vec![
        task("处理等着你的退款", TaskOutcome::NotTracked),
        task("补上快卖完的货", TaskOutcome::NotTracked),
        task("提醒还没付款的买家付款", TaskOutcome::Done { at: at("2026-11-22T10:00") }),
        PastTask { day: days_ago(3), ..task("更早的任务", TaskOutcome::Open) },
    ];
    let text = plain(&shop.click("daily-report"));
    assert!(text.contains("| 处理等着你的退款 | 免得超时｛points_total｝ | 还有没做完的 | 1笔 |"), "{text}");
    assert!(text.contains("| 补上快卖完的货 | 免得超时｛points_total｝ | 数据里已经没有这件事了 | — |"), "{text}");
    assert!(text.contains("| 提醒还没付款的买家付款 | 免得超时｛points_total｝ | 已完成 | — |"), "{text}");
    assert!(!text.contains("更早的任务"), "only the last report is looked after");
}

#[test]
fn a_report_about_an_old_day_says_so() {
    let shop = FakeShop { now: "2026-12-01T08:03:00+08:00", ..steady() };
    let text = plain(&shop.click("daily-report"));
    assert!(text.contains("店铺数据只到 11月22日") && !text.contains("昨日"), "{text}");
}

#[test]
fn a_quiet_day_is_told_plainly() {
    let text = plain(&FakeShop::default().click("daily-report"));
    assert!(text.contains("昨日没有付款订单，也没有退款") && text.contains("今天没有非做不可的事"), "{text}");
}
