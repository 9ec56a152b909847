//! How an app comes to act for a shop: the page, the code, tokens, their renewal and their end.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::rig::{ORDERS, Rig, TRADE, generated, options};

const CALLBACK: &str = "http://127.0.0.1:9/back?from=1688";

fn ask<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("client_id", "1000000"), ("site", "1688"), ("redirect_uri", CALLBACK), ("state", "a&b=中")][..], more].concat()
}

async fn page(rig: &Rig, query: &[(&str, &str)]) -> reqwest::Response {
    rig.http.get(format!("{}/oauth/authorize", rig.base)).query(query).send().await.expect("an answer")
}

/// Opens the page, says yes and follows to where the code goes.
async fn agreed(rig: &Rig, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let answer = page(rig, &ask(&[&[("agree", "true")][..], more].concat())).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    assert!(location.starts_with("http://127.0.0.1:9/back?from=1688&"), "{location}");
    let url = reqwest::Url::parse(&location).expect("an address");
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn field(query: &[(String, String)], name: &str) -> String {
    query.iter().find(|(known, _)| known == name).expect(name).1.clone()
}

async fn exchanged(rig: &Rig, code: &str) -> (StatusCode, Value) {
    rig.get_token(&[("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", code)]).await
}

fn text(reply: &Value, name: &str) -> String {
    reply[name].as_str().unwrap_or_else(|| panic!("no {name} in {reply}")).to_owned()
}

#[tokio::test]
async fn a_merchant_says_yes_on_the_page_and_the_code_brings_the_tokens_of_that_shop() {
    let shops = vec![generated("演示店铺", 5), generated("二号店", 5)];
    let rig = Rig::with(xiaoer_sandbox::Options { shops, ..options() }).await;
    let html = page(&rig, &ask(&[])).await.text().await.expect("a page");
    assert!(html.contains("同意授权") && html.contains("二号店"), "{html}");

    let back = agreed(&rig, &[("shop", "二号店")]).await;
    assert_eq!(field(&back, "state"), "a&b=中", "the state comes back as it went");
    let (status, tokens) = exchanged(&rig, &field(&back, "code")).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(text(&tokens, "memberId"), rig.sandbox.shops()[1].member_id);
    assert_eq!(text(&tokens, "refresh_token_timeout"), "20270522100000000+0800", "180 days");

    // The clock stands still: two codes of one instant are still two.
    let again = field(&agreed(&rig, &[("shop", "二号店")]).await, "code");
    assert_eq!(exchanged(&rig, &again).await.0, StatusCode::OK);
    assert_eq!(exchanged(&rig, &again).await.1["error_code"], "invalid_grant", "good once");
}

#[tokio::test]
async fn the_page_refuses_strangers_and_shows_hostile_text_as_text() {
    let rig = Rig::start().await;
    for wrong in [
        vec![("client_id", "7"), ("site", "1688"), ("redirect_uri", CALLBACK)],
        vec![("client_id", "1000000"), ("site", "taobao"), ("redirect_uri", CALLBACK)],
        vec![("client_id", "1000000"), ("site", "1688"), ("redirect_uri", "javascript:alert(1)")],
        vec![("client_id", "1000000"), ("site", "1688")],
    ] {
        assert_eq!(
            page(&rig, &[wrong.as_slice(), &[("agree", "true")]].concat()).await.status(),
            StatusCode::BAD_REQUEST
        );
    }
    let hostile = [("client_id", "1000000"), ("site", "1688"), ("redirect_uri", CALLBACK), ("state", "\"><script>")];
    let html = page(&rig, &hostile).await.text().await.expect("a page");
    assert!(!html.contains("<script>") && html.contains("&quot;&gt;&lt;script&gt;"), "{html}");
}

#[tokio::test]
async fn a_refresh_drops_the_old_refresh_token_and_keeps_its_end() {
    let mut rig = Rig::start().await;
    let code = field(&agreed(&rig, &[]).await, "code");
    let first = exchanged(&rig, &code).await.1;
    rig.set_clock("2026-12-03T10:00:00+08:00").await;
    let (status, second) = rig.refresh(&text(&first, "refresh_token")).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(first["refresh_token_timeout"], second["refresh_token_timeout"]);
    assert_eq!(rig.refresh(&text(&first, "refresh_token")).await.1["error_code"], "invalid_grant");

    rig.token = text(&second, "access_token");
    rig.call(TRADE, ORDERS, &[]).await;
    rig.set_clock("2027-05-22T10:00:01+08:00").await;
    let late = rig.refresh(&text(&second, "refresh_token")).await;
    assert_eq!(late.1["error_code"], "invalid_grant", "half a year is over");
}

#[tokio::test]
async fn near_its_end_a_refresh_token_is_renewed_by_postpone_token_and_not_before() {
    let rig = Rig::start().await;
    let first = exchanged(&rig, &field(&agreed(&rig, &[]).await, "code")).await.1;
    let postpone = async |tokens: &Value| {
        let path = "param2/1/system.oauth2/postponeToken/1000000";
        let (access, refresh) = (text(tokens, "access_token"), text(tokens, "refresh_token"));
        let app = [("client_id", "1000000"), ("client_secret", "test123")];
        let (status, text) =
            rig.post(path, &[&app[..], &[("access_token", &access), ("refresh_token", &refresh)]].concat()).await;
        (status, serde_json::from_str::<Value>(&text).expect("JSON"))
    };
    assert_eq!(postpone(&first).await.0, StatusCode::BAD_REQUEST, "180 days are left");
    rig.set_clock("2027-04-25T10:00:00+08:00").await;
    let second = rig.refresh(&text(&first, "refresh_token")).await.1;
    let (status, third) = postpone(&second).await;
    assert_eq!(status, StatusCode::OK, "{third}");
    assert_eq!(text(&third, "refresh_token_timeout"), "20271022100000000+0800");
    assert_eq!(rig.refresh(&text(&second, "refresh_token")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(rig.refresh(&text(&third, "refresh_token")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_a_merchant_withdraws_is_gone_until_it_is_given_again_also_over_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = || xiaoer_sandbox::Options { state_dir: Some(dir.path().to_owned()), ..options() };
    let mut rig = Rig::with(kept()).await;
    let first = exchanged(&rig, &field(&agreed(&rig, &[]).await, "code")).await.1;
    rig.admin("authorizations/withdraw", json!({ "shop": "演示店铺" })).await;
    rig.stop().await;

    rig = Rig::with(kept()).await;
    rig.token = text(&first, "access_token");
    assert_eq!(rig.call_raw(TRADE, ORDERS, &[]).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(rig.refresh(&text(&first, "refresh_token")).await.1["error_code"], "invalid_grant");
    let given = exchanged(&rig, &field(&agreed(&rig, &[]).await, "code")).await.1;
    rig.token = text(&given, "access_token");
    rig.call(TRADE, ORDERS, &[]).await;
    rig.stop().await;
}

#[tokio::test]
async fn sub_accounts_are_authorised_listed_and_cancelled() {
    let rig = Rig::start().await;
    let login = rig.sandbox.shops()[0].login_id.clone();
    let list = format!("{login}:kefu1,{login}:kefu2,别家:kefu");
    let oauth = "system.oauth2";
    let added = rig.call(oauth, "subaccount.auth.add", &[("subUserIdentityList", &list)]).await;
    let value = &added["result"]["returnValue"];
    assert_eq!((&value[format!("{login}:kefu1")], &value["别家:kefu"]), (&json!(true), &json!(false)), "{added}");

    let one = json!([format!("{login}:kefu1")]).to_string();
    rig.call(oauth, "subaccount.auth.cancel", &[("subUserIdentityList", &one)]).await;
    let listed = rig.call(oauth, "subaccount.auth.list", &[("subUserIdentityList", &list)]).await;
    let relations = listed["result"]["returnValue"].as_array().expect("a list").clone();
    assert_eq!(relations.len(), 1, "{listed}");
    assert_eq!(relations[0]["subOwnerId"], format!("{login}:kefu2"));
    let bad = rig.call(oauth, "subaccount.auth.list", &[("subUserIdentityList", "[broken")]).await;
    assert_eq!(bad["result"]["errorCode"], "param_error");
}
