//! One refund with its story: every step that has been taken, newest first.

use serde_json::{Map, Value, json};

use super::refunds::{Found, model, refund_id};
use super::{Answer, ShopCall};
use crate::clock::Moment;
use crate::world::Shop;
use crate::world::refund::RefundStatus;

pub(super) fn get(call: &mut ShopCall<'_>) -> Answer {
    let number = call.params.text("refundId").unwrap_or("");
    let deadlines = call.params.wants("needTimeOutInfo")?;
    let operations = call.params.wants("needOrderRefundOperation")?;
    let shop = call.shop();
    let view =
        refund_id(number).and_then(|id| shop.order_of_refund(id)).and_then(|order| shop.order_at(order, call.now));
    let Some(found) = view.as_ref().and_then(Found::of) else {
        let foreign = refund_id(number)
            .is_some_and(|id| call.state.world.shops.iter().any(|shop| shop.order_of_refund(id).is_some()));
        // One code for all, the cause inside of a text that is JSON again.
        let code = if foreign { "003002" } else { "003" };
        let message = json!({ "code": code, "message": "refund not found" }).to_string();
        return Ok(json!({ "errorCode": "500", "errorMessage": message, "extErrorMessage": "" }));
    };
    let mut detail = model(shop, &found);
    let Value::Object(fields) = &mut detail else { return Ok(Value::Null) };
    if !deadlines {
        fields.remove("gmtTimeOut");
    }
    fields.insert("tradeTypeStr".to_owned(), json!("50060"));
    fields.insert("supportNewSteppay".to_owned(), json!(true));
    if let Some(to) = &found.refund.return_to {
        fields.insert("sellerReceiveAddress".to_owned(), json!(to));
        fields.insert("sellerMobile".to_owned(), json!("138****0000"));
    } else if found.step.status == RefundStatus::WaitSellerReceive || found.refund.return_bill.is_some() {
        let place = &shop.profile.place;
        let address = format!("{} {} {} ***", place.province, place.city, place.area);
        fields.insert("sellerReceiveAddress".to_owned(), json!(address));
        fields.insert("sellerMobile".to_owned(), json!("138****0000"));
    }
    if operations {
        fields.insert("refundOperationList".to_owned(), operations_of(shop, &found, call.now));
    }
    Ok(json!({ "result": { "opOrderRefundModelDetail": detail } }))
}

/// Who does a step, as the wire counts roles.
const BUYER: i64 = 1;
const SELLER: i64 = 2;

fn operations_of(shop: &Shop, found: &Found<'_>, now: Moment) -> Value {
    let refund = found.refund;
    let steps = refund.steps.iter().take_while(|step| step.at <= now).enumerate();
    let mut operations: Vec<Value> = steps
        .map(|(position, step)| {
            let before = position.checked_sub(1).map(|before| refund.steps[before].status.wire());
            let (kind, role, remark, text) = words(found, step.status);
            let (login, user) = match role {
                BUYER => {
                    let buyer = &shop.buyers[found.order.order.buyer];
                    (&buyer.login_id, buyer.user_id)
                }
                _ => (&shop.profile.login_id, shop.profile.user_id),
            };
            let mut operation = Map::new();
            let fields = [
                ("id", json!(refund.id % 10_000_000_000 * 10 + i64::try_from(position).unwrap_or(0))),
                ("refundId", json!(refund.number())),
                ("operateTypeInt", json!(kind)),
                ("operateRemark", json!(remark)),
                // The wire's own spelling.
                ("discription", json!(text)),
                ("operatorLoginId", json!(login)),
                ("operatorUserId", json!(user)),
                ("operatorRoleId", json!(role)),
                ("msgType", json!(7)),
                ("messageStatus", json!(3)),
                ("closeRefundStepId", json!(0)),
                ("crmModifyRefund", json!(false)),
                ("gmtCreate", json!(step.at.stamp())),
                ("gmtModified", json!(step.at.stamp())),
            ];
            operation.extend(fields.map(|(name, value)| (name.to_owned(), value)));
            if let Some(before) = before {
                // The samples carry the same state on both sides: the one that the step left.
                operation.insert("beforeOperateStatus".to_owned(), json!(before));
                operation.insert("afterOperateStatus".to_owned(), json!(before));
            }
            Value::Object(operation)
        })
        .collect();
    operations.reverse();
    json!(operations)
}

fn words(found: &Found<'_>, status: RefundStatus) -> (i64, i64, &'static str, String) {
    let refund = found.refund;
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    match status {
        RefundStatus::WaitSellerAgree => {
            let wish = if refund.claim.only_refund { "仅退款" } else { "退货退款" };
            let text = format!(
                "退款诉求：{wish}|申请原因：{}|货品情况：{}|退款货品金额：{}|退款运费金额：{}|退款说明：",
                refund.claim.reason,
                if refund.claim.goods > 1 { "已收到货" } else { "未收到货" },
                yuan(refund.amount),
                yuan(refund.freight),
            );
            (1, BUYER, "买家申请退款协议，等待卖家确认", text)
        }
        RefundStatus::WaitBuyerSend => {
            let to = refund.return_to.as_deref().unwrap_or("***");
            (19, SELLER, "确认收货地址", format!("卖家确认收货地址：{to}"))
        }
        RefundStatus::WaitSellerReceive => {
            let bill = refund.return_bill.as_deref().unwrap_or("");
            let text = format!("买家声明退货，等待卖家确认。|物流公司：圆通速递|物流单号：{bill}|说明：|");
            (10, BUYER, "买家退货", text)
        }
        RefundStatus::Success => (8, SELLER, "退款成功", "卖家同意退款协议，退款成功".to_owned()),
        // No sample shows a withdrawal; the number of the application is used again.
        RefundStatus::Closed => (1, BUYER, "买家撤销退款", "买家撤销退款申请，退款关闭".to_owned()),
    }
}
