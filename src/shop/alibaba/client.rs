//! One call: leave, pace, sign, post, judge. It never decides what a fault means, never sends a write twice, and puts neither secrets nor
//! what a reply says into a log or an error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;

use super::envelope::{self, Fault};
use super::failed::Failed;
use super::leave::Leave;
use super::methods::Method;
use super::sign::signature;
use super::wire::china;
use crate::clock::Clock;
use crate::http::pace::{Pace, Rank};
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

/// What all calls of one shop share: the pace of its app, and the memory of a platform that does not answer.
#[derive(Debug)]
pub struct Gate {
    pace: Arc<Pace>,
    shop: String,
    breaker: Breaker,
}

impl Gate {
    /// The way of one shop at the pace of its app.
    #[must_use]
    pub fn new(pace: Arc<Pace>, shop: &str) -> Self {
        Self { pace, shop: shop.to_owned(), breaker: Breaker::new(8, Duration::from_secs(15)) }
    }
}

/// Calls in one shop's name.
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) gateway: String,
    pub(super) pictures: String,
    pub(super) app_key: String,
    pub(super) leave: Leave,
    /// How much its reads hurry; writes always do.
    pub(super) rank: Rank,
    pub(super) gate: Arc<Gate>,
    pub(super) clock: Clock,
    /// For the log.
    pub(super) shop: String,
}

/// One call, however often it is sent.
struct Call<'a> {
    method: &'a Method,
    params: &'a Params,
    upload: Option<&'a Upload>,
    judge: Judge,
    rank: Rank,
}

impl Client {
    /// A read: tried again while that can help.
    pub(super) async fn read<T: DeserializeOwned>(&self, method: &Method, params: &Params) -> Result<T, ReadError> {
        retrying(&Policy::READ, || async {
            if !self.gate.breaker.lets_through() {
                return Err(ReadError::Resting);
            }
            let call = Call { method, params, upload: None, judge: envelope::check, rank: self.rank };
            let body = self.call(&call).await.map_err(|failed| failed.of_read(method))?;
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

    /// A write: once, and judged by the gateway's word alone; what the reply says of the objects is the caller's to read.
    pub(super) async fn send(
        &self,
        method: &Method,
        params: &Params,
        upload: Option<Upload>,
    ) -> Result<String, Failed> {
        if !self.gate.breaker.lets_through() {
            return Err(Failed::NotSent("平台连续多次没有应答"));
        }
        let upload = upload.as_ref();
        self.call(&Call { method, params, upload, judge: envelope::gateway, rank: Rank::First }).await
    }

    /// With the token there is, and once more with another if that one is refused. Such a refusal comes before any method runs, so a
    /// write may follow it too.
    async fn call(&self, call: &Call<'_>) -> Result<String, Failed> {
        if !call.method.token {
            return self.call_with(None, call).await;
        }
        let token = self.leave.token().await?;
        match self.call_with(Some(&token), call).await {
            Err(failed) if failed.is_of_token() => {
                let other = self.leave.instead_of(&token).await?;
                self.call_with(Some(&other), call).await
            }
            answered => answered,
        }
    }

    async fn call_with(&self, token: Option<&Secret>, call: &Call<'_>) -> Result<String, Failed> {
        self.gate.pace.pass(&self.gate.shop, call.rank).await;
        let (started, sent) = (Instant::now(), tokio::time::Instant::now());
        let hidden = [token.map_or("", Secret::expose), self.leave.app_secret().expose()];
        let (answered, request) = match self.post(call, token).await {
            Ok(body) => {
                let request = envelope::request_id(&body);
                (Ok(body), request)
            }
            Err((failed, request)) => (Err(failed.cleaned(&hidden)), request),
        };
        let code = answered.as_ref().err().map(Failed::code).unwrap_or_default();
        let request = request.filter(|id| is_number_of_a_request(id, &hidden)).unwrap_or_default();
        let ms = started.elapsed().as_millis();
        tracing::debug!(shop = self.shop, api = call.method.name, ms, code, request, "called the platform");
        match &answered {
            Err(Failed::Fault(Fault::Busy)) => self.gate.pace.too_fast(&self.gate.shop, sent),
            Ok(_) if token.is_some() => self.leave.worked(),
            Ok(_) | Err(_) => {}
        }
        // Only silence counts against the platform: a refusal is an answer.
        self.gate.breaker.record(!matches!(
            &answered,
            Err(Failed::NotSent(_) | Failed::Silent(_) | Failed::Fault(Fault::Broken { .. }))
        ));
        answered
    }

    async fn post(&self, call: &Call<'_>, token: Option<&Secret>) -> Result<String, (Failed, Option<String>)> {
        let Call { method, params, upload, judge, .. } = call;
        let path = format!("param2/1/{}/{}/{}", method.namespace, method.name, self.app_key);
        let url = format!("{}/openapi/{path}", self.gateway.trim_end_matches('/'));
        let fields = self.signed(&path, params, token);
        let request = match upload {
            None => self.http.post(url).form(&fields),
            Some(Upload { field, file, bytes }) => {
                let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
                self.http.post(url).multipart(form.part(*field, Part::bytes(bytes.clone()).file_name(file.clone())))
            }
        };
        let (status, body) = answered(request, MAX_REPLY).await.map_err(|failed| (failed, None))?;
        match judge(status, &body) {
            Ok(()) => Ok(body),
            Err(fault) => Err((Failed::Fault(fault), envelope::request_id(&body))),
        }
    }

    fn signed(&self, path: &str, params: &Params, token: Option<&Secret>) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> =
            params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let now = self.clock.now().with_timezone(&china());
        fields.push(("_aop_timestamp".into(), now.timestamp_millis().to_string()));
        if let Some(token) = token {
            fields.push(("access_token".into(), token.expose().to_owned()));
        }
        let signature = signature(self.leave.app_secret().expose(), path, &fields);
        fields.push(("_aop_signature".into(), signature));
        fields
    }
}

/// Sends a request once and takes the whole reply, of at most `most` bytes: its status and its text. reqwest's own words hold the address, and a proxy's may
/// hold more: none of them is passed on.
pub(super) async fn answered(request: reqwest::RequestBuilder, most: usize) -> Result<(u16, String), Failed> {
    let mut reply = request.send().await.map_err(|error| match () {
        () if error.is_builder() => Failed::NotSent("网关地址不正确"),
        () if error.is_connect() => Failed::NotSent("连接不上网关"),
        () if error.is_timeout() => Failed::Silent("平台没有在限定时间内应答"),
        () => Failed::Silent("与平台的连接中断"),
    })?;
    let status = reply.status().as_u16();
    let bytes = bounded(&mut reply, most).await.ok().flatten();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(|text| (status, text)).ok_or(Failed::Silent("平台返回的内容不完整"))
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

/// What stands where a code should be, if it is one. A reply can put anything there: what was sent, a buyer's name, a phone.
pub(super) fn printable(code: &str, hidden: &[&str]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " _-.:[]".contains(c);
    let digits = code.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    // A phone has eleven digits, and no code that was ever seen more than five.
    if code.len() <= 64 && code.chars().all(plain) && digits < 7 && !holds(code, hidden) {
        code.to_owned()
    } else {
        "unprintable".into()
    }
}

/// A short number could be a phone or an identity card; the platform's own ones hold letters or are longer.
pub(super) fn is_number_of_a_request(id: &str, hidden: &[&str]) -> bool {
    (id.len() > 18 || id.bytes().any(|b| b.is_ascii_alphabetic())) && !holds(id, hidden)
}

/// Whether a text shows a secret, or the beginning of one.
fn holds(text: &str, hidden: &[&str]) -> bool {
    let telling = |secret: &&str| secret.get(..10).unwrap_or(secret).to_owned();
    hidden.iter().filter(|secret| !secret.is_empty()).any(|secret| text.contains(&telling(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_code_is_ever_repeated() {
        for code in
            ["gw.QosRequestLimit", "400_1", "HSF Server unexpected exception", "[ORDER_NOT_EXIST]", "500_002", ""]
        {
            assert_eq!(printable(code, &["tok-123456789"]), code);
        }
        for told in ["13800138000", "张三", "call 13800138000", "tok-123456789", "tok-123456", "{\"a\":1}", "a\nb"] {
            assert_eq!(printable(told, &["tok-123456789"]), "unprintable", "{told}");
        }
        assert!(
            is_number_of_a_request("0b51b2a4169", &["x-secret"])
                && is_number_of_a_request("2101058516953641234567", &[])
        );
        assert!(
            !is_number_of_a_request("13800138000", &[]) && !is_number_of_a_request("tok-123456789", &["tok-123456789"])
        );
    }
}
