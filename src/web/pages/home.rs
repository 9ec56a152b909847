//! 工作台: where the shop stands, what to do today, who can do it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{page, parts};
use crate::app::App;
use crate::shop::Shop;
use crate::shop::mirror::Head;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::layout::{self, Place};
use crate::web::view::{staff, when};

/// The first shop's page; without any, how to get one.
pub(crate) async fn first(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    match app.shops.list().await?.first() {
        Some(shop) => Ok(Redirect::to(&format!("/shops/{}", shop.id)).into_response()),
        None => Ok(layout::bare("还没有店铺", &no_shop()).into_response()),
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let head = app.mirror.head(&shop.id).await?;
    let content = html! {
        (greeting(&app, &shop, head.as_ref()))
        @match &head {
            Some(head) => {
                div.overview {
                    (parts::score(&app, &shop, head).await)
                    (parts::today(&app, &shop, head).await?)
                }
            }
            None => { (parts::first_sync(&app, &shop)) }
        }
        h2.section { "我的 AI 员工" }
        (staff::staff(&shop.id, &app.loaded.config.roles, &app.staff.now()))
        (parts::recent(&app, &shop).await?)
    };
    page(&app, &shop, (Place::Home, "工作台"), &content).await
}

fn greeting(app: &App, shop: &Shop, head: Option<&Head>) -> Markup {
    let now = app.clock.now_in(shop.zone);
    html! {
        header.page {
            div {
                h1 { (when::greeting(now)) "，" (shop.name) }
                p.sub {
                    (when::day(now.date_naive()))
                    @if let Some(head) = head {
                        " · 数据完整到 " b { (when::short_day(head.complete_through, now.date_naive())) }
                        @if let Some(at) = head.synced_at { " · " (when::moment(at, now)) " 同步" }
                    }
                }
            }
        }
    }
}

fn no_shop() -> Markup {
    html! {
        section.card.apology {
            h1 { "还没有店铺" }
            p { "先看演示：" code { "xiaoer demo" } }
            p { "添加自己的店铺：" code { "xiaoer shop add 编号 --name 店名 --industry consumer" } }
            p.sub { "没有开放平台应用也可以用：添加店铺后，把后台导出的订单表格拖进“店铺”页就行。" }
        }
    }
}
