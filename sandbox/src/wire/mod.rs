//! The wire form of the open platform, seen from the gateway: one address form, one signature, one error envelope.
//! Must stay apart from the client's own: a mistake that both shared would go unseen.

pub(crate) mod checks;
pub(crate) mod envelope;
mod multipart;
pub(crate) mod params;
pub(crate) mod sign;
pub(crate) mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Query, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router, routing};
use serde_json::Value;

use crate::faults::Kind;
use crate::{Sandbox, admin, pictures};
use envelope::GatewayError;
use params::Params;

/// Bytes of a body: a picture of 2 MB as percent-encoded base64, with room to refuse larger ones in words.
const LARGEST_BODY: usize = 16 << 20;

/// All routes of the sandbox.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/openapi/{*call}", routing::any(call))
        .route("/img/ibank/{file}", routing::get(pictures::serve))
        .nest("/admin", admin::router())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(sandbox)
}

async fn call(State(sandbox): State<Arc<Sandbox>>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches("/openapi/").trim_end_matches('/').to_owned();
    let number = sandbox.next_request();
    let params = match fields(request).await {
        Ok(params) => params,
        Err(refusal) => return refusal,
    };
    let (reply, fault) = answer(&sandbox, &path, &params);
    let response = match reply {
        Ok(value) => Json(value).into_response(),
        Err(error) => error.into_response(number),
    };
    match fault {
        None => response,
        Some((kind, delay)) => spoil(&sandbox, kind, delay, response).await,
    }
}

type Fault = (Kind, Duration);

/// Everything that needs the lock; nothing here waits.
fn answer(sandbox: &Sandbox, path: &str, params: &Params) -> (Result<Value, GatewayError>, Option<Fault>) {
    let address = match checks::address(path) {
        Ok(address) => address,
        Err(error) => return (Err(error), None),
    };
    let mut state = sandbox.state();
    let fault = state.faults.take(address.method.name);
    let reply = match fault {
        Some((Kind::Http500, _)) => Err(GatewayError::broken("")),
        Some((Kind::RateLimit, _)) => Err(GatewayError::rate_limit()),
        _ => checks::serve(&mut state, &address, params),
    };
    (reply, fault)
}

/// The answer as a bad day would have it.
async fn spoil(sandbox: &Sandbox, kind: Kind, delay: Duration, response: Response) -> Response {
    match kind {
        Kind::RateLimit => response,
        Kind::Http500 => {
            (StatusCode::INTERNAL_SERVER_ERROR, Html("<html><body>Internal Server Error</body></html>")).into_response()
        }
        Kind::Slow => {
            sandbox.wait(delay).await;
            response
        }
        Kind::TimeoutAfterEffect => {
            sandbox.wait(delay).await;
            (StatusCode::GATEWAY_TIMEOUT, Html("<html><body>Gateway Timeout</body></html>")).into_response()
        }
        Kind::Truncated => {
            let (mut parts, body) = response.into_parts();
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
        }
    }
}

/// Fields of the query and, where there is one, of the form; both are signed alike.
async fn fields(request: Request) -> Result<Params, Response> {
    let Query(mut fields) =
        Query::<Vec<(String, String)>>::try_from_uri(request.uri()).map_err(IntoResponse::into_response)?;
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let is = |wanted: &str| kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(wanted.as_bytes()));
    if request.method() == Method::POST && is("multipart/form-data") {
        return multipart::read(request, fields).await;
    }
    if request.method() == Method::POST && is("application/x-www-form-urlencoded") {
        let Form(form) =
            Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        fields.extend(form);
    }
    Ok(Params { fields, files: Vec::new() })
}
