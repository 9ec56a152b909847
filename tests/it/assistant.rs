//! An assistant with a token of its own, over HTTP: it asks, runs and waits in its shops, its runs carry its name, and nothing that it
//! does decides anything.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use xiaoer::shop::{Link, Shop};

use crate::mcp::{Wire, served, text};
use crate::support::office::Office;
use crate::support::stand::{REFILL, Stand, TOOLS};

async fn token(office: &Office, name: &str, shops: &[&str]) -> String {
    let made = office.told("/api/assistants", json!({ "name": name, "shops": shops })).await;
    made.json["token"].as_str().unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

/// Asks the API itself with a token.
async fn api(base: &str, token: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
    let client = reqwest::Client::new();
    let url = format!("{base}{path}");
    let request = body.map_or_else(|| client.get(&url), |body| client.post(&url).json(&body));
    let response = request.bearer_auth(token).send().await.expect("an answer");
    (response.status(), response.json().await.unwrap_or_default())
}

/// A stand behind a real port.
async fn behind_a_port(stand: &Stand) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let app = Arc::clone(&stand.app);
    tokio::spawn(xiaoer::web::serve(app, listener, "owner".repeat(8), std::future::pending()));
    base
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_runs_carry_its_name_and_it_cancels_only_its_own() {
    let go = Arc::new(Notify::new());
    let (office, base) = served(&go).await;
    let token = token(&office, "桌面助手", &["one"]).await;
    let wire = Wire::to(&base, &token, json!({}));
    let shops = wire.call("list_shops", json!({})).await;
    assert_eq!(shops["structuredContent"]["shops"], json!([{ "shop": "one", "name": "店铺 one" }]));
    let report = wire.call("growth-report", json!({ "shop": "one" })).await;
    assert_eq!(report["structuredContent"]["state"], "done", "{report}");
    let run = report["structuredContent"]["run"].as_str().expect("a run").to_owned();
    let told = office.get(&format!("/api/shops/one/runs/{run}")).await;
    assert_eq!(told["run"]["trigger"], json!({ "by": "assistant", "name": "桌面助手" }));
    assert!(office.text("/shops/one/runs").await.contains("助手 桌面助手"), "the history says whose it was");
    assert!(office.text(&format!("/shops/one/runs/{run}")).await.contains("助手 桌面助手"));
    let again = wire.call("get_run", json!({ "shop": "one", "run": run })).await;
    assert_eq!(again["structuredContent"]["facts"], report["structuredContent"]["facts"]);
    for (name, arguments) in [
        ("growth-report", json!({ "shop": "two" })),
        ("get_run", json!({ "shop": "two", "run": run })),
        ("ask_for_decision", json!({ "shop": "two" })),
    ] {
        let refused = wire.call(name, arguments).await;
        assert_eq!((&refused["isError"], text(&refused)), (&json!(true), "没有找到店铺“two”"), "{name}");
    }

    let owners = office.told("/api/shops/one/runs", json!({ "skill": "slow" })).await.json["id"].clone();
    let path = |run: &Value| format!("/api/shops/one/runs/{}/cancel", run.as_str().expect("an id"));
    let (status, said) = api(&base, &token, &path(&owners), Some(json!({}))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(said["error"].as_str().is_some_and(|why| why.contains("不是这个助手开始的")), "{said}");
    let (_, own) = api(&base, &token, "/api/shops/one/runs", Some(json!({ "skill": "slow" }))).await;
    assert_eq!(api(&base, &token, &path(&own["id"]), Some(json!({}))).await.1, json!({ "cancelled": true }));
    go.notify_one();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_has_so_many_runs_open_and_no_more_and_the_owner_is_not_counted() {
    let (office, base) = served(&Arc::default()).await;
    let (token, other) = (token(&office, "一号", &["one"]).await, token(&office, "二号", &["one"]).await);
    let wish = || Some(json!({ "skill": "slow" }));
    let begun = (0..8).map(|_| api(&base, &token, "/api/shops/one/runs", wish()));
    let begun = futures::future::join_all(begun).await;
    let refused: Vec<_> = begun.iter().filter(|(status, _)| *status == StatusCode::TOO_MANY_REQUESTS).collect();
    assert_eq!(refused.len(), 3, "asked all at once: {begun:?}");
    assert!(refused[0].1["error"].as_str().is_some_and(|why| why.contains("5 次运行没有结束")), "{refused:?}");
    assert_eq!(api(&base, &other, "/api/shops/one/runs", wish()).await.0, StatusCode::CREATED);
    assert_eq!(office.told("/api/shops/one/runs", json!({ "skill": "slow" })).await.status, StatusCode::CREATED);
    let first = begun.iter().find_map(|(_, run)| run["id"].as_str()).expect("a run");
    api(&base, &token, &format!("/api/shops/one/runs/{first}/cancel"), Some(json!({}))).await;
    for _ in 0..250 {
        if office.get(&format!("/api/shops/one/runs/{first}")).await["run"]["state"]["state"] == "ended" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(api(&base, &token, "/api/shops/one/runs", wish()).await.0, StatusCode::CREATED, "one has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_is_closed_with_the_next_request_also_for_who_waits() {
    let (office, base) = served(&Arc::default()).await;
    let token = token(&office, "桌面助手", &["one"]).await;
    let wire = Wire::to(&base, &token, json!({}));
    let waiting = {
        let wire = Wire::to(&base, &token, json!({}));
        tokio::spawn(async move { wire.call("slow", json!({ "shop": "one" })).await })
    };
    while office.get("/api/shops/one/runs").await[0].is_null() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    office.post("/api/assistants/revoke", json!({ "name": "桌面助手" })).await;
    let ended =
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it hears of it").expect("no panic");
    assert_eq!(ended["isError"], true);
    assert!(text(&ended).contains("已被吊销"), "{ended}");
    let refused = wire.request("tools/list", json!({})).send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.text().await.expect("text").contains("已被吊销"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_sets_off_waits_for_a_person_though_the_shop_says_automatic() {
    let stand = Stand::new("[policy]\n\"stock.set\" = \"automatic\"\n").await;
    let base = behind_a_port(&stand).await;
    let token = token(&stand.office, "桌面助手", &["test"]).await;
    let wish = json!({ "skill": "stock-alert", "input": { "days": "30", "cover": "60" } });
    let begun = api(&base, &token, "/api/shops/test/runs", Some(wish.clone())).await;
    assert_eq!(begun.0, StatusCode::CREATED, "{}", begun.1);
    stand.work().await;
    let actions = stand.office.get(&stand.at("actions")).await;
    let all = actions.as_array().expect("a list");
    assert!(!all.is_empty() && all.iter().all(|action| action["state"]["state"] == "proposed"), "{actions}");
    let id = all[0]["id"].as_str().expect("an id");
    let audit = stand.app.desk.audit("test", id).await.expect("read");
    assert_eq!((audit[0].by.as_str(), audit[0].what.as_str()), ("助手 桌面助手", "提出"));
    // It is told the hash, and still cannot say yes.
    for act in ["approve", "reject", "retry", "claim", "undo"] {
        let path = format!("/api/shops/test/actions/{id}/{act}");
        let (status, said) = api(&base, &token, &path, Some(json!({ "hash": all[0]["hash"] }))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{act}: {said}");
    }
    // The owner's own run is as automatic as they wished.
    stand.office.told(&stand.at("runs"), wish).await;
    stand.work().await;
    let approved = |action: &&Value| action["state"]["state"] == "approved";
    let actions = stand.office.get(&stand.at("actions")).await;
    assert!(actions.as_array().expect("a list").iter().any(|action| approved(&action)), "{actions}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_a_shop_granted_is_offered_and_no_more_of_it_than_that() {
    let stand = Stand::new("").await;
    let other = Shop { id: "other".into(), name: "另一家".into(), link: Link::Files, ..stand.shop.clone() };
    stand.app.shops.register(&other).await.expect("registered");
    let base = behind_a_port(&stand).await;
    stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
    let (here, there) = (token(&stand.office, "这边", &["test"]).await, token(&stand.office, "那边", &["other"]).await);
    let tools = async |token: &str| {
        let listed = Wire::to(&base, token, json!({})).result("tools/list", json!({})).await;
        listed["tools"].as_array().expect("tools").clone()
    };
    let named = |all: &[Value]| all.iter().find(|one| one["name"] == "refill").cloned();
    let offered = async |query: &str| {
        let all = stand.office.get(&format!("/api/skills{query}")).await;
        named(all.as_array().expect("a list")).expect("it is installed")
    };
    assert_eq!(named(&tools(&here).await), None, "nobody said yes");
    let why = offered("?shop=test").await["why_not"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("授权")), "{why}");
    assert!(offered("").await["why_not"].is_string(), "nor in any other shop");

    stand.grant("refill").await;
    assert!(offered("?shop=test").await["why_not"].is_null());
    assert!(offered("?shop=other").await["why_not"].is_string(), "the other shop did not");
    assert!(offered("").await["why_not"].is_null());
    assert!(named(&tools(&here).await).is_some());
    assert_eq!(named(&tools(&there).await), None);
    assert_eq!(stand.office.asked("/api/skills?shop=nobody").await.status, StatusCode::NOT_FOUND);
    let (status, _) = api(&base, &there, "/api/skills?shop=test", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is not its shop");

    // A version that wants more is offered as far as the shop went.
    let tools_of_second = "shop(products) shop(costs) propose(stock.set) propose(title.edit) http(api.example.com)";
    stand.install(&stand.folder("refill", "1.1.0", tools_of_second, REFILL)).await;
    let holds = offered("?shop=test").await;
    assert_eq!((&holds["reads"], &holds["proposes"]), (&json!(["products"]), &json!(["stock.set"])), "{holds}");
    let tool = named(&tools(&here).await).expect("granted");
    assert_eq!(tool["annotations"]["openWorldHint"], false, "the host was not granted: {tool}");
    stand.office.post(&stand.at("plugins/refill/withdraw"), json!({})).await;
    assert_eq!(named(&tools(&here).await), None);
    let why = offered("?shop=test").await["why_not"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("已收回")), "{why}");
}
