//! Who may come in: whoever has the token, as a bearer or by the cookie that the login gave for it; and an assistant with a token of its
//! own, as far as [`super::assistant`] lists.
//!
//! The cookie holds a value derived from the token, so a stolen cookie is no token for the API of another installation. A change by
//! cookie must come from our own script on our own page: a header that no form can send, and the browser's own word on where the
//! request began. Comparisons take the same time wherever the first difference lies.

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE as COOKIE_HEADER, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Web;
use super::assistant::{self, Who};
use super::error::Problem;
use crate::assistant::Assistants;

/// What our script sends with every change; a form of another site cannot.
const OURS: HeaderName = HeaderName::from_static("x-xiaoer");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How long a browser stays logged in, in seconds.
const STAY: u32 = 60 * 60 * 24 * 90;

/// What lets one in.
pub(crate) struct Pass {
    /// Keyed with the token: tags of it can only be made by who knows the token.
    keyed: Hmac<Sha256>,
    token: [u8; 32],
    cookie_name: String,
}

const COOKIE: &str = "console cookie";

impl Pass {
    pub(crate) fn new(token: &str) -> Self {
        let keyed: Hmac<Sha256> = Hmac::new_from_slice(token.as_bytes()).expect("HMAC takes a key of any length");
        let mut pass = Self { keyed, token: [0; 32], cookie_name: String::new() };
        pass.token = pass.tag(token);
        // Browsers do not tell ports apart: two installations on one machine must not log each other out.
        pass.cookie_name = format!("xiaoer-{}", hex::encode(&pass.tag("cookie name")[..4]));
        pass
    }

    /// Whether this is the token.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        self.keyed.clone().chain_update(given).verify_slice(&self.token).is_ok()
    }

    /// `Set-Cookie` of a login.
    pub(crate) fn cookie(&self) -> String {
        format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={STAY}",
            self.cookie_name,
            hex::encode(self.tag(COOKIE))
        )
    }

    /// `Set-Cookie` of a logout.
    pub(crate) fn no_cookie(&self) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", self.cookie_name)
    }

    fn tag(&self, purpose: &str) -> [u8; 32] {
        self.keyed.clone().chain_update(purpose).finalize().into_bytes().into()
    }

    fn has_bearer(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_some_and(|token| self.is_token(token))
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let texts = headers.get_all(COOKIE_HEADER).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut ours =
            pairs.filter(|(name, _)| *name == self.cookie_name).filter_map(|(_, value)| hex::decode(value).ok());
        ours.any(|value| self.keyed.clone().chain_update(COOKIE).verify_slice(&value).is_ok())
    }
}

/// A cookie by its name.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE_HEADER).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    Some(headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim())
}

/// Lets a request pass that may, and notes whose it is.
pub(crate) async fn guard(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    // Whoever comes with an assistant's token is the assistant, whatever else they bring.
    let who = match bearer(request.headers()).filter(|token| Assistants::is_meant(token)) {
        Some(token) => match web.app.assistants.admit(token).await {
            Err(error) => return Problem::from(error).into_response(),
            Ok(None) => {
                let why = "这个助手令牌不对或已被吊销，请商家在控制台重新发一个";
                return Problem::new(StatusCode::UNAUTHORIZED, why).into_response();
            }
            Ok(Some(assistant)) => match assistant::closed(&assistant, &request) {
                Some(refusal) => return refusal.into_response(),
                None => Who::Assistant(assistant),
            },
        },
        None => match refusal(&web.pass, &request) {
            Some(refusal) => return refusal,
            None => Who::Owner,
        },
    };
    request.extensions_mut().insert(who);
    next.run(request).await
}

/// What a request that may not pass is answered.
fn refusal(pass: &Pass, request: &Request) -> Option<Response> {
    let (path, headers) = (request.uri().path(), request.headers());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if pass.has_bearer(headers) || (reads && is_open(path)) || (!reads && is_signed_instead(path)) {
        return None;
    }
    let refuse = |status, text: &str| Some(Problem::new(status, text).into_response());
    if path == "/login" {
        // The one form without script: it changes nothing but the browser's own cookie.
        return if is_same_origin(headers) {
            None
        } else {
            refuse(StatusCode::FORBIDDEN, "请在小二自己的页面登录")
        };
    }
    if !pass.has_cookie(headers) {
        if reads && !path.starts_with("/api/") && path != crate::mcp::http::PATH {
            return Some(Redirect::to(&format!("/login?next={}", percent(path))).into_response());
        }
        return refuse(StatusCode::UNAUTHORIZED, "请先登录：打开启动时给出的地址，或带上 Authorization: Bearer 令牌");
    }
    let ours = headers.get(OURS).is_some_and(|value| value == "1") && is_same_origin(headers);
    if reads || ours {
        None
    } else {
        refuse(StatusCode::FORBIDDEN, "这个请求不是从小二的页面发出的，没有执行")
    }
}

/// What is answered without a token: nothing that knows a shop.
fn is_open(path: &str) -> bool {
    path == "/healthz" || path == "/login" || path.starts_with("/assets/")
}

/// What a platform sends carries the platform's signature, which [`crate::shop::push::Door`] checks.
fn is_signed_instead(path: &str) -> bool {
    path.starts_with("/push/")
}

/// Whether the browser says that the request began on our own page. What is no browser says nothing.
fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(FETCH_SITE) {
        // The surer word: a page that sends no referrer also hides its origin when it posts a form.
        return site == "same-origin" || site == "none";
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    headers.get(ORIGIN).is_none_or(|origin| {
        let authority =
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
        authority.is_some() && authority == host
    })
}

/// A path as the value of a query: only what cannot end the value stays as it is.
fn percent(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
