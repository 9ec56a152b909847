//! The calls beyond the mirror, against a gateway that answers what the test tells it to: what goes over the wire, and that a write goes
//! over it once whatever comes back.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use tokio::net::TcpListener;
use xiaoer::clock::Clock;
use xiaoer::http::pace::{Limit, Pace, Rank};
use xiaoer::secret::Secrets;
use xiaoer::shop::alibaba::calls::photobank::{self, Label, Picture};
use xiaoer::shop::alibaba::calls::{cancel, category, delivery, memo, orders, price, push, rate, shelf, stock};
use xiaoer::shop::alibaba::sign::signature;
use xiaoer::shop::alibaba::{Access, AlibabaShop, Gate, Leave, Leaves};
use xiaoer::shop::{ReadError, WriteError};

use crate::shop_world::{Ground, platform_shop};

/// Answers in turn, and remembers what it was asked; the last answer stays.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<(u16, String)>>,
    asked: Mutex<Vec<Asked>>,
}

#[derive(Clone)]
struct Asked {
    path: String,
    kind: String,
    body: Bytes,
}

impl Asked {
    /// The fields of a form, decoded.
    fn fields(&self) -> Vec<(String, String)> {
        reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&self.body)))
            .expect("a form")
            .query_pairs()
            .into_owned()
            .collect()
    }

    fn field(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

async fn answer(State(script): State<Arc<Script>>, request: Request) -> (StatusCode, String) {
    let path = request.uri().path().to_owned();
    let kind = request.headers()["content-type"].to_str().expect("text").to_owned();
    let body = axum::body::to_bytes(request.into_body(), 4 << 20).await.expect("a body");
    script.asked.lock().expect("one at a time").push(Asked { path, kind, body });
    let mut answers = script.answers.lock().expect("one at a time");
    let (status, body) = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
    (StatusCode::from_u16(status).expect("a status"), body)
}

/// A shop whose gateway gives these answers.
async fn shop(answers: &[(u16, &str)]) -> (AlibabaShop, Arc<Script>) {
    let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
    let script = Arc::new(Script { answers: Mutex::new(answers), asked: Mutex::default() });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let gateway = format!("http://{}", listener.local_addr().expect("its address"));
    let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let access = Access {
        pictures: gateway.clone(),
        gateway,
        app_key: "1000000".into(),
        leave: leave().await,
        rank: Rank::First,
    };
    let limit = || Limit { per_second: 1000, burst: 1000 };
    let gate = Arc::new(Gate::new(Arc::new(Pace::new(limit(), limit())), "test"));
    (AlibabaShop::new("test", access, gate, xiaoer::http::client(), Clock::default()), script)
}

/// Leave to call with a token that has no end.
async fn leave() -> Leave {
    let Ground { dir, db, clock, .. } = Ground::new();
    let secrets = Secrets::open(db, dir.path()).expect("no key yet");
    secrets.keep("test", "app_secret", "test123").await.expect("kept");
    secrets.keep("test", "token", "a-token").await.expect("kept");
    Leaves::new(secrets, clock).of(&platform_shop()).await.expect("leave")
}

fn asked(script: &Script) -> Vec<Asked> {
    script.asked.lock().expect("one at a time").clone()
}

const ORDER: &str = r#"{"result":{"baseInfo":{"idOfStr":"2900000000000000123","id":2900000000000000100,"status":"waitbuyerpay",
    "shippingFee":5,"sellerMemo":"老客户","sellerRemarkIcon":"3"},
    "productItems":[{"subItemIDString":"2900000000000000124","price":22,"quantity":5,"status":"waitbuyerpay"}]},"success":"true"}"#;

#[tokio::test]
async fn a_memo_is_appended_to_what_was_read_and_signed_as_it_is_sent() {
    let (shop, script) = shop(&[(200, ORDER), (200, r#"{"success":true}"#)]).await;
    let order = orders::detail(shop.client(), "2900000000000000123").await.expect("the order");
    let memo = memo::joined(order.base_info.seller_memo.as_deref(), "周五前发货").expect("it fits");
    memo::add(shop.client(), &order, &memo, None).await.expect("written");

    let written = &asked(&script)[1];
    assert_eq!(written.path, "/openapi/param2/1/com.alibaba.trade/alibaba.order.memoAdd/1000000");
    assert_eq!(written.field("orderId").as_deref(), Some("2900000000000000123"), "the number beside it is rounded");
    assert_eq!(written.field("memo").as_deref(), Some("老客户\n周五前发货"));
    assert_eq!(written.field("remarkIcon").as_deref(), Some("3"), "a colour that a person chose stays");
    let fields: Vec<_> = written.fields().into_iter().filter(|(name, _)| name != "_aop_signature").collect();
    let path = written.path.trim_start_matches("/openapi/");
    assert_eq!(written.field("_aop_signature"), Some(signature("test123", path, &fields)));
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_comes_back_and_silence_is_no_refusal() {
    for (status, body) in [
        (500, "<html>"),
        (200, "{\"success\":tr"),
        (200, "{}"),
        (200, "null"),
        (504, ""),
        (200, r#"{"errorCode":"500_2"}"#),
    ] {
        let (shop, script) = shop(&[(status, body)]).await;
        let outcome = shelf::delete(shop.client(), "700000000001").await;
        assert!(matches!(outcome, Err(WriteError::Unknown { .. })), "{status} {body}: {outcome:?}");
        assert_eq!(asked(&script).len(), 1, "{status} {body}");
    }
    let limited = r#"{"error_code":"gw.QosRequestLimit","error_message":"slow down"}"#;
    let (shop, script) = shop(&[(200, limited)]).await;
    assert!(matches!(shelf::delete(shop.client(), "7").await, Err(WriteError::NotSent { .. })));
    assert_eq!(asked(&script).len(), 1);
}

#[tokio::test]
async fn of_one_call_about_three_products_each_has_its_own_outcome() {
    let reply =
        r#"{"result":[{"productId":1,"result":true},{"productId":2,"result":false,"code":"1003404"}],"success":true}"#;
    let (shop, script) = shop(&[(200, reply)]).await;
    let outcome = shelf::expire(shop.client(), &["1", "2", "3"]).await.expect("answered");
    let told: Vec<String> = outcome.iter().map(|(id, done)| format!("{id} {done:?}")).collect();
    assert!(told[0].contains("Ok") && told[1].contains("没有这个商品") && told[2].contains("Unknown"), "{told:?}");
    assert_eq!(asked(&script)[0].field("productIds").as_deref(), Some("[1,2,3]"));

    let ratings =
        [("1", 5), ("2", 4)].map(|(order, stars)| rate::Rating { order: order.into(), stars, content: "好".into() });
    let (shop, _) = self::shop(&[(200, r#"{"failedOrder":{"2":"E1"}}"#)]).await;
    let outcome = rate::batch(shop.client(), &ratings).await.expect("answered");
    assert!(matches!(outcome.whole(), Err(WriteError::Refused { .. })));
    assert!(outcome.iter().any(|(order, done)| order == "1" && done.is_ok()));

    let (shop, script) = self::shop(&[(200, r#"{"result":[{"productId":7,"result":true}],"success":true}"#)]).await;
    let amount = stock::Amount::Specs(vec![("0f1e2d3c4b5a69788796a5b4c3d2e1f0".into(), 5)]);
    stock::set(shop.client(), &[("7".into(), amount)]).await.expect("answered").whole().expect("set");
    assert_eq!(asked(&script)[0].field("increaceModify").as_deref(), Some("false"));
}

#[tokio::test]
async fn a_picture_goes_as_bytes_beside_signed_fields() {
    let reply =
        r#"{"image":{"id":9900000001,"albumID":100001,"name":"主图1","url":"https://cbu01.alicdn.com/img/a.png"}}"#;
    let (shop, script) = shop(&[(200, reply)]).await;
    let picture = Picture::new(b"\x89PNG\r\n\x1a\n\x00\xff\xfe".to_vec()).expect("a picture");
    let label = Label { name: "主图1".into(), ..Label::default() };
    let photo = photobank::add_photo(shop.client(), "100001", &label, picture).await.expect("it is there");
    assert_eq!(photo.url.as_deref(), Some("https://cbu01.alicdn.com/img/a.png"));
    let sent = &asked(&script)[0];
    assert!(sent.kind.starts_with("multipart/form-data"), "{}", sent.kind);
    let holds = |bytes: &[u8]| sent.body.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(b"\x89PNG\r\n\x1a\n\x00\xff\xfe") && holds(b"name=\"imageBytes\"") && holds("主图1".as_bytes()));
    assert!(holds(b"_aop_signature"));
}

#[tokio::test]
async fn a_price_goes_as_fen_from_the_original_and_only_an_unpaid_order_is_closed() {
    let price = r#"{"result":true,"resultCode":"","resultMsg":""}"#;
    let (shop, script) = shop(&[(200, ORDER), (200, price), (200, r#"{"success":true}"#)]).await;
    let order = orders::detail(shop.client(), "2900000000000000123").await.expect("the order");
    let wanted = [("2900000000000000124".to_owned(), xiaoer::shop::alibaba::told::Yuan("100".parse().expect("yuan")))];
    let prices = price::repriced(&order, &wanted.into(), None).expect("it is unpaid");
    price::modify(shop.client(), &prices).await.expect("changed");
    let sent = &asked(&script)[1];
    assert_eq!(sent.field("entryDiscounts").as_deref(), Some(r#"[{"discount":-1000,"id":2900000000000000124}]"#));
    assert_eq!(sent.field("carriage").as_deref(), Some("500"));
    cancel::cancel(shop.client(), &order, cancel::Reason::NoGoods, None).await.expect("closed");
    assert!(matches!(delivery::sendable(&order, "2900000000000000124"), Err(WriteError::Refused { .. })));
    assert_eq!(asked(&script).len(), 3);
}

#[tokio::test]
async fn a_token_goes_only_where_it_is_needed_and_what_is_taken_from_a_queue_is_asked_for_once() {
    let (shop, script) =
        shop(&[(200, r#"{"succes":"true","categoryInfo":[{"categoryID":1,"name":"日用"}]}"#), (500, "")]).await;
    assert_eq!(category::get(shop.client(), "0").await.expect("the roots")[0].id(), Some("1"));
    assert!(matches!(push::take(shop.client(), &push::Wanted::default()).await, Err(WriteError::Unknown { .. })));
    let asked = asked(&script);
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| asked.field("access_token").is_none() && asked.field("_aop_signature").is_some()));
}

#[tokio::test]
async fn a_read_that_the_platform_refuses_says_what_to_do() {
    let (shop, _) = shop(&[(200, r#"{"errorCode":"APPLY_TIME_ERROR","errorMessage":"x"}"#)]).await;
    let error =
        xiaoer::shop::alibaba::calls::refunds::list_of(shop.client(), &Default::default()).await.expect_err("refused");
    assert!(matches!(&error, ReadError::Known { code, .. } if code == "APPLY_TIME_ERROR"));
    assert_eq!(error.to_string(), "只能查 730 天以内的退款，请缩短时间范围（APPLY_TIME_ERROR）");
}
