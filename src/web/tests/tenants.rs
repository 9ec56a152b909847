//! Two shops, and a wall between them.

use axum::http::{Method, StatusCode};

use super::{World, paths, with_token};

#[tokio::test]
async fn no_route_of_one_shop_gives_or_takes_anything_of_another() {
    let world = World::new().await;
    let run = world.run("one", "title-optimizer").await;
    let actions = world.get("/api/shops/one/actions").await.json();
    let action = actions[0]["id"].as_str().expect("the skill proposes a title").to_owned();
    let first = serde_json::json!({ "role": "service", "text": "one商品的主图怎么样" });
    let talk = world.post("/api/shops/one/talks", first).await.json();
    let talk = talk["id"].as_str().expect("a talk").to_owned();
    let picture =
        crate::shop::kept::Kept::new(world.app.db.clone()).keep("one", b"BM of shop one").await.expect("kept");
    let fill = |path: &str, shop: &str| {
        path.replace("{shop}", shop)
            .replace("{run}", &run)
            .replace("{action}", &action)
            .replace("{talk}", &talk)
            .replace("{fact}", "checked")
            .replace("{part}", "recent")
            .replace("{plan}", "2026-11-23-0123456789ab")
            .replace("{sha256}", &picture)
            .replace("{product}", "70001")
            .replace("{n}", "0")
    };
    let before = world.app.desk.get("one", &action).await.expect("read");
    for path in paths().into_iter().filter(|path| path.contains("{shop}")) {
        for method in [Method::GET, Method::POST] {
            let body = match path {
                _ if method == Method::GET => "",
                path if path.ends_with("/ask") => r#"{"text":"x"}"#,
                _ => r#"{"hash":"x"}"#,
            };
            let request = with_token(method.clone(), &fill(path, "two")).header("content-type", "application/json");
            let answer = world.send(request.body(body.into()).expect("a request")).await;
            assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text);
            let of_one =
                ["第一家店", "one商品", "one-1", action.as_str()].into_iter().find(|word| answer.text.contains(word));
            // The switch in the head names every shop; that is the operator's own list.
            let page = answer.text.contains("<nav");
            assert!(
                of_one.is_none() || (page && of_one == Some("第一家店")),
                "{method} {path} of shop two tells {of_one:?}"
            );
            let is_there = !matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
            let of_one_run = ["{run}", "{action}", "{talk}", "{sha256}"].iter().any(|one| path.contains(one));
            assert!(
                !(of_one_run && is_there),
                "{method} {path} finds the other shop's object: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    for query in ["part=turnover", "part=dropping", "part=dropping&day=2026-12-01", "as_of=2026-11-10"] {
        for path in [format!("/shops/two/score?{query}"), format!("/api/shops/two/score/contributions?{query}")] {
            let answer = world.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            assert!(answer.text.contains("two-1") && !answer.text.contains("one-1"), "{path}");
        }
    }
    assert_eq!(world.app.desk.get("one", &action).await.expect("read"), before);
    assert_eq!(world.get(&fill("/shops/{shop}/runs/{run}", "one")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_leave_of_one_shop_is_neither_seen_nor_given_nor_taken_back_by_another() {
    let world = World::new().await;
    let secret = "secret-of-shop-";
    for id in ["one", "two"] {
        let platform = serde_json::json!({
            "gateway": "http://127.0.0.1:1", "app_key": format!("100{id}"), "secret": format!("{secret}{id}"),
            "token": format!("token-of-{id}"), "member_id": format!("b2b-{id}"),
        });
        let shop = serde_json::json!({
            "id": id, "name": id, "industry": "consumer", "zone": "Asia/Shanghai", "platform": platform,
        });
        let added = world.post("/api/shops", shop).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.text);
        assert!(!added.text.contains(secret) && !added.text.contains("token-of-"), "{}", added.text);
    }
    for path in paths().into_iter().filter(|path| path.contains("{shop}")) {
        for shop in ["one", "two"] {
            let answer = world.get(&path.replace("{shop}", shop).replace("{n}", "0").replace(['{', '}'], "")).await;
            assert!(!answer.text.contains(secret) && !answer.text.contains("token-of-"), "{path}");
            let other = if shop == "one" { "two" } else { "one" };
            assert!(!answer.text.contains(&format!("b2b-{other}")), "{path} of shop {shop} tells the other's member");
        }
    }
    let begun = world.post("/api/shops/one/authorization", serde_json::json!({})).await.json();
    let copied = serde_json::json!({ "code": "x", "state": begun["state"] });
    let refused = world.post("/api/shops/two/authorization/code", copied).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    let taken_back = world.post("/api/shops/two/authorization/withdraw", serde_json::json!({})).await;
    assert_eq!(taken_back.status, StatusCode::NO_CONTENT);
    let standing =
        async |shop: &str| world.get(&format!("/api/shops/{shop}/authorization")).await.json()["state"].clone();
    assert_eq!((standing("one").await, standing("two").await), ("endless".into(), "not_yet".into()));
}

#[tokio::test]
async fn a_shop_that_does_not_exist_has_no_pages_and_no_data() {
    let world = World::new().await;
    for path in paths().into_iter().filter(|path| path.contains("{shop}")) {
        let concrete = path.replace("{shop}", "three").replace("{n}", "0").replace(['{', '}'], "");
        let answer = world.get(&concrete).await;
        assert!(
            matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
            "{path}: {}",
            answer.status
        );
    }
}
