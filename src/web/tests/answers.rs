//! What comes back: escaped words, whole logs, clear refusals.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{HOSTILE, World, with_token};

#[tokio::test]
async fn words_from_outside_never_become_markup() {
    let world = World::new().await;
    let run = world.run("two", "title-optimizer").await;
    for path in [
        "/shops/two".into(),
        "/shops/two/actions".into(),
        "/shops/two/settings".into(),
        "/shops/two/growth".into(),
        "/shops/two/rules".into(),
        "/shops/two/import".into(),
        "/shops/two/costs".into(),
        "/shops/two/score".into(),
        "/shops/two/score?part=dropping".into(),
        format!("/shops/two/runs/{run}"),
    ] {
        let page = world.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text.contains(HOSTILE) && page.text.contains("&lt;script&gt;alert(1)"), "{path}");
    }
}

#[tokio::test]
async fn a_page_without_pictures_is_light() {
    let world = World::new().await;
    let run = world.run("one", "growth-report").await;
    let assets: usize =
        [world.get("/assets/app.css").await, world.get("/assets/app.js").await].iter().map(|a| a.text.len()).sum();
    // A page with a forecast carries two drawings of it and a table of its days.
    let pages = [
        ("/shops/one".into(), 60_000),
        ("/shops/one/score".into(), 60_000),
        ("/shops/one/settings".into(), 60_000),
        ("/shops/one/rules".into(), 60_000),
        ("/shops/one/growth".into(), 90_000),
        (format!("/shops/one/runs/{run}"), 90_000),
    ];
    for (path, most) in pages {
        let page = world.get(&path).await.text.len();
        assert!(page < most, "{path}: {page} bytes");
    }
    assert!(assets < 70_000, "style and script: {assets} bytes");
}

#[tokio::test]
async fn a_log_goes_on_after_the_line_that_was_seen_last() {
    let world = World::new().await;
    let run = world.run("one", "growth-report").await;
    let path = format!("/api/shops/one/runs/{run}/events");
    let ids =
        |text: &str| -> Vec<u64> { text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect() };

    let whole = world.get(&path).await;
    assert_eq!(whole.headers["content-type"], "text/event-stream");
    let all = ids(&whole.text);
    assert_eq!(all, (0..all.len() as u64).collect::<Vec<_>>());
    assert!(
        whole.text.contains("event: queued")
            && whole.text.contains("event: step")
            && whole.text.contains("event: done")
    );

    let resumed = with_token(Method::GET, &path).header("last-event-id", "1").body("".into()).expect("a request");
    assert_eq!(ids(&world.send(resumed).await.text), all[2..]);
    assert_eq!(ids(&world.get(&format!("{path}?after=0")).await.text), all[1..]);
    let last = all.len() - 1;
    assert_eq!(
        world.get(&format!("{path}?after={last}")).await.status,
        StatusCode::NO_CONTENT,
        "a browser must not ask again"
    );
}

#[tokio::test]
async fn a_queued_run_is_cancelled_once() {
    let world = World::new().await;
    let run = world.post("/api/shops/one/runs", json!({ "skill": "daily-report" })).await.json();
    let path = format!("/api/shops/one/runs/{}/cancel", run["id"].as_str().expect("an id"));
    assert_eq!(world.post(&path, json!({})).await.json(), json!({ "cancelled": true }));
    assert_eq!(world.post(&path, json!({})).await.json(), json!({ "cancelled": false }));
}

#[tokio::test]
async fn a_refusal_says_what_was_wrong_and_what_there_is() {
    let world = World::new().await;
    let pack = world.get("/api/shops/one/score?pack=1999").await;
    assert_eq!(pack.status, StatusCode::BAD_REQUEST);
    assert!(pack.text.contains("1999") && pack.text.contains("2024-11-08"), "{}", pack.text);

    let late = world.get("/api/shops/one/score?as_of=2030-01-01").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);

    let unknown = world.post("/api/shops/one/runs", json!({ "skill": "growth-report", "colour": "red" })).await;
    assert!(unknown.status.is_client_error() && unknown.text.contains("colour"), "{}", unknown.text);

    let skill = world.post("/api/shops/one/runs", json!({ "skill": "nothing" })).await;
    assert_eq!((skill.status, skill.json()["error"].is_string()), (StatusCode::BAD_REQUEST, true));

    let table = world.post_bytes("/api/shops/one/import", b"not a table".to_vec()).await;
    assert!(table.status.is_client_error() && table.json()["error"].is_string(), "{}", table.text);

    let page = world.get("/shops/one/runs/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<html") && page.text.contains("没有找到"), "{}", page.text);
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
    let world = World::new().await;
    let answer = world.post_bytes("/api/shops/one/import", vec![b'x'; super::super::LARGEST_FILE + 1]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.json()["error"].as_str().is_some_and(|why| why.contains("64 MB")), "{}", answer.text);
}

#[tokio::test]
async fn an_approval_of_something_else_than_what_was_shown_is_refused() {
    let world = World::new().await;
    world.run("one", "title-optimizer").await;
    let action = world.get("/api/shops/one/actions").await.json()[0].clone();
    let path = format!("/api/shops/one/actions/{}/approve", action["id"].as_str().expect("an id"));
    let other = world.post(&path, json!({ "hash": "0".repeat(64) })).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    let banned = world.post(&path, json!({ "hash": action["hash"], "edit": { "title": "全网最低保温杯" } })).await;
    assert_eq!(banned.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", banned.text);
    let yes = world.post(&path, json!({ "hash": action["hash"] })).await;
    assert_eq!((yes.status, yes.json()["state"]["state"].as_str()), (StatusCode::OK, Some("approved")), "{}", yes.text);
    let again = world.post(&path, json!({ "hash": action["hash"] })).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
}

#[tokio::test]
async fn what_the_merchant_typed_in_is_kept_for_this_shop_alone() {
    let world = World::new().await;
    let inputs = json!({ "entered": { "day": "2026-11-21", "points": "812.5", "level": "L2" }, "gates": { "satisfaction": "91.5" } });
    assert_eq!(world.post("/api/shops/one/growth-inputs", inputs).await.status, StatusCode::OK);
    assert_eq!(world.get("/api/shops/one/growth-inputs").await.json()["shown"][0]["points"], "812.5");
    assert_eq!(world.get("/api/shops/two/growth-inputs").await.json()["shown"], json!([]));
    let settings = world.get("/api/shops/one/settings").await.json();
    assert!(
        settings.as_array().expect("a list").contains(&json!(["growth.shown.0.level", "\"L2\"", "shop one"])),
        "{settings}"
    );
}
