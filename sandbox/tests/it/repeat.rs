//! Two sandboxes of one seed that are asked the same say the same, to the byte.

use reqwest::StatusCode;
use serde_json::json;
use xiaoer_sandbox::Options;

use crate::rig::{ENROLL, ORDERS, PRODUCT, REFUNDS, Rig, STOCK, TRADE, generated, options, sign};

#[tokio::test]
async fn two_sandboxes_with_the_same_options_and_script_answer_byte_for_byte_alike() {
    let (one, other) = (script().await, script().await);
    assert!(one.len() > 60);
    for (number, (one, other)) in one.iter().zip(&other).enumerate() {
        assert_eq!(one, other, "answer {number}");
    }
}

async fn script() -> Vec<(StatusCode, String)> {
    let mut rig =
        Rig::with(Options { shops: vec![generated("演示店铺", 20)], withheld: Vec::new(), ..options() }).await;
    let mut said = Vec::new();
    let code = rig.admin("codes", json!({ "shop": "演示店铺" })).await["code"].as_str().expect("text").to_owned();
    let (status, tokens) = rig.get_token(&[("grant_type", "authorization_code"), ("code", &code)]).await;
    rig.token = tokens["access_token"].as_str().expect("text").to_owned();
    said.push((status, tokens.to_string()));
    let product = rig.product(|product| product["skuInfos"].as_array().is_some_and(Vec::is_empty)).await;
    let id = product["productID"].to_string();
    let kinds = ["http_500", "rate_limit", "truncated", "gateway", "unknown_fields", "empty_as_null", "unknown_status"];
    rig.admin("faults/schedule", json!({ "seed": 7, "share": 0.3, "kinds": kinds })).await;
    for day in 24..28 {
        rig.set_clock(&format!("2026-11-{day}T08:00:00+08:00")).await;
        let change = json!([{ "productId": product["productID"], "productAmountChange": day }]).to_string();
        let order = json!({ "product": id, "quantity": day });
        rig.admin("orders", json!({ "shop": "演示店铺", "order": order })).await;
        for (namespace, api, params) in [
            (TRADE, ORDERS, vec![("page", "2"), ("pageSize", "7")]),
            (TRADE, REFUNDS, vec![("currentPageNum", "0"), ("pageSize", "5")]),
            (PRODUCT, "alibaba.product.get", vec![("productID", id.as_str())]),
            (PRODUCT, "alibaba.product.list.get", vec![("pageNo", "1"), ("pageSize", "3")]),
            (PRODUCT, STOCK, vec![("productStockChange", change.as_str()), ("webSite", "1688")]),
            (ENROLL, "alibaba.daily.topic.recommend", vec![]),
            (TRADE, "alibaba.trade.noSuch", vec![]),
        ] {
            // Expired on the second day, and said so alike.
            said.push(rig.call_raw(namespace, api, &params).await);
            said.push(rig.call_raw(namespace, api, &params).await);
        }
        let path = "param2/1/cn.alibaba.open/push.cursor.messageList/1000000";
        said.push(rig.post(path, &[("_aop_signature", &sign("test123", path, &[]))]).await);
        let refresh = tokens["refresh_token"].as_str().expect("text");
        said.push(rig.post("param2/1/system.oauth2/getToken/1000000", &[("refresh_token", refresh)]).await);
    }
    said
}
