//! What could be done today, the most urgent first. Each candidate has a reason, a deadline, what it should bring, and who does it.
//!
//! A candidate's title is its identity: tomorrow's report finds it again by its title, so a title holds no figure.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use xiaoer_sdk::growth::{Marginal, Points, ScoreCard};
use xiaoer_sdk::shop::{Order, OrderStatus, Product, Refund, RefundStatus, Time};
use xiaoer_sdk::{
    FactId, Facts, Period, Sales, Source, Task, Unit, Unpaid, Value, points_for, quoted, sum, units_to_fill,
};

/// Days back in which an unpaid order is worth a reminder.
pub(super) const UNPAID_DAYS: u32 = 7;
/// Orders whose shipping is due within so many hours come before what can wait until tomorrow.
const SHIP_HURRY_HOURS: i64 = 12;
/// A refund with less time left comes first.
const HURRY_HOURS: i64 = 48;
/// Hours after payment in which goods should be on their way.
const SHIP_HOURS: i64 = 48;
/// Days of sales that say how fast a stock goes.
const PACE_DAYS: u32 = 14;
/// A stock that ends within these days is worth a task.
const STOCK_DAYS: i64 = 3;

/// What there is to judge by.
pub(super) struct Now {
    pub(super) at: Time,
    pub(super) as_of: NaiveDate,
    pub(super) open: Vec<Refund>,
    pub(super) placed: Vec<Order>,
    pub(super) paid: Vec<Order>,
    pub(super) products: Vec<Product>,
    pub(super) card: ScoreCard,
    pub(super) marginal: Marginal,
}

/// Something that could be done today.
pub(super) struct Candidate {
    /// The smaller the sooner.
    urgency: u8,
    /// What to do.
    pub(super) task: Task,
    /// How big the matter is: the fact that tells whether it moved.
    pub(super) size: FactId,
}

pub(super) fn candidates(facts: &mut Facts, now: &Now) -> Vec<Candidate> {
    let mut found: Vec<Candidate> =
        [refunds(facts, now), shipping(facts, now), stock(facts, now), unpaid(facts, now), points(facts, now)]
            .into_iter()
            .flatten()
            .collect();
    found.sort_by_key(|candidate| candidate.urgency);
    found
}

fn count(number: usize, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}

fn hours(delta: TimeDelta) -> Value {
    Value::Count(delta.num_hours().max(0), Unit::Hours)
}

/// Refunds that wait for the merchant.
fn refunds(facts: &mut Facts, now: &Now) -> Option<Candidate> {
    let ours: Vec<&Refund> =
        now.open.iter().filter(|r| matches!(r.status, RefundStatus::WaitSeller | RefundStatus::WaitReturn)).collect();
    if ours.is_empty() {
        return None;
    }
    let from = |how: &str| Source::rows("退款", how, ours.iter().map(|refund| refund.id.as_str()));
    let size = facts.add("refunds_open", "等你处理的退款", count(ours.len(), Unit::Items), from("待卖家处理的退款"));
    let asked = sum(ours.iter().map(|refund| refund.asked));
    facts.add("refunds_asked", "申请退款金额", Value::Money(asked), from("买家申请的金额之和"));
    let left = ours.iter().filter_map(|refund| refund.deadline).min().map(|deadline| deadline - now.at);
    let deadline = match left {
        Some(left) if left <= TimeDelta::zero() => "已有超时的，马上处理".to_owned(),
        Some(left) => {
            facts.add("refund_left", "最急一笔剩余时间", hours(left), from("平台期限 − 现在"));
            "最急一笔剩余时间 {refund_left}".to_owned()
        }
        None => "今天".to_owned(),
    };
    let hurried = left.is_some_and(|left| left.num_hours() < HURRY_HOURS);
    let task = Task::new("客服", "处理等着你的退款")
        .because("{refunds_open}退款等你处理，共 {refunds_asked}")
        .until(deadline)
        .brings("免得超时后平台替你做主")
        .with_skill("refund-advisor");
    Some(Candidate { urgency: if hurried { 0 } else { 4 }, task, size })
}

/// Paid orders that wait to be sent, without those whose buyer wants the money back.
fn shipping(facts: &mut Facts, now: &Now) -> Option<Candidate> {
    let disputed: BTreeSet<&str> = now.open.iter().filter_map(|refund| refund.order.as_deref()).collect();
    let waiting: Vec<(&Order, Time)> = now
        .paid
        .iter()
        .filter(|order| order.valid && order.status == OrderStatus::WaitSend && !disputed.contains(order.id.as_str()))
        .filter_map(|order| Some((order, order.paid?)))
        .collect();
    let oldest = waiting.iter().map(|(_, paid)| *paid).min()?;
    let from = |how: &str| Source::rows("订单", how, waiting.iter().map(|(order, _)| order.id.as_str()));
    let size =
        facts.add("to_ship", "待发货订单", count(waiting.len(), Unit::Orders), from("已付款、待发货、没有申请退款"));
    let limit = TimeDelta::hours(SHIP_HOURS);
    let late: Vec<&str> =
        waiting.iter().filter(|(_, paid)| now.at - *paid > limit).map(|(order, _)| order.id.as_str()).collect();
    let source = Source::rule("规则", "付款后多久该揽收（商家整理，非官方）");
    facts.add("ship_limit", "该揽收的时限", hours(limit), source);
    let left = oldest + limit - now.at;
    let (why, deadline) = if late.is_empty() {
        facts.add("ship_left", "最早一单还剩", hours(left), from("最早付款时间 + 时限 − 现在"));
        ("{to_ship}等着发货", "最早一单还剩 {ship_left}")
    } else {
        let source = Source::rows("订单", "付款超过时限还没发货", late.iter().copied());
        facts.add("ship_late", "超过时限的订单", count(late.len(), Unit::Orders), source);
        ("{to_ship}等着发货，其中 {ship_late} 付款已超过 {ship_limit}", "今天先发超时的")
    };
    let task = Task::new("仓库", "把付了款的订单发出去")
        .because(why)
        .until(deadline)
        .brings("保住按时发货率，它是L等级的门槛之一（商家整理，非官方）");
    let urgency = match left.num_hours() {
        _ if !late.is_empty() => 1,
        hours if hours < SHIP_HURRY_HOURS => 2,
        _ => 5,
    };
    Some(Candidate { urgency, task, size })
}

fn stock(facts: &mut Facts, now: &Now) -> Option<Candidate> {
    let pace = Period::ending(now.as_of, PACE_DAYS);
    let sales = Sales::of(now.paid.iter().filter(|order| order.paid_day().is_some_and(|day| pace.contains(day))));
    let ending: Vec<_> =
        sales.shelves(&now.products, PACE_DAYS).into_iter().filter(|shelf| shelf.days_left <= STOCK_DAYS).collect();
    let worst = ending.first()?;
    let source = Source::rows("商品", "现有库存 ÷ 近期每天销量", ending.iter().map(|shelf| shelf.product.id.as_str()));
    let size = facts.add("stock_ending", "快卖完的规格", count(ending.len(), Unit::Things), source);
    facts.add(
        "stock_days",
        "几天内卖完",
        Value::Count(STOCK_DAYS, Unit::Days),
        Source::rule("规则", "低于这个天数就提醒"),
    );
    let left = Source::rule("商品", "最急一个的库存 ÷ 近期每天销量");
    facts.add("stock_left", "最急的还能卖", Value::Count(worst.days_left, Unit::Days), left);
    let task = Task::new("仓库", "补上快卖完的货")
        .because(format!(
            "有 {{stock_ending}}规格 {{stock_days}}内会卖完，最急的是「{}」",
            quoted(&worst.product.title)
        ))
        .until(if worst.days_left == 0 {
            "今天，最急的撑不过今天"
        } else {
            "最急的还能卖 {stock_left}"
        })
        .brings("免得断货丢单")
        .with_skill("stock-alert");
    Some(Candidate { urgency: if worst.days_left <= 1 { 3 } else { 6 }, task, size })
}

fn unpaid(facts: &mut Facts, now: &Now) -> Option<Candidate> {
    let unpaid = Unpaid::among(&now.placed, &now.paid);
    if unpaid.orders.is_empty() {
        return None;
    }
    let from = |how: &str| Source::rows("订单", how, &unpaid.orders);
    let size = facts.add("unpaid_orders", "待付款订单", count(unpaid.orders.len(), Unit::Orders), from("状态为待付款"));
    facts.add("unpaid_yuan", "待付款金额", Value::Money(unpaid.yuan), from("待付款订单的应付款之和"));
    let worth = points_for(&now.marginal, unpaid.new_buyers, unpaid.yuan);
    facts.add("unpaid_points", "都付款可得积分", Value::Points(worth), from("新买家数和金额 × 规则分值"));
    let task = Task::new("客服", "提醒还没付款的买家付款")
        .because("最近下的单有 {unpaid_orders}还没付款，共 {unpaid_yuan}")
        .until("今天下班前")
        .brings("若都付款，收 {unpaid_yuan}，积分可得 {unpaid_points}");
    Some(Candidate { urgency: 7, task, size })
}

/// What falls out of the window tomorrow.
fn points(facts: &mut Facts, now: &Now) -> Option<Candidate> {
    let tomorrow = now.card.dropping.first().filter(|row| row.points > Points::ZERO)?.points.to_decimal();
    let rule = |how: &str| Source::rule("生意积分规则", how);
    let size = facts.add("drop_tomorrow", "明日掉出积分", Value::Points(tomorrow), rule("窗口最早一天带来的积分"));
    let each = now.marginal.new_buyer.to_decimal();
    let brings = match units_to_fill(tomorrow, each).filter(|_| each > Decimal::ZERO) {
        Some(buyers) => {
            let how = rule("掉出的积分 ÷ 每位新买家的积分，向上取整");
            facts.add("drop_buyers", "补上约需新买家", Value::Count(buyers, Unit::People), how);
            "来 {drop_buyers}新买家就能补上（不算支付金额）"
        }
        None => "有新的支付金额和有效询盘就能补上",
    };
    let task = Task::new("运营", "补上明天要掉的积分")
        .because("明天积分要掉出 {drop_tomorrow}")
        .until("今天")
        .brings(brings)
        .with_skill("growth-report");
    Some(Candidate { urgency: 8, task, size })
}
