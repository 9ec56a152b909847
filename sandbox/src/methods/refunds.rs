//! Refunds: the list pages from 0, counts in fen, shows in-sale refunds only unless told otherwise, and has no success
//! flag.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{Answer, ShopCall};
use crate::clock::Moment;
use crate::wire::envelope::GatewayError;
use crate::wire::params::{Page, Window};
use crate::world::Shop;
use crate::world::changes::Change;
use crate::world::index::Ask;
use crate::world::order::OrderView;
use crate::world::refund::{Refund, RefundStatus, Step};

/// Usual page size; the platform states no limit, the sandbox has one.
const USUAL: i64 = 10;
const MOST: i64 = 50;
/// Older refunds cannot be asked for.
const OLDEST_DAYS: i64 = 730;

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter::read(call)?;
    let too_old = call.now.plus_days(-OLDEST_DAYS);
    if [filter.applied.from, filter.modified.from].into_iter().flatten().any(|from| from < too_old) {
        return Ok(
            json!({ "errorCode": "APPLY_TIME_ERROR", "errorMessage": "申请时间不能早于730天前", "extErrorMessage": "" }),
        );
    }
    let number = call.params.int("currentPageNum")?.unwrap_or(0);
    let page = Page::new((number, 0), call.params.int("pageSize")?.unwrap_or(USUAL), MOST);
    let shop = call.shop();
    if filter.order.is_some_and(|id| shop.order_at(id, call.now).is_none()) {
        return Ok(
            json!({ "errorCode": "500", "errorMessage": "{\"code\":\"003\",\"message\":\"order not found\"}", "extErrorMessage": "" }),
        );
    }
    // Every step of a refund is an event of its order, the first one too.
    let touched = if filter.applied.from.is_some() { filter.applied } else { filter.modified };
    let ask = Ask { key: call.params.question(call.method), created: Window::default(), touched };
    let latest_first = |view: &OrderView<'_>| {
        let (at, id) = view.refund.map_or((None, 0), |(refund, _)| (refund.applied(), refund.id));
        (Reverse(at.unwrap_or(view.order.life.created)), id)
    };
    let holds = |view: &OrderView<'_>| Found::of(view).is_some_and(|found| filter.holds(shop, &found));
    let found = shop.find(ask, call.now, latest_first, holds);
    let total = found.len();
    let views = page.of(found.iter()).into_iter().filter_map(|order| shop.orders[*order].at(call.now));
    let models: Vec<Value> = views.filter_map(|view| Some(model(shop, &Found::of(&view)?))).collect();
    Ok(json!({ "result": { "opOrderRefundModels": models, "totalCount": total, "currentPageNum": number } }))
}

/// The seller takes goods back. Only a refund that asks for it and still waits for the seller can be agreed to.
pub(super) fn agree_return(call: &mut ShopCall<'_>) -> Answer {
    let number = call.params.text("refundId").unwrap_or("").to_owned();
    let view = refund_id(&number)
        .and_then(|id| call.shop().order_of_refund(id))
        .and_then(|order| call.shop().order_at(order, call.now));
    let id = match view.as_ref().and_then(Found::of) {
        None => return Ok(refusal("500", "{\"code\":\"003002\",\"message\":\"refund not found\"}")),
        Some(found) if found.refund.claim.only_refund => {
            return Ok(refusal("REFUND_TYPE_ERROR", "仅退款的退款单不能同意退货"));
        }
        Some(found) if found.step.status != RefundStatus::WaitSellerAgree => {
            return Ok(refusal("REFUND_STATUS_ERROR", "退款单不在等待卖家同意状态"));
        }
        Some(found) => found.refund.id,
    };
    let arguments: Map<String, Value> = ["address", "post", "fullName", "discription", "disputeType"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(call.params.text(name)?))))
        .collect();
    call.write(Change::ReturnAgreed { refund: id }, format!("refund:{number}"), Value::Object(arguments))?;
    Ok(json!({ "success": true }))
}

/// The number behind `TQ`.
fn refund_id(number: &str) -> Option<i64> {
    number.strip_prefix("TQ")?.parse().ok()
}

fn refusal(code: &str, message: &str) -> Value {
    json!({ "success": false, "errorCode": code, "errorMessage": message, "extErrorMessage": "" })
}

/// An order's refund as it stands now.
#[derive(Debug)]
struct Found<'a> {
    order: &'a OrderView<'a>,
    refund: &'a Refund,
    step: &'a Step,
}

impl<'a> Found<'a> {
    fn of(order: &'a OrderView<'a>) -> Option<Self> {
        let (refund, step) = order.refund?;
        Some(Self { order, refund, step })
    }
}

/// Which refunds a call asks for.
#[derive(Debug)]
struct Filter {
    order: Option<i64>,
    applied: Window,
    modified: Window,
    statuses: Option<Vec<String>>,
    buyer: Option<String>,
    bill: Option<String>,
    /// The misspelt parameter: 0 both, 1 in sale, 2 after sale.
    dispute: i64,
}

impl Filter {
    fn read(call: &ShopCall<'_>) -> Result<Self, GatewayError> {
        let params = call.params;
        let text = |name| params.text(name).map(str::to_owned);
        Ok(Self {
            order: params.int("orderId")?,
            applied: params.window("applyStartTime", "applyEndTime")?,
            modified: params.window("modifyStartTime", "modifyEndTime")?,
            statuses: params.json("refundStatusSet")?,
            buyer: text("buyerMemberId").or_else(|| text("buyerLoginId")),
            bill: text("logisticsNo"),
            dispute: params.int("dipsuteType")?.unwrap_or(1),
        })
    }

    fn holds(&self, shop: &Shop, found: &Found<'_>) -> bool {
        let buyer = &shop.buyers[found.order.order.buyer];
        let dispute = if found.refund.claim.in_sale { 1 } else { 2 };
        (self.dispute == 0 || self.dispute == dispute)
            && self.order.is_none_or(|id| id == found.order.order.id)
            && found.refund.applied().is_some_and(|at| self.applied.holds(at))
            && self.modified.holds(found.step.at)
            && self.statuses.as_ref().is_none_or(|set| set.iter().any(|status| status == found.step.status.wire()))
            && self.buyer.as_ref().is_none_or(|asked| *asked == buyer.member_id || *asked == buyer.login_id)
            && (self.bill.is_none() || self.bill == found.refund.return_bill)
    }
}

fn model(shop: &Shop, found: &Found<'_>) -> Value {
    let Found { order, refund, step } = found;
    let claim = refund.claim;
    let paid = order.order.total();
    let settled = step.status == RefundStatus::Success;
    let sent_back = matches!(step.status, RefundStatus::WaitSellerReceive) || (settled && !claim.only_refund);
    let lines: Vec<_> = refund.lines.iter().filter_map(|line| order.order.lines.get(*line)).collect();
    let counts: Map<String, Value> = lines.iter().map(|line| (line.id.to_string(), json!(line.quantity))).collect();
    let title = lines.first().map_or("", |line| shop.products[line.product].title_at(order.order.life.created));
    let mut model = json!({
        "id": refund.id,
        "refundId": refund.number(),
        "orderId": order.order.id,
        "orderEntryIdList": lines.iter().map(|line| line.id).collect::<Vec<i64>>(),
        "orderEntryCountMap": counts,
        "status": step.status.wire(),
        "disputeType": if claim.in_sale { 1 } else { 2 },
        "disputeRequest": if claim.only_refund { 1 } else { 3 },
        "applyPayment": refund.amount,
        "applyCarriage": refund.freight,
        "canRefundPayment": paid,
        "refundPayment": if settled { refund.amount } else { 0 },
        "refundCarriage": if settled { refund.freight } else { 0 },
        "frozenFund": -1,
        "applyReason": claim.reason,
        "applyReasonId": claim.reason_id,
        "applySubReasonId": -1,
        "rejectReasonId": 0,
        "rejectTimes": 0,
        "goodsStatus": if sent_back { 3 } else { claim.goods },
        "goodsReceived": claim.goods > 1,
        "buyerSendGoods": sent_back,
        "refundGoods": !claim.only_refund,
        "onlyRefund": claim.only_refund,
        "newRefundReturn": true,
        "sellerDelayDisburse": false,
        "crmModifyRefund": false,
        "timeOutFreeze": false,
        "productName": title,
        "alipayPaymentId": format!("{}2100100{}", order.order.life.created.day().0, refund.id % 10_000_000_000),
        // Values of `extInfo` are all text, and the text "null" stands for nothing.
        "extInfo": { "payMode": "alipay", "bizCode": "cbu.general.refund", "newRefund": "rp2", "apply_text_id": "null", "7d": "1" },
    });
    let Value::Object(fields) = &mut model else { return model };
    add_parties(fields, shop, order);
    add_times(fields, found, sent_back);
    model
}

fn add_parties(fields: &mut Map<String, Value>, shop: &Shop, order: &OrderView<'_>) {
    let (buyer, seller) = (&shop.buyers[order.order.buyer], &shop.profile);
    let parties = [
        ("buyerMemberId", json!(buyer.member_id)),
        ("buyerLoginId", json!(buyer.login_id)),
        ("buyerUserId", json!(buyer.user_id)),
        ("sellerMemberId", json!(seller.member_id)),
        ("sellerLoginId", json!(seller.login_id)),
        ("sellerUserId", json!(seller.user_id)),
        ("sellerRealName", json!(seller.contact)),
    ];
    fields.extend(parties.map(|(name, value)| (name.to_owned(), value)));
}

fn add_times(fields: &mut Map<String, Value>, found: &Found<'_>, sent_back: bool) {
    let (refund, step) = (found.refund, found.step);
    let times: [(&str, Option<Moment>); 5] = [
        ("gmtApply", refund.applied()),
        ("gmtCreate", refund.applied()),
        ("gmtModified", Some(step.at)),
        ("gmtTimeOut", step.deadline),
        ("gmtCompleted", (!step.status.is_open()).then_some(step.at)),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            fields.insert(name.to_owned(), json!(at.stamp()));
        }
    }
    if let Some(bill) = refund.return_bill.as_ref().filter(|_| sent_back) {
        fields.insert("freightBill".to_owned(), json!(bill));
        fields.insert("buyerLogisticsName".to_owned(), json!("圆通速递"));
    }
}
