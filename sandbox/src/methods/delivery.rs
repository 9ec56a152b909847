//! Sending: by the seller's own carrier, or without one. Whole lines, several orders in one call, all of them or none.
//! Like the platform it lets a seller send what must not leave yet; the ledger then says `canSendGoods: false`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::order_writes::number;
use super::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::order::{OrderView, Status};
use crate::world::parcel::{CARRIERS, Parcel, Way};
use crate::world::refund::RefundStatus;

/// Parcels that may carry one waybill.
const SAME_BILL: usize = 15;
const BUSY: Refusal = ("500_1", "系统繁忙，请稍后再试");

/// Code and text of a call that sent nothing.
type Refusal = (&'static str, &'static str);

/// One order of `sendGoods`. Ids come as text or as numbers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    source_id: Value,
    send_good_entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    source_entry_id: Value,
    /// Read and passed over: lines leave whole.
    amount: Option<Value>,
    weight: Option<Value>,
}

/// `extBody`: which carrier and waybill, or why none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ExtBody {
    cp_code: String,
    mail_no: String,
    no_logistics_condition: String,
    no_logistics_name: String,
    no_logistics_tel: String,
    no_logistics_bill_no: String,
}

/// Lines of one order that can leave.
#[derive(Debug)]
struct Ready {
    order: i64,
    lines: Vec<i64>,
    number: i64,
    /// False where the platform will not pay for it.
    allowed: bool,
}

pub(super) fn carriers(_: &mut ShopCall<'_>) -> Answer {
    let result: Vec<Value> = CARRIERS
        .iter()
        .map(|carrier| {
            json!({
                "id": carrier.id,
                "companyName": carrier.name,
                "companyNo": carrier.no,
                "companyPhone": "",
                "supportPrint": "0",
                "spelling": carrier.spelling,
            })
        })
        .collect();
    Ok(json!({ "result": result, "success": true }))
}

pub(super) fn offline(call: &mut ShopCall<'_>) -> Answer {
    let body: ExtBody = call.params.json("extBody")?.unwrap_or_default();
    let many = call.params.wants("multiPackage")?;
    // Where the parcels of such a call are described is not known, so the sandbox takes none.
    let way = if many { Err(BUSY) } else { carried(call, &body) };
    // The official hint: a receiver of one's own makes the system "busy".
    let way = if call.params.text("receiverInfo").is_some() { Err(BUSY) } else { way };
    send(call, way, "offline")
}

pub(super) fn dummy(call: &mut ShopCall<'_>) -> Answer {
    let body: ExtBody = call.params.json("extBody")?.unwrap_or_default();
    let way = unlogged(&body, call.params.text("remarks"));
    send(call, way, "dummy")
}

fn carried(call: &ShopCall<'_>, body: &ExtBody) -> Result<Way, Refusal> {
    let bill = &body.mail_no;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if !(5..=30).contains(&bill.len()) || !bill.chars().all(plain) {
        return Err(("INVALID_PARAM", "运单号格式不正确"));
    }
    if CARRIERS.iter().all(|carrier| carrier.no != body.cp_code) {
        return Err(BUSY);
    }
    let parcels = call.shop().orders.iter().flat_map(|order| &order.written.parcels);
    let used = parcels.filter(|parcel| matches!(&parcel.way, Way::Carrier { bill: known, .. } if known == bill));
    if used.count() >= SAME_BILL {
        return Err(("INVALID_PARAM", "运单号使用次数超过上限"));
    }
    Ok(Way::Carrier { no: body.cp_code.clone(), bill: bill.clone() })
}

/// Each reason for going without logistics wants words of its own.
fn unlogged(body: &ExtBody, remarks: Option<&str>) -> Result<Way, Refusal> {
    let contact = !body.no_logistics_name.is_empty() && !body.no_logistics_tel.is_empty();
    let complete = match body.no_logistics_condition.as_str() {
        "1" | "3" => contact,
        "2" => !body.no_logistics_bill_no.is_empty(),
        "4" => true,
        "5" => remarks.is_some(),
        _ => false,
    };
    if !complete {
        return Err(("INVALID_PARAM", "无需物流的原因不完整"));
    }
    Ok(Way::Unlogged {
        condition: body.no_logistics_condition.clone(),
        name: body.no_logistics_name.clone(),
        tel: body.no_logistics_tel.clone(),
        bill: body.no_logistics_bill_no.clone(),
    })
}

fn send(call: &mut ShopCall<'_>, way: Result<Way, Refusal>, kind: &str) -> Answer {
    let wanted: Vec<Wanted> = call.params.json("sendGoods")?.ok_or_else(|| GatewayError::param_missing("sendGoods"))?;
    let encrypted = call.params.text("isEncryptOrderSend") == Some("Y");
    let checked = way.and_then(|way| {
        let ready: Vec<Ready> =
            wanted.iter().map(|wanted| ready(call, wanted, encrypted)).collect::<Result<_, Refusal>>()?;
        if ready.is_empty() { Err(BUSY) } else { Ok((way, ready)) }
    });
    let (way, ready) = match checked {
        Ok(checked) => checked,
        Err((code, text)) => {
            return Ok(json!({ "success": false, "errorCode": code, "errorMessage": text, "extErrorMessage": "" }));
        }
    };
    let mut logistics = None;
    for Ready { order, lines, number, allowed } in ready {
        let parcel = Parcel { number, at: call.now, lines: lines.clone(), way: way.clone() };
        logistics.get_or_insert_with(|| parcel.id());
        let mut arguments = json!({ "kind": kind, "lines": lines, "canSendGoods": allowed });
        match &way {
            Way::Carrier { no, bill } => {
                arguments["cpCode"] = json!(no);
                arguments["mailNo"] = json!(bill);
            }
            Way::Unlogged { condition, .. } => arguments["noLogisticsCondition"] = json!(condition),
        }
        call.write(Change::Sent { order, parcel }, format!("order:{order}/send"), arguments)?;
    }
    let sent: Vec<Value> = wanted.iter().map(echo).collect();
    Ok(json!({ "result": { "logisticsId": logistics, "sendGoods": sent }, "success": true }))
}

/// The list names ids as text; the answer has them as numbers.
fn echo(wanted: &Wanted) -> Value {
    let entry = |entry: &Entry| {
        let mut echo = json!({ "sourceEntryId": number(&entry.source_entry_id) });
        for (name, value) in [("amount", &entry.amount), ("weight", &entry.weight)] {
            if let Some(value) = value {
                echo[name] = value.clone();
            }
        }
        echo
    };
    let entries: Vec<Value> = wanted.send_good_entries.iter().map(entry).collect();
    json!({ "sourceId": number(&wanted.source_id), "sendGoodEntries": entries })
}

fn ready(call: &ShopCall<'_>, wanted: &Wanted, encrypted: bool) -> Result<Ready, Refusal> {
    let view = number(&wanted.source_id).and_then(|id| call.shop().order_at(id, call.now)).ok_or(BUSY)?;
    let known = |entry: &Entry| {
        let id = number(&entry.source_entry_id)?;
        view.order.lines.iter().any(|line| line.id == id).then_some(id)
    };
    let mut lines: Vec<i64> = wanted.send_good_entries.iter().map(known).collect::<Option<_>>().ok_or(BUSY)?;
    lines.sort_unstable();
    lines.dedup();
    if encrypted {
        downstream(&view)?;
    }
    let waiting = |line: &i64| view.status_of(*line) == Status::WaitSellerSend;
    if lines.is_empty() || !lines.iter().all(waiting) {
        return Err(("ORDER_STATUS_ERROR", "订单状态不允许发货"));
    }
    let number = Parcel::number_of(view.order.id, view.order.written.parcels.len());
    Ok(Ready { order: view.order.id, lines, number, allowed: view.cannot_leave().is_none() })
}

/// An order of another platform that was passed on must not leave once its buyer wants the money back.
fn downstream(view: &OrderView<'_>) -> Result<(), Refusal> {
    match (view.status, view.refund.map(|(_, step)| step.status)) {
        (Status::Cancel | Status::Terminated, _) | (_, Some(RefundStatus::Success)) => {
            Err(("5002", "下游订单已退款或已关闭"))
        }
        (_, Some(status)) if status.is_open() => Err(("5001", "下游订单退款中，请等待")),
        _ => Ok(()),
    }
}
