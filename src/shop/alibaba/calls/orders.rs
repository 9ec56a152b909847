//! Orders as a skill or an action needs them beyond the mirror: any filter, the masked twin, one order in full, its invoice.

use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told};
use super::super::wire::{list, part, stamp};
use super::trade::Trade;
use super::{site, some};
use crate::shop::platform::{ReadError, Span};

/// Which orders. What is left out does not filter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// By time of order.
    pub created: Option<Span>,
    /// By time of the last change.
    pub modified: Option<Span>,
    /// `waitbuyerpay`, `waitsellersend`, `waitbuyerreceive`, `success`, `cancel`.
    pub status: Option<String>,
    /// `waitselleragree` and its like.
    pub refund_status: Option<String>,
    /// A buyer's member id or OpenUid.
    pub buyer: Option<String>,
    /// Kinds of orders: `cn`, `yp` …
    pub kinds: Vec<String>,
    /// Part of a product's name.
    pub product_name: Option<String>,
    /// 4 rated by the seller, 5 not yet.
    pub buyer_rate_status: Option<u8>,
    /// In the table of old orders.
    pub archived: bool,
    /// The first page is 0.
    pub page: u32,
}

/// Some orders.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Orders {
    /// This page's.
    #[serde(rename = "result", deserialize_with = "list")]
    pub trades: Vec<Trade>,
    /// How many there are in all.
    pub total_record: Told<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Detail {
    #[serde(deserialize_with = "part")]
    pub(super) result: Trade,
}

/// A buyer's wish for an invoice; where it is sent to is left unread.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Invoice {
    id: Told<Id>,
    id_string: Told<Id>,
    pub order_id: Told<Id>,
    pub invoice_type: Told<i64>,
    pub invoice_company_name: Told<String>,
    pub taxpayer_identify: Told<String>,
    pub source: Told<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Invoiced {
    #[serde(deserialize_with = "part")]
    pub(super) result: Invoice,
}

/// An address, taken apart.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Address {
    pub address: Told<String>,
    /// Division code, six digits.
    pub address_code: Told<String>,
    pub post_code: Told<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Addressed {
    #[serde(deserialize_with = "part")]
    pub(super) result: Address,
}

impl Invoice {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id_string.as_ref().or(self.id.as_ref()).map(|id| id.0.as_str())
    }
}

/// One page of orders with their memos, and whether each line may be sent.
///
/// # Errors
/// As any read.
pub async fn list_of(client: &Client, wanted: &Wanted) -> Result<Orders, ReadError> {
    client.read(&m::SELLER_ORDERS, &params(wanted)).await
}

/// The same list for an app that sees masked data only.
///
/// # Errors
/// As any read.
pub async fn masked_list(client: &Client, wanted: &Wanted) -> Result<Orders, ReadError> {
    client.read(&m::SELLER_ORDERS_MASKED, &params(wanted)).await
}

/// One order in full: parcels, ratings, and whether each line may be sent.
///
/// # Errors
/// [`ReadError::NotFound`] where the reply holds no such order.
pub async fn detail(client: &Client, order: &str) -> Result<Trade, ReadError> {
    let fields = "NativeLogistics,RateDetail,OrderInvoice,CanSendCheck,GuaranteesTerms";
    let params = vec![
        ("orderId", order.to_owned()),
        ("includeFields", fields.into()),
        ("needSendGoodsOverdueRisk", "true".into()),
    ];
    the(order, client.read(&m::ORDER_DETAIL, &params).await?)
}

/// As [`detail`], by the older method.
///
/// # Errors
/// As [`detail`].
pub async fn detail_old(client: &Client, order: &str) -> Result<Trade, ReadError> {
    the(order, client.read(&m::ORDER_DETAIL_OLD, &vec![site(), ("orderId", order.to_owned())]).await?)
}

/// What the buyer of an order wants on the invoice.
///
/// # Errors
/// As any read.
pub async fn invoice(client: &Client, order: &str) -> Result<Invoice, ReadError> {
    let invoiced: Invoiced = client.read(&m::INVOICE, &vec![("orderId", order.to_owned())]).await?;
    Ok(invoiced.result)
}

/// Takes an address apart: the shop's own return address, for example.
///
/// # Errors
/// As any read.
pub async fn parse_address(client: &Client, address: &str) -> Result<Address, ReadError> {
    let addressed: Addressed = client.read(&m::ADDRESS_PARSE, &vec![("addressInfo", address.to_owned())]).await?;
    Ok(addressed.result)
}

/// A reply about another order would be acted upon.
fn the(order: &str, detail: Detail) -> Result<Trade, ReadError> {
    let found = Some(detail.result).filter(|trade| trade.id() == Some(order));
    found.ok_or_else(|| ReadError::NotFound { what: format!("订单 {order}") })
}

fn params(wanted: &Wanted) -> Params {
    let moment = |name: &'static str, at: Time| (name, stamp(at));
    let mut params: Params = vec![
        ("page", (wanted.page + 1).to_string()),
        ("pageSize", "20".into()),
        ("needMemoInfo", "true".into()),
        // Without it no line says whether it may be sent.
        ("needCheckSend", "true".into()),
    ];
    params
        .extend(wanted.created.iter().flat_map(|s| [moment("createStartTime", s.from), moment("createEndTime", s.to)]));
    params.extend(
        wanted.modified.iter().flat_map(|s| [moment("modifyStartTime", s.from), moment("modifyEndTime", s.to)]),
    );
    params.extend(some("orderStatus", wanted.status.as_ref()));
    params.extend(some("refundStatus", wanted.refund_status.as_ref()));
    params.extend(some("buyerMemberId", wanted.buyer.as_ref()));
    params.extend(some("productName", wanted.product_name.as_ref()));
    params.extend(some("buyerRateStatus", wanted.buyer_rate_status.as_ref()));
    params.extend((!wanted.kinds.is_empty()).then(|| ("bizTypes", serde_json::json!(wanted.kinds).to_string())));
    params.extend(wanted.archived.then(|| ("isHis", "true".to_owned())));
    params
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn the_official_detail_is_read_to_the_parcel_and_its_sums_hold() {
        let detail: Detail = serde_json::from_str(&samples::reply("trade.ec.getOrder.sellerView")).expect("the sample");
        let trade = the("171818499351498520", detail).expect("it is the one that was asked for");
        let base = &trade.base_info;
        let lines = |sum: fn(&super::super::trade::Line) -> i64| trade.product_items.iter().map(sum).sum::<i64>();
        assert_eq!(lines(|line| line.entry_discount.expect("told").0), base.discount.expect("told").0);
        let amounts = lines(|line| line.item_amount.and_then(super::super::super::told::Yuan::fen).expect("told").0);
        assert_eq!(Some(amounts), base.total_amount.and_then(super::super::super::told::Yuan::fen).map(|fen| fen.0));
        assert_eq!(trade.native_logistics.logistics_items[0].kind.as_deref(), Some("2"));
        assert_eq!(trade.line("171818499352498520").and_then(|line| *line.can_send_goods), None);
        let other: Detail = serde_json::from_str(&samples::reply("trade.ec.getOrder.sellerView")).expect("the sample");
        assert!(matches!(the("171818499351498530", other), Err(ReadError::NotFound { .. })), "the rounded number");
    }

    #[test]
    fn nothing_of_a_buyers_name_or_address_is_kept() {
        for sample in ["trade.ec.getOrder.sellerView", "trade.getBuyerOrderList", "trade.getSellerOrderList"] {
            let reply = samples::reply(sample);
            let kept = match serde_json::from_str::<Detail>(&reply) {
                Ok(detail) if detail.result.id().is_some() => format!("{:?}", detail.result),
                _ => format!("{:?}", serde_json::from_str::<Orders>(&reply).expect("a list")),
            };
            for private in ["洪帮", "13805040134", "义乌", "暮星", "13800000000"] {
                assert!(!kept.contains(private), "{sample} keeps {private}");
            }
        }
    }
}
