//! A merchant's leave to call: how it stands, the link that begins it, the code that ends it, taking it back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{HOST, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::shop::{CALLBACK, Returned, Shop, Standing, is_callback};
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// What a browser keeps is kept so long, in seconds: as long as its link is good.
const KEPT: u32 = 15 * 60;

/// A wish for a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// The origin of the console's page, when a browser asks; without it the code is handed over by hand.
    console: Option<String>,
}

/// A link.
#[derive(Serialize)]
struct Link {
    url: String,
    state: String,
}

/// What a person copied from where the link led.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Copied {
    code: String,
    state: String,
}

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Standing>, Problem> {
    Ok(Json(app.authorizations.standing(&shop).await?))
}

pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    headers: HeaderMap,
    Body(wish): Body<Wish>,
) -> Result<Response, Problem> {
    let callback = callback(&app, wish.console.as_deref(), &headers)?;
    let begun = app.authorizations.begin(&shop, &callback, wish.console.is_some()).await?;
    let cookie = begun.browser.as_deref().map(|kept| (SET_COOKIE, cookie(&begun.state, kept, KEPT)));
    let link = Link { url: begun.url, state: begun.state };
    Ok((AppendHeaders(cookie), Json(link)).into_response())
}

pub(crate) async fn finish(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(copied): Body<Copied>,
) -> Result<Json<Standing>, Problem> {
    let Copied { code, state } = &copied;
    let shop =
        app.authorizations.finish(Returned { state, code: code.trim(), browser: None, shop: Some(&shop.id) }).await?;
    let standing = app.authorizations.standing(&shop).await?;
    read_soon(&app, shop);
    Ok(Json(standing))
}

pub(crate) async fn withdraw(State(app): State<Arc<App>>, Of(shop): Of) -> Result<StatusCode, Problem> {
    app.authorizations.withdraw(&shop).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The first rows are wanted now, not at the next round; nobody waits here for a year of orders.
pub(crate) fn read_soon(app: &Arc<App>, shop: Shop) {
    let upkeep = Arc::clone(&app.upkeep);
    tokio::spawn(async move {
        upkeep.sync(&shop).await.map_or_else(|error| tracing::warn!(shop = shop.id, %error, "not synced yet"), drop)
    });
}

/// `Set-Cookie` of what a browser keeps about one link: links of two shops do not push each other out.
pub(crate) fn cookie(state: &str, kept: &str, seconds: u32) -> String {
    format!("{}={kept}; Path={CALLBACK}; HttpOnly; SameSite=Lax; Max-Age={seconds}", cookie_name(state))
}

pub(crate) fn cookie_name(state: &str) -> String {
    let short: String = state.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("xiaoer-leave-{short}")
}

/// Where the platform sends the browser back to. A page can only name the console that it came from.
fn callback(app: &App, console: Option<&str>, headers: &HeaderMap) -> Result<String, Problem> {
    if let Some(callback) = &app.loaded.config.platform.callback {
        return Ok(callback.clone());
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = console.map_or_else(|| format!("http://{host}"), str::to_owned);
    let is_same = origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    let callback = format!("{origin}{CALLBACK}");
    if is_same && is_callback(&callback) {
        Ok(callback)
    } else {
        Err(Problem::bad(
            "控制台的地址不对，请刷新页面再试；经过反向代理时，请在 agents.toml 的 [platform] 里写 callback",
        ))
    }
}
