//! One arm a kind of change: which method makes it, and with what. What a change is about is read first where the platform wants the
//! whole of it; a doubt about the outcome is left to whoever reads the shop back.
//!
//! Never here: a second try, a decision, a guess at an amount.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use xiaoer_sdk::{Change, Flag, Listing, PictureFile, ReturnAddress};

use super::bank;
use super::calls::{
    cancel, delivery, edit, enrol, listing, memo, orders, price, products, rate, refunds, shelf, stock, topics,
};
use super::client::Client;
use super::failed::unread;
use super::told::Yuan;
use crate::shop::platform::WriteError;

/// 货号 is this attribute in every category.
const NUMBER: &str = "p-1398";
/// The scene of a plain listing.
const SCENE: &str = "cbu";

pub(super) async fn make(client: &Client, change: &Change) -> Result<(), WriteError> {
    match change {
        Change::SetStock { product, sku, to } => {
            let amount = match sku {
                Some(spec) => stock::Amount::Specs(vec![(spec.clone(), pieces(*to)?)]),
                None => stock::Amount::Whole(pieces(*to)?),
            };
            stock::set(client, &[(product.clone(), amount)]).await?.whole()
        }
        Change::EditTitle { product, title } => {
            let change = edit::Increment { title: Some(title.clone()), ..edit::Increment::default() };
            edit::increment(client, product, &change).await
        }
        Change::EditAttributes { product, set } => attributes(client, product, set).await,
        Change::SetPrice { product, sku, to } => sku_price(client, product, sku, *to).await,
        Change::SetLadder { product, steps } => ladder(client, product, steps).await,
        Change::TakeOff { product } => shelf::expire(client, &[product]).await?.whole(),
        Change::PutOn { product } => shelf::repost(client, &[product]).await?.whole(),
        Change::SetPicture { product, picture } => main_picture(client, product, picture).await,
        Change::AddListing { listing } => publish(client, listing).await,
        Change::WriteMemo { order, text, flag } => {
            let trade = orders::detail(client, order).await.map_err(unread)?;
            memo::add(client, &trade, &memo::joined(None, text)?, Some(icon(*flag))).await
        }
        Change::SetOrderPrice { order, lines, freight } => order_price(client, order, lines, *freight).await,
        Change::RateOrders { orders, stars, words } => {
            let rating = |order: &String| rate::Rating { order: order.clone(), stars: *stars, content: words.clone() };
            rate::batch(client, &orders.iter().map(rating).collect::<Vec<_>>()).await?.whole()
        }
        Change::SendOrder { order, lines, carrier, waybill } => send(client, order, lines, (carrier, waybill)).await,
        Change::CloseOrder { order, remark } => {
            let trade = orders::detail(client, order).await.map_err(unread)?;
            cancel::cancel(client, &trade, cancel::Reason::Other, Some(remark)).await
        }
        Change::AgreeRefund { .. } => Err(WriteError::NoRight {
            api: "同意退款".into(),
            solution: "平台没有向商家自用应用开放这个接口，请在商家后台处理".into(),
        }),
        Change::AgreeReturn { refund, address } => agree_return(client, refund, address).await,
        Change::Enrol { activity, batch, product, terms } => {
            join(client, (activity, batch.as_deref()), product, terms).await
        }
    }
}

fn pieces(to: i64) -> Result<i64, WriteError> {
    if to < 0 { Err(WriteError::Refused { why: "库存不能小于 0".into() }) } else { Ok(to) }
}

fn icon(flag: Flag) -> memo::Icon {
    match flag {
        Flag::Red => memo::Icon::Red,
        Flag::Blue => memo::Icon::Blue,
        Flag::Green => memo::Icon::Green,
        Flag::Yellow => memo::Icon::Yellow,
    }
}

/// The method takes the whole record; what the read does not tell of a product is lost, which is why only invited apps may call it.
async fn attributes(client: &Client, product: &str, set: &BTreeMap<String, String>) -> Result<(), WriteError> {
    let mut record = products::record(client, product).await.map_err(unread)?;
    let known = record.entry("attributes").or_insert_with(|| json!([]));
    let rows =
        known.as_array_mut().ok_or_else(|| WriteError::NotSent { why: "平台没有返回商品属性".into() })?;
    for (name, value) in set {
        match rows.iter_mut().find(|row| row["attributeName"] == *name) {
            Some(row) => {
                row["value"] = json!(value);
                // The choice of old would contradict the new text.
                row.as_object_mut().map(|row| row.remove("valueID"));
            }
            None => rows.push(json!({ "attributeName": name, "value": value, "isCustom": true })),
        }
    }
    edit::whole(client, product, &record).await.map(drop)
}

async fn sku_price(client: &Client, product: &str, sku: &str, to: Decimal) -> Result<(), WriteError> {
    let found = super::products::get(client, product).await.map_err(unread)?;
    let number = found.skus.iter().find(|known| known.id == sku).map(|sku| sku.number.clone());
    let number = number.ok_or_else(|| WriteError::Refused { why: format!("商品 {product} 没有这个规格") })?;
    let fen = Yuan(to).fen().ok_or_else(|| WriteError::Refused { why: "价格最多到分".into() })?;
    edit::sku_prices(client, product, &[(number, fen)]).await
}

async fn ladder(client: &Client, product: &str, steps: &[(u32, Decimal)]) -> Result<(), WriteError> {
    let category = category(&products::record(client, product).await.map_err(unread)?);
    let steps: Vec<(u32, Yuan)> = steps.iter().map(|(from, price)| (*from, Yuan(*price))).collect();
    let values = Map::from_iter([("priceRange".to_owned(), edit::ladder(&steps)?)]);
    let form = edit::Form { product: product.to_owned(), category, scene: SCENE.into(), values };
    edit::form(client, &form).await
}

fn category(record: &Map<String, Value>) -> String {
    record.get("categoryID").map(|id| id.to_string().trim_matches('"').to_owned()).unwrap_or_default()
}

/// The new one in front, the others behind it, as many as there may be. Pictures do not go without the title.
async fn main_picture(client: &Client, product: &str, picture: &PictureFile) -> Result<(), WriteError> {
    let found = super::products::get(client, product).await.map_err(unread)?;
    let path = bank::path(client, picture).await?;
    let mut pictures = vec![path.clone()];
    let rest = found.pictures.iter().skip(1).filter(|known| **known != path);
    pictures.extend(rest.take(4).cloned());
    let change = edit::Increment { title: Some(found.title), pictures: Some(pictures), description: None };
    edit::increment(client, product, &change).await
}

async fn publish(client: &Client, new: &Listing) -> Result<(), WriteError> {
    let at = listing::Scene { category: new.category.clone(), scene: SCENE.into(), more: None };
    let schema = listing::schema(client, &at, None).await.map_err(unread)?;
    let mut pictures = Vec::new();
    for picture in &new.pictures {
        pictures.push(json!({ "url": bank::path(client, picture).await? }));
    }
    let mut properties: Map<String, Value> =
        new.attributes.iter().map(|(id, value)| (id.clone(), json!(value))).collect();
    properties.insert(NUMBER.into(), json!(new.number));
    let steps: Vec<(u32, Yuan)> = new.steps.iter().map(|(from, price)| (*from, Yuan(*price))).collect();
    let begin = new.steps.first().map_or(1, |(from, _)| *from);
    let values = Map::from_iter([
        ("title".to_owned(), json!(new.title)),
        ("description".to_owned(), json!(new.description)),
        ("catProp".to_owned(), Value::Object(properties)),
        ("primaryPicture".to_owned(), json!({ "imageList": pictures })),
        ("priceRange".to_owned(), edit::ladder(&steps)?),
        ("beginAmount".to_owned(), json!(begin)),
        ("totalSales".to_owned(), json!(new.stock)),
    ]);
    let global = schema.get("global").cloned().unwrap_or_else(|| json!({}));
    listing::add(client, &listing::Listing { at, values, global }).await.map(drop)
}

/// The change of a line is counted from its original sum; the call wants what the line shall cost in all.
async fn order_price(
    client: &Client,
    order: &str,
    lines: &BTreeMap<String, Decimal>,
    freight: Decimal,
) -> Result<(), WriteError> {
    let trade = orders::detail(client, order).await.map_err(unread)?;
    let mut wanted = BTreeMap::new();
    for (id, change) in lines {
        let original = trade.line(id).and_then(|line| line.price.map(|price| price.0).zip(*line.quantity));
        let (price, pieces) = original
            .ok_or_else(|| WriteError::Refused { why: format!("订单里没有明细 {id}，请刷新订单") })?;
        wanted.insert(id.clone(), Yuan((price * pieces).round_dp(2) + change));
    }
    price::modify(client, &price::repriced(&trade, &wanted, Some(Yuan(freight)))?).await
}

async fn send(client: &Client, order: &str, lines: &[String], parcel: (&str, &str)) -> Result<(), WriteError> {
    let trade = orders::detail(client, order).await.map_err(unread)?;
    let sendable: Vec<_> = lines.iter().map(|line| delivery::sendable(&trade, line)).collect::<Result<_, _>>()?;
    let carriers = delivery::carriers(client).await.map_err(unread)?;
    let (code, waybill) = parcel;
    let known = carriers.iter().find(|carrier| carrier.company_no.as_deref() == Some(code));
    let name = known.and_then(|carrier| carrier.company_name.as_deref());
    let name =
        name.ok_or_else(|| WriteError::Refused { why: format!("平台没有编码为“{code}”的物流公司") })?;
    delivery::send(client, (code, name), waybill, &sendable).await?.orders.whole()
}

async fn agree_return(client: &Client, refund: &str, to: &ReturnAddress) -> Result<(), WriteError> {
    let found = refunds::detail(client, refund).await.map_err(unread)?;
    let ReturnAddress { address, post, name, phone } = to.clone();
    let to = refunds::ReturnTo { address, post, name, phone };
    refunds::agree_return(client, &found, &to, "同意退货，请按此地址寄回").await
}

/// An activity with one run needs no choice; one with several is not guessed at.
async fn join(
    client: &Client,
    (activity, batch): (&str, Option<&str>),
    product: &str,
    terms: &BTreeMap<String, String>,
) -> Result<(), WriteError> {
    let known = topics::terms(client, activity).await.map_err(unread)?;
    let runs: Vec<&str> = known.batch_time.iter().filter_map(|run| run.id.as_ref().map(|id| id.0.as_str())).collect();
    let batch = match (batch, runs.as_slice()) {
        (Some(batch), _) => batch,
        (None, [only]) => only,
        (None, _) => {
            return Err(WriteError::Refused {
                why: "这个活动有多个场次，请先选择场次再报名".into()
            });
        }
    };
    let answer = |(key, value): (&String, &String)| enrol::Answer {
        item: None,
        key: key.clone(),
        value: value.clone(),
        sku: None,
    };
    let enrolment = enrol::Enrolment {
        topic: activity.to_owned(),
        batch: Some(batch.to_owned()),
        products: vec![(product.to_owned(), terms.iter().map(answer).collect())],
        commitment: known.commitment_letter.as_deref().unwrap_or_default().to_owned(),
    };
    enrol::enrol(client, &enrolment).await?.whole()
}
