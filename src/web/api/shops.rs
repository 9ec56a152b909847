//! The register of shops.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono_tz::Tz;
use serde::Deserialize;
use xiaoer_sdk::growth::Industry;

use crate::app::App;
use crate::secret::{Secret, SecretRef};
use crate::shop::{Link, Shop};
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

const APP_SECRET: &str = "app_secret";
const ACCESS_TOKEN: &str = "access_token";

/// A shop to add, or to reach in another way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShop {
    id: String,
    name: String,
    industry: Industry,
    zone: Tz,
    platform: Option<NewPlatform>,
}

/// How a shop on the open platform is reached.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPlatform {
    gateway: String,
    pictures: String,
    app_key: String,
    secret: String,
    token: String,
    member_id: String,
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Shop>>, Problem> {
    Ok(Json(app.shops.list().await?))
}

pub(crate) async fn register(State(app): State<Arc<App>>, Body(new): Body<NewShop>) -> Result<Json<Shop>, Problem> {
    let (link, secrets) = match new.platform {
        None => (Link::Files, Vec::new()),
        Some(platform) => reach(platform),
    };
    let shop = Shop { id: new.id, name: new.name, zone: new.zone, industry: new.industry, link };
    // The register refuses a bad id; only then may anything be kept under it.
    app.shops.register(&shop).await?;
    for (name, value) in secrets {
        app.secrets.put(&shop.id, &name, &value).await.map_err(Problem::broken)?;
    }
    // The first rows are wanted now, not at the next round; nobody waits here for a year of orders.
    let (upkeep, first) = (Arc::clone(&app.upkeep), shop.clone());
    tokio::spawn(async move {
        upkeep.sync(&first).await.map_or_else(|error| tracing::warn!(shop = first.id, %error, "not synced yet"), drop)
    });
    Ok(Json(shop))
}

fn reach(platform: NewPlatform) -> (Link, Vec<(SecretRef, Secret)>) {
    let (secret, token) = (SecretRef(APP_SECRET.into()), SecretRef(ACCESS_TOKEN.into()));
    let NewPlatform { gateway, pictures, app_key, member_id, secret: hidden, token: access } = platform;
    let kept = vec![(secret.clone(), Secret::new(hidden)), (token.clone(), Secret::new(access))];
    (Link::Alibaba { gateway, pictures, app_key, secret, token, member_id }, kept)
}

/// What the merchant of this shop changed: `(key, value, origin)`.
pub(crate) async fn settings(
    State(app): State<Arc<App>>,
    Of(shop): Of,
) -> Result<Json<Vec<(String, String, String)>>, Problem> {
    let inputs = app.scorer.inputs(&shop.id).await?;
    let business = app.scorer.business(&shop.id).await?;
    let of_shop = format!("shop {}", shop.id);
    let mut lines = Vec::new();
    flatten("growth", &serde_json::to_value(&inputs).map_err(Problem::broken)?, &mut lines);
    // Of the inputs, a no is what stands there before anybody has said anything.
    lines.retain(|(_, value)| value != "false");
    flatten("growth.business", &serde_json::to_value(&business).map_err(Problem::broken)?, &mut lines);
    let mut all: Vec<_> = lines.into_iter().map(|(key, value)| (key, value, of_shop.clone())).collect();
    for (pack, corrections) in app.scorer.all_corrections(&shop.id).await? {
        all.extend(corrections.into_iter().map(|correction| {
            let key = format!("growth.rules.{pack}.{}", correction.field);
            (key, format!("{:?}", correction.value), format!("{of_shop}, entered {}", correction.on))
        }));
    }
    Ok(Json(all))
}

fn flatten(key: &str, value: &serde_json::Value, out: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(name, value)| flatten(&format!("{key}.{name}"), value, out))
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| flatten(&format!("{key}.{at}"), item, out))
        }
        // Nobody has said anything there.
        serde_json::Value::Null => {}
        other => out.push((key.to_owned(), other.to_string())),
    }
}
