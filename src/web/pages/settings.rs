//! 店铺: the state of the data, the way to new files, gates and marks, when what runs.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use rust_decimal::Decimal;
use xiaoer_sdk::growth::{self, Inputs};
use xiaoer_sdk::{Unit, Value};

use super::page;
use crate::app::App;
use crate::schedule::{self, Schedule, record};
use crate::shop::mirror::Head;
use crate::shop::{Link, Shop};
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::icon::Icon;
use crate::web::view::layout::Place;
use crate::web::view::{assistant, authorization, entries, push, spending, sync, when};

/// Fires and past slots shown of each schedule.
const FIRES: usize = 5;
const PAST: usize = 3;

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let head = app.mirror.head(&shop.id).await?;
    let inputs = app.scorer.inputs(&shop.id).await?;
    let now = app.clock.now_in(shop.zone);
    let standing = match &shop.link {
        Link::Alibaba { .. } => Some(app.authorizations.standing(&shop).await?),
        Link::Files => None,
    };
    let content = html! {
        header.page { div { h1 { (shop.name) } p.sub { "店铺数据、门槛与标识、定时计划" } } }
        (data(&app, &shop, head.as_ref(), now).await?)
        (authorization::section(&shop, standing, now))
        (import(&shop))
        (growth_inputs(&shop, head.as_ref(), &inputs))
        (schedules(&app, &shop).await?)
        (plugins(&app, &shop))
        (assistant::card(&app.assistants.list().await?, &app.shops.list().await?, &shop, now))
        @if let Some(card) = spending(&app, &shop, now).await? { (card) }
        (about(&app))
    };
    page(&app, &shop, (Place::Settings, "店铺"), &content).await
}

async fn data(app: &App, shop: &Shop, head: Option<&Head>, now: DateTime<FixedOffset>) -> Result<Markup, Problem> {
    let address = match &shop.link {
        Link::Alibaba { app_key, .. } => Some(format!("/push/alibaba/{app_key}")),
        Link::Files => None,
    };
    let (has_platform, standing) = (address.is_some(), app.inbox.standing(&shop.id).await?);
    Ok(html! {
        section.card {
            header {
                h2.title { "数据状态" }
                @if has_platform { button.button.small type="button" data-sync="" { (Icon::Refresh.draw()) "立即同步" } }
            }
            dl.pairs {
                div { dt { "来源" } dd { @if has_platform { "1688 开放平台" } @else { "文件导入" } } }
                div { dt { "行业" } dd { (shop.industry.title()) } }
                div { dt { "完整到" } dd { (head.map_or_else(|| "还没有数据".into(), |head| when::day(head.complete_through))) } }
                @if let Some(at) = head.and_then(|head| head.synced_at) { div { dt { "上次同步" } dd { (when::moment(at, now)) } } }
                @if let Some(address) = &address { div { dt { "推送" } dd { (push::words(&standing, address, now)) } } }
            }
            @if has_platform { (sync::line(&app.upkeep.state(&shop.id))) }
            @for one in head.map(|head| head.withheld.as_slice()).unwrap_or_default() {
                div.notice.warning { (Icon::Warning.draw()) p { "读不到" (one.part) "：应用没有“" (one.api) "”的权限，请申请 " (one.solution) } }
            }
        }
    })
}

fn import(shop: &Shop) -> Markup {
    html! {
        section #import.card {
            h2.title { "导入数据" }
            p.sub { "订单导出、生意参谋、推广花费、询盘、退款、订单标识和成本：没有接口能给的，用文件补。" }
            div.buttons {
                a.button.primary href={ "/shops/" (shop.id) "/import" } { (Icon::Upload.draw()) "导入文件" }
                a.button href={ "/shops/" (shop.id) "/costs" } { "填成本" }
            }
        }
    }
}

fn growth_inputs(shop: &Shop, head: Option<&Head>, inputs: &Inputs) -> Markup {
    let day = head.map(|head| head.complete_through);
    let pack = day.map_or_else(|| growth::packs().last(), |day| Some(growth::pack_for(day).0));
    html! {
        section #growth.card {
            header { h2.title { "门槛与标识" } a.more href={ "/shops/" (shop.id) "/rules" } { "规则与校准" (Icon::Arrow.draw()) } }
            p.sub { "订单里没有的升级门槛和商家标识；留空就是“不知道”，会按范围估算，不会当成 0。" }
            (entries::form(pack, shop.industry, inputs))
        }
    }
}

async fn schedules(app: &App, shop: &Shop) -> Result<Markup, Problem> {
    let ours: Vec<&Schedule> =
        app.loaded.config.schedules.iter().filter(|schedule| schedule.shops.includes(&shop.id)).collect();
    Ok(html! {
        section.card {
            h2.title { "定时计划" }
            @if ours.is_empty() { p.empty-line { "没有定时计划。在 agents.toml 里加一段 [[schedule]] 就会自动运行。" } }
            ul.schedules { @for one in ours { (scheduled(app, shop, one).await?) } }
        }
    })
}

async fn scheduled(app: &App, shop: &Shop, one: &Schedule) -> Result<Markup, Problem> {
    let past = record::history(&*app.db, &shop.id, &one.name, PAST).await?;
    let now = app.clock.now().with_timezone(&one.zone).fixed_offset();
    let fires = schedule::next_fires(one, app.clock.now(), FIRES);
    let team = app.staff.now();
    let title = team.title(&one.skill);
    Ok(html! {
        li {
            header {
                p.name { (title) }
                @if one.paused { span.chip.calm { "已暂停" } }
                p.sub { (one.zone.name()) @if !one.deliver.is_empty() { " · 送到 " (one.deliver.join("、")) } }
            }
            p.fires { "接下来 " @for slot in &fires { time datetime=(slot.at.to_rfc3339()) { (when::moment(slot.at.fixed_offset(), now)) } } }
            @for slot in &past { p.sub { (when::moment(slot.at.fixed_offset(), now)) " " (slot.outcome.label()) } }
        }
    })
}

fn plugins(app: &App, shop: &Shop) -> Markup {
    let count = app.loader.listed().len();
    html! {
        section.card {
            header { h2.title { "插件" } a.more href={ "/shops/" (shop.id) "/plugins" } { "查看和授权" (Icon::Arrow.draw()) } }
            p.sub { @if count == 0 { "还没有安装别人写的技能。" } @else { "装了 " (count) " 个别人写的技能；每个店铺分别授权。" } }
        }
    }
}

/// What models cost; nothing where none is asked and none ever was.
async fn spending(app: &App, shop: &Shop, now: DateTime<FixedOffset>) -> Result<Option<Markup>, Problem> {
    let (config, standing) = (&app.loaded.config, app.budget.standing(&shop.id, now).await?);
    if config.model.is_none() && standing.month.calls == 0 {
        return Ok(None);
    }
    let price = config.model.as_ref().and_then(|model| app.prices.of_model(model));
    Ok(Some(spending::card(&standing, app.budget.limits(), price.as_ref(), app.prices.version())))
}

fn about(app: &App) -> Markup {
    let config = &app.loaded.config;
    let rails = &config.guardrails;
    html! {
        section.card {
            h2.title { "安全边界" }
            p.sub { "这些限制写在代码里，批准了也不能越过。" }
            dl.pairs {
                div { dt { "大模型" } dd { @match &config.model { Some(model) => { (model.name) } None => { "没有接入，文字由规则生成" } } } }
                div { dt { "库存上限" } dd { (Value::Count(rails.stock_most, Unit::Pieces).exact()) } }
                div { dt { "标题长度" } dd { "最多 " (rails.title_longest) " 个字" } }
                div { dt { "每天最多" } dd { "每类 " (rails.changes_a_day) " 次修改" } }
                div { dt { "一次降价" } dd { "最多 " (share(rails.price_drop_most)) } }
                div { dt { "最低毛利" } dd { "成本之上 " (share(rails.margin_least)) "（填了成本的商品）" } }
                div { dt { "订单改价" } dd { "最多便宜货款的 " (share(rails.order_discount_most)) } }
                div { dt { "单笔退款" } dd { "最多 " (rails.refund_most.normalize()) " 元" } }
            }
            p { button.button type="button" data-logout="" { "退出登录" } }
        }
    }
}

fn share(of: Decimal) -> String {
    format!("{}%", (of * Decimal::ONE_HUNDRED).normalize())
}
