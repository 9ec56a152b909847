//! Messages: what happens becomes one, the callback gets it until it takes it, and what was missed can be pulled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::{Router, routing};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use xiaoer_sandbox::{Options, PushOptions};

use crate::rig::{PRODUCT, Rig, STOCK, TRADE, generated, options, sign};

const OPEN: &str = "cn.alibaba.open";

/// An app's callback. It turns away the first `failing` messages.
#[derive(Clone, Default)]
struct App {
    got: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    failing: Arc<AtomicU32>,
}

impl App {
    async fn start() -> (Self, String) {
        let app = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/push", listener.local_addr().expect("an address"));
        let router = Router::new().route("/push", routing::post(take)).with_state(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (app, url)
    }

    fn got(&self) -> Vec<BTreeMap<String, String>> {
        self.got.lock().expect("no panic").clone()
    }

    async fn wait_for(&self, count: usize) -> Vec<BTreeMap<String, String>> {
        let start = Instant::now();
        while self.got().len() < count {
            assert!(start.elapsed() < Duration::from_secs(30), "only {} of {count} came", self.got().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.got()
    }
}

async fn take(State(app): State<App>, Form(form): Form<BTreeMap<String, String>>) -> StatusCode {
    app.got.lock().expect("no panic").push(form);
    match app.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::NO_CONTENT,
    }
}

async fn rig_with(push: PushOptions) -> Rig {
    Rig::with(Options { shops: vec![generated("演示店铺", 8)], push, withheld: Vec::new(), ..options() }).await
}

async fn put_order(rig: &Rig, stage: &str) -> String {
    let product = rig.product(|_| true).await["productID"].to_string();
    let order = json!({ "product": product, "quantity": 3, "stage": stage });
    rig.admin("orders", json!({ "shop": "演示店铺", "order": order })).await["id"]
        .as_str()
        .expect("a number")
        .to_owned()
}

async fn pulled(rig: &Rig, params: &[(&str, &str)]) -> Vec<Value> {
    let reply = rig.open_call(OPEN, "push.query.messageList", params).await;
    reply["pushMessagePage"]["datas"].as_array().expect("a list").clone()
}

fn types(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["type"].as_str().expect("text")).collect()
}

#[tokio::test]
async fn an_order_reaches_the_callback_signed_and_is_then_confirmed() {
    let (app, url) = App::start().await;
    let rig = rig_with(PushOptions { url: Some(url), ..PushOptions::default() }).await;
    let id = put_order(&rig, "waitsellersend").await;
    let got = app.wait_for(2).await;
    let kinds: BTreeSet<&str> = got.iter().map(|form| form["type"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["ORDER_BUYER_MAKE", "ORDER_PAY"]));
    for form in &got {
        let fields: Vec<(&str, &str)> =
            form.iter().filter(|(name, _)| *name != "_aop_signature").map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(form["_aop_signature"], sign("test123", "", &fields), "signed without a path");
        assert_eq!(form["userInfo"], rig.sandbox.shops()[0].member_id);
        assert!(form["data"].contains(&format!("\"orderId\":{id}")), "{form:?}");
        assert_eq!(form["gmtBorn"], "1795399200000");
    }
    let start = Instant::now();
    while !pulled(&rig, &[]).await.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "what was taken is confirmed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_callback_that_is_down_gets_it_again_with_growing_pauses() {
    let (app, url) = App::start().await;
    app.failing.store(3, Ordering::SeqCst);
    let rig = rig_with(PushOptions { url: Some(url), first_retry_ms: 100, ..PushOptions::default() }).await;
    let start = Instant::now();
    put_order(&rig, "waitbuyerpay").await;
    let got = app.wait_for(4).await;
    assert!(start.elapsed() >= Duration::from_millis(100 + 200 + 400), "{:?}", start.elapsed());
    assert!(got.iter().all(|form| form["msgId"] == got[0]["msgId"]));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(app.got().len(), 4, "taken is taken");
}

#[tokio::test]
async fn duplicates_lateness_and_the_wrong_order_come_when_ordered() {
    let (app, url) = App::start().await;
    let rig = rig_with(PushOptions::default()).await;
    put_order(&rig, "success").await;
    let start = Instant::now();
    let wish = json!({ "url": url, "duplicates": 2, "reversed": true, "late_ms": 300 });
    rig.admin("push", wish).await;
    // Made, paid, sent, received, finished: each three times.
    let got = app.wait_for(15).await;
    assert!(start.elapsed() >= Duration::from_millis(300));
    let ids: Vec<i64> = got.iter().map(|form| form["msgId"].parse().expect("a number")).collect();
    assert!(ids.windows(2).any(|pair| pair[1] < pair[0]), "{ids:?}");
    assert!(ids.iter().all(|id| ids.iter().filter(|other| *other == id).count() == 3), "{ids:?}");
}

#[tokio::test]
async fn a_burst_brings_all_its_messages_at_its_speed() {
    let (app, url) = App::start().await;
    let rig = rig_with(PushOptions { url: Some(url), ..PushOptions::default() }).await;
    let start = Instant::now();
    rig.admin("push/burst", json!({ "count": 300, "per_second": 300 })).await;
    let got = app.wait_for(300).await;
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!(got.iter().map(|form| &form["msgId"]).collect::<BTreeSet<_>>().len(), 300);
    let state: Value = rig.get("admin/push").await.json().await.expect("JSON");
    assert_eq!(state["options"]["duplicates"], 0);
}

#[tokio::test]
async fn writes_and_passing_time_become_messages_of_their_kind() {
    let rig = rig_with(PushOptions::default()).await;
    assert!(pulled(&rig, &[]).await.is_empty(), "what was before is no news");
    let product = rig.product(|product| !product["skuInfos"][0].is_null()).await;
    let sku = &product["skuInfos"][0];
    let change =
        json!([{ "productId": product["productID"], "skuStocks": [{ "skuId": sku["specId"], "stockChange": -5 }] }])
            .to_string();
    rig.call(PRODUCT, STOCK, &[("productStockChange", change.as_str()), ("webSite", "1688")]).await;
    let news = pulled(&rig, &[]).await;
    assert_eq!(types(&news), ["PRODUCT_PRODUCT_INVENTORY_CHANGE"]);
    let changed = &news[0]["data"]["OfferInventoryChangeList"][0];
    assert_eq!((&changed["skuId"], &changed["quantity"]), (&sku["skuId"], &json!(-5)), "{changed}");
    assert_eq!(news[0]["topicName"], "PRODUCT_INVENTORY_CHANGE");

    let id = product["productID"].to_string();
    let edit = [("productID", id.as_str()), ("subject", "新标题 保温杯"), ("webSite", "1688")];
    rig.call(PRODUCT, crate::rig::TITLE, &edit).await;
    assert_eq!(types(&pulled(&rig, &[]).await)[1..], ["PRODUCT_RELATION_VIEW_PRODUCT_CHANGE"]);

    let order = put_order(&rig, "success").await;
    let refund = json!({ "order": order, "amount_fen": 100, "goods_back": true, "after_sale": true });
    let refund = rig.admin("orders", json!({ "shop": "演示店铺", "refund": refund })).await["id"].clone();
    let agree = [("refundId", refund.as_str().expect("text")), ("address", "浙江义乌"), ("disputeType", "1")];
    rig.call(TRADE, "alibaba.trade.refund.OpAgreeReturnGoods", &agree).await;
    let after_sale = pulled(&rig, &[("type", "ORDER_ORDER_REFUND_AFTER_SALES")]).await;
    assert_eq!(after_sale.len(), 2, "asked for, and agreed to");

    rig.set_clock("2026-11-24T10:00:00+08:00").await;
    let mut seen = BTreeSet::new();
    loop {
        let reply = rig.open_call(OPEN, "push.cursor.messageList", &[("quantity", "200")]).await;
        let page = reply["pushMessageList"].as_array().expect("a list").clone();
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|message| message["type"].as_str().expect("text").to_owned()));
    }
    for topic in ["ORDER_BUYER_MAKE", "ORDER_PAY", "ORDER_ANNOUNCE_SENDGOODS", "ORDER_ORDER_SUCCESS"] {
        assert!(seen.contains(topic), "{topic} in {seen:?}");
    }
}

#[tokio::test]
async fn confirming_shifts_the_pages_and_what_is_unconfirmed_outlives_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept =
        || Options { state_dir: Some(dir.path().to_owned()), shops: vec![generated("演示店铺", 8)], ..options() };
    let rig = Rig::with(kept()).await;
    rig.admin("push/burst", json!({ "count": 50, "per_second": 1000 })).await;
    let reply = rig.open_call(OPEN, "push.query.messageList", &[("page", "1"), ("pageSize", "20")]).await;
    assert_eq!(reply["pushMessagePage"]["totalCount"], 50);
    let second = pulled(&rig, &[("page", "2")]).await;
    let first: Vec<&Value> =
        reply["pushMessagePage"]["datas"].as_array().expect("a list").iter().map(|message| &message["msgId"]).collect();
    let ids = json!(first).to_string();
    assert_eq!(rig.open_call(OPEN, "push.message.confirm", &[("msgIdList", &ids)]).await["isSuccess"], true);
    assert_eq!(pulled(&rig, &[("page", "1")]).await, second, "page 2 has become page 1");
    rig.stop().await;

    let rig = Rig::with(kept()).await;
    assert_eq!(pulled(&rig, &[("page", "1")]).await, second);
    let read = rig.open_call(OPEN, "push.cursor.messageList", &[]).await;
    assert_eq!(read["pushMessageList"].as_array().map(Vec::len), Some(20), "twenty unless said");
    assert_eq!(pulled(&rig, &[]).await.len(), 10, "what the cursor returned is confirmed");
    rig.stop().await;
}
