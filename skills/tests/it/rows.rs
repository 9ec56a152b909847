//! Rows of a shop, told in few words.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use xiaoer_sdk::PictureFindings;
use xiaoer_sdk::shop::{Activity, Cost, Order, OrderLine, OrderStatus, Product, Refund, RefundStatus, Sku, Time};

/// The day of the reports.
pub(crate) const AS_OF: &str = "2026-11-22";
/// When they are asked for.
pub(crate) const NOW: &str = "2026-11-23T08:03:00+08:00";

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// So many days before the day of the reports.
pub(crate) fn days_ago(days: u64) -> NaiveDate {
    day(AS_OF) - Days::new(days)
}

pub(crate) fn at(text: &str) -> Time {
    let text = if text.contains('+') || text.ends_with('Z') { text.to_owned() } else { format!("{text}:00+08:00") };
    Time::parse_from_rfc3339(&text).expect("a moment")
}

pub(crate) fn noon(day: NaiveDate) -> Time {
    at(&format!("{day}T12:00"))
}

pub(crate) fn yuan(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

/// An order paid at noon and received.
pub(crate) fn order(id: &str, buyer: &str, paid: NaiveDate, total: &str) -> Order {
    Order {
        id: id.into(),
        buyer: Some(buyer.into()),
        status: OrderStatus::Success,
        sample: false,
        created: noon(paid),
        paid: Some(noon(paid)),
        modified: noon(paid),
        total: yuan(total),
        freight: Decimal::ZERO,
        lines: Vec::new(),
        marketing: Some(false),
        scene: Some(false),
        valid: true,
    }
}

pub(crate) fn line(product: &str, title: &str, pieces: i64, amount: &str) -> OrderLine {
    OrderLine {
        product: Some(product.into()),
        sku: None,
        title: title.into(),
        quantity: Decimal::from(pieces),
        amount: yuan(amount),
    }
}

pub(crate) fn refund(id: &str, order: &str, asked: &str) -> Refund {
    Refund {
        id: id.into(),
        order: Some(order.into()),
        buyer: Some("b1".into()),
        status: RefundStatus::WaitSeller,
        asked: yuan(asked),
        refunded: None,
        reason: "不想要了".into(),
        only_money: true,
        goods_received: Some(false),
        applied: at("2026-11-22T20:00"),
        deadline: Some(at("2026-11-24T20:00")),
        completed: None,
        modified: at("2026-11-22T20:00"),
        title: "保温杯".into(),
    }
}

pub(crate) fn product(id: &str, title: &str) -> Product {
    Product {
        id: id.into(),
        title: title.into(),
        on_sale: true,
        category: None,
        attributes: Vec::new(),
        pictures: vec![format!("img/{id}.jpg")],
        prices: vec![(2, yuan("22.00")), (100, yuan("20.00"))],
        min_order: Some(2),
        stock: Some(500),
        skus: Vec::new(),
        sold: None,
        modified: at("2026-11-01T09:00"),
    }
}

pub(crate) fn sku(id: &str, name: &str, stock: i64) -> Sku {
    Sku { id: id.into(), number: format!("n-{id}"), name: name.into(), price: None, stock }
}

pub(crate) fn cost(product: &str, cost: &str) -> Cost {
    Cost { product: product.into(), sku: None, cost: yuan(cost) }
}

pub(crate) fn activity(id: &str, name: &str, ends: &str) -> Activity {
    Activity {
        id: id.into(),
        name: name.into(),
        enrol: (at("2026-11-10T00:00"), at(ends)),
        runs: (at("2026-12-10T00:00"), at("2026-12-12T23:59")),
        enrolled: Vec::new(),
    }
}

pub(crate) fn picture(width: u32, height: u32) -> PictureFindings {
    PictureFindings { width, height, bytes: 180_000, format: "jpeg".into(), sharpness: 140, white_border: 90 }
}
