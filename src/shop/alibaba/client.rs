//! One call: pace, sign, post, judge. It never decides what a fault means, never sends a write twice, and puts neither secrets nor what
//! a reply says into a log or an error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::envelope::{self, Fault};
use super::failed::Failed;
use super::methods::Method;
use super::sign::signature;
use super::wire::china;
use crate::clock::Clock;
use crate::http::{Breaker, Policy, retrying};
use crate::secret::Secret;
use crate::shop::platform::ReadError;

/// No reply of ours is larger: 20 orders are about 100 kB.
const MAX_REPLY: usize = 16 << 20;

/// Fields of a call, in any order.
pub(super) type Params = Vec<(&'static str, String)>;

/// Bytes that go beside the fields of a call; they are not signed.
pub(super) struct Upload {
    /// The parameter's name.
    pub(super) field: &'static str,
    /// The name of the file, with its ending.
    pub(super) file: String,
    pub(super) bytes: Vec<u8>,
}

/// How a reply is judged before anyone reads it.
type Judge = fn(u16, &str) -> Result<(), Fault>;

/// What all calls of one shop share: the pace, and the memory of a platform that does not answer.
#[derive(Debug)]
pub struct Gate {
    every: Duration,
    next: Mutex<Instant>,
    breaker: Breaker,
}

impl Gate {
    /// Lets through so many calls a second, evenly.
    #[must_use]
    pub fn new(calls_per_second: u32) -> Self {
        let every = Duration::from_secs(1) / calls_per_second.max(1);
        Self { every, next: Mutex::new(Instant::now()), breaker: Breaker::new(8, Duration::from_secs(15)) }
    }

    async fn pass(&self) {
        let slot = {
            let mut next = self.next.lock().await;
            let slot = (*next).max(Instant::now());
            *next = slot + self.every;
            slot
        };
        tokio::time::sleep_until(slot.into()).await;
    }
}

/// Calls in one shop's name.
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) gateway: String,
    pub(super) pictures: String,
    pub(super) app_key: String,
    pub(super) secret: Secret,
    pub(super) token: Secret,
    pub(super) gate: Arc<Gate>,
    pub(super) clock: Clock,
    /// For the log.
    pub(super) shop: String,
}

impl Client {
    /// A read: tried again while that can help.
    pub(super) async fn read<T: DeserializeOwned>(&self, method: &Method, params: &Params) -> Result<T, ReadError> {
        retrying(&Policy::READ, || async {
            if !self.gate.breaker.lets_through() {
                return Err(ReadError::Resting);
            }
            let body =
                self.call(method, params, None, envelope::check).await.map_err(|failed| failed.of_read(method))?;
            serde_json::from_str(&body).map_err(|error| {
                tracing::warn!(
                    shop = self.shop,
                    api = method.name,
                    line = error.line(),
                    column = error.column(),
                    "a reply has an unknown shape"
                );
                ReadError::Unreachable { why: "平台返回的内容看不懂".into() }
            })
        })
        .await
    }

    /// A write: once. The reply's content is not asked for, since only the shop itself tells what took effect.
    pub(super) async fn write(&self, method: &Method, params: &Params) -> Result<(), Failed> {
        if !self.gate.breaker.lets_through() {
            return Err(Failed::NotSent("平台连续多次没有应答"));
        }
        self.call(method, params, None, envelope::check).await.map(drop)
    }

    /// A write whose reply says more than yes or no: once, and judged by the gateway's word alone.
    pub(super) async fn send(
        &self,
        method: &Method,
        params: &Params,
        upload: Option<Upload>,
    ) -> Result<String, Failed> {
        if !self.gate.breaker.lets_through() {
            return Err(Failed::NotSent("平台连续多次没有应答"));
        }
        self.call(method, params, upload, envelope::gateway).await
    }

    async fn call(
        &self,
        method: &Method,
        params: &Params,
        upload: Option<Upload>,
        judge: Judge,
    ) -> Result<String, Failed> {
        self.gate.pass().await;
        let started = Instant::now();
        let answered = self.post(method, params, upload, judge).await;
        let (code, request) = match &answered {
            Ok(body) => (String::new(), envelope::request_id(body)),
            Err((failed, request)) => (failed.code(), request.clone()),
        };
        let (ms, request) = (started.elapsed().as_millis(), request.unwrap_or_default());
        tracing::debug!(shop = self.shop, api = method.name, ms, code, request, "called the platform");
        // Only silence counts against the platform: a refusal is an answer.
        self.gate.breaker.record(!matches!(
            &answered,
            Err((Failed::NotSent(_) | Failed::Silent(_) | Failed::Fault(Fault::Broken { .. }), _))
        ));
        answered.map_err(|(failed, _)| failed)
    }

    async fn post(
        &self,
        method: &Method,
        params: &Params,
        upload: Option<Upload>,
        judge: Judge,
    ) -> Result<String, (Failed, Option<String>)> {
        let path = format!("param2/1/{}/{}/{}", method.namespace, method.name, self.app_key);
        let url = format!("{}/openapi/{path}", self.gateway.trim_end_matches('/'));
        let fields = self.signed(method, &path, params);
        let request = match upload {
            None => self.http.post(url).form(&fields),
            Some(Upload { field, file, bytes }) => {
                let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
                self.http.post(url).multipart(form.part(field, Part::bytes(bytes).file_name(file)))
            }
        };
        let request = request.build();
        // reqwest's own words hold the address, and a proxy's may hold more: none of them is passed on.
        let request = request.map_err(|_| (Failed::NotSent("网关地址不正确"), None))?;
        let mut reply = self.http.execute(request).await.map_err(|error| {
            let failed = match () {
                () if error.is_connect() => Failed::NotSent("连接不上网关"),
                () if error.is_timeout() => Failed::Silent("平台没有在限定时间内应答"),
                () => Failed::Silent("与平台的连接中断"),
            };
            (failed, None)
        })?;
        let status = reply.status().as_u16();
        let bytes = bounded(&mut reply, MAX_REPLY).await;
        let text = bytes.ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
        let body = text.ok_or((Failed::Silent("平台返回的内容不完整"), None))?;
        match judge(status, &body) {
            Ok(()) => Ok(body),
            Err(fault) => Err((Failed::Fault(fault), envelope::request_id(&body))),
        }
    }

    fn signed(&self, method: &Method, path: &str, params: &Params) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> =
            params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let now = self.clock.now().with_timezone(&china());
        fields.push(("_aop_timestamp".into(), now.timestamp_millis().to_string()));
        if method.token {
            fields.push(("access_token".into(), self.token.expose().to_owned()));
        }
        let signature = signature(self.secret.expose(), path, &fields);
        fields.push(("_aop_signature".into(), signature));
        fields
    }
}

/// None when there is more than `most`.
pub(super) async fn bounded(reply: &mut reqwest::Response, most: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = reply.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
