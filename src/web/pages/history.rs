//! 报告: every run, newest first.

use std::sync::Arc;

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::page;
use crate::app::App;
use crate::run::Run;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::layout::Place;
use crate::web::view::run;

/// Runs of one page.
const PAGE: usize = 40;
/// Runs that are looked through.
const MOST: usize = 2000;

/// Which runs.
#[derive(Deserialize)]
pub(crate) struct Asked {
    skill: Option<String>,
    from: Option<usize>,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Markup, Problem> {
    let all = app.runs.list(&shop.id, MOST).await?;
    let skill = asked.skill.as_deref().filter(|skill| !skill.is_empty());
    let chosen: Vec<Run> = all.into_iter().filter(|run| skill.is_none_or(|skill| run.skill == skill)).collect();
    let from = asked.from.unwrap_or_default().min(chosen.len());
    let shown = &chosen[from..chosen.len().min(from.saturating_add(PAGE))];
    let older = (from + shown.len() < chosen.len()).then(|| from + shown.len());
    let content = html! {
        header.page { div { h1 { "报告" } p.sub { "每一次运行都留在这里，数字可以点开看来源。" } } }
        (run::filter(&shop.id, skill, app.staff.now().manifests()))
        section.card.recent {
            @if shown.is_empty() { p.empty-line { "还没有运行过。到工作台点任意一项技能试试。" } }
            @else { (run::list(&shop.id, shown, app.clock.now_in(shop.zone))) }
        }
        @if let Some(older) = older {
            p { a.button href={ "/shops/" (shop.id) "/runs?from=" (older) @if let Some(skill) = skill { "&skill=" (skill) } } { "更早的" } }
        }
    };
    page(&app, &shop, (Place::Reports, "报告"), &content).await
}
