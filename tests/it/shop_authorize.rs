//! How a merchant gives leave: in the console, by the API, on the command line; and who cannot give it in a merchant's place.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use xiaoer::app::App;

use crate::support::World;
use crate::support::gateway::Gateway;

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
const SECRET: &str = "app-secret-of-shop";

/// Makes something wrong with a shop that is to be added.
type Spoil = fn(&mut Value);

/// A console, and a gateway that hands out tokens.
struct Console {
    world: World,
    app: Arc<App>,
    router: Router,
    gateway: Gateway,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Console {
    async fn new() -> Self {
        let (world, gateway) = (World::new().await, Gateway::start().await);
        let app = world.app(world.db());
        let router = xiaoer::web::router(Arc::clone(&app), TOKEN.into());
        Self { world, app, router, gateway }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>, cookie: Option<&str>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8787")
            .header("authorization", format!("Bearer {TOKEN}"));
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), None).await
    }

    async fn add(&self, id: &str, change: impl FnOnce(&mut Value)) -> Answer {
        let platform = json!({ "gateway": self.gateway.base, "app_key": "1000000", "secret": SECRET });
        let mut shop = json!({ "id": id, "name": format!("{id}的店"), "industry": "consumer",
            "zone": "Asia/Shanghai", "platform": platform });
        change(&mut shop);
        self.post("/api/shops", shop).await
    }

    /// Clicks 去授权: the state of the link and the cookie that came with it.
    async fn begin(&self, shop: &str) -> (String, String) {
        let wish = json!({ "console": "http://127.0.0.1:8787" });
        let begun = self.post(&format!("/api/shops/{shop}/authorization"), wish).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
        let cookie = begun.headers["set-cookie"].to_str().expect("text").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let link: Value = serde_json::from_str(&begun.text).expect("JSON");
        let url = link["url"].as_str().expect("a link");
        assert!(
            url.contains("/oauth/authorize?client_id=1000000&site=1688")
                && url.contains("redirect_uri=http%3A%2F%2F127.0.0.1%3A8787%2Fauthorize%2Fcallback"),
            "{url}"
        );
        (link["state"].as_str().expect("a state").into(), cookie.split(';').next().expect("a pair").into())
    }

    async fn back(&self, state: &str, code: &str, cookie: Option<&str>) -> Answer {
        self.send("GET", &format!("/authorize/callback?code={code}&state={state}"), None, cookie).await
    }

    async fn standing(&self, shop: &str) -> Value {
        let answer = self.get(&format!("/api/shops/{shop}/authorization")).await;
        serde_json::from_str(&answer.text).expect("JSON")
    }
}

#[tokio::test]
async fn a_shop_is_added_authorized_and_kept_in_the_console() {
    let console = Console::new().await;
    let added = console.add("one", |_| {}).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    assert!(!added.text.contains(SECRET));
    let page = console.get("/shops/one/settings").await.text;
    assert!(page.contains("还没有授权") && page.contains("去授权") && !page.contains(SECRET), "{page}");
    assert!(console.get("/api/doctor").await.text.contains("xiaoer shop authorize --shop one"));

    let (state, cookie) = console.begin("one").await;
    let back = console.back(&state, "good", Some(&cookie)).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_eq!(back.headers["location"], "/shops/one/settings#authorization");
    let asked = console.gateway.script().asked[0].clone();
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8787/authorize/callback");
    assert_eq!((asked["grant_type"].as_str(), asked["need_refresh_token"].as_str()), ("authorization_code", "true"));
    let page = console.get("/shops/one/settings").await.text;
    assert!(page.contains("已授权") && page.contains("2027年5月22日") && page.contains("b2b-1"), "{page}");
    assert!(console.get("/api/doctor").await.text.contains("自动续期"));

    // The platform takes it back; the page says so, with the one thing to do, and a new leave mends it.
    {
        let mut script = console.gateway.script();
        script.good.clear();
        script.refresh.clear();
    }
    console.world.clock.set(console.world.clock.now() + TimeDelta::minutes(30));
    let shop = console.app.shops.get("one").await.expect("read").expect("there");
    assert!(console.app.upkeep.sync(&shop).await.is_err());
    let page = console.get("/shops/one/settings").await.text;
    assert!(page.contains("授权已失效") && page.contains("重新授权"), "{page}");
    assert!(console.get("/api/doctor").await.text.contains("授权已失效"));
    let (state, cookie) = console.begin("one").await;
    assert_eq!(console.back(&state, "good", Some(&cookie)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(console.standing("one").await["state"], "good");

    assert_eq!(console.post("/api/shops/one/authorization/withdraw", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(console.standing("one").await["state"], "not_yet");
}

#[tokio::test]
async fn what_comes_back_counts_once_in_one_browser_for_one_shop_and_not_for_long() {
    let console = Console::new().await;
    for id in ["one", "two"] {
        console.add(id, |_| {}).await;
    }
    let (state, cookie) = console.begin("one").await;
    assert_eq!(console.back(&state, "good", Some(&cookie)).await.status, StatusCode::SEE_OTHER);
    let replayed = console.back(&state, "good", Some(&cookie)).await;
    assert!(replayed.status == StatusCode::BAD_REQUEST && replayed.text.contains("已经用过"), "{}", replayed.text);
    assert!(replayed.text.contains("<html"), "a page for a person");

    for stranger in [None, Some("xiaoer-leave-x=y".to_owned()), Some(console.begin("one").await.1)] {
        let (state, _) = console.begin("two").await;
        let refused = console.back(&state, "good", stranger.as_deref()).await;
        assert!(refused.text.contains("同一个浏览器"), "{}", refused.text);
    }
    let by_hand: Value =
        serde_json::from_str(&console.post("/api/shops/one/authorization", json!({})).await.text).expect("JSON");
    let state = by_hand["state"].as_str().expect("a state");
    let other = console.post("/api/shops/two/authorization/code", json!({ "code": "good", "state": state })).await;
    assert!(other.status == StatusCode::BAD_REQUEST && other.text.contains("另一个店铺"), "{}", other.text);

    let (state, cookie) = console.begin("two").await;
    console.world.clock.set(console.world.clock.now() + TimeDelta::minutes(16));
    assert!(console.back(&state, "good", Some(&cookie)).await.text.contains("15 分钟"));
    let (state, cookie) = console.begin("two").await;
    let cancelled = console.send("GET", &format!("/authorize/callback?state={state}"), None, Some(&cookie)).await;
    assert!(cancelled.status == StatusCode::BAD_REQUEST && cancelled.text.contains("取消"), "{}", cancelled.text);
    assert_eq!(console.standing("two").await["state"], "not_yet", "nothing of all this gave leave");
    assert_eq!(console.gateway.asked(), 1, "and no code was spent");
}

#[tokio::test]
async fn only_the_shops_own_member_can_give_leave_and_the_old_one_stays() {
    let console = Console::new().await;
    console.add("one", |_| {}).await;
    let (state, cookie) = console.begin("one").await;
    console.back(&state, "good", Some(&cookie)).await;
    console.gateway.script().member = "b2b-99".into();
    let (state, cookie) = console.begin("one").await;
    let other = console.back(&state, "good", Some(&cookie)).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(
        other.text.contains("访问令牌属于会员 b2b-99") && other.text.contains("请用本店账号重新授权"),
        "{}",
        other.text
    );
    assert_eq!(console.standing("one").await["state"], "good");
    // Where nobody knows whose shop it is and the platform does not say either, nothing is taken on trust.
    console.gateway.script().member = String::new();
    console.add("two", |_| {}).await;
    let (state, cookie) = console.begin("two").await;
    let unknown = console.back(&state, "good", Some(&cookie)).await;
    assert!(unknown.text.contains("memberId"), "{}", unknown.text);
}

#[tokio::test]
async fn each_failure_of_an_authorization_is_one_clear_sentence() {
    let console = Console::new().await;
    console.add("one", |_| {}).await;
    let cases = [
        (400, r#"{"error_code":"invalid_grant","error_message":"expired"}"#, "两分钟内有效"),
        (400, r#"{"error_code":"gw.AppKeyMissing","error_message":"m"}"#, "AppSecret"),
        (500, "<html>", "暂时连不上平台"),
        (200, "{}", "暂时连不上平台"),
    ];
    for (status, body, says) in cases {
        console.gateway.script().instead.push_back((status, body.into()));
        let (state, cookie) = console.begin("one").await;
        let failed = console.back(&state, "good", Some(&cookie)).await;
        assert!(!failed.status.is_success() && failed.text.contains(says), "{body}: {}", failed.text);
    }
    let refused: [(Spoil, &str); 5] = [
        (|shop| shop["platform"]["gateway"] = "http://gw.open.1688.com".into(), "https"),
        (|shop| shop["platform"]["gateway"] = "gw.open.1688.com".into(), "https"),
        (|shop| shop["platform"]["app_key"] = "1000000/../x".into(), "AppKey"),
        (|shop| shop["platform"]["secret"] = "".into(), "AppSecret"),
        (|shop| shop["id"] = "A b".into(), "店铺编号"),
    ];
    for (change, says) in refused {
        let answer = console.add("three", change).await;
        assert!(answer.status.is_client_error() && answer.text.contains(says), "{says}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_app_secret_is_typed_again_before_it_goes_anywhere_else() {
    let console = Console::new().await;
    console.add("one", |_| {}).await;
    let (state, cookie) = console.begin("one").await;
    console.back(&state, "good", Some(&cookie)).await;
    let blank = |shop: &mut Value| shop["platform"]["secret"] = Value::Null;
    let elsewhere = console.add("one", |shop| {
        blank(shop);
        shop["platform"]["gateway"] = "https://elsewhere.example".into();
    });
    let elsewhere = elsewhere.await;
    assert!(elsewhere.status == StatusCode::BAD_REQUEST && elsewhere.text.contains("AppSecret"), "{}", elsewhere.text);
    assert_eq!(console.standing("one").await["state"], "good");
    assert_eq!(console.add("one", blank).await.status, StatusCode::OK, "the same app keeps its secret");
    assert_eq!(console.standing("one").await["state"], "good");
    let other_app = console.add("one", |shop| shop["platform"]["app_key"] = "2000000".into()).await;
    assert_eq!(other_app.status, StatusCode::OK, "{}", other_app.text);
    assert_eq!(console.standing("one").await["state"], "not_yet", "a token is one app's");
}

/// The command line against a gateway, without a console that a browser could reach.
#[tokio::test]
async fn a_server_without_a_browser_takes_the_code_from_the_terminal() {
    let gateway = Gateway::start().await;
    let base = gateway.base.clone();
    let story = move || {
        let dir = tempfile::tempdir().expect("a directory");
        let xiaoer = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
            command.arg("--data").arg(dir.path()).current_dir(dir.path()).env("XIAOER_LOG", "error").env("APP", SECRET);
            command.args(args);
            command
        };
        let add = [
            "shop",
            "add",
            "one",
            "--name",
            "一店",
            "--industry",
            "consumer",
            "--gateway",
            &base,
            "--app-key",
            "1000000",
            "--secret-env",
            "APP",
        ];
        let added = xiaoer(&add).output().expect("it starts");
        let said = String::from_utf8_lossy(&added.stdout).into_owned();
        assert!(said.contains("xiaoer shop authorize --shop one"), "{said}{}", String::from_utf8_lossy(&added.stderr));
        let answer = |pasted: fn(&str) -> String| {
            let mut child = xiaoer(&["shop", "authorize", "--shop", "one"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
            let url = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("http")).expect("a link");
            let state = url.split("state=").nth(1).expect("a state").to_owned();
            writeln!(child.stdin.take().expect("its input"), "{}", pasted(&state)).expect("pasted");
            let rest: String = lines.map_while(Result::ok).collect();
            let output = child.wait_with_output().expect("it ends");
            (output.status.success(), rest + &String::from_utf8_lossy(&output.stderr))
        };
        let (worked, said) = answer(|_| "http://127.0.0.1:1/authorize/callback?code=good&state=another".into());
        assert!(!worked && said.contains("不是刚才那个链接"), "{said}");
        let (worked, said) = answer(|state| format!("http://127.0.0.1:1/authorize/callback?code=good&state={state}"));
        assert!(worked && said.contains("授权成功"), "{said}");
    };
    tokio::task::spawn_blocking(story).await.expect("the story ends well");
    assert_eq!(gateway.script().asked[0]["code"], "good");
}
