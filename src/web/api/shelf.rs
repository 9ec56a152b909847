//! The shelf of plugins: what is installed, and every change of it. What a shop lets a plugin do is asked elsewhere.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::plugin::manifest::Adopted;
use crate::plugin::shelf::{Installed, Place, ShelfError, Shelved, State as Whole, Updated};
use crate::plugin::trust::Known;
use crate::web::error::Problem;
use crate::web::extract::Body;

/// A plugin on the shelf.
#[derive(Serialize)]
pub(crate) struct OnShelf {
    #[serde(flatten)]
    place: Place,
    version: String,
    title: String,
    role: String,
    standing: Whole,
}

/// A folder of this machine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    path: PathBuf,
    /// For an Agent Skill from elsewhere.
    adopted: Option<Adopted>,
}

/// A plugin of an index.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    name: String,
    index: String,
    #[serde(default)]
    trust: bool,
}

/// Whether a key that was never seen is trusted from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    #[serde(default)]
    trust: bool,
}

/// Which plugin; all without a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    name: Option<String>,
}

/// Whether a plugin stays at its version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    pinned: bool,
}

/// A key to trust or to revoke.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    key: String,
    #[serde(default)]
    revoke: bool,
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<OnShelf>>, Problem> {
    let mut all = Vec::new();
    for place in app.shelf.places().await? {
        let shelved = app.shelf.get(&place.current).await?;
        let why = "its record is missing; install it again".to_owned();
        let standing = shelved.as_ref().map(|shelved| shelved.state.clone());
        let standing = standing.unwrap_or(Whole::Broken { why });
        let (version, package) =
            shelved.map_or_else(Default::default, |Shelved { version, package, .. }| (version, package));
        let (title, role) = package.map(|p| (p.manifest.title.clone(), p.manifest.role.clone())).unwrap_or_default();
        all.push(OnShelf { place, version, title, role, standing });
    }
    Ok(Json(all))
}

/// The staff is in step before the answer, also where the change itself was refused: an index may have taken something back on the way.
async fn settled<T>(app: &App, outcome: Result<T, ShelfError>) -> Result<T, Problem> {
    app.loader.load().await?;
    Ok(outcome?)
}

pub(crate) async fn folder(
    State(app): State<Arc<App>>,
    Body(folder): Body<Folder>,
) -> Result<Json<Installed>, Problem> {
    let change = app.shelf.install_folder(&folder.path, folder.adopted).await;
    Ok(Json(settled(&app, change).await?.into()))
}

pub(crate) async fn archive(
    State(app): State<Arc<App>>,
    Query(Trust { trust }): Query<Trust>,
    bytes: Bytes,
) -> Result<Json<Installed>, Problem> {
    let change = app.shelf.install_archive(bytes.to_vec(), trust).await;
    Ok(Json(settled(&app, change).await?.into()))
}

pub(crate) async fn named(State(app): State<Arc<App>>, Body(named): Body<Named>) -> Result<Json<Installed>, Problem> {
    let change = app.shelf.install_named(&named.name, &named.index, named.trust).await;
    Ok(Json(settled(&app, change).await?.into()))
}

pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Body(which): Body<Which>,
) -> Result<Json<Vec<Updated>>, Problem> {
    let updated = app.shelf.update(which.name.as_deref()).await;
    Ok(Json(settled(&app, updated).await?))
}

pub(crate) async fn remove(State(app): State<Arc<App>>, Path(plugin): Path<String>) -> Result<Json<()>, Problem> {
    let removed = app.shelf.remove(&plugin).await;
    Ok(Json(settled(&app, removed).await?))
}

pub(crate) async fn rollback(
    State(app): State<Arc<App>>,
    Path(plugin): Path<String>,
) -> Result<Json<Updated>, Problem> {
    let back = app.shelf.rollback(&plugin).await;
    Ok(Json(settled(&app, back).await?))
}

pub(crate) async fn pin(
    State(app): State<Arc<App>>,
    Path(plugin): Path<String>,
    Body(Pin { pinned }): Body<Pin>,
) -> Result<Json<()>, Problem> {
    app.shelf.pin(&plugin, pinned).await?;
    Ok(Json(()))
}

pub(crate) async fn keys(State(app): State<Arc<App>>) -> Result<Json<Vec<Known>>, Problem> {
    Ok(Json(app.shelf.keys().all().await?))
}

pub(crate) async fn trust(State(app): State<Arc<App>>, Body(word): Body<Word>) -> Result<Json<()>, Problem> {
    let trusted = app.shelf.trust(&word.key, word.revoke).await;
    Ok(Json(settled(&app, trusted).await?))
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::Db(error) => error.into(),
            ShelfError::Disk(_) => Self::new(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            ShelfError::Unknown(_) | ShelfError::NoEarlier(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            ShelfError::Index(_) => Self::outside(error.to_string()),
            ShelfError::Fault(_) | ShelfError::Unfit(_) | ShelfError::NotAKey(_) => Self::bad(error.to_string()),
            ShelfError::Untrusted { .. }
            | ShelfError::KeyGone(_)
            | ShelfError::Clash { .. }
            | ShelfError::Older { .. }
            | ShelfError::Same { .. }
            | ShelfError::Pinned(_)
            | ShelfError::Revoked { .. } => Self::conflict(error.to_string()),
        }
    }
}
