//! Pages for people. A handler gathers what a page shows and hands it to a view.

pub(crate) mod approvals;
pub(crate) mod authorize;
pub(crate) mod costs;
pub(crate) mod growth;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod login;
pub(crate) mod parts;
pub(crate) mod plugins;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod score;
pub(crate) mod settings;
pub(crate) mod talks;

use maud::Markup;

use super::error::Problem;
use super::view::layout::{self, Frame, Place};
use crate::action::Action;
use crate::app::App;
use crate::shop::{Link, Shop};

/// Most actions that a page looks at.
const MOST_ACTIONS: usize = 500;

/// A shop's actions, newest first.
async fn actions(app: &App, shop: &Shop) -> Result<Vec<Action>, Problem> {
    Ok(app.desk.list(&shop.id, MOST_ACTIONS).await?)
}

fn waiting(actions: &[Action]) -> usize {
    actions.iter().filter(|action| action.state.waits_for_person()).count()
}

/// A page with its frame.
async fn page(app: &App, shop: &Shop, (here, title): (Place, &str), content: &Markup) -> Result<Markup, Problem> {
    let shops = app.shops.list().await?;
    let waiting = waiting(&actions(app, shop).await?);
    Ok(layout::page(&Frame { title, shop, shops: &shops, here, waiting }, content))
}

/// Where the thumbnail of a product's picture is found; none for a shop whose pictures cannot be fetched.
fn thumbnail(shop: &Shop, product: &str, n: usize) -> Option<String> {
    let plain = product.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (plain && matches!(shop.link, Link::Alibaba { .. }))
        .then(|| format!("/api/shops/{}/pictures/{product}/{n}", shop.id))
}
