//! 平台授权: how a shop's leave to call stands and the one thing to do about it, and the form for the app that calls.
//!
//! An app's secret is only ever typed in here; nothing shows it again.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use xiaoer_sdk::growth::Industry;

use super::icon::Icon;
use super::when;
use crate::shop::{Link, Shop, Standing};

/// The gateway of 1688 itself.
const GATEWAY: &str = "https://gw.open.1688.com";

/// The section; `standing` is none for a shop of files.
pub(crate) fn section(shop: &Shop, standing: Option<Standing>, now: DateTime<FixedOffset>) -> Markup {
    html! {
        section #authorization.card {
            header {
                h2.title { "平台授权" }
                @if let Some(standing) = standing {
                    button.button.small.primary[needs_hand(standing)] type="button" data-authorize="" { (wish(standing)) }
                }
            }
            @if let (Some(standing), Link::Alibaba { app_key, gateway, member_id, .. }) = (standing, &shop.link) {
                (notice(standing, now))
                dl.pairs {
                    div { dt { "状态" } dd { (label(standing)) } }
                    @if let Some(ends) = ends(standing) { div { dt { "到期时间" } dd { (when::moment(ends.fixed_offset(), now)) } } }
                    div { dt { "会员" } dd { @if member_id.is_empty() { "授权后自动识别" } @else { (member_id) } } }
                    div { dt { "AppKey" } dd { (app_key) } }
                    div { dt { "网关" } dd { (gateway) } }
                }
                @if standing != Standing::NotYet {
                    form data-post="/authorization/withdraw" data-done="已解除授权，小二不再读写这个店铺" {
                        p.error role="alert" hidden {}
                        div.buttons { button.button.small type="submit" { "解除授权" } }
                    }
                }
            } @else {
                p.sub { "这个店铺现在靠导入文件。在开放平台建好自己的应用后填在这里，订单、退款和商品就能自动同步。" }
            }
            details.values { summary { @if standing.is_some() { "修改应用" } @else { "接入开放平台" } } (app(Some(shop))) }
            details.values { summary { "添加另一个店铺" } (app(None)) }
        }
    }
}

/// An app's form, for a shop or for a new one.
fn app(shop: Option<&Shop>) -> Markup {
    let at = if shop.is_some() { "own" } else { "new" };
    let link = shop.and_then(|shop| match &shop.link {
        Link::Alibaba { gateway, app_key, member_id, .. } => {
            Some((gateway.as_str(), app_key.as_str(), member_id.as_str()))
        }
        Link::Files => None,
    });
    let (gateway, app_key, member) = link.unwrap_or((GATEWAY, "", ""));
    let field = |name: &str, words: &str, input: Markup| {
        html! { div.field { label for={ (at) "-" (name) } { (words) } (input) } }
    };
    html! {
        form data-connect="" autocomplete="off" {
            fieldset.row {
                @if let Some(shop) = shop {
                    input type="hidden" name="id" value=(shop.id);
                    input type="hidden" name="name" value=(shop.name);
                    input type="hidden" name="industry" value=(name_of(shop.industry));
                    input type="hidden" name="zone" value=(shop.zone.name());
                } @else {
                    (field("id", "店铺编号（小写字母、数字、连字符）", html! { input #{ (at) "-id" } name="id" required pattern="[a-z0-9-]{1,40}"; }))
                    (field("name", "店名", html! { input #{ (at) "-name" } name="name" required; }))
                    (field("industry", "行业", html! {
                        select #{ (at) "-industry" } name="industry" {
                            @for industry in [Industry::Consumer, Industry::Industrial] { option value=(name_of(industry)) { (industry.title()) } }
                        }
                    }))
                    input type="hidden" name="zone" value="Asia/Shanghai";
                }
                (field("gateway", "网关地址", html! { input #{ (at) "-gateway" } name="platform.gateway" required value=(gateway); }))
                (field("key", "AppKey", html! { input #{ (at) "-key" } name="platform.app_key" required value=(app_key); }))
                (field("secret", if link.is_some() { "AppSecret（不改就留空）" } else { "AppSecret" }, html! {
                    input #{ (at) "-secret" } name="platform.secret" type="password" required[link.is_none()] autocomplete="new-password";
                }))
                @if !member.is_empty() { input type="hidden" name="platform.member_id" value=(member); }
                @else { (field("member", "会员编号（不知道就留空）", html! { input #{ (at) "-member" } name="platform.member_id" placeholder="b2b-…"; })) }
            }
            p.error role="alert" hidden {}
            div.buttons { button.button type="submit" { @if shop.is_some() { "保存应用" } @else { "添加店铺" } } }
        }
    }
}

fn name_of(industry: Industry) -> String {
    serde_json::to_value(industry).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn needs_hand(standing: Standing) -> bool {
    matches!(standing, Standing::NotYet | Standing::Ended | Standing::Soon { .. })
}

fn wish(standing: Standing) -> &'static str {
    if standing == Standing::NotYet { "去授权" } else { "重新授权" }
}

fn label(standing: Standing) -> Markup {
    let (words, tone) = match standing {
        Standing::NotYet => ("还没有授权", "wait"),
        Standing::Endless | Standing::Good { .. } => ("已授权", "good"),
        Standing::Soon { .. } => ("快到期", "wait"),
        Standing::Ended => ("授权已失效", "bad"),
    };
    html! { span.chip.(tone) { (words) } @if matches!(standing, Standing::Good { .. }) { " 到期前自动续期" } }
}

fn ends(standing: Standing) -> Option<DateTime<chrono::Utc>> {
    match standing {
        Standing::Good { ends } => ends,
        Standing::Soon { ends } => Some(ends),
        Standing::NotYet | Standing::Endless | Standing::Ended => None,
    }
}

fn notice(standing: Standing, now: DateTime<FixedOffset>) -> Markup {
    let words = match standing {
        Standing::NotYet => "还没有授权：请点“去授权”，用本店主账号登录并同意。".to_owned(),
        Standing::Ended => {
            "授权已失效：小二读不到也改不了这个店铺，请点“重新授权”，用本店主账号登录并同意。".to_owned()
        }
        Standing::Soon { ends } => {
            format!("授权 {} 到期，自动续期没有成功：请点“重新授权”。", when::moment(ends.fixed_offset(), now))
        }
        Standing::Endless | Standing::Good { .. } => return html! {},
    };
    html! { div.notice.warning role="status" { (Icon::Warning.draw()) p { (words) } } }
}
