//! Writes: what they change, what they refuse, and that the ledger counts them.

use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{PRODUCT, REFUNDS, Rig, STOCK, TRADE, options};

async fn modify(rig: &Rig, change: Value, adds: &str) -> Value {
    let changes = json!([change]).to_string();
    rig.call(PRODUCT, STOCK, &[("productStockChange", &changes), ("webSite", "1688"), ("increaceModify", adds)]).await["result"][0].clone()
}

async fn stock_of(rig: &Rig, product: &Value, spec: &Value) -> i64 {
    let reply = rig.call(PRODUCT, "alibaba.product.get", &[("productID", &product.to_string())]).await;
    let skus = reply["productInfo"]["skuInfos"].as_array().expect("a list").clone();
    skus.iter().find(|sku| sku["specId"] == *spec).expect("the sku")["amountOnSale"].as_i64().expect("pieces")
}

fn has_skus(product: &Value) -> bool {
    product["skuInfos"].as_array().is_some_and(|skus| skus.len() > 1)
}

#[tokio::test]
async fn stock_is_added_to_or_set_by_spec_and_counted_once_each() {
    let rig = Rig::start().await;
    let product = rig.product(has_skus).await;
    let (id, spec) = (&product["productID"], &product["skuInfos"][0]["specId"]);
    let before = stock_of(&rig, id, spec).await;
    let change = |by: i64| json!({ "productId": id, "skuStocks": [{ "skuId": spec, "stockChange": by }] });
    assert_eq!(modify(&rig, change(25), "true").await, json!({ "productId": id, "result": true }));
    assert_eq!(stock_of(&rig, id, spec).await, before + 25);
    modify(&rig, change(7), "false").await;
    assert_eq!(stock_of(&rig, id, spec).await, 7);
    modify(&rig, change(1), "true").await;
    modify(&rig, change(1), "true").await;

    let effects = rig.effects().await;
    assert_eq!(effects.iter().map(|row| row["count"].as_u64().expect("a count")).collect::<Vec<_>>(), [1, 1, 2]);
    let identity = format!("product:{id}/spec:{}", spec.as_str().expect("text"));
    assert!(
        effects
            .iter()
            .all(|row| row["method"] == STOCK && row["identity"] == identity.as_str() && row["shop"] == "演示店铺")
    );
}

#[tokio::test]
async fn every_stock_change_that_cannot_be_names_its_reason_and_changes_nothing() {
    let rig = Rig::start().await;
    let product = rig.product(has_skus).await;
    let plain = rig.product(|product| product["skuInfos"].as_array().is_some_and(Vec::is_empty)).await;
    let (id, spec) = (&product["productID"], &product["skuInfos"][0]["specId"]);
    let skus = |spec: &Value, by: i64| json!([{ "skuId": spec, "stockChange": by }]);
    // The platform's name misleads: the real skuId is not a spec.
    let sku_id = json!(product["skuInfos"][0]["skuId"].to_string());
    let refused = [
        (json!({ "productId": plain["productID"], "skuStocks": skus(spec, 5) }), "500_001"),
        (json!({ "productId": id, "skuStocks": skus(&sku_id, 5) }), "500_002"),
        (json!({ "productId": id, "productAmountChange": 5 }), "500_003"),
        (json!({ "productId": id, "skuStocks": skus(spec, 0) }), "500_004"),
        (json!({ "productId": id }), "500_005"),
        (json!({ "productId": id, "skuStocks": skus(spec, -100_000_000) }), "500_1"),
        (json!({ "productId": 1, "skuStocks": skus(spec, 5) }), "404"),
    ];
    for (change, code) in refused {
        let result = modify(&rig, change.clone(), "true").await;
        assert_eq!((&result["result"], &result["code"]), (&json!(false), &json!(code)), "{change}");
    }
    assert!(rig.effects().await.is_empty());
}

#[tokio::test]
async fn a_title_is_edited_with_the_right_and_older_orders_keep_the_old_one() {
    let rig = Rig::with(Options { withheld: Vec::new(), ..options() }).await;
    let order = rig.orders(&[("orderStatus", "success")]).await.remove(0);
    let item = &order["productItems"][0];
    let id = item["productID"].to_string();
    let edited = rig
        .call(
            PRODUCT,
            "alibaba.product.incrementModify",
            &[("productID", &id), ("subject", "新标题 保温杯"), ("webSite", "1688")],
        )
        .await;
    assert_eq!(edited["success"], "true");
    assert_eq!(edited["result"]["subject"], "新标题 保温杯");
    let again = rig.orders(&[("orderStatus", "success")]).await.remove(0);
    assert_eq!(again["productItems"][0]["name"], item["name"]);

    let missing = rig
        .call(PRODUCT, "alibaba.product.incrementModify", &[("productID", "5"), ("subject", "x"), ("webSite", "1688")])
        .await;
    assert_eq!((&missing["success"], &missing["errorCode"]), (&json!("false"), &json!("404")));
    let pictures = json!({ "images": ["a", "b", "c", "d", "e", "f"] }).to_string();
    let many = rig
        .call(
            PRODUCT,
            "alibaba.product.incrementModify",
            &[("productID", &id), ("image", &pictures), ("webSite", "1688")],
        )
        .await;
    assert_eq!(many["errorCode"], "500001");
    assert_eq!(rig.effects().await.len(), 1);
}

#[tokio::test]
async fn agreeing_to_a_return_moves_the_refund_on_once_and_money_only_refunds_have_no_such_way() {
    let rig = Rig::with(Options { withheld: Vec::new(), ..options() }).await;
    let paid = rig.orders(&[("orderStatus", "success")]).await;
    let free: Vec<&Value> = paid.iter().filter(|order| order["baseInfo"]["refundId"].is_null()).collect();
    let put = async |order: &Value, goods_back: bool| {
        let refund = json!({ "order": order["baseInfo"]["idOfStr"], "amount_fen": 100, "goods_back": goods_back });
        rig.admin("orders", json!({ "shop": "演示店铺", "refund": refund })).await["id"]
            .as_str()
            .expect("a number")
            .to_owned()
    };
    let (goods, money) = (put(free[0], true).await, put(free[1], false).await);
    let agree = async |number: &str| {
        rig.call(
            TRADE,
            "alibaba.trade.refund.OpAgreeReturnGoods",
            &[("refundId", number), ("address", "浙江义乌"), ("disputeType", "1")],
        )
        .await
    };
    assert_eq!(agree(&goods).await["success"], true);
    let waiting = rig.call(TRADE, REFUNDS, &[("refundStatusSet", r#"["waitbuyersend"]"#), ("pageSize", "50")]).await;
    assert!(
        waiting["result"]["opOrderRefundModels"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|refund| refund["refundId"] == goods.as_str())
    );
    assert_eq!(agree(&goods).await["errorCode"], "REFUND_STATUS_ERROR");
    assert_eq!(agree(&money).await["errorCode"], "REFUND_TYPE_ERROR");
    assert_eq!(agree("TQ1").await["errorCode"], "500");
    assert_eq!(rig.effects().await.len(), 1);
}

#[tokio::test]
async fn what_was_written_outlives_a_restart_and_so_does_the_count() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = || Options { state_dir: Some(dir.path().to_owned()), ..options() };
    let rig = Rig::with(kept()).await;
    let product = rig.product(has_skus).await;
    let (id, spec) = (&product["productID"], &product["skuInfos"][0]["specId"]);
    let change = json!({ "productId": id, "skuStocks": [{ "skuId": spec, "stockChange": 4321 }] });
    modify(&rig, change, "false").await;
    let put = json!({ "shop": "演示店铺", "order": { "product": id.to_string(), "quantity": 3 } });
    let order = rig.admin("orders", put).await["id"].clone();
    let before = rig.orders(&[]).await;
    rig.stop().await;

    // A day later: the history still begins where it began.
    let rig = Rig::with(Options { clock: crate::rig::clock("2026-11-24T10:00:00+08:00"), ..kept() }).await;
    assert_eq!(stock_of(&rig, id, spec).await, 4321);
    assert_eq!(rig.effects().await[0]["count"], 1);
    let after = rig.orders(&[("createEndTime", "20261123100000000+0800")]).await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().any(|found| found["baseInfo"]["idOfStr"] == order));
    rig.stop().await;
}
