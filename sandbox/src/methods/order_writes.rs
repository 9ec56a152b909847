//! What a seller does to an order: note, price, end, rating. Each of the four says "no" in a form of its own.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::order_parts::{self, RATED};
use super::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::order::{OrderView, Status};

const LONGEST_MEMO: usize = 500;
/// Orders that may be rated in one call; the platform calls the figure provisional.
const MOST_RATED: usize = 10;
/// An order must be this old before it can be closed.
const TOO_FAST_MS: i64 = 10_000;

/// Overwrites the memo. An order that is not the shop's is a success with an error code.
pub(super) fn memo(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let memo = call.params.text("memo").unwrap_or("").to_owned();
    let icon = call.params.text("remarkIcon").unwrap_or("").to_owned();
    if memo.chars().count() > LONGEST_MEMO || !matches!(icon.as_str(), "1" | "2" | "3" | "4") {
        return Ok(json!({ "success": false, "errorCode": "400_1", "errorMsg": "备注过长或图标不存在" }));
    }
    if call.shop().order_at(id, call.now).is_none() {
        return Ok(json!({
            "errorCode": "400_4",
            "errorMsg": format!("修改备注信息出错[ORDER_NOT_EXIST]，order[{id}]is not exsits"),
            "success": true,
        }));
    }
    let arguments = json!({ "memo": memo, "remarkIcon": icon });
    call.write(Change::Noted { order: id, memo, icon }, format!("order:{id}/memo"), arguments)?;
    Ok(json!({ "success": true }))
}

/// A line's new discount. Fen, counted from the original price; plus = dearer.
#[derive(Debug, Deserialize)]
struct EntryDiscount {
    id: Value,
    discount: i64,
}

/// Only before payment. The flag is `result`, and lines that are left out go back to their original price.
pub(super) fn price(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let carriage = call.params.int("carriage")?;
    let entries: Vec<EntryDiscount> = call.params.json("entryDiscounts")?.unwrap_or_default();
    let wrong = || GatewayError::wrong_type("entryDiscounts.id");
    let discounts = entries
        .iter()
        .map(|entry| Ok((number(&entry.id).ok_or_else(wrong)?, entry.discount)))
        .collect::<Result<Vec<(i64, i64)>, GatewayError>>()?;
    if let Err((code, text)) = check_price(call.shop().order_at(id, call.now), carriage, &discounts) {
        return Ok(json!({ "result": false, "resultCode": code, "resultMsg": text }));
    }
    let named: Vec<Value> = discounts.iter().map(|(id, discount)| json!({ "id": id, "discount": discount })).collect();
    let arguments = json!({ "carriage": carriage, "entryDiscounts": named });
    let change = Change::Repriced { order: id, freight: carriage, discounts };
    call.write(change, format!("order:{id}/price"), arguments)?;
    Ok(json!({ "result": true, "resultCode": "", "resultMsg": "" }))
}

fn check_price(
    view: Option<OrderView<'_>>,
    carriage: Option<i64>,
    discounts: &[(i64, i64)],
) -> Result<(), (&'static str, &'static str)> {
    let view = view.ok_or(("ORDER_NOT_EXIST", "订单不存在"))?;
    if view.status != Status::WaitBuyerPay {
        return Err(("ORDER_STATUS_ERROR", "只有等待买家付款的订单可以改价"));
    }
    if carriage.is_some_and(|fen| fen < 0) {
        return Err(("400_1", "运费不能小于0"));
    }
    for (id, discount) in discounts {
        let line = view.order.lines.iter().find(|line| line.id == *id).ok_or(("400_1", "订单中没有该货品"))?;
        if line.price * line.quantity + discount < 1 {
            return Err(("400_1", "改价后货品金额不能小于0.01元"));
        }
    }
    Ok(())
}

/// Closes an unpaid order.
pub(super) fn cancel(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("tradeID")?.unwrap_or(0);
    let reason = call.params.text("cancelReason").unwrap_or("").to_owned();
    let remark = call.params.text("remark").map(str::to_owned);
    let refused = |code: &str, text: &str| Ok(json!({ "success": false, "errorCode": code, "errorMessage": text }));
    if !matches!(reason.as_str(), "buyerCancel" | "sellerGoodsLack" | "other") {
        return refused("400_1", "关闭原因不存在");
    }
    let Some(view) = call.shop().order_at(id, call.now) else {
        let foreign = call.state.world.shops.iter().any(|shop| shop.order_at(id, call.now).is_some());
        return if foreign {
            refused("400_3", "当前用户不是交易的买家或卖家")
        } else {
            refused("ORDER_NOT_EXIST", "订单不存在")
        };
    };
    if view.status != Status::WaitBuyerPay {
        return refused("ORDER_STATUS_ERROR", "订单状态不允许关闭");
    }
    if call.now.0 - view.order.life.created.0 < TOO_FAST_MS {
        return refused("CLOSE_ORDER_TOO_FAST", "下单后10秒内不能关闭订单");
    }
    let arguments = json!({ "cancelReason": reason, "remark": remark });
    call.write(Change::Cancelled { order: id, reason }, format!("order:{id}/cancel"), arguments)?;
    Ok(json!({ "success": true }))
}

/// The seller's word about a buyer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    star_level: u8,
    #[serde(default)]
    content: String,
}

/// Rates buyers. What is rated already, foreign or not finished is accepted in silence and changes nothing.
pub(super) fn rate(call: &mut ShopCall<'_>) -> Answer {
    let orders: BTreeMap<String, Vec<Rate>> =
        call.params.json("orders")?.ok_or_else(|| GatewayError::param_missing("orders"))?;
    let mut failed = serde_json::Map::new();
    if orders.len() > MOST_RATED {
        failed.extend(orders.keys().map(|id| (id.clone(), json!("400_1"))));
        return Ok(json!({ "failedOrder": failed }));
    }
    for (text, rates) in orders {
        let good = |rate: &Rate| match rate.star_level {
            4..=5 => true,
            1..=3 => !rate.content.is_empty(),
            _ => false,
        };
        let Some(rate) = rates.into_iter().next().filter(good) else {
            failed.insert(text, json!("400_1"));
            continue;
        };
        let ratable = |view: &OrderView<'_>| view.status == Status::Success && order_parts::buyer_rated(view) != RATED;
        let order = text.parse().ok().and_then(|id| call.shop().order_at(id, call.now)).filter(ratable);
        let Some(id) = order.map(|view| view.order.id) else { continue };
        let arguments = json!({ "starLevel": rate.star_level, "content": rate.content });
        let change = Change::Rated { order: id, stars: rate.star_level, content: rate.content };
        call.write(change, format!("order:{id}/rate"), arguments)?;
    }
    Ok(json!({ "failedOrder": failed }))
}

/// An id that comes as a number or as text.
pub(super) fn number(id: &Value) -> Option<i64> {
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
