//! A scripted provider on a real port. The `model` of a request chooses how it misbehaves; it counts and keeps what it was asked.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// What a good model writes.
pub(crate) const GOOD: &str = "昨日支付金额{gmv}，较前日下降{gmv_prev}。";
/// What a good model answers to a typed question.
pub(crate) const GOOD_JSON: &str = r#"{"title":"加厚保温杯500ml","mood":"calm"}"#;
/// Stands in every body of the fake that is no answer; it must never be seen in a log or an error.
pub(crate) const CANARY: &str = "canary-张三-13800138000";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Clone, Default)]
pub(crate) struct Fake {
    asked: Arc<Mutex<BTreeMap<String, Vec<Asked>>>>,
    /// Questions that are being answered, and the most there ever were.
    open: Arc<Mutex<BTreeMap<String, (usize, usize)>>>,
    /// Up to and with the version.
    pub(crate) base: String,
}

impl Fake {
    /// Serves on a free port until the test ends.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        let fake = Self { base: format!("http://{address}/v1"), ..Self::default() };
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// The most questions that a model was asked at the same time.
    pub(crate) fn most_at_once(&self, model: &str) -> usize {
        self.open.lock().expect("no panic while counting").get(model).map_or(0, |(_, most)| *most)
    }

    async fn slowly(&self, model: &str) {
        {
            let mut open = self.open.lock().expect("no panic while counting");
            let (now, most) = open.entry(model.to_owned()).or_default();
            *now += 1;
            *most = (*most).max(*now);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.open.lock().expect("no panic while counting").entry(model.to_owned()).or_default().0 -= 1;
    }

    /// What a model was asked, in order.
    pub(crate) fn asked(&self, model: &str) -> Vec<Asked> {
        self.asked.lock().expect("no panic while counting").get(model).cloned().unwrap_or_default()
    }
}

fn said(content: impl Into<Value>, finish: impl Into<Value>) -> Value {
    json!({
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content.into()}, "finish_reason": finish.into()}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    })
}

fn error(message: &str, kind: Value, code: Value) -> Value {
    json!({"error": {"message": format!("{message} {CANARY}"), "type": kind, "param": null, "code": code}})
}

/// A body that stops before its end: cut off, or never going on.
fn unfinished(goes_on: bool) -> Response {
    let text = said(GOOD, "stop").to_string();
    let half = Bytes::from(text.as_bytes()[..text.len() / 2].to_vec());
    let stream = futures::stream::unfold(Some(half), move |rest| async move {
        match rest {
            Some(half) => Some((Ok(half), None)),
            None if goes_on => {
                tokio::time::sleep(Duration::from_secs(600)).await;
                None
            }
            None => Some((Err(std::io::Error::other("cut")), None)),
        }
    });
    ([("content-type", "application/json")], Body::from_stream(stream)).into_response()
}

async fn answer(State(fake): State<Fake>, headers: HeaderMap, body: String) -> Result<Response, Infallible> {
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    let nth = {
        let mut asked = fake.asked.lock().expect("no panic while counting");
        let list = asked.entry(model.clone()).or_default();
        list.push(Asked { headers, body: body.clone() });
        list.len()
    };
    if model == "echo" {
        let last = body["messages"].as_array().and_then(|messages| messages.last()).map(|said| said["content"].clone());
        return Ok(axum::Json(said(last.unwrap_or_default(), "stop")).into_response());
    }
    if body["stream"] == json!(true) && !model.starts_with("plain-") {
        return Ok(crate::llm_stream_fake::streamed(&model, nth));
    }
    Ok(match model.as_str() {
        "stall" => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            "".into_response()
        }
        "slow" => {
            fake.slowly("slow").await;
            axum::Json(said(GOOD, "stop")).into_response()
        }
        "stall-in-the-body" => unfinished(true),
        "cut-connection-always" => unfinished(false),
        "cut-connection-once" if nth == 1 => unfinished(false),
        name => {
            let (status, headers, body) = refuses(name, &body).unwrap_or_else(|| reply(name, nth));
            let mut response = (status, body).into_response();
            for (key, value) in headers {
                response.headers_mut().insert(key, value.parse().expect("a header"));
            }
            response
        }
    })
}

/// A field of the request that this model refuses.
fn refuses(model: &str, body: &Value) -> Option<Plain> {
    let field = model.strip_prefix("refuses-")?;
    let refused = json!({"error": {"message": CANARY, "param": field, "code": "unsupported_parameter"}});
    Some(if body.get(field).is_some() { status(400, refused) } else { ok(said(GOOD, "stop")) })
}

type Plain = (StatusCode, Vec<(&'static str, &'static str)>, Vec<u8>);

fn with(status: u16, headers: &[(&'static str, &'static str)], body: Vec<u8>) -> Plain {
    (StatusCode::from_u16(status).expect("a status"), headers.to_vec(), body)
}

fn status(status: u16, body: Value) -> Plain {
    with(status, &[], body.to_string().into_bytes())
}

fn ok(body: Value) -> Plain {
    status(200, body)
}

fn good() -> Plain {
    ok(said(GOOD, "stop"))
}

fn reply(model: &str, nth: usize) -> Plain {
    refusing(model, nth).or_else(|| oddly(model, nth)).or_else(|| wrongly(model, nth)).unwrap_or_else(good)
}

/// Replies that are no success, or none at all.
fn refusing(model: &str, nth: usize) -> Option<Plain> {
    let limit = || error("slow down", json!("rate_limit_exceeded"), json!("rate_limit_exceeded"));
    Some(match model {
        "400-int-code" => status(400, error("bad", json!("BadRequestError"), json!(400))),
        "400-siliconflow" => status(400, json!({"code": 20012, "message": CANARY, "data": null})),
        "400-dashscope" => status(
            400,
            error("<400> InternalError.Algo", json!("invalid_request_error"), json!("invalid_parameter_error")),
        ),
        "400-context" => {
            status(400, error("maximum context length is 8192 tokens", json!("invalid_request_error"), json!(null)))
        }
        "400-filter" => status(
            400,
            error(
                "Output data may contain inappropriate content",
                json!("data_inspection_failed"),
                json!("data_inspection_failed"),
            ),
        ),
        "400-list" => status(400, json!([{"error": {"code": 400, "message": CANARY}}])),
        "401" => status(401, json!({"detail": CANARY})),
        "402" => status(402, json!({"error": CANARY})),
        "404" => status(404, error("no such model", json!(null), json!("model_not_found"))),
        "307" => with(307, &[("location", "/elsewhere")], Vec::new()),
        "429-twice" | "429-int-code-twice" | "429-siliconflow-twice" | "html-502-twice" if nth > 2 => good(),
        "429-twice" => status(429, limit()),
        "429-int-code-twice" => status(429, error("slow", json!("TooManyRequests"), json!(429))),
        "429-siliconflow-twice" => status(429, json!({"code": 50603, "message": CANARY, "data": null})),
        "html-502-twice" => with(502, &[("content-type", "text/html")], format!("<html>{CANARY}</html>").into_bytes()),
        "429-after-seconds" | "429-after-date" | "503-after-seconds" if nth > 1 => good(),
        "429-after-seconds" | "429-after-an-hour" => {
            with(429, &[("retry-after", if nth == 1 { "1" } else { "3600" })], limit().to_string().into_bytes())
        }
        "429-after-date" => {
            with(429, &[("retry-after", "Wed, 23 Nov 2099 00:00:10 GMT")], limit().to_string().into_bytes())
        }
        "503-after-seconds" => with(503, &[("retry-after", "1")], b"busy".to_vec()),
        "429-always" => status(429, limit()),
        "429-quota" => status(429, error("no money", json!("insufficient_quota"), json!("insufficient_quota"))),
        "500-always" => status(500, error("boom", json!(null), json!(null))),
        "html-200" => with(200, &[("content-type", "text/html")], format!("<html>{CANARY}</html>").into_bytes()),
        "empty-200" => with(200, &[], Vec::new()),
        "half-json-200" => {
            with(200, &[], format!("{{\"choices\":[{{\"message\":{{\"content\":\"{CANARY}").into_bytes())
        }
        "null-200" => ok(Value::Null),
        "no-utf8-200" => with(200, &[], b"{\"choices\":[{\"message\":{\"content\":\"\xff\xfe\"}}]}".to_vec()),
        "error-in-200" => ok(json!({"error": {"message": CANARY, "code": "model_not_found"}})),
        "busy-in-200" => ok(json!({"code": 503, "message": CANARY})),
        _ => return None,
    })
}

/// Right answers in odd forms, and odd forms without an answer.
fn oddly(model: &str, nth: usize) -> Option<Plain> {
    let without = |field: &str| {
        let mut body = said(GOOD, "stop");
        body.as_object_mut().expect("an object").remove(field);
        ok(body)
    };
    let message =
        |message: Value, finish: Value| ok(json!({"choices": [{"message": message, "finish_reason": finish}]}));
    Some(match model {
        "finish-sensitive" => ok(said("好", "sensitive")),
        "finish-empty" => ok(said(GOOD, "")),
        "finish-null" => ok(said(GOOD, Value::Null)),
        "finish-length" => ok(said("昨日支付金额{gmv}，较前", "length")),
        "finish-length-once" if nth == 1 => ok(said("昨日支付金额{gmv}，较前", "length")),
        "finish-network-error" => ok(said("昨日支付", "network_error")),
        "no-id" => without("id"),
        "no-object" => without("object"),
        "no-usage" => without("usage"),
        "odd-fields" => {
            let mut body = said(GOOD, "stop");
            body["service_tier"] = json!("on_demand");
            body["created"] = json!("yesterday");
            body["usage"] = json!({"prompt_tokens": "many"});
            body["choices"][0]["index"] = json!("0");
            ok(body)
        }
        "tool-call-without-type" => message(
            json!({"content": null, "tool_calls": [{"id": "c", "function": {"name": "q", "arguments": {"a": 1}}}]}),
            json!("tool_calls"),
        ),
        "parts" => message(json!({"content": [{"type": "text", "text": GOOD}]}), json!("stop")),
        "reasoning-field" => message(json!({"content": GOOD, "reasoning_content": "一共三单，涨了5%"}), json!("stop")),
        "reasoning-only" => message(json!({"content": "", "reasoning_content": GOOD}), json!("stop")),
        "think-tags" => ok(said(format!("<think>涨了 5%</think>\n\n{GOOD}"), "stop")),
        "think-never-ends" => ok(said(format!("<think>{GOOD}"), "stop")),
        "fence" => ok(said(format!("```markdown\n{GOOD}\n```"), "stop")),
        "refusal-field" => message(json!({"content": null, "refusal": "I can't"}), json!("stop")),
        "no-choices" => ok(json!({"choices": []})),
        _ => return None,
    })
}

/// Wrong answers in the right form.
fn wrongly(model: &str, nth: usize) -> Option<Plain> {
    Some(match model {
        "two-megabytes" => ok(said("好".repeat(700_000), "stop")),
        "five-megabytes" => ok(said("好".repeat(1_700_000), "stop")),
        "figures-once" | "hidden-figures-once" if nth > 1 => good(),
        "figures-once" | "figures-always" => ok(said("昨日支付金额189797.95元，下降12%。", "stop")),
        "hidden-figures-once" => ok(said("昨日成交三\u{200b}百单，支付金额{gmv}。", "stop")),
        "wrong-direction-always" => ok(said("昨日支付金额{gmv}，较前日上升{gmv_prev}。", "stop")),
        "json" => ok(said(GOOD_JSON, "stop")),
        "json-in-words" => {
            ok(said(format!("<think>{{\"a\":1}}</think>好的：\n```json\n{GOOD_JSON}\n```\n请查收"), "stop"))
        }
        "json-two" => ok(said(format!("{GOOD_JSON}\n{GOOD_JSON}"), "stop")),
        "json-cut" => ok(said(r#"{"title":"加厚保温杯","mood":"ca"#, "length")),
        "json-cut-unsaid" => ok(said(r#"{"title":"加厚保温杯","mood":"ca"#, "stop")),
        "json-mended" if nth == 1 => ok(said(r#"{"title":"加厚保温杯","mood":"angry"}"#, "stop")),
        "json-mended" => ok(said(GOOD_JSON, "stop")),
        "json-new-figure" => ok(said(r#"{"title":"加厚保温杯600ml","mood":"calm"}"#, "stop")),
        "json-contact" => ok(said(r#"{"title":"加微信","mood":"calm"}"#, "stop")),
        _ => return None,
    })
}
