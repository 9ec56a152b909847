//! Who gets in.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use std::net::SocketAddr;

use super::{Answer, TOKEN, World, paths};

fn plain(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("host", "127.0.0.1:1")
}

async fn send(world: &World, request: axum::http::request::Builder) -> Answer {
    world.send(request.body(Body::empty()).expect("a request")).await
}

/// Logs in as a browser does and gives the cookie.
async fn cookie(world: &World) -> String {
    let login = send(world, plain(Method::GET, &format!("/login?token={TOKEN}"))).await;
    assert_eq!(login.status, StatusCode::SEE_OTHER);
    assert_eq!(login.headers["location"], "/");
    let set = login.headers["set-cookie"].to_str().expect("text");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    set.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn nothing_that_knows_a_shop_is_served_without_the_token() {
    let world = World::new().await;
    for path in paths() {
        let concrete = path.replace("{shop}", "one").replace("{name}", "app.css").replace(['{', '}'], "");
        for method in [Method::GET, Method::POST] {
            let answer = send(&world, plain(method.clone(), &concrete)).await;
            let open = path == "/login" || path == "/assets/{name}" || path == "/healthz";
            let refused = answer.status == StatusCode::UNAUTHORIZED
                || (answer.status == StatusCode::SEE_OTHER
                    && answer.headers["location"].to_str().expect("text").starts_with("/login"));
            assert!(open || refused, "{method} {path}: {} {}", answer.status, answer.text);
            assert!(!answer.text.contains("第一家店"), "{method} {path} tells about a shop");
        }
    }
}

#[tokio::test]
async fn a_login_gives_a_cookie_that_is_not_the_token() {
    let world = World::new().await;
    let cookie = cookie(&world).await;
    assert!(!cookie.contains(TOKEN));
    let home = send(&world, plain(Method::GET, "/shops/one").header("cookie", &cookie)).await;
    assert_eq!(home.status, StatusCode::OK);
    let value = cookie.split('=').nth(1).expect("a value");
    let as_bearer = plain(Method::GET, "/api/shops").header("authorization", format!("Bearer {value}"));
    assert_eq!(send(&world, as_bearer).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_token_is_told_what_to_do_and_gets_no_cookie() {
    let world = World::new().await;
    for path in ["/login?token=nonsense", "/login?token="] {
        let answer = send(&world, plain(Method::GET, path)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text.contains("令牌不对") && !answer.headers.contains_key("set-cookie"), "{}", answer.text);
    }
}

#[tokio::test]
async fn after_a_login_one_is_never_led_to_another_site() {
    let world = World::new().await;
    for (next, expected) in
        [("/shops/one/actions", "/shops/one/actions"), ("//evil.example", "/"), ("https://evil.example/shops/", "/")]
    {
        let answer = send(&world, plain(Method::GET, &format!("/login?token={TOKEN}&next={next}"))).await;
        assert_eq!(answer.headers["location"], expected);
    }
}

#[tokio::test]
async fn a_change_by_cookie_must_begin_on_our_own_page() {
    let world = World::new().await;
    let cookie = cookie(&world).await;
    let post = || plain(Method::POST, "/logout").header("cookie", &cookie);
    let ours = || post().header("x-xiaoer", "1");
    let refused = [
        post(),
        ours().header("origin", "http://evil.example"),
        ours().header("origin", "null"),
        ours().header("origin", "http://127.0.0.1:2"),
        ours().header("sec-fetch-site", "cross-site"),
        ours().header("sec-fetch-site", "same-site"),
    ];
    for request in refused {
        assert_eq!(send(&world, request).await.status, StatusCode::FORBIDDEN);
    }
    let accepted = ours().header("origin", "http://127.0.0.1:1").header("sec-fetch-site", "same-origin");
    assert_eq!(send(&world, accepted).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn only_this_machine_learns_that_something_runs() {
    let world = World::new().await;
    let from = |address: &str| {
        let address: SocketAddr = address.parse().expect("an address");
        plain(Method::GET, "/healthz").extension(ConnectInfo(address))
    };
    assert_eq!(send(&world, from("127.0.0.1:5000")).await.text, r#"{"ok":true}"#);
    assert_eq!(send(&world, from("[::ffff:127.0.0.1]:5000")).await.status, StatusCode::OK);
    assert_eq!(send(&world, from("192.168.1.7:5000")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_hold_a_browser_back() {
    let world = World::new().await;
    for path in ["/shops/one", "/login", "/assets/app.js", "/api/shops", "/api/nothing", "/nothing"] {
        let answer = world.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
    }
}
