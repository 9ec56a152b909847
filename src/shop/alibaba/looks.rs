//! Reading back: what the object of a change shows now. One arm a kind of object; the words are `seen`'s.

use rust_decimal::Decimal;
use xiaoer_sdk::{Change, Flag, Target};

use super::calls::trade::{Line, Trade};
use super::calls::{orders, products, topics};
use super::client::Client;
use super::{bank, convert, refunds};
use crate::shop::platform::{ReadError, Seen};
use crate::shop::seen::{self, LineNow, OrderNow};

/// Pages of an activity's enrolments that are looked through.
const PAGES: u32 = 50;

pub(super) async fn look(client: &Client, change: &Change) -> Result<Seen, ReadError> {
    match (change, change.target()) {
        (Change::Enrol { activity, product, .. }, _) => enrolment(client, activity, product).await,
        (Change::RateOrders { orders, .. }, _) => {
            let mut now = Vec::new();
            for order in orders {
                now.push(order_now(client, order).await?);
            }
            Ok(seen::of_rated(&now))
        }
        (_, target @ Target::Product(id)) => {
            let found = super::products::get(client, id).await?;
            let seen = seen::of_product(&found, change).ok_or_else(|| gone(target))?;
            if matches!(change, Change::SetPicture { .. }) { named(client, seen).await } else { Ok(seen) }
        }
        (_, Target::Refund(id)) => Ok(seen::of_refund(&refunds::find(client, id).await?)),
        (_, target @ Target::Order(id)) => {
            seen::of_order(&order_now(client, id).await?, change).ok_or_else(|| gone(target))
        }
        (Change::AddListing { listing }, _) => {
            let wanted = products::Wanted { cargo_number: Some(listing.number.clone()), ..products::Wanted::default() };
            let found = products::list_of(client, &wanted).await?;
            Ok(seen::of_number(&listing.title, !found.products.is_empty()))
        }
        (_, target) => Err(gone(target)),
    }
}

fn gone(target: Target<'_>) -> ReadError {
    ReadError::NotFound { what: format!("{} {}", target.word(), target.id()) }
}

/// The product shows a path; a picture of ours is known by its name in the bank.
async fn named(client: &Client, seen: Seen) -> Result<Seen, ReadError> {
    let name = bank::name_at(client, &seen.value).await;
    // An app without the photobank has no pictures of its own there.
    let name = match name {
        Err(ReadError::NoRight { .. }) => None,
        name => name?,
    };
    Ok(Seen { value: name.unwrap_or(seen.value), ..seen })
}

async fn enrolment(client: &Client, activity: &str, product: &str) -> Result<Seen, ReadError> {
    let found = super::products::get(client, product).await?;
    for page in 0..PAGES {
        let records = topics::enrolments(client, activity, page).await?;
        if records.iter().any(|record| record.offer_id.as_ref().is_some_and(|id| id.0 == product)) {
            return Ok(seen::of_enrolment(activity, Some(&found), true));
        }
        if records.is_empty() {
            break;
        }
    }
    Ok(seen::of_enrolment(activity, Some(&found), false))
}

pub(super) async fn order_now(client: &Client, id: &str) -> Result<OrderNow, ReadError> {
    let trade = orders::detail(client, id).await?;
    let base = &trade.base_info;
    Ok(OrderNow {
        id: id.to_owned(),
        status: convert::order_status(base.status.as_deref().unwrap_or_default()),
        title: title(&trade),
        memo: base.seller_memo.as_deref().unwrap_or_default().to_owned(),
        flag: base.seller_remark_icon.as_deref().and_then(flag),
        freight: base.shipping_fee.map(|fee| fee.0).unwrap_or_default(),
        lines: trade.product_items.iter().filter_map(line).collect(),
        // 4 is rated, 5 is not yet; 6 needs none.
        rated: trade.order_rate_info.buyer_rate_status.map(|status| status == 4),
        modified: *base.modify_time,
    })
}

fn title(trade: &Trade) -> String {
    let first = trade.product_items.first().and_then(|line| line.name.as_deref()).unwrap_or("订单");
    let total = trade.base_info.total_amount.map(|total| format!(" {:.2} 元", total.0)).unwrap_or_default();
    format!("{first}{total}")
}

fn flag(icon: &str) -> Option<Flag> {
    match icon {
        "1" => Some(Flag::Red),
        "2" => Some(Flag::Blue),
        "3" => Some(Flag::Green),
        "4" => Some(Flag::Yellow),
        _ => None,
    }
}

fn line(line: &Line) -> Option<LineNow> {
    let sums = line.price.map(|price| price.0).zip(*line.quantity);
    Some(LineNow {
        id: line.id()?.to_owned(),
        original: sums.map(|(price, pieces)| price * pieces).unwrap_or_default(),
        change: line.entry_discount.map_or(Decimal::ZERO, |fen| fen.yuan().0),
        can_send: *line.can_send_goods == Some(true) && line.status.as_deref() == Some("waitsellersend"),
        sent: matches!(*line.logistics_status, Some(2 | 3)),
    })
}
