//! Sending, and what became of parcels.

use serde_json::{Value, json};

use crate::rig::{LOGISTICS, Rig, TRADE};

const OFFLINE: &str = "alibaba.logistics.OpDeliverySendOrder.offline";
const DUMMY: &str = "alibaba.logistics.OpDeliverySendOrder.dummy";
const TRACE: &str = "alibaba.trade.getLogisticsTraceInfo.sellerView";
const BUSY: &str = "系统繁忙，请稍后再试";

fn goods(order: &str, lines: &[&str]) -> String {
    let entries: Vec<Value> = lines.iter().map(|line| json!({ "sourceEntryId": line, "amount": 1 })).collect();
    json!([{ "sourceId": order, "sendGoodEntries": entries }]).to_string()
}

fn parcel(carrier: &str, bill: &str) -> String {
    json!({ "cpCode": carrier, "logisticsCpName": "顺丰", "mailNo": bill }).to_string()
}

async fn send(rig: &Rig, order: &str, lines: &[&str], bill: &str) -> Value {
    rig.call(LOGISTICS, OFFLINE, &[("sendGoods", &goods(order, lines)), ("extBody", &parcel("SF", bill))]).await
}

async fn paid(rig: &Rig) -> String {
    let product = rig.plain().await;
    rig.put(json!({ "product": product, "quantity": 5, "placed": "2026-11-23T09:00:00+08:00" })).await
}

#[tokio::test]
async fn a_parcel_leaves_once_and_every_read_shows_it() {
    let rig = Rig::start().await;
    let id = paid(&rig).await;
    assert_eq!(rig.detail(&id).await["productItems"][0]["canSendGoods"], true);
    let sent = send(&rig, &id, &[&id], "SF0000000000001").await;
    assert_eq!(sent["success"], true);
    assert!(sent["result"]["logisticsId"].as_str().expect("text").starts_with("ZX"));
    assert_eq!(sent["result"]["sendGoods"][0]["sourceId"].to_string(), id, "a number, to the last digit");
    let order = rig.detail(&id).await;
    assert_eq!(order["baseInfo"]["status"], "waitbuyerreceive");
    assert_eq!(order["baseInfo"]["allDeliveredTime"], "20261123100000000+0800");
    let shown = &order["nativeLogistics"]["logisticsItems"][0];
    assert_eq!((&shown["logisticsBillNo"], &shown["logisticsCompanyNo"]), (&json!("SF0000000000001"), &json!("SF")));
    assert_eq!(shown["subItemIds"], id);

    let again = send(&rig, &id, &[&id], "SF0000000000001").await;
    assert_eq!(again["errorCode"], "ORDER_STATUS_ERROR");
    let rows = rig.effects().await;
    assert_eq!((rows.len(), &rows[0]["count"]), (1, &json!(1)));
    assert_eq!(rows[0]["identity"], format!("order:{id}/send"));
    assert_eq!(rows[0]["arguments"]["mailNo"], "SF0000000000001");

    let trace = async || rig.call(LOGISTICS, TRACE, &[("orderId", &id), ("webSite", "1688")]).await;
    assert_eq!(trace().await["errorCode"], "404", "the carrier has not seen it yet");
    rig.set_clock("2026-11-23T20:00:00+08:00").await;
    let steps = trace().await["logisticsTrace"][0]["logisticsSteps"].clone();
    assert_eq!(steps[0], json!({ "acceptTime": "2026-11-23 12:10:00", "remark": "已揽件" }));
}

#[tokio::test]
async fn an_order_of_several_lines_leaves_line_by_line() {
    let rig = Rig::start().await;
    let waiting = rig.orders(&[("orderStatus", "waitsellersend"), ("needCheckSend", "true")]).await;
    let several = |order: &&Value| {
        order["productItems"].as_array().is_some_and(|items| items.len() > 1 && items[0]["canSendGoods"] == true)
    };
    let order = waiting.iter().find(several).expect("an order of several lines waits");
    let id = order["baseInfo"]["idOfStr"].as_str().expect("text");
    let items = order["productItems"].as_array().expect("a list");
    let lines: Vec<&str> = items.iter().map(|item| item["subItemIDString"].as_str().expect("text")).collect();
    assert_eq!(send(&rig, id, &lines[..1], "SF0000000000002").await["success"], true);
    let part = rig.detail(id).await;
    assert_eq!(part["baseInfo"]["status"], "waitsellersend");
    let states = |order: &Value, field: &str| -> Vec<Value> {
        order["productItems"].as_array().expect("a list").iter().map(|item| item[field].clone()).collect()
    };
    assert_eq!(states(&part, "status")[..2], [json!("waitbuyerreceive"), json!("waitsellersend")]);
    assert_eq!(states(&part, "logisticsStatus")[..2], [json!(2), json!(1)]);
    assert_eq!(states(&part, "canSendGoods")[..2], [json!(false), json!(true)]);
    assert_eq!(send(&rig, id, &lines[..1], "SF0000000000002").await["errorCode"], "ORDER_STATUS_ERROR");
    assert_eq!(send(&rig, id, &lines[1..], "SF0000000000003").await["success"], true);
    let whole = rig.detail(id).await;
    assert_eq!(whole["baseInfo"]["status"], "waitbuyerreceive");
    assert_eq!(whole["nativeLogistics"]["logisticsItems"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn every_way_to_send_wrongly_is_refused_and_nothing_leaves() {
    let rig = Rig::start().await;
    let id = paid(&rig).await;
    let offline = async |goods: &str, body: &str, more: &[(&str, &str)]| {
        rig.call(LOGISTICS, OFFLINE, &[more, &[("sendGoods", goods), ("extBody", body)]].concat()).await
    };
    let (right, body) = (goods(&id, &[&id]), parcel("SF", "SF0000000000001"));
    for refused in [
        offline(&goods("12345", &["12345"]), &body, &[]).await,
        offline(&goods(&id, &["12345"]), &body, &[]).await,
        offline(&right, &parcel("8", "SF0000000000001"), &[]).await,
        offline(&right, &body, &[("receiverInfo", r#"{"name":"甲"}"#)]).await,
    ] {
        assert_eq!((&refused["success"], &refused["errorMessage"]), (&json!(false), &json!(BUSY)));
    }
    assert_eq!(offline(&right, &parcel("SF", "单号"), &[]).await["errorCode"], "INVALID_PARAM");
    let dummy =
        rig.call(LOGISTICS, DUMMY, &[("sendGoods", &right), ("extBody", r#"{"noLogisticsCondition":"3"}"#)]).await;
    assert_eq!(dummy["errorCode"], "INVALID_PARAM", "who delivers needs a name and a phone");
    assert!(rig.effects().await.is_empty());
    assert_eq!(rig.detail(&id).await["baseInfo"]["status"], "waitsellersend");
}

#[tokio::test]
async fn a_waybill_is_good_for_fifteen_parcels() {
    let rig = Rig::start().await;
    for number in 0..16 {
        let id = paid(&rig).await;
        let sent = send(&rig, &id, &[&id], "SF0000000000009").await;
        assert_eq!(sent["success"], number < 15, "parcel {number}: {sent}");
        assert!(number < 15 || sent["errorCode"] == "INVALID_PARAM");
    }
}

#[tokio::test]
async fn the_platform_lets_a_seller_send_what_must_not_leave_and_the_ledger_remembers() {
    let rig = Rig::start().await;
    let product = rig.plain().await;
    let group = rig
        .put(json!({ "product": product, "quantity": 5, "block": "group", "placed": "2026-11-23T09:00:00+08:00" }))
        .await;
    let order = rig.detail(&group).await;
    assert_eq!(order["baseInfo"]["businessType"], "hp");
    assert_eq!(order["productItems"][0]["canSendGoods"], false);
    assert!(order["productItems"][0]["cantSendReason"].as_str().expect("text").contains("拼团"));
    assert_eq!(send(&rig, &group, &[&group], "SF0000000000001").await["success"], true);
    assert_eq!(rig.effects().await[0]["arguments"]["canSendGoods"], false, "a client's guard must have stopped it");
}

#[tokio::test]
async fn a_generated_shop_has_orders_that_wait_and_some_that_must_not_leave() {
    let rig = Rig::start().await;
    let waiting = rig
        .orders(&[("orderStatus", "waitsellersend"), ("needCheckSend", "true"), ("needSendGoodsOverdueRisk", "true")])
        .await;
    let blocked = waiting.iter().filter(|order| order["productItems"][0]["canSendGoods"] == false).count();
    assert!((1..waiting.len()).contains(&blocked), "{blocked} of {}", waiting.len());
    assert!(waiting.iter().any(|order| order["sendGoodsOverdueRisk"] == "PTMO"));
    assert!(!rig.orders(&[("orderStatus", "waitbuyerpay")]).await.is_empty());
    assert!(rig.orders(&[("orderStatus", "waitsellersend"), ("tousuStatus", "true")]).await.is_empty());
    let foreign = rig.call(TRADE, crate::rig::DETAIL, &[("orderId", "5")]).await;
    assert_eq!((&foreign["success"], &foreign["errorCode"]), (&json!("false"), &json!("ORDER_NOT_EXIST")));
}
