//! The wire form of the open platform, seen from the gateway: one address form, one signature, one error envelope.
//! Must stay apart from the client's own: a mistake that both shared would go unseen.

pub(crate) mod checks;
pub(crate) mod envelope;
mod multipart;
pub(crate) mod params;
pub(crate) mod sign;
mod spoil;
pub(crate) mod token;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Form, FromRequest, Query, Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde_json::Value;

use crate::faults::{FaultKind, Struck};
use crate::methods::Handler;
use crate::{Sandbox, admin, oauth, pictures};
use envelope::GatewayError;
use params::Params;

/// Bytes of a body: a picture of 2 MB as percent-encoded base64, with room to refuse larger ones in words.
const LARGEST_BODY: usize = 16 << 20;

/// All routes of the sandbox.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/openapi/{*call}", routing::any(call))
        .route("/oauth/authorize", routing::get(oauth::authorize))
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
    let response = match (reply, &fault) {
        (Ok(reply), Some(fault)) => Json(spoil::content(fault.kind, reply)).into_response(),
        (Ok(reply), None) => Json(reply).into_response(),
        (Err(error), _) => error.into_response(number),
    };
    match fault {
        None => response,
        Some(fault) => spoil::response(&sandbox, &fault, response).await,
    }
}

/// Everything that needs the lock; nothing here waits.
fn answer(sandbox: &Sandbox, path: &str, params: &Params) -> (Result<Value, GatewayError>, Option<Struck>) {
    let address = match checks::address(path) {
        Ok(address) => address,
        Err(error) => return (Err(error), None),
    };
    let mut state = sandbox.state();
    let fault = state.faults.take(address.method.name);
    if let Some(error) = fault.as_ref().and_then(spoil::instead) {
        return (Err(error), fault);
    }
    // What a shop's call writes may show late; the gateway's own tokens never do.
    let late = fault.as_ref().filter(|fault| fault.kind == FaultKind::SlowReadBack);
    state.hidden_for = late.filter(|_| matches!(address.method.handler, Handler::Shop(_))).map(|fault| fault.delay);
    let reply = checks::serve(&mut state, &address, params);
    state.hidden_for = None;
    (reply, fault)
}

/// Fields of the query and, where there is one, of the form; both are signed alike.
async fn fields(request: Request) -> Result<Params, Response> {
    let Query(mut fields) =
        Query::<Vec<(String, String)>>::try_from_uri(request.uri()).map_err(IntoResponse::into_response)?;
    // Owned: a reference to the request must not live until an answer.
    let kind = request.headers().get(header::CONTENT_TYPE).filter(|_| request.method() == Method::POST).cloned();
    let is = |wanted: &str| kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(wanted.as_bytes()));
    if is("multipart/form-data") {
        return multipart::read(request, fields).await;
    }
    if is("application/x-www-form-urlencoded") {
        let Form(form) =
            Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        fields.extend(form);
    }
    Ok(Params { fields, files: Vec::new() })
}
