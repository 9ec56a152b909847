//! What a platform pushes, over HTTP and the whole app: only what is signed comes in, it is stored before it is answered, and a pushed
//! order is in the mirror within a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use proptest::prelude::*;
use serde_json::json;
use tower::ServiceExt as _;
use xiaoer::app::App;
use xiaoer::db::{Key, Scan, Table};
use xiaoer::shop::alibaba::sign::signature;
use xiaoer::shop::{Link, Shop};

use crate::support::World;

const SECRET: &str = "test123";
const ROUTE: &str = "/push/alibaba/1000000";

/// A message as the platform's form has it.
fn message(id: &str, member: &str, order: &str) -> Vec<(String, String)> {
    let data = format!(
        r#"{{"orderId":{order},"currentStatus":"waitsellersend","msgSendTime":"2026-11-23 09:15:00","buyerMemberId":"b2b-9","sellerMemberId":"{member}"}}"#
    );
    [("msgId", id), ("gmtBorn", "1795363200000"), ("data", data.as_str()), ("userInfo", member), ("type", "ORDER_PAY")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

fn signed(secret: &str, fields: &[(String, String)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).append_pair("_aop_signature", &signature(secret, "", fields)).finish()
}

async fn send(router: &Router, path: &str, body: impl Into<Body>) -> StatusCode {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    router.clone().oneshot(request.body(body.into()).expect("a request")).await.expect("an answer").status()
}

fn member_of(shop: &Shop) -> &str {
    let Link::Alibaba { member_id, .. } = &shop.link else { panic!("it has a platform") };
    member_id
}

async fn rows(app: &App, table: Table, shop: &str) -> usize {
    app.db.scan(table, Scan::under(&Key::of(shop))).await.expect("rows").len()
}

fn router(app: &Arc<App>) -> Router {
    xiaoer::web::router(Arc::clone(app), "0123456789abcdef0123456789abcdef01234567".into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_platform_signed_for_a_known_member_comes_in() {
    let world = World::new().await;
    let app = world.app(world.db());
    let (shop, router) = (world.register(&app, "test").await, router(&app));
    let fields = message("1", member_of(&shop), "2900000000000000123");
    let good = signed(SECRET, &fields);
    let foreign = message("2", "b2b-somebody", "2900000000000000123");
    let other_app = [fields.clone(), vec![("appKey".into(), "2000000".into())]].concat();
    for (path, body, why) in [
        (ROUTE, signed("another", &fields), "another secret"),
        (ROUTE, good.replace("ORDER_PAY", "ORDER_PAX"), "a changed field"),
        (ROUTE, format!("{good}&more=1"), "a field that was not signed"),
        (ROUTE, good.split("&_aop").next().expect("fields").to_owned(), "no signature"),
        (ROUTE, String::new(), "nothing"),
        ("/push/alibaba/2000000", good.clone(), "an unknown app"),
        (ROUTE, signed(SECRET, &foreign), "an unknown member"),
        (ROUTE, signed(SECRET, &other_app), "a message for another app"),
    ] {
        assert_eq!(send(&router, path, body).await, StatusCode::UNAUTHORIZED, "{why}");
    }
    assert_eq!(send(&router, ROUTE, vec![b'x'; 300 * 1024]).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(rows(&app, Table::PushSeen, "test").await, 0);

    let (form, signature) = good.rsplit_once('&').expect("a signature at the end");
    let lower = format!("{form}&{}", signature.to_lowercase());
    assert_eq!(send(&router, ROUTE, lower).await, StatusCode::OK, "the signature in lower case");
    let split = form.split_once('&').expect("fields");
    let path = format!("{ROUTE}?{}&{signature}", split.0);
    assert_eq!(send(&router, &path, split.1.to_owned()).await, StatusCode::OK, "fields of query and form together");
    assert_eq!(rows(&app, Table::PushSeen, "test").await, 1, "the same message twice is one");

    let unknown = [("msgId", "3"), ("userInfo", member_of(&shop)), ("type", "SOMETHING_NEW"), ("data", "[]")];
    let unknown: Vec<_> = unknown.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(send(&router, ROUTE, signed(SECRET, &unknown)).await, StatusCode::OK, "an unknown topic is no error");
    assert_eq!((rows(&app, Table::PushSeen, "test").await, rows(&app, Table::PushWaiting, "test").await), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_bytes_without_a_signature_are_ever_taken() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.register(&app, "test").await;
    let (router, member) = (router(&app), member_of(&shop).to_owned());
    let runtime = tokio::runtime::Handle::current();
    let hostile = tokio::task::spawn_blocking(move || {
        let bytes = proptest::collection::vec(any::<u8>(), 0..600);
        let form = ("[!-~]{0,40}", "[ -~]{0,80}").prop_map(|(signature, data)| {
            let fields = [("_aop_signature", signature.as_str()), ("data", data.as_str()), ("msgId", "1")];
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
        });
        let mut runner = proptest::test_runner::TestRunner::default();
        let body = prop_oneof![bytes, form];
        let unsigned = runner.run(&body, |body| {
            let status = runtime.block_on(send(&router, ROUTE, body));
            prop_assert!(status == StatusCode::UNAUTHORIZED, "{status}");
            Ok(())
        });
        let unsigned = unsigned.map_err(|error| error.to_string());
        // Signed, and still anything: it never fails, and only what names itself is kept.
        let signed = runner.run(&(".{0,60}", ".{0,300}", ".{0,20}"), |(id, data, topic)| {
            let fields = [("msgId", &id), ("userInfo", &member), ("data", &data), ("type", &topic)];
            let fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.clone())).to_vec();
            let status = runtime.block_on(send(&router, ROUTE, signed(SECRET, &fields)));
            prop_assert!(status == StatusCode::OK, "{status}");
            Ok(())
        });
        unsigned.and(signed.map_err(|error| error.to_string()))
    });
    hostile.await.expect("it ran").expect("no body is let in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_twins_are_one_message_and_a_storm_is_taken_whole() {
    let world = World::new().await;
    let app = world.app(world.db());
    let (shop, router) = (world.register(&app, "test").await, router(&app));
    let member = member_of(&shop);
    let twin = signed(SECRET, &message("twin", member, "2900000000000000123"));
    let twins = (0..1_000).map(|_| send(&router, ROUTE, twin.clone()));
    assert!(futures::future::join_all(twins).await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!((rows(&app, Table::PushSeen, "test").await, rows(&app, Table::PushWaiting, "test").await), (1, 1));

    // Two thousand messages about two hundred orders.
    let bodies: Vec<String> =
        (0..2_000).map(|n| signed(SECRET, &message(&n.to_string(), member, &format!("{}", 5_000 + n % 200)))).collect();
    let started = Instant::now();
    let all = futures::future::join_all(bodies.into_iter().map(|body| send(&router, ROUTE, body))).await;
    assert!(all.iter().all(|status| *status == StatusCode::OK));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!((rows(&app, Table::PushSeen, "test").await, rows(&app, Table::PushWaiting, "test").await), (2_001, 201));
    let standing = app.inbox.standing("test").await.expect("read");
    assert_eq!((standing.waiting, standing.last.is_some(), standing.failed.len()), (201, true, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_two_shops_never_cross() {
    let world = World::new().await;
    let app = world.app(world.db());
    let (first, router) = (world.register(&app, "test").await, router(&app));
    // A second shop of the same app, and one of another app.
    for (id, member, key, secret) in
        [("second", "b2b-second", "1000000", SECRET), ("third", "b2b-third", "3000000", "another")]
    {
        let Link::Alibaba { gateway, pictures, token, .. } = first.link.clone() else { panic!("it has a platform") };
        let secret = app.secrets.keep(id, "app_secret", secret).await.expect("kept");
        let (app_key, member_id) = (key.to_owned(), member.to_owned());
        let link = Link::Alibaba { gateway, pictures, app_key, secret, token, member_id };
        app.shops.register(&Shop { id: id.into(), name: id.into(), link, ..first.clone() }).await.expect("registered");
    }
    let of_second = message("1", "b2b-second", "77");
    assert_eq!(send(&router, ROUTE, signed(SECRET, &of_second)).await, StatusCode::OK);
    let of_third = message("2", "b2b-third", "78");
    assert_eq!(send(&router, ROUTE, signed(SECRET, &of_third)).await, StatusCode::UNAUTHORIZED, "another app's member");
    let third = "/push/alibaba/3000000";
    assert_eq!(send(&router, third, signed(SECRET, &of_third)).await, StatusCode::UNAUTHORIZED, "another app's secret");
    assert_eq!(send(&router, third, signed("another", &of_third)).await, StatusCode::OK);
    for (shop, expected) in [("test", 0), ("second", 1), ("third", 1)] {
        assert_eq!(rows(&app, Table::PushSeen, shop).await, expected, "{shop}");
        assert_eq!(rows(&app, Table::PushWaiting, shop).await, expected, "{shop}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_order_is_in_the_mirror_within_a_second() {
    let world = World::new().await;
    let app = world.app(world.db());
    let (shop, router) = (world.join(&app).await, router(&app));
    let working = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.pushes.work(std::future::pending()).await }
    });
    let head = app.mirror.head("test").await.expect("read").expect("there is data");
    let product = app.mirror.products(&shop, head.generation).await.expect("products").remove(0);
    for n in 0..5 {
        let order = json!({ "product": product.id, "spec": product.skus.first().map(|sku| &sku.id), "quantity": 3, "stage": "waitsellersend" });
        let added = world.admin("orders", json!({ "shop": shop.name, "order": order })).await;
        let id = added["id"].as_str().expect("an id").to_owned();
        let (body, mut bell) = (signed(SECRET, &message(&format!("m{n}"), member_of(&shop), &id)), app.bell.listen());
        let started = Instant::now();
        assert_eq!(send(&router, ROUTE, body).await, StatusCode::OK);
        loop {
            let generation = app.mirror.generation("test").await.expect("read");
            if app.mirror.order(&shop, generation, &id).await.expect("read").is_some() {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(1), "order {n} is not there after {:?}", started.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(bell.recv().await.expect("a ring"), "mirror test", "the console hears of it");
    }
    let pinned = app.mirror.all_orders(&shop, head.generation).await.expect("orders").len();
    let generation = app.mirror.generation("test").await.expect("read");
    let shown = app.mirror.all_orders(&shop, generation).await.expect("orders").len();
    assert_eq!(shown, pinned + 5, "a run that pinned the generation before sees none of them");
    app.upkeep.sync(&shop).await.expect("a sync afterwards");
    working.abort();
}
