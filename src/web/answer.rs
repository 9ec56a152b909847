//! The last hand on every answer: a failure gets its form (JSON for the API, a page for people), and everything gets its headers.
//!
//! Also what axum itself refuses comes through here, so that nobody ever reads an English rejection or an empty page.

use std::panic::AssertUnwindSafe;

use axum::Json;
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use serde::Serialize;

use super::error::Problem;
use super::view::layout;

/// What the API says when it fails.
#[derive(Serialize)]
struct Failure<'a> {
    error: &'a str,
}

const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Dresses every answer.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response =
        answered.unwrap_or_else(|_| Problem::broken(format_args!("a handler of {path} panicked")).into_response());
    if response.status().is_client_error() || response.status().is_server_error() {
        response = failure(&path, response);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages and answers hold a shop's data: no cache keeps them unless a handler says that it may.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn failure(path: &str, response: Response) -> Response {
    let status = response.status();
    let problem = response.extensions().get::<Problem>().cloned();
    let text = problem.as_ref().map_or_else(|| by_status(status), Problem::text);
    if path == crate::mcp::http::PATH && problem.is_none() {
        // The protocol has its own words for what went wrong.
        return response;
    }
    if ["/api/", "/push/", crate::mcp::http::PATH].iter().any(|api| path.starts_with(api)) || path == "/healthz" {
        return (status, Json(Failure { error: text })).into_response();
    }
    // A login form that says what was wrong is a page already.
    if problem.is_none()
        && response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    {
        return response;
    }
    (status, layout::apology(status.as_u16(), text)).into_response()
}

fn by_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "没有找到这个页面",
        StatusCode::METHOD_NOT_ALLOWED => "这个地址不支持这种请求",
        StatusCode::PAYLOAD_TOO_LARGE => "文件太大，最多 64 MB；请按月份分开导出再导入",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "请求的内容要用 JSON",
        status if status.is_client_error() => "请求的内容看不懂，请检查后再试",
        _ => "小二内部出错了，请稍后再试",
    }
}
