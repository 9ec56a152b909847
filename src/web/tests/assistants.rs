//! What an assistant's token opens, route by route: what is on the list below, in its own shop, and nothing else.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

use super::{Answer, World, paths};

/// Written down once more, so that a route which is opened by mistake is noticed here.
const OPEN: [(&str, &str); 12] = [
    ("GET", "/mcp"),
    ("POST", "/mcp"),
    ("DELETE", "/mcp"),
    ("GET", "/api/shops"),
    ("GET", "/api/skills"),
    ("GET", "/api/shops/{shop}/runs"),
    ("POST", "/api/shops/{shop}/runs"),
    ("GET", "/api/shops/{shop}/runs/{run}"),
    ("GET", "/api/shops/{shop}/runs/{run}/lines"),
    ("POST", "/api/shops/{shop}/runs/{run}/cancel"),
    ("GET", "/api/shops/{shop}/actions"),
    ("GET", "/api/shops/{shop}/score"),
];

async fn token(world: &World) -> String {
    let made = world.post("/api/assistants", json!({ "name": "桌面助手", "shops": ["one"] })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["token"].as_str().expect("a token").to_owned()
}

async fn send(world: &World, token: &str, (method, path): (&Method, &str)) -> Answer {
    let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:1");
    let request = request.header("authorization", format!("Bearer {token}")).header("x-xiaoer", "1");
    let request = request.header("content-type", "application/json");
    world.send(request.body(Body::from("{}")).expect("a request")).await
}

#[tokio::test]
async fn every_route_is_on_the_list_or_closed() {
    let world = World::new().await;
    let token = token(&world).await;
    let (mut opened, mut closed) = (Vec::new(), 0);
    for path in paths().into_iter().chain(["/mcp", "/api/of-tomorrow"]) {
        for shop in ["one", "two", "%6fne"] {
            let concrete = path.replace("{shop}", shop).replace(['{', '}'], "");
            for method in [Method::GET, Method::POST, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
                let answer = send(&world, &token, (&method, &concrete)).await;
                let is_open = OPEN.contains(&(method.as_str(), path));
                if is_open && path.contains("{shop}") && shop != "one" {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {concrete}");
                    assert!(answer.text.contains(&format!("没有找到店铺“{shop}”")), "{}", answer.text);
                } else if is_open {
                    let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&answer.status);
                    assert!(!refused, "{method} {concrete}: {}", answer.text);
                    opened.push((method.as_str().to_owned(), path));
                } else {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {concrete}: {}", answer.text);
                    assert!(method == Method::HEAD || answer.text.contains("AI 助手的令牌"), "{}", answer.text);
                    closed += 1;
                }
                assert!(!answer.text.contains("第一家店") || path == "/api/shops", "{method} {concrete}");
            }
        }
    }
    opened.dedup();
    opened.retain(|(_, path)| path.contains("{shop}"));
    assert_eq!(opened.len(), 7, "the list names routes that there are: {opened:?}");
    assert!(closed > 400, "the list of routes was not found: {closed}");
}

#[tokio::test]
async fn it_is_no_login_and_opens_nothing_beside_a_cookie() {
    let world = World::new().await;
    let token = token(&world).await;
    let login = Request::get(format!("/login?token={token}")).header("host", "127.0.0.1:1");
    let login = world.send(login.body(Body::empty()).expect("a request")).await;
    assert_eq!(login.status, StatusCode::UNAUTHORIZED);
    assert!(!login.headers.contains_key("set-cookie"));

    let login = Request::get(format!("/login?token={}", super::TOKEN)).header("host", "127.0.0.1:1");
    let login = world.send(login.body(Body::empty()).expect("a request")).await;
    let cookie = login.headers["set-cookie"].to_str().expect("text").split(';').next().expect("a pair").to_owned();
    let both = Request::post("/api/shops/one/sync").header("host", "127.0.0.1:1").header("cookie", cookie);
    let both = both.header("x-xiaoer", "1").header("authorization", format!("Bearer {token}"));
    let refused = world.send(both.body(Body::empty()).expect("a request")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "whoever brings the token is the assistant: {}", refused.text);
}

#[tokio::test]
async fn a_token_is_told_once_listed_without_itself_and_closed_at_once() {
    let world = World::new().await;
    let secret = token(&world).await;
    assert!(secret.len() > 64);
    let listed = world.get("/api/assistants").await;
    assert_eq!(listed.json()[0]["used"], json!(null));
    assert_eq!(send(&world, &secret, (&Method::GET, "/api/skills")).await.status, StatusCode::OK);
    let listed = world.get("/api/assistants").await;
    assert!(listed.json()[0]["used"].is_string() && listed.json()[0]["revoked"].is_null(), "{}", listed.text);
    assert_eq!(listed.json()[0]["shops"], json!(["one"]));
    let page = world.get("/shops/one/settings").await;
    assert!(page.text.contains("桌面助手") && page.text.contains("上次使用"), "{}", page.text);
    let mut backup = Vec::new();
    crate::db::export(&*world.app.db, &mut backup).await.expect("exported");
    for text in [&listed.text, &page.text, &String::from_utf8_lossy(&backup).into_owned()] {
        assert!(!text.contains(&secret) && !text.contains(&secret[20..]), "the token itself is nowhere");
    }

    for (wish, status, says) in [
        (json!({ "name": "桌面助手" }), StatusCode::CONFLICT, "已有名为"),
        (json!({ "name": "  " }), StatusCode::BAD_REQUEST, "名称"),
        (json!({ "name": "一\n二" }), StatusCode::BAD_REQUEST, "名称"),
        (json!({ "name": "另一个", "shops": [] }), StatusCode::BAD_REQUEST, "至少选一个店铺"),
        (json!({ "name": "另一个", "shops": ["three"] }), StatusCode::NOT_FOUND, "three"),
    ] {
        let refused = world.post("/api/assistants", wish).await;
        assert_eq!(refused.status, status, "{}", refused.text);
        assert!(refused.json()["error"].as_str().is_some_and(|why| why.contains(says)), "{}", refused.text);
    }

    assert_eq!(world.post("/api/assistants/revoke", json!({ "name": "桌面助手" })).await.status, StatusCode::OK);
    let refused = send(&world, &secret, (&Method::GET, "/api/skills")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.text.contains("已被吊销"), "{}", refused.text);
    let again = world.post("/api/assistants/revoke", json!({ "name": "桌面助手" })).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(world.get("/shops/one/settings").await.text.contains("已吊销"));
    // The name is free again; the old token stays closed.
    let next = token(&world).await;
    assert_ne!(next, secret);
    assert_eq!(send(&world, &secret, (&Method::GET, "/api/shops")).await.status, StatusCode::UNAUTHORIZED);
    let shops = send(&world, &next, (&Method::GET, "/api/shops")).await.json();
    assert_eq!(shops.as_array().map(Vec::len), Some(1), "only its own: {shops}");
    assert!(shops[0]["name"].is_string() && shops[0]["link"].is_null(), "not by which app and member: {shops}");
    let owners = world.get("/api/shops").await.json();
    assert!(owners[0]["link"]["kind"].is_string(), "its owner is told: {owners}");
}
