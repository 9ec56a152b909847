//! Talks with the staff: begin, ask, follow, stop.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::events::{Resume, SIGN_OF_LIFE, closed};
use crate::app::App;
use crate::chat::{Line, Talk, Watcher};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Most talks of a list.
const MOST: usize = 100;

/// A first question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct First {
    role: String,
    text: String,
}

/// A further question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Next {
    text: String,
}

/// A talk and what was said.
#[derive(Serialize)]
pub(crate) struct Told {
    talk: Talk,
    lines: Vec<Line>,
}

/// Whether an answer was told to stop.
#[derive(Serialize)]
pub(crate) struct Cancelled {
    cancelled: bool,
}

type Named = Path<(String, String)>;

pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(first): Body<First>,
) -> Result<(StatusCode, Json<Talk>), Problem> {
    Ok((StatusCode::CREATED, Json(app.chat.begin(&shop, &first.role, &first.text).await?)))
}

pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, talk)): Named,
    Body(next): Body<Next>,
) -> Result<Json<Talk>, Problem> {
    Ok(Json(app.chat.ask(&shop, &talk, &next.text).await?))
}

pub(crate) async fn list(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<Talk>>, Problem> {
    Ok(Json(app.chat.room().list(&shop.id, MOST).await?))
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, talk)): Named,
) -> Result<Json<Told>, Problem> {
    let talk = found(&app, &shop.id, &talk).await?;
    let lines = app.chat.room().lines(&shop.id, &talk.id, 0).await?;
    Ok(Json(Told { talk, lines }))
}

pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, talk)): Named,
) -> Result<Json<Cancelled>, Problem> {
    let talk = found(&app, &shop.id, &talk).await?;
    Ok(Json(Cancelled { cancelled: app.chat.cancel(&shop.id, &talk.id) }))
}

/// A talk's lines as they are written, from where the reader was; it ends with the turn.
pub(crate) async fn follow(
    State(web): State<Web>,
    Of(shop): Of,
    Path((_, talk)): Named,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let talk = found(&web.app, &shop.id, &talk).await?;
    let seen = resume.seen(&headers);
    let next = seen.map_or(0, |seq| seq.saturating_add(1));
    if talk.busy.is_none() && next >= talk.lines {
        // The one answer after which a browser does not connect again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // A talk may hold many turns: it is over with the line that ends the newest.
    let least = if talk.busy.is_some() { talk.lines } else { talk.lines - 1 };
    let watcher = web.app.chat.follow(&shop.id, &talk.id, seen);
    let kept_alive = KeepAlive::new().interval(SIGN_OF_LIFE).text("still here");
    Ok(Sse::new(told(watcher, least, web.closing)).keep_alive(kept_alive).into_response())
}

async fn found(app: &App, shop: &str, talk: &str) -> Result<Talk, Problem> {
    app.chat.room().get(shop, talk).await?.ok_or_else(|| Problem::not_found("这次对话"))
}

fn told(watcher: Watcher, least: u64, closing: watch::Receiver<bool>) -> impl Stream<Item = Result<Event, Infallible>> {
    let batches = stream::unfold(Some((watcher, closing)), move |state| async move {
        let (mut watcher, mut closing) = state?;
        let lines = tokio::select! {
            lines = watcher.lines() => lines,
            () = closed(&mut closing) => return None,
        };
        match lines {
            Ok(lines) => {
                let over = lines.last().is_some_and(|line| line.seq >= least && line.what.is_last());
                Some((lines, (!over).then_some((watcher, closing))))
            }
            Err(error) => {
                // The browser connects again by itself, and reads on from where it was.
                tracing::error!(%error, "a talk cannot be read");
                None
            }
        }
    });
    batches.flat_map(stream::iter).map(|line| Ok(event(&line)))
}

fn event(line: &Line) -> Event {
    let data = serde_json::to_string(line).expect("a line is plain data");
    Event::default().id(line.seq.to_string()).event(line.what.name()).data(data)
}
