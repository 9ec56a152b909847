//! What falls out of the window: the bars, the days that hurt most, and the buyers who could still be asked back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use xiaoer_sdk::growth::{DropOut, Points};
use xiaoer_sdk::shop::{Order, OrderStatus};
use xiaoer_sdk::{Block, Cell, Facts, Period, Report, Series, Source, Table, Unit, Value, first_below, floor, sum};

use super::Seen;

/// How far ahead the near future reaches.
pub(super) const AHEAD: usize = 7;
/// How many days are explained.
const EXPLAINED: usize = 3;

/// Buyers whose last order of the window drops out soon.
pub(super) struct Fading {
    pub(super) buyers: BTreeSet<String>,
    pub(super) orders: Vec<String>,
    pub(super) yuan: Decimal,
    /// The first day on which one of them is gone.
    pub(super) first: Option<NaiveDate>,
}

pub(super) fn facts(facts: &mut Facts, seen: &Seen) -> Fading {
    let rows = &seen.card.dropping;
    let rule = |how: &str| Source::rule("生意积分规则", how);
    let tomorrow = rows.first().map_or(Points::ZERO, |row| row.points);
    let ahead = rows.iter().take(AHEAD).map(|row| row.points).sum();
    let days = Value::Count(i64::try_from(AHEAD).unwrap_or_default(), Unit::Days);
    facts.add("drop_tomorrow", "明日掉出积分", Value::points(tomorrow), rule("窗口最早一天带来的积分"));
    facts.add("ahead", "往后看", days, rule("往后看的天数"));
    facts.add("drop_ahead", "往后几天共掉出", Value::points(ahead), rule("窗口最早几天带来的积分之和"));
    fading(seen)
}

pub(super) fn show(report: &mut Report, seen: &Seen, fading: &Fading) {
    if seen.card.dropping.iter().all(|row| row.points == Points::ZERO) {
        return;
    }
    report.heading("什么时候会掉分");
    chart(report, &seen.card.dropping);
    biggest(report, seen);
    if let Some(day) = floor(&seen.card).and_then(|floor| first_below(&seen.forecast, floor)) {
        let source = Source::rule("生意积分规则", "零新增时积分第一次低于本级门槛的日子");
        report.facts.add("fall_day", "掉级风险日", Value::Day(day), source);
        report.warn("掉级风险：如果一直零新增，{fall_day} 起积分就不够 {level} 的门槛了。");
    }
    if let Some(first) = fading.first {
        report.facts.add(
            "fading_first",
            "最早掉出日",
            Value::Day(first),
            Source::rule("订单", "最早一位老买家掉出的日子"),
        );
    }
}

fn chart(report: &mut Report, rows: &[DropOut]) {
    report.push(Block::Chart(Series {
        title: "每天掉出的积分".into(),
        subtitle: "零新增时，窗口每往前一天会失去的积分（商家标识另算）".into(),
        points: rows.iter().map(|row| (row.date.format("%-m-%-d").to_string(), Value::points(row.points))).collect(),
        previous: Vec::new(),
        bars: true,
    }));
}

/// The days that take most, each with the day and the business behind it.
fn biggest(report: &mut Report, seen: &Seen) {
    let mut worst: Vec<&DropOut> = seen.card.dropping.iter().filter(|row| row.points > Points::ZERO).collect();
    worst.sort_by_key(|row| (-row.points, row.date));
    worst.truncate(EXPLAINED);
    let heads = ["掉出日", ">掉出积分", "当初付款日", ">没再下单的买家", ">当天支付金额"];
    let mut table = Table::new("掉分最多的几天", &heads, "往后没有要掉出的积分。");
    let last = last_days(&seen.paid);
    let window = u64::try_from((seen.card.window.to - seen.card.window.from).num_days() + 1).unwrap_or_default();
    for (at, row) in worst.into_iter().enumerate() {
        let day = row.date - Days::new(window);
        let of_day = || counted(&seen.paid).filter(|order| order.paid_day() == Some(day));
        let gone: BTreeSet<&str> =
            of_day().filter_map(|o| o.buyer.as_deref()).filter(|buyer| last.get(buyer) == Some(&day)).collect();
        let (id, facts) = (|what: &str| format!("drop_{}_{what}", at + 1), &mut report.facts);
        let from = |how: &str| Source::rows("订单", how, of_day().map(|order| order.id.as_str()));
        let yuan = Value::Money(sum(of_day().map(|order| order.total)));
        let buyers = Value::Count(i64::try_from(gone.len()).unwrap_or(i64::MAX), Unit::People);
        table.row([
            Cell::Value(Value::Day(row.date)),
            Cell::Fact(facts.add(&id("points"), "当日掉出积分", Value::points(row.points), from("那一天带来的积分"))),
            Cell::Value(Value::Day(day)),
            Cell::Fact(facts.add(&id("buyers"), "没再下单的买家", buyers, from("那天付款、之后窗口内没再付款的买家"))),
            Cell::Fact(facts.add_for(&id("yuan"), "当天支付金额", Period::day(day), yuan, from("按付款日合计实付款"))),
        ]);
    }
    report.push(Block::Table(table));
}

fn fading(seen: &Seen) -> Fading {
    let last = last_days(&seen.paid);
    let soon = Period {
        from: seen.card.window.from,
        to: seen.card.window.from + Days::new(u64::try_from(AHEAD - 1).unwrap_or_default()),
    };
    let leaving = |order: &&Order| {
        let day = order.paid_day().filter(|day| soon.contains(*day));
        day.is_some() && order.buyer.as_deref().and_then(|buyer| last.get(buyer)).is_some_and(|day| soon.contains(*day))
    };
    let orders: Vec<&Order> = counted(&seen.paid).filter(leaving).collect();
    let buyers: BTreeSet<String> = orders.iter().filter_map(|order| order.buyer.clone()).collect();
    let window = (seen.card.window.to - seen.card.window.from).num_days() + 1;
    let first = buyers.iter().filter_map(|buyer| last.get(buyer.as_str())).min();
    Fading {
        first: first.map(|day| *day + Days::new(u64::try_from(window).unwrap_or_default())),
        orders: orders.iter().map(|order| order.id.clone()).collect(),
        yuan: sum(orders.iter().map(|order| order.total)),
        buyers,
    }
}

/// Orders that stand in the score: neither fake nor closed after payment.
fn counted(orders: &[Order]) -> impl Iterator<Item = &Order> {
    orders.iter().filter(|order| order.valid && order.status != OrderStatus::Closed)
}

fn last_days(orders: &[Order]) -> BTreeMap<&str, NaiveDate> {
    let mut last = BTreeMap::new();
    for (buyer, day) in counted(orders).filter_map(|order| order.buyer.as_deref().zip(order.paid_day())) {
        let latest = last.entry(buyer).or_insert(day);
        *latest = day.max(*latest);
    }
    last
}
