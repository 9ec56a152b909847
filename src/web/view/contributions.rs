//! A part of the score, opened. Every figure here was computed elsewhere; points are printed in full, so that whoever adds them up comes
//! to the card's figure.

use chrono::{Days, NaiveDate, TimeDelta};
use maud::{Markup, html};
use xiaoer_sdk::growth::{Contribution, ContributionKind, Fen, Industry, Points, RulePack, ScoreCard};
use xiaoer_sdk::{Period, Value};

use super::rates;
use crate::score::{Explained, Part, Wanted};

/// Rows of one page.
const PAGE: usize = 50;

/// What a row says that speaks of no event.
const LIMIT: &str = "不是一笔交易：退款多于支付金额时按 0 计，或规则只计整千元，与逐笔相加的差额";

/// What the page shows.
pub(crate) struct Sheet<'a> {
    /// The shop's id.
    pub(crate) shop: &'a str,
    pub(crate) explained: &'a Explained,
    /// The rules of the card, if they are still there.
    pub(crate) pack: Option<&'a RulePack>,
    pub(crate) wanted: &'a Wanted,
    /// The day that was asked for; none = the last complete one.
    pub(crate) as_of: Option<NaiveDate>,
    /// Rows before the first one shown.
    pub(crate) from: usize,
}

/// A column of points.
type Column = (&'static str, fn(&Contribution) -> Points);

pub(crate) fn title(sheet: &Sheet<'_>) -> String {
    match (sheet.wanted.part, days(sheet)) {
        (Some(Part::Dropping), Some(days)) => format!("{}掉出的积分", days.text()),
        (Some(Part::Dropping), None) => format!("未来 {} 天掉出的积分", sheet.explained.card.dropping.len()),
        (Some(part), _) => format!("{}的积分", part.title()),
        (None, _) => "生意积分明细".into(),
    }
}

pub(crate) fn whole(sheet: &Sheet<'_>) -> Markup {
    let card = &sheet.explained.card;
    let window = Period { from: card.window.from, to: card.window.to };
    let total = total(sheet);
    // The large figure has two places, as everywhere; the rows have all six.
    let has_more = total.micro() % 10_000 != 0;
    html! {
        header.page {
            div {
                p.crumb { a href={ "/shops/" (sheet.shop) } { "← 工作台" } }
                h1 { (title(sheet)) }
                p.sub { "截至 " b { (full(card.as_of)) } " · 统计 " (window.text()) " · 规则：" (card.pack_name) }
            }
        }
        section.card.origin {
            h2.title { "怎么算的" }
            p.total { (Value::Points(total.to_decimal()).exact()) @if has_more { small { " 精确值 " (total) " 分" } } }
            @if let Some(leaving) = leaving(sheet) { p { (leaving) } }
            (rates::list(card, sheet.pack, sheet.wanted.part))
        }
        @if sheet.wanted.looks_ahead() { (by_day(sheet)) }
        @if sheet.wanted.part != Some(Part::Marks) {
            section.card {
                header { h2.title { "由这些记录组成" } span.many { (sheet.explained.contributions.len()) " 条" } }
                (rows(sheet))
            }
        }
    }
}

/// The days that were asked for.
fn days(sheet: &Sheet<'_>) -> Option<Period> {
    let from = sheet.wanted.day?;
    Some(Period { from, to: sheet.wanted.to.unwrap_or(from) })
}

/// What the page is about, as the card says it.
fn total(sheet: &Sheet<'_>) -> Points {
    let card = &sheet.explained.card;
    match (sheet.wanted.part, days(sheet)) {
        (Some(Part::Dropping), Some(days)) => {
            let asked = |day: NaiveDate| days.from <= day && day <= days.to;
            card.dropping.iter().filter(|row| asked(row.date)).map(|row| row.points).sum()
        }
        // Of a part's rows on some days no card knows the sum.
        (part, Some(_)) => sheet.explained.contributions.iter().map(|row| of_row(part, row)).sum(),
        (Some(part), None) => part.of_card(card),
        (None, None) => card.points.total,
    }
}

/// Which days' records leave, when one asks for what drops out on a day.
fn leaving(sheet: &Sheet<'_>) -> Option<String> {
    let (card, days) = (&sheet.explained.card, days(sheet).filter(|_| sheet.wanted.looks_ahead())?);
    let back = card.window.to - card.window.from + TimeDelta::days(1);
    let gone = Period { from: days.from.checked_sub_signed(back)?, to: days.to.checked_sub_signed(back)? };
    let on = if days.from == days.to { "起" } else { "" };
    Some(format!("{}{on}，{}的记录离开统计期。", days.text(), gone.text()))
}

fn of_row(part: Option<Part>, row: &Contribution) -> Points {
    part.map_or_else(|| row.total(), |part| part.points(row))
}

/// Every coming day with what falls away on it.
fn by_day(sheet: &Sheet<'_>) -> Markup {
    let chosen = |day: NaiveDate| sheet.wanted.day == Some(day) && sheet.wanted.to.is_none_or(|to| to == day);
    html! {
        nav.filter.days aria-label="按天看" {
            @let all = sheet.wanted.day.is_none();
            a href=(address(sheet, &Wanted { part: sheet.wanted.part, ..Wanted::default() }, 0)) aria-current=[all.then_some("page")] { "全部" }
            @for row in &sheet.explained.card.dropping {
                @let wanted = Wanted { part: sheet.wanted.part, day: Some(row.date), to: None };
                a href=(address(sheet, &wanted, 0)) aria-current=[chosen(row.date).then_some("page")] {
                    (short(row.date)) " " (Value::Points(row.points.to_decimal()).exact())
                }
            }
        }
    }
}

fn rows(sheet: &Sheet<'_>) -> Markup {
    let all = &sheet.explained.contributions;
    if all.is_empty() {
        return html! { p.empty-line { "这一部分没有记录。" } };
    }
    // What leaves first is read first; everything else begins with the newest.
    let ordered: Vec<&Contribution> =
        if sheet.wanted.looks_ahead() { all.iter().collect() } else { all.iter().rev().collect() };
    let from = sheet.from.min(all.len().saturating_sub(1)) / PAGE * PAGE;
    let shown = &ordered[from..ordered.len().min(from + PAGE)];
    let columns = columns(sheet.wanted.part, sheet.explained.card.industry);
    html! {
        div.scroll tabindex="0" role="region" aria-label="积分的每一笔来源" {
            table.contributions {
                thead { tr {
                    th scope="col" { "日期" }
                    th.wide scope="col" { "类型" }
                    th scope="col" { "编号" }
                    th.wide scope="col" { (person(&sheet.explained.card)) }
                    th.number scope="col" { "净额（元）" }
                    @for (at, (head, _)) in columns.iter().enumerate() { th.number.wide[at + 1 < columns.len()] scope="col" { (head) } }
                } }
                tbody { @for row in shown { (line(row, &columns)) } }
                tfoot { (sums(all, &columns)) }
            }
        }
        (pager(sheet, (from, shown.len(), all.len())))
    }
}

/// The sums of all rows, whichever page is shown.
fn sums(all: &[Contribution], columns: &[Column]) -> Markup {
    html! {
        tr {
            th scope="row" { "合计" }
            td.wide {}
            td { "全部 " (all.len()) " 条" }
            td.wide {}
            td.number { (Fen(all.iter().map(|row| row.amount.0).sum())) }
            @for (at, (_, points)) in columns.iter().enumerate() {
                td.number.wide[at + 1 < columns.len()] { (all.iter().map(points).sum::<Points>()) }
            }
        }
    }
}

fn person(card: &ScoreCard) -> &'static str {
    match card.industry {
        Industry::Consumer => "买家",
        Industry::Industrial => "买家或询盘人",
    }
}

fn columns(part: Option<Part>, industry: Industry) -> Vec<Column> {
    let base = match industry {
        Industry::Consumer => "买家分",
        Industry::Industrial => "询盘分",
    };
    match part {
        None | Some(Part::Dropping) => vec![
            (base, |row| row.base),
            ("金额分", |row| row.turnover),
            ("加速分", |row| row.marketing + row.scene),
            ("合计", Contribution::total),
        ],
        Some(Part::Acceleration) => vec![
            ("数字营销", |row| row.marketing),
            ("场景", |row| row.scene),
            ("合计", |row| row.marketing + row.scene),
        ],
        Some(Part::Buyers | Part::Inquiries) => vec![("积分", |row| row.base)],
        Some(Part::Turnover) => vec![("积分", |row| row.turnover)],
        Some(Part::Marketing) => vec![("积分", |row| row.marketing)],
        Some(Part::Scene) => vec![("积分", |row| row.scene)],
        Some(Part::Marks) => Vec::new(),
    }
}

fn line(row: &Contribution, columns: &[Column]) -> Markup {
    let kind = match row.kind {
        ContributionKind::Order => "订单",
        ContributionKind::Refund => "退款",
        ContributionKind::Inquiry => "询盘",
        ContributionKind::Limit => "限额/取整",
    };
    let sign = |below: bool| if below { "down" } else { "flat" };
    let buyer = row.buyer.as_deref().unwrap_or("–");
    // A narrow window has no room for kind and buyer beside the number: they stand below it there.
    html! {
        tr {
            td.day { (full(row.day)) }
            td.kind.wide { (kind) }
            td.id {
                @if row.kind == ContributionKind::Limit { (LIMIT) } @else { (row.id) }
                small.narrow { (kind) " " (buyer) }
            }
            td.wide { (buyer) }
            td.number { span.(sign(row.amount.0 < 0)) { (row.amount) } }
            @for (at, (_, points)) in columns.iter().enumerate() {
                @let points = points(row);
                td.number.wide[at + 1 < columns.len()] { span.(sign(points < Points::ZERO)) { (points) } }
            }
        }
    }
}

fn pager(sheet: &Sheet<'_>, (from, shown, all): (usize, usize, usize)) -> Markup {
    let ahead = sheet.wanted.looks_ahead();
    let (back, on) = if ahead { ("先掉出的", "后掉出的") } else { ("更近的", "更早的") };
    html! {
        @if all > PAGE {
            nav.buttons aria-label="翻页" {
                @if from > 0 { a.button.small href=(address(sheet, sheet.wanted, from - PAGE)) { (back) } }
                span.sub { "第 " (from + 1) "–" (from + shown) " 条，共 " (all) " 条" }
                @if from + shown < all { a.button.small href=(address(sheet, sheet.wanted, from + PAGE)) { (on) } }
            }
        }
    }
}

/// This page with other rows.
fn address(sheet: &Sheet<'_>, wanted: &Wanted, from: usize) -> String {
    let day = sheet.as_of.map(|day| format!("&as_of={day}")).unwrap_or_default();
    let page = if from > 0 { format!("&from={from}") } else { String::new() };
    format!("{}{day}{page}", link(sheet.shop, wanted))
}

/// The address of an opened part.
pub(crate) fn link(shop: &str, wanted: &Wanted) -> String {
    let part = wanted.part.map(Part::word).unwrap_or_default();
    let day = wanted.day.map(|day| format!("&day={day}")).unwrap_or_default();
    let to = wanted.to.map(|day| format!("&to={day}")).unwrap_or_default();
    format!("/shops/{shop}/score?part={part}{day}{to}")
}

/// The last of some days, the first one included.
pub(crate) fn last_of(first: NaiveDate, days: usize) -> NaiveDate {
    first.checked_add_days(Days::new(days.saturating_sub(1) as u64)).unwrap_or(first)
}

fn full(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn short(day: NaiveDate) -> String {
    day.format("%-m月%-d日").to_string()
}
