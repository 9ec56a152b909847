//! The page 成长计划: what is coming, what to do about it, what if, and what the shop's business figures are.
//!
//! What is certain and what is simulated stand apart in words and drawings, and a figure that nobody knows is never filled in here.

pub(crate) mod adopted;
pub(crate) mod ahead;
pub(crate) mod business;
pub(crate) mod levers;
pub(crate) mod plan;

use chrono::NaiveDate;
use xiaoer_sdk::Value;
use xiaoer_sdk::growth::forecast::Odds;
use xiaoer_sdk::growth::plan::{Amount, Dates, Origin};
use xiaoer_sdk::growth::{Fen, Points};

pub(crate) fn points(points: Points) -> String {
    Value::Points(points.to_decimal()).exact()
}

pub(crate) fn yuan(money: Fen) -> String {
    Value::Money(money.to_yuan()).short()
}

/// More or less profit, and its direction for the colour.
fn profit(money: Fen) -> (&'static str, String) {
    let value = Value::MoneyChange(money.to_yuan());
    (super::text::direction(&value), if money == Fen::ZERO { "0元".into() } else { value.short() })
}

/// Odds in whole per cent; what is not certain is never called so.
pub(crate) fn percent(odds: Odds) -> String {
    match odds.percent() {
        100 if odds.hits < odds.of => "99%以上".into(),
        0 if odds.hits > 0 => "不到1%".into(),
        percent => format!("{percent}%"),
    }
}

/// 12月1日
fn day(day: NaiveDate) -> String {
    Value::Day(day).exact()
}

fn span(from: NaiveDate, to: NaiveDate) -> String {
    if from == to { day(from) } else { format!("{} 至 {}", day(from), day(to)) }
}

/// From when to when points of it count.
fn works(dates: &Dates) -> String {
    match dates.works_to {
        Some(to) => span(dates.works_from, to),
        None => format!("{} 起，持有期间", day(dates.works_from)),
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Count(count) => count.to_string(),
        Amount::Yuan(money) => yuan(money),
        Amount::Days(days) => format!("{days} 天"),
        Amount::PerMille(share) => format!("{}.{}%", share / 10, share % 10).replace(".0%", "%"),
        Amount::Points(score) => points(score),
    }
}

/// Where a figure comes from, in a few words.
fn origin(origin: Origin) -> String {
    match origin {
        Origin::Estimated { days, cases } => format!("店铺数据，{days} 天、{cases} 例"),
        Origin::Entered => "商家填写".into(),
        Origin::Learned { times } => format!("按 {times} 次计划的结果修正"),
        Origin::Assumed => "谨慎假定".into(),
    }
}

/// The id of a lever's place among the business figures.
fn place(lever: &str) -> String {
    format!("lever-{lever}")
}
