//! Plugins: what is installed, and what each shop lets them do.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::plugin::fetch;
use crate::plugin::grant::{self, Grant, Standing, Wishes};
use crate::plugin::loader::{Listed, State as Whole};
use crate::secret::{Secret, SecretRef};
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

/// Who decides in the console and over the API.
pub(super) const PERSON: &str = "商家";

/// An installed plugin.
#[derive(Serialize)]
pub(crate) struct Installed {
    name: String,
    /// The key of its author; empty for a folder that nobody signed.
    author: String,
    title: String,
    description: String,
    role: String,
    version: String,
    digest: String,
    state: &'static str,
    /// What is wrong, or with the newest change of its folder; for its author.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// A plugin and what a shop lets it do.
#[derive(Serialize)]
pub(crate) struct OfShop {
    #[serde(flatten)]
    plugin: Installed,
    /// 未授权, 已授权, 需要确认, 已收回.
    standing: &'static str,
    /// What it wishes for, in the merchant's words.
    wishes: Vec<String>,
    /// What of that was not granted yet.
    more: Vec<String>,
    /// To be sent along with a yes: binds it to these wishes.
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<Grant>,
}

/// A yes, bound to what was shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Yes {
    hash: String,
}

/// What is sent along to a host; the plugin never sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    host: String,
    /// `Authorization: Bearer …`; empty forgets it.
    #[serde(default)]
    header: String,
}

type Named = Path<(String, String)>;

impl Installed {
    fn of(listed: &Listed) -> Self {
        let manifest = listed.manifest.as_ref();
        let (state, why) = match &listed.state {
            Whole::Ready => ("ready", None),
            Whole::Broken { why } => ("broken", Some(why.clone())),
            Whole::Revoked => ("revoked", None),
        };
        Self {
            name: listed.identity.name.clone(),
            author: listed.identity.author.clone(),
            title: listed.title().to_owned(),
            description: manifest.map(|manifest| manifest.description.clone()).unwrap_or_default(),
            role: manifest.map(|manifest| manifest.role.clone()).unwrap_or_default(),
            version: listed.version.clone(),
            digest: listed.digest.clone(),
            state,
            why: why.or_else(|| listed.trouble.clone()),
        }
    }
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Json<Vec<Installed>> {
    Json(app.loader.listed().iter().map(Installed::of).collect())
}

pub(crate) async fn of_shop(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<OfShop>>, Problem> {
    let mut all = Vec::new();
    for listed in app.loader.listed().iter() {
        all.push(seen(&app, &shop, listed).await?);
    }
    Ok(Json(all))
}

pub(crate) async fn give(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, name)): Named,
    Body(yes): Body<Yes>,
) -> Result<Json<OfShop>, Problem> {
    let listed = named(&app, &name)?;
    let manifest = listed.manifest.as_ref().filter(|_| listed.state == Whole::Ready);
    let manifest = manifest.ok_or_else(|| Problem::bad("这个插件现在不能运行，修好或更新以后再授权"))?;
    app.grants.give(&shop, (&listed.identity, manifest), PERSON, &yes.hash).await?;
    Ok(Json(seen(&app, &shop, &listed).await?))
}

pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, name)): Named,
) -> Result<Json<OfShop>, Problem> {
    let listed = named(&app, &name)?;
    app.grants.withdraw(&shop, &listed.identity, PERSON).await?;
    Ok(Json(seen(&app, &shop, &listed).await?))
}

/// Keeps what is sent along to a host that the shop granted.
pub(crate) async fn secret(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, name)): Named,
    Body(Header { host, header }): Body<Header>,
) -> Result<Json<()>, Problem> {
    let listed = named(&app, &name)?;
    let grant = app.grants.of(&shop.id, &listed.identity).await?.filter(|grant| !grant.withdrawn);
    if !grant.is_some_and(|grant| grant.given.http.contains(&host)) {
        return Err(Problem::bad(format!("本店没有允许这个插件访问 {host}，先授权再填密钥")));
    }
    let place = SecretRef(fetch::secret_of(&listed.identity, &host));
    if header.trim().is_empty() {
        app.secrets.forget(&shop.id, &place).await.map_err(Problem::broken)?;
        return Ok(Json(()));
    }
    if fetch::header(&header).is_none() {
        return Err(Problem::bad("密钥要写成“名称: 值”，例如 Authorization: Bearer 加上您的密钥"));
    }
    app.secrets.put(&shop.id, &place, &Secret::new(header)).await.map_err(Problem::broken)?;
    Ok(Json(()))
}

fn named(app: &App, name: &str) -> Result<Listed, Problem> {
    let listed = app.loader.listed();
    listed.iter().find(|one| one.identity.name == name).cloned().ok_or_else(|| Problem::not_found("这个插件"))
}

async fn seen(app: &App, shop: &Shop, listed: &Listed) -> Result<OfShop, Problem> {
    let grant = app.grants.of(&shop.id, &listed.identity).await?;
    let plugin = Installed::of(listed);
    let Some(manifest) = &listed.manifest else {
        return Ok(OfShop {
            plugin, standing: "—", wishes: Vec::new(), more: Vec::new(), hash: String::new(), grant
        });
    };
    let wishes = Wishes::of(manifest);
    let standing = grant::standing(manifest, grant.as_ref());
    let more = match &standing {
        Standing::New | Standing::Withdrawn => wishes.words(),
        Standing::Wants(more) => more.words(),
        Standing::Given => Vec::new(),
    };
    let hash = grant::hash(&shop.id, &listed.identity, &manifest.version, &wishes);
    Ok(OfShop { plugin, standing: standing.label(), wishes: wishes.words(), more, hash, grant })
}
