//! The coming days: the drawing, what its two lines mean, and the odds of the levels, each as two figures that are never mixed.

use maud::{Markup, html};
use xiaoer_sdk::growth::forecast::{Forecast, LevelOdds};
use xiaoer_sdk::growth::{Points, ScoreCard};

use super::{day, percent, points};
use crate::web::view::chart;

pub(crate) fn card(forecast: &Forecast, card: &ScoreCard) -> Markup {
    html! {
        section.card.drawing.outlook {
            (chart::outlook(forecast, &card.levels))
            div.sides {
                (lines(forecast))
                (odds(forecast, card))
            }
            @for note in &forecast.notes { p.caption { (note) } }
            @if !forecast.method.is_empty() {
                details.values { summary { "照常经营是怎么估的" } ul.dots { @for line in &forecast.method { li { (line) } } } }
            }
        }
    }
}

fn lines(forecast: &Forecast) -> Markup {
    let last = forecast.zero_new.last();
    html! {
        dl.lines {
            div {
                dt { span.line.certain {} "零新增" }
                dd { "从明天起一单都没有，积分只按已发生的订单到期掉出：这是确定的" @if let Some(last) = last { "，到 " (day(last.date)) "为 " b { (points(last.points)) } } "。" }
            }
            div {
                dt { span.line.usual {} "照常经营" }
                @match forecast.usual.as_ref().and_then(|usual| usual.last()) {
                    Some(band) => { dd { "按店铺过去几周的新增再来一遍：这是估算，到 " (day(band.date)) " 一半可能在 " b { (points(band.p25)) " 至 " (points(band.p75)) } " 之间。" } }
                    None => { dd { (forecast.why_not.as_deref().unwrap_or("历史还不够长，暂时估不出。")) } }
                }
            }
        }
    }
}

fn odds(forecast: &Forecast, card: &ScoreCard) -> Markup {
    let Some(first) = forecast.odds.first() else { return html! {} };
    let known = card.judging.day.is_some();
    html! {
        div {
            div.scroll tabindex="0" role="region" aria-label="达到各等级的把握" {
                table.odds {
                    thead { tr {
                        th scope="col" { "等级" }
                        th.number scope="col" { "起始积分" }
                        th.number scope="col" { "评定日" @if let Some(on) = first.on_day { br; small { @if !known { "未知，按 " } (day(on.date)) } } }
                        th.number scope="col" { "任一天" br; small { "到 " (day(first.any_day.by)) " 为止" } }
                    } }
                    tbody { @for one in forecast.odds.iter().filter(|one| one.threshold > Points::ZERO) { (level(one, card)) } }
                }
            }
            p.caption {
                @if known { (card.judging.sentence) } @else { b { "官方评定日未知" } "，按最后一天算。" }
                "“评定日”是那一天当天够分的把握，“任一天”是到那天为止至少有一天够分的把握。"
            }
        }
    }
}

fn level(one: &LevelOdds, card: &ScoreCard) -> Markup {
    html! {
        tr.present[one.level == card.level] {
            th scope="row" { (one.level) @if one.level == card.level { " " small { "现在" } } }
            td.number { (points(one.threshold)) }
            td.number { @match one.on_day { Some(on) => { b { (percent(on.odds)) } } None => { "–" } } }
            td.number { (percent(one.any_day.odds)) }
        }
    }
}
