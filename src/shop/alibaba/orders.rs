//! The seller's order list: pages from 1 of at most 20. Names, phones and addresses are not asked for, and masked ones are not read.

use serde::Deserialize;
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Order;

use super::client::{Client, Params};
use super::convert;
use super::methods::{ORDER_DETAIL, SELLER_ORDERS};
use super::wire::{Field, list, part, stamp};
use crate::shop::platform::{OrderTable, Page, ReadError, Span};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reply {
    #[serde(deserialize_with = "list")]
    result: Vec<Box<RawValue>>,
    total_record: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Single {
    result: Option<Box<RawValue>>,
}

/// One order. Any field may be absent.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Trade {
    #[serde(deserialize_with = "part")]
    pub(super) base_info: Base,
    #[serde(deserialize_with = "list")]
    pub(super) product_items: Vec<Item>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Base {
    pub(super) id: Field,
    pub(super) id_of_str: Field,
    pub(super) status: Field,
    pub(super) business_type: Field,
    pub(super) create_time: Field,
    pub(super) pay_time: Field,
    pub(super) modify_time: Field,
    pub(super) total_amount: Field,
    pub(super) shipping_fee: Field,
    #[serde(rename = "buyerID")]
    pub(super) buyer_id: Field,
    pub(super) buyer_open_uid: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Item {
    #[serde(rename = "productID")]
    pub(super) product_id: Field,
    pub(super) spec_id: Field,
    pub(super) name: Field,
    pub(super) quantity: Field,
    pub(super) price: Field,
    pub(super) item_amount: Field,
    pub(super) entry_discount: Field,
}

pub(super) async fn page(client: &Client, table: OrderTable, span: Span, page: u32) -> Result<Page<Order>, ReadError> {
    let mut params: Params = vec![
        ("modifyStartTime", stamp(span.from)),
        ("modifyEndTime", stamp(span.to)),
        ("page", (page + 1).to_string()),
        ("pageSize", "20".into()),
    ];
    if table == OrderTable::Archive {
        params.push(("isHis", "true".into()));
    }
    Ok(read(&client.read::<Reply>(&SELLER_ORDERS, &params).await?))
}

/// One order as it stands now.
pub(super) async fn get(client: &Client, id: &str) -> Result<Order, ReadError> {
    // Something has to be named, or the address comes with it.
    let params: Params = vec![("orderId", id.to_owned()), ("includeFields", "GuaranteesTerms".into())];
    let single: Single = client.read(&ORDER_DETAIL, &params).await?;
    single_order(&single, id)
}

fn single_order(single: &Single, id: &str) -> Result<Order, ReadError> {
    let not_found = || ReadError::NotFound { what: format!("订单 {id}") };
    let raw = single.result.as_ref().ok_or_else(not_found)?;
    match serde_json::from_str(raw.get()).ok().map(|trade| convert::order(&trade)) {
        Some(Ok(order)) if order.id == id => Ok(order),
        Some(Ok(_)) => Err(not_found()),
        _ => Err(ReadError::Unreachable { why: "平台返回的订单不完整".into() }),
    }
}

fn read(reply: &Reply) -> Page<Order> {
    convert::page(&reply.result, &reply.total_record, "订单", convert::order)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use xiaoer_sdk::shop::OrderStatus;

    use super::super::samples;
    use super::*;

    #[test]
    fn the_official_order_list_is_read_with_its_true_id() {
        let page = read(&serde_json::from_str(&samples::reply("trade.getSellerOrderList")).expect("the sample"));
        assert_eq!((page.total, page.unreadable.len()), (Some(615), 0));
        let order = &page.rows[0];
        assert_eq!(order.id, "193441303243969811", "the number beside it is rounded");
        assert_eq!(order.status, OrderStatus::WaitPay);
        assert_eq!(order.paid, None);
        assert_eq!((order.total, order.freight), (Decimal::new(703, 1), Decimal::ONE));
        assert_eq!(order.lines[0].product.as_deref(), Some("570959966604"));
        assert_eq!(order.modified.to_rfc3339(), "2018-07-21T17:26:08+08:00");
    }

    #[test]
    fn the_sums_of_the_official_order_hold_to_the_fen() {
        let reply = samples::reply("trade.ec.getOrder.sellerView");
        let detail: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&reply).expect("the sample");
        let order =
            convert::order(&serde_json::from_str(&detail["result"].to_string()).expect("an order")).expect("whole");
        assert_eq!(order.total, Decimal::new(3, 2));
        assert_eq!(order.lines.iter().map(|line| line.amount).sum::<Decimal>() + order.freight, order.total);
        assert_eq!(order.buyer.as_deref(), Some("b2b-1623492085"));
        assert_eq!(order.lines[1].sku.as_deref(), Some("bdaa3bed39496fb1133160426566bea0"));
    }

    #[test]
    fn one_order_is_read_like_a_row_of_the_list_and_never_taken_for_another() {
        let single: Single = serde_json::from_str(&samples::reply("trade.ec.getOrder.sellerView")).expect("the sample");
        let raw: Trade = serde_json::from_str(single.result.as_ref().expect("an order").get()).expect("a trade");
        let id = convert::order(&raw).expect("whole").id;
        assert_eq!(single_order(&single, &id).expect("read").id, id);
        assert!(matches!(single_order(&single, "1"), Err(ReadError::NotFound { .. })));
        assert!(matches!(single_order(&Single::default(), &id), Err(ReadError::NotFound { .. })));
    }

    #[test]
    fn a_row_that_cannot_be_understood_is_named_and_the_others_load() {
        let good = r#"{"baseInfo":{"idOfStr":"2","createTime":"20261120093000000+0800","totalAmount":1},"productItems":null,"new":{}}"#;
        let bad = r#"{"baseInfo":{"idOfStr":"1","createTime":"yesterday","buyerContact":{"name":"张三"}}}"#;
        let page =
            read(&serde_json::from_str(&format!(r#"{{"result":[{bad},{good},7],"totalRecord":3}}"#)).expect("JSON"));
        assert_eq!(page.rows.iter().map(|order| order.id.as_str()).collect::<Vec<_>>(), ["2"]);
        assert_eq!(page.unreadable, ["订单 1 缺少 createTime", "订单 ? 不是一条记录"]);
        assert_eq!(page.len(), 3);
    }

    #[test]
    fn an_empty_list_may_come_as_null() {
        assert!(read(&serde_json::from_str(r#"{"result":null,"totalRecord":0}"#).expect("JSON")).is_empty());
    }
}
