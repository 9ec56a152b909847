//! Refunds as the platform tells them in full, and the one thing that a seller's app can do about one: agree to a return.
//!
//! There is no public method to agree to a refund of money alone, to refuse, or to confirm a parcel that came back.

use std::collections::BTreeMap;

use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Fen, Id, Told};
use super::super::wire::{list, part, stamp};
use super::outcome::{one, refuse};
use super::some;
use crate::shop::platform::{ReadError, Span, WriteError};

/// Which refunds. What is left out does not filter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of one order.
    pub order: Option<String>,
    /// By time of application; not older than 730 days.
    pub applied: Option<Span>,
    /// By time of the last change; not older than 730 days.
    pub modified: Option<Span>,
    /// `waitselleragree` and its like.
    pub states: Vec<String>,
    /// The number of the parcel that comes back.
    pub bill: Option<String>,
    /// The first page is 0, here and on the wire.
    pub page: u32,
}

/// Some refunds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refunds {
    /// This page's.
    #[serde(rename = "opOrderRefundModels", deserialize_with = "list")]
    pub refunds: Vec<Refund>,
    /// How many there are in all.
    pub total_count: Told<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    #[serde(deserialize_with = "part")]
    pub(super) result: Refunds,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Single {
    #[serde(deserialize_with = "part")]
    pub(super) result: Detail,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Detail {
    #[serde(deserialize_with = "part")]
    pub(super) op_order_refund_model_detail: Refund,
}

/// A refund; every sum in fen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Refund {
    id: Told<Id>,
    refund_id: Told<Id>,
    pub order_id: Told<Id>,
    #[serde(deserialize_with = "list")]
    pub order_entry_id_list: Vec<Told<Id>>,
    #[serde(deserialize_with = "part")]
    pub order_entry_count_map: BTreeMap<String, Told<i64>>,
    pub status: Told<String>,
    /// 1 in sale, 2 after sale.
    pub dispute_type: Told<i64>,
    pub dispute_request: Told<i64>,
    pub apply_payment: Told<Fen>,
    pub apply_carriage: Told<Fen>,
    pub can_refund_payment: Told<Fen>,
    pub refund_payment: Told<Fen>,
    pub refund_carriage: Told<Fen>,
    /// Minus one stands for none.
    pub frozen_fund: Told<Fen>,
    pub apply_reason: Told<String>,
    pub apply_sub_reason: Told<String>,
    pub reject_reason: Told<String>,
    pub reject_times: Told<i64>,
    /// 1 not received, 2 received, 3 returned.
    pub goods_status: Told<i64>,
    pub goods_received: Told<bool>,
    pub buyer_send_goods: Told<bool>,
    pub refund_goods: Told<bool>,
    pub only_refund: Told<bool>,
    pub aftersale_agree_timeout: Told<bool>,
    pub gmt_apply: Told<Time>,
    pub gmt_create: Told<Time>,
    pub gmt_modified: Told<Time>,
    pub gmt_completed: Told<Time>,
    /// The seller's deadline.
    pub gmt_time_out: Told<Time>,
    pub time_out_operate_type: Told<String>,
    /// Carrier and number of the parcel that comes back.
    pub buyer_logistics_name: Told<String>,
    pub freight_bill: Told<String>,
    pub buyer_member_id: Told<Id>,
    pub product_name: Told<String>,
    /// What happened so far; in the detail only.
    #[serde(deserialize_with = "list")]
    pub refund_operation_list: Vec<Operation>,
}

/// One step in the life of a refund. Its words may hold an address and are left unread.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Operation {
    pub id: Told<Id>,
    /// 1 applied, 8 done, 10 buyer returned, 15 seller refused, 19 address confirmed.
    pub operate_type_int: Told<i64>,
    /// 1 buyer, 2 seller, 4 the platform.
    pub operator_role_id: Told<i64>,
    pub before_operate_status: Told<String>,
    pub after_operate_status: Told<String>,
    pub gmt_create: Told<Time>,
    pub freight_bill: Told<String>,
}

impl Refund {
    /// Its number, `TQ…`.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let numbered = || self.id.as_ref().map(|id| format!("TQ{}", id.0));
        self.refund_id.as_ref().map(|id| id.0.clone()).or_else(numbered)
    }
}

/// Where returned goods go: the shop's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo {
    /// Street and all.
    pub address: String,
    /// Post code.
    pub post: String,
    /// Who takes them.
    pub name: String,
    /// A mobile or another number.
    pub phone: String,
}

/// One page of refunds, in sale and after.
///
/// # Errors
/// As any read.
pub async fn list_of(client: &Client, wanted: &Wanted) -> Result<Refunds, ReadError> {
    // The name is misspelt on the wire, and its default hides what comes after the sale.
    let mut params: Params =
        vec![("dipsuteType", "0".into()), ("currentPageNum", wanted.page.to_string()), ("pageSize", "20".into())];
    params.extend(some("orderId", wanted.order.as_ref()));
    params.extend(some("logisticsNo", wanted.bill.as_ref()));
    let span = |names: [&'static str; 2], span: Span| [(names[0], stamp(span.from)), (names[1], stamp(span.to))];
    params.extend(wanted.applied.iter().flat_map(|at| span(["applyStartTime", "applyEndTime"], *at)));
    params.extend(wanted.modified.iter().flat_map(|at| span(["modifyStartTime", "modifyEndTime"], *at)));
    params
        .extend((!wanted.states.is_empty()).then(|| ("refundStatusSet", serde_json::json!(wanted.states).to_string())));
    let listed: Listed = client.read(&m::REFUNDS, &params).await?;
    Ok(listed.result)
}

/// One refund with its deadline and its history.
///
/// # Errors
/// [`ReadError::NotFound`] where the reply holds no such refund.
pub async fn detail(client: &Client, refund: &str) -> Result<Refund, ReadError> {
    let params = vec![
        ("refundId", refund.to_owned()),
        ("needTimeOutInfo", "true".into()),
        ("needOrderRefundOperation", "true".into()),
    ];
    let single: Single = client.read(&m::REFUND_DETAIL, &params).await?;
    let found = Some(single.result.op_order_refund_model_detail).filter(|found| found.id().as_deref() == Some(refund));
    found.ok_or_else(|| ReadError::NotFound { what: format!("退款单 {refund}") })
}

/// Agrees that the goods come back, and says where to. The buyer is told; there is no way back.
///
/// # Errors
/// As any write; [`WriteError::Refused`] unless the refund waits for the seller and is about goods.
pub async fn agree_return(client: &Client, refund: &Refund, to: &ReturnTo, note: &str) -> Result<(), WriteError> {
    let params = agreement(refund, to, note)?;
    one(&m::AGREE_RETURN, client.send(&m::AGREE_RETURN, &params, None).await)
}

fn agreement(refund: &Refund, to: &ReturnTo, note: &str) -> Result<Params, WriteError> {
    let id = refund.id().ok_or_else(|| refuse("退款单没有编号，请重新读取"))?;
    if refund.status.as_deref() != Some("waitselleragree") {
        return Err(refuse(format!("退款单 {id} 不在等待卖家同意的状态，请刷新后再处理")));
    }
    if *refund.refund_goods != Some(true) || *refund.only_refund == Some(true) {
        return Err(refuse(format!("退款单 {id} 只退款不退货，平台没有开放接口，请到商家后台处理")));
    }
    let kind = refund.dispute_type.filter(|kind| [1, 2].contains(kind));
    let kind = kind.ok_or_else(|| refuse(format!("退款单 {id} 没有说明是售中还是售后，请到商家后台处理")))?;
    if [&to.address, &to.name, &to.phone].iter().any(|text| text.trim().is_empty()) {
        return Err(refuse("退货地址不完整，请填写收货人、电话和地址"));
    }
    Ok(vec![
        ("refundId", id),
        ("address", to.address.clone()),
        ("post", to.post.clone()),
        ("fullName", to.name.clone()),
        ("phone", to.phone.clone()),
        ("mobilePhone", to.phone.clone()),
        ("discription", note.to_owned()),
        ("disputeType", kind.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn the_official_refund_is_read_in_fen_with_its_history_and_without_an_address() {
        let reply = samples::reply("trade.refund.OpQueryOrderRefund");
        let single: Single = serde_json::from_str(&reply).expect("the sample");
        let refund = single.result.op_order_refund_model_detail;
        assert_eq!(refund.id().as_deref(), Some("TQ8651493722961198"));
        assert_eq!((*refund.refund_payment, *refund.frozen_fund), (Some(Fen(1)), Some(Fen(-1))));
        assert_eq!(*refund.order_entry_count_map["151267031009969811"], Some(2));
        assert!(refund.refund_operation_list.len() > 2);
        let kept = format!("{refund:?}");
        assert!(["琳琳", "13800000000", "聊城"].iter().all(|private| !kept.contains(private)));
    }

    #[test]
    fn a_return_is_agreed_to_only_where_goods_come_back() {
        let refund = |text: &str| serde_json::from_str::<Refund>(text).expect("a refund");
        let to = ReturnTo {
            address: "网商路699号".into(),
            post: "310051".into(),
            name: "仓库".into(),
            phone: "0571-88888888".into(),
        };
        let good = r#"{"id":12,"status":"waitselleragree","disputeType":2,"refundGoods":true,"onlyRefund":false}"#;
        let params = agreement(&refund(good), &to, "请寄回").expect("goods come back");
        assert!(params.contains(&("refundId", "TQ12".into())) && params.contains(&("disputeType", "2".into())));
        for not in [
            r#"{"id":12,"status":"waitselleragree","disputeType":1,"refundGoods":false,"onlyRefund":true}"#,
            r#"{"id":12,"status":"waitselleragree","disputeType":1}"#,
            r#"{"id":12,"status":"waitbuyersend","disputeType":1,"refundGoods":true}"#,
            r#"{"id":12,"status":"waitselleragree","refundGoods":true}"#,
        ] {
            assert!(matches!(agreement(&refund(not), &to, ""), Err(WriteError::Refused { .. })), "{not}");
        }
        assert!(agreement(&refund(good), &ReturnTo { phone: " ".into(), ..to }, "").is_err());
    }
}
