//! A proposed change: what, on which object, from what to what, why, and what a person can do about it now.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use xiaoer_sdk::Change;

use super::icon::Icon;
use super::{diff, when};
use crate::action::{Action, ActionState, AuditRow};

/// Where a merchant does by hand what no API does.
const BACK_OFFICE: &str = "https://work.1688.com/";

/// An action and what its card shows beside it.
pub(crate) struct Card<'a> {
    pub(crate) action: &'a Action,
    /// Who did what to it, oldest first.
    pub(crate) audit: &'a [AuditRow],
    /// The title of the skill that proposed it.
    pub(crate) skill: &'a str,
    pub(crate) now: DateTime<FixedOffset>,
    /// The product's picture, where it has one.
    pub(crate) picture: Option<String>,
    /// How many actions of the shop wait for a person; the page's badge follows it.
    pub(crate) waiting: usize,
}

/// A state in one word, coloured by what it means.
pub(crate) fn chip(state: &ActionState) -> Markup {
    let tone = match state {
        ActionState::Proposed | ActionState::ByHand { claimed: false, .. } | ActionState::Unknown { .. } => "wait",
        ActionState::Approved | ActionState::Executing { .. } | ActionState::ByHand { claimed: true, .. } => "busy",
        ActionState::Done => "good",
        ActionState::Failed { .. } | ActionState::Refused { .. } => "bad",
        ActionState::Rejected | ActionState::Expired { .. } | ActionState::Undone => "calm",
    };
    html! { span.chip.(tone) { (state.label()) } }
}

/// From what to what.
pub(crate) fn change(action: &Action) -> Markup {
    match &action.change {
        Change::EditTitle { title, .. } => diff::texts(&action.before, title),
        Change::SetStock { to, .. } => html! {
            p.numbers { span.before { (action.before) } (Icon::Arrow.draw()) strong { (to) } " 件" }
        },
        Change::AgreeRefund { .. } => html! {
            p.numbers { span.before { (action.before) } (Icon::Arrow.draw()) strong { "同意退款" } }
        },
    }
}

/// The whole card.
pub(crate) fn card(card: &Card<'_>) -> Markup {
    let Card { action, now, .. } = card;
    // Until the worker is through, the page asks again.
    let live = action.state.is_due();
    html! {
        article.card.action #{ "a-" (action.id) } data-action=(action.id) data-hash=(action.hash()) data-live[live]
            data-waiting=(card.waiting) data-undo-of=[action.undo_of.as_ref()] {
            header {
                h3 { (action.change.kind().title()) @if action.undo_of.is_some() { "（撤销）" } }
                (chip(&action.state))
                @if action.state == ActionState::Proposed {
                    span.left { (Icon::Clock.draw()) "剩余 " time data-until=(action.expires.to_rfc3339()) { (when::left(action.expires - now)) } }
                }
            }
            div.object {
                @if let Some(address) = &card.picture { div.thumb { img src=(address) alt="" width="64" height="64" loading="lazy"; } }
                div { p.name { (action.object) } p.sub { (target_word(&action.change)) " " (action.change.target()) } }
            }
            // A proposed stock is its own field: the number that is approved is the number that is seen.
            @if !(action.state == ActionState::Proposed && matches!(action.change, Change::SetStock { .. })) { (change(action)) }
            @if !action.why.is_empty() { p.reason { b { "为什么 " } (action.why) } }
            @if !action.expected.is_empty() { p.reason { b { "预期 " } (action.expected) } }
            @if let Some(why) = action.state.why() { p.state-why { (why) } }
            (next_step(action))
            footer {
                p.sub {
                    @if action.run.is_empty() { "撤销操作" } @else {
                        a href={ "/shops/" (action.shop) "/runs/" (action.run) } { (card.skill) }
                    }
                    " · " (when::moment(action.proposed, *now)) " 提出"
                }
                (audit(card.audit, *now))
            }
        }
    }
}

fn target_word(change: &Change) -> &'static str {
    match change {
        Change::SetStock { .. } | Change::EditTitle { .. } => "商品",
        Change::AgreeRefund { .. } => "退款",
    }
}

/// What a person can do now; nothing while the worker has it, and nothing where it is over for good.
fn next_step(action: &Action) -> Markup {
    match &action.state {
        ActionState::Proposed => decide(action),
        ActionState::ByHand { claimed: false, .. } => by_hand(action),
        ActionState::Unknown { .. } => html! {
            div.buttons { a.button href=(BACK_OFFICE) target="_blank" rel="noopener" { (Icon::External.draw()) "打开后台核对" } }
        },
        ActionState::Done if action.undo_of.is_none() && action.reverse().is_some() => html! {
            div.buttons { button.button type="button" data-act="undo" { (Icon::Undo.draw()) "撤销" } }
        },
        _ => html! {},
    }
}

fn decide(action: &Action) -> Markup {
    html! {
        form.decide {
            @match &action.change {
                Change::SetStock { to, .. } => {
                    label.numbers {
                        span { "库存" } span.before { (action.before) } (Icon::Arrow.draw())
                        input type="number" name="to" value=(to) min="0" step="1" inputmode="numeric" required aria-label="改为多少件"; "件"
                    }
                }
                Change::EditTitle { title, .. } => {
                    details.edit {
                        summary { "改一改再批准" }
                        textarea name="title" rows="2" maxlength="120" required aria-label="新标题" { (title) }
                    }
                }
                Change::AgreeRefund { .. } => {}
            }
            p.error role="alert" hidden {}
            div.buttons {
                button.button.primary type="submit" data-act="approve" { "批准" }
                button.button type="button" data-act="reject" { "拒绝" }
            }
        }
    }
}

fn by_hand(action: &Action) -> Markup {
    let (label, value) = match &action.change {
        Change::SetStock { to, .. } => ("库存", to.to_string()),
        Change::EditTitle { title, .. } => ("新标题", title.clone()),
        Change::AgreeRefund { .. } => ("处理结果", "同意退款".to_owned()),
    };
    let target = action.change.target();
    html! {
        div.by-hand {
            ol {
                li { "打开 1688 后台，找到" (target_word(&action.change)) " " code { (target) } (copy(target)) }
                li { "把" (label) "改为 " code { (value) } (copy(&value)) }
                li { "改好后点“已完成”，下次同步会自动核对" }
            }
            div.buttons {
                a.button href=(BACK_OFFICE) target="_blank" rel="noopener" { (Icon::External.draw()) "打开后台" }
                button.button.primary type="button" data-act="claim" { "已完成" }
            }
        }
    }
}

fn copy(value: &str) -> Markup {
    html! { button.copy type="button" data-copy=(value) aria-label={ "复制 " (value) } { (Icon::Copy.draw()) "复制" } }
}

fn audit(rows: &[AuditRow], now: DateTime<FixedOffset>) -> Markup {
    html! {
        details.audit {
            summary { "操作记录" }
            ol { @for row in rows { li { time datetime=(row.at.to_rfc3339()) { (when::moment(row.at, now)) } " " (who(&row.by)) " " (row.what) } } }
        }
    }
}

fn who(by: &str) -> &str {
    match by {
        "xiaoer" => "小二",
        "policy" => "店铺规则",
        person => person,
    }
}
