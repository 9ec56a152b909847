//! The register of shops.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::growth::Industry;

use crate::app::App;
use crate::secret::{Secret, SecretRef};
use crate::shop::alibaba::oauth;
use crate::shop::{Link, Shop, Standing};
use crate::web::api::authorization::read_soon;
use crate::web::assistant::Who;
use crate::web::error::Problem;
use crate::web::extract::{Body, Of};

const APP_SECRET: &str = "app_secret";
const ACCESS_TOKEN: &str = "access_token";
/// What stands before the paths of the platform's own pictures.
const PICTURES: &str = "https://cbu01.alicdn.com";

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

/// How a shop on the open platform is reached. What is left out of a shop that is known stays as it was.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPlatform {
    gateway: String,
    pictures: Option<String>,
    app_key: String,
    /// Asked for again wherever it would be sent to another address or used for another app.
    secret: Option<String>,
    /// Without one the merchant gives leave afterwards.
    token: Option<String>,
    member_id: Option<String>,
}

/// A shop as it is told. How it is reached (the app, the member, where its secrets are kept) is its owner's to know: an assistant reaches
/// nothing but us.
#[derive(Serialize)]
pub(crate) struct Told {
    id: String,
    name: String,
    zone: Tz,
    industry: Industry,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
}

impl Told {
    fn to(who: &Who, Shop { id, name, zone, industry, link }: Shop) -> Self {
        let link = matches!(who, Who::Owner).then_some(link);
        Self { id, name, zone, industry, link }
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
) -> Result<Json<Vec<Told>>, Problem> {
    let shops = who.among(app.shops.list().await?);
    Ok(Json(shops.into_iter().map(|shop| Told::to(&who, shop)).collect()))
}

pub(crate) async fn register(State(app): State<Arc<App>>, Body(new): Body<NewShop>) -> Result<Json<Shop>, Problem> {
    let known = app.shops.get(&new.id).await?;
    let (link, secrets) = match new.platform {
        None => (Link::Files, Secrets::default()),
        Some(platform) => reach(platform, known.as_ref().map(|shop| &shop.link))?,
    };
    let shop = Shop { id: new.id, name: new.name, zone: new.zone, industry: new.industry, link };
    // The register refuses a bad id; only then may anything be kept under it.
    app.shops.register(&shop).await?;
    if secrets.other_app {
        // A token is one app's, and another app's calls with it would be refused.
        app.authorizations.withdraw(&shop).await?;
    }
    for (name, value) in secrets.new {
        app.secrets.put(&shop.id, &name, &value).await.map_err(Problem::broken)?;
    }
    let has_leave = match &shop.link {
        Link::Alibaba { .. } => app.authorizations.standing(&shop).await? != Standing::NotYet,
        Link::Files => false,
    };
    if has_leave {
        read_soon(&app, shop.clone());
    }
    Ok(Json(shop))
}

/// What becomes of a shop's secrets.
#[derive(Default)]
struct Secrets {
    new: Vec<(SecretRef, Secret)>,
    other_app: bool,
}

fn reach(platform: NewPlatform, known: Option<&Link>) -> Result<(Link, Secrets), Problem> {
    let given = |value: Option<String>| value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let (gateway, app_key) = (platform.gateway.trim().to_owned(), platform.app_key.trim().to_owned());
    if !oauth::is_private(&gateway) {
        return Err(Problem::bad(format!(
            "网关地址“{gateway}”不能用：要以 https:// 开头（本机的模拟平台除外），应用密钥不能明文传输"
        )));
    }
    // The key is part of an address.
    if app_key.is_empty() || !app_key.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Problem::bad(format!("AppKey“{app_key}”不对：请从开放平台的应用详情里复制，只有数字和字母")));
    }
    let mut secrets = Secrets::default();
    let (mut member_id, mut pictures, mut same_app) = (String::new(), PICTURES.to_owned(), false);
    let (mut secret, mut token) = (SecretRef(APP_SECRET.into()), SecretRef(ACCESS_TOKEN.into()));
    if let Some(Link::Alibaba { gateway: g, pictures: p, app_key: a, secret: s, token: t, member_id: m }) = known {
        (member_id, pictures) = (m.clone(), p.clone());
        (secret, token) = (s.clone(), t.clone());
        same_app = *g == gateway && *a == app_key;
        secrets.other_app = !same_app;
    }
    match given(platform.secret) {
        Some(value) => secrets.new.push((secret.clone(), Secret::new(value))),
        None if same_app => {}
        None => {
            return Err(Problem::bad("请填写 AppSecret：换了网关或应用时要重新填写，在开放平台的应用详情里可以看到"));
        }
    }
    secrets.new.extend(given(platform.token).map(|value| (token.clone(), Secret::new(value))));
    member_id = given(platform.member_id).unwrap_or(member_id);
    pictures = given(platform.pictures).unwrap_or(pictures);
    Ok((Link::Alibaba { gateway, pictures, app_key, secret, token, member_id }, secrets))
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
