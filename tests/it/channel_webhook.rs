//! Webhooks, against a receiver on a real socket.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::{DateTime, Utc};
use xiaoer::channel::webhook::{Address, Secret, Webhook};
use xiaoer::channel::{Channel as _, ChannelConfig, ChannelError, DeliveryError, Letter, Surroundings, open};
use xiaoer::clock::Clock;
use xiaoer::http;

use crate::channel_letter::{ABOUT, report};

/// A receiver that gives the prepared answers in turn, then 200.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) answers: Arc<Mutex<Vec<Reply>>>,
    pub(crate) got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    Wait(u16, &'static str),
    Silence,
}

impl Receiver {
    pub(crate) async fn start(answers: &[Reply]) -> (Self, SocketAddr) {
        let receiver = Self { answers: Arc::new(Mutex::new(answers.to_vec())), ..Self::default() };
        let app = Router::new().route("/secret-path", post(Self::take)).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, address)
    }

    async fn take(
        State(receiver): State<Self>,
        headers: HeaderMap,
        body: Bytes,
    ) -> (StatusCode, HeaderMap, &'static str) {
        receiver.got.lock().expect("unpoisoned").push((headers, body));
        let reply = {
            let mut answers = receiver.answers.lock().expect("unpoisoned");
            if answers.is_empty() { Reply::Status(200) } else { answers.remove(0) }
        };
        let status = |code| StatusCode::from_u16(code).expect("a status");
        let mut headers = HeaderMap::new();
        match reply {
            Reply::Status(code) => (status(code), headers, "words of the receiver"),
            Reply::Wait(code, seconds) => {
                headers.insert("retry-after", seconds.parse().expect("a header"));
                (status(code), headers, "")
            }
            Reply::Silence => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                (StatusCode::OK, headers, "")
            }
        }
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        let got = self.got.lock().expect("unpoisoned");
        got.iter().map(|(headers, _)| headers["webhook-id"].to_str().expect("ascii").to_owned()).collect()
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-23T00:03:05Z".parse().expect("a time")
}

pub(crate) fn webhook(address: SocketAddr) -> Webhook {
    let url = Address::parse(&format!("http://{address}/secret-path?key=k1")).expect("an address");
    let secret = Secret::parse("this is secret").expect("a secret");
    Webhook::new(http::client(), url, Some(secret), Clock::standing_at(now())).waiting(Duration::from_millis(300))
}

async fn outcome(reply: Reply) -> Result<(), DeliveryError> {
    let (_, address) = Receiver::start(&[reply]).await;
    webhook(address).deliver(&Letter::of(&ABOUT, &report())).await
}

#[tokio::test]
async fn a_letter_arrives_signed_over_its_id_its_time_and_its_body() {
    let (receiver, address) = Receiver::start(&[]).await;
    let letter = Letter::of(&ABOUT, &report());
    webhook(address).deliver(&letter).await.expect("taken");
    let got = receiver.got.lock().expect("unpoisoned").clone();
    let [(headers, body)] = got.as_slice() else { panic!("{} requests", got.len()) };
    assert_eq!(headers["webhook-id"], letter.id);
    assert_eq!(headers["webhook-timestamp"], now().timestamp().to_string());
    assert_eq!(headers["content-type"], "application/json");
    let signature = Secret::parse("this is secret").expect("a secret").sign(&letter.id, now().timestamp(), body);
    assert_eq!(headers["webhook-signature"], signature);
    let body: serde_json::Value = serde_json::from_slice(body).expect("json");
    for (key, value) in [("id", &letter.id), ("title", &letter.title), ("text", &letter.text), ("shop", &letter.shop)] {
        assert_eq!(body[key], **value);
    }
    assert_eq!((&body["as_of"], &body["report"]), (&"2026-11-22".into(), &letter.json));
}

#[tokio::test]
async fn the_status_decides_what_happens_next() {
    assert_eq!(outcome(Reply::Status(204)).await, Ok(()));
    for later in [500, 502, 503, 408, 429] {
        let sent = outcome(Reply::Status(later)).await;
        assert!(matches!(sent, Err(DeliveryError::Later { after: None, .. })), "{later}: {sent:?}");
    }
    let asked = outcome(Reply::Wait(429, "90")).await;
    assert!(
        matches!(asked, Err(DeliveryError::Later { after: Some(after), .. }) if after == Duration::from_secs(90)),
        "{asked:?}"
    );
    for never in [301, 400, 401, 403, 404, 410] {
        let sent = outcome(Reply::Status(never)).await;
        assert!(matches!(sent, Err(DeliveryError::Permanent(_))), "{never}: {sent:?}");
    }
}

#[tokio::test]
async fn silence_is_an_unknown_outcome_and_a_closed_door_is_not() {
    let silent = outcome(Reply::Silence).await;
    assert!(matches!(silent, Err(DeliveryError::Unknown(_))), "{silent:?}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let closed = webhook(address).deliver(&Letter::of(&ABOUT, &report())).await;
    assert!(matches!(closed, Err(DeliveryError::Later { .. })), "{closed:?}");
}

#[tokio::test]
async fn no_error_tells_the_address_or_the_receivers_words() {
    for reply in [Reply::Status(500), Reply::Status(302), Reply::Status(403), Reply::Silence] {
        let error = outcome(reply).await.expect_err("a failure");
        let told = format!("{error} {error:?}");
        for secret in ["127.0.0.1", "secret-path", "k1", "words of the receiver"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

fn opened(text: &str, env: &[(&str, &str)]) -> Result<usize, ChannelError> {
    let configs: BTreeMap<String, ChannelConfig> = toml::from_str(text).expect("a good file");
    let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let around = Surroundings { data: Path::new("data"), env: &env, client: http::client(), clock: Clock::default() };
    open(&configs, &around).map(|channels| channels.len())
}

#[test]
fn a_channel_that_cannot_work_stops_the_start_by_name() {
    let hook = |rest: &str| format!("[group]\ntype = 'webhook'\n{rest}\n[files]\ntype = 'file'\ndir = 'reports'");
    let set = [("HOOK", "https://hooks.example/x"), ("BAD", "hooks.example/token")];
    assert_eq!(opened(&hook("url_env = 'HOOK'"), &set), Ok(2));
    assert_eq!(opened(&hook("url = 'https://hooks.example/x'\nsecret = 'whsec_c2VjcmV0'"), &set), Ok(2));
    let said = |rest: &str| opened(&hook(rest), &set).expect_err("must not open").to_string();
    assert_eq!(said("url_env = 'NOT_SET'"), "[channel.group]: the environment variable NOT_SET is not set");
    assert_eq!(said(""), "[channel.group]: give exactly one of url and url_env");
    assert_eq!(
        said("url = 'https://a.example'\nurl_env = 'HOOK'"),
        "[channel.group]: give exactly one of url and url_env"
    );
    assert_eq!(said("url_env = 'BAD'"), "[channel.group]: the address is no http:// or https:// URL");
    assert!(said("url_env = 'HOOK'\nsecret = 'whsec_!'").contains("no base64"));
    assert!(said("url_env = 'HOOK'\nsecret_env = 'NOT_SET'").contains("NOT_SET is not set"));
}

#[test]
fn settings_that_are_shown_never_show_an_address_or_a_secret() {
    let text = "type = 'webhook'\nurl = 'https://hooks.example/token-1'\nsecret = 'token-2'";
    let config: ChannelConfig = toml::from_str(text).expect("a good file");
    for shown in [format!("{config:?}"), toml::to_string(&config).expect("plain data")] {
        assert!(!shown.contains("token-") && shown.contains("***"), "{shown}");
    }
    let typo = toml::from_str::<ChannelConfig>("type = 'file'\ndir = 'x'\nmode = 7").expect_err("an unknown key");
    assert!(typo.message().contains("mode"), "{typo}");
}
