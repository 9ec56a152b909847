//! The coming days: forecast, plan, what-if, and the plans that were adopted.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use xiaoer_sdk::Planned;
use xiaoer_sdk::growth::backtest::Backtest;
use xiaoer_sdk::growth::forecast::Forecast;
use xiaoer_sdk::growth::plan::WhatIf;
use xiaoer_sdk::growth::{Fen, RulePack};

use super::growth::{day_of, known_pack, unanswered};
use crate::app::App;
use crate::score::{AdoptedPlan, PlanAsk, PlanNews, TrialAsk, Which};
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Days of a forecast for which nobody said any.
const USUAL_DAYS: u32 = 30;
/// Most days of a forecast.
const MOST_DAYS: u32 = 60;

/// Words of an address; an empty one asks for what is usual.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    as_of: Option<String>,
    pack: Option<String>,
    days: Option<String>,
    level: Option<String>,
    by: Option<String>,
    odds: Option<String>,
    budget: Option<String>,
    from: Option<String>,
    to: Option<String>,
    horizons: Option<String>,
}

impl Asked {
    /// The last known day.
    pub(crate) fn as_of(&self) -> Result<Option<NaiveDate>, Problem> {
        parsed(self.as_of.as_deref(), "日期（as_of）", "2026-06-30 这样的日期")
    }

    fn pack(&self) -> Result<Option<&'static RulePack>, Problem> {
        self.pack.as_deref().filter(|id| !id.is_empty()).map(known_pack).transpose()
    }

    /// What is asked of a backtest.
    fn trial(&self) -> Result<TrialAsk, Problem> {
        let words = self.horizons.as_deref().unwrap_or_default().split(',');
        let horizons: Result<Vec<Option<u32>>, Problem> =
            words.map(|word| parsed(Some(word), "预测天数（horizons）", "7,14 这样的整数")).collect();
        Ok(TrialAsk {
            from: parsed(self.from.as_deref(), "开始日期（from）", "2026-06-30 这样的日期")?,
            to: parsed(self.to.as_deref(), "结束日期（to）", "2026-06-30 这样的日期")?,
            horizons: horizons?.into_iter().flatten().collect(),
        })
    }

    /// How many days ahead.
    pub(crate) fn days(&self) -> Result<u32, Problem> {
        let days = parsed(self.days.as_deref(), "天数（days）", "1 到 60 的整数")?.unwrap_or(USUAL_DAYS);
        if (1..=MOST_DAYS).contains(&days) {
            return Ok(days);
        }
        Err(Problem::bad(format!("天数填了 {days}，请填 1 到 {MOST_DAYS}")))
    }

    /// What is asked of a plan.
    pub(crate) fn ask(&self) -> Result<PlanAsk, Problem> {
        Ok(PlanAsk {
            level: self.level.clone().map(|level| level.trim().to_owned()).filter(|level| !level.is_empty()),
            by: parsed(self.by.as_deref(), "目标日期（by）", "2026-06-30 这样的日期")?,
            odds: parsed(self.odds.as_deref(), "把握（odds）", "1 到 100 的整数")?,
            budget: parsed::<Yuan>(self.budget.as_deref(), "预算（budget）", "元，最多两位小数")?
                .map(|Yuan(budget)| budget),
        })
    }
}

/// An amount in decimal yuan.
struct Yuan(Fen);

impl FromStr for Yuan {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let yuan = Decimal::from_str_exact(word).map_err(|_| ())?;
        Fen::from_yuan(yuan).map(Self).map_err(|_| ())
    }
}

fn parsed<T: FromStr>(word: Option<&str>, what: &str, like: &str) -> Result<Option<T>, Problem> {
    let word = word.map(str::trim).filter(|word| !word.is_empty());
    word.map(|word| word.parse().map_err(|_| Problem::bad(format!("{what}不能填“{word}”，请填{like}")))).transpose()
}

pub(crate) async fn forecast(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Json<Forecast>, Problem> {
    let days = asked.days()?;
    let (head, as_of) = day_of(&app, &shop, asked.as_of()?).await?;
    let day = (as_of, asked.pack()?);
    let forecast = app.scorer.forecast_by(&shop, head.generation, day, days).await.map_err(unanswered)?;
    Ok(Json(Arc::unwrap_or_clone(forecast)))
}

pub(crate) async fn plan(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Json<Planned>, Problem> {
    let ask = asked.ask()?;
    let (head, as_of) = day_of(&app, &shop, asked.as_of()?).await?;
    let day = (as_of, asked.pack()?);
    Ok(Json(app.scorer.plan_by(&shop, head.generation, day, &ask).await.map_err(unanswered)?))
}

/// How good the forecast would have been on past days.
pub(crate) async fn backtest(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Json<Backtest>, Problem> {
    let trial = asked.trial()?;
    let (head, as_of) = day_of(&app, &shop, asked.as_of()?).await?;
    let wish = trial.wish(as_of).map_err(Problem::bad)?;
    let found = app.scorer.backtest(&shop, head.generation, (as_of, asked.pack()?), wish).await;
    Ok(Json(found.map_err(unanswered)?))
}

/// So many units of each lever, by its id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    units: BTreeMap<String, u32>,
    as_of: Option<NaiveDate>,
    level: Option<String>,
    by: Option<NaiveDate>,
    odds: Option<u8>,
    budget: Option<Fen>,
}

pub(crate) async fn what_if(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(asked): Body<Units>,
) -> Result<Json<WhatIf>, Problem> {
    let Units { units, as_of, level, by, odds, budget } = asked;
    let (head, as_of) = day_of(&app, &shop, as_of).await?;
    let ask = PlanAsk { level, by, odds, budget };
    let found = app.scorer.what_if(&shop, (head.generation, as_of), &ask, units).await;
    Ok(Json(found.map_err(unanswered)?))
}

/// Adopted plans, the newest first, and what came of those whose day is over.
pub(crate) async fn list(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<PlanNews>>, Problem> {
    let Some(head) = app.mirror.head(&shop.id).await? else { return Ok(Json(Vec::new())) };
    let news = app.scorer.plan_news(&shop, head.generation, head.complete_through).await;
    Ok(Json(news.map_err(unanswered)?))
}

/// A plan to adopt: what was asked for, on which day's data, and which of its two ways.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adopted {
    wish: PlanAsk,
    choice: Which,
    as_of: Option<NaiveDate>,
}

pub(crate) async fn adopt(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(adopted): Body<Adopted>,
) -> Result<Json<AdoptedPlan>, Problem> {
    let Adopted { wish, choice, as_of } = adopted;
    let (head, as_of) = day_of(&app, &shop, as_of).await?;
    let plan = app.scorer.adopt(&shop, (head.generation, as_of), wish, (choice, today(&app, &shop))).await;
    Ok(Json(plan.map_err(unanswered)?))
}

pub(crate) async fn drop(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, plan)): Path<(String, String)>,
) -> Result<Json<AdoptedPlan>, Problem> {
    let dropped = app.scorer.drop_plan(&shop.id, &plan, today(&app, &shop)).await?;
    dropped.map(Json).ok_or_else(|| Problem::not_found("这个计划"))
}

fn today(app: &App, shop: &Shop) -> NaiveDate {
    app.clock.now_in(shop.zone).date_naive()
}
