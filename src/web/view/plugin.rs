//! A plugin's card: who wrote it, whether it runs, what it wishes for, what this shop said, and what came of it.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};

use super::icon::Icon;
use super::when;
use crate::action::AuditRow;
use crate::llm::budget::Sum;
use crate::plugin::grant::{self, Grant, Standing, Wishes, author};
use crate::plugin::loader::{Listed, State};

/// Characters of a digest that are shown.
const SHORT: usize = 12;

/// What a card shows.
pub(crate) struct Card<'a> {
    pub(crate) shop: &'a str,
    pub(crate) listed: &'a Listed,
    /// The title of its role.
    pub(crate) role: Option<&'a str>,
    pub(crate) grant: Option<&'a Grant>,
    /// None where its manifest cannot be read.
    pub(crate) standing: Option<Standing>,
    /// Decisions, oldest first.
    pub(crate) audit: &'a [AuditRow],
    pub(crate) lately: &'a Lately,
    pub(crate) now: DateTime<FixedOffset>,
}

/// What came of a plugin in the last thirty days.
pub(crate) struct Lately {
    pub(crate) runs: usize,
    pub(crate) failed: usize,
    pub(crate) cost: Sum,
}

/// The mark that a skill is a plugin.
pub(crate) fn badge(key: &str) -> Markup {
    html! { span.chip.calm title=(author(key)) { "插件" } }
}

/// The whole card.
pub(crate) fn card(card: &Card<'_>) -> Markup {
    let Card { listed, now, .. } = card;
    html! {
        section.card.plugin #{ "plugin-" (listed.identity.name) } {
            header {
                h2.title { (listed.title()) }
                (chip(card))
            }
            @if let Some(manifest) = &listed.manifest { p.sub { (manifest.description) } }
            (trouble(card))
            dl.pairs {
                div { dt { "名称" } dd { code { (listed.identity.name) } } }
                div { dt { "版本" } dd { (listed.version) " " span.sub title=(listed.digest) { (listed.digest.chars().take(SHORT).collect::<String>()) } } }
                div { dt { "作者" } dd title=(listed.identity.author) { (author(&listed.identity.author)) } }
                @if let Some(role) = card.role { div { dt { "归谁用" } dd { (role) } } }
                div { dt { "近 30 天" } dd { (lately(card.lately)) } }
            }
            (wishes(card))
            (decide(card))
            @if !card.audit.is_empty() {
                details.values {
                    summary { "授权记录" }
                    ul { @for row in card.audit { li.sub { (when::moment(row.at, *now)) " " (row.by) " " (row.what) } } }
                }
            }
        }
    }
}

fn chip(card: &Card<'_>) -> Markup {
    let (words, tone) = match (&card.listed.state, &card.standing) {
        (State::Broken { .. }, _) => ("坏了", "bad"),
        (State::Revoked, _) => ("已吊销", "bad"),
        (State::Ready, Some(standing @ Standing::Given)) => (standing.label(), "good"),
        (State::Ready, Some(standing @ (Standing::New | Standing::Wants(_)))) => (standing.label(), "wait"),
        (State::Ready, Some(standing @ Standing::Withdrawn)) => (standing.label(), "calm"),
        (State::Ready, None) => ("—", "calm"),
    };
    html! { span.chip.(tone) { (words) } }
}

fn trouble(card: &Card<'_>) -> Markup {
    if let Some(trouble) = &card.listed.trouble {
        return html! { div.notice.warning { (Icon::Warning.draw()) div { p { "文件夹里的新改动有问题，现在运行的还是改动之前的：" } p { code { (trouble) } } } } };
    }
    let updated = card.grant.filter(|grant| !grant.withdrawn && grant.version != card.listed.version);
    html! {
        @match (&card.listed.state, &card.standing) {
            (State::Broken { why }, _) => div.notice.warning { (Icon::Warning.draw()) div { p { "这个插件不能运行，其他技能不受影响。把下面这句话发给作者：" } p { code { (why) } } } },
            (State::Revoked, _) => div.notice.warning { (Icon::Warning.draw()) p { "作者或发布处吊销了这个版本，它不再运行。请更新到新版本，或者卸载。" } },
            (State::Ready, Some(Standing::Wants(_))) => div.notice.warning { (Icon::Info.draw()) p { "新版本想多做一些事。在您确认之前，它只能做以前答应过的。" } },
            (State::Ready, _) => @if let Some(grant) = updated { p.sub { "授权时是 " (grant.version) " 版，已更新到 " (card.listed.version) " 版，要做的事没有变多。" } },
        }
    }
}

fn wishes(card: &Card<'_>) -> Markup {
    let Some(manifest) = &card.listed.manifest else { return html! {} };
    let all = Wishes::of(manifest).words();
    let more = match &card.standing {
        Some(Standing::Wants(more)) => more.words(),
        _ => Vec::new(),
    };
    html! {
        h3 { "它要做什么" }
        @if all.is_empty() { p.sub { "什么都不读，也不提建议。" } }
        ul.wishes { @for wish in &all { li { (wish) @if more.contains(wish) { " " span.chip.wait { "新增" } } } } }
    }
}

fn decide(card: &Card<'_>) -> Markup {
    let Card { listed, .. } = card;
    let Some(manifest) = listed.manifest.as_ref().filter(|_| listed.state == State::Ready) else { return html! {} };
    let at = format!("/plugins/{}", listed.identity.name);
    let hash = grant::hash(card.shop, &listed.identity, &manifest.version, &Wishes::of(manifest));
    let yes = match &card.standing {
        Some(Standing::New) => Some("授权"),
        Some(Standing::Withdrawn) => Some("重新授权"),
        Some(Standing::Wants(_)) => Some("确认新增的"),
        Some(Standing::Given) | None => None,
    };
    html! {
        @if let Some(words) = yes {
            form data-post={ (at) "/grant" } data-done="已授权，可以运行了" {
                input type="hidden" name="hash" value=(hash);
                p.error role="alert" hidden {}
                div.buttons { button.button.primary type="submit" { (words) } }
            }
        }
        @if card.grant.is_some_and(|grant| !grant.withdrawn) {
            @for host in card.grant.into_iter().flat_map(|grant| &grant.given.http) { (secret(&at, host)) }
            form data-post={ (at) "/withdraw" } data-done="已收回授权，正在进行的运行已停止" {
                p.error role="alert" hidden {}
                div.buttons { button.button.small type="submit" { "收回授权" } }
            }
        }
    }
}

/// What is sent along to a host; it is only ever typed in.
fn secret(at: &str, host: &str) -> Markup {
    html! {
        details.values {
            summary { "给 " (host) " 的密钥" }
            form data-post={ (at) "/secret" } data-done="已保存" autocomplete="off" {
                input type="hidden" name="host" value=(host);
                div.field {
                    label for={ "secret-" (host) } { "随请求发出的一行，插件看不到；留空就是删除" }
                    input #{ "secret-" (host) } name="header" type="password" autocomplete="new-password" placeholder="Authorization: Bearer …";
                }
                p.error role="alert" hidden {}
                div.buttons { button.button.small type="submit" { "保存" } }
            }
        }
    }
}

fn lately(lately: &Lately) -> Markup {
    html! {
        @if lately.runs == 0 { "没有运行过" } @else {
            "运行 " (lately.runs) " 次"
            @if lately.failed > 0 { "，失败 " (lately.failed) " 次" }
            @if lately.cost.calls > 0 {
                "，大模型 " @if lately.cost.unknown > 0 { "费用未知" } @else { (lately.cost.cost) " 元" }
            }
        }
    }
}
