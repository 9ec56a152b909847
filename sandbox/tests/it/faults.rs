//! Bad days on order: what a call meets, how often, and that a seed decides it.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use xiaoer_sandbox::{Fault, FaultKind, Options};

use crate::rig::{ENROLL, ORDERS, PRODUCT, REFUNDS, Rig, STOCK, TRADE, code, options};

#[tokio::test]
async fn gateway_codes_and_server_errors_come_as_ordered_and_nothing_takes_effect() {
    let rig = Rig::start().await;
    rig.admin("faults", json!({ "method": STOCK, "kind": "gateway", "code": "gw.APIACLDecline", "times": 2 })).await;
    rig.admin("faults", json!({ "method": STOCK, "kind": "gateway", "code": "gw.Strange", "status": 200 })).await;
    rig.admin("faults", json!({ "method": STOCK, "kind": "http_500", "status": 503 })).await;
    for (expected, status) in [("gw.APIACLDecline", 400), ("gw.APIACLDecline", 400), ("gw.Strange", 200)] {
        let answer = rig.call_raw(PRODUCT, STOCK, &[]).await;
        assert_eq!((code(&answer).as_str(), answer.0.as_u16()), (expected, status));
    }
    assert_eq!(rig.call_raw(PRODUCT, STOCK, &[]).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(code(&rig.call_raw(PRODUCT, STOCK, &[]).await), "gw.ParamMissing", "the faults are used up");
    assert!(rig.effects().await.is_empty());
}

#[tokio::test]
async fn replies_have_nulls_for_empty_lists_fields_nobody_knows_and_states_nobody_heard_of() {
    let rig = Rig::start().await;
    let none = [("createStartTime", "20300101000000000+0800")];
    assert_eq!(rig.call(TRADE, ORDERS, &none).await["result"], json!([]));
    rig.admin("faults", json!({ "method": ORDERS, "kind": "empty_as_null" })).await;
    assert_eq!(rig.call(TRADE, ORDERS, &none).await["result"], Value::Null);

    rig.admin("faults", json!({ "method": ORDERS, "kind": "unknown_fields" })).await;
    let order = rig.call(TRADE, ORDERS, &[]).await["result"][0].clone();
    assert!(order["zNewField"].is_object() && order["baseInfo"]["zNewField"].is_object(), "{order}");
    assert!(order["baseInfo"]["id"].is_i64(), "the known ones are there");

    for (namespace, method) in [(TRADE, ORDERS), (TRADE, REFUNDS)] {
        rig.admin("faults", json!({ "method": method, "kind": "unknown_status" })).await;
        let reply = rig.call(namespace, method, &[]).await.to_string();
        assert!(reply.contains("\"status\":\"waitsomethingnew\""), "{reply}");
    }
}

async fn stock_of(rig: &Rig, product: &Value) -> Value {
    let reply = rig.call(PRODUCT, "alibaba.product.get", &[("productID", &product["productID"].to_string())]).await;
    reply["productInfo"]["skuInfos"][0]["amountOnSale"].clone()
}

#[tokio::test]
async fn a_write_that_shows_late_is_counted_at_once() {
    let rig = Rig::start().await;
    let product = rig.product(|product| !product["skuInfos"][0].is_null()).await;
    let before = stock_of(&rig, &product).await;
    let change = json!([{ "productId": product["productID"], "skuStocks": [{ "skuId": product["skuInfos"][0]["specId"], "stockChange": 4321 }] }]).to_string();
    rig.admin("faults", json!({ "method": STOCK, "kind": "slow_read_back", "delay_ms": 700 })).await;
    let start = Instant::now();
    let fields = [("productStockChange", change.as_str()), ("webSite", "1688"), ("increaceModify", "false")];
    assert_eq!(rig.call(PRODUCT, STOCK, &fields).await["result"][0]["result"], true);
    assert_eq!(rig.effects().await.len(), 1);
    assert_eq!(stock_of(&rig, &product).await, before);
    while stock_of(&rig, &product).await == before {
        assert!(start.elapsed() < Duration::from_secs(20), "it never shows");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(start.elapsed() >= Duration::from_millis(700));
    assert_eq!(stock_of(&rig, &product).await, 4321);
}

#[tokio::test]
async fn a_server_with_a_wrong_clock_tells_a_wrong_time_and_its_shop_lives_on() {
    let rig = Rig::start().await;
    let before = rig.orders(&[]).await;
    rig.admin("clock/skew", json!({ "seconds": -90 })).await;
    let (_, text) = rig.post("param2/1/system/currentTimeMillis/1000000", &[]).await;
    assert_eq!(text, "1795399110000");
    assert_eq!(rig.orders(&[]).await, before);
}

#[tokio::test]
async fn a_seeded_schedule_strikes_the_same_calls_every_time() {
    let run = async |seed: u64| {
        let fault = Fault {
            method: Some("alibaba.daily.topic.recommend".to_owned()),
            kind: FaultKind::RateLimit,
            times: 1,
            delay_ms: None,
            code: None,
            status: None,
        };
        let rig = Rig::with(Options { faults: vec![fault], ..options() }).await;
        let kinds = ["http_500", "rate_limit", "truncated", "gateway"];
        rig.admin("faults/schedule", json!({ "seed": seed, "share": 0.4, "kinds": kinds })).await;
        let mut met = Vec::new();
        for _ in 0..40 {
            let (status, text) = rig.call_raw(TRADE, REFUNDS, &[("pageSize", "1")]).await;
            met.push((status, text.contains("gw."), serde_json::from_str::<Value>(&text).is_ok()));
        }
        assert!(rig.call_raw(ENROLL, "alibaba.daily.topic.recommend", &[]).await.1.contains("gw.QosRequestLimit"));
        rig.admin("faults/schedule", Value::Null).await;
        rig.call(TRADE, REFUNDS, &[("pageSize", "1")]).await;
        met
    };
    let (first, again, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!(first, again);
    assert_ne!(first, other);
    let whole = (StatusCode::OK, false, true);
    let struck = first.iter().filter(|met| **met != whole).count();
    assert!((8..25).contains(&struck), "{struck} of 40");
}
