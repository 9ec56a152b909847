//! Generated events: the n-th of a shape is always the same one, in integers, so that both sides are given the same.

use chrono::{Duration, NaiveDate};
use xiaoer_growth::{Event, EventKind, Fen};

/// Day of the score, as days after 2027-01-01.
pub(crate) const AS_OF: i64 = 400;

pub(crate) fn day(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 1).expect("a date") + Duration::days(number)
}

/// First day of the window of thirty days.
pub(crate) const fn first_day(as_of: i64) -> i64 {
    as_of - 29
}

/// What a shop looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Ten million orders of 1.5 million buyers, all in the window.
    Month,
    /// Ten million orders of two million buyers over a year, of which the window is the last month.
    Year,
    /// Five million orders of two million buyers in the window.
    Warm,
}

/// An even draw below a bound: the same for the same seed and place, wherever it is asked for.
fn draw(seed: u64, at: u64, below: u64) -> u64 {
    let mut mixed = (seed << 40 ^ at).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((u128::from(mixed ^ (mixed >> 32)) * u128::from(below)) >> 64) as u64
}

/// Yes, no or nobody knows.
fn answer(seed: u64, at: u64, yes: u64) -> Option<bool> {
    match draw(seed, at, 100) {
        share if share < yes => Some(true),
        share if share < yes + 10 => None,
        _ => Some(false),
    }
}

pub(crate) struct Order {
    number: u64,
    buyer: Option<u64>,
    day: i64,
    amount: i64,
    marketing: Option<bool>,
    scene: Option<bool>,
    valid: bool,
}

pub(crate) struct Refund {
    number: u64,
    order: Option<u64>,
    buyer: Option<u64>,
    day: i64,
    amount: i64,
    scene: Option<bool>,
    valid: bool,
}

impl Shape {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Shape::Month => "month",
            Shape::Year => "year",
            Shape::Warm => "warm",
        }
    }

    pub(crate) const fn orders(self) -> u64 {
        match self {
            Shape::Month | Shape::Year => 10_000_000,
            Shape::Warm => 5_000_000,
        }
    }

    const fn buyers(self) -> u64 {
        match self {
            Shape::Month => 1_500_000,
            Shape::Year | Shape::Warm => 2_000_000,
        }
    }

    const fn days(self) -> u64 {
        match self {
            Shape::Month | Shape::Warm => 30,
            Shape::Year => 365,
        }
    }

    /// Refunds beside the orders: 5% of them name an order, 1% only a buyer.
    pub(crate) const fn refunds(self) -> u64 {
        self.orders() / 100 * 6
    }

    /// The orders come in order of time, as a shop's do.
    pub(crate) fn order(self, at: u64) -> Order {
        let back = self.days() - 1 - at * self.days() / self.orders();
        Order {
            number: at,
            buyer: (draw(1, at, 100) >= 2).then(|| draw(2, at, self.buyers())),
            day: AS_OF - back as i64,
            amount: 100 + draw(3, at, 100_000) as i64,
            marketing: answer(4, at, 25),
            scene: answer(5, at, 20),
            valid: draw(6, at, 100) >= 3,
        }
    }

    /// Some days after the order, perhaps after the day of the score; a third takes all of it, some more than is left;
    /// every hundredth names no order that is known.
    pub(crate) fn refund(self, at: u64) -> Refund {
        let named = self.order(draw(11, at, self.orders()));
        let day = named.day + draw(12, at, 20) as i64;
        let valid = draw(14, at, 100) >= 3;
        let linked = !at.is_multiple_of(6);
        let part = if draw(13, at, 3) == 0 { named.amount } else { draw(15, at, named.amount as u64 + 50) as i64 };
        Refund {
            number: at,
            order: linked.then(|| if at % 100 == 1 { named.number + self.orders() } else { named.number }),
            buyer: named.buyer.filter(|_| !linked),
            day,
            amount: part,
            scene: if linked { None } else { answer(16, at, 20) },
            valid,
        }
    }
}

fn order_id(number: u64) -> String {
    format!("27{number:017}")
}

fn name(buyer: u64) -> String {
    format!("买家{buyer:08}")
}

fn flag(known: Option<bool>) -> &'static str {
    match known {
        Some(true) => "1",
        Some(false) => "0",
        None => "",
    }
}

fn number(known: Option<u64>) -> String {
    known.map(|number| number.to_string()).unwrap_or_default()
}

impl Order {
    pub(crate) fn without_buyer(mut self) -> Order {
        self.buyer = None;
        self
    }

    pub(crate) fn event(&self) -> Event {
        let Order { number, buyer, day: on, amount, marketing, scene, valid } = *self;
        let at = day(on).and_hms_opt((number % 24) as u32, 0, 0).expect("a time");
        let kind = EventKind::Order { buyer: buyer.map(name), amount: Fen(amount), marketing, scene, valid };
        Event { at, id: order_id(number), kind }
    }

    pub(crate) fn line(&self) -> String {
        let Order { number: id, buyer, day, amount, marketing, scene, valid } = *self;
        format!("{id},{},{day},{amount},{},{},{}", number(buyer), flag(marketing), flag(scene), flag(Some(valid)))
    }
}

impl Refund {
    pub(crate) fn event(&self) -> Event {
        let Refund { number, order, buyer, day: on, amount, scene, valid } = *self;
        let at = day(on).and_hms_opt(12, 0, 0).expect("a time");
        let (order, buyer) = (order.map(order_id), buyer.map(name));
        let kind = EventKind::Refund { order, buyer, amount: Fen(amount), scene, valid };
        Event { at, id: format!("R{number:012}"), kind }
    }

    pub(crate) fn line(&self) -> String {
        let Refund { number: id, order, buyer, day, amount, scene, valid } = *self;
        let (order, buyer) = (number(order), number(buyer));
        format!("{id},{order},{buyer},{day},{amount},{},{}", flag(scene), flag(Some(valid)))
    }
}

/// An event that comes to the warm shop, and which of the five kinds it is: orders of known (0) and of new buyers (1),
/// refunds that name an order (2) or only a buyer (3), inquiries (4). One in twenty is late, by up to a month.
pub(crate) fn fresh(at: u64) -> (usize, Event) {
    let shape = Shape::Warm;
    let late = if draw(20, at, 20) == 0 { draw(21, at, 30) as i64 } else { 0 };
    let mut order = shape.order(at);
    order.number = shape.orders() + at;
    order.day = AS_OF - late;
    let kind = match draw(22, at, 100) {
        0..75 => 0,
        75..85 => 1,
        85..90 => 2,
        90..92 => 3,
        _ => 4,
    };
    let event = match kind {
        0 => order.event(),
        1 => Order { buyer: Some(shape.buyers() + at), ..order }.event(),
        2 | 3 => {
            let mut refund = shape.refund(at * 6 + if kind == 2 { 1 } else { 0 });
            refund.number = at;
            refund.day = AS_OF;
            refund.event()
        }
        _ => {
            let person = name(draw(23, at, shape.buyers() * 2));
            let inquiry = EventKind::Inquiry { person, marketing: order.marketing, valid: order.valid };
            Event { at: order.event().at, id: format!("I{at:012}"), kind: inquiry }
        }
    };
    (kind, event)
}
