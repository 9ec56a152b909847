//! The way to the API of an installation: over the network, or inside the process that serves it. Always with the caller's own token,
//! so that nobody gets further by asking through a tool.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt as _;

/// Most bytes of an answer: a report with its facts is far smaller.
const LARGEST: usize = 32 * 1024 * 1024;

/// Who asks.
#[derive(Clone)]
pub struct Caller {
    /// What lets them in at the API.
    pub token: String,
    /// Where they reach the console: scheme and host, no path.
    pub console: String,
}

/// Why the API did not answer: one sentence for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// A way to the API.
#[async_trait]
pub trait Door: Send + Sync + 'static {
    /// Gets a path, or posts a body to it.
    ///
    /// # Errors
    /// What the API said, in one sentence.
    async fn ask(&self, token: &str, path: &str, body: Option<Value>) -> Result<Value, Refusal>;
}

/// A shop, as far as every caller is told of it.
#[derive(Deserialize)]
pub(super) struct KnownShop {
    pub(super) id: String,
    pub(super) name: String,
}

/// The shops that a caller may ask in.
pub(super) async fn shops(door: &dyn Door, caller: &Caller) -> Result<Vec<KnownShop>, Refusal> {
    typed(door.ask(&caller.token, "/api/shops", None).await?)
}

/// An installation that is reached over the network.
pub struct Network {
    client: reqwest::Client,
    base: String,
}

impl Network {
    /// The installation at this address: scheme and host, no path.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self { client: crate::http::client(), base: base.trim_end_matches('/').to_owned() }
    }
}

#[async_trait]
impl Door for Network {
    async fn ask(&self, token: &str, path: &str, body: Option<Value>) -> Result<Value, Refusal> {
        let url = format!("{}{path}", self.base);
        let request = match body {
            Some(body) => self.client.post(url).json(&body),
            None => self.client.get(url),
        };
        let away = |_| Refusal(format!("小二没有应答（{}）：请先启动 xiaoer serve，再试一次", self.base));
        let response = request.bearer_auth(token).send().await.map_err(away)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(away)?;
        read(status, &bytes)
    }
}

/// The installation that this process serves.
pub(super) struct InHouse(pub(super) Router);

#[async_trait]
impl Door for InHouse {
    async fn ask(&self, token: &str, path: &str, body: Option<Value>) -> Result<Value, Refusal> {
        let unreadable = || Refusal("这个请求写不成一个地址，请检查参数".into());
        let (method, body) = match body {
            Some(body) => (Method::POST, Body::from(body.to_string())),
            None => (Method::GET, Body::empty()),
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| unreadable())?;
        let Ok(response) = self.0.clone().oneshot(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), LARGEST).await.map_err(|_| unreadable())?;
        read(status, &bytes)
    }
}

fn read(status: StatusCode, bytes: &[u8]) -> Result<Value, Refusal> {
    let said: Value = serde_json::from_slice(bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(said);
    }
    let why = said["error"].as_str().map_or_else(|| format!("小二回答了 {status}"), str::to_owned);
    Err(Refusal(why))
}

/// An answer as its type.
///
/// # Errors
/// The two sides are of different versions.
pub(super) fn typed<T: DeserializeOwned>(said: Value) -> Result<T, Refusal> {
    serde_json::from_value(said).map_err(|_| Refusal("小二的回答看不懂：两边的版本不一样，请升级到同一版本".into()))
}
