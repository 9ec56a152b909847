//! The growth score, what it is made of, and what the merchant types in beside the orders.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use chrono::NaiveDate;
use serde::Deserialize;
use xiaoer_sdk::growth::{self, Calibration, Inputs, Points};

use crate::app::App;
use crate::score::{ExplainError, Explained, KeepError, Part, Score, Wanted};
use crate::shop::Shop;
use crate::shop::mirror::Head;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Which score.
#[derive(Deserialize)]
pub(crate) struct Asked {
    as_of: Option<NaiveDate>,
    pack: Option<String>,
}

/// Which part of a score, opened.
#[derive(Deserialize)]
pub(crate) struct Opened {
    as_of: Option<NaiveDate>,
    pack: Option<String>,
    part: Option<String>,
    day: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

pub(crate) async fn score(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Json<Score>, Problem> {
    let pack = asked.pack.as_deref().map(known_pack).transpose()?;
    let (head, as_of) = day_of(&app, &shop, asked.as_of).await?;
    let score = app.scorer.score_by(&shop, head.generation, (as_of, pack)).await;
    Ok(Json(score.map_err(unanswered)?))
}

pub(crate) async fn contributions(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Opened>,
) -> Result<Json<Explained>, Problem> {
    let pack = asked.pack.as_deref().map(known_pack).transpose()?;
    let wanted = Wanted { part: part(asked.part.as_deref())?, day: asked.day, to: asked.to };
    let (head, as_of) = day_of(&app, &shop, asked.as_of).await?;
    let explained = app.scorer.explain(&shop, head.generation, (as_of, pack), &wanted).await;
    Ok(Json(explained.map_err(|error| unexplained(&error))?))
}

/// A word for a part; an empty one asks for all.
pub(crate) fn part(word: Option<&str>) -> Result<Option<Part>, Problem> {
    let word = word.filter(|word| !word.is_empty());
    word.map(str::parse).transpose().map_err(|error: crate::score::UnknownPart| Problem::bad(error.to_string()))
}

/// Why a score was not opened, to whoever asked.
pub(crate) fn unexplained(error: &anyhow::Error) -> Problem {
    match error.downcast_ref::<ExplainError>() {
        Some(error) => Problem::bad(error.to_string()),
        None => refused(error),
    }
}

/// Why the score did not answer, to whoever asked: what the merchant's own figures make impossible is said, the rest is logged.
#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
pub(crate) fn unanswered(error: anyhow::Error) -> Problem {
    refused(&error)
}

fn refused(error: &anyhow::Error) -> Problem {
    match error.downcast_ref::<KeepError>() {
        Some(KeepError::Refused(why)) => Problem::bad(why),
        _ => Problem::broken(format_args!("{error:#}")),
    }
}

/// The data of a shop and the day to score: the last complete one, or an earlier one of the asker's choice.
pub(crate) async fn day_of(app: &App, shop: &Shop, as_of: Option<NaiveDate>) -> Result<(Head, NaiveDate), Problem> {
    let head =
        app.mirror.head(&shop.id).await?.ok_or_else(|| Problem::conflict("店铺还没有数据，请先同步或导入订单"))?;
    let as_of = as_of.unwrap_or(head.complete_through);
    if as_of > head.complete_through {
        return Err(Problem::conflict(format!(
            "店铺数据只完整到 {}，请先同步或导入，或选更早的日期",
            head.complete_through
        )));
    }
    Ok((head, as_of))
}

pub(super) fn known_pack(id: &str) -> Result<&'static growth::RulePack, Problem> {
    growth::pack(id).ok_or_else(|| {
        let known: Vec<&str> = growth::packs().iter().map(|pack| pack.id.as_str()).collect();
        Problem::bad(format!("没有规则包“{id}”；可用：{}", known.join("、")))
    })
}

pub(crate) async fn inputs(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Inputs>, Problem> {
    Ok(Json(app.scorer.inputs(&shop.id).await?))
}

pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(inputs): Body<Inputs>,
) -> Result<Json<Inputs>, Problem> {
    if let Some(mark) = inputs.marks.iter().find(|mark| mark.to.is_some_and(|to| to < mark.from)) {
        return Err(Problem::bad(format!("标识“{}”的结束日期早于开始日期", mark.kind)));
    }
    for shown in &inputs.shown {
        let Calibration { day, points, level } = shown;
        can_be_shown(&app, &shop, *day, Some((*points, level.as_deref()))).await?;
    }
    Ok(Json(app.scorer.enter(&shop.id, &inputs).await?))
}

/// What 成长中心 showed on a day; without points: what was kept for that day is forgotten.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    day: NaiveDate,
    points: Option<Points>,
    level: Option<String>,
}

pub(crate) async fn calibrate(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(shown): Body<Shown>,
) -> Result<Json<Inputs>, Problem> {
    let Shown { day, points, level } = shown;
    let level = level.filter(|level| !level.trim().is_empty());
    can_be_shown(&app, &shop, day, points.map(|points| (points, level.as_deref()))).await?;
    Ok(Json(match points {
        Some(points) => app.scorer.keep_shown(&shop.id, Calibration { day, points, level }).await?,
        None => app.scorer.forget_shown(&shop.id, day).await?,
    }))
}

async fn can_be_shown(
    app: &App,
    shop: &Shop,
    day: NaiveDate,
    shown: Option<(Points, Option<&str>)>,
) -> Result<(), Problem> {
    let today = app.clock.now_in(shop.zone).date_naive();
    if day > today {
        return Err(Problem::bad(format!("“看到的日期”{day} 还没有到，请填今天或更早的日期")));
    }
    let Some((points, level)) = shown else { return Ok(()) };
    if points < Points::ZERO {
        return Err(Problem::bad(format!("成长中心的积分不会是负数（填了 {points}）")));
    }
    let rules = app.scorer.rules(&shop.id, day).await?;
    let levels: Vec<&str> = rules.levels.iter().map(|level| level.id.as_str()).collect();
    match level.filter(|level| !levels.contains(level)) {
        Some(unknown) => Err(Problem::bad(format!("没有等级“{unknown}”；可填：{}", levels.join("、")))),
        None => Ok(()),
    }
}
