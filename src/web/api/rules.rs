//! The rules that a shop is counted by, figure by figure, the merchant's corrections of them, and the figures of the business.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::growth::{self, Correction, PackFigure};

use super::growth::known_pack;
use crate::app::App;
use crate::score::{Business, GoodsShare, KeepError};
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Which rules: those of a pack, or else those in force on a day.
#[derive(Deserialize)]
pub(crate) struct Asked {
    as_of: Option<NaiveDate>,
    pack: Option<String>,
}

/// Rules as a form shows them.
#[derive(Serialize)]
pub(crate) struct Rules {
    /// Id of the pack.
    pub(crate) pack: String,
    /// Its name in Chinese.
    pub(crate) name: String,
    /// What may be corrected, as it stands now.
    pub(crate) figures: Vec<PackFigure>,
    /// What the merchant corrected.
    pub(crate) corrections: Vec<Correction>,
}

/// All corrections of a pack; they go before those that were kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Corrected {
    pack: Option<String>,
    corrections: Vec<Typed>,
}

/// A figure as it was typed; an empty one leaves the pack's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    field: String,
    value: String,
    /// The day it was entered on; without it the day that was kept, or today.
    on: Option<NaiveDate>,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Json<Rules>, Problem> {
    let pack = match asked.pack.as_deref() {
        Some(id) => known_pack(id)?,
        None => growth::pack_for(day_of(&app, &shop, asked.as_of).await?).0,
    };
    Ok(Json(rules_of(&app, &shop, &pack.id).await?))
}

pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(corrected): Body<Corrected>,
) -> Result<Json<Rules>, Problem> {
    let pack = match corrected.pack.as_deref() {
        Some(id) => known_pack(id)?,
        None => growth::pack_for(day_of(&app, &shop, None).await?).0,
    };
    let kept = app.scorer.corrections(&shop.id, &pack.id).await?;
    let today = app.clock.now_in(shop.zone).date_naive();
    let typed = corrected.corrections.into_iter().filter(|typed| !typed.value.trim().is_empty());
    let corrections = typed.map(|Typed { field, value, on }| {
        let before = kept.iter().find(|kept| kept.field == field && kept.value == value);
        let on = on.filter(|on| *on <= today).or(before.map(|kept| kept.on)).unwrap_or(today);
        Correction { field, value: value.trim().to_owned(), on }
    });
    app.scorer.correct(&shop.id, &pack.id, corrections.collect()).await?;
    Ok(Json(rules_of(&app, &shop, &pack.id).await?))
}

/// The last complete day, or today for a shop without data: rules can be corrected before the first order.
async fn day_of(app: &App, shop: &Shop, as_of: Option<NaiveDate>) -> Result<NaiveDate, Problem> {
    if let Some(day) = as_of {
        return Ok(day);
    }
    let head = app.mirror.head(&shop.id).await?;
    Ok(head.map_or_else(|| app.clock.now_in(shop.zone).date_naive(), |head| head.complete_through))
}

pub(crate) async fn rules_of(app: &App, shop: &Shop, pack: &str) -> Result<Rules, Problem> {
    let pack = known_pack(pack)?;
    // What no longer fits must not hide the form in which it is mended: the pack's own figures stand there then.
    let rules = match app.scorer.corrected(&shop.id, pack).await {
        Err(KeepError::Refused(_)) => pack.clone(),
        other => other?,
    };
    Ok(Rules {
        pack: pack.id.clone(),
        name: pack.name.clone(),
        figures: rules.figures(shop.industry),
        corrections: app.scorer.corrections(&shop.id, &pack.id).await?,
    })
}

/// The figures of the business, and what the shop's rows say where nothing was entered.
#[derive(Serialize)]
pub(crate) struct Figures {
    /// What the merchant entered.
    pub(crate) business: Business,
    /// What the goods cost by orders and imported costs; none when no order has all its costs.
    pub(crate) goods: Option<GoodsShare>,
}

pub(crate) async fn business(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Figures>, Problem> {
    Ok(Json(figures(&app, &shop).await?))
}

pub(crate) async fn keep_business(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(business): Body<Business>,
) -> Result<Json<Figures>, Problem> {
    let today = app.clock.now_in(shop.zone).date_naive();
    app.scorer.keep_business(&shop.id, business, today).await?;
    Ok(Json(figures(&app, &shop).await?))
}

pub(crate) async fn figures(app: &App, shop: &Shop) -> Result<Figures, Problem> {
    let business = app.scorer.business(&shop.id).await?;
    let goods = match app.mirror.head(&shop.id).await? {
        Some(head) => app.scorer.goods(shop, head.generation, head.complete_through).await?,
        None => None,
    };
    Ok(Figures { business, goods })
}
