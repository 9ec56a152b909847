//! The protocol over HTTP, at `/mcp` of the console's own address. Stateless: no session is kept, so nothing has to be cleaned up and
//! every request stands on its own token. Cookies do not count here: a page of another site has no business with this door.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, HeaderName};
use axum::http::request::Parts;
use rmcp::model::Extensions;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::door::{Caller, InHouse};
use super::reception::Reception;

/// Where it is.
pub const PATH: &str = "/mcp";
/// Most bytes of a request: a name and a small form.
const LARGEST: usize = 256 * 1024;
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The route, over an API that checks each request's token itself.
pub fn routes<S: Clone + Send + Sync + 'static>(api: Router) -> Router<S> {
    let reception = Reception::over(Arc::new(InHouse(api)));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        // The token guards against rebinding: a page that was rebound does not have it. Owners reach us by names that we do not know.
        .disable_allowed_hosts()
        .enforce_origin_validation()
        .with_max_request_body_bytes(LARGEST);
    let speaks =
        StreamableHttpService::new(move || Ok(reception.clone()), Arc::new(NeverSessionManager::default()), config);
    Router::new().route_service(PATH, speaks)
}

/// Who sent a request: the bearer's token, and the address by which they reached us.
pub(super) fn caller(extensions: &Extensions) -> Option<Caller> {
    let headers = &extensions.get::<Parts>()?.headers;
    let token = text(headers, &AUTHORIZATION)?.strip_prefix("Bearer ")?.trim().to_owned();
    let scheme = text(headers, &FORWARDED).filter(|scheme| *scheme == "https").unwrap_or("http");
    let host = text(headers, &HOST).unwrap_or("localhost");
    Some(Caller { token, console: format!("{scheme}://{host}") })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
