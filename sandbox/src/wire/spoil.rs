//! An answer as a bad day would have it.

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::envelope::GatewayError;
use crate::Sandbox;
use crate::faults::{FaultKind, Struck};

/// The refusal that comes instead of the work.
pub(super) fn instead(fault: &Struck) -> Option<GatewayError> {
    match fault.kind {
        FaultKind::Http500 => Some(GatewayError::broken("")),
        FaultKind::RateLimit => Some(GatewayError::rate_limit()),
        FaultKind::Gateway => {
            let code = fault.code.clone().unwrap_or_else(|| "gw.APIUnsupported".to_owned());
            Some(GatewayError::ordered(status(fault, StatusCode::BAD_REQUEST), code))
        }
        _ => None,
    }
}

/// The reply with odd content.
pub(super) fn content(kind: FaultKind, mut reply: Value) -> Value {
    match kind {
        FaultKind::EmptyAsNull => everywhere(&mut reply, &|value: &mut Value| {
            if value.as_array().is_some_and(Vec::is_empty) {
                *value = Value::Null;
            }
        }),
        FaultKind::UnknownFields => everywhere(&mut reply, &|value: &mut Value| {
            if let Some(object) = value.as_object_mut() {
                object.insert("zNewField".to_owned(), json!({ "list": [1, "二", null], "flag": "Y" }));
            }
        }),
        FaultKind::UnknownStatus => everywhere(&mut reply, &|value: &mut Value| {
            value.as_object_mut().into_iter().flat_map(Map::iter_mut).for_each(|(name, value)| {
                if value.is_string() && (name == "status" || name.ends_with("Status")) {
                    *value = json!("waitsomethingnew");
                }
            });
        }),
        _ => {}
    }
    reply
}

/// The response as it leaves.
pub(super) async fn response(sandbox: &Sandbox, fault: &Struck, response: Response) -> Response {
    match fault.kind {
        FaultKind::Http500 => page(status(fault, StatusCode::INTERNAL_SERVER_ERROR)),
        FaultKind::Slow => {
            sandbox.wait(fault.delay).await;
            response
        }
        FaultKind::TimeoutAfterEffect => {
            sandbox.wait(fault.delay).await;
            page(StatusCode::GATEWAY_TIMEOUT)
        }
        FaultKind::Truncated => {
            let (mut parts, body) = response.into_parts();
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
        }
        _ => response,
    }
}

fn page(status: StatusCode) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    (status, Html(format!("<html><body>{title}</body></html>"))).into_response()
}

fn status(fault: &Struck, usual: StatusCode) -> StatusCode {
    fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual)
}

/// Children first, so that what is put in is not visited itself.
fn everywhere(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| everywhere(field, change)),
        _ => {}
    }
    change(value);
}
