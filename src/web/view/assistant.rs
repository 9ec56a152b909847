//! The card of assistants' tokens: make one, see when each was last used, take one back. A token itself is never drawn: the script shows
//! it once, from the answer that made it.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};

use super::icon::Icon;
use super::when;
use crate::assistant::Assistant;
use crate::shop::Shop;

/// Tokens that were taken back are shown so many at most.
const PAST: usize = 5;

/// The card, on a shop's page: its own box is ticked.
pub(crate) fn card(all: &[Assistant], shops: &[Shop], here: &Shop, now: DateTime<FixedOffset>) -> Markup {
    let held = all.iter().filter(|one| one.revoked.is_none());
    let past = all.iter().filter(|one| one.revoked.is_some()).take(PAST);
    html! {
        section #assistants.card {
            h2.title { "给 AI 助手的令牌" }
            p.sub { "让您自己的 AI 助手（支持 MCP 的）来提问、运行技能、看报告。它只能提建议：批准、授权、改设置都不行，要您本人在这里做。" }
            ul.schedules { @for one in held.chain(past) { (row(one, shops, now)) } }
            (new(shops, here))
            div #new-token.notice tabindex="-1" hidden {
                (Icon::Info.draw())
                div {
                    p { "令牌只显示这一次，请现在复制到助手的设置里：" }
                    p { code.token {} button.copy type="button" data-copy="" aria-label="复制令牌" { (Icon::Copy.draw()) "复制" } }
                    p { button.button.small type="button" data-reload="" { "复制好了" } }
                }
            }
        }
    }
}

fn row(one: &Assistant, shops: &[Shop], now: DateTime<FixedOffset>) -> Markup {
    let named = |id: &String| shops.iter().find(|shop| shop.id == *id).map_or(id.clone(), |shop| shop.name.clone());
    let shops: Vec<String> = one.shops.iter().map(named).collect();
    let ago = |at: DateTime<chrono::Utc>| when::moment(at.with_timezone(now.offset()), now);
    html! {
        li {
            header {
                p.name { (one.name) }
                @if one.revoked.is_some() { span.chip.calm { "已吊销" } }
                p.sub { (shops.join("、")) " · " @match one.used { Some(at) => { "上次使用 " (ago(at)) } None => "还没有用过" } }
            }
            @if one.revoked.is_none() {
                form data-post="/api/assistants/revoke" data-done="已吊销，这个助手不能再用了" {
                    input type="hidden" name="name" value=(one.name);
                    p.error role="alert" hidden {}
                    button.button.small type="submit" aria-label={ "吊销助手 " (one.name) " 的令牌" } { "吊销" }
                }
            }
        }
    }
}

fn new(shops: &[Shop], here: &Shop) -> Markup {
    html! {
        form data-new-token="" autocomplete="off" {
            div.field {
                label for="assistant-name" { "助手的名称" }
                input #assistant-name name="name" required maxlength="40" placeholder="例如：桌面助手";
            }
            fieldset {
                legend { "可以用于" }
                @for shop in shops {
                    label.check { input type="checkbox" name="shop" value=(shop.id) checked[shop.id == here.id]; span { (shop.name) } }
                }
            }
            p.error role="alert" hidden {}
            div.buttons { button.button type="submit" { "发一个令牌" } }
        }
    }
}
