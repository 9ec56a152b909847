//! What if: a slider for every lever and what so many units would change. The answer is a fragment that the script fetches again on every
//! move; sliders change nothing but the picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use maud::{Markup, html};
use xiaoer_sdk::growth::Points;
use xiaoer_sdk::growth::plan::{DayBand, Lever, Levers, Outcome, Plan, WhatIf};

use super::{day, percent, place, points, profit, yuan};
use crate::web::view::icon::Icon;

/// The drawing's own units; the page stretches it.
const WIDE: i64 = 300;
const HIGH: i64 = 120;

/// Units by the lever's id.
pub(crate) type Units = BTreeMap<String, u32>;

/// What the plan would use; nothing where it needs nothing.
pub(crate) fn of_plan(plan: Option<&Plan>) -> Units {
    let choice = match plan.map(|plan| &plan.outcome) {
        Some(Outcome::Reached { best, .. }) => Some(best),
        Some(Outcome::OutOfReach { effort, .. }) => Some(effort),
        _ => None,
    };
    choice.iter().flat_map(|choice| &choice.steps).map(|step| (step.lever.clone(), step.units)).collect()
}

/// The card: sliders at `units`, and the answer for them. `usual` is 照常经营 without any lever.
pub(crate) fn card(
    shop: &str,
    levers: &Levers,
    (plan, units): (&Plan, &Units),
    (with, usual): (&WhatIf, &WhatIf),
) -> Markup {
    html! {
        section.card.what-if {
            header {
                h2.title { "试一试" }
                button.button.small type="button" data-restore="" { (Icon::Undo.draw()) "恢复为方案" }
                button.button.small type="button" data-restore="none" { "全部清零" }
            }
            p.sub { "拖动滑块，右边马上重算；只是试算，不会花钱也不会改店铺。" }
            div.try {
                form #levers data-what-if={ "/shops/" (shop) "/growth/what-if" } autocomplete="off" {
                    input type="hidden" name="level" value=(plan.level);
                    input type="hidden" name="by" value=(plan.judged_on);
                    input type="hidden" name="odds" value=(plan.odds_percent);
                    @for lever in &levers.levers { (slider(lever, units.get(&lever.id).copied().unwrap_or(0))) }
                    @if levers.levers.is_empty() { p.empty-line { "还没有可用的手段，先在下面补上成本。" } }
                    @if !levers.excluded.is_empty() {
                        p.sub { "缺数字、拖不了的：" @for (at, one) in levers.excluded.iter().enumerate() { @if at > 0 { "、" } a href={ "#" (place(&one.lever)) } data-unfold="" { (one.title) } } }
                    }
                }
                (answer(with, usual))
            }
        }
    }
}

fn slider(lever: &Lever, units: u32) -> Markup {
    let id = format!("s-{}", lever.id);
    let most = lever.ceiling.max(units);
    html! {
        div.slider {
            label for=(id) { (lever.title) }
            output for=(id) { b { (units) } " " (lever.unit) }
            input #(id) type="range" name={ "u." (lever.id) } min="0" max=(most) step="1" value=(units) data-plan=(units) data-unit=(lever.unit) aria-valuetext={ (units) " " (lever.unit) };
            p.hint {
                @if let Some(cost) = lever.unit_cost { "每" (lever.unit) " " (yuan(cost)) " · " }
                "最多 " (most) " " (lever.unit) " · " @if lever.delay_days == 0 { "当天见效" } @else { (lever.delay_days) " 天后见效" }
            }
        }
    }
}

/// What so many units change: the fragment.
pub(crate) fn answer(with: &WhatIf, usual: &WhatIf) -> Markup {
    let (colour, margin) = profit(with.margin);
    html! {
        div #answer {
            dl.figures aria-live="polite" {
                div { dt { (day(with.judged_on)) " " (with.level) " 的把握" } dd.big { (percent(with.odds)) @if with.odds != usual.odds { " " small { "照常 " (percent(usual.odds)) } } } }
                div { dt { "期间任一天" } dd { (percent(with.odds_any_day)) } }
                div { dt { "成本" } dd { (yuan(with.cost)) } }
                div { dt { "利润变化" } dd.(colour) { (margin) } }
            }
            div.rest {
                (sketch(with, usual))
                @for warning in &with.warnings { div.notice.warning { (Icon::Warning.draw()) p { (warning) } } }
            }
        }
    }
}

/// The two medians, the band of the tried one and the level, in one frame.
fn sketch(with: &WhatIf, usual: &WhatIf) -> Markup {
    let (Some(first), Some(last), Some(before)) = (with.days.first(), with.days.last(), usual.days.last()) else {
        return html! {};
    };
    let all = with.days.iter().chain(&usual.days).flat_map(|day| [day.low, day.high]).chain([with.threshold]);
    let (low, high) = all.fold((with.threshold, with.threshold), |(low, high), at| (low.min(at), high.max(at)));
    let scale = Scale { low: low.micro(), spread: (high.micro() - low.micro()).max(1), days: with.days.len() };
    let says = format!(
        "到 {}：试算中位 {}（10–90%：{} 至 {}），照常经营 {}，{} 要 {}",
        day(last.date),
        points(last.median),
        points(last.low),
        points(last.high),
        points(before.median),
        with.level,
        points(with.threshold)
    );
    let level = scale.y(with.threshold);
    html! {
        figure.sketch {
            svg viewBox={ "0 0 " (WIDE) " " (HIGH) } preserveAspectRatio="none" role="img" aria-label=(says) {
                path.band d=(scale.area(&with.days)) {}
                path.level d={ "M0 " (level) "H" (WIDE) } {}
                path.usual d=(scale.line(&usual.days, |day| day.median)) {}
                path.tried d=(scale.line(&with.days, |day| day.median)) {}
            }
            p.ends aria-hidden="true" { span { (day(first.date)) } span { (day(last.date)) } }
            figcaption {
                span { span.line.tried {} "试算 " b { (points(last.median)) } }
                span { span.line.usual {} "照常 " (points(before.median)) }
                span { span.line.level {} (with.level) " " (points(with.threshold)) }
            }
        }
    }
}

/// Where values stand in the frame. Whole numbers: a drawing needs no fractions.
struct Scale {
    low: i64,
    spread: i64,
    days: usize,
}

impl Scale {
    fn x(&self, at: usize) -> i64 {
        let (at, last) = (i64::try_from(at).unwrap_or(0), i64::try_from(self.days).unwrap_or(1) - 1);
        at * WIDE / last.max(1)
    }

    /// Four units of air above and below.
    fn y(&self, points: Points) -> i64 {
        let up = i128::from(points.micro() - self.low) * i128::from(HIGH - 8) / i128::from(self.spread);
        HIGH - 4 - i64::try_from(up).unwrap_or(0)
    }

    fn line(&self, days: &[DayBand], of: fn(&DayBand) -> Points) -> String {
        let mut path = String::new();
        for (at, day) in days.iter().enumerate() {
            let pen = if at == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{pen}{} {}", self.x(at), self.y(of(day)));
        }
        path
    }

    fn area(&self, days: &[DayBand]) -> String {
        let mut path = self.line(days, |day| day.high);
        for (at, day) in days.iter().enumerate().rev() {
            let _ = write!(path, "L{} {}", self.x(at), self.y(day.low));
        }
        path + "Z"
    }
}
