//! Where the platform sends a merchant's browser back to, with a code or with a no.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::shop::Returned;
use crate::web::api::authorization::{cookie, cookie_name, read_soon};
use crate::web::auth;
use crate::web::error::Problem;

/// What the platform adds to the address.
#[derive(Deserialize)]
pub(crate) struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// The address holds a code, so nobody stays on it: the shop's page tells how its leave stands now.
pub(crate) async fn back(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let state = back.state.unwrap_or_default();
    let Some(code) = back.code.filter(|code| !code.is_empty()) else {
        return Err(Problem::bad(
            "没有完成授权：平台没有给出授权码，可能是在平台上点了取消；需要时请回到“店铺”页重新点“去授权”",
        ));
    };
    let kept = auth::cookie(&headers, &cookie_name(&state));
    let returned = Returned { state: &state, code: &code, browser: kept.as_deref(), shop: None };
    let shop = app.authorizations.finish(returned).await?;
    let there = Redirect::to(&format!("/shops/{}/settings#authorization", shop.id));
    read_soon(&app, shop);
    Ok((AppendHeaders([(SET_COOKIE, cookie(&state, "", 0))]), there).into_response())
}
