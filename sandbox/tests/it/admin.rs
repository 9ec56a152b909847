//! What tests turn: time, faults, extra orders.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{ORDERS, PRODUCT, Rig, STOCK, TRADE, options};

#[tokio::test]
async fn when_the_clock_moves_on_new_orders_appear_and_old_ones_move_on() {
    let rig = Rig::start().await;
    let before = rig.orders(&[]).await;
    rig.set_clock("2026-11-25T10:00:00+08:00").await;
    let after = rig.orders(&[]).await;
    assert!(after.len() > before.len() + 20);
    let unpaid = before.iter().filter(|order| order["baseInfo"]["status"] == "waitsellersend");
    let moved = unpaid.filter(|order| {
        after.iter().any(|later| {
            later["baseInfo"]["id"] == order["baseInfo"]["id"] && later["baseInfo"]["status"] != "waitsellersend"
        })
    });
    assert!(moved.count() > 5, "parcels were sent");

    rig.set_clock("2026-11-23T10:00:00+08:00").await;
    assert_eq!(rig.orders(&[]).await, before, "going back shows the same past");
    let far = rig
        .http
        .post(format!("{}/admin/clock", rig.base))
        .json(&json!({ "now": "9999-01-01T00:00:00+08:00" }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(far.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_shop_that_is_not_live_stands_still() {
    let rig = Rig::with(Options { live: false, ..options() }).await;
    let before = rig.orders(&[]).await.len();
    rig.set_clock("2026-11-30T10:00:00+08:00").await;
    assert_eq!(rig.orders(&[]).await.len(), before);
}

fn set_stock(product: &Value, stock: i64) -> String {
    json!([{ "productId": product["productID"], "skuStocks": [{ "skuId": product["skuInfos"][0]["specId"], "stockChange": stock }] }]).to_string()
}

#[tokio::test]
async fn a_timeout_after_the_effect_is_silent_but_the_ledger_has_it() {
    let rig = Rig::start().await;
    let product = rig.product(|product| !product["skuInfos"][0].is_null()).await;
    rig.admin("faults", json!({ "method": STOCK, "kind": "timeout_after_effect", "delay_ms": 50 })).await;
    let change = set_stock(&product, 1234);
    let fields = [("productStockChange", change.as_str()), ("webSite", "1688"), ("increaceModify", "false")];
    let (status, _) = rig.call_raw(PRODUCT, STOCK, &fields).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(rig.effects().await.len(), 1);

    rig.admin("faults", json!({ "method": STOCK, "kind": "http_500" })).await;
    let change = set_stock(&product, 77);
    let (status, text) = rig
        .call_raw(PRODUCT, STOCK, &[("productStockChange", &change), ("webSite", "1688"), ("increaceModify", "false")])
        .await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(serde_json::from_str::<Value>(&text).is_err(), "a broken server answers no JSON");
    assert_eq!(rig.effects().await.len(), 1, "nothing took effect");
}

#[tokio::test]
async fn truncated_limited_and_slow_answers_come_as_often_as_ordered() {
    let rig = Rig::start().await;
    rig.admin("faults", json!({ "method": ORDERS, "kind": "truncated" })).await;
    let (status, text) = rig.call_raw(TRADE, ORDERS, &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err());

    rig.admin("faults", json!({ "kind": "rate_limit", "times": 2 })).await;
    for _ in 0..2 {
        let (status, text) = rig.call_raw(TRADE, ORDERS, &[]).await;
        assert!(status.is_success() && text.contains("gw.QosRequestLimit"));
    }
    rig.admin("faults", json!({ "kind": "slow", "delay_ms": 300 })).await;
    let start = Instant::now();
    rig.call(TRADE, ORDERS, &[]).await;
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_waiting_fault_does_not_hold_up_the_end_of_the_server() {
    let rig = Rig::start().await;
    rig.admin("faults", json!({ "kind": "timeout_after_effect", "delay_ms": 600_000 })).await;
    let waiting = tokio::spawn({
        let (http, url) = (rig.http.clone(), format!("{}/openapi/param2/1/system/currentTime/1000000", rig.base));
        async move { http.get(url).send().await.map(|answer| answer.status()) }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    tokio::time::timeout(Duration::from_secs(10), rig.stop()).await.expect("it ends at once");
    assert_eq!(waiting.await.expect("no panic").ok(), Some(StatusCode::GATEWAY_TIMEOUT));
}

#[tokio::test]
async fn an_order_that_is_put_in_shows_up_at_its_time_and_place() {
    let rig = Rig::start().await;
    let product = rig.product(|product| product["skuInfos"].as_array().is_some_and(Vec::is_empty)).await;
    let order = json!({ "product": product["productID"].to_string(), "quantity": 3, "price_fen": 1050, "stage": "success", "placed": "2026-11-20T12:00:00+08:00" });
    let id = rig.admin("orders", json!({ "shop": "演示店铺", "order": order })).await["id"].clone();
    let found =
        rig.orders(&[("createStartTime", "20261120120000000+0800"), ("createEndTime", "20261120120000000+0800")]).await;
    let base = &found[0]["baseInfo"];
    assert_eq!((&base["idOfStr"], &base["status"], &base["totalAmount"]), (&id, &json!("success"), &json!(31.5)));

    let refused = async |body: Value| {
        rig.http
            .post(format!("{}/admin/orders", rig.base))
            .json(&body)
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text")
    };
    assert!(
        refused(json!({ "shop": "别家", "order": { "product": "1", "quantity": 1 } }))
            .await
            .contains("no shop named 别家")
    );
    assert!(
        refused(json!({ "shop": "演示店铺", "order": { "product": "1", "quantity": 1 } }))
            .await
            .contains("no product 1")
    );
    assert!(refused(json!({ "shop": "演示店铺" })).await.contains("exactly one"));
}

#[tokio::test]
async fn the_list_of_methods_says_which_right_each_needs() {
    let rig = Rig::start().await;
    let reply: Value = rig.get("admin/methods").await.json().await.expect("JSON");
    let methods = reply["methods"].as_array().expect("a list");
    let title =
        methods.iter().find(|method| method["name"] == "alibaba.product.incrementModify").expect("it is listed");
    assert_eq!((&title["withheld"], &title["right"]), (&json!(true), &json!("工业品商品数字化（定向招募）")));
    let unknown = rig
        .http
        .post(format!("{}/admin/rights", rig.base))
        .json(&json!({ "withheld": ["no.such"] }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
}
