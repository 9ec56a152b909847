//! A run's page: its report, or how far it is. Also the two pieces that the script fetches: a summary, and where a figure comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use xiaoer_sdk::{Block, Report};

use super::{actions, page, thumbnail};
use crate::action::Action;
use crate::app::App;
use crate::run::{Ending, Run, RunState};
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::blocks::{self, Around};
use crate::web::view::icon::Icon;
use crate::web::view::layout::Place;
use crate::web::view::{action, run, source, when};

type Named = Path<(String, String)>;

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of, Path((_, id)): Named) -> Result<Markup, Problem> {
    let found = app.runs.get(&shop.id, &id).await?.ok_or_else(|| Problem::not_found("这份报告"))?;
    let content = match app.runs.report(&shop.id, &id).await? {
        Some(report) => whole(&app, &shop, (&found, &report)).await?,
        None => unfinished(&app, &shop, &found),
    };
    page(&app, &shop, (Place::Reports, &found.title), &content).await
}

pub(crate) async fn summary(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, id)): Named,
) -> Result<Markup, Problem> {
    let (found, report) = finished(&app, &shop, &id).await?;
    Ok(run::summary(&found, &report))
}

pub(crate) async fn source(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, id, fact)): Path<(String, String, String)>,
) -> Result<Markup, Problem> {
    let (found, report) = finished(&app, &shop, &id).await?;
    let fact = report.facts.get(&fact).ok_or_else(|| Problem::not_found("这个数字"))?;
    let until = format!("{}（{} 核算）", report.as_of.format("%Y-%m-%d"), found.accepted.format("%-m月%-d日 %H:%M"));
    Ok(source::card(fact, &until))
}

async fn finished(app: &App, shop: &Shop, id: &str) -> Result<(Run, Report), Problem> {
    let unknown = || Problem::not_found("这份报告");
    let found = app.runs.get(&shop.id, id).await?.ok_or_else(unknown)?;
    let report = app.runs.report(&shop.id, id).await?.ok_or_else(unknown)?;
    Ok((found, report))
}

async fn whole(app: &App, shop: &Shop, (found, report): (&Run, &Report)) -> Result<Markup, Problem> {
    let of_run: Vec<Action> = actions(app, shop).await?.into_iter().filter(|action| action.run == found.id).collect();
    let pictures = pictures(app, shop, report).await?;
    let team = app.staff.now();
    let around = Around {
        shop: &shop.id,
        facts: &report.facts,
        actions: &of_run,
        manifests: team.manifests(),
        pictures: &pictures,
    };
    Ok(html! {
        article.report data-facts={ "/shops/" (shop.id) "/runs/" (found.id) "/facts/" } {
            (head(app, shop, found, &report.title))
            (run::lead(report, &report.facts))
            (blocks::blocks(report, &around))
            (proposals(shop, &of_run))
        }
    })
}

fn head(app: &App, shop: &Shop, found: &Run, title: &str) -> Markup {
    let now = app.clock.now_in(shop.zone);
    html! {
        header.page {
            div {
                p.crumb { a href={ "/shops/" (shop.id) "/runs" } { "报告" } }
                h1 { (title) }
                p.sub {
                    (shop.name) " · 数据截至 " b { (when::short_day(found.as_of, now.date_naive())) } " · " (when::moment(found.accepted, now))
                    " " (run::trigger(found))
                    @if let Some(ended) = found.ended { " · 用时 " (when::took(ended - found.accepted)) }
                }
            }
            div.buttons {
                @if let Some(skill) = app.staff.now().manifests().get(&found.skill) {
                    button.button type="button" data-skill=(skill.name) data-title=(skill.title) data-about=(skill.description) {
                        (Icon::Refresh.draw()) "重新运行"
                    }
                    @if !skill.fields.is_empty() { template #{ "fields-" (skill.name) } { (run::fields(skill)) } }
                }
                button.button.print type="button" data-print="" { (Icon::Print.draw()) "打印" }
            }
        }
    }
}

/// What the report would change, and what became of it.
fn proposals(shop: &Shop, of_run: &[Action]) -> Markup {
    html! {
        @if !of_run.is_empty() {
            h2.section { "建议的修改" }
            ul.proposals {
                @for one in of_run.iter().rev() {
                    li.card {
                        header { p.name { (one.change.kind().title()) } (action::chip(&one.state)) }
                        p.sub { (one.object) }
                        (action::change(one))
                        @if !one.expected.is_empty() { p.reason { b { "预期 " } (one.expected) } }
                        a.button.small href={ "/shops/" (shop.id) "/actions#a-" (one.id) } {
                            @if one.state.waits_for_person() { "去处理" } @else { "查看" }
                        }
                    }
                }
            }
        }
    }
}

/// Where the thumbnails of a report's pictures are found: the product may have lost or moved a picture since.
async fn pictures(app: &App, shop: &Shop, report: &Report) -> Result<BTreeMap<(String, String), String>, Problem> {
    let mut found = BTreeMap::new();
    let Some(head) = app.mirror.head(&shop.id).await? else { return Ok(found) };
    for block in &report.blocks {
        let Block::Pictures { pictures } = block else { continue };
        for (id, picture, _) in pictures {
            let Some(product) = app.mirror.product(shop, head.generation, id).await? else { continue };
            let n = product.pictures.iter().position(|known| known == picture);
            if let Some(address) = n.and_then(|n| thumbnail(shop, id, n)) {
                found.insert((id.clone(), picture.clone()), address);
            }
        }
    }
    Ok(found)
}

fn unfinished(app: &App, shop: &Shop, found: &Run) -> Markup {
    html! {
        article.report {
            (head(app, shop, found, &found.title))
            section.card.unfinished {
                p { (run::chip(&found.state)) }
                @match &found.state {
                    RunState::Queued | RunState::Running => {
                        // The script follows the log and shows the report once it is there.
                        div data-follow={ "/api/shops/" (shop.id) "/runs/" (found.id) } {
                            progress aria-label="运行进度" {}
                            ol.steps aria-live="polite" {}
                        }
                        div.buttons { button.button type="button" data-cancel=(found.id) { "取消运行" } }
                    }
                    RunState::Ended(Ending::Done | Ending::Cancelled) => { p.sub { "这次运行没有报告。" } }
                    RunState::Ended(_) => {
                        p.lead { (run::why(&found.state).unwrap_or_default()) }
                        p.sub { "店铺没有任何改动。补充以后可以重新运行。" }
                        a.button href={ "/shops/" (shop.id) "/settings" } { "去店铺页" }
                    }
                }
            }
        }
    }
}
