//! How the gateway says no, and how numbers look on the wire.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Number, Value, json};

/// A refusal by the gateway: no method was run, nothing took effect. A business refusal is an ordinary reply instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatewayError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
}

impl GatewayError {
    pub(crate) fn unsupported(api: &str) -> Self {
        Self::bad("gw.APIUnsupported", format!("The request API is unsupported, API is {api}"))
    }

    pub(crate) fn app_key_missing() -> Self {
        Self::bad("gw.AppKeyMissing", "AppKey is missing".to_owned())
    }

    pub(crate) fn no_right() -> Self {
        Self::bad("gw.APIACLDecline", "AppKey is not allowed(acl)".to_owned())
    }

    pub(crate) fn signature_missing() -> Self {
        Self::bad("gw.SignatureMissing", "Signature is missing".to_owned())
    }

    pub(crate) fn signature_invalid() -> Self {
        Self::bad("gw.SignatureInvalid", "Invalid signature".to_owned())
    }

    pub(crate) fn param_missing(name: &str) -> Self {
        Self::bad("gw.ParamMissing", format!("Required argument {name}"))
    }

    /// A field whose text is not of its type.
    pub(crate) fn wrong_type(name: &str) -> Self {
        Self::bad("HSF Server unexpected exception", format!("HSF Server unexpected exception: {name}"))
    }

    pub(crate) fn unauthorized(why: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "401".into(),
            message: format!("Request need user authorized: {why}"),
        }
    }

    pub(crate) fn grant(why: &str) -> Self {
        Self::bad("invalid_grant", why.to_owned())
    }

    /// Any code, on demand of a test.
    pub(crate) fn ordered(status: StatusCode, code: String) -> Self {
        Self { status, message: format!("{code} was ordered"), code: code.into() }
    }

    /// The one refusal that comes with HTTP 200.
    pub(crate) fn rate_limit() -> Self {
        Self {
            status: StatusCode::OK,
            code: "gw.QosRequestLimit".into(),
            message: "Request is limited by qos".to_owned(),
        }
    }

    /// The sandbox could not keep a change.
    pub(crate) fn broken(why: &str) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "500".into(), message: why.to_owned() }
    }

    fn bad(code: &'static str, message: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: code.into(), message }
    }

    /// The envelope's body, with the number of the request.
    pub(crate) fn into_response(self, request: u64) -> Response {
        let body = json!({
            "error_code": self.code,
            "error_message": self.message,
            "exception": self.message,
            "request_id": format!("{request:016x}"),
        });
        (self.status, Json(body)).into_response()
    }
}

/// Fen as the yuan number of an order: `69.3`, and `9` rather than `9.00`.
pub(crate) fn yuan(fen: i64) -> Value {
    if fen % 100 == 0 { json!(fen / 100) } else { decimal(fen) }
}

/// Hundredths as a number that always has a point, as product records write prices and weights: `22.0`.
pub(crate) fn decimal(hundredths: i64) -> Value {
    let sign = if hundredths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", (hundredths / 100).abs(), (hundredths % 100).abs());
    // The digits come from an integer and no sum is done on the parsed number: it prints as the shortest text, which
    // is this one.
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_look_as_the_official_samples_write_them() {
        for (fen, order, product) in [
            (6_930, "69.3", "69.3"),
            (900, "9", "9.0"),
            (10_850, "108.5", "108.5"),
            (1, "0.01", "0.01"),
            (-650, "-6.5", "-6.5"),
            (18_979_795, "189797.95", "189797.95"),
        ] {
            assert_eq!(yuan(fen).to_string(), order);
            assert_eq!(decimal(fen).to_string(), product);
        }
    }
}
