//! A part of the score, opened: what it is, how it is computed, and the orders, refunds and inquiries that it is made of.

use std::sync::Arc;

use axum::extract::{Query, State};
use chrono::NaiveDate;
use maud::Markup;
use serde::Deserialize;
use xiaoer_sdk::growth;

use super::page;
use crate::app::App;
use crate::score::Wanted;
use crate::web::api::growth::{day_of, part, unexplained};
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::contributions::{self, Sheet};
use crate::web::view::layout::Place;

/// Which part, and which of its rows.
#[derive(Deserialize)]
pub(crate) struct Asked {
    part: Option<String>,
    day: Option<NaiveDate>,
    to: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
    from: Option<usize>,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Markup, Problem> {
    let wanted = Wanted { part: part(asked.part.as_deref())?, day: asked.day, to: asked.to };
    let (head, as_of) = day_of(&app, &shop, asked.as_of).await?;
    let explained = app.scorer.explain(&shop, head.generation, (as_of, None), &wanted).await;
    let explained = explained.map_err(|error| unexplained(&error))?;
    let sheet = Sheet {
        shop: &shop.id,
        explained: &explained,
        pack: growth::pack(&explained.card.pack),
        wanted: &wanted,
        as_of: asked.as_of,
        from: asked.from.unwrap_or_default(),
    };
    page(&app, &shop, (Place::Home, &contributions::title(&sheet)), &contributions::whole(&sheet)).await
}
