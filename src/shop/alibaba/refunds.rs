//! The refund list: pages from 0, fen, and in-sale refunds only unless one asks for both by a parameter that is misspelt on the wire.

use serde::Deserialize;
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Refund;

use super::client::{Client, Params};
use super::convert;
use super::methods::REFUNDS;
use super::time;
use super::wire::{Field, list, part, stamp};
use crate::shop::platform::{Page, ReadError, Span};

/// Pages that a search for one refund goes through.
const SEARCHED: u32 = 50;
/// The list has no search by refund number; an open refund changes at least this often, or the platform decides it.
const SEARCHED_DAYS: i64 = 60;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    #[serde(deserialize_with = "part")]
    result: Body,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    #[serde(deserialize_with = "list")]
    op_order_refund_models: Vec<Box<RawValue>>,
    total_count: Field,
}

/// One refund. Any field may be absent.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Model {
    pub(super) id: Field,
    pub(super) refund_id: Field,
    pub(super) order_id: Field,
    pub(super) status: Field,
    pub(super) apply_payment: Field,
    pub(super) apply_carriage: Field,
    pub(super) refund_payment: Field,
    pub(super) refund_carriage: Field,
    pub(super) apply_reason: Field,
    pub(super) goods_status: Field,
    pub(super) goods_received: Field,
    pub(super) only_refund: Field,
    pub(super) refund_goods: Field,
    pub(super) gmt_apply: Field,
    pub(super) gmt_create: Field,
    pub(super) gmt_modified: Field,
    pub(super) gmt_completed: Field,
    pub(super) gmt_time_out: Field,
    pub(super) buyer_member_id: Field,
    pub(super) product_name: Field,
}

pub(super) async fn page(client: &Client, span: Span, page: u32) -> Result<Page<Refund>, ReadError> {
    listed(client, span_of(span), page).await
}

/// One refund by its number.
pub(super) async fn find(client: &Client, id: &str) -> Result<Refund, ReadError> {
    let now = time::now(client).await?;
    let recent = span_of(Span { from: now - chrono::TimeDelta::days(SEARCHED_DAYS), to: now });
    // Whoever asks mostly asks about one that waits for the seller, and those are few.
    let waiting = vec![("refundStatusSet", r#"["waitselleragree"]"#.to_owned())];
    for params in [waiting, recent] {
        for number in 0..SEARCHED {
            let page = listed(client, params.clone(), number).await?;
            let last = page.is_empty();
            if let Some(found) = page.rows.into_iter().find(|refund| refund.id == id) {
                return Ok(found);
            }
            if last {
                break;
            }
        }
    }
    Err(ReadError::NotFound { what: format!("退款单 {id}") })
}

/// All refunds of an order.
pub(super) async fn of_order(client: &Client, order: &str) -> Result<Vec<Refund>, ReadError> {
    let mut refunds = Vec::new();
    for number in 0..SEARCHED {
        let page = listed(client, vec![("orderId", order.to_owned())], number).await?;
        if page.is_empty() {
            break;
        }
        if !page.unreadable.is_empty() {
            return Err(ReadError::Unreachable { why: "平台返回的退款单不完整".into() });
        }
        let whole = page.total.is_some_and(|total| total <= (refunds.len() + page.rows.len()) as u64);
        // Whoever asked for one order's refunds puts nothing of another one into the mirror.
        refunds.extend(page.rows.into_iter().filter(|refund| refund.order.as_deref() == Some(order)));
        if whole {
            break;
        }
    }
    Ok(refunds)
}

async fn listed(client: &Client, mut params: Params, page: u32) -> Result<Page<Refund>, ReadError> {
    params.extend([
        ("dipsuteType", "0".to_owned()),
        ("currentPageNum", page.to_string()),
        ("pageSize", "20".to_owned()),
    ]);
    Ok(read(&client.read::<Reply>(&REFUNDS, &params).await?))
}

fn span_of(span: Span) -> Params {
    vec![("modifyStartTime", stamp(span.from)), ("modifyEndTime", stamp(span.to))]
}

fn read(reply: &Reply) -> Page<Refund> {
    convert::page(&reply.result.op_order_refund_models, &reply.result.total_count, "退款单", convert::refund)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use xiaoer_sdk::shop::RefundStatus;

    use super::super::samples;
    use super::*;

    #[test]
    fn the_official_refund_list_is_read_in_yuan() {
        let page =
            read(&serde_json::from_str(&samples::reply("trade.refund.queryOrderRefundList")).expect("the sample"));
        assert_eq!(page.total, Some(1));
        let refund = &page.rows[0];
        assert_eq!(refund.id, "TQ10426553019961198");
        assert_eq!(refund.order.as_deref(), Some("177681528398969811"));
        assert_eq!(refund.status, RefundStatus::Closed);
        assert_eq!(refund.asked, Decimal::new(1, 2));
        assert_eq!(refund.refunded, None, "a closed refund gave nothing back, whatever stands in refundPayment");
        assert_eq!(refund.goods_received, Some(true));
        assert_eq!(refund.completed.map(|at| at.to_rfc3339()).as_deref(), Some("2018-07-02T14:11:13+08:00"));
    }

    #[test]
    fn the_official_refund_detail_has_the_fields_of_the_list() {
        let reply = samples::reply("trade.refund.OpQueryOrderRefund");
        let parts: serde_json::Value = serde_json::from_str(&reply).expect("the sample");
        let detail = parts["result"]["opOrderRefundModelDetail"].to_string();
        let refund = convert::refund(&serde_json::from_str(&detail).expect("a refund")).expect("whole");
        assert!(refund.id.starts_with("TQ"));
    }
}
