//! Runs: accept, list, show, cancel.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use xiaoer_sdk::Report;

use crate::app::App;
use crate::run::{NewRun, Run, Trigger};
use crate::web::assistant::Who;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Most runs of a list.
const MOST: usize = 200;

/// A wish.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    skill: String,
    #[serde(default)]
    input: Map<String, Value>,
    #[serde(default)]
    as_of: Option<NaiveDate>,
}

/// A run and, once it is done, its report.
#[derive(Serialize)]
pub(crate) struct Told {
    run: Run,
    report: Option<Report>,
}

/// Whether a run was told to stop.
#[derive(Serialize)]
pub(crate) struct Cancelled {
    cancelled: bool,
}

pub(crate) async fn accept(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Of(shop): Of,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    let (_turn, trigger) = match &who {
        Who::Owner => (None, Trigger::Person),
        Who::Assistant(assistant) => (Some(app.assistants.turn(assistant, &app.runs).await?), assistant.trigger()),
    };
    let new = NewRun { skill: &wish.skill, input: &wish.input, as_of: wish.as_of, trigger };
    Ok((StatusCode::CREATED, Json(app.runs.accept(&shop, new).await?)))
}

pub(crate) async fn list(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<Run>>, Problem> {
    Ok(Json(app.runs.list(&shop.id, MOST).await?))
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, run)): Path<(String, String)>,
) -> Result<Json<Told>, Problem> {
    let found = app.runs.get(&shop.id, &run).await?.ok_or_else(|| Problem::not_found("这次运行"))?;
    let report = app.runs.report(&shop.id, &run).await?;
    Ok(Json(Told { run: found, report }))
}

pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Of(shop): Of,
    Path((_, run)): Path<(String, String)>,
) -> Result<Json<Cancelled>, Problem> {
    let found = app.runs.get(&shop.id, &run).await?.ok_or_else(|| Problem::not_found("这次运行"))?;
    if let Who::Assistant(assistant) = &who
        && !assistant.began(&found.trigger)
    {
        return Err(Problem::new(StatusCode::FORBIDDEN, "这次运行不是这个助手开始的，请商家本人在控制台取消"));
    }
    Ok(Json(Cancelled { cancelled: app.runs.cancel(&shop.id, &run).await? }))
}
