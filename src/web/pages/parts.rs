//! Parts of the home page that are also fetched alone, after something has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use xiaoer_sdk::{Block, Report, Task};

use super::{actions, waiting};
use crate::action::{Action, ActionState};
use crate::app::App;
use crate::run::Run;
use crate::shop::mirror::Head;
use crate::shop::{Link, Shop};
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::blocks::Around;
use crate::web::view::icon::Icon;
use crate::web::view::{checklist, run, score, sync, when};

/// The skill whose checklist is 今日待办.
const DAILY: &str = "daily-report";
/// Runs on the home page.
const RECENT: usize = 6;
/// Runs among which today's report is looked for.
const LOOKED_AT: usize = 60;

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, part)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    match (part.as_str(), app.mirror.head(&shop.id).await?) {
        ("recent", _) => recent(&app, &shop).await,
        ("today", Some(head)) => today(&app, &shop, &head).await,
        ("first-sync", None) => Ok(first_sync(&app, &shop)),
        // The page that waited for the first data is told to start over.
        ("first-sync", Some(_)) => Ok(html! { section data-reload="" {} }),
        _ => Err(Problem::not_found("这个部分")),
    }
}

/// Points, level and what comes next. A score that cannot be computed takes nothing else of the page with it.
pub(crate) async fn score(app: &App, shop: &Shop, head: &Head) -> Markup {
    match app.scorer.score(shop, head.generation, head.complete_through).await {
        Ok(scored) => score::card(&shop.id, &scored.card),
        Err(error) => {
            tracing::error!(shop = shop.id, error = format!("{error:#}"), "the score card cannot be computed");
            html! { section.card.score { h2.title { "生意积分与L等级" } p.empty-line { "积分暂时算不出来，原因已记入日志。" } } }
        }
    }
}

/// 今日待办: the tasks of the newest daily report if it is about the last complete day, and what waits for a decision.
pub(crate) async fn today(app: &App, shop: &Shop, head: &Head) -> Result<Markup, Problem> {
    let actions = actions(app, shop).await?;
    let newest = todays_report(app, shop, head).await?;
    let by_hand =
        actions.iter().filter(|action| matches!(action.state, ActionState::ByHand { claimed: false, .. })).count();
    let link = |words: &str, count: usize| {
        html! { a.count href={ "/shops/" (shop.id) "/actions" } { b { (count) } span { (words) } } }
    };
    Ok(html! {
        section.card.today data-part={ "/shops/" (shop.id) "/parts/today" } {
            header { h2.title { "今日待办" } @if let Some((run, _)) = &newest { a.more href={ "/shops/" (shop.id) "/runs/" (run.id) } { "查看日报" (Icon::Arrow.draw()) } } }
            div.counts { (link("待审批", waiting(&actions) - by_hand)) (link("请手动完成", by_hand)) }
            @match &newest {
                Some((run, report)) => { (tasks(app, shop, (run, report), &actions)) }
                None => { (no_report(app, shop)) }
            }
        }
    })
}

async fn todays_report(app: &App, shop: &Shop, head: &Head) -> Result<Option<(Run, Report)>, Problem> {
    let runs = app.runs.list(&shop.id, LOOKED_AT).await?;
    for run in runs.into_iter().filter(|run| run.skill == DAILY && run.as_of == head.complete_through) {
        if let Some(report) = app.runs.report(&shop.id, &run.id).await? {
            return Ok(Some((run, report)));
        }
    }
    Ok(None)
}

fn tasks(app: &App, shop: &Shop, (run, report): (&Run, &Report), actions: &[Action]) -> Markup {
    let of_run: Vec<Action> = actions.iter().filter(|action| action.run == run.id).cloned().collect();
    let listed: Option<&[Task]> = report.blocks.iter().find_map(|block| match block {
        Block::Checklist { tasks, .. } if !tasks.is_empty() => Some(tasks.as_slice()),
        _ => None,
    });
    let pictures = BTreeMap::new();
    let team = app.staff.now();
    let around = Around {
        shop: &shop.id,
        facts: &report.facts,
        actions: &of_run,
        manifests: team.manifests(),
        pictures: &pictures,
    };
    html! {
        div data-facts={ "/shops/" (shop.id) "/runs/" (run.id) "/facts/" } {
            @match listed {
                Some(listed) => { (checklist::tasks(listed, &around)) }
                None => { p.empty-line { "今天没有非做不可的事，可以安心上新、打磨商品。" } }
            }
        }
    }
}

fn no_report(app: &App, shop: &Shop) -> Markup {
    let now = app.clock.now();
    let schedules = app.loaded.config.schedules.iter();
    let next = schedules
        .filter(|schedule| schedule.skill == DAILY && schedule.shops.includes(&shop.id) && !schedule.paused)
        .filter_map(|schedule| crate::schedule::next_fires(schedule, now, 1).into_iter().next())
        .min_by_key(|slot| slot.at);
    html! {
        div.empty {
            p { "还没有这一天的日报。小二看一遍昨天的生意，告诉您今天最该做的一到三件事。" }
            @if let Some(daily) = app.staff.now().manifests().get(DAILY) {
                button.button.primary type="button" data-skill=(daily.name) data-title=(daily.title) data-about=(daily.description) {
                    (Icon::Spark.draw()) "生成今日日报"
                }
            }
            @if let Some(slot) = next {
                @let now = app.clock.now_in(shop.zone);
                p.sub { "也会自动生成：" (when::moment(slot.at.fixed_offset(), now)) }
            }
        }
    }
}

/// The newest runs.
pub(crate) async fn recent(app: &App, shop: &Shop) -> Result<Markup, Problem> {
    let runs = app.runs.list(&shop.id, RECENT).await?;
    let open = runs.iter().any(|run| !run.state.is_over());
    Ok(html! {
        section.card.recent data-part={ "/shops/" (shop.id) "/parts/recent" } data-live[open] {
            header { h2.title { "最近运行" } a.more href={ "/shops/" (shop.id) "/runs" } { "全部报告" (Icon::Arrow.draw()) } }
            @if runs.is_empty() { p.empty-line { "还没有运行过。点上面任意一项技能，几秒钟就有结果。" } }
            @else { (run::list(&shop.id, &runs, app.clock.now_in(shop.zone))) }
        }
    })
}

/// What stands where the figures will be: never an empty chart.
pub(crate) fn first_sync(app: &App, shop: &Shop) -> Markup {
    let state = app.upkeep.state(&shop.id);
    let of_files = matches!(shop.link, Link::Files);
    html! {
        section.card.first data-part={ "/shops/" (shop.id) "/parts/first-sync" } data-live[!of_files] {
            h2.title { @if of_files { "先导入订单" } @else { "正在第一次读取店铺" } }
            @if of_files {
                p { "这个店铺没有接开放平台。把后台导出的订单表格交给小二，积分、日报马上就能算。" }
                a.button.primary href={ "/shops/" (shop.id) "/import" } { (Icon::Upload.draw()) "导入订单" }
            } @else {
                p.sub { "订单、退款和商品读完以后，这里会自动出现积分和待办。订单多的店铺第一次要久一些，中途关掉也会接着读。" }
                (sync::line(&state))
            }
        }
    }
}
