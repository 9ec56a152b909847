//! 成长计划: the coming days, the way to a level, what if, the plans that were adopted, and the figures of the business.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use chrono::{Days, NaiveDate};
use maud::{Markup, html};
use xiaoer_sdk::Planned;
use xiaoer_sdk::growth::ScoreCard;
use xiaoer_sdk::growth::plan::{Plan, PlanWish};

use super::page;
use crate::app::App;
use crate::score::PlanAsk;
use crate::shop::Shop;
use crate::shop::mirror::Head;
use crate::web::api::growth::{day_of, unanswered};
use crate::web::api::plans::Asked;
use crate::web::api::rules::figures;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::growth::plan::Around;
use crate::web::view::growth::{adopted, ahead, business, levers, plan};
use crate::web::view::icon::Icon;
use crate::web::view::layout::Place;
use crate::web::view::when;

/// Days of the forecast.
const DAYS: u32 = 30;
/// Farthest day that a plan can aim at, in days from the last known one.
const FARTHEST: u64 = 60;
/// Before a lever's id in the address of a what-if.
const UNITS: &str = "u.";
/// The page's title.
const TITLE: &str = "成长计划";

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
) -> Result<Markup, Problem> {
    let ask = asked.ask()?;
    let content = match app.mirror.head(&shop.id).await? {
        Some(head) => whole(&app, &shop, &head, &ask).await?,
        None => html! {
            header.page { div { h1 { (TITLE) } } }
            section.card.empty {
                p { "还没有订单，看不到以后。" }
                a.button.primary href={ "/shops/" (shop.id) "/import" } { (Icon::Upload.draw()) "导入订单" }
            }
        },
    };
    page(&app, &shop, (Place::Growth, TITLE), &content).await
}

async fn whole(app: &App, shop: &Shop, head: &Head, ask: &PlanAsk) -> Result<Markup, Problem> {
    let (generation, as_of) = (head.generation, head.complete_through);
    let today = app.clock.now_in(shop.zone).date_naive();
    let card = app.scorer.score(shop, generation, as_of).await.map_err(unanswered)?.card;
    let forecast = app.scorer.forecast(shop, generation, as_of, DAYS).await.map_err(unanswered)?;
    let planned = app.scorer.plan(shop, generation, as_of, ask).await.map_err(unanswered)?;
    let news = app.scorer.plan_news(shop, generation, as_of).await.map_err(unanswered)?;
    let figures = figures(app, shop).await?;
    let usual = figures.business.odds_percent.unwrap_or(PlanWish::USUAL_ODDS);
    let team = app.staff.now();
    let around = Around {
        shop: &shop.id,
        industry: shop.industry,
        levels: &card.levels,
        days: (as_of + Days::new(1), as_of + Days::new(FARTHEST)),
        asked: ask,
        odds: ask.odds.or(planned.plan.as_ref().map(|plan| plan.odds_percent)).unwrap_or(usual),
        manifests: team.manifests(),
    };
    Ok(html! {
        (heading(shop, &card, (as_of, today)))
        (ahead::card(&forecast, &card))
        (plan::card(&planned, &around))
        @if let Some(plan) = &planned.plan { (tries(app, (shop, head), ask, (&planned, plan)).await?) }
        (adopted::card(&news, today))
        (business::form(&figures.business, figures.goods, &planned.levers))
    })
}

fn heading(shop: &Shop, card: &ScoreCard, (as_of, today): (NaiveDate, NaiveDate)) -> Markup {
    html! {
        header.page {
            div {
                h1 { (TITLE) }
                p.sub { "数据完整到 " b { (when::short_day(as_of, today)) } " · 规则：" (card.pack_name) " · " (card.confidence.label()) }
            }
            div.buttons { a.button href={ "/shops/" (shop.id) "/rules" } { "规则与校准" } }
        }
        @if card.trusted == Some(false) {
            div.notice.warning { (Icon::Warning.draw()) p { "算出来的积分和成长中心对不上，下面的预测和计划只能当参考。" a href={ "/shops/" (shop.id) "/rules#calibration" } { "看看为什么" } } }
        }
    }
}

async fn tries(
    app: &App,
    (shop, head): (&Shop, &Head),
    ask: &PlanAsk,
    (planned, plan): (&Planned, &Plan),
) -> Result<Markup, Problem> {
    let units = levers::of_plan(Some(plan));
    let day = (head.generation, head.complete_through);
    let usual = app.scorer.what_if(shop, day, ask, BTreeMap::new()).await.map_err(unanswered)?;
    let with = app.scorer.what_if(shop, day, ask, units.clone()).await.map_err(unanswered)?;
    Ok(levers::card(&shop.id, &planned.levers, (plan, &units), (&with, &usual)))
}

/// The answer to a move of a slider.
pub(crate) async fn what_if(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(asked): Query<Asked>,
    Query(words): Query<BTreeMap<String, String>>,
) -> Result<Markup, Problem> {
    let ask = asked.ask()?;
    let units = words.iter().filter_map(|(key, value)| Some((key.strip_prefix(UNITS)?, value)));
    let units = units.map(|(lever, units)| {
        let units = units.parse().map_err(|_| Problem::bad(format!("“{lever}”的数量不能是“{units}”，请填整数")))?;
        Ok((lever.to_owned(), units))
    });
    let units = units.collect::<Result<levers::Units, Problem>>()?;
    let (head, as_of) = day_of(&app, &shop, None).await?;
    let day = (head.generation, as_of);
    let usual = app.scorer.what_if(&shop, day, &ask, BTreeMap::new()).await.map_err(unanswered)?;
    let with = app.scorer.what_if(&shop, day, &ask, units).await.map_err(unanswered)?;
    Ok(levers::answer(&with, &usual))
}
