//! A proposed change: what, on which object, from what to what, why, and what a person can do about it now.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use rust_decimal::Decimal;
use xiaoer_sdk::{Change, PictureFile};

use super::icon::Icon;
use super::{diff, when};
use crate::action::kind::meaning;
use crate::action::{Action, ActionState, AuditRow};
use crate::plugin::withdrawn::Withdrawn;

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
    /// What was taken back, so that it can only be declined.
    pub(crate) withdrawn: Option<Withdrawn>,
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
    let numbers = |unit: &str, after: String| {
        html! { p.numbers { span.before { (action.before) } (Icon::Arrow.draw()) strong { (after) } (unit) } }
    };
    match &action.change {
        Change::SetStock { to, .. } => numbers(" 件", to.to_string()),
        Change::AgreeRefund { .. } => numbers("", "同意退款".into()),
        Change::EditTitle { .. } | Change::EditAttributes { .. } | Change::WriteMemo { .. } => {
            diff::texts(&action.before, &action.after())
        }
        Change::SetPicture { picture: PictureFile::Kept(sha256), .. } => html! {
            p.numbers { span.before { "上面的主图" } (Icon::Arrow.draw()) "新主图" }
            img.new-picture src={ "/api/shops/" (action.shop) "/kept/" (sha256) } alt="新主图" width="160" height="160";
        },
        Change::SetPicture { .. } => numbers("", "换回原来的主图".into()),
        _ => numbers("", action.after()),
    }
}

/// What a yes would say beyond the one field: every argument that the shop or a buyer gets to see.
fn arguments(change: &Change) -> Vec<(&'static str, String)> {
    match change {
        Change::AddListing { listing } => vec![
            ("标题", listing.title.clone()),
            ("类目编号", listing.category.clone()),
            ("价格", steps(&listing.steps)),
            ("库存", format!("{} 件", listing.stock)),
            ("主图", format!("{} 张", listing.pictures.len())),
        ],
        Change::RateOrders { orders, stars, words } => {
            vec![("订单", orders.join("、")), ("星级", format!("{stars} 星")), ("评语", words.clone())]
        }
        Change::SendOrder { lines, carrier, waybill, .. } => {
            vec![("承运方编码", carrier.clone()), ("运单号", waybill.clone()), ("商品行", lines.join("、"))]
        }
        Change::CloseOrder { remark, .. } => vec![("关闭原因", remark.clone())],
        Change::AgreeReturn { address, .. } => vec![
            ("退货地址", address.address.clone()),
            ("邮编", address.post.clone()),
            ("收件人", address.name.clone()),
            ("电话", address.phone.clone()),
        ],
        Change::Enrol { terms, .. } => vec![(
            "报名内容",
            terms.iter().map(|(key, value)| format!("{key}＝{value}")).collect::<Vec<_>>().join("；"),
        )],
        _ => Vec::new(),
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
                div { p.name { (action.object) } p.sub { (action.change.target().word()) " " (action.change.target().id()) } }
            }
            // A proposed number is its own field: what is approved is what is seen.
            @let open = action.state == ActionState::Proposed && card.withdrawn.is_none();
            @if !(open && is_number(&action.change)) { (change(action)) }
            @let said = arguments(&action.change);
            @if !said.is_empty() { dl.pairs { @for (name, value) in &said { div { dt { (name) } dd { (value) } } } } }
            @if !action.why.is_empty() { p.reason { b { "为什么 " } (action.why) } }
            @if !action.expected.is_empty() { p.reason { b { "预期 " } (action.expected) } }
            @if let Some(why) = action.state.why() { p.state-why { (why) } }
            @if let Some(notice) = action.origin.notice().filter(|_| open) {
                div.notice.warning { (Icon::Info.draw()) p { (notice) } }
            }
            @if let Some(withdrawn) = card.withdrawn { div.notice.warning { (Icon::Warning.draw()) p { (withdrawn.of_proposal()) } } }
            (next_step(action, card.withdrawn))
            footer {
                p.sub {
                    @if action.undo_of.is_some() { "撤销操作" } @else if action.run.is_empty() { "您自己提出" } @else {
                        a href={ "/shops/" (action.shop) "/runs/" (action.run) } { (card.skill) }
                    }
                    " · " (when::moment(action.proposed, *now)) " 提出"
                }
                (audit(card.audit, *now))
            }
        }
    }
}

/// A change of one number, which a person may correct before saying yes.
fn is_number(change: &Change) -> bool {
    matches!(change, Change::SetStock { .. } | Change::SetPrice { .. })
}

fn steps(steps: &[(u32, Decimal)]) -> String {
    steps.iter().map(|(from, price)| format!("{from} 件起 {price:.2} 元")).collect::<Vec<_>>().join("；")
}

/// What a person can do now; nothing while the worker has it, and nothing where it is over for good.
fn next_step(action: &Action, withdrawn: Option<Withdrawn>) -> Markup {
    let meaning = meaning(action.change.kind());
    match &action.state {
        ActionState::Proposed if withdrawn.is_some() => html! {
            p.error role="alert" hidden {}
            div.buttons { button.button type="button" data-act="reject" { "拒绝" } }
        },
        ActionState::Proposed => decide(action),
        ActionState::ByHand { claimed: false, .. } => by_hand(action),
        ActionState::Unknown { .. } => html! {
            div.buttons {
                a.button href=(BACK_OFFICE) target="_blank" rel="noopener" { (Icon::External.draw()) "打开后台核对" }
                @if withdrawn.is_none() { button.button type="button" data-act="retry" { "没有生效，重新提交" } }
                button.button type="button" data-act="reject" { "不再处理" }
            }
        },
        ActionState::Done if action.undo_of.is_none() => match (action.reverse(), meaning.undo.why_not()) {
            (Some(_), _) => {
                html! { div.buttons { button.button type="button" data-act="undo" { (Icon::Undo.draw()) "撤销" } } }
            }
            (None, Some(why)) => html! { p.sub { (why) } },
            (None, None) => html! {},
        },
        _ => html! {},
    }
}

fn decide(action: &Action) -> Markup {
    let meaning = meaning(action.change.kind());
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
                Change::SetPrice { to, .. } => {
                    label.numbers {
                        span { "价格" } span.before { (action.before) } (Icon::Arrow.draw())
                        input type="number" name="to" value=(to) min="0.01" step="0.01" inputmode="decimal" required aria-label="改为多少元"; "元"
                    }
                }
                _ => {}
            }
            @if let Some(notice) = meaning.right.notice() { p.sub { (notice) } }
            @if let Some(why) = meaning.undo.why_not() { p.sub { (why) } }
            p.error role="alert" hidden {}
            div.buttons {
                button.button.primary type="submit" data-act="approve" { "批准" }
                button.button type="button" data-act="reject" { "拒绝" }
            }
        }
    }
}

/// The values that a person copies into the back office.
fn to_copy(change: &Change) -> Vec<(&'static str, String)> {
    match change {
        Change::SetStock { to, .. } => vec![("库存", to.to_string())],
        Change::EditTitle { title, .. } => vec![("标题", title.clone())],
        Change::EditAttributes { set, .. } => {
            set.iter().map(|(name, value)| ("属性", format!("{name}：{value}"))).collect()
        }
        Change::SetPrice { to, .. } => vec![("价格", format!("{to:.2}"))],
        Change::SetLadder { steps, .. } => {
            steps.iter().map(|(from, price)| ("阶梯价", format!("{from} 件起 {price:.2}"))).collect()
        }
        Change::WriteMemo { text, flag, .. } => vec![("备注", text.clone()), ("旗帜", flag.title().to_owned())],
        Change::SetOrderPrice { lines, freight, .. } => {
            let line = |(id, change): (&String, &Decimal)| ("涨价或折扣", format!("{id}：{change:+.2}"));
            lines.iter().map(line).chain([("运费", format!("{freight:.2}"))]).collect()
        }
        Change::TakeOff { .. } => vec![("状态", "下架".into())],
        Change::PutOn { .. } => vec![("状态", "上架".into())],
        Change::SetPicture { .. } => vec![("主图", "换成上面的新主图".into())],
        Change::AgreeRefund { .. } => vec![("处理结果", "同意退款".into())],
        _ => arguments(change),
    }
}

fn by_hand(action: &Action) -> Markup {
    let target = action.change.target();
    let values = to_copy(&action.change);
    html! {
        div.by-hand {
            ol {
                li { "打开 1688 后台，找到" (target.word()) " " code { (target.id()) } (copy(target.id())) }
                @for (label, value) in &values { li { "把" (label) "设为 " code { (value) } (copy(value)) } }
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
