//! What became of parcels: their list and their traces. Traces carry civil times, and may not be there yet.

use serde_json::{Value, json};

use super::{Answer, ShopCall};
use crate::world::order::OrderView;
use crate::world::parcel::Parcel;

/// Older orders have no trace any more.
const OLDEST_DAYS: i64 = 365;

pub(super) fn trace(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let one = call.params.text("logisticsId");
    let refused = |code: &str, text: &str| Ok(json!({ "success": false, "errorCode": code, "errorMessage": text }));
    let Some(view) = call.shop().order_at(id, call.now) else {
        return refused("order.nopermission.seller", "没有权限查看该订单的物流信息");
    };
    if view.order.life.created < call.now.plus_days(-OLDEST_DAYS) {
        return refused("order.createtime.history", "一年前的订单不能查询物流跟踪");
    }
    let traces: Vec<Value> = view
        .parcels()
        .iter()
        .filter(|parcel| one.is_none_or(|one| one == parcel.id()))
        .filter_map(|parcel| {
            let steps = parcel.trace(&view, call.now);
            let lines: Vec<Value> =
                steps.iter().map(|(at, text)| json!({ "acceptTime": at.civil_text(), "remark": text })).collect();
            (!lines.is_empty()).then(|| {
                json!({
                    "logisticsId": parcel.id(),
                    "logisticsBillNo": parcel.way.bill(),
                    "orderId": id,
                    "logisticsSteps": lines,
                })
            })
        })
        .collect();
    if traces.is_empty() {
        return refused("404", "该订单没有物流跟踪信息");
    }
    Ok(json!({ "logisticsTrace": traces, "success": true }))
}

pub(super) fn infos(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let shop = call.shop();
    let Some(view) = shop.order_at(id, call.now) else {
        return Ok(json!({ "success": false, "errorCode": "ORDER_NOT_EXIST", "errorMessage": "订单不存在" }));
    };
    let result: Vec<Value> = view.parcels().iter().map(|parcel| info(call, &view, parcel)).collect();
    Ok(json!({ "result": result, "success": true }))
}

fn info(call: &ShopCall<'_>, view: &OrderView<'_>, parcel: &Parcel) -> Value {
    let shop = call.shop();
    let carrier = parcel.way.carrier();
    let lines: Vec<String> = parcel.lines.iter().map(i64::to_string).collect();
    let state = match (view.happened(view.order.life.received), parcel.trace(view, call.now).is_empty()) {
        (Some(_), _) => "SIGN",
        (None, true) => "ACCEPT",
        (None, false) => "TRANSPORT",
    };
    let packed = view.order.lines.iter().filter(|line| parcel.lines.contains(&line.id));
    let goods: Vec<Value> = packed
        .map(|line| {
            let product = &shop.products[line.product];
            json!({
                "goodName": product.title_at(view.order.life.created),
                "quantity": line.quantity,
                "unit": product.unit,
            })
        })
        .collect();
    let (buyer, from) = (&shop.buyers[view.order.buyer], &shop.profile.place);
    let to = &buyer.place;
    json!({
        "logisticsId": parcel.id(),
        "logisticsBillNo": parcel.way.bill(),
        "orderEntryIds": lines.join(","),
        "status": state,
        "logisticsCompanyId": carrier.id,
        "logisticsCompanyName": carrier.name,
        "sendGoods": goods,
        "receiver": {
            "receiverName": buyer.masked_contact(), "receiverMobile": buyer.masked_mobile(),
            "receiverProvince": to.province, "receiverCity": to.city, "receiverCounty": to.area,
            "receiverAddress": "***",
        },
        "sender": {
            "senderName": shop.profile.contact, "senderProvince": from.province, "senderCity": from.city,
            "senderCounty": from.area, "senderAddress": "***",
        },
        "remarks": "",
    })
}
