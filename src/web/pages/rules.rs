//! 规则与校准: the figures of the rules, the merchant's own ones among them, and how the score stood against 成长中心.

use std::sync::Arc;

use axum::extract::State;
use maud::{Markup, html};
use xiaoer_sdk::growth::{self, ScoreCard};

use super::page;
use crate::app::App;
use crate::shop::Shop;
use crate::shop::mirror::Head;
use crate::web::api::rules::rules_of;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::layout::Place;
use crate::web::view::{calibration, rules};

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let today = app.clock.now_in(shop.zone).date_naive();
    let head = app.mirror.head(&shop.id).await?;
    let pack = growth::pack_for(head.as_ref().map_or(today, |head| head.complete_through)).0;
    let now = rules_of(&app, &shop, &pack.id).await?;
    let own = pack.figures(shop.industry);
    // Without data there is nothing to compare, and rules that no longer hold together give no score: the figures are shown all the same.
    let card = match &head {
        Some(head) => card(&app, &shop, head).await,
        None => None,
    };
    let content = html! {
        header.page {
            div {
                p.crumb { a href={ "/shops/" (shop.id) "/growth" } { "← 成长计划" } }
                h1 { "规则与校准" }
                p.sub { (now.name) " · " (shop.industry.title()) " · " a href={ "/shops/" (shop.id) "/settings#growth" } { "门槛与标识" } }
            }
        }
        (compared(card.as_ref(), &shop, today))
        (rules::list(&now.pack, &now.figures, &own))
    };
    page(&app, &shop, (Place::Settings, "规则与校准"), &content).await
}

async fn card(app: &App, shop: &Shop, head: &Head) -> Option<ScoreCard> {
    match app.scorer.score(shop, head.generation, head.complete_through).await {
        Ok(score) => Some(score.card),
        Err(error) => {
            tracing::error!(shop = shop.id, error = format!("{error:#}"), "there is no score to compare");
            None
        }
    }
}

fn compared(card: Option<&ScoreCard>, shop: &Shop, today: chrono::NaiveDate) -> Markup {
    match card {
        Some(card) => calibration::card(card, today),
        None => html! {
            section #calibration.card {
                h2.title { "成长中心校准" }
                p.empty-line { "现在算不出积分，没有可比的。" a href={ "/shops/" (shop.id) "/import" } { "导入订单" } "，或撤回下面改过的分值。" }
            }
        },
    }
}
