//! 导入数据: files in, a preview of each, and what was imported before. Templates to fill in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::page;
use crate::app::App;
use crate::shop::import::{self, ImportError};
use crate::shop::{Link, Shop};
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::icon::Icon;
use crate::web::view::imports;
use crate::web::view::layout::Place;

/// Imports that the page lists.
const LISTED: usize = 20;

/// What the file was called.
#[derive(Deserialize)]
pub(crate) struct Named {
    #[serde(default)]
    name: String,
}

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let listed = history(State(Arc::clone(&app)), Of(shop.clone())).await?;
    let content = html! {
        header.page {
            div {
                p.crumb { a href={ "/shops/" (shop.id) "/settings" } { "← 店铺" } }
                h1 { "导入数据" }
                p.sub { "先看预览，点“确认导入”之后才会写入；重复导入同一份文件不会重复计算。" }
            }
            a.button href={ "/shops/" (shop.id) "/costs" } { "填成本" }
        }
        (imports::drop(says(&shop)))
        (imports::templates())
        (listed)
        (imports::script())
    };
    page(&app, &shop, (Place::Settings, "导入数据"), &content).await
}

fn says(shop: &Shop) -> &'static str {
    match shop.link {
        Link::Alibaba { .. } => {
            "订单、退款和商品以平台为准，文件只补平台没有的：成本、推广、询盘、流量、订单标识和更早的订单。"
        }
        Link::Files => "这家店铺只用文件：订单导出、退款表和经营流水都从这里来。",
    }
}

/// The list of past imports, alone.
pub(crate) async fn history(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let past = import::past(&shop, &app.mirror, LISTED).await?;
    Ok(imports::history(&shop.id, &past, app.clock.now_in(shop.zone)))
}

/// The preview of one file. What is wrong with a file is no failure of the request: it is what the card says.
pub(crate) async fn card(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(named): Query<Named>,
    file: Bytes,
) -> Result<Markup, Problem> {
    let now = app.clock.now_in(shop.zone);
    match import::preview(&shop, &app.mirror, &file).await {
        Ok(preview) => Ok(imports::preview(&named.name, &preview, now)),
        Err(ImportError::Db(error)) => Err(error.into()),
        Err(error) => Ok(html! {
            article.file {
                h3 { (named.name) }
                div.notice.warning { (Icon::Warning.draw()) p { (error.to_string()) } }
                div.buttons { button.button.small type="button" data-leave="" { "知道了" } }
            }
        }),
    }
}
