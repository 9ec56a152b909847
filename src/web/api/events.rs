//! A run's log as it grows. Every line comes out of the database, so a browser that lost its connection goes on where it was.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::watch;

use crate::run::events::{News, RunLine, Watcher, lines};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::extract::Of;

/// A proxy that hears nothing for longer closes the connection.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Where to go on; a browser that reconnects says it in a header instead.
#[derive(Deserialize)]
pub(crate) struct Resume {
    after: Option<u64>,
}

impl Resume {
    /// The line that was seen last.
    pub(super) fn seen(&self, headers: &HeaderMap) -> Option<u64> {
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
        last.or(self.after)
    }
}

pub(crate) async fn follow(
    State(web): State<Web>,
    Of(shop): Of,
    Path((_, run)): Path<(String, String)>,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let app = &web.app;
    let found = app.runs.get(&shop.id, &run).await?.ok_or_else(|| Problem::not_found("这次运行"))?;
    let seen = resume.seen(&headers);
    let next = seen.map_or(0, |seq: u64| seq.saturating_add(1));
    if found.state.is_over() && lines(&*app.db, &shop.id, &run, next).await?.is_empty() {
        // The one answer after which a browser does not connect again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let watcher = Watcher::new(app.db.clone(), &app.bell, &shop.id, &run, seen);
    let kept_alive = KeepAlive::new().interval(SIGN_OF_LIFE).text("still here");
    Ok(Sse::new(told(watcher, web.closing)).keep_alive(kept_alive).into_response())
}

/// From which line on.
#[derive(Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    from: u64,
}

/// The lines that there are, for who looks again instead of listening.
pub(crate) async fn told_so_far(
    State(web): State<Web>,
    Of(shop): Of,
    Path((_, run)): Path<(String, String)>,
    Query(From { from }): Query<From>,
) -> Result<Json<Vec<RunLine>>, Problem> {
    web.app.runs.get(&shop.id, &run).await?.ok_or_else(|| Problem::not_found("这次运行"))?;
    Ok(Json(lines(&*web.app.db, &shop.id, &run, from).await?))
}

/// Every line until the last one, or until the server stops.
fn told(watcher: Watcher, closing: watch::Receiver<bool>) -> impl Stream<Item = Result<Event, Infallible>> {
    let batches = stream::unfold(Some((watcher, closing)), |state| async {
        let (mut watcher, mut closing) = state?;
        let lines = tokio::select! {
            lines = watcher.lines() => lines,
            () = closed(&mut closing) => return None,
        };
        match lines {
            Ok(lines) => {
                let over = lines.last().is_some_and(|line| line.news.is_last());
                Some((lines, (!over).then_some((watcher, closing))))
            }
            Err(error) => {
                // The browser connects again by itself, and reads the log from where it was.
                tracing::error!(%error, "a run's log cannot be read");
                None
            }
        }
    });
    batches.flat_map(stream::iter).map(|line| Ok(event(&line)))
}

pub(super) async fn closed(closing: &mut watch::Receiver<bool>) {
    if closing.wait_for(|closing| *closing).await.is_err() {
        // A router without a server is never closed.
        std::future::pending::<()>().await;
    }
}

fn event(line: &RunLine) -> Event {
    let name = match line.news {
        News::Queued => "queued",
        News::Started { .. } => "started",
        News::Step { .. } => "step",
        News::Done => "done",
        News::Stopped { .. } => "stopped",
    };
    let data = serde_json::to_string(line).expect("a line is plain data");
    Event::default().id(line.seq.to_string()).event(name).data(data)
}
