//! From a refusing HTTP reply to a [`ModelError`]: the status decides first, then the body, read as loosely as possible.
//!
//! Providers agree on statuses far more than on bodies: codes come as text or numbers, with or without an `error` object, as HTML.
//! A body that is not understood must never hide the status.

use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::ModelError;

const CONTEXT_SIGNS: [&str; 9] = [
    "context_length",
    "context length",
    "context window",
    "context_window",
    "maximum context",
    "too long",
    "too many tokens",
    "range of input length",
    "超出最大长度",
];
const FILTER_SIGNS: [&str; 6] =
    ["content_filter", "data_inspection_failed", "datainspectionfailed", "content_policy", "sensitive", "敏感"];
const QUOTA_SIGNS: [&str; 6] =
    ["insufficient_quota", "insufficient balance", "insufficient_balance", "arrearage", "余额", "欠费"];
const KEY_SIGNS: [&str; 4] = ["invalid_api_key", "invalid api key", "incorrect api key", "authentication"];

/// What a reply that is not a success means.
pub(super) fn classify(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
    let said = Said::read(body);
    match status.as_u16() {
        401 => ModelError::Auth,
        402 => ModelError::Quota,
        403 if said.has(&QUOTA_SIGNS) => ModelError::Quota,
        403 if said.has(&FILTER_SIGNS) => ModelError::Refused,
        403 => ModelError::Auth,
        408 => ModelError::Timeout,
        409 | 425 => ModelError::Transient,
        413 => ModelError::ContextTooLong,
        429 if said.has(&QUOTA_SIGNS) => ModelError::Quota,
        429 => ModelError::RateLimited { after: retry_after(headers) },
        503 if headers.contains_key(RETRY_AFTER) => ModelError::RateLimited { after: retry_after(headers) },
        500.. => ModelError::Transient,
        _ => said.refusal(),
    }
}

/// What an error object inside a reply with status 200 means: some gateways answer so.
pub(super) fn classify_body(body: &Value) -> Option<ModelError> {
    let said = Said::of(body);
    let code = said.code.as_deref().unwrap_or_default();
    match code.parse::<u16>().ok().and_then(|n| StatusCode::from_u16(n).ok()) {
        Some(status) if status.is_client_error() || status.is_server_error() => {
            Some(classify(status, &HeaderMap::new(), body.to_string().as_bytes()))
        }
        _ if body.get("error").is_some_and(|e| !e.is_null()) => Some(said.refusal()),
        _ => None,
    }
}

/// `Retry-After` in seconds or as a date. A date is taken against the reply's own `Date`: the two clocks need not agree with ours.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let sent = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((until - sent).to_std().unwrap_or(Duration::ZERO))
}

/// What a body says went wrong, wherever it says it.
struct Said {
    code: Option<String>,
    param: Option<String>,
    /// Everything, lower case, to look for signs in. Never shown.
    all: String,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(value) => Self::of(&value),
            Err(_) => Self { code: None, param: None, all: String::from_utf8_lossy(body).to_lowercase() },
        }
    }

    fn of(body: &Value) -> Self {
        // One provider wraps its object in a list; others have no `error` around it.
        let outer = body.get(0).unwrap_or(body);
        let inner = outer.get("error").filter(|e| e.is_object()).unwrap_or(outer);
        let field = |name: &str| inner.get(name).and_then(token);
        Self { code: field("code").or_else(|| field("type")), param: field("param"), all: words(outer).to_lowercase() }
    }

    fn has(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.all.contains(sign))
    }

    fn refusal(self) -> ModelError {
        if self.has(&QUOTA_SIGNS) {
            ModelError::Quota
        } else if self.has(&KEY_SIGNS) {
            ModelError::Auth
        } else if self.has(&CONTEXT_SIGNS) {
            ModelError::ContextTooLong
        } else if self.has(&FILTER_SIGNS) {
            ModelError::Refused
        } else {
            ModelError::BadRequest { param: self.param.or(self.code) }
        }
    }
}

/// A code or parameter's name, if it is no more than that: free text may repeat what was asked and is dropped.
fn token(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.[]".contains(c));
    (plain && !text.is_empty() && text.len() <= 40).then_some(text)
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => fields.values().map(words).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> ModelError {
        classify(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn the_status_survives_any_body() {
        for body in [
            "",
            "<html>busy</html>",
            "[]",
            "null",
            r#"{"error":{"message":"x","code":429}}"#,
            r#"{"code":50603}"#,
            "[[[[{{",
        ] {
            assert_eq!(of(429, body), ModelError::RateLimited { after: None }, "{body}");
            assert_eq!(of(502, body), ModelError::Transient, "{body}");
            assert_eq!(of(401, body), ModelError::Auth, "{body}");
        }
    }

    #[test]
    fn a_refusal_names_its_parameter_but_never_repeats_free_text() {
        let named = of(400, r#"{"error":{"message":"bad","param":"temperature","code":null}}"#);
        assert_eq!(named, ModelError::BadRequest { param: Some("temperature".into()) });
        assert_eq!(
            of(400, r#"{"code":20012,"message":"no such model"}"#),
            ModelError::BadRequest { param: Some("20012".into()) }
        );
        let chatty = of(400, r#"{"error":{"message":"x","param":"买家 张三 13800138000 的消息"}}"#);
        assert_eq!(chatty, ModelError::BadRequest { param: None });
    }

    #[test]
    fn one_status_is_told_apart_by_what_the_body_says() {
        assert_eq!(of(429, r#"{"error":{"type":"insufficient_quota"}}"#), ModelError::Quota);
        assert_eq!(of(403, r#"{"message":"账户余额不足"}"#), ModelError::Quota);
        assert_eq!(of(400, r#"{"error":{"code":"context_length_exceeded"}}"#), ModelError::ContextTooLong);
        assert_eq!(of(400, r#"{"error":{"code":"data_inspection_failed"}}"#), ModelError::Refused);
        assert_eq!(of(400, r#"{"error":{"message":"Arrearage: overdue"}}"#), ModelError::Quota);
        assert_eq!(of(400, r#"[{"error":{"code":400,"message":"Invalid API key"}}]"#), ModelError::Auth);
        assert_eq!(of(307, ""), ModelError::BadRequest { param: None });
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect::<HeaderMap>()
        };
        let date = "Mon, 23 Nov 2026 00:00:00 GMT";
        assert_eq!(retry_after(&headers(&[("retry-after", "7")])), Some(Duration::from_secs(7)));
        let later = headers(&[("retry-after", "Mon, 23 Nov 2026 00:00:10 GMT"), ("date", date)]);
        assert_eq!(retry_after(&later), Some(Duration::from_secs(10)));
        let past = headers(&[("retry-after", "Sun, 22 Nov 2026 00:00:00 GMT"), ("date", date)]);
        assert_eq!(retry_after(&past), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers(&[("retry-after", "soon")])), None);
    }

    #[test]
    fn an_error_under_a_good_status_is_still_an_error() {
        let body = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(classify_body(&body(r#"{"choices":[]}"#)), None);
        assert_eq!(classify_body(&body(r#"{"error":null,"choices":[]}"#)), None);
        assert_eq!(classify_body(&body(r#"{"code":503,"message":"busy"}"#)), Some(ModelError::Transient));
        assert_eq!(classify_body(&body(r#"{"error":{"code":"429"}}"#)), Some(ModelError::RateLimited { after: None }));
        assert_eq!(classify_body(&body(r#"{"error":"no such model"}"#)), Some(ModelError::BadRequest { param: None }));
    }
}
