//! The figures of each day, what is usual, and what is not.
//!
//! Unusual is what lies further from the median of the days before than three times their median distance from it: a rule that a few
//! wild days cannot bend. Where most days are alike that distance is nothing, and the widest one seen takes its place. Too little
//! history, or days that are all alike, say nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xiaoer_sdk::shop::{Order, Refund, RefundStatus};
use xiaoer_sdk::{Block, Cell, Comparison, FactId, Facts, Period, Report, Series, Source, Table, Unit, Value, sum};

use super::USUAL;

/// How many of the days before must have seen a paid order before anything can be called unusual.
const ENOUGH: usize = 14;
/// Days in the chart.
const CHARTED: u32 = 14;

/// The facts that the narrative may name.
pub(super) const TOLD: [&str; 14] = [
    "paid_amount",
    "paid_amount_prev",
    "paid_amount_week",
    "paid_amount_avg7",
    "paid_orders",
    "paid_orders_avg7",
    "paid_buyers",
    "paid_buyers_avg7",
    "refunded",
    "refunded_avg7",
    "points_total",
    "points_moved",
    "level",
    "drop_tomorrow",
];

/// What one day brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Day {
    amount: Decimal,
    orders: Vec<String>,
    buyers: BTreeSet<String>,
    unnamed: usize,
    refunded: Decimal,
    refunds: Vec<String>,
}

/// The day of the report and the days before it.
pub(super) struct History {
    as_of: NaiveDate,
    days: BTreeMap<NaiveDate, Day>,
}

/// A figure that every day has: its id, its name, how it comes about.
#[derive(Clone, Copy)]
struct Metric {
    id: &'static str,
    label: &'static str,
    how: &'static str,
    of: fn(&Day) -> Decimal,
    value: fn(Decimal) -> Value,
}

const METRICS: [Metric; 4] = [
    Metric {
        id: "paid_amount",
        label: "支付金额",
        how: "按付款日合计实付款",
        of: |day| day.amount,
        value: Value::Money,
    },
    Metric {
        id: "paid_orders",
        label: "支付订单",
        how: "按付款日数订单",
        of: |day| day.orders.len().into(),
        value: |n| Value::Count(whole(n), Unit::Orders),
    },
    Metric {
        id: "paid_buyers",
        label: "支付买家数",
        how: "按付款日数买家，同一买家只算一个",
        of: |day| day.buyers.len().into(),
        value: |n| Value::Count(whole(n), Unit::People),
    },
    Metric {
        id: "refunded", label: "退款金额", how: "按退款成功日合计", of: |day| day.refunded, value: Value::Money
    },
];

fn whole(number: Decimal) -> i64 {
    number.ceil().to_i64().unwrap_or(i64::MAX)
}

impl History {
    pub(super) fn of(paid: &[Order], settled: &[Refund], as_of: NaiveDate) -> Self {
        let span = Period::ending(as_of, USUAL + 1);
        let mut days: BTreeMap<NaiveDate, Day> =
            span.from.iter_days().take_while(|d| *d <= as_of).map(|d| (d, Day::default())).collect();
        for order in paid.iter().filter(|order| order.valid) {
            let Some(day) = order.paid_day().and_then(|day| days.get_mut(&day)) else { continue };
            day.amount = day.amount.saturating_add(order.total);
            day.orders.push(order.id.clone());
            match &order.buyer {
                Some(buyer) => drop(day.buyers.insert(buyer.clone())),
                None => day.unnamed += 1,
            }
        }
        for refund in settled.iter().filter(|refund| refund.status == RefundStatus::Success) {
            let on = refund.completed.unwrap_or(refund.modified).date_naive();
            let (Some(day), Some(yuan)) = (days.get_mut(&on), refund.refunded) else { continue };
            day.refunded = day.refunded.saturating_add(yuan);
            day.refunds.push(refund.id.clone());
        }
        Self { as_of, days }
    }

    pub(super) fn last(&self) -> &Day {
        self.day(self.as_of)
    }

    fn day(&self, day: NaiveDate) -> &Day {
        const NOTHING: &Day = &Day {
            amount: Decimal::ZERO,
            orders: Vec::new(),
            buyers: BTreeSet::new(),
            unnamed: 0,
            refunded: Decimal::ZERO,
            refunds: Vec::new(),
        };
        self.days.get(&day).unwrap_or(NOTHING)
    }

    fn back(&self, days: u64) -> NaiveDate {
        self.as_of - Days::new(days)
    }

    fn mean(&self, metric: Metric, period: Period) -> Decimal {
        let total = sum(self.days.range(period.from..=period.to).map(|(_, day)| (metric.of)(day)));
        total / Decimal::from(period.days().max(1))
    }

    /// The day's figures and how far they lie from the day before, the same weekday and the mean of seven days.
    pub(super) fn record(&self, facts: &mut Facts) {
        let today = self.last();
        for metric in METRICS {
            let now = (metric.of)(today);
            let source = if metric.id == "refunded" {
                Source::rows("退款", metric.how, &today.refunds)
            } else {
                Source::rows("订单", metric.how, &today.orders)
            };
            facts.add_for(metric.id, metric.label, Period::day(self.as_of), (metric.value)(now), source);
            let week = Period::ending(self.back(1), 7);
            let earlier = [
                ("prev", "较前日", Period::day(self.back(1))),
                ("week", "较上周同日", Period::day(self.back(7))),
                ("avg7", "较7日均值", week),
            ];
            for (key, label, period) in earlier {
                let value = self.mean(metric, period);
                Comparison { key, label, period, value }.record(facts, metric.id, metric.label, now);
            }
        }
    }

    pub(super) fn show(&self, report: &mut Report) {
        report.push(Block::Figures {
            facts: ids(["paid_amount", "paid_orders", "paid_buyers", "refunded", "points_total"]),
        });
        let heads = ["指标", ">当天", ">较前日", ">较上周同日", ">较7日均值"];
        let mut table = Table::new("和平常比", &heads, "");
        for Metric { id, label, .. } in METRICS {
            let compared = ["prev", "week", "avg7"].map(|key| Cell::Fact(format!("{id}_{key}")));
            table.row([Cell::text(label), Cell::Fact(id.into())].into_iter().chain(compared));
        }
        table.row([
            Cell::text("生意积分"),
            Cell::Fact("points_total".into()),
            Cell::Fact("points_moved".into()),
            Cell::Empty,
            Cell::Empty,
        ]);
        report.push(Block::Table(table));
        if self.last().unnamed > 0 {
            let unnamed = i64::try_from(self.last().unnamed).unwrap_or(i64::MAX);
            let source = Source::rule("订单", "没有买家编号的订单");
            report.facts.add("unnamed", "没有买家的订单", Value::Count(unnamed, Unit::Orders), source);
            report.info("有 {unnamed} 没有买家信息，没有算进支付买家数。");
        }
        if self.days.values().any(|day| !day.amount.is_zero()) {
            report.push(self.chart());
        }
    }

    fn chart(&self) -> Block {
        let now = Period::ending(self.as_of, CHARTED);
        let amounts = |period: Period| {
            self.days.range(period.from..=period.to).map(|(day, found)| (*day, Value::Money(found.amount)))
        };
        Block::Chart(Series {
            title: "支付金额".into(),
            subtitle: format!("{}，虚线是再往前的同样天数", now.text()),
            points: amounts(now).map(|(day, value)| (day.format("%-m-%-d").to_string(), value)).collect(),
            previous: amounts(now.before()).map(|(_, value)| value).collect(),
            bars: false,
        })
    }

    /// Figures of the day that lie outside of what is usual, as a table that also says when there is nothing to say.
    pub(super) fn unusual(&self, facts: &mut Facts) -> Table {
        let heads = ["指标", ">当天", ">平常最低", ">平常最高", "说明"];
        let before = Period::ending(self.back(1), USUAL);
        let busy = self.days.range(before.from..=before.to).filter(|(_, day)| !day.orders.is_empty()).count();
        if busy < ENOUGH {
            return Table::new("不对劲的地方", &heads, "有订单的日子还太少，看不出什么算平常，先不下结论。");
        }
        let mut table = Table::new("不对劲的地方", &heads, "都在平常的范围里，没有不对劲的地方。");
        for metric in METRICS {
            let values = self.days.range(before.from..=before.to).map(|(_, day)| (metric.of)(day)).collect();
            let Some((low, high)) = usual(values) else { continue };
            let now = (metric.of)(self.last());
            let words = match now {
                now if now > high => "比平常多出不少，看看是活动、大单还是异常",
                now if now < low => "比平常少了不少，看看流量、库存和差评",
                _ => continue,
            };
            let how = "前面二十八天的中位数 ± 三倍的中位偏差（多数日子都一样时取见过的最大偏差），不小于零";
            let mut bound = |key: &str, label: &str, value: Decimal| {
                let source = Source::rule("订单和退款", how);
                Cell::Fact(facts.add_for(&format!("{}_{key}", metric.id), label, before, (metric.value)(value), source))
            };
            let (low, high) = (bound("low", "平常最低", low), bound("high", "平常最高", high));
            table.row([Cell::text(metric.label), Cell::Fact(metric.id.into()), low, high, Cell::text(words)]);
        }
        table
    }
}

/// Lowest and highest usual value; none when the days are all alike, because then every change would look wild.
fn usual(values: Vec<Decimal>) -> Option<(Decimal, Decimal)> {
    let middle = median(values.clone())?;
    let distances: Vec<Decimal> = values.into_iter().map(|value| (value - middle).abs()).collect();
    let widest = distances.iter().max().copied()?;
    let reach = median(distances).filter(|usual| !usual.is_zero()).map_or(widest, |usual| usual * Decimal::from(3));
    (!reach.is_zero()).then(|| ((middle - reach).max(Decimal::ZERO).round_dp(2), (middle + reach).round_dp(2)))
}

fn median(mut values: Vec<Decimal>) -> Option<Decimal> {
    values.sort_unstable();
    let (low, high) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some((low + high) / Decimal::TWO)
}

fn ids<const N: usize>(ids: [&str; N]) -> Vec<FactId> {
    ids.into_iter().map(FactId::from).collect()
}
