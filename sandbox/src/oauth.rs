//! The page on which a merchant lets the app act for the shop. On the platform it stands on a host of its own
//! (`auth.1688.com`); path and parameters are the same.
//!
//! A browser gets a page with a button per shop; a test adds `agree=true` (and `shop=`, if it is not the first one).

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use url::Url;

use crate::Sandbox;
use crate::state;
use crate::wire::token;

/// The parameters of the authorize address, and the answer to the page.
#[derive(Debug, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    redirect_uri: String,
    state: Option<String>,
    #[serde(default)]
    agree: bool,
    shop: Option<String>,
}

pub(crate) async fn authorize(State(sandbox): State<Arc<Sandbox>>, Query(ask): Query<Ask>) -> Response {
    let mut state = sandbox.state();
    let callback = match callback(&state, &ask) {
        Ok(callback) => callback,
        Err(why) => return (StatusCode::BAD_REQUEST, Html(frame(&format!("<p>{why}</p>")))).into_response(),
    };
    if !ask.agree {
        return Html(frame(&questions(&state, &ask))).into_response();
    }
    let name = ask.shop.or_else(|| state.world.shops.first().map(|shop| shop.profile.name.clone())).unwrap_or_default();
    match new_code(&mut state, &name) {
        Some(code) => (StatusCode::FOUND, [(header::LOCATION, with_code(callback, &code, ask.state))]).into_response(),
        None => (StatusCode::BAD_REQUEST, Html(frame("<p>没有这个店铺</p>"))).into_response(),
    }
}

/// A code that the callback can turn into tokens; none for a shop that is not here.
pub(crate) fn new_code(state: &mut state::State, shop: &str) -> Option<String> {
    let now = state.now();
    state.codes += 1;
    let shop = state.world.shop(shop)?;
    Some(token::code(&state.app.secret, state.codes, shop, now))
}

/// Where the code goes, or what is wrong with the address.
fn callback(state: &state::State, ask: &Ask) -> Result<Url, &'static str> {
    if ask.client_id != state.app.key {
        return Err("client_id 不是已登记的应用");
    }
    if ask.site != "1688" {
        return Err("site 应为 1688");
    }
    let callback = Url::parse(&ask.redirect_uri).map_err(|_| "redirect_uri 不是网址")?;
    matches!(callback.scheme(), "http" | "https").then_some(callback).ok_or("redirect_uri 应以 http 或 https 开头")
}

fn with_code(mut callback: Url, code: &str, state: Option<String>) -> String {
    callback.query_pairs_mut().append_pair("code", code);
    if let Some(state) = state {
        callback.query_pairs_mut().append_pair("state", &state);
    }
    callback.into()
}

fn questions(state: &state::State, ask: &Ask) -> String {
    let hidden = |name: &str, value: &str| format!("<input type=hidden name={name} value=\"{}\">", escaped(value));
    let given = [
        hidden("client_id", &ask.client_id),
        hidden("site", &ask.site),
        hidden("redirect_uri", &ask.redirect_uri),
        ask.state.as_deref().map(|state| hidden("state", state)).unwrap_or_default(),
        hidden("agree", "true"),
    ]
    .concat();
    let forms = state.world.shops.iter().map(|shop| {
        let (name, login) = (escaped(&shop.profile.name), escaped(&shop.profile.login_id));
        format!(
            "<form action=/oauth/authorize>{given}<p>{name}（{login}）<button name=shop value=\"{name}\">同意授权</button></p></form>"
        )
    });
    format!("<h1>应用 {} 请求访问您的店铺</h1>{}", escaped(&ask.client_id), forms.collect::<String>())
}

fn frame(content: &str) -> String {
    format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>1688 授权（沙箱）</title><body>{content}</body></html>"
    )
}

/// What came in the address must stay text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
