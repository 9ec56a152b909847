//! Products, as changes see them.

use std::collections::BTreeMap;

use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{Change, PictureFile};

use super::super::platform::Seen;
use super::{ENROLLED, LISTED, OFF, ON, ladder, pairs, yuan};

/// What stands for an attribute that a product does not have.
const NONE: &str = "（无）";

/// The name under which a picture of ours lies in the shop's photobank. It follows from the bytes, so that a picture that was uploaded
/// before a crash is found again.
#[must_use]
pub fn picture_name(sha256: &str) -> String {
    format!("xiaoer-{}", sha256.get(..12).unwrap_or(sha256))
}

/// What a product shows in the field that a change touches; none when it has no such SKU, its stock is not told, or the change is
/// about something else.
#[must_use]
pub fn of_product(product: &Product, change: &Change) -> Option<Seen> {
    let id = || product.id.clone();
    let sku_named = |sku: &str| product.skus.iter().find(|known| known.id == sku);
    let (value, back) = match change {
        Change::SetStock { sku: Some(sku), .. } => {
            let stock = sku_named(sku)?.stock;
            (stock.to_string(), Some(Change::SetStock { product: id(), sku: Some(sku.clone()), to: stock }))
        }
        Change::SetStock { sku: None, .. } => {
            let stock = product.stock?;
            (stock.to_string(), Some(Change::SetStock { product: id(), sku: None, to: stock }))
        }
        Change::EditTitle { .. } => {
            (product.title.clone(), Some(Change::EditTitle { product: id(), title: product.title.clone() }))
        }
        Change::EditAttributes { set, .. } => attributes(product, set),
        Change::SetPrice { sku, .. } => {
            let price = sku_named(sku)?.price?;
            (yuan(price), Some(Change::SetPrice { product: id(), sku: sku.clone(), to: price }))
        }
        Change::SetLadder { .. } => {
            let steps = product.prices.clone();
            (ladder(&steps), (!steps.is_empty()).then(|| Change::SetLadder { product: id(), steps }))
        }
        Change::TakeOff { .. } => (shelf(product), product.on_sale.then(|| Change::PutOn { product: id() })),
        Change::PutOn { .. } => (shelf(product), (!product.on_sale).then(|| Change::TakeOff { product: id() })),
        Change::SetPicture { .. } => {
            let path = product.pictures.first()?.clone();
            (path.clone(), Some(Change::SetPicture { product: id(), picture: PictureFile::Shop(path) }))
        }
        _ => return None,
    };
    Some(Seen { name: name(product, change), value, modified: Some(product.modified), back })
}

/// Whether a product is enrolled in an activity.
#[must_use]
pub fn of_enrolment(activity: &str, product: Option<&Product>, enrolled: bool) -> Seen {
    let title = product.map_or("商品", |product| product.title.as_str());
    let value = if enrolled { ENROLLED } else { "未报名" };
    Seen { name: format!("{title}（{activity}）"), value: value.into(), modified: None, back: None }
}

/// Whether a product with the merchant's number exists.
#[must_use]
pub fn of_number(title: &str, exists: bool) -> Seen {
    let value = if exists { LISTED } else { "还没有这个货号" };
    Seen { name: title.to_owned(), value: value.into(), modified: None, back: None }
}

fn name(product: &Product, change: &Change) -> String {
    let sku = match change {
        Change::SetStock { sku: Some(sku), .. } | Change::SetPrice { sku, .. } => Some(sku),
        _ => None,
    };
    match sku.and_then(|sku| product.skus.iter().find(|known| &known.id == sku)) {
        Some(sku) => format!("{}（{}）", product.title, sku.name),
        None => product.title.clone(),
    }
}

fn shelf(product: &Product) -> String {
    if product.on_sale { ON } else { OFF }.to_owned()
}

/// An attribute that the product does not have yet cannot be taken away again by setting it.
fn attributes(product: &Product, set: &BTreeMap<String, String>) -> (String, Option<Change>) {
    let now = |name: &str| product.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let shown = set.keys().map(|name| (name.clone(), now(name).unwrap_or_else(|| NONE.into()))).collect();
    let before: Option<BTreeMap<String, String>> =
        set.keys().map(|name| now(name).map(|value| (name.clone(), value))).collect();
    (pairs(&shown), before.map(|set| Change::EditAttributes { product: product.id.clone(), set }))
}
