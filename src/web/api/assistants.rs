//! Tokens for other people's assistants: made, listed, taken back. By the owner alone; no assistant's token opens this.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::plugins::PERSON;
use crate::app::App;
use crate::assistant::Assistant;
use crate::web::error::Problem;
use crate::web::extract::Body;

/// A token to make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    /// Ids; all that there are now, where none is named.
    shops: Option<BTreeSet<String>>,
}

/// A token that was made, told this once.
#[derive(Serialize)]
pub(crate) struct Made {
    #[serde(flatten)]
    assistant: Assistant,
    token: String,
}

/// Which one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    name: String,
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Assistant>>, Problem> {
    Ok(Json(app.assistants.list().await?))
}

pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Body(New { name, shops }): Body<New>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let known: BTreeSet<String> = app.shops.list().await?.into_iter().map(|shop| shop.id).collect();
    let shops = match shops {
        Some(shops) => shops,
        None => known.clone(),
    };
    if let Some(unknown) = shops.iter().find(|shop| !known.contains(*shop)) {
        return Err(Problem::not_found(&format!("店铺“{unknown}”")));
    }
    let (assistant, token) = app.assistants.make(&name, shops, PERSON).await?;
    Ok((StatusCode::CREATED, Json(Made { assistant, token })))
}

pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Body(Named { name }): Body<Named>,
) -> Result<Json<()>, Problem> {
    app.assistants.revoke(&name, PERSON).await?;
    Ok(Json(()))
}
