//! 插件: what is installed, what each may do in this shop, and what came of it lately.

use std::sync::Arc;

use axum::extract::State;
use chrono::TimeDelta;
use maud::{Markup, html};

use super::page;
use crate::app::App;
use crate::llm::budget::Sum;
use crate::plugin::grant;
use crate::plugin::loader::Listed;
use crate::run::{Ending, Run, RunState};
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::layout::Place;
use crate::web::view::plugin::{self, Card, Lately};

/// What counts as lately.
const DAYS: i64 = 30;
/// Runs that are looked at.
const MOST: usize = 2000;

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let listed = app.loader.listed();
    let now = app.clock.now_in(shop.zone);
    let since = now - TimeDelta::days(DAYS);
    let runs: Vec<Run> = app.runs.list(&shop.id, MOST).await?;
    let runs: Vec<&Run> = runs.iter().filter(|run| run.accepted >= since && run.plugin.is_some()).collect();
    let used = match listed.is_empty() {
        true => Vec::new(),
        false => app.budget.usage(&shop.id, since.date_naive(), now.date_naive()).await?,
    };
    let mut cards = Vec::new();
    for one in listed.iter() {
        let ours: Vec<&Run> =
            runs.iter().copied().filter(|run| run.identity().as_ref() == Some(&one.identity)).collect();
        let mut cost = Sum::default();
        used.iter().filter(|row| ours.iter().any(|run| run.id == row.account.run)).for_each(|row| cost.add(row));
        let failed = ours.iter().filter(|run| matches!(run.state, RunState::Ended(Ending::Failed { .. }))).count();
        cards.push(drawn(&app, &shop, one, Lately { runs: ours.len(), failed, cost }).await?);
    }
    let content = html! {
        header.page { div {
            p.crumb { a href={ "/shops/" (shop.id) "/settings" } { "店铺" } }
            h1 { "插件" }
            p.sub { "别人写的技能，在隔离的环境里运行：只能读您允许的，只能提建议，改店铺的每一步都要您批准。" }
        } }
        @if cards.is_empty() {
            section.card.empty {
                p { "还没有安装插件。" }
                p.sub { "在小二所在的电脑上运行 " code { "xiaoer skill install 文件或文件夹" } "，装好后马上出现在这里。" }
            }
        }
        @for card in &cards { (card) }
    };
    page(&app, &shop, (Place::Settings, "插件"), &content).await
}

async fn drawn(app: &App, shop: &Shop, listed: &Listed, lately: Lately) -> Result<Markup, Problem> {
    let grant = app.grants.of(&shop.id, &listed.identity).await?;
    let audit = app.grants.audit(&shop.id, &listed.identity).await?;
    let standing = listed.manifest.as_ref().map(|manifest| grant::standing(manifest, grant.as_ref()));
    let role = listed.manifest.as_ref().and_then(|manifest| {
        app.loaded.config.roles.iter().find(|role| role.id == manifest.role).map(|role| role.title.as_str())
    });
    let now = app.clock.now_in(shop.zone);
    Ok(plugin::card(&Card {
        shop: &shop.id,
        listed,
        role,
        grant: grant.as_ref(),
        standing,
        audit: &audit,
        lately: &lately,
        now,
    }))
}
