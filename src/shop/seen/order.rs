//! Orders, as changes see them. What they need beyond a row of the mirror (memo, lines, ratings) is read live and kept nowhere.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xiaoer_sdk::shop::{Order, OrderStatus, Time};
use xiaoer_sdk::{Change, Flag};

use super::super::platform::Seen;
use super::{CLOSED, SENT, memo, order_price, rated};

/// An order as the platform shows it now.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderNow {
    /// 订单编号.
    pub id: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// What a person knows it by: the first line's title and the sum.
    pub title: String,
    /// The seller's memo.
    pub memo: String,
    /// The memo's colour.
    pub flag: Option<Flag>,
    /// Freight, yuan.
    pub freight: Decimal,
    /// The lines.
    pub lines: Vec<LineNow>,
    /// Whether the seller has rated the buyer; none where the platform does not say.
    pub rated: Option<bool>,
    /// When it last changed.
    pub modified: Option<Time>,
}

/// A line of an order as the platform shows it now.
#[derive(Clone, Debug, PartialEq)]
pub struct LineNow {
    /// Its id.
    pub id: String,
    /// Price times quantity, yuan, before any change.
    pub original: Decimal,
    /// Yuan on top; minus is cheaper.
    pub change: Decimal,
    /// Still to be sent, and the platform lets one send it.
    pub can_send: bool,
    /// Sent already.
    pub sent: bool,
}

/// What an order shows in the field that a change touches; none when a line is not in it, or the change is about something else.
#[must_use]
pub fn of_order(order: &OrderNow, change: &Change) -> Option<Seen> {
    let (value, back) = match change {
        Change::WriteMemo { .. } => {
            let back =
                order.flag.map(|flag| Change::WriteMemo { order: order.id.clone(), text: order.memo.clone(), flag });
            (memo(&order.memo, order.flag), back)
        }
        Change::SetOrderPrice { lines, .. } => price(order, lines)?,
        Change::SendOrder { lines, .. } => (sending(order, lines)?, None),
        Change::CloseOrder { .. } => (state(&order.status).to_owned(), None),
        _ => return None,
    };
    Some(Seen { name: order.title.clone(), value, modified: order.modified, back })
}

/// How many of some orders the seller has rated.
#[must_use]
pub fn of_rated(orders: &[OrderNow]) -> Seen {
    let done = orders.iter().filter(|order| order.rated == Some(true)).count();
    let name = orders.first().map_or("订单", |order| order.title.as_str());
    let name = if orders.len() > 1 { format!("{name} 等 {} 单", orders.len()) } else { name.to_owned() };
    Seen { name, value: rated(done, orders.len()), modified: None, back: None }
}

/// What a row of the mirror tells about sending or closing.
#[must_use]
pub fn of_sent(order: &Order, change: &Change) -> Option<Seen> {
    let value = match (change, &order.status) {
        (Change::SendOrder { .. }, OrderStatus::WaitReceive | OrderStatus::Success) => SENT,
        (Change::CloseOrder { .. }, OrderStatus::Closed) => CLOSED,
        _ => return None,
    };
    let name = order.lines.first().map_or(order.id.as_str(), |line| line.title.as_str()).to_owned();
    Some(Seen { name, value: value.into(), modified: Some(order.modified), back: None })
}

/// The lines that a change names; a line of another order is no line.
fn named<'a>(order: &'a OrderNow, ids: impl Iterator<Item = &'a String>) -> Option<Vec<&'a LineNow>> {
    ids.map(|id| order.lines.iter().find(|line| &line.id == id)).collect()
}

fn price(order: &OrderNow, lines: &BTreeMap<String, Decimal>) -> Option<(String, Option<Change>)> {
    let now: BTreeMap<String, Decimal> =
        named(order, lines.keys())?.iter().map(|line| (line.id.clone(), line.change)).collect();
    let shown = order_price(&now, order.freight);
    Some((shown, Some(Change::SetOrderPrice { order: order.id.clone(), lines: now, freight: order.freight })))
}

fn sending(order: &OrderNow, ids: &[String]) -> Option<String> {
    let lines = named(order, ids.iter())?;
    let sent = lines.iter().filter(|line| line.sent).count();
    Some(match () {
        () if sent == lines.len() => SENT.into(),
        () if sent > 0 => format!("已发 {sent} / {} 行", lines.len()),
        () if lines.iter().all(|line| line.can_send) => "待发货".into(),
        () => format!("不能发货（{}）", state(&order.status)),
    })
}

fn state(status: &OrderStatus) -> &str {
    match status {
        OrderStatus::WaitPay => "待付款",
        OrderStatus::WaitSend => "待发货",
        OrderStatus::WaitReceive => "待收货",
        OrderStatus::Success => "交易成功",
        OrderStatus::Closed => CLOSED,
        OrderStatus::Other(word) => word,
    }
}
