//! A signed POST of the letter to an address of the merchant's, in the form of the Standard Webhooks specification: `webhook-id`,
//! `webhook-timestamp` and `webhook-signature` headers, so that receivers can check it with a ready library.
//!
//! Sends once and judges by the status. The address is a secret: it stands in no error and no log. A letter may come twice with one id.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::json;
use sha2::Sha256;

use super::{Channel, DeliveryError, Letter};
use crate::clock::Clock;

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A receiver.
pub struct Webhook {
    client: Client,
    address: Address,
    secret: Option<Secret>,
    clock: Clock,
    patience: Duration,
}

/// Where letters go. Deliberately neither shown nor compared.
pub struct Address(Url);

/// What letters are signed with.
pub struct Secret(Vec<u8>);

impl Address {
    /// Reads an http or https URL; none for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text.trim()).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(Self(url))
    }
}

impl Secret {
    /// Reads a secret: base64 behind `whsec_`, any text otherwise; none when it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).ok().filter(|key| !key.is_empty()).map(Self),
            None => (!text.is_empty()).then(|| Self(text.as_bytes().to_vec())),
        }
    }

    /// The signature header of a letter sent at a time (seconds since 1970).
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl Webhook {
    /// A receiver at an address.
    #[must_use]
    pub fn new(client: Client, address: Address, secret: Option<Secret>, clock: Clock) -> Self {
        Self { client, address, secret, clock, patience: PATIENCE }
    }

    /// Waits so long for the receiver.
    #[must_use]
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

#[async_trait::async_trait]
impl Channel for Webhook {
    async fn deliver(&self, letter: &Letter) -> Result<(), DeliveryError> {
        let body = json!({
            "id": letter.id,
            "shop": letter.shop,
            "skill": letter.skill,
            "title": letter.title,
            "as_of": letter.as_of,
            "text": letter.text,
            "report": letter.json,
        })
        .to_string();
        // The time of this try, not of the letter: receivers refuse old signatures.
        let timestamp = self.clock.now().timestamp();
        let mut request = self
            .client
            .post(self.address.0.clone())
            .timeout(self.patience)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", timestamp);
        if let Some(secret) = &self.secret {
            request = request.header("webhook-signature", secret.sign(&letter.id, timestamp, body.as_bytes()));
        }
        match request.body(body).send().await {
            Ok(response) => judge(&response),
            Err(error) => Err(unanswered(&error)),
        }
    }
}

/// By the status alone: a receiver's words could hold anything and are not repeated.
fn judge(response: &Response) -> Result<(), DeliveryError> {
    let status = response.status();
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Err(DeliveryError::Later {
                why: format!("接收方请稍后再发（HTTP {}）", status.as_u16()),
                after: pause(response),
            })
        }
        _ if status.is_server_error() => Err(DeliveryError::Later {
            why: format!("接收方出错（HTTP {}）", status.as_u16()),
            after: pause(response),
        }),
        _ if status.is_redirection() => {
            Err(DeliveryError::Permanent(format!("接收地址已搬走（HTTP {}），请改用新的地址", status.as_u16())))
        }
        _ => Err(DeliveryError::Permanent(format!("接收方拒收（HTTP {}），请检查地址和密钥", status.as_u16()))),
    }
}

fn pause(response: &Response) -> Option<Duration> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// The error itself names the address and is dropped here.
fn unanswered(error: &reqwest::Error) -> DeliveryError {
    if error.is_builder() {
        DeliveryError::Permanent("请求不能生成，请检查接收地址".into())
    } else if error.is_connect() {
        DeliveryError::Later { why: "连不上接收方".into(), after: None }
    } else if error.is_timeout() {
        DeliveryError::Unknown("接收方没有及时回应，不能确定是否收到".into())
    } else {
        DeliveryError::Unknown("与接收方的连接中断，不能确定是否收到".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a good secret");
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_web_addresses_are_addresses() {
        for text in ["", "file:///etc/passwd", "hooks.example/x", "https://", "ftp://hooks.example"] {
            assert!(Address::parse(text).is_none(), "{text}");
        }
        assert!(Address::parse(" https://hooks.example/x?key=1 ").is_some());
    }
}
