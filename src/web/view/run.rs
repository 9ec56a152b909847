//! Runs in a list, and where a run stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use xiaoer_sdk::{EventKind, Facts, Manifest, Report};

use super::icon::Icon;
use super::{text, when};
use crate::run::{Ending, Run, RunState, Trigger};

/// A state in one word, coloured by what it means.
pub(crate) fn chip(state: &RunState) -> Markup {
    let tone = match state {
        RunState::Queued | RunState::Running => "busy",
        RunState::Ended(Ending::Done) => "good",
        RunState::Ended(Ending::Failed { .. }) => "bad",
        RunState::Ended(Ending::Blocked { .. }) => "wait",
        RunState::Ended(Ending::Cancelled) => "calm",
    };
    html! { span.chip.(tone) { (state.label()) } }
}

/// What set it off.
pub(crate) fn trigger(run: &Run) -> String {
    match &run.trigger {
        Trigger::Person => "手动运行".into(),
        Trigger::Schedule { late: false, .. } => "定时运行".into(),
        Trigger::Schedule { late: true, .. } => "定时补跑".into(),
        Trigger::Event { events } => {
            let kinds: BTreeSet<EventKind> = events.iter().map(|event| event.kind).collect();
            let titles: Vec<_> = kinds.into_iter().map(EventKind::title).collect();
            format!("{}时自动运行（{} 笔）", titles.join("、"), events.len())
        }
        Trigger::Chat { .. } => "聊天中运行".into(),
        Trigger::Assistant { .. } => run.wished_by().unwrap_or_default(),
    }
}

/// Why it gave no report.
pub(crate) fn why(state: &RunState) -> Option<&str> {
    match state {
        RunState::Ended(Ending::Failed { why } | Ending::Blocked { why }) => Some(why),
        _ => None,
    }
}

/// Runs, newest first, each a link to its page.
pub(crate) fn list(shop: &str, runs: &[Run], now: DateTime<FixedOffset>) -> Markup {
    html! {
        ul.runs {
            @for run in runs {
                li {
                    a href={ "/shops/" (shop) "/runs/" (run.id) } {
                        span.name { (run.title) }
                        span.meta { "数据截至 " (when::short_day(run.as_of, now.date_naive())) " · " (trigger(run)) }
                        span.meta.time { (when::moment(run.accepted, now)) @if let Some(ended) = run.ended { " · " (when::took(ended - run.accepted)) } }
                        (chip(&run.state))
                        (Icon::Arrow.draw())
                    }
                }
            }
        }
    }
}

/// What the run dialog shows of a finished run: the most important sentence, and how much there is to decide.
pub(crate) fn summary(run: &Run, report: &Report) -> Markup {
    let waiting = report.proposals.len();
    html! {
        div.result data-facts={ "/shops/" (run.shop) "/runs/" (run.id) "/facts/" } {
            p.lead { (text::words(&report.summary, &report.facts)) }
            @if waiting > 0 { p.sub { "提出了 " (waiting) " 项修改建议，要您批准后才会执行。" } }
        }
    }
}

/// A skill's form as it stands in the run dialog.
pub(crate) fn fields(manifest: &Manifest) -> Markup {
    use xiaoer_sdk::FieldKind;
    html! {
        @for field in &manifest.fields {
            @let (id, value) = (format!("field-{}", field.name), field.default.as_deref().unwrap_or_default());
            div.field {
                label for=(id) { (field.title) }
                @match &field.kind {
                    FieldKind::Text { max } => { input #(id) name=(field.name) maxlength=(max) value=(value) autocomplete="off"; }
                    FieldKind::Number { min, max } => {
                        input #(id) type="number" inputmode="numeric" name=(field.name) min=(min) max=(max) step="1" value=(value) required;
                        span.hint { (min) " 到 " (max) }
                    }
                    FieldKind::Choice { options } => {
                        select #(id) name=(field.name) {
                            @for (option, label) in options { option value=(option) selected[option == value] { (label) } }
                        }
                    }
                }
            }
        }
    }
}

/// A report's lead sentence, when there is one.
pub(crate) fn lead(report: &Report, facts: &Facts) -> Markup {
    html! { @if !report.summary.is_empty() { p.lead { (text::words(&report.summary, facts)) } } }
}

/// Links that show one skill's runs only.
pub(crate) fn filter(shop: &str, chosen: Option<&str>, manifests: &BTreeMap<String, Manifest>) -> Markup {
    html! {
        nav.filter aria-label="按技能筛选" {
            a href={ "/shops/" (shop) "/runs" } aria-current=[chosen.is_none().then_some("true")] { "全部" }
            @for (name, manifest) in manifests {
                a href={ "/shops/" (shop) "/runs?skill=" (name) } aria-current=[(chosen == Some(name.as_str())).then_some("true")] { (manifest.title) }
            }
        }
    }
}
