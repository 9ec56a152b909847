//! Plans that were adopted: what they promised, and after their day what came of each lever.

use chrono::NaiveDate;
use maud::{Markup, html};
use xiaoer_sdk::EarlierPlan;
use xiaoer_sdk::growth::plan::{Promise, Realised};

use super::{amount, day, percent, points, span, yuan};
use crate::score::{AdoptedPlan, PlanNews};
use crate::web::view::when;

/// Buyers named before 等.
const NAMED: usize = 20;

pub(crate) fn card(news: &[PlanNews], today: NaiveDate) -> Markup {
    html! {
        @if !news.is_empty() {
            section #adopted.card {
                h2.title { "已采用的计划" }
                ul.adopted { @for one in news { li { (plan(one, today)) } } }
            }
        }
    }
}

fn plan(news: &PlanNews, today: NaiveDate) -> Markup {
    let PlanNews { plan, result } = news;
    html! {
        header {
            h3 { (day(plan.judged_on)) " 达到 " (plan.level) }
            @match (plan.dropped, result) {
                (Some(_), _) => { span.chip.calm { "已放弃" } }
                (None, Some(result)) if result.total >= plan.threshold => { span.chip.good { "达到了" } }
                (None, Some(_)) => { span.chip.bad { "没达到" } }
                (None, None) => { span.chip.busy { "进行中" } }
            }
        }
        p.sub {
            (when::short_day(plan.adopted, today)) " 采用 · 预期花 " (yuan(plan.cost)) "，手段带来 +" (points(plan.expected)) "，" (plan.level) " 要 " (points(plan.threshold)) "，把握 " (percent(plan.choice.odds))
        }
        @match result {
            Some(result) => { (realised(result)) }
            None => { (steps(plan)) }
        }
        @if plan.dropped.is_none() && result.is_none() {
            form data-post={ "/plans/" (plan.id) "/drop" } data-done="已放弃，以后的估算不会用到它" {
                button.button.small type="submit" { "放弃这个计划" }
            }
        }
    }
}

fn steps(plan: &AdoptedPlan) -> Markup {
    html! {
        ul.dots {
            @for step in &plan.choice.steps {
                li { (step.title) " " (step.units) " " (step.unit) "，" (span(step.dates.start, step.dates.end)) " 去做，预期 +" (points(step.points)) }
            }
        }
        @for promise in plan.promises.iter().filter(|promise| !promise.people.is_empty()) { (people(promise)) }
    }
}

fn people(promise: &Promise) -> Markup {
    html! {
        details.ids {
            summary { (promise.title) "：先联系这 " (promise.people.len()) " 位老客" }
            ul { @for name in promise.people.iter().take(NAMED) { li { (name) } } @if promise.people.len() > NAMED { li { "等" } } }
        }
    }
}

fn realised(result: &EarlierPlan) -> Markup {
    html! {
        p { "那天实际 " b { (points(result.total)) } "，预期手段一共 +" (points(result.expected)) "。" }
        @if result.realised.is_empty() { p.sub { "这些手段的效果从订单里量不出来。" } }
        @else {
            div.scroll tabindex="0" role="region" aria-label="每个手段的预期和实际" {
                table {
                    thead { tr { th scope="col" { "手段" } th.number scope="col" { "预期" } th.number scope="col" { "实际多出" } th.number scope="col" { "本来就有" } th.number scope="col" { "兑现" } } }
                    tbody { @for one in &result.realised { (row(one)) } }
                }
            }
        }
    }
}

fn row(one: &Realised) -> Markup {
    html! {
        tr {
            td { (one.title) br; small { (one.of) "，" (span(one.from, one.to)) } }
            td.number { (amount(one.expected)) }
            td.number { b { (amount(one.realised)) } }
            td.number { (amount(one.baseline)) }
            td.number { (one.ratio / 10) "%" }
        }
    }
}
