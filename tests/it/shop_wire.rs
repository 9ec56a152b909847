//! The 1688 client against the stand-in, over a real port: what comes is what the shop's own books say, and each way in which a call
//! can fail is told from the others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::json;
use tokio::net::TcpListener;
use xiaoer::secret::Secrets;
use xiaoer::shop::sync::{SyncError, SyncOutcome, sync};
use xiaoer::shop::{Connect, Connector, Link, Platform, ReadError, Shop, WriteError};
use xiaoer_sandbox::{Clock, Industry, Options, Sandbox, ShopSource};
use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Product, RefundStatus};

use crate::shop_world::{Ground, at, day, platform_shop};
use crate::support::lines::Lines;

/// A sandbox on a port of its own, and a shop that is reached over it.
struct Wire {
    ground: Ground,
    sandbox: Arc<Sandbox>,
    base: String,
    shop: Shop,
    connector: Connector,
}

impl Wire {
    async fn new() -> Self {
        let shop =
            ShopSource::Generated { name: "测试店铺".into(), seed: 3, days: 20, industry: Industry::Consumer };
        Self::with(shop, "2026-11-23T09:15:00").await
    }

    async fn with(shop: ShopSource, now: &str) -> Self {
        let clock = Clock::Fixed(at(now));
        let options = Options { shops: vec![shop], clock, live: false, ..Options::default() };
        let sandbox = Arc::new(Sandbox::open(options).expect("a sandbox"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("its address"));
        tokio::spawn(Arc::clone(&sandbox).serve(listener, std::future::pending()));
        let ground = Ground::new();
        let secrets = Secrets::open(ground.db.clone(), ground.dir.path()).expect("no key yet");
        let info = &sandbox.shops()[0];
        let link = Link::Alibaba {
            gateway: base.clone(),
            pictures: base.clone(),
            app_key: "1000000".into(),
            secret: secrets.keep("test", "app_secret", "test123").await.expect("kept"),
            token: secrets.keep("test", "token", &info.access_token).await.expect("kept"),
            member_id: info.member_id.clone(),
        };
        let shop = Shop { link, ..platform_shop() };
        let connector = Connector::new(secrets, ground.clock.clone());
        Self { ground, sandbox, base, shop, connector }
    }

    async fn platform(&self) -> Arc<dyn Platform> {
        self.connector.platform(&self.shop).await.expect("the secrets are there")
    }

    async fn sync(&self) -> Result<SyncOutcome, SyncError> {
        sync(&self.shop, &*self.platform().await, &self.ground.mirror, &self.ground.clock, &|_| {}).await
    }

    async fn products(&self) -> Vec<Product> {
        let generation = self.ground.mirror.generation("test").await.expect("read");
        self.ground.mirror.products(&self.shop, generation).await.expect("products")
    }

    async fn admin(&self, path: &str, body: serde_json::Value) -> serde_json::Value {
        let url = format!("{}/admin/{path}", self.base);
        let answer = xiaoer::http::client().post(url).json(&body).send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    async fn fault(&self, method: &str, kind: &str, times: u32) {
        self.admin("faults", json!({ "method": method, "kind": kind, "times": times, "delay_ms": 20 })).await;
    }

    async fn effects(&self) -> Vec<serde_json::Value> {
        let url = format!("{}/admin/effects", self.base);
        let answer = xiaoer::http::client().get(url).send().await.expect("the sandbox answers");
        let effects: serde_json::Value = answer.json().await.expect("JSON");
        effects["effects"].as_array().expect("a list").clone()
    }

    /// A file that the shop's merchant would hand over, row by row.
    fn file(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let files = self.sandbox.merchant_files("测试店铺");
        let (_, bytes) = files.into_iter().find(|(known, _)| known == name).expect("the sandbox writes it");
        csv::Reader::from_reader(bytes.as_slice()).deserialize().map(|row| row.expect("a row")).collect()
    }
}

const ORDERS: &str = "alibaba.trade.getSellerOrderList";
const STOCK: &str = "alibaba.product.modifyStock";
const TITLE: &str = "alibaba.product.incrementModify";

#[tokio::test]
async fn what_comes_over_the_wire_is_what_the_shops_own_books_say() {
    let wire = Wire::new().await;
    let outcome = wire.sync().await.expect("synced");
    assert_eq!((outcome.generation, outcome.complete_through), (1, day("2026-11-22")));
    assert_eq!((outcome.counts.unreadable, outcome.withheld.len()), (0, 0));
    let (mirror, shop) = (&wire.ground.mirror, &wire.shop);

    let orders = mirror.all_orders(shop, 1).await.expect("orders");
    let told: BTreeMap<&str, (Decimal, &str)> = orders
        .iter()
        .filter(|order| order.paid_day().is_some_and(|paid| paid <= day("2026-11-22")))
        .map(|order| (order.id.as_str(), (order.total, order.buyer.as_deref().unwrap_or_default())))
        .collect();
    let books = wire.file("ledger.csv");
    let kept: BTreeMap<&str, (Decimal, &str)> = books
        .iter()
        .filter(|row| row["kind"] == "order")
        .map(|row| {
            (row["id"].as_str(), (row["amount"].parse::<Decimal>().expect("yuan").normalize(), row["buyer"].as_str()))
        })
        .collect();
    assert!(kept.len() > 300, "only {} orders", kept.len());
    assert_eq!(told, kept);

    let refunds = mirror.all_refunds(shop, 1).await.expect("refunds");
    let told: BTreeMap<&str, (Option<Decimal>, Option<&str>)> = refunds
        .iter()
        .filter(|refund| {
            refund.status == RefundStatus::Success
                && refund.completed.is_some_and(|at| at.date_naive() <= day("2026-11-22"))
        })
        .map(|refund| (refund.id.as_str(), (refund.refunded, refund.order.as_deref())))
        .collect();
    let kept: BTreeMap<&str, (Option<Decimal>, Option<&str>)> = books
        .iter()
        .filter(|row| row["kind"] == "refund")
        .map(|row| {
            (
                row["id"].as_str(),
                (Some(row["amount"].parse::<Decimal>().expect("yuan").normalize()), Some(row["order"].as_str())),
            )
        })
        .collect();
    assert!(!kept.is_empty());
    assert_eq!(told, kept);

    let products = wire.products().await;
    let costs = wire.file("costs.csv");
    let known: BTreeSet<&str> = products.iter().flat_map(|p| p.skus.iter().map(|sku| sku.number.as_str())).collect();
    assert!(costs.iter().filter(|row| !row["SKU ID"].is_empty()).all(|row| known.contains(row["SKU ID"].as_str())));
    assert!(products.iter().all(|product| product.stock.is_some() && !product.prices.is_empty()));
    let activities = mirror.activities(shop, 1).await.expect("activities");
    assert!(activities.iter().any(|activity| !activity.enrolled.is_empty()), "{activities:?}");
}

#[tokio::test]
async fn the_second_sync_brings_only_what_is_new() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let product = wire.products().await.remove(0).id;
    let order = json!({ "product": product, "quantity": 500, "stage": "waitsellersend" });
    let put = wire.admin("orders", json!({ "shop": "测试店铺", "order": order })).await;
    let outcome = wire.sync().await.expect("synced");
    assert_eq!((outcome.generation, outcome.counts.new, outcome.counts.changed), (2, 1, 0));
    let id = put["id"].as_str().expect("a number beyond 2^53");
    let order = wire.ground.mirror.order(&wire.shop, 2, id).await.expect("read").expect("it came");
    assert_eq!(order.lines[0].quantity, Decimal::from(500));
}

#[tokio::test]
async fn a_shop_is_read_by_its_platforms_clock_and_not_by_ours() {
    let bytes = include_bytes!("../fixtures/order-export-2011-05.xlsx").to_vec();
    let wire = Wire::with(ShopSource::OrderExport { name: "真实样例".into(), bytes }, "2011-05-11T09:00:00").await;
    let outcome = wire.sync().await.expect("synced");
    assert_eq!(outcome.complete_through, day("2011-05-10"));
    let orders = wire.ground.mirror.all_orders(&wire.shop, 1).await.expect("orders");
    assert_eq!(orders.len(), 494);
    assert_eq!(orders.iter().map(|order| order.total).sum::<Decimal>(), Decimal::new(18_979_795, 2));
}

#[tokio::test]
async fn a_stock_is_set_and_read_back() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let platform = wire.platform().await;
    let product = wire.products().await.into_iter().find(|product| product.skus.len() > 1).expect("one has variants");
    let sku = &product.skus[1];
    let change = Change::SetStock { product: product.id.clone(), sku: Some(sku.id.clone()), to: sku.stock + 7 };
    let before = platform.look(&change).await.expect("it is there");
    assert_eq!(before.value, sku.stock.to_string());
    assert_eq!(before.name, format!("{}（{}）", product.title, sku.name));
    platform.write(&change).await.expect("written");
    assert_eq!(platform.look(&change).await.expect("it is there").value, xiaoer::shop::wanted(&change));
    platform.write(&change).await.expect("the shop shows it already");
    let effects = wire.effects().await;
    assert_eq!((effects.len(), effects[0]["count"].as_u64()), (1, Some(1)), "{effects:?}");

    let unknown = Change::SetStock { product: product.id.clone(), sku: Some("nothing".into()), to: 1 };
    assert!(matches!(platform.write(&unknown).await, Err(WriteError::Refused { .. })));
    assert!(matches!(platform.look(&unknown).await, Err(ReadError::NotFound { .. })));
    let foreign = Change::SetStock { product: "999".into(), sku: None, to: 1 };
    assert!(matches!(platform.write(&foreign).await, Err(WriteError::Refused { .. })));
    assert!(matches!(platform.look(&foreign).await, Err(ReadError::NotFound { .. })));
}

#[tokio::test]
async fn a_write_that_nobody_answered_is_sent_once_and_settled_by_looking() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let platform = wire.platform().await;
    let product = wire.products().await.into_iter().find(|product| !product.skus.is_empty()).expect("one has variants");
    for (round, kind) in ["timeout_after_effect", "truncated", "http_500"].into_iter().enumerate() {
        let to = 4_000 + i64::try_from(round).expect("small");
        let change = Change::SetStock { product: product.id.clone(), sku: Some(product.skus[0].id.clone()), to };
        wire.fault(STOCK, kind, 1).await;
        let answered = platform.write(&change).await;
        assert!(matches!(answered, Err(WriteError::Unknown { .. })), "{kind}: {answered:?}");
        let took_effect = platform.look(&change).await.expect("it is there").value == to.to_string();
        assert_eq!(took_effect, kind != "http_500", "{kind}");
    }
    assert!(wire.effects().await.iter().all(|effect| effect["count"] == 1), "a write was sent again");
}

#[tokio::test]
async fn a_withheld_right_is_named_and_nothing_is_changed() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let platform = wire.platform().await;
    let product = wire.products().await.remove(0);
    let change = Change::EditTitle {
        product: product.id.clone(),
        title: "加厚不锈钢保温杯 商务礼品定制 500毫升".into(),
    };
    let refused = platform.write(&change).await.expect_err("the app has no right to titles");
    let expected =
        WriteError::NoRight { api: TITLE.into(), solution: "工业品商品数字化（定向招募）".into() };
    assert_eq!(refused, expected);
    assert_eq!(platform.look(&change).await.expect("it is there").value, product.title);

    wire.admin("rights", json!({ "withheld": [] })).await;
    platform.write(&change).await.expect("now it may");
    assert_eq!(platform.look(&change).await.expect("it is there").value, xiaoer::shop::wanted(&change));

    wire.admin("rights", json!({ "withheld": ["alibaba.trade.refund.queryOrderRefundList", "alibaba.account.basic"] }))
        .await;
    let outcome = wire.sync().await.expect("the rest is synced");
    assert_eq!(outcome.withheld[0].solution, "订单管理解决方案（商家版）");
}

#[tokio::test]
async fn a_refund_can_be_looked_at_but_only_a_person_can_agree_to_it() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let orders = wire.ground.mirror.all_orders(&wire.shop, 1).await.expect("orders");
    let refunds = wire.ground.mirror.all_refunds(&wire.shop, 1).await.expect("refunds");
    let free = |id: &str| refunds.iter().all(|refund| refund.order.as_deref() != Some(id));
    let order = orders.iter().find(|order| order.paid.is_some() && free(&order.id)).expect("one was paid");
    let refund = json!({ "order": order.id, "amount_fen": 1234 });
    let put = wire.admin("orders", json!({ "shop": "测试店铺", "refund": refund })).await;
    let change = Change::AgreeRefund { refund: put["id"].as_str().expect("a number").into() };
    let platform = wire.platform().await;
    let seen = platform.look(&change).await.expect("it is there");
    assert_eq!(seen.value, "待卖家同意");
    assert!(seen.name.ends_with("12.34元"), "{}", seen.name);
    assert!(matches!(platform.write(&change).await, Err(WriteError::NoRight { .. })));
    let settled = refunds.iter().find(|refund| refund.status == RefundStatus::Success).expect("one was settled");
    let change = Change::AgreeRefund { refund: settled.id.clone() };
    assert_eq!(platform.look(&change).await.expect("it is there").value, xiaoer::shop::wanted(&change));
    let missing = platform.look(&Change::AgreeRefund { refund: "TQ1".into() }).await;
    assert!(matches!(missing, Err(ReadError::NotFound { .. })), "{missing:?}");
}

#[tokio::test]
async fn a_token_that_has_ended_asks_for_a_new_authorization() {
    let wire = Wire::new().await;
    wire.admin("tokens/revoke", json!({ "shop": "测试店铺" })).await;
    let failed = wire.sync().await.expect_err("the token is dead");
    assert!(matches!(failed, SyncError::Read { error: ReadError::Authorize, .. }), "{failed:?}");
    let change = Change::SetStock { product: "700000000001".into(), sku: None, to: 1 };
    let unsent = wire.platform().await.write(&change).await;
    assert!(matches!(&unsent, Err(WriteError::NotSent { why }) if why.contains("重新授权")), "{unsent:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_a_dead_token() {
    let wire = Wire::new().await;
    let secrets = Secrets::open(wire.ground.db.clone(), wire.ground.dir.path()).expect("the key");
    secrets.keep("test", "app_secret", "test124").await.expect("kept");
    let failed = wire.sync().await.expect_err("the signature is wrong");
    assert!(
        matches!(&failed, SyncError::Read { error: ReadError::App { code }, .. } if code == "gw.SignatureInvalid"),
        "{failed:?}"
    );
    assert!(!failed.to_string().contains("test124"), "{failed}");
}

#[tokio::test]
async fn passing_trouble_of_the_platform_is_waited_out() {
    let wire = Wire::new().await;
    for kind in ["http_500", "truncated", "rate_limit"] {
        wire.fault(ORDERS, kind, 2).await;
        wire.sync().await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    let whole = wire.ground.mirror.all_orders(&wire.shop, 1).await.expect("orders").len();
    let untroubled = Wire::new().await;
    untroubled.sync().await.expect("synced");
    assert_eq!(untroubled.ground.mirror.all_orders(&untroubled.shop, 1).await.expect("orders").len(), whole);
}

#[tokio::test]
async fn lasting_trouble_ends_the_sync_and_the_next_one_goes_on() {
    let wire = Wire::new().await;
    wire.fault("alibaba.product.list.get", "http_500", 50).await;
    let failed = wire.sync().await.expect_err("products cannot be read");
    assert!(matches!(failed, SyncError::Read { part: "商品", error: ReadError::Unreachable { .. } }), "{failed:?}");
    assert_eq!(wire.ground.mirror.head("test").await.expect("read"), None);
    let cleared = xiaoer::http::client().delete(format!("{}/admin/faults", wire.base)).send().await.expect("cleared");
    assert!(cleared.status().is_success());
    let outcome = wire.sync().await.expect("synced");
    assert!(outcome.resumed && outcome.generation == 1);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_took_nothing() {
    let mut wire = Wire::new().await;
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port").local_addr().expect("its address");
    let Link::Alibaba { gateway, .. } = &mut wire.shop.link else { panic!("a platform shop") };
    *gateway = format!("http://{free}");
    let platform = wire.platform().await;
    let change = Change::SetStock { product: "700000000001".into(), sku: None, to: 1 };
    assert!(matches!(platform.write(&change).await, Err(WriteError::NotSent { .. })));
    assert!(matches!(platform.account().await, Err(ReadError::Unreachable { .. })));
    // Four tries and one: after a few more in a row the platform is left alone for a while.
    let _ = platform.account().await;
    assert_eq!(platform.account().await, Err(ReadError::Resting));
}

#[tokio::test]
async fn a_product_picture_comes_from_the_picture_host_only() {
    let wire = Wire::new().await;
    wire.sync().await.expect("synced");
    let platform = wire.platform().await;
    let pictures: Vec<String> = wire.products().await.into_iter().flat_map(|product| product.pictures).collect();
    let bytes = platform.picture(&pictures[0]).await.expect("a picture");
    assert!(bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8"), "{:?}", &bytes[..4]);
    for hostile in ["http://127.0.0.1:1/x.png", "img/../../admin/effects", "img/ibank/none.png"] {
        assert!(matches!(platform.picture(hostile).await, Err(ReadError::NotFound { .. })), "{hostile}");
    }
}

#[tokio::test]
async fn no_secret_and_no_buyer_reaches_a_log() {
    let lines = Lines::default();
    let sink = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || sink.clone()).finish();
    // With a single subscriber alive, tracing believes the first thread that meets a log line, and other stories have none.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    // With one subscriber alone, tracing asks only the thread that first meets a call site, and another story's thread has none.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let wire = Wire::new().await;
    wire.fault(ORDERS, "http_500", 1).await;
    wire.fault(STOCK, "truncated", 1).await;
    wire.sync().await.expect("synced");
    let product = wire.products().await.remove(0);
    let _ = wire.platform().await.write(&Change::SetStock { product: product.id, sku: None, to: 3 }).await;
    drop(guard);
    let log = String::from_utf8(lines.0.lock().expect("nobody panics with it").clone()).expect("text");
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("xiaoer::")).collect();
    assert!(ours.iter().any(|line| line.contains(ORDERS)), "the calls are logged");
    let orders = wire.ground.mirror.all_orders(&wire.shop, 1).await.expect("orders");
    let buyers: BTreeSet<String> = orders.into_iter().filter_map(|order| order.buyer).collect();
    let token = &wire.sandbox.shops()[0].access_token;
    for line in ours {
        assert!(
            !line.contains("test123") && !line.contains(token.as_str()) && !line.contains("_aop_signature"),
            "{line}"
        );
        assert!(buyers.iter().all(|buyer| !line.contains(buyer.as_str())), "{line}");
    }
}
