//! A model behind an OpenAI-compatible address.
//!
//! The client crate gives URLs, headers and request building; trust, retries, time and reading are ours: our own HTTP stack is put
//! under it (nothing retries unless this does), our own types go through it, and its configuration is written here so that no
//! `OPENAI_*` variable of the environment is ever read.
//!
//! Its own log lines hold whole bodies, so the subscriber silences it with [`SILENCED`]; besides, only bodies that it can read reach it.

use std::sync::Arc;
use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::reply::Reply;
use super::status::classify;
use super::{JsonMode, ModelConfig, ModelError};
use crate::http::{self, Breaker, Policy};

/// The filter directive that keeps the client crate's log lines out: they repeat what was asked and answered.
pub const SILENCED: &str = "async_openai=off";

/// An answer longer than this is none.
const LARGEST_BODY: usize = 4 << 20;

/// One turn of a talk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Message {
    role: &'static str,
    content: String,
}

impl Message {
    pub(super) fn system(content: String) -> Self {
        Self { role: "system", content }
    }

    pub(super) fn user(content: String) -> Self {
        Self { role: "user", content }
    }

    pub(super) fn assistant(content: String) -> Self {
        Self { role: "assistant", content }
    }
}

/// A model that can be asked.
pub(super) struct Model {
    config: ModelConfig,
    client: Client<Address>,
}

impl Model {
    pub(super) fn new(config: ModelConfig, policy: Policy) -> Self {
        let http = http::client();
        let wire = Arc::new(Wire {
            client: http.clone(),
            policy,
            timeout: config.timeout,
            breaker: Breaker::new(5, Duration::from_secs(20)),
        });
        // Replaces the crate's whole stack, its retries included. A cassette or a limit of calls at once becomes a layer here.
        let stack = tower::service_fn(move |factory: HttpRequestFactory| {
            let wire = Arc::clone(&wire);
            async move { wire.carry(&factory).await.map_err(|error| OpenAIError::Boxed(Box::new(error))) }
        });
        let client = Client::build(http, Address::of(&config)).with_http_service(stack);
        Self { config, client }
    }

    /// What reports call it.
    pub(super) fn name(&self) -> &str {
        &self.config.name
    }

    /// Asks once; busy and silent providers are tried again below. `schema` is that of a typed answer.
    pub(super) async fn ask(&self, talk: &[Message], schema: Option<&Value>) -> Result<String, ModelError> {
        let started = std::time::Instant::now();
        let reply: Result<Reply, OpenAIError> = self.client.chat().create_byot(self.request(talk, schema)).await;
        let answer = reply.map_err(failure).and_then(|reply| {
            let (prompt_tokens, answer_tokens) = reply.usage.unzip();
            tracing::debug!(model = self.name(), prompt_tokens, answer_tokens, "the model replied");
            reply.words()
        });
        let took_ms = started.elapsed().as_millis();
        match &answer {
            Ok(_) => tracing::info!(model = self.name(), took_ms, "asked the model"),
            Err(error) => tracing::warn!(model = self.name(), took_ms, %error, "asked the model in vain"),
        }
        answer
    }

    fn request(&self, talk: &[Message], schema: Option<&Value>) -> Map<String, Value> {
        // What the deployment adds comes first: it can never replace what the checks rely on.
        let mut request = self.config.extra.clone();
        request.insert("model".into(), json!(self.config.asked_for()));
        request.insert("messages".into(), json!(talk));
        request.insert("stream".into(), json!(false));
        request.insert(self.config.max_tokens_field.name().into(), json!(self.config.max_tokens));
        if let Some(temperature) = self.config.temperature {
            request.insert("temperature".into(), json!(temperature));
        }
        if let Some(format) = schema.and_then(|schema| response_format(self.config.json_mode, schema)) {
            request.insert("response_format".into(), format);
        }
        request
    }
}

fn response_format(mode: JsonMode, schema: &Value) -> Option<Value> {
    match mode {
        JsonMode::None => None,
        JsonMode::Object => Some(json!({"type": "json_object"})),
        // `strict` is left out: it wants every property required, which our types do not promise.
        JsonMode::Schema => Some(json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}})),
    }
}

/// The class of what the client crate hands back. Its own text is dropped: it may hold a body.
fn failure(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::Boxed(inner) => inner.downcast::<ModelError>().map_or(ModelError::Malformed, |error| *error),
        OpenAIError::Reqwest(error) => lost(&error),
        _ => ModelError::Malformed,
    }
}

/// Where and with which key, without the crate's own configuration: that one starts from the environment.
#[derive(Debug)]
struct Address {
    base: String,
    headers: HeaderMap,
    unused: SecretString,
}

impl Address {
    fn of(config: &ModelConfig) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(key) = &config.key {
            match HeaderValue::from_str(&format!("Bearer {}", key.exposed())) {
                Ok(mut value) => {
                    value.set_sensitive(true);
                    headers.insert(AUTHORIZATION, value);
                }
                Err(_) => tracing::warn!(
                    model = config.name,
                    "the model's key holds characters that no key has; asking without"
                ),
            }
        }
        Self { base: config.base().into(), headers, unused: SecretString::from("") }
    }
}

impl Config for Address {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.unused
    }
}

/// The stack below the client crate: breaker, retries, a time for each try, and the class of every failure.
struct Wire {
    client: reqwest::Client,
    policy: Policy,
    timeout: Duration,
    breaker: Breaker,
}

impl Wire {
    async fn carry(&self, factory: &HttpRequestFactory) -> Result<reqwest::Response, ModelError> {
        if !self.breaker.lets_through() {
            return Err(ModelError::Transient);
        }
        let tries = http::retrying(&self.policy, || async {
            let tried =
                tokio::time::timeout(self.timeout, self.once(factory)).await.unwrap_or(Err(ModelError::Timeout));
            self.breaker.record(tried.as_ref().err().is_none_or(|error| !error.provider_is_down()));
            tried
        });
        // The retry loop begins no try after the total; this ends one that began before.
        tokio::time::timeout(self.policy.total, tries).await.unwrap_or(Err(ModelError::Timeout))
    }

    /// One try, to the last byte: a time-out that ended with the head would not guard the body.
    async fn once(&self, factory: &HttpRequestFactory) -> Result<reqwest::Response, ModelError> {
        let mut request = factory.build().await.map_err(failure)?;
        // The shared client's own limit is for calls that take seconds.
        *request.timeout_mut() = Some(self.timeout);
        let mut response = self.client.execute(request).await.map_err(|error| lost(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_BODY {
                return Err(ModelError::Malformed);
            }
        }
        if !status.is_success() {
            let error = classify(status, &headers, &body);
            tracing::debug!(status = status.as_u16(), %error, "the provider refused");
            return Err(error);
        }
        // Read twice on purpose: what the client crate cannot read it logs, and no body belongs in a log.
        serde_json::from_slice::<IgnoredAny>(&body).map_err(|_| ModelError::Malformed)?;
        Ok(axum::http::Response::new(reqwest::Body::from(body)).into())
    }
}

/// The class of a reply that did not arrive.
fn lost(error: &reqwest::Error) -> ModelError {
    if error.is_timeout() {
        ModelError::Timeout
    } else if error.is_builder() {
        ModelError::BadRequest { param: Some("base_url".into()) }
    } else {
        ModelError::Transient
    }
}
