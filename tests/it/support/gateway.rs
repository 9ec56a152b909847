//! A gateway that hands out tokens by a script: pairs a1/r1, a2/r2, …, whatever reply a story wants instead, and a record of all that
//! was asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) type Fields = BTreeMap<String, String>;

#[derive(Default)]
pub(crate) struct Script {
    /// Access tokens that are taken.
    pub(crate) good: BTreeSet<String>,
    /// Refresh tokens that are taken.
    pub(crate) refresh: BTreeSet<String>,
    /// A refresh token is good once.
    pub(crate) rotates: bool,
    /// Whose tokens are handed out; empty: nobody says.
    pub(crate) member: String,
    /// When refresh tokens end.
    pub(crate) refresh_ends: String,
    /// Answers to the next questions for tokens, whatever they are.
    pub(crate) instead: VecDeque<(u16, String)>,
    /// Answers to the next calls.
    pub(crate) calls_instead: VecDeque<(u16, String)>,
    /// How long a question for tokens takes.
    pub(crate) slow: Duration,
    /// What was asked for tokens, with the method's name under `api`.
    pub(crate) asked: Vec<Fields>,
    /// Calls with their tokens.
    pub(crate) calls: Vec<String>,
    pairs: u32,
}

/// A gateway on a port of its own.
#[derive(Clone)]
pub(crate) struct Gateway {
    script: Arc<Mutex<Script>>,
    pub(crate) base: String,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("its address"));
        let script =
            Script { member: "b2b-1".into(), refresh_ends: "20270522080000000+0800".into(), ..Script::default() };
        let gateway = Self { script: Arc::new(Mutex::new(script)), base };
        let router = Router::new()
            .route("/openapi/http/1/system.oauth2/{api}/{key}", routing::post(tokens))
            .route("/openapi/param2/1/system.oauth2/{api}/{key}", routing::post(tokens))
            .route("/openapi/param2/1/{namespace}/{api}/{key}", routing::post(call))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no story panics with it")
    }

    /// How often tokens were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.script().asked.len()
    }
}

impl Script {
    /// Another pair, which is taken from now on.
    pub(crate) fn pair(&mut self) -> serde_json::Value {
        self.pairs += 1;
        let (access, refresh) = (format!("a{}", self.pairs), format!("r{}", self.pairs));
        self.good.insert(access.clone());
        self.refresh.insert(refresh.clone());
        json!({
            "access_token": access, "refresh_token": refresh, "expires_in": "36000",
            "refresh_token_timeout": self.refresh_ends, "memberId": self.member, "resource_owner": "buyer-login",
        })
    }
}

fn json_reply(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn tokens(
    State(gateway): State<Gateway>,
    Path((api, _)): Path<(String, String)>,
    Form(mut fields): Form<Fields>,
) -> Response {
    fields.insert("api".into(), api);
    let (slow, (status, body)) = {
        let mut script = gateway.script();
        script.asked.push(fields.clone());
        (script.slow, answer(&mut script, &fields))
    };
    tokio::time::sleep(slow).await;
    json_reply(status, body)
}

fn answer(script: &mut Script, fields: &Fields) -> (u16, String) {
    if let Some(instead) = script.instead.pop_front() {
        return instead;
    }
    let refresh = fields.get("refresh_token").cloned().unwrap_or_default();
    let is_good = fields.get("client_secret").is_some_and(|secret| secret == "app-secret-of-shop")
        && (fields.get("code").is_some_and(|code| code == "good") || script.refresh.contains(&refresh));
    if !is_good {
        return (400, r#"{"error_code":"invalid_grant","error_message":"refused"}"#.into());
    }
    if script.rotates {
        script.refresh.remove(&refresh);
    }
    (200, script.pair().to_string())
}

async fn call(
    State(gateway): State<Gateway>,
    Path((_, api, _)): Path<(String, String, String)>,
    Form(fields): Form<Fields>,
) -> Response {
    let mut script = gateway.script();
    let token = fields.get("access_token").cloned().unwrap_or_default();
    script.calls.push(format!("{api} {token}"));
    if let Some((status, body)) = script.calls_instead.pop_front() {
        return json_reply(status, body);
    }
    if !script.good.contains(&token) {
        return json_reply(401, r#"{"error_code":"401","error_message":"Request need user authorized"}"#.into());
    }
    json_reply(200, json!({ "result": { "memberId": script.member }, "success": true }).to_string())
}
