//! The stack below the client crate: recordings, limits, breaker, retries, a time for each try, and the class of every failure.
//!
//! Plain answers are read to the last byte here, streams line by line: what cannot be read never reaches the client crate, because that
//! would log it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Body, Response};
use serde::de::IgnoredAny;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cassette::{Cassette, Recording};
use super::lines::{Lines, Tape};
use super::status::classify;
use super::{ModelConfig, ModelError};
use crate::http::{self, Breaker, Policy};

/// An answer longer than this is none.
const LARGEST_BODY: usize = 4 << 20;
const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Wire {
    client: reqwest::Client,
    policy: Policy,
    timeout: Duration,
    idle: Duration,
    breaker: Breaker,
    places: Arc<Semaphore>,
    pace: Option<Pace>,
    cassette: Option<Cassette>,
}

impl Wire {
    pub(super) fn new(client: reqwest::Client, config: &ModelConfig, policy: Policy) -> Self {
        Self {
            client,
            policy,
            timeout: config.timeout,
            idle: config.idle,
            breaker: Breaker::new(5, Duration::from_secs(20)),
            places: Arc::new(Semaphore::new(config.at_once)),
            pace: config.per_minute.map(Pace::new),
            cassette: config.cassette.as_ref().map(Cassette::new),
        }
    }

    /// Whether answers are played back.
    pub(super) fn replays(&self) -> bool {
        self.cassette.as_ref().is_some_and(Cassette::replays)
    }

    /// Carries a question; `streams` when its answer is wanted in pieces.
    pub(super) async fn carry(&self, factory: &HttpRequestFactory, streams: bool) -> Result<Response, ModelError> {
        if let Some(cassette) = self.cassette.as_ref().filter(|cassette| cassette.replays()) {
            let request = factory.build().await.map_err(failure)?;
            let asked = request.body().and_then(Body::as_bytes).unwrap_or_default();
            return cassette.find(asked).map_or(Err(ModelError::Unrecorded), played);
        }
        if !self.breaker.lets_through() {
            return Err(ModelError::Transient);
        }
        let until = Instant::now() + self.policy.total;
        let tries = async {
            let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| ModelError::Transient)?;
            let place = Arc::new(Mutex::new(Some(place)));
            http::retrying(&self.policy, || async {
                if let Some(pace) = &self.pace {
                    pace.turn().await;
                }
                let once = self.once(factory, (streams, until), &place);
                let tried = tokio::time::timeout(self.timeout, once).await.unwrap_or(Err(ModelError::Timeout));
                self.breaker.record(tried.as_ref().err().is_none_or(|error| !error.provider_is_down()));
                tried
            })
            .await
        };
        // The retry loop begins no try after the total; this ends one that began before.
        tokio::time::timeout(self.policy.total, tries).await.unwrap_or(Err(ModelError::Timeout))
    }

    /// One try. A plain answer is read to its last byte: a time-out that ended with the head would not guard the body.
    async fn once(
        &self,
        factory: &HttpRequestFactory,
        (streams, until): (bool, Instant),
        place: &Place,
    ) -> Result<Response, ModelError> {
        let mut request = factory.build().await.map_err(failure)?;
        // The shared client's own limit is for calls that take seconds, and would end a stream.
        *request.timeout_mut() = Some(self.policy.total);
        let asked = || request.body().and_then(Body::as_bytes).unwrap_or_default().to_vec();
        let tape = self.cassette.as_ref().map(|cassette| Tape::new(cassette.clone(), asked()));
        let mut response = self.client.execute(request).await.map_err(|error| lost(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if status.is_success() && kind.starts_with("text/event-stream") {
            let held = place.lock().expect("nothing panics while holding it").take();
            return Ok(answer("text/event-stream", Lines::new(response, (self.idle, until), held, tape).body()));
        }
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
        if let Some(tape) = tape {
            tape.keep(&kind, &body);
        }
        // Some gateways do not stream, whatever they are asked: their whole answer is a stream of one event.
        if streams {
            body.splice(..0, *b"data: ");
            body.extend_from_slice(b"\n\n");
        }
        Ok(answer(&kind, Body::from(body)))
    }
}

/// A place among the requests at the same time; a stream takes it along.
type Place = Arc<Mutex<Option<OwnedSemaphorePermit>>>;

fn answer(kind: &str, body: Body) -> Response {
    let mut response = axum::http::Response::new(body);
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response.into()
}

fn played(recording: Recording) -> Result<Response, ModelError> {
    let status = reqwest::StatusCode::from_u16(recording.status).map_err(|_| ModelError::Malformed)?;
    if status.is_success() {
        Ok(answer(&recording.content_type, Body::from(recording.body)))
    } else {
        Err(classify(status, &axum::http::HeaderMap::new(), recording.body.as_bytes()))
    }
}

/// So many requests a minute, waited for in order.
struct Pace {
    most: usize,
    begun: tokio::sync::Mutex<VecDeque<Instant>>,
}

impl Pace {
    fn new(most: u32) -> Self {
        Self { most: most as usize, begun: tokio::sync::Mutex::default() }
    }

    async fn turn(&self) {
        let mut begun = self.begun.lock().await;
        if begun.len() >= self.most
            && let Some(oldest) = begun.pop_front()
        {
            // Whoever waits holds the lock: the next one waits behind.
            tokio::time::sleep_until((oldest + MINUTE).into()).await;
        }
        begun.push_back(Instant::now());
    }
}

/// The class of what the client crate hands back. Its own text is dropped: it may hold a body.
pub(super) fn failure(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::Boxed(inner) => inner.downcast::<ModelError>().map_or(ModelError::Malformed, |error| *error),
        OpenAIError::Reqwest(error) => lost(&error),
        _ => ModelError::Malformed,
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
