//! The score card of the home page: points and level, what they are made of, what is about to drop out.

use chrono::NaiveDate;
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use xiaoer_sdk::growth::{Industry, Points, ScoreCard};
use xiaoer_sdk::{Period, Value};

use super::chart;
use super::contributions::{last_of, link};
use super::icon::Icon;
use crate::score::{Part, Wanted};

/// Days of drop-outs that are summed up.
const AHEAD: usize = 7;

/// A part of the points: what it is, how much business made it, what it brings.
struct Share {
    is: Part,
    amount: String,
    points: Points,
}

pub(crate) fn card(shop: &str, card: &ScoreCard) -> Markup {
    html! {
        section.card.score {
            header {
                h2.title { "生意积分与L等级" }
                @if card.trusted == Some(false) { a.chip.bad href={ "/shops/" (shop) "/rules#calibration" } { "和成长中心对不上" } }
                @if card.estimated { span.chip.wait { "估算" } }
                @if !card.corrected.is_empty() { a.chip.busy href={ "/shops/" (shop) "/rules#figures" } { "商家填写 " (card.corrected.len()) " 项" } }
                span.chip.calm { (card.confidence.label()) }
            }
            div.score-body {
                div.gauge { (chart::score(card)) }
                div {
                    ul.parts { @for part in parts(card) { (row(shop, &part, card.points.total)) } }
                    (ahead(shop, card))
                }
            }
            (coming(shop, card))
            (missing(shop, card))
            a.button href={ "/shops/" (shop) "/growth" } { (Icon::Growth.draw()) "看看怎么升级：成长计划" }
            p.caption {
                "统计 " (Period { from: card.window.from, to: card.window.to }.text()) " · 规则：" (card.pack_name)
                " · " @match card.judging.day { Some(day) => { "下一个评定日 " (Value::Day(day).exact()) } None => { "官方评定日未知" } }
            }
        }
    }
}

fn parts(card: &ScoreCard) -> [Share; 3] {
    let counts = &card.counts;
    let base = match card.industry {
        Industry::Consumer => Share {
            is: Part::Buyers,
            amount: format!("{} 人", counts.buyers),
            points: card.points.buyers.unwrap_or_default(),
        },
        Industry::Industrial => Share {
            is: Part::Inquiries,
            amount: format!("{} 次", counts.inquiries),
            points: card.points.inquiries.unwrap_or_default(),
        },
    };
    let turnover = Value::Money(counts.turnover_yuan.to_yuan()).short();
    [
        base,
        Share { is: Part::Turnover, amount: turnover, points: card.points.turnover },
        Share { is: Part::Acceleration, amount: String::new(), points: card.points.acceleration },
    ]
}

fn row(shop: &str, part: &Share, total: Points) -> Markup {
    let opened = link(shop, &Wanted { part: Some(part.is), ..Wanted::default() });
    html! {
        li {
            a.name href=(opened) { (part.is.title()) @if !part.amount.is_empty() { " " small { (part.amount) } } }
            b { (Value::Points(part.points.to_decimal()).exact()) }
            svg.share viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                rect.track width="100" height="4" {}
                rect.fill width=(share(part.points, total)) height="4" {}
            }
        }
    }
}

/// Per cent of the total, for the length of a bar.
fn share(part: Points, total: Points) -> i64 {
    let share = part.to_decimal().saturating_mul(Decimal::ONE_HUNDRED).checked_div(total.to_decimal());
    share.and_then(|share| share.round().to_i64()).unwrap_or_default().clamp(0, 100)
}

/// What falls away if nothing new happens: certain, not a forecast.
fn ahead(shop: &str, card: &ScoreCard) -> Markup {
    let Some(tomorrow) = card.dropping.first() else { return html! {} };
    let week: Points = card.dropping.iter().take(AHEAD).map(|row| row.points).sum();
    let of_week = dropping(tomorrow.date, Some(last_of(tomorrow.date, AHEAD.min(card.dropping.len()))));
    let shown = |points: Points| match points {
        Points::ZERO => Value::Points(Decimal::ZERO),
        points => Value::PointsChange(-points.to_decimal()),
    };
    html! {
        dl.ahead {
            @for (name, points, wanted) in [("明日掉出积分", tomorrow.points, dropping(tomorrow.date, None)), ("7 天内掉出", week, of_week)] {
                @let change = shown(points);
                div { dt { a href=(link(shop, &wanted)) { (name) } } dd.(super::text::direction(&change)) { (change.exact()) } }
            }
        }
    }
}

fn dropping(day: NaiveDate, to: Option<NaiveDate>) -> Wanted {
    Wanted { part: Some(Part::Dropping), day: Some(day), to }
}

/// How much drops out on each of the coming days, as bars: the report has the figures, this has the shape. A bar opens its day; whoever
/// goes by keyboard gets to all days by the one link above instead of by thirty stops.
fn coming(shop: &str, card: &ScoreCard) -> Markup {
    let height = |points: Points| points.micro().max(0) / 1000;
    let Some(worst) = card.dropping.iter().max_by_key(|row| row.points).filter(|row| row.points > Points::ZERO) else {
        return html! {};
    };
    let all = link(shop, &Wanted { part: Some(Part::Dropping), ..Wanted::default() });
    let (days, top) = (card.dropping.len(), height(worst.points).max(1));
    let most =
        format!("{} 最多，{}", worst.date.format("%-m月%-d日"), Value::Points(worst.points.to_decimal()).exact());
    let day =
        |at: usize| card.dropping.get(at).map(|row| row.date.format("%-m月%-d日").to_string()).unwrap_or_default();
    html! {
        figure.coming {
            figcaption { a href=(all) { "每天掉出积分" } " 零新增时，未来 " (days) " 天；" (most) }
            svg viewBox={ "0 0 " (days * 10) " 100" } preserveAspectRatio="none" role="group" aria-label={ "未来 " (days) " 天每天掉出的积分，" (most) } {
                @for (at, row) in card.dropping.iter().enumerate() {
                    @let share = (height(row.points) * 100 / top).max(1);
                    @let says = format!("{} {}", row.date.format("%-m月%-d日"), Value::Points(row.points.to_decimal()).exact());
                    a href=(link(shop, &dropping(row.date, None))) tabindex="-1" aria-label=(says) {
                        rect.reach x=(at * 10) width="10" height="100" { title { (says) } }
                        rect.worst[row.date == worst.date] x=(at * 10 + 2) y=(100 - share) width="6" height=(share) { title { (says) } }
                    }
                }
            }
            p.ends aria-hidden="true" { span { (day(0)) } span { (day(days.saturating_sub(1))) } }
        }
    }
}

fn missing(shop: &str, card: &ScoreCard) -> Markup {
    let names: Vec<&str> = card.missing.iter().map(|missing| missing.title.as_str()).collect();
    let high = card.range.and_then(|range| range.high);
    html! {
        @if !names.is_empty() {
            div.notice.warning {
                (Icon::Warning.draw())
                p {
                    "还缺" (names.iter().take(2).copied().collect::<Vec<_>>().join("、"))
                    @if names.len() > 2 { "等 " (names.len()) " 项" }
                    @if let Some(high) = high { "，积分最高可能到 " (Value::Points(high.to_decimal()).exact()) }
                    "。 " a href={ "/shops/" (shop) "/settings#growth" } { "去补充" }
                }
            }
        }
    }
}
