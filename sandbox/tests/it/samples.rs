//! Every reply has the fields of the official sample, with the same types.

use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{DETAIL, ENROLL, LOGISTICS, ORDERS, PRODUCT, REFUNDS, Rig, STOCK, TRADE, options};

/// Fields of the official samples that the sandbox leaves out, each for a reason.
const LEFT_OUT: &[&str] = &[
    // Blocks that no shop of the sandbox has: machine-made copy, custom work, bulk parcel sizes.
    "intelligentInfo",
    "processing",
    "shippingInfo.offerHeight",
    "shippingInfo.offerLength",
    "shippingInfo.offerSuttleWeight",
    "shippingInfo.offerWidth",
    "shippingInfo.volume",
    "reserveInfo.maxQuantity",
    "reserveInfo.minQuantity",
    "reserveInfo.reserveRangeInfos",
    "saleInfo.batchNumber",
    "saleInfo.consignPrice",
    "saleInfo.retailprice",
    "skuInfos[].priceRange",
    "skuInfos[].takeSamplePrice",
    // Delivery places are masked to the area.
    "townCode",
    "nativeLogistics.town",
    "toTownCode",
    // Its names are the numbers of lines.
    "orderEntryCountMap.151267031009969811",
    // Notes of the platform to itself.
    "extInfo",
];

fn sample(text: &str) -> Value {
    let file: Value = serde_json::from_str(text).expect("a sample");
    file["response"].clone()
}

/// Names every field of `official` that `ours` lacks or has in another type.
fn differences(path: &str, official: &Value, ours: &Value, found: &mut Vec<String>) {
    if LEFT_OUT.iter().any(|left_out| path.ends_with(left_out)) {
        return;
    }
    match (official, ours) {
        (Value::Object(fields), Value::Object(known)) => {
            for (name, value) in fields {
                differences(&format!("{path}.{name}"), value, known.get(name).unwrap_or(&Value::Null), found);
            }
        }
        // All of ours: a field that only some items have is present if one has it.
        (Value::Array(official), Value::Array(ours)) => {
            if let Some(first) = official.first() {
                let tries = ours.iter().map(|item| {
                    let mut found = Vec::new();
                    differences(&format!("{path}[]"), first, item, &mut found);
                    found
                });
                found.extend(tries.min_by_key(Vec::len).unwrap_or_else(|| vec![format!("{path}: empty")]));
            }
        }
        (official, ours) if std::mem::discriminant(official) == std::mem::discriminant(ours) => {}
        (_, ours) => found.push(format!("{path}: {ours}")),
    }
}

fn same_shape(text: &str, ours: &Value) {
    let mut found = Vec::new();
    differences("", &sample(text), ours, &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

macro_rules! official {
    ($name:literal) => {
        include_str!(concat!("../fixtures/samples/", $name, ".json"))
    };
}

#[tokio::test]
async fn the_order_list_has_the_fields_of_the_official_sample() {
    let rig = Rig::start().await;
    let reply = rig.call(TRADE, ORDERS, &[("needBuyerAddressAndPhone", "true"), ("needMemoInfo", "true")]).await;
    same_shape(official!("trade.getSellerOrderList"), &reply);
}

#[tokio::test]
async fn the_refund_list_has_the_fields_of_the_official_sample_and_no_success_flag() {
    let rig = Rig::start().await;
    let reply = rig.call(TRADE, REFUNDS, &[("dipsuteType", "0"), ("pageSize", "50")]).await;
    same_shape(official!("trade.refund.queryOrderRefundList"), &reply);
    assert!(reply["success"].is_null());
}

#[tokio::test]
async fn products_have_the_fields_of_the_official_samples() {
    let rig = Rig::with(Options { withheld: Vec::new(), ..options() }).await;
    let list = rig.call(PRODUCT, "alibaba.product.list.get", &[("pageNo", "1"), ("pageSize", "20")]).await;
    same_shape(official!("product.list.get"), &list);
    let product = rig.product(|product| !product["skuInfos"][0].is_null()).await;
    let id = product["productID"].to_string();
    let one = rig.call(PRODUCT, "alibaba.product.get", &[("productID", &id)]).await;
    same_shape(official!("product.get"), &one);
    assert_eq!(one["productInfo"], product, "both calls tell the same");
    let edited = rig
        .call(
            PRODUCT,
            "alibaba.product.incrementModify",
            &[("productID", &id), ("subject", "标题"), ("webSite", "1688")],
        )
        .await;
    same_shape(official!("product.incrementModify"), &edited);
    let change = serde_json::json!([{ "productId": product["productID"], "skuStocks": [{ "skuId": product["skuInfos"][0]["specId"], "stockChange": 5 }] }]).to_string();
    let stock = rig.call(PRODUCT, STOCK, &[("productStockChange", &change), ("webSite", "1688")]).await;
    same_shape(official!("product.modifyStock"), &stock);
}

#[tokio::test]
async fn account_and_activities_have_the_fields_of_the_official_samples() {
    let rig = Rig::start().await;
    same_shape(official!("account.basic"), &rig.call("com.alibaba.account", "alibaba.account.basic", &[]).await);
    let daily = rig.call(ENROLL, "alibaba.daily.topic.recommend", &[]).await;
    same_shape(official!("enroll.daily.topic.recommend"), &daily);
    same_shape(
        official!("enroll.promotion.topic.recommend"),
        &rig.call(ENROLL, "alibaba.promotion.topic.recommend", &[]).await,
    );
    let id = daily["result"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|topic| topic["id"].as_i64().expect("a number"))
        .find(|id| id % 10 < 2)
        .expect("a joined topic")
        .to_string();
    same_shape(
        official!("enroll.light.enroll.topic.info.query"),
        &rig.call(ENROLL, "alibaba.light.enroll.topic.info.query", &[("topicId", &id)]).await,
    );
    let records =
        rig.call(ENROLL, "alibaba.enroll.records.list", &[("topicId", &id), ("pageNo", "1"), ("pageSize", "10")]).await;
    same_shape(official!("enroll.records.list"), &records);
}

#[tokio::test]
async fn the_other_product_methods_have_the_fields_of_the_official_samples() {
    let rig = Rig::with(Options { withheld: Vec::new(), ..options() }).await;
    let product = rig.product(|product| product["status"] == "published").await;
    let id = product["productID"].to_string();
    let many = format!("[{id}]");
    let web = ("webSite", "1688");
    let call = async |api: &str, fields: &[(&str, &str)]| rig.call(PRODUCT, api, fields).await;
    same_shape(
        official!("product.getByIdList"),
        &call("alibaba.product.getByIdList", &[("productIdList", &many)]).await,
    );
    let asked = [("pageNo", "1"), ("pageSize", "20"), ("statusList", r#"["published"]"#)];
    let page = call("alibaba.product.getByStatus", &asked).await;
    same_shape(official!("product.getByStatus"), &page);
    assert!(page["success"].is_null(), "the sample has no flag");
    same_shape(official!("product.expire"), &call("alibaba.product.expire", &[("productIds", &many), web]).await);
    same_shape(official!("product.delete"), &call("alibaba.product.delete", &[("productID", &id)]).await);
    let form = serde_json::json!({ "formValues": {
        "title": "保温杯",
        "primaryPicture": { "imageList": [{ "url": "img/ibank/O1CN01demo.jpg" }] },
        "priceRange": [{ "pricerange_beginAmount": 1, "pricerange_price": 9 }],
    }})
    .to_string();
    let listing = [("catId", "1048182"), ("scene", "cbu"), ("dataBody", form.as_str())];
    same_shape(official!("new.product.add"), &call("alibaba.new.product.add", &listing).await);
    same_shape(
        official!("logistics.freightTemplate.getList"),
        &rig.call("com.alibaba.logistics", "alibaba.logistics.freightTemplate.getList", &[web]).await,
    );
}

#[tokio::test]
async fn order_detail_and_delivery_have_the_fields_of_the_official_samples() {
    let rig = Rig::start().await;
    let of = |orders: Vec<Value>| orders[0]["baseInfo"]["idOfStr"].as_str().expect("text").to_owned();
    let waiting = rig.orders(&[("orderStatus", "waitsellersend"), ("needCheckSend", "true")]).await;
    let has_skus = |order: &&Value| {
        order["productItems"].as_array().is_some_and(|items| items.iter().all(|item| !item["skuID"].is_null()))
    };
    let order = waiting.iter().find(has_skus).expect("an order of goods with choices");
    let id = order["baseInfo"]["idOfStr"].as_str().expect("text");
    let entries: Vec<Value> = order["productItems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| json!({ "sourceEntryId": item["subItemIDString"], "amount": 1, "weight": 10 }))
        .collect();
    let goods = json!([{ "sourceId": id, "sendGoodEntries": entries }]).to_string();
    let nobody = r#"{"noLogisticsCondition":"3","noLogisticsName":"甲","noLogisticsTel":"0"}"#;
    let sent = rig
        .call(LOGISTICS, "alibaba.logistics.OpDeliverySendOrder.dummy", &[("sendGoods", &goods), ("extBody", nobody)])
        .await;
    same_shape(official!("logistics.OpDeliverySendOrder.offline"), &sent);
    same_shape(official!("trade.ec.getOrder.sellerView"), &rig.call(TRADE, DETAIL, &[("orderId", id)]).await);

    let received = of(rig.orders(&[("orderStatus", "success")]).await);
    let trace = rig
        .call(
            LOGISTICS,
            "alibaba.trade.getLogisticsTraceInfo.buyerView",
            &[("orderId", &received), ("webSite", "1688")],
        )
        .await;
    same_shape(official!("trade.getLogisticsTraceInfo"), &trace);
    let infos = rig
        .call(
            LOGISTICS,
            "alibaba.trade.ec.getLogisticsInfos.sellerView",
            &[("orderId", &received), ("webSite", "1688")],
        )
        .await;
    assert_eq!(infos["result"][0]["status"], "SIGN");
    let carriers = rig.call(LOGISTICS, "alibaba.logistics.OpQueryLogisticCompanyList.offline", &[]).await;
    assert!(carriers["result"].as_array().expect("a list").iter().any(|carrier| carrier["companyNo"] == "SF"));

    let unpaid = of(rig.orders(&[("orderStatus", "waitbuyerpay")]).await);
    let fields = [("webSite", "1688"), ("tradeID", unpaid.as_str()), ("cancelReason", "other")];
    same_shape(official!("trade.cancel"), &rig.call(TRADE, "alibaba.trade.cancel", &fields).await);
    let note = [("orderId", "5"), ("memo", "x"), ("remarkIcon", "1")];
    same_shape(official!("order.memoAdd.not-found"), &rig.call(TRADE, "alibaba.order.memoAdd", &note).await);
}

#[tokio::test]
async fn refund_detail_and_papers_have_the_fields_of_the_official_samples() {
    let rig = Rig::with(Options { shops: vec![crate::rig::generated("演示店铺", 60)], ..options() }).await;
    let refunds = rig.call(TRADE, REFUNDS, &[("pageSize", "50"), ("refundStatusSet", r#"["refundsuccess"]"#)]).await;
    let models = refunds["result"]["opOrderRefundModels"].as_array().expect("a list").clone();
    let returned = models.iter().find(|refund| refund["refundGoods"] == true).expect("goods came back");
    let number = returned["refundId"].as_str().expect("text");
    let fields = [("refundId", number), ("needTimeOutInfo", "true"), ("needOrderRefundOperation", "true")];
    let api = "alibaba.trade.refund.OpQueryOrderRefund.sellerView";
    let detail = rig.call(TRADE, api, &fields).await;
    same_shape(official!("trade.refund.OpQueryOrderRefund"), &detail);
    let operations = detail["result"]["opOrderRefundModelDetail"]["refundOperationList"].clone();
    let kinds: Vec<&Value> = operations.as_array().expect("a list").iter().map(|one| &one["operateTypeInt"]).collect();
    assert_eq!(kinds, [&json!(8), &json!(10), &json!(19), &json!(1)], "newest first");
    let wrong = rig.call(TRADE, api, &[("refundId", "TQ1")]).await;
    assert_eq!(wrong["errorCode"], "500");
    assert!(wrong["errorMessage"].as_str().expect("text").contains(r#""code":"003""#), "JSON inside of a text");

    let parsed =
        rig.call(TRADE, "alibaba.trade.addresscode.parse", &[("addressInfo", "浙江省 杭州市 滨江区网商路699号")]).await;
    same_shape(official!("trade.addresscode.parse"), &parsed);
    assert_eq!(
        (&parsed["result"]["addressCode"], &parsed["result"]["address"]),
        (&json!("330108"), &json!("网商路699号"))
    );
    let mut invoiced = 0;
    for order in rig.call(TRADE, ORDERS, &[]).await["result"].as_array().expect("a list") {
        let id = order["baseInfo"]["idOfStr"].as_str().expect("text");
        let invoice = rig.call(TRADE, "alibaba.ec.getInvoice.sellerView", &[("orderId", id)]).await;
        if invoice["result"]["success"] == true {
            same_shape(official!("ec.getInvoice.sellerView"), &invoice);
            invoiced += 1;
        }
    }
    assert!((1..20).contains(&invoiced), "{invoiced} of 20 want an invoice");
}

#[tokio::test]
async fn the_rest_of_the_activities_and_points_have_the_fields_of_the_official_samples() {
    let rig = Rig::start().await;
    let daily = rig.call(ENROLL, "alibaba.daily.topic.recommend", &[]).await;
    let topic = daily["result"][0]["id"].as_i64().expect("a number");
    let (id, batch) = (topic.to_string(), (topic * 10 + 1).to_string());
    same_shape(
        official!("enroll.batch.detail.get"),
        &rig.call(ENROLL, "alibaba.batch.detail.get", &[("batchId", &batch)]).await,
    );
    same_shape(
        official!("enroll.batch.fatigue.get"),
        &rig.call(ENROLL, "alibaba.batch.fatigue.get", &[("topicId", &id)]).await,
    );
    let old = rig.call(ENROLL, "alibaba.topic.recommend", &[("businessType", "10001")]).await;
    same_shape(official!("enroll.topic.recommend"), &old);
    assert_eq!((&old["success"], &old["code"]), (&json!(true), &json!("400_1")), "both at once");
    rig.call("com.alibaba.agent", "newtoncloud.task.create", &[("message", "查询商品服务")]).await;
    rig.set_clock("2026-11-23T10:01:00+08:00").await;
    same_shape(
        official!("newtoncloud.points.query"),
        &rig.call("com.alibaba.agent", "newtoncloud.points.query", &[]).await,
    );
}
