//! Costs as a form: one field a product and variant, empty where the cost is unknown.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use rust_decimal::Decimal;
use xiaoer_sdk::shop::{Cost, Product};

use super::when;
use crate::shop::costs::CostEdit;

/// Changes of one save that are listed.
const LISTED: usize = 5;

/// Costs by product and variant.
pub(crate) struct Costs<'a>(HashMap<(&'a str, Option<&'a str>), Decimal>);

impl<'a> Costs<'a> {
    pub(crate) fn of(rows: &'a [Cost]) -> Self {
        Self(rows.iter().map(|row| ((row.product.as_str(), row.sku.as_deref()), row.cost)).collect())
    }

    /// The cost that was entered for exactly this.
    pub(crate) fn get(&self, product: &str, sku: Option<&str>) -> Option<Decimal> {
        self.0.get(&(product, sku)).copied()
    }

    /// Whether every piece of a product has a cost.
    pub(crate) fn covers(&self, product: &Product) -> bool {
        let each = !product.skus.is_empty()
            && product.skus.iter().all(|sku| self.get(&product.id, Some(&sku.number)).is_some());
        each || self.get(&product.id, None).is_some()
    }
}

pub(crate) fn search(words: &str) -> Markup {
    html! {
        form.search method="get" role="search" {
            input type="search" name="q" value=(words) aria-label="按标题、商品编号或规格搜索" placeholder="标题、商品编号或规格" maxlength="60";
            button.button type="submit" { "搜索" }
        }
    }
}

/// Words as the value of a query.
pub(crate) fn query(words: &str) -> String {
    words
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub(crate) fn form(products: &[&Product], costs: &Costs<'_>) -> Markup {
    html! {
        form #costs.costs {
            div.scroll tabindex="0" role="region" aria-label="商品成本" {
                table {
                    thead { tr { th scope="col" { "商品" } th scope="col" { "规格" } th.number scope="col" { "售价" } th scope="col" { "成本（元）" } } }
                    tbody { @for product in products { (rows(product, costs)) } }
                }
            }
            p.error role="alert" hidden {}
            div.buttons { button.button.primary type="submit" { "保存成本" } }
        }
    }
}

fn rows(product: &Product, costs: &Costs<'_>) -> Markup {
    let price = product.prices.iter().map(|(_, price)| *price).min();
    let whole = costs.get(&product.id, None);
    html! {
        tr {
            th.product scope="row" rowspan=(product.skus.len() + 1) { (product.title) br; small { (product.id) } }
            td { @if product.skus.is_empty() { "–" } @else { "所有规格" } }
            (priced(price))
            (field(product, None, (whole, price)))
        }
        @for sku in &product.skus {
            tr {
                td { (sku.name) br; small { (sku.number) } }
                (priced(sku.price.or(price)))
                (field(product, Some((sku.number.as_str(), sku.name.as_str())), (costs.get(&product.id, Some(&sku.number)), sku.price.or(price))))
            }
        }
    }
}

fn priced(price: Option<Decimal>) -> Markup {
    html! { td.number { @match price { Some(price) => { (price.normalize()) } None => { span.nothing { "–" } } } } }
}

fn field(product: &Product, sku: Option<(&str, &str)>, (cost, price): (Option<Decimal>, Option<Decimal>)) -> Markup {
    let name = sku.map_or("所有规格", |(_, name)| name);
    let over = cost.zip(price).is_some_and(|(cost, price)| cost > price);
    html! {
        td.cost {
            input type="text" inputmode="decimal" autocomplete="off" maxlength="16" pattern="[0-9]{1,9}([.][0-9]{1,4})?" title="元，最多 4 位小数，不知道就留空"
                data-product=(product.id) data-sku=[sku.map(|(number, _)| number)] value=[cost] placeholder="不知道" aria-label={ (product.title) " " (name) " 的成本" };
            @if over { " " span.chip.bad { "高于售价" } }
        }
    }
}

/// Cells copied out of a spreadsheet.
pub(crate) fn paste() -> Markup {
    html! {
        section #paste.card {
            h2.title { "从表格粘贴" }
            p.sub #paste-how { "在 Excel 或 WPS 里选中“Offer ID、SKU ID、成本”三列（或“Offer ID、成本”两列）复制，粘贴到这里，有没有表头都行；先看预览，确认后才保存。" }
            textarea rows="5" data-paste="" aria-label="粘贴成本" aria-describedby="paste-how" placeholder="610947572360\t\t12.50" {}
            div.buttons { button.button type="button" data-read-paste="" { "看预览" } }
            div #files role="status" aria-live="polite" {}
        }
    }
}

/// Who changed what.
pub(crate) fn edits(edits: &[CostEdit], now: DateTime<FixedOffset>) -> Markup {
    html! {
        @if !edits.is_empty() {
            section.card {
                h2.title { "最近的修改" }
                ul.imports {
                    @for edit in edits {
                        li {
                            p.name { (when::moment(edit.at, now)) " · " (edit.by) " · " (edit.changes.len()) " 个成本" }
                            @for change in edit.changes.iter().take(LISTED) {
                                p.sub { (change.sku.as_deref().unwrap_or(&change.product)) "：" (known(change.before)) " → " (known(change.after)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn known(cost: Option<Decimal>) -> String {
    cost.map_or_else(|| "不知道".into(), |cost| format!("{cost} 元"))
}
