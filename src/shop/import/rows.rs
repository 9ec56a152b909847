//! Rows of files → rows of the shop. Pure; what a file does not say stays unsaid.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use xiaoer_orders::{CostRow, InquiryRow, InvoiceOrder, LedgerRow, OrderRow, OrderState, TrafficRow};
use xiaoer_sdk::shop::{Cost, Inquiry, Order, OrderLine, OrderStatus, Product, Refund, RefundStatus, Time, TrafficDay};

/// A civil time as a moment: the first of two when clocks go back, the next hour's when it was skipped.
pub(super) fn on_the_clock_of(zone: Tz, at: NaiveDateTime) -> Time {
    let found = zone.from_local_datetime(&at).earliest();
    let later = || zone.from_local_datetime(&(at + TimeDelta::hours(1))).earliest();
    found.or_else(later).map_or_else(|| at.and_utc().fixed_offset(), |at| at.fixed_offset())
}

/// An order of the platform's own export, whose clock is the platform's.
pub(super) fn of_export(row: &OrderRow) -> Order {
    let at = |time| on_the_clock_of(chrono_tz::Asia::Shanghai, time);
    let (created, paid) = (at(row.created), row.paid.map(at));
    Order {
        id: row.number.clone(),
        buyer: row.buyer.clone(),
        status: match row.state() {
            OrderState::WaitPay => OrderStatus::WaitPay,
            OrderState::Paid => OrderStatus::WaitSend,
            OrderState::Sent => OrderStatus::WaitReceive,
            OrderState::Success => OrderStatus::Success,
            OrderState::Closed => OrderStatus::Closed,
            OrderState::Other => OrderStatus::Other(row.status.clone()),
        },
        sample: false,
        created,
        paid,
        modified: paid.unwrap_or(created),
        total: row.paid_amount.normalize(),
        freight: row.freight.unwrap_or_default().normalize(),
        lines: export_lines(row),
        marketing: None,
        scene: None,
        valid: true,
    }
}

/// The export has one 涨价或折扣 for the whole order; each line bears its share of it, to the fen, and the last one what is left.
fn export_lines(row: &OrderRow) -> Vec<OrderLine> {
    let sums: Vec<Decimal> = row.lines.iter().map(|line| line.price * line.quantity).collect();
    let whole: Decimal = sums.iter().sum();
    let adjustment = row.adjustment.unwrap_or_default();
    let mut left = adjustment;
    let count = row.lines.len();
    row.lines
        .iter()
        .zip(&sums)
        .enumerate()
        .map(|(at, (line, sum))| {
            let share = match () {
                () if at + 1 == count => left,
                () if whole.is_zero() => Decimal::ZERO,
                () => (adjustment * sum / whole).round_dp(2),
            };
            left -= share;
            OrderLine {
                product: line.offer_id.clone(),
                // The file has the SKU's number across the platform; a line names the one within the offer.
                sku: None,
                title: line.title.clone(),
                quantity: line.quantity.normalize(),
                amount: (sum + share).normalize(),
            }
        })
        .collect()
}

/// The products that the lines of these orders name, with the title of the latest order and nothing that the lines do not say.
pub(super) fn products_of(orders: &[Order]) -> Vec<Product> {
    let mut products: BTreeMap<&str, Product> = BTreeMap::new();
    for order in orders {
        for line in &order.lines {
            let Some(id) = line.product.as_deref() else { continue };
            if products.get(id).is_some_and(|known| known.modified >= order.created) {
                continue;
            }
            let product = Product {
                id: id.to_owned(),
                title: line.title.clone(),
                on_sale: true,
                category: None,
                attributes: Vec::new(),
                pictures: Vec::new(),
                prices: Vec::new(),
                min_order: None,
                stock: None,
                skus: Vec::new(),
                sold: None,
                modified: order.created,
            };
            products.insert(id, product);
        }
    }
    products.into_values().collect()
}

/// A paid order that is known by its sum alone.
pub(super) fn ledger_order(row: &LedgerRow, at: Time) -> Order {
    Order {
        id: row.id.clone(),
        buyer: row.buyer.clone(),
        status: OrderStatus::Other("已付款".into()),
        sample: false,
        created: at,
        paid: Some(at),
        modified: at,
        total: row.amount.normalize(),
        freight: Decimal::ZERO,
        lines: Vec::new(),
        marketing: None,
        scene: None,
        valid: true,
    }
}

/// Money that went back.
pub(super) fn ledger_refund(row: &LedgerRow, at: Time) -> Refund {
    let title = String::new();
    settled(Refund { order: row.order.clone(), buyer: row.buyer.clone(), ..blank(&row.id, row.amount, at, title) })
}

/// An inquiry. One that names nobody counts as somebody of its own: that it was asked is known.
pub(super) fn ledger_inquiry(row: &LedgerRow, at: Time) -> Inquiry {
    let person = row.buyer.clone().unwrap_or_else(|| row.id.clone());
    Inquiry { id: row.id.clone(), person, at, marketing: row.marketing, valid: row.valid }
}

/// An inquiry of a list.
pub(super) fn inquiry(row: InquiryRow, zone: Tz) -> Inquiry {
    let at = on_the_clock_of(zone, row.time);
    Inquiry { id: row.id, person: row.buyer, at, marketing: row.marketing, valid: row.valid }
}

/// What a product costs.
pub(super) fn cost(row: CostRow) -> Cost {
    Cost { product: row.offer_id, sku: row.sku_id, cost: row.cost.normalize() }
}

/// A day of traffic.
pub(super) fn traffic_day(row: &TrafficRow) -> TrafficDay {
    let count = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok());
    TrafficDay {
        day: row.date,
        impressions: count(row.impressions),
        visitors: count(row.visitors),
        ad_spend: row.ad_spend.map(|yuan| yuan.normalize()),
    }
}

/// A sale of a wholesaler's own books.
pub(super) fn invoice_order(row: &InvoiceOrder, zone: Tz) -> Order {
    let at = on_the_clock_of(zone, row.time);
    let lines = row.lines.iter().map(|line| OrderLine {
        product: (!line.code.is_empty()).then(|| line.code.clone()),
        sku: None,
        title: line.title.clone(),
        quantity: line.quantity.normalize(),
        amount: (line.quantity * line.price).normalize(),
    });
    Order {
        id: row.number.clone(),
        buyer: row.buyer.clone(),
        status: OrderStatus::Success,
        sample: false,
        created: at,
        paid: Some(at),
        modified: at,
        total: row.amount.normalize(),
        freight: Decimal::ZERO,
        lines: lines.collect(),
        marketing: None,
        scene: None,
        valid: true,
    }
}

/// A cancelled sale; it names no original.
pub(super) fn invoice_refund(row: &InvoiceOrder, zone: Tz) -> Refund {
    let at = on_the_clock_of(zone, row.time);
    let title = row.lines.first().map(|line| line.title.clone()).unwrap_or_default();
    settled(Refund { buyer: row.buyer.clone(), ..blank(&row.number, row.amount, at, title) })
}

fn settled(refund: Refund) -> Refund {
    Refund { status: RefundStatus::Success, refunded: Some(refund.asked), completed: Some(refund.applied), ..refund }
}

fn blank(id: &str, amount: Decimal, at: Time, title: String) -> Refund {
    Refund {
        id: id.to_owned(),
        order: None,
        buyer: None,
        status: RefundStatus::WaitSeller,
        asked: amount.normalize(),
        refunded: None,
        reason: String::new(),
        only_money: false,
        goods_received: None,
        applied: at,
        deadline: None,
        completed: None,
        modified: at,
        title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_civil_time_that_never_was_or_was_twice_still_has_one_moment() {
        let at = |text: &str| on_the_clock_of(chrono_tz::Europe::London, text.parse().expect("a time")).to_rfc3339();
        assert_eq!(at("2026-03-29T01:30:00"), "2026-03-29T02:30:00+01:00", "clocks went forward at one");
        assert_eq!(at("2026-10-25T01:30:00"), "2026-10-25T01:30:00+01:00", "the first of two half past ones");
    }
}
