//! The gateway's checks, one refusal each, and their order.

use reqwest::StatusCode;
use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{ORDERS, REFUNDS, Rig, STOCK, TRADE, code, options, sign};

#[tokio::test]
async fn the_published_signatures_for_the_default_app_pass_the_gateway() {
    let rig = Rig::start().await;
    let file: Value = serde_json::from_str(include_str!("../fixtures/signature-vectors.json")).expect("vectors");
    let mut tried = 0;
    for vector in file["vectors"].as_array().expect("a list") {
        let path = vector["path"].as_str().unwrap_or("");
        if !path.ends_with("/1000000") || vector["secret"] != "test123" {
            continue;
        }
        let mut fields: Vec<(&str, &str)> = vector["params"]
            .as_object()
            .expect("fields")
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().expect("text")))
            .collect();
        fields.push(("_aop_signature", vector["signature"].as_str().expect("text")));
        let (status, text) = rig.post(path, &fields).await;
        tried += 1;
        match path {
            // No token: it is answered.
            "param2/1/system/currentTime/1000000" => {
                assert!(status.is_success() && text.contains("20261123100000000+0800"), "{text}")
            }
            // Methods that the sandbox does not have.
            path if path.contains("getBuyerOrderList") || path.contains("/ns/") => {
                assert!(text.contains("gw.APIUnsupported"), "{text}")
            }
            // The vectors' token is nobody's: refused one check later.
            _ => assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}"),
        }
    }
    assert!(tried >= 6);
}

#[tokio::test]
async fn each_check_refuses_with_its_own_code() {
    let rig = Rig::start().await;
    let path = format!("param2/1/{TRADE}/{ORDERS}/1000000");
    let token = ("access_token", rig.token.as_str());
    let wrong = [token, ("_aop_signature", "0D9350C0E6F3935DF4F80DFDC2434EB05AD8AB29")];
    let refused = [
        (rig.post("param2/1/com.alibaba.trade/alibaba.trade.noSuch/1000000", &[token]).await, "gw.APIUnsupported"),
        (rig.post(&format!("param2/2/{TRADE}/{ORDERS}/1000000"), &[token]).await, "gw.APIUnsupported"),
        (rig.post(&format!("xml2/1/{TRADE}/{ORDERS}/1000000"), &[token]).await, "gw.APIUnsupported"),
        (rig.post(&format!("param2/1/{TRADE}/{ORDERS}"), &[token]).await, "gw.AppKeyMissing"),
        (rig.post(&format!("param2/1/{TRADE}/{ORDERS}/7654321"), &[token]).await, "gw.APIACLDecline"),
        (rig.post(&path, &[token]).await, "gw.SignatureMissing"),
        (rig.post(&path, &wrong).await, "gw.SignatureInvalid"),
        (rig.call_raw(TRADE, ORDERS, &[("page", "first")]).await, "HSF Server unexpected exception"),
        (rig.call_raw("com.alibaba.product", STOCK, &[("webSite", "1688")]).await, "gw.ParamMissing"),
    ];
    for (answer, expected) in &refused {
        assert_eq!(code(answer), *expected);
        assert_eq!(answer.0, StatusCode::BAD_REQUEST, "{expected}");
    }
    assert!(refused[8].0.1.contains("Required argument productStockChange"));
}

#[tokio::test]
async fn a_missing_right_is_said_before_signature_token_and_parameters() {
    let rig = Rig::start().await;
    let answer = rig.post("param2/1/com.alibaba.product/alibaba.product.incrementModify/1000000", &[]).await;
    assert_eq!(code(&answer), "gw.APIACLDecline");

    rig.admin("rights", json!({ "withheld": [ORDERS] })).await;
    assert_eq!(code(&rig.call_raw(TRADE, ORDERS, &[]).await), "gw.APIACLDecline");
    let given = rig.call_raw("com.alibaba.product", "alibaba.product.incrementModify", &[]).await;
    assert_eq!(code(&given), "gw.ParamMissing", "the right was given back");
}

#[tokio::test]
async fn a_changed_field_breaks_the_signature() {
    let rig = Rig::start().await;
    let path = format!("param2/1/{TRADE}/{ORDERS}/1000000");
    let signature = sign("test123", &path, &[("access_token", &rig.token), ("page", "1")]);
    for (page, right) in [("1", true), ("2", false)] {
        let fields = [("access_token", rig.token.as_str()), ("page", page), ("_aop_signature", &signature)];
        assert_eq!(rig.post(&path, &fields).await.0.is_success(), right);
        // A query string is signed like a form.
        let url = format!("{}/openapi/{path}", rig.base);
        let answer = rig.http.get(url).query(&fields).send().await.expect("an answer");
        assert_eq!(answer.status().is_success(), right);
    }
}

#[tokio::test]
async fn a_form_with_a_file_is_signed_by_its_texts_alone() {
    let rig = Rig::start().await;
    let path = format!("param2/1/{TRADE}/{ORDERS}/1000000");
    let fields = [("access_token", rig.token.as_str()), ("page", "1"), ("productName", "保温")];
    let signature = sign("test123", &path, &fields);
    let part = |(name, value): &(&str, &str)| {
        format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let texts: String = fields.iter().chain(&[("_aop_signature", signature.as_str())]).map(part).collect();
    let file = "--line\r\nContent-Disposition: form-data; name=\"imageBytes\"; filename=\"a.png\"\r\n\r\n";
    // Three megabytes: as large as anything the platform takes.
    let body = format!("{texts}{file}{}\r\n--line--\r\n", "x".repeat(3 << 20));
    let sent = rig.http.post(format!("{}/openapi/{path}", rig.base));
    let sent = sent.header("content-type", "multipart/form-data; boundary=line").body(body);
    let answer = sent.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("text"));
}

#[tokio::test]
async fn the_time_is_told_unsigned_once_as_an_object_and_once_as_a_bare_number() {
    let rig = Rig::start().await;
    let (_, text) = rig.post("param2/1/system/currentTimeMillis/1000000", &[]).await;
    assert_eq!(text, "1795399200000");
    let (_, text) = rig.post("param2/1/system/currentTime/1000000", &[]).await;
    assert_eq!(text, r#"{"result":"20261123100000000+0800"}"#);
    let (_, text) = rig.post("param2/1/system/currentTime/1000000", &[("_aop_signature", "wrong")]).await;
    assert!(text.contains("gw.SignatureInvalid"), "an unsigned call that carries a signature must carry a right one");
}

#[tokio::test]
async fn a_code_becomes_tokens_once_and_a_token_ends_after_ten_hours() {
    let mut rig = Rig::start().await;
    let path = "http/1/system.oauth2/getToken/1000000";
    let code = rig.admin("codes", json!({ "shop": "演示店铺" })).await["code"].as_str().expect("a code").to_owned();
    let ask = [
        ("grant_type", "authorization_code"),
        ("client_id", "1000000"),
        ("client_secret", "test123"),
        ("need_refresh_token", "true"),
        ("code", &code),
    ];
    let (status, text) = rig.post(path, &ask).await;
    assert!(status.is_success(), "{text}");
    let tokens: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(tokens["expires_in"], "36000");
    assert_eq!(tokens["memberId"], rig.sandbox.shops()[0].member_id);
    assert!(rig.post(path, &ask).await.1.contains("invalid_grant"), "a code is good once");

    rig.token = tokens["access_token"].as_str().expect("text").to_owned();
    assert!(rig.call(TRADE, ORDERS, &[]).await["totalRecord"].as_i64() > Some(100));
    rig.set_clock("2026-11-23T20:00:01+08:00").await;
    let (status, text) = rig.call_raw(TRADE, ORDERS, &[]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(text.contains("expired"), "{text}");

    let refresh = tokens["refresh_token"].as_str().expect("text");
    let (_, text) = rig
        .post(
            path,
            &[
                ("grant_type", "refresh_token"),
                ("client_id", "1000000"),
                ("client_secret", "test123"),
                ("refresh_token", refresh),
            ],
        )
        .await;
    let tokens: Value = serde_json::from_str(&text).expect("JSON");
    rig.token = tokens["access_token"].as_str().expect("text").to_owned();
    rig.call(TRADE, ORDERS, &[]).await;
}

#[tokio::test]
async fn a_code_of_yesterday_and_a_token_with_one_changed_letter_are_worth_nothing() {
    let mut rig = Rig::start().await;
    let code = rig.admin("codes", json!({ "shop": "演示店铺" })).await["code"].as_str().expect("a code").to_owned();
    rig.set_clock("2026-11-23T10:02:01+08:00").await;
    let ask =
        [("grant_type", "authorization_code"), ("client_id", "1000000"), ("client_secret", "test123"), ("code", &code)];
    assert!(rig.post("http/1/system.oauth2/getToken/1000000", &ask).await.1.contains("invalid_grant"));

    let last = if rig.token.ends_with('0') { '1' } else { '0' };
    rig.token.pop();
    rig.token.push(last);
    assert_eq!(rig.call_raw(TRADE, ORDERS, &[]).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn revoked_tokens_are_expired_and_a_refresh_gives_new_ones() {
    let rig = Rig::start().await;
    rig.admin("tokens/revoke", json!({ "shop": "演示店铺" })).await;
    let (status, text) = rig.call_raw(TRADE, ORDERS, &[]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(text.contains("expired"), "{text}");
    let refresh = &rig.sandbox.shops()[0].refresh_token;
    let ask = [
        ("grant_type", "refresh_token"),
        ("client_id", "1000000"),
        ("client_secret", "test123"),
        ("refresh_token", refresh),
    ];
    let (status, text) = rig.post("param2/1/system.oauth2/getToken/1000000", &ask).await;
    assert!(status.is_success(), "{text}");
}

#[tokio::test]
async fn too_many_calls_a_second_get_a_refusal_with_http_200() {
    let rig = Rig::with(Options { calls_per_second: Some(1), ..options() }).await;
    let mut limited = 0;
    for _ in 0..4 {
        let answer = rig.call_raw(TRADE, REFUNDS, &[]).await;
        if answer.1.contains("gw.QosRequestLimit") {
            assert_eq!(answer.0, StatusCode::OK);
            limited += 1;
        }
    }
    assert!(limited >= 1);
}
