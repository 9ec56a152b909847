//! The plan: what to do and when, what it costs and brings, what binds, and why not if there is no way. Nothing is started from here
//! without a click, and nothing is promised that the plan does not say.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use maud::{Markup, html};
use xiaoer_sdk::growth::plan::{Choice, Excluded, LeverKind, Outcome, Plan, Step};
use xiaoer_sdk::growth::{Fen, GateRow, Industry, LevelStep};
use xiaoer_sdk::{Manifest, Planned};

use super::{day, percent, place, points, profit, span, works, yuan};
use crate::score::PlanAsk;
use crate::web::view::icon::Icon;
use crate::web::view::run;

/// The skill that writes a plan down.
const REPORT: &str = "growth-plan";

/// What the card stands in.
pub(crate) struct Around<'a> {
    pub(crate) shop: &'a str,
    pub(crate) industry: Industry,
    pub(crate) levels: &'a [LevelStep],
    /// First and last day that may be asked for.
    pub(crate) days: (NaiveDate, NaiveDate),
    pub(crate) asked: &'a PlanAsk,
    /// The odds that the form shows, in per cent.
    pub(crate) odds: u8,
    pub(crate) manifests: &'a BTreeMap<String, Manifest>,
}

pub(crate) fn card(planned: &Planned, around: &Around<'_>) -> Markup {
    html! {
        section #plan.card.plan {
            header { h2.title { "怎么达到" } (report(around)) }
            (wish(planned.plan.as_ref(), around))
            @match &planned.plan {
                Some(plan) => { (found(plan, around)) }
                None => { div.notice.info { (Icon::Info.draw()) p { (planned.why_not.as_deref().unwrap_or("现在排不出计划。")) } } }
            }
        }
    }
}

/// The same as a report that can be kept, printed and sent.
fn report(around: &Around<'_>) -> Markup {
    let skill = around.manifests.get(REPORT);
    html! {
        @if let Some(skill) = skill {
            button.button.small type="button" data-skill=(skill.name) data-title=(skill.title) data-about=(skill.description) { (Icon::Report.draw()) "出一份报告" }
            @if !skill.fields.is_empty() { template #{ "fields-" (skill.name) } { (run::fields(skill)) } }
        }
    }
}

fn wish(plan: Option<&Plan>, around: &Around<'_>) -> Markup {
    let chosen = around.asked.level.as_deref().or(plan.map(|plan| plan.level.as_str()));
    let by = around.asked.by.or(plan.map(|plan| plan.judged_on)).unwrap_or(around.days.1);
    html! {
        form.wish method="get" action={ "/shops/" (around.shop) "/growth#plan" } {
            div.field {
                label for="wish-level" { "想达到" }
                select #wish-level name="level" {
                    @for step in around.levels.iter().skip(1) {
                        option value=(step.level) selected[chosen == Some(step.level.as_str())] { (step.level) "（" (points(step.threshold)) "）" }
                    }
                }
            }
            div.field {
                label for="wish-by" { "最晚哪天" }
                input #wish-by type="date" name="by" value=(by) min=(around.days.0) max=(around.days.1) required;
            }
            div.field {
                label for="wish-odds" { "想要的把握（%）" }
                input #wish-odds type="number" name="odds" value=(around.odds) min="1" max="99" step="1" inputmode="numeric" required;
            }
            button.button type="submit" { "重新算" }
        }
    }
}

fn found(plan: &Plan, around: &Around<'_>) -> Markup {
    let verb = if plan.keeps { "保住" } else { "达到" };
    html! {
        p.lead {
            @match &plan.outcome {
                Outcome::AlreadyThere => { "照常经营就有 " b { (percent(plan.usual)) } " 的把握在 " (day(plan.judged_on)) " " (verb) " " (plan.level) "，不用额外花钱。" }
                Outcome::Reached { best, .. } => {
                    "照下面做，" (day(plan.judged_on)) " " (verb) " " (plan.level) " 的把握从 " b { (percent(plan.usual)) } " 提到 " b.good { (percent(best.odds)) }
                    "，花 " b { (yuan(best.cost)) } "。"
                }
                Outcome::OutOfReach { effort, short_by, .. } => {
                    "到 " (day(plan.judged_on)) " 按 " (plan.odds_percent) "% 的把握" (verb) "不了 " (plan.level) "：能做的全做也只有 " b { (percent(effort.odds)) } "，还差 " b { (points(*short_by)) } "。"
                }
            }
        }
        p.sub {
            "按 " (plan.odds_percent) "% 的把握还缺 " (points(plan.needed)) "；照常经营到那天 " (percent(plan.usual)) "，期间任一天 " (percent(plan.usual_any_day)) "。"
        }
        @match &plan.outcome {
            Outcome::AlreadyThere => {}
            Outcome::Reached { best, second } => {
                (choice(best, plan.worth, around))
                (adopt(plan, best, "best"))
                @if let Some(second) = second {
                    details.second { summary { "第二便宜的做法（" (yuan(second.cost)) "，把握 " (percent(second.odds)) "）" } (choice(second, plan.worth, around)) (adopt(plan, second, "second")) }
                }
            }
            Outcome::OutOfReach { effort, why, .. } => {
                div.notice.warning { (Icon::Warning.draw()) ul { @for one in why { li { (one) } } } }
                @if !effort.steps.is_empty() { details.second { summary { "能做的全做是什么样" } (choice(effort, plan.worth, around)) } }
            }
        }
        (templates(plan, around))
        div.sides.reasons {
            (bounds(plan, around.shop))
            (unused(&plan.excluded, around))
        }
        @for note in plan.notes.iter().filter(|note| !tells_gate(note, &plan.gates)) { p.caption { (note) } }
    }
}

fn choice(choice: &Choice, worth: Option<Fen>, around: &Around<'_>) -> Markup {
    let (colour, margin) = profit(choice.margin);
    html! {
        ol.what-to-do { @for one in &choice.steps { (step(one, around)) } }
        dl.sums {
            div { dt { "总成本" } dd { (yuan(choice.cost)) } }
            div { dt { "利润变化" } dd.(colour) { (margin) } }
            div { dt { "预期积分" } dd { "+" (points(choice.points)) } }
            div { dt { "那天的把握" } dd { (percent(choice.odds)) } }
            div { dt { "期间任一天" } dd { (percent(choice.odds_any_day)) } }
            @if let Some(worth) = worth { div { dt { "升一级值" } dd { (yuan(worth)) } } }
        }
    }
}

fn step(step: &Step, around: &Around<'_>) -> Markup {
    let (colour, margin) = profit(step.margin);
    html! {
        li {
            div.what {
                p.name { (step.title) " " b { (step.units) } " " (step.unit) }
                p.sub { (span(step.dates.start, step.dates.end)) " 去做 · " (works(&step.dates)) " 算分" }
            }
            dl {
                div { dt { "成本" } dd { (yuan(step.cost)) } }
                div { dt { "利润变化" } dd.(colour) { (margin) } }
                div { dt { "积分" } dd { "+" (points(step.points)) } }
            }
            div.do {
                @match around.manifests.get(&step.skill) {
                    Some(skill) => {
                        button.button.small type="button" data-skill=(skill.name) data-title=(skill.title) data-about=(skill.description) { (Icon::Play.draw()) (skill.title) }
                    }
                    None => { span.sub { "在后台手动完成" } }
                }
            }
        }
    }
}

/// The fields of the skills that the steps start, each once.
fn templates(plan: &Plan, around: &Around<'_>) -> Markup {
    let steps = match &plan.outcome {
        Outcome::AlreadyThere => Vec::new(),
        Outcome::Reached { best, second } => {
            best.steps.iter().chain(second.iter().flat_map(|one| &one.steps)).collect()
        }
        Outcome::OutOfReach { effort, .. } => effort.steps.iter().collect(),
    };
    let asking: BTreeMap<&str, &Manifest> = steps
        .into_iter()
        .filter_map(|step| around.manifests.get(&step.skill))
        .filter(|skill| !skill.fields.is_empty() && skill.name != REPORT)
        .map(|skill| (skill.name.as_str(), skill))
        .collect();
    html! { @for (name, skill) in asking { template #{ "fields-" (name) } { (run::fields(skill)) } } }
}

/// What adopting promises, asked once more before it is kept. `which` is the API's word for the way.
fn adopt(plan: &Plan, chosen: &Choice, which: &str) -> Markup {
    let id = format!("adopt-{which}");
    let title = format!("{id}-title");
    html! {
        div.buttons { button.button.primary[which == "best"] type="button" data-open=(id) aria-haspopup="dialog" { "采用这个方案" } }
        dialog #(id) aria-labelledby=(title) {
            header { h2 #(title) { "采用这个方案" } button.icon-button type="button" data-close="" aria-label="关闭" { (Icon::Close.draw()) } }
            p {
                "预期：花 " (yuan(chosen.cost)) "，" (day(plan.judged_on)) " 达到 " (plan.level) "（" (points(plan.threshold)) "）的把握从 " (percent(plan.usual)) " 到 " (percent(chosen.odds)) "。"
            }
            ul.dots { @for step in &chosen.steps { li { (step.title) " " (step.units) " " (step.unit) "，预期 +" (points(step.points)) } } }
            p.sub { "采用只是记下来：不会自动花钱，也不会改店铺。那天过后，小二把实际结果和预期放在一起比，以后的估算按它修正。" }
            form data-post="/plans" data-done="已采用，那天过后会看到实际结果" {
                input type="hidden" name="wish.level" value=(plan.level);
                input type="hidden" name="wish.by" value=(plan.judged_on);
                input type="hidden" name="wish.odds" data-number="1" value=(plan.odds_percent);
                input type="hidden" name="choice" value=(which);
                p.error role="alert" hidden {}
                div.buttons { button.button.primary type="submit" { "确认采用" } button.button type="button" data-close="" { "取消" } }
            }
        }
    }
}

/// Gates stand in a list of their own, with the way to their fields.
fn tells_gate(note: &str, gates: &[GateRow]) -> bool {
    gates.iter().any(|gate| note.starts_with(&gate.level) && note.contains(&format!("“{}”", gate.name)))
}

fn bounds(plan: &Plan, shop: &str) -> Markup {
    html! {
        @if !plan.binding.is_empty() || !plan.gates.is_empty() {
            div {
                h3 { "卡在哪里" }
                ul.dots {
                    @for one in &plan.binding { li { (one) } }
                    @for gate in &plan.gates { li { (said(gate)) @if gate.ok.is_none() { " " a href={ "/shops/" (shop) "/settings#gate-" (gate.gate) } { "去填写" } } } }
                }
            }
        }
    }
}

fn said(gate: &GateRow) -> String {
    let unit = &gate.unit;
    match (&gate.value, gate.short_by) {
        (Some(value), Some(by)) => format!(
            "{} 门槛“{}”现在 {value}{unit}，要求 {}{unit}，差 {by}{unit}；积分代替不了。",
            gate.level, gate.name, gate.threshold
        ),
        _ => format!("{} 门槛“{}”（{}{unit}）还不知道有没有达到。", gate.level, gate.name, gate.threshold),
    }
}

fn unused(excluded: &[Excluded], around: &Around<'_>) -> Markup {
    // There it is a gate and no lever.
    let gate = |one: &Excluded| around.industry == Industry::Consumer && one.lever == LeverKind::ResponseRate.id();
    html! {
        @if !excluded.is_empty() {
            div {
                h3 { "没有用上的手段" }
                ul.dots { @for one in excluded { li { (one.why) " " @if gate(one) { a href={ "/shops/" (around.shop) "/settings#growth" } { "去填写" } } @else { a href={ "#" (place(&one.lever)) } data-unfold="" { "去填写" } } } } }
            }
        }
    }
}
