//! `/metrics` for Prometheus, and the count of requests that it tells of. It needs the token like everything else: as a bearer.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::db::{Key, Scan, Table};
use crate::telemetry::metrics;
use crate::web::error::Problem;

/// A path that is on no list: its own words are the asker's and become no label.
const NOWHERE: &str = "other";

pub(crate) async fn text(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    for (queue, table) in [("runs", Table::OpenRuns), ("actions", Table::DueActions), ("pushes", Table::PushWaiting)] {
        let waiting = app.db.scan(table, Scan::under(&Key::global())).await?;
        metrics::queue_depth(queue, waiting.len());
    }
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics::text()).into_response())
}

/// Counts a request by its route's template.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    metrics::http_request(known(&method), route, response.status().as_u16());
    response
}

/// A method may be any word; only the usual ones become a label.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => NOWHERE,
    }
}
