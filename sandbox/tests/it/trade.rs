//! What a seller's calls do to an order, and how each of them says no.

use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{OPEN, Rig, TRADE, generated, options};

const MEMO: &str = "alibaba.order.memoAdd";
const CANCEL: &str = "alibaba.trade.cancel";
const PRICE: &str = "trade.order.modifyOrderPrice";
const RATE: &str = "trade.order.batch.rate";

async fn unpaid(rig: &Rig, quantity: i64) -> String {
    let product = rig.plain().await;
    rig.put(json!({ "product": product, "quantity": quantity, "price_fen": 2200, "stage": "waitbuyerpay", "placed": "2026-11-23T09:00:00+08:00" })).await
}

#[tokio::test]
async fn a_memo_overwrites_the_one_before_and_moves_the_order_into_the_next_read() {
    let rig = Rig::start().await;
    let order = rig.orders(&[("orderStatus", "success")]).await.remove(0);
    let id = order["baseInfo"]["idOfStr"].as_str().expect("text");
    let note = async |memo: &str| rig.call(TRADE, MEMO, &[("orderId", id), ("memo", memo), ("remarkIcon", "2")]).await;
    rig.set_clock("2026-11-23T10:05:00+08:00").await;
    assert_eq!(note("先发红色").await, json!({ "success": true }));
    assert_eq!(note("改发蓝色").await, json!({ "success": true }));
    let read = rig.orders(&[("modifyStartTime", "20261123100500000+0800"), ("needMemoInfo", "true")]).await;
    let base =
        &read.iter().find(|order| order["baseInfo"]["idOfStr"] == id).expect("its time of change moved")["baseInfo"];
    assert_eq!((&base["sellerMemo"], &base["sellerRemarkIcon"]), (&json!("改发蓝色"), &json!("2")));

    let unknown = rig.call(TRADE, MEMO, &[("orderId", "5"), ("memo", "x"), ("remarkIcon", "1")]).await;
    assert_eq!((&unknown["success"], &unknown["errorCode"]), (&json!(true), &json!("400_4")), "a success that is none");
    assert!(unknown["errorMsg"].as_str().expect("text").contains("[ORDER_NOT_EXIST]"));
    let long = "长".repeat(501);
    let refused = rig.call(TRADE, MEMO, &[("orderId", id), ("memo", &long), ("remarkIcon", "1")]).await;
    assert_eq!(refused["errorCode"], "400_1");

    let rows = rig.effects().await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["identity"], format!("order:{id}/memo"));
    assert_eq!(rows[1]["arguments"], json!({ "memo": "改发蓝色", "remarkIcon": "2" }));
}

#[tokio::test]
async fn a_price_change_counts_from_the_original_price_and_replaces_the_one_before() {
    let rig = Rig::start().await;
    let id = unpaid(&rig, 5).await;
    let change = async |carriage: &str, discount: i64| {
        let entries = json!([{ "id": id.parse::<i64>().expect("a number"), "discount": discount }]).to_string();
        rig.call(OPEN, PRICE, &[("orderId", &id), ("carriage", carriage), ("entryDiscounts", &entries)]).await
    };
    assert_eq!(change("500", -650).await, json!({ "result": true, "resultCode": "", "resultMsg": "" }));
    let base = rig.detail(&id).await["baseInfo"].clone();
    assert_eq!(base["totalAmount"].to_string(), "108.5", "110 - 6.5 + 5");
    assert_eq!((&base["discount"], base["shippingFee"].to_string()), (&json!(-650), "5".to_owned()));

    change("500", -200).await;
    assert_eq!(rig.detail(&id).await["baseInfo"]["totalAmount"].to_string(), "113", "not 106.5: it does not add up");
    change("0", 0).await;
    let undone = rig.detail(&id).await;
    assert_eq!(
        (&undone["baseInfo"]["totalAmount"], &undone["productItems"][0]["itemAmount"]),
        (&json!(110), &json!(110))
    );

    // Lines that a call leaves out stand at their original price again.
    change("0", -300).await;
    rig.call(OPEN, PRICE, &[("orderId", &id), ("carriage", "0")]).await;
    assert_eq!(rig.detail(&id).await["baseInfo"]["discount"], 0);

    assert_eq!(change("0", -11_000).await["resultCode"], "400_1", "nothing may cost nothing");
    let foreign = json!([{ "id": 7, "discount": -1 }]).to_string();
    let refused = rig.call(OPEN, PRICE, &[("orderId", &id), ("entryDiscounts", &foreign)]).await;
    assert_eq!(refused["result"], false);
    let paid = rig.orders(&[("orderStatus", "waitsellersend")]).await.remove(0);
    let paid = paid["baseInfo"]["idOfStr"].as_str().expect("text").to_owned();
    let refused = rig.call(OPEN, PRICE, &[("orderId", &paid), ("carriage", "0")]).await;
    assert_eq!(refused["resultCode"], "ORDER_STATUS_ERROR");
    assert!(rig.effects().await.iter().all(|row| row["identity"] == format!("order:{id}/price")));
}

#[tokio::test]
async fn only_a_young_unpaid_order_of_ones_own_cannot_be_closed_too_fast() {
    let rig = Rig::with(Options { shops: vec![generated("演示店铺", 10), generated("别家", 10)], ..options() }).await;
    let id = unpaid(&rig, 5).await;
    let product = rig.plain().await;
    let young = rig.put(json!({ "product": product, "quantity": 1, "stage": "waitbuyerpay" })).await;
    let cancel = async |id: &str, reason: &str| {
        rig.call(TRADE, CANCEL, &[("webSite", "1688"), ("tradeID", id), ("cancelReason", reason), ("remark", "缺货")])
            .await
    };
    assert_eq!(cancel(&young, "other").await["errorCode"], "CLOSE_ORDER_TOO_FAST");
    rig.set_clock("2026-11-23T10:00:11+08:00").await;
    assert_eq!(cancel(&young, "other").await, json!({ "success": true }));
    assert_eq!(cancel(&id, "no reason").await["errorCode"], "400_1");
    assert_eq!(cancel(&id, "sellerGoodsLack").await, json!({ "success": true }));
    assert_eq!(cancel(&id, "sellerGoodsLack").await["errorCode"], "ORDER_STATUS_ERROR");
    assert_eq!(cancel("5", "other").await["errorCode"], "ORDER_NOT_EXIST");
    let other = rig.sandbox.shops()[1].access_token.clone();
    let mut theirs = rig;
    let own = std::mem::replace(&mut theirs.token, other);
    assert_eq!(cancel_as(&theirs, &id).await["errorCode"], "400_3", "not a party");
    theirs.token = own;

    let base = theirs.detail(&id).await["baseInfo"].clone();
    assert_eq!((&base["status"], &base["closeReason"]), (&json!("cancel"), &json!("sellerGoodsLack")));
    assert_eq!(base["modifyTime"], "20261123100011000+0800");
    let rows = theirs.effects().await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["identity"], format!("order:{id}/cancel"));
}

async fn cancel_as(rig: &Rig, id: &str) -> Value {
    rig.call(TRADE, CANCEL, &[("webSite", "1688"), ("tradeID", id), ("cancelReason", "other")]).await
}

#[tokio::test]
async fn rating_says_nothing_of_what_it_passes_over_so_only_the_read_tells() {
    let rig = Rig::start().await;
    let open = rig.orders(&[("orderStatus", "success"), ("buyerRateStatus", "5")]).await;
    let rated = rig.orders(&[("buyerRateStatus", "4")]).await;
    let waiting = rig.orders(&[("buyerRateStatus", "6")]).await;
    assert!(!open.is_empty() && !rated.is_empty() && !waiting.is_empty());
    assert_eq!(open.len() + rated.len() + waiting.len(), rig.orders(&[]).await.len());
    let id = |order: &Value| order["baseInfo"]["idOfStr"].as_str().expect("text").to_owned();
    let (new, old, early) = (id(&open[0]), id(&rated[0]), id(&waiting[0]));
    let rate =
        async |orders: Value| rig.call(OPEN, RATE, &[("orders", &orders.to_string())]).await["failedOrder"].clone();
    let good = json!([{ "starLevel": 5, "content": "合作愉快" }]);
    let failed = rate(json!({ (new.as_str()): good, (old.as_str()): good, (early.as_str()): good, "12": good })).await;
    assert_eq!(failed, json!({}), "all are accepted");
    assert_eq!(rig.effects().await.len(), 1, "one took effect");
    assert_eq!(rig.effects().await[0]["identity"], format!("order:{new}/rate"));
    let detail = rig.call(TRADE, crate::rig::DETAIL, &[("orderId", &new), ("includeFields", "RateDetail")]).await;
    let rates = &detail["result"]["orderRateInfo"];
    assert_eq!((&rates["buyerRateStatus"], &rates["buyerRateList"][0]["content"]), (&json!(4), &json!("合作愉快")));
    rate(json!({ (new.as_str()): good })).await;
    assert_eq!(rig.effects().await[0]["count"], 1, "a second time changes nothing");

    let bare = id(&open[1]);
    assert_eq!(rate(json!({ (bare.as_str()): [{ "starLevel": 2 }] })).await, json!({ (bare.as_str()): "400_1" }));
    let many: serde_json::Map<String, Value> = (0..11).map(|id| (id.to_string(), good.clone())).collect();
    assert_eq!(rate(Value::Object(many)).await.as_object().map(serde_json::Map::len), Some(11));
}

#[tokio::test]
async fn what_was_done_to_orders_outlives_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = || Options { state_dir: Some(dir.path().to_owned()), ..options() };
    let rig = Rig::with(kept()).await;
    let id = unpaid(&rig, 5).await;
    let entries = json!([{ "id": id, "discount": -650 }]).to_string();
    rig.call(OPEN, PRICE, &[("orderId", &id), ("carriage", "500"), ("entryDiscounts", &entries)]).await;
    rig.call(TRADE, MEMO, &[("orderId", &id), ("memo", "改过价"), ("remarkIcon", "3")]).await;
    let before = rig.detail(&id).await;
    rig.stop().await;
    let rig = Rig::with(kept()).await;
    assert_eq!(rig.detail(&id).await, before);
    let counts: Vec<Value> = rig.effects().await.iter().map(|row| row["count"].clone()).collect();
    assert_eq!(counts, [1, 1]);
    rig.stop().await;
}
