//! Reading a shop page by page, with the platform's odd habits.

use std::collections::HashSet;

use serde_json::Value;
use xiaoer_sandbox::Options;

use crate::rig::{ENROLL, ORDERS, PRODUCT, REFUNDS, Rig, TRADE, generated, options};

#[tokio::test]
async fn all_pages_together_give_every_order_once() {
    let rig = Rig::start().await;
    let orders = rig.orders(&[("pageSize", "20")]).await;
    let total = rig.call(TRADE, ORDERS, &[]).await["totalRecord"].as_u64().expect("a total");
    let ids: HashSet<&str> = orders.iter().map(|order| order["baseInfo"]["idOfStr"].as_str().expect("text")).collect();
    assert_eq!(ids.len(), orders.len(), "an order came twice");
    assert_eq!(ids.len() as u64, total);
    assert!(total > 400);
    let greedy = rig.call(TRADE, ORDERS, &[("pageSize", "500")]).await;
    assert_eq!(greedy["result"].as_array().map(Vec::len), Some(20), "a page has at most 20");
}

#[tokio::test]
async fn an_order_number_is_beyond_what_a_float_holds_and_its_text_twin_is_exact() {
    let rig = Rig::start().await;
    for order in rig.call(TRADE, ORDERS, &[]).await["result"].as_array().expect("a list") {
        let base = &order["baseInfo"];
        let number = base["id"].as_i64().expect("an integer");
        assert_eq!(base["idOfStr"], number.to_string());
        assert!(number > 1 << 53);
        assert_ne!(number as f64 as i64, number, "a reader of floats must lose digits");
        let items = order["productItems"].as_array().expect("a list");
        assert_eq!(items.len() == 1, items[0]["subItemID"] == base["id"]);
    }
}

/// Fen from a yuan number of the wire.
fn fen(yuan: &Value) -> i64 {
    let text = yuan.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().expect("digits") * 100 + sign * format!("{part:0<2}").parse::<i64>().expect("digits")
}

#[tokio::test]
async fn the_sums_of_every_order_hold_to_the_fen() {
    let rig = Rig::start().await;
    let mut discounted = 0;
    for order in rig.orders(&[]).await {
        let base = &order["baseInfo"];
        let items = order["productItems"].as_array().expect("a list");
        let sum = |of: &dyn Fn(&Value) -> i64| items.iter().map(of).sum::<i64>();
        let goods = sum(&|item| fen(&item["price"]) * item["quantity"].as_i64().expect("pieces"));
        let discount = sum(&|item| item["entryDiscount"].as_i64().expect("fen"));
        let amounts = sum(&|item| fen(&item["itemAmount"]));
        assert_eq!(goods, fen(&base["sumProductPayment"]), "{base}");
        assert_eq!(discount, base["discount"].as_i64().expect("fen"), "{base}");
        assert_eq!(amounts, goods + discount, "{base}");
        assert_eq!(fen(&base["totalAmount"]), amounts + fen(&base["shippingFee"]), "{base}");
        discounted += usize::from(discount != 0);
    }
    assert!(discounted > 10, "some orders are discounted");
}

#[tokio::test]
async fn windows_and_states_cut_the_list_and_nothing_falls_between_two_windows() {
    let rig = Rig::start().await;
    let all = rig.orders(&[]).await;
    let middle = ("20261115000000000+0800", "20261114235959999+0800");
    let before = rig.orders(&[("modifyEndTime", middle.1)]).await;
    let after = rig.orders(&[("modifyStartTime", middle.0)]).await;
    assert!(before.len() > 50 && after.len() > 50);
    assert_eq!(before.len() + after.len(), all.len());
    assert!(after.iter().all(|order| order["baseInfo"]["modifyTime"].as_str() >= Some(middle.0)));

    let placed =
        rig.orders(&[("createStartTime", "20261122000000000+0800"), ("createEndTime", "20261122235959999+0800")]).await;
    assert!((8..=60).contains(&placed.len()), "{} orders on a day", placed.len());
    for status in ["waitbuyerpay", "waitsellersend", "waitbuyerreceive", "success", "cancel"] {
        let found = rig.orders(&[("orderStatus", status)]).await;
        assert!(!found.is_empty(), "no order is {status}");
        assert!(found.iter().all(|order| order["baseInfo"]["status"] == status));
    }
    let samples = rig.orders(&[("bizTypes", r#"["yp"]"#)]).await;
    assert!(!samples.is_empty() && samples.len() < all.len() / 5);
    assert!(rig.orders(&[("isHis", "true")]).await.is_empty());
}

#[tokio::test]
async fn buyers_are_masked_and_what_was_not_asked_for_is_absent() {
    let rig = Rig::start().await;
    let plain = rig.orders(&[]).await;
    for order in &plain {
        let base = &order["baseInfo"];
        assert!(base["buyerContact"]["name"].as_str().expect("text").contains('*'), "{base}");
        assert!(base["buyerContact"]["mobile"].as_str().expect("text").contains("****"), "{base}");
        assert!(base["receiverInfo"].is_null() && base["sellerMemo"].is_null() && order["nativeLogistics"].is_null());
        assert!(order["productItems"][0]["canSendGoods"].is_null());
    }
    let full = rig
        .orders(&[
            ("needBuyerAddressAndPhone", "true"),
            ("needMemoInfo", "true"),
            ("needCheckSend", "true"),
            ("orderStatus", "waitsellersend"),
        ])
        .await;
    assert!(full.iter().all(|order| order["baseInfo"]["receiverInfo"]["toArea"].is_string()));
    assert!(full.iter().any(|order| order["productItems"][0]["canSendGoods"] == true));
    assert!(
        rig.orders(&[("needMemoInfo", "true")]).await.iter().any(|order| order["baseInfo"]["sellerMemo"].is_string())
    );
}

#[tokio::test]
async fn refunds_are_paged_from_zero_and_show_after_sale_ones_only_when_asked() {
    let rig = Rig::with(Options { shops: vec![generated("演示店铺", 60)], ..options() }).await;
    let page = async |number: &str, dispute: &str| {
        rig.call(TRADE, REFUNDS, &[("currentPageNum", number), ("pageSize", "10"), ("dipsuteType", dispute)]).await["result"].clone()
    };
    let mut ids = HashSet::new();
    let mut open = 0;
    for number in 0.. {
        let result = page(&number.to_string(), "0").await;
        let refunds = result["opOrderRefundModels"].as_array().expect("a list");
        if refunds.is_empty() {
            assert_eq!(ids.len() as u64, result["totalCount"].as_u64().expect("a total"));
            break;
        }
        for refund in refunds {
            assert_eq!(refund["refundId"], format!("TQ{}", refund["id"]));
            assert!(ids.insert(refund["id"].as_i64().expect("an integer")), "a refund came twice");
            assert!(refund["applyPayment"].as_i64() <= refund["canRefundPayment"].as_i64());
            if refund["status"] == "waitselleragree" {
                open += 1;
                assert!(
                    refund["gmtTimeOut"].as_str() > Some("20261123100000000+0800"),
                    "an open refund has its deadline ahead"
                );
            }
        }
    }
    assert!(open >= 2, "there is open work");
    let count = async |dispute| page("0", dispute).await["totalCount"].as_u64().expect("a total");
    assert!(count("2").await > 0);
    assert_eq!(count("1").await + count("2").await, count("0").await);
    assert_eq!(
        rig.call(TRADE, REFUNDS, &[]).await["result"]["totalCount"].as_u64(),
        Some(count("1").await),
        "in sale is the default"
    );

    let old = rig.call(TRADE, REFUNDS, &[("applyStartTime", "20240101000000000+0800")]).await;
    assert_eq!(old["errorCode"], "APPLY_TIME_ERROR");
    let none = rig.call(TRADE, REFUNDS, &[("orderId", "123")]).await;
    assert_eq!(none["errorCode"], "500");
}

#[tokio::test]
async fn an_order_and_its_refund_tell_the_same_story() {
    let rig = Rig::start().await;
    let refunds =
        rig.call(TRADE, REFUNDS, &[("pageSize", "50"), ("dipsuteType", "0")]).await["result"]["opOrderRefundModels"]
            .clone();
    let orders = rig.orders(&[]).await;
    for refund in refunds.as_array().expect("a list") {
        let order = orders.iter().find(|order| order["baseInfo"]["id"] == refund["orderId"]).expect("its order");
        let base = &order["baseInfo"];
        let state = if refund["disputeType"] == 1 { &base["refundStatus"] } else { &base["refundStatusForAs"] };
        assert_eq!(*state, refund["status"]);
        assert_eq!(base["refundId"], refund["refundId"]);
        assert!(base["payTime"].is_string(), "only paid orders are refunded");
        assert_eq!(
            base["refundPayment"].as_i64().expect("fen"),
            refund["refundPayment"].as_i64().expect("fen") + refund["refundCarriage"].as_i64().expect("fen")
        );
        assert!(base["modifyTime"].as_str() >= refund["gmtModified"].as_str(), "a refund's step modifies its order");
    }
}

#[tokio::test]
async fn all_products_come_once_when_sorted_by_id_and_a_larger_page_is_cut() {
    let rig = Rig::start().await;
    let mut ids = HashSet::new();
    for page in ["1", "2", "3"] {
        let reply = rig
            .call(
                PRODUCT,
                "alibaba.product.list.get",
                &[("pageNo", page), ("pageSize", "50"), ("orderByCondition", "ID")],
            )
            .await;
        let result = &reply["result"]["pageResult"];
        assert_eq!(result["sizePerPage"], 20);
        assert_eq!(reply["code"], " ");
        for product in result["resultList"].as_array().expect("a list") {
            assert!(ids.insert(product["productID"].as_i64().expect("an integer")));
            assert!(
                product["image"]["images"][0].as_str().expect("text").starts_with("img/ibank/"),
                "a path without a host"
            );
        }
        assert!(result["totalRecords"].as_u64().expect("a total") >= 40);
    }
    assert!(ids.len() >= 40);
    let missing = rig.call(PRODUCT, "alibaba.product.get", &[("productID", "1")]).await;
    assert!(missing["productInfo"].is_null() && missing["errMsg"].as_str().expect("text").contains("不存在"));
}

#[tokio::test]
async fn a_topic_that_is_open_can_be_looked_up_without_a_token_and_its_records_are_counted_on_page_one_only() {
    let rig = Rig::start().await;
    let daily = rig.call(ENROLL, "alibaba.daily.topic.recommend", &[]).await;
    assert_eq!(daily["success"], "true", "text, not a boolean");
    let topics = daily["result"].as_array().expect("a list");
    assert!(topics.len() >= 4);
    let mut enrolled = 0;
    for topic in topics {
        let id = topic["id"].to_string();
        let path = "param2/1/com.alibaba.enroll/alibaba.light.enroll.topic.info.query/1000000";
        let signature = crate::rig::sign("test123", path, &[("topicId", &id)]);
        let (status, text) = rig.post(path, &[("topicId", &id), ("_aop_signature", &signature)]).await;
        assert!(status.is_success() && text.contains(topic["name"].as_str().expect("text")), "{text}");
        let page = async |number| {
            rig.call(
                ENROLL,
                "alibaba.enroll.records.list",
                &[("topicId", id.as_str()), ("pageNo", number), ("pageSize", "2")],
            )
            .await
        };
        let first = page("1").await;
        if first["totalRecords"].as_u64() > Some(0) {
            enrolled += 1;
            let second = page("2").await;
            assert_eq!(second["totalRecords"], 0);
            assert!(!second["result"].as_array().expect("a list").is_empty());
        }
    }
    assert!((1..topics.len()).contains(&enrolled), "{enrolled} of {} are joined", topics.len());
    let one = rig.call(ENROLL, "alibaba.daily.topic.recommend", &[("businessType", "300")]).await;
    assert!(one["result"].as_array().expect("a list").iter().all(|topic| topic["tag"] == "300"));
    let big = rig.call(ENROLL, "alibaba.promotion.topic.recommend", &[]).await;
    assert_eq!(big["result"][0]["name"], "2026双12年终采购盛典");
}
