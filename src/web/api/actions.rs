//! Actions and people's decisions about them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::Change;

use crate::action::desk::Edit;
use crate::action::{Action, ActionState};
use crate::app::App;
use crate::plugin::withdrawn::Withdrawn;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Most actions of a list.
const MOST: usize = 500;
/// Who decides in the console: whoever holds the token.
const PERSON: &str = "商家";

/// An action with what follows from it.
#[derive(Serialize)]
pub(crate) struct ActionView {
    #[serde(flatten)]
    action: Action,
    /// What a merchant calls this kind of change.
    title: &'static str,
    /// The text of the changed field afterwards.
    after: String,
    /// What a decision must name.
    hash: String,
    /// What a merchant calls the state.
    label: &'static str,
    waits_for_person: bool,
    can_undo: bool,
    /// Why it can only be declined, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    barred: Option<String>,
}

/// A decision on exactly what was shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    hash: String,
    #[serde(default)]
    edit: Edit,
}

/// A no, or a second try; there is nothing to edit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declined {
    hash: String,
}

impl From<Action> for ActionView {
    fn from(action: Action) -> Self {
        Self {
            title: action.change.kind().title(),
            after: action.after(),
            hash: action.hash(),
            label: action.state.label(),
            waits_for_person: action.state.waits_for_person(),
            can_undo: can_undo(&action),
            barred: None,
            action,
        }
    }
}

/// What a person wishes to be done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    change: Change,
    #[serde(default)]
    why: String,
}

type Named = Path<(String, String)>;

pub(crate) async fn list(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<ActionView>>, Problem> {
    let mut all = Vec::new();
    for action in app.desk.list(&shop.id, MOST).await? {
        let barred = app.desk.withdrawn(&action).await?.map(Withdrawn::of_proposal);
        all.push(ActionView { barred, ..action.into() });
    }
    Ok(Json(all))
}

pub(crate) async fn approve(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, action)): Named,
    Body(decided): Body<Decided>,
) -> Result<Json<Action>, Problem> {
    Ok(Json(app.desk.approve(&shop, &action, PERSON, (&decided.hash, decided.edit)).await?))
}

/// A person's own wish becomes a proposal about the object as the shop shows it now; it needs a yes like any other.
pub(crate) async fn propose(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Body(Wish { change, why }): Body<Wish>,
) -> Result<Json<ActionView>, Problem> {
    let seen = app.upkeep.seen_now(&shop, &change).await?;
    Ok(Json(app.desk.propose(&shop, (change, seen), PERSON, &why).await?.into()))
}

pub(crate) async fn retry(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, action)): Named,
    Body(declined): Body<Declined>,
) -> Result<Json<Action>, Problem> {
    Ok(Json(app.desk.retry(&shop, &action, PERSON, &declined.hash).await?))
}

pub(crate) async fn reject(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, action)): Named,
    Body(declined): Body<Declined>,
) -> Result<Json<Action>, Problem> {
    Ok(Json(app.desk.reject(&shop, &action, PERSON, &declined.hash).await?))
}

pub(crate) async fn claim(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, action)): Named,
) -> Result<Json<Action>, Problem> {
    Ok(Json(app.desk.claim(&shop, &action, PERSON).await?))
}

pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, action)): Named,
) -> Result<Json<Action>, Problem> {
    Ok(Json(app.desk.undo(&shop, &action, PERSON).await?))
}

/// Whether the merchant may take it back.
pub(crate) fn can_undo(action: &Action) -> bool {
    action.state == ActionState::Done && action.undo_of.is_none() && action.reverse().is_some()
}
