//! Sending goods by the seller's own carrier, or by none.
//!
//! A line that is not paid for, or that the platform says must not be sent, would be lost money: no request can be built for it.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::client::{Client, Params};
use super::super::methods::{CARRIERS, Method, SEND_DUMMY, SEND_OFFLINE};
use super::super::told::{Id, Told};
use super::super::wire::{list, part};
use super::outcome::{Outcome, made, number, refuse, silent};
use super::some;
use super::trade::Trade;
use crate::shop::platform::{ReadError, WriteError};

/// A line that may be sent. Only [`sendable`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sendable {
    order: String,
    line: String,
    amount: Decimal,
}

/// A carrier as the platform knows it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Carrier {
    pub id: Told<Id>,
    pub company_name: Told<String>,
    /// What a delivery names it by.
    pub company_no: Told<String>,
    pub company_phone: Told<String>,
    pub spelling: Told<String>,
}

/// How goods go without a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "names and numbers of whoever carries them")]
pub enum Way {
    /// With a carrier that the platform does not know.
    OtherCarrier { name: String, tel: String },
    /// Nothing goes: the order only makes up a difference.
    FeeDifference { bill: String },
    /// The seller brings them.
    SellerDelivers { name: String, tel: String },
    /// The buyer comes for them.
    BuyerPicksUp,
    /// Anything else, in words.
    Other { remarks: String },
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The platform's number of the parcel.
    pub parcel: Option<String>,
    /// What became of each order.
    pub orders: Outcome,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reply {
    #[serde(deserialize_with = "part")]
    pub(super) result: Body,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Body {
    pub(super) logistics_id: Told<Id>,
    #[serde(deserialize_with = "list")]
    send_goods: Vec<Goods>,
    /// The older form.
    #[serde(deserialize_with = "list")]
    send_success_list: Vec<Goods>,
    #[serde(deserialize_with = "list")]
    send_fail_list: Vec<Goods>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Goods {
    source_id: Told<Id>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Carriers {
    #[serde(deserialize_with = "list")]
    result: Vec<Carrier>,
}

/// A line of an order, if it may be sent. The order must have been read with its send check.
///
/// # Errors
/// [`WriteError::Refused`] unless the line waits for the seller and the platform says that it may be sent.
pub fn sendable(order: &Trade, line: &str) -> Result<Sendable, WriteError> {
    let id = order.id().ok_or_else(|| refuse("订单没有编号，请重新读取订单"))?;
    let found = order.line(line).ok_or_else(|| refuse(format!("订单 {id} 没有明细 {line}，请刷新订单")))?;
    if found.status.as_deref() != Some("waitsellersend") {
        return Err(refuse(format!("订单 {id} 的明细 {line} 不在待发货状态，请刷新订单后再发货")));
    }
    if *found.can_send_goods != Some(true) {
        let why = found.cant_send_reason.as_deref().unwrap_or("平台没有确认可以发货");
        return Err(refuse(format!("订单 {id} 的明细 {line} 现在不能发货（{why}），请等平台允许后再发")));
    }
    number(id, "订单")?;
    number(line, "明细")?;
    let amount = found.quantity.filter(|n| *n > Decimal::ZERO).ok_or_else(|| refuse("明细缺少数量，请重新读取订单"))?;
    Ok(Sendable { order: id.to_owned(), line: line.to_owned(), amount })
}

/// Carriers that may be named.
///
/// # Errors
/// As any read.
pub async fn carriers(client: &Client) -> Result<Vec<Carrier>, ReadError> {
    let carriers: Carriers = client.read(&CARRIERS, &vec![]).await?;
    Ok(carriers.result)
}

/// Sends lines as one parcel of a carrier, named by its `company_no` and its name.
///
/// # Errors
/// As any write.
pub async fn send(client: &Client, carrier: (&str, &str), bill: &str, lines: &[Sendable]) -> Result<Sent, WriteError> {
    let (code, name) = carrier;
    // A numeric id names no carrier, and the platform answers such a mistake with "busy".
    if code.is_empty() || code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refuse("物流公司编码不对，请从物流公司列表里选择"));
    }
    let bill = bill.trim();
    if bill.is_empty() || !bill.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(refuse(format!("运单号“{bill}”格式不对，请核对")));
    }
    let parcel = json!({ "cpCode": code, "logisticsCpName": name, "mailNo": bill }).to_string();
    deliver(client, &SEND_OFFLINE, vec![("extBody", parcel)], lines).await
}

/// Marks lines as sent without a carrier.
///
/// # Errors
/// As any write.
pub async fn send_without(client: &Client, way: &Way, lines: &[Sendable]) -> Result<Sent, WriteError> {
    let (body, remarks) = match way {
        Way::OtherCarrier { name, tel } => {
            (json!({ "noLogisticsCondition": "1", "noLogisticsName": name, "noLogisticsTel": tel }), None)
        }
        Way::FeeDifference { bill } => (json!({ "noLogisticsCondition": "2", "noLogisticsBillNo": bill }), None),
        Way::SellerDelivers { name, tel } => {
            (json!({ "noLogisticsCondition": "3", "noLogisticsName": name, "noLogisticsTel": tel }), None)
        }
        Way::BuyerPicksUp => (json!({ "noLogisticsCondition": "4" }), None),
        Way::Other { remarks } => (json!({ "noLogisticsCondition": "5" }), Some(remarks)),
    };
    let mut params: Params = vec![("extBody", body.to_string())];
    params.extend(some("remarks", remarks));
    deliver(client, &SEND_DUMMY, params, lines).await
}

/// The receiver is never sent along: the order's own address holds, and the platform answers another one with "busy".
async fn deliver(client: &Client, method: &Method, mut params: Params, lines: &[Sendable]) -> Result<Sent, WriteError> {
    let asked: BTreeSet<&str> = lines.iter().map(|line| line.order.as_str()).collect();
    if asked.is_empty() {
        return Err(refuse("没有可发货的明细，请选择订单明细"));
    }
    params.push(("sendGoods", goods(lines)));
    let reply: Reply = made(method, client.send(method, &params, None).await, |body| {
        super::super::envelope::affirmed(body).then(|| serde_json::from_str(body).ok()).flatten()
    })?;
    Ok(read(reply.result, &asked))
}

fn read(body: Body, asked: &BTreeSet<&str>) -> Sent {
    let names =
        |goods: &[Goods], order: &str| goods.iter().any(|g| g.source_id.as_ref().is_some_and(|id| id.0 == order));
    let told = |order: &str| match () {
        () if names(&body.send_fail_list, order) => Err(refuse("平台没有接受这笔订单的发货，请到商家后台核对")),
        () if asked.len() == 1 && body.send_fail_list.is_empty() => Ok(()),
        () if names(&body.send_goods, order) || names(&body.send_success_list, order) => Ok(()),
        () => Err(silent()),
    };
    let orders = Outcome::of(asked.iter().map(|order| ((*order).to_owned(), told(order))));
    Sent { parcel: body.logistics_id.as_ref().map(|id| id.0.clone()), orders }
}

fn goods(lines: &[Sendable]) -> String {
    let mut orders: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for line in lines {
        // Whole pieces go as such: the wire knows no "5.0".
        let amount = line.amount.normalize().to_string();
        let amount = amount.parse::<u64>().map_or_else(|_| json!(amount), |pieces| json!(pieces));
        let entry = json!({ "sourceEntryId": line.line, "amount": amount });
        orders.entry(&line.order).or_default().insert(&line.line, entry);
    }
    let goods: Vec<_> = orders
        .into_iter()
        .map(|(order, entries)| json!({ "sourceId": order, "sendGoodEntries": entries.into_values().collect::<Vec<_>>() }))
        .collect();
    json!(goods).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &str) -> Trade {
        let text = format!(
            r#"{{"baseInfo":{{"idOfStr":"2900000000000000123","status":"waitsellersend"}},"productItems":[{{"subItemIDString":"2900000000000000124","quantity":5.0{line}}}]}}"#
        );
        serde_json::from_str(&text).expect("an order")
    }

    #[test]
    fn a_line_that_must_not_be_sent_cannot_be_sent() {
        let may = r#","status":"waitsellersend","canSendGoods":"true""#;
        let line = sendable(&order(may), "2900000000000000124").expect("it waits for the seller");
        assert_eq!(
            goods(&[line.clone(), line]),
            r#"[{"sendGoodEntries":[{"amount":5,"sourceEntryId":"2900000000000000124"}],"sourceId":"2900000000000000123"}]"#,
            "the same line twice is one line"
        );
        for not in [
            r#","status":"waitsellersend""#,
            r#","status":"waitsellersend","canSendGoods":false,"cantSendReason":"拼团未完成""#,
            r#","status":"waitsellersend","canSendGoods":" ""#,
            r#","status":"waitbuyerpay","canSendGoods":true"#,
            r#","canSendGoods":true"#,
        ] {
            let refused = sendable(&order(not), "2900000000000000124");
            assert!(matches!(refused, Err(WriteError::Refused { .. })), "{not}");
        }
        assert!(sendable(&order(may), "2900000000000000125").is_err(), "a line of another order");
    }

    #[test]
    fn of_several_orders_only_those_named_count_as_sent() {
        let reply: Reply = serde_json::from_str(
            r#"{"result":{"logisticsId":"ZX1","sendGoods":[{"sourceId":1}],"sendFailList":[{"sourceId":"2"}]},"success":true}"#,
        )
        .expect("JSON");
        let sent = read(reply.result, &BTreeSet::from(["1", "2", "3"]));
        let outcomes: Vec<_> = sent.orders.iter().map(|(_, outcome)| outcome.clone()).collect();
        assert!(matches!(
            outcomes.as_slice(),
            [Ok(()), Err(WriteError::Refused { .. }), Err(WriteError::Unknown { .. })]
        ));
        assert_eq!(sent.parcel.as_deref(), Some("ZX1"));
    }
}
