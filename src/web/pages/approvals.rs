//! 待审批: what waits for a person, what is under way, what was decided.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use xiaoer_sdk::Target;

use super::{actions, page, thumbnail, waiting};
use crate::action::{Action, ActionState};
use crate::app::App;
use crate::shop::Shop;
use crate::web::error::Problem;
use crate::web::extract::Of;
use crate::web::view::action::{self, Card};
use crate::web::view::layout::Place;

/// Settled actions on the page.
const SETTLED: usize = 30;

pub(crate) async fn show(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Markup, Problem> {
    let all = actions(&app, &shop).await?;
    let waiting = waiting(&all);
    let mut sections: [(&str, Vec<&Action>); 4] =
        [("待审批", vec![]), ("请手动完成", vec![]), ("进行中", vec![]), ("最近处理", vec![])];
    for one in &all {
        let section = match one.state {
            ActionState::Proposed => 0,
            ActionState::ByHand { claimed: false, .. } | ActionState::Unknown { .. } => 1,
            ActionState::Approved | ActionState::Executing { .. } | ActionState::ByHand { claimed: true, .. } => 2,
            _ => 3,
        };
        sections[section].1.push(one);
    }
    sections[0].1.sort_by_key(|action| action.expires);
    sections[3].1.truncate(SETTLED);
    let content = html! {
        header.page { div { h1 { "待审批" } p.sub { "小二只提建议；您批准以后才会改店铺，每一步都有记录。" } } }
        @if all.is_empty() { (nothing(&shop)) }
        @for (title, listed) in &sections {
            @if !listed.is_empty() {
                section {
                    h2.section { (title) " " span.many { (listed.len()) } }
                    div.actions { @for one in listed { (drawn(&app, &shop, one, waiting).await?) } }
                }
            }
        }
    };
    page(&app, &shop, (Place::Approvals, "待审批"), &content).await
}

/// One card, as it is now.
pub(crate) async fn card(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, id)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let one = app.desk.get(&shop.id, &id).await?.ok_or_else(|| Problem::not_found("这个操作"))?;
    let waiting = waiting(&actions(&app, &shop).await?);
    drawn(&app, &shop, &one, waiting).await
}

async fn drawn(app: &App, shop: &Shop, one: &Action, waiting: usize) -> Result<Markup, Problem> {
    let audit = app.desk.audit(&shop.id, &one.id).await?;
    let team = app.staff.now();
    let skill = team.title(&one.skill);
    let picture = match one.change.target() {
        Target::Product(product) => thumbnail(shop, product, 0),
        Target::Order(_) | Target::Refund(_) | Target::Listing(_) => None,
    };
    let (withdrawn, now) = (app.desk.withdrawn(one).await?, app.clock.now_in(shop.zone));
    Ok(action::card(&Card { action: one, audit: &audit, skill, now, picture, waiting, withdrawn }))
}

fn nothing(shop: &Shop) -> Markup {
    html! {
        section.card.empty {
            p { "现在没有需要您决定的事。" }
            p.sub { "运行标题优化、库存预警这类技能后，建议会出现在这里。" }
            a.button.primary href={ "/shops/" (shop.id) } { "去工作台" }
        }
    }
}
