//! A model behind an OpenAI-compatible address.
//!
//! The client crate gives URLs, headers, request building and the framing of streams; trust, retries, time and reading are ours: our
//! own HTTP stack is put under it (nothing retries unless this does), our own types go through it, and its configuration is written
//! here so that no `OPENAI_*` variable of the environment is ever read.
//!
//! Its own log lines hold whole bodies, so the subscriber silences it with [`SILENCED`]; besides, only bodies that it can read reach it.

use std::sync::{Arc, Mutex};

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures::StreamExt as _;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;

use super::capability::Capability;
use super::prices::Tokens;
use super::reply::Reply;
use super::request::{self, Wanted};
use super::stream::{Hearing, Piece};
use super::talk::{Said, Turn};
use super::wire::{Wire, failure};
use super::{ModelConfig, ModelError};
use crate::http::{self, Policy};

/// The filter directive that keeps the client crate's log lines out: they repeat what was asked and answered.
pub const SILENCED: &str = "async_openai=off";
/// Fields that a provider may refuse and that an answer does without.
const DISPENSABLE: [&str; 3] = ["response_format", "temperature", "stream_options"];

/// Hears words as they arrive. They are unchecked.
pub type Ear<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// A model that can be asked.
pub(super) struct Model {
    pub(super) config: ModelConfig,
    pub(super) known: Capability,
    /// Asks for answers that come whole.
    whole: Client<Address>,
    /// Asks for answers that come in pieces.
    pieces: Client<Address>,
    wire: Arc<Wire>,
    /// Fields that this provider has refused.
    unwanted: Mutex<Vec<String>>,
}

/// What a model said and what the provider counted.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) turn: Turn,
    pub(super) tokens: Option<Tokens>,
}

impl Model {
    pub(super) fn new(config: ModelConfig, policy: Policy) -> Self {
        let http = http::client();
        let wire = Arc::new(Wire::new(http.clone(), &config, policy));
        let client = |streams| {
            let below = Arc::clone(&wire);
            // Replaces the crate's whole stack, its retries included.
            let stack = tower::service_fn(move |factory: HttpRequestFactory| {
                let wire = Arc::clone(&below);
                async move { wire.carry(&factory, streams).await.map_err(|error| OpenAIError::Boxed(Box::new(error))) }
            });
            Client::build(http.clone(), Address::of(&config)).with_http_service(stack)
        };
        let (whole, pieces) = (client(false), client(true));
        Self { known: config.capability(), config, whole, pieces, wire, unwanted: Mutex::default() }
    }

    /// What reports call it.
    pub(super) fn name(&self) -> &str {
        &self.config.name
    }

    /// Whether its answers are played back.
    pub(super) fn replays(&self) -> bool {
        self.wire.replays()
    }

    /// Asks once; busy and silent providers are tried again below. With an ear the answer comes in pieces.
    pub(super) async fn ask(&self, talk: &[Said], wanted: Wanted<'_>) -> Result<Answered, ModelError> {
        loop {
            let unwanted = self.unwanted.lock().expect("nothing panics while holding it").clone();
            let body = request::body(&self.config, &self.known, talk, wanted, &unwanted);
            let fields: Vec<String> = body.keys().filter(|field| self.dispensable(field)).cloned().collect();
            let answer = match wanted.ear {
                None => self.plainly(body).await,
                Some(ear) => self.in_pieces(body, ear).await,
            };
            // A field that this provider does not know is left out from now on.
            match &answer {
                Err(ModelError::BadRequest { param: Some(param) }) => {
                    let field = param.split(['.', '[']).next().unwrap_or_default();
                    if !fields.iter().any(|sent| sent == field) {
                        return answer;
                    }
                    tracing::info!(model = self.name(), field, "the provider refuses a field; asking without it");
                    self.unwanted.lock().expect("nothing panics while holding it").push(field.to_owned());
                }
                _ => return answer,
            }
        }
    }

    /// Whether an answer does without a field of a question.
    fn dispensable(&self, field: &str) -> bool {
        DISPENSABLE.contains(&field) || self.known.thinking_off.contains_key(field)
    }

    async fn plainly(&self, body: serde_json::Map<String, serde_json::Value>) -> Result<Answered, ModelError> {
        let reply: Reply = self.whole.chat().create_byot(body).await.map_err(failure)?;
        let tokens = reply.tokens;
        Ok(Answered { turn: reply.turn(self.name())?, tokens })
    }

    async fn in_pieces(
        &self,
        body: serde_json::Map<String, serde_json::Value>,
        ear: Ear<'_>,
    ) -> Result<Answered, ModelError> {
        let mut stream = self.pieces.chat().create_stream_byot::<_, Piece>(body).await.map_err(failure)?;
        let mut hearing = Hearing::default();
        while let Some(piece) = stream.next().await {
            let words = hearing.hear(&piece.map_err(failure)?)?;
            if !words.is_empty() {
                ear(&words);
            }
        }
        let tokens = hearing.tokens;
        Ok(Answered { turn: hearing.turn(self.name())?, tokens })
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
