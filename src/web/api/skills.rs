//! What can be run, as far as it may be: built-in skills, and of each plugin what the shops in question granted.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Query, State};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::Manifest;

use crate::app::App;
use crate::plugin::grant::{self, Identity};
use crate::shop::Shop;
use crate::staff::Team;
use crate::web::assistant::Who;
use crate::web::error::Problem;

/// In which shop; in any that the asker may see, where none is named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Where {
    shop: Option<String>,
}

/// A skill, as it holds.
#[derive(Serialize)]
pub(crate) struct Offered {
    #[serde(flatten)]
    manifest: Manifest,
    /// Why it cannot be run yet, and what to do; it then stands here as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
    Query(Where { shop }): Query<Where>,
) -> Result<Json<Vec<Offered>>, Problem> {
    let mut shops = who.among(app.shops.list().await?);
    if let Some(id) = shop {
        shops.retain(|shop| shop.id == id);
        if shops.is_empty() {
            return Err(Problem::not_found(&format!("店铺“{id}”")));
        }
    }
    let team = app.staff.now();
    let mut offered = BTreeMap::new();
    for (name, manifest) in team.manifests() {
        if team.get(name).is_some_and(|member| member.plugin.is_none()) {
            offered.insert(name.clone(), Offered { manifest: manifest.clone(), why_not: None });
        }
    }
    for shop in &shops {
        for (name, holds) in app.grants.in_shop(&shop.id, &team).await? {
            match offered.get_mut(&name) {
                Some(known) => widen(&mut known.manifest, holds),
                None => drop(offered.insert(name, Offered { manifest: holds, why_not: None })),
            }
        }
    }
    for (name, manifest) in team.manifests() {
        if !offered.contains_key(name) {
            let why_not = Some(why_not(&app, &shops, (&team, manifest)).await?);
            offered.insert(name.clone(), Offered { manifest: manifest.clone(), why_not });
        }
    }
    Ok(Json(offered.into_values().collect()))
}

/// What a skill may do in one shop or another.
fn widen(known: &mut Manifest, other: Manifest) {
    known.reads.extend(other.reads);
    known.asks.extend(other.asks);
    known.proposes.extend(other.proposes);
    known.beyond.http.extend(other.beyond.http);
    known.beyond.kv |= other.beyond.kv;
}

async fn why_not(app: &App, shops: &[Shop], (team, manifest): (&Team, &Manifest)) -> Result<String, Problem> {
    let author = team.get(&manifest.name).and_then(|member| member.plugin.as_ref()).map(|plugin| plugin.author.clone());
    let plugin = Identity { author: author.unwrap_or_default(), name: manifest.name.clone() };
    let given = match shops {
        [shop] => app.grants.of(&shop.id, &plugin).await?,
        _ => None,
    };
    Ok(grant::standing(manifest, given.as_ref()).why_not(&manifest.title).unwrap_or_default())
}
