//! 聊一聊: the talks of a shop, one talk, the pieces of it that the script fetches again, and where a figure in it comes from.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::page;
use crate::app::App;
use crate::chat::{Talk, What};
use crate::config::Role;
use crate::shop::Shop;
use crate::staff::Team;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::layout::Place;
use crate::web::view::talk::{self, Setting};
use crate::web::view::{source, staff};

/// Most talks of a list.
const MOST: usize = 50;

type Named = Path<(String, String)>;

/// Whom to talk to.
#[derive(Deserialize)]
pub(crate) struct With {
    role: Option<String>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(with): Query<With>,
) -> Result<Markup, Problem> {
    let talks = app.chat.room().list(&shop.id, MOST).await?;
    let roles = &app.loaded.config.roles;
    let chosen = with.role.as_deref().and_then(|id| roles.iter().find(|role| role.id == id)).or(roles.first());
    let now = app.clock.now_in(shop.zone);
    let content = html! {
        header.page { div { h1 { "聊一聊" } p.sub { "问数据、问商品、问退款：员工先查清楚再回答，数字都能点开看来源。" } } }
        @if let Some(role) = chosen {
            (talk::begin(&shop.id, roles, role, &questions(&app, role)))
        }
        @if !talks.is_empty() {
            h2.section { "以前的对话" }
            (talk::list(&talks, roles, now))
        }
    };
    page(&app, &shop, (Place::Talks, "聊一聊"), &content).await
}

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of, Path((_, id)): Named) -> Result<Markup, Problem> {
    let team = app.staff.now();
    let (found, setting) = found((&app, &team), &shop, &id).await?;
    let lines = app.chat.room().lines(&shop.id, &found.id, 0).await?;
    let role = setting.role;
    let content = html! {
        header.page { div {
            p.crumb { a href={ "/shops/" (shop.id) "/talks?role=" (found.role) } { "聊一聊" } }
            h1 { (found.title) }
            p.sub { "和" (role.map_or(found.role.as_str(), |role| role.title.as_str())) "的对话" }
        } }
        (talk::whole(&found, &lines, &setting))
        (talk::form(&found, role.map(|role| questions(&app, role)).unwrap_or_default().as_slice(), app.chat.config().longest))
    };
    page(&app, &shop, (Place::Talks, &found.title), &content).await
}

pub(crate) async fn lines(State(app): State<Arc<App>>, Of(shop): Of, Path((_, id)): Named) -> Result<Markup, Problem> {
    let team = app.staff.now();
    let (found, setting) = found((&app, &team), &shop, &id).await?;
    let lines = app.chat.room().lines(&shop.id, &found.id, 0).await?;
    Ok(talk::whole(&found, &lines, &setting))
}

pub(crate) async fn source(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, id, n, fact)): Path<(String, String, String, String)>,
) -> Result<Markup, Problem> {
    let unknown = || Problem::not_found("这个数字");
    let seq = n.parse().map_err(|_| unknown())?;
    let line = app.chat.room().line(&shop.id, &id, seq).await?.ok_or_else(unknown)?;
    let What::Answered(answer) = &line.what else { return Err(unknown()) };
    let found = answer.facts.get(&fact).ok_or_else(unknown)?;
    let until = answer.as_of.map_or_else(|| "—".into(), |day| day.format("%Y-%m-%d").to_string());
    Ok(source::card(found, &until))
}

async fn found<'a>((app, team): (&'a App, &'a Team), shop: &'a Shop, id: &str) -> Result<(Talk, Setting<'a>), Problem> {
    let found = app.chat.room().get(&shop.id, id).await?.ok_or_else(|| Problem::not_found("这次对话"))?;
    let roles = &app.loaded.config.roles;
    let at = roles.iter().position(|role| role.id == found.role);
    let setting = Setting {
        shop: &shop.id,
        at: at.unwrap_or_default(),
        role: at.map(|at| &roles[at]),
        manifests: team.manifests(),
    };
    Ok((found, setting))
}

/// Questions that the role's skills answer.
fn questions(app: &App, role: &Role) -> Vec<String> {
    let team = app.staff.now();
    let skills = staff::skills_of(role, &team);
    let hints = &app.chat.config().skills;
    skills.filter_map(|skill| hints.get(&skill.name)?.question.clone()).collect()
}
