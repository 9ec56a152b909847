//! 成本: what each product costs, to fill in, to paste, to import or to take away.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;
use xiaoer_sdk::shop::Product;

use super::page;
use crate::app::App;
use crate::shop::costs::edits;
use crate::web::api::costs::known;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::costs::{self, Costs};
use crate::web::view::imports;
use crate::web::view::layout::Place;

/// Products of one page.
const PAGE: usize = 30;
/// Changes that are listed.
const EDITS: usize = 10;

/// Which products.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: usize,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Markup, Problem> {
    let (products, rows) = known(&app, &shop).await?;
    let costs = Costs::of(&rows);
    let unknown = products.iter().filter(|product| !costs.covers(product)).count();
    let words = asked.q.trim().to_lowercase();
    let mut found: Vec<&Product> = products.iter().filter(|product| matches(product, &words)).collect();
    // What is still unknown comes first: that is what one comes here for.
    found.sort_by_key(|product| costs.covers(product));
    let from = asked.from.min(found.len());
    let shown = &found[from..found.len().min(from.saturating_add(PAGE))];
    let more = (from + shown.len() < found.len()).then(|| from + shown.len());
    let content = html! {
        header.page {
            div {
                p.crumb { a href={ "/shops/" (shop.id) "/import" } { "← 导入数据" } }
                h1 { "成本" }
                p.sub { "每件的进货成本，单位元。留空就是不知道：利润和价格底线会说缺少成本，不会当成 0。" }
            }
            a.button href={ "/api/shops/" (shop.id) "/costs.xlsx" } download { "下载成本表" }
        }
        section.card {
            header {
                h2.title { "商品成本" }
                @if unknown > 0 { span.chip.wait { (unknown) " 个商品还不知道成本" } } @else if !products.is_empty() { span.chip.good { "全部已填" } }
            }
            (costs::search(&asked.q))
            @if products.is_empty() { p.empty-line { "店铺里还没有商品。同步或导入订单之后，就能在这里填成本；也可以先用下面的表格粘贴。" } }
            @else if shown.is_empty() { p.empty-line { "没有找到“" (asked.q) "”。" } }
            @else { (costs::form(shown, &costs)) }
            @if let Some(more) = more {
                p { a.button href={ "?q=" (costs::query(&asked.q)) "&from=" (more) } { "后面的商品" } }
            }
        }
        (costs::paste())
        (costs::edits(&edits(&shop, &app.mirror, EDITS).await?, app.clock.now_in(shop.zone)))
        (imports::script())
    };
    page(&app, &shop, (Place::Settings, "成本"), &content).await
}

fn matches(product: &Product, words: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(words);
    words.is_empty()
        || has(&product.id)
        || has(&product.title)
        || product.skus.iter().any(|sku| has(&sku.number) || has(&sku.name))
}
