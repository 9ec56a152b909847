//! What a platform pushes. It has no token of ours: its signature is what lets it in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;

use crate::app::App;
use crate::web::error::Problem;

/// Answered as soon as the message is stored.
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    form: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let form = form.map_err(|refusal| Problem::new(refusal.status(), "推送的内容太大或不完整，没有接收"))?;
    app.door.receive(&name, query.unwrap_or_default().as_bytes(), &form).await?;
    Ok(StatusCode::OK)
}
