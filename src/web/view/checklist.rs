//! Things to do: what, why, until when, what it brings, who, and the one button that gets it going.

use maud::{Markup, html};
use xiaoer_sdk::Task;

use super::blocks::Around;
use super::icon::Icon;
use super::{action, text};

pub(crate) fn tasks(tasks: &[Task], around: &Around<'_>) -> Markup {
    html! { ol.tasks { @for (at, one) in tasks.iter().enumerate() { (task(at + 1, one, around)) } } }
}

fn task(rank: usize, task: &Task, around: &Around<'_>) -> Markup {
    let facts = around.facts;
    html! {
        li.task {
            span.rank aria-hidden="true" { (rank) }
            div.what {
                p.name { (task.title) }
                @if !task.why.is_empty() { p.why { (text::words(&task.why, facts)) } }
                ul.meta {
                    @if !task.who.is_empty() { li.who { (task.who) } }
                    @if !task.deadline.is_empty() { li { (Icon::Clock.draw()) span { (text::words(&task.deadline, facts)) } } }
                    @if !task.expected.is_empty() { li { (Icon::Spark.draw()) span { (text::words(&task.expected, facts)) } } }
                }
            }
            div.go { (go(task, around)) }
        }
    }
}

/// A proposal is decided, a skill is run; a task with neither is done by hand.
fn go(task: &Task, around: &Around<'_>) -> Markup {
    if let Some(key) = &task.proposal
        && let Some(proposed) = around.actions.iter().find(|action| action.key == *key)
    {
        return html! {
            (action::chip(&proposed.state))
            a.button.small href={ "/shops/" (around.shop) "/actions#a-" (proposed.id) } {
                @if proposed.state.waits_for_person() { "去处理" } @else { "查看" }
            }
        };
    }
    match task.skill.as_ref().and_then(|name| around.manifests.get(name)) {
        Some(skill) => html! {
            button.button.small type="button" data-skill=(skill.name) data-title=(skill.title) { (Icon::Play.draw()) (skill.title) }
        },
        None => html! {},
    }
}
