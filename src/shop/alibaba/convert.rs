//! Wire → rows of the shop: which unit each amount is in, and which of two spellings of an id is the true one.
//!
//! What a row cannot do without is named when it is missing; nothing is guessed, and what the platform did not say stays unsaid.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use xiaoer_sdk::shop::{Order, OrderLine, OrderStatus, Product, Refund, RefundStatus, Sku, Time};

use super::orders::{Item, Trade};
use super::products::{Attribute, Info, SkuInfo};
use super::refunds::Model;
use super::wire::Field;
use crate::shop::platform::{Listed, Page};

/// A row that misses what it cannot do without.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    id: String,
    lacks: &'static str,
}

/// Reads a page row by row: one bad row does not take the others with it.
pub(super) fn page<W: DeserializeOwned, T>(
    rows: &[Box<RawValue>],
    total: &Field,
    what: &str,
    convert: impl Fn(&W) -> Result<T, Unreadable>,
) -> Page<T> {
    let mut page =
        Page { rows: Vec::new(), unreadable: Vec::new(), total: total.whole().and_then(|n| u64::try_from(n).ok()) };
    for raw in rows {
        match serde_json::from_str::<W>(raw.get()).map(|wire| convert(&wire)) {
            Ok(Ok(row)) => page.rows.push(row),
            Ok(Err(Unreadable { id, lacks })) => page.unreadable.push(format!("{what} {id} 缺少 {lacks}")),
            Err(_) => page.unreadable.push(format!("{what} ? 不是一条记录")),
        }
    }
    page
}

/// An order; yuan, but the discount of a line is in fen.
pub(super) fn order(trade: &Trade) -> Result<Order, Unreadable> {
    let base = &trade.base_info;
    let id = base.id_of_str.id().or_else(|| base.id.id()).ok_or(Unreadable { id: "?".into(), lacks: "idOfStr" })?;
    let lacks = |lacks: &'static str| Unreadable { id: id.clone(), lacks };
    let created = base.create_time.stamp().ok_or_else(|| lacks("createTime"))?;
    let paid = base.pay_time.stamp();
    let modified = base.modify_time.stamp().or(paid).unwrap_or(created);
    let lines = trade
        .product_items
        .iter()
        .map(|item| line(item).ok_or_else(|| lacks("itemAmount")))
        .collect::<Result<_, _>>()?;
    let kind = base.business_type.text();
    Ok(Order {
        buyer: base.buyer_id.id().or_else(|| base.buyer_open_uid.id()),
        status: order_status(&base.status.text().unwrap_or_default()),
        // 拿样, 一分钱拿样 and the sample order of a made-to-order factory.
        sample: matches!(kind.as_deref(), Some("yp" | "yf" | "factorysamp")),
        created,
        paid,
        modified,
        total: base.total_amount.decimal().ok_or_else(|| lacks("totalAmount"))?.normalize(),
        freight: base.shipping_fee.decimal().unwrap_or_default().normalize(),
        lines,
        marketing: None,
        scene: None,
        valid: true,
        id,
    })
}

fn line(item: &Item) -> Option<OrderLine> {
    let quantity = item.quantity.decimal().unwrap_or(Decimal::ONE);
    let counted = || Some(item.price.decimal()? * quantity + item.entry_discount.fen().unwrap_or_default());
    Some(OrderLine {
        product: item.product_id.id(),
        sku: item.spec_id.text(),
        title: item.name.text().unwrap_or_default(),
        quantity: quantity.normalize(),
        amount: item.item_amount.decimal().or_else(counted)?.normalize(),
    })
}

pub(super) fn order_status(word: &str) -> OrderStatus {
    match word {
        "waitbuyerpay" => OrderStatus::WaitPay,
        "waitsellersend" => OrderStatus::WaitSend,
        "waitlogisticstakein" | "waitbuyerreceive" | "waitbuyersign" | "signinsuccess" => OrderStatus::WaitReceive,
        "success" => OrderStatus::Success,
        "cancel" | "terminated" => OrderStatus::Closed,
        other => OrderStatus::Other(other.to_owned()),
    }
}

/// A refund; every amount in fen.
pub(super) fn refund(model: &Model) -> Result<Refund, Unreadable> {
    let numbered = || model.id.id().map(|id| format!("TQ{id}"));
    let id = model.refund_id.id().or_else(numbered).ok_or(Unreadable { id: "?".into(), lacks: "refundId" })?;
    let lacks = |lacks: &'static str| Unreadable { id: id.clone(), lacks };
    let sum = |goods: &Field, freight: &Field| Some((goods.fen()? + freight.fen().unwrap_or_default()).normalize());
    let status = refund_status(&model.status.text().ok_or_else(|| lacks("status"))?);
    let applied = model.gmt_apply.stamp().or_else(|| model.gmt_create.stamp()).ok_or_else(|| lacks("gmtApply"))?;
    let settled = matches!(status, RefundStatus::Success | RefundStatus::Closed);
    let completed = model.gmt_completed.stamp().filter(|_| settled);
    let modified = model.gmt_modified.stamp().or(completed).unwrap_or(applied);
    let given_back = || sum(&model.refund_payment, &model.refund_carriage);
    Ok(Refund {
        order: model.order_id.id(),
        buyer: model.buyer_member_id.id(),
        asked: sum(&model.apply_payment, &model.apply_carriage).ok_or_else(|| lacks("applyPayment"))?,
        refunded: if status == RefundStatus::Success { given_back() } else { None },
        reason: model.apply_reason.text().unwrap_or_default(),
        only_money: model.only_refund.flag().unwrap_or(model.refund_goods.flag() == Some(false)),
        goods_received: model.goods_received.flag().or_else(|| model.goods_status.whole().map(|state| state > 1)),
        applied,
        deadline: model.gmt_time_out.stamp().filter(|_| !settled),
        completed: completed.or_else(|| settled.then_some(modified)),
        modified,
        title: model.product_name.text().unwrap_or_default(),
        status,
        id,
    })
}

fn refund_status(word: &str) -> RefundStatus {
    match word {
        "waitselleragree" => RefundStatus::WaitSeller,
        "waitbuyermodify" | "waitbuyersend" => RefundStatus::WaitBuyer,
        "waitsellerreceive" => RefundStatus::WaitReturn,
        "refundsuccess" => RefundStatus::Success,
        "refundclose" => RefundStatus::Closed,
        other => RefundStatus::Other(other.to_owned()),
    }
}

/// A product; prices in yuan.
pub(super) fn product(info: &Info) -> Result<Listed, Unreadable> {
    let id = info.product_id.id().ok_or(Unreadable { id: "?".into(), lacks: "productID" })?;
    let status = info.status.text().unwrap_or_default();
    if matches!(status.as_str(), "deleted" | "member deleted") {
        return Ok(Listed::Gone { id });
    }
    let lacks = |lacks: &'static str| Unreadable { id: id.clone(), lacks };
    let skus: Vec<Sku> = info.sku_infos.iter().filter_map(sku).collect();
    let summed = || (!skus.is_empty()).then(|| skus.iter().map(|sku| sku.stock).sum());
    let times = [&info.modify_time, &info.last_update_time, &info.create_time];
    let modified: Time = times.into_iter().find_map(Field::stamp).ok_or_else(|| lacks("modifyTime"))?;
    let sale = &info.sale_info;
    let mut prices: Vec<(u32, Decimal)> = sale
        .price_ranges
        .iter()
        .filter_map(|range| {
            Some((u32::try_from(range.start_quantity.whole()?).ok()?, range.price.decimal()?.normalize()))
        })
        .collect();
    prices.sort_unstable();
    Ok(Listed::Here(Box::new(Product {
        title: info.subject.text().ok_or_else(|| lacks("subject"))?,
        on_sale: status == "published",
        category: info.category_name.text(),
        attributes: info.attributes.iter().filter_map(named).collect(),
        pictures: info.image.images.iter().filter_map(Field::text).collect(),
        prices,
        min_order: sale.min_order_quantity.whole().and_then(|n| u32::try_from(n).ok()),
        stock: sale.amount_on_sale.whole().or_else(summed),
        sold: info.booked_count.whole(),
        modified,
        skus,
        id,
    })))
}

fn named(attribute: &Attribute) -> Option<(String, String)> {
    Some((attribute.attribute_name.text()?, attribute.value.text().or_else(|| attribute.attribute_value.text())?))
}

/// A variant whose stock is not told cannot be shown as one with none.
fn sku(info: &SkuInfo) -> Option<Sku> {
    let number = info.sku_id.id();
    let values: Vec<String> =
        info.attributes.iter().filter_map(|a| a.attribute_value.text().or_else(|| a.value.text())).collect();
    Some(Sku {
        // Stock changes name the specId; the number across the platform is only for offers that have none.
        id: info.spec_id.text().or_else(|| number.clone())?,
        number: number.unwrap_or_default(),
        name: values.join(" "),
        price: info.price.decimal().map(|price| price.normalize()),
        stock: info.amount_on_sale.whole()?,
    })
}
