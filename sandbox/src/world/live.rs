//! One day's orders, from the shop's seed and the day alone: yesterday and tomorrow are made the same way.
//! Must never look at a clock or at other days, or a shop opened tomorrow would remember another past.

use super::claims::{self, Paid};
use super::dice::Dice;
use super::ids::Serial;
use super::names::WORDS;
use super::order::{Closing, Life, Line, Order, Source, Status};
use super::product::Product;
use super::{Industry, catalogue};
use crate::clock::{Day, Moment};

/// What a shop's days grow from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed {
    pub(crate) value: u64,
    pub(crate) industry: Industry,
    /// Orders of an average day, where the trade's usual ones are not meant.
    pub(crate) a_day: Option<u32>,
}

/// How a trade buys. Weights of the hours are the same for all.
struct Habits {
    /// Orders from Monday to Sunday.
    week: [i64; 7],
    /// Buyers who come back again and again have the first numbers.
    regulars: i64,
    buyers: i64,
    /// Yuan of an order: (from, to, weight).
    budgets: &'static [(i64, i64, i64)],
}

const CONSUMER: Habits = Habits {
    week: [30, 29, 29, 28, 26, 18, 17],
    regulars: 90,
    buyers: 760,
    budgets: &[(20, 50, 40), (50, 110, 38), (110, 220, 16), (220, 500, 5), (500, 1_400, 1)],
};
const INDUSTRIAL: Habits = Habits {
    week: [21, 20, 20, 19, 17, 9, 15],
    regulars: 70,
    buyers: 520,
    budgets: &[(120, 300, 30), (300, 700, 34), (700, 1_600, 24), (1_600, 4_000, 10), (4_000, 9_000, 2)],
};

/// Orders an hour, from midnight, in proportion.
const HOURS: [i64; 24] = [1, 0, 0, 0, 0, 0, 1, 2, 6, 12, 14, 11, 6, 8, 13, 14, 12, 9, 6, 7, 9, 8, 5, 2];
/// Business kinds with their weight: usual, large, sample, time-limited price, group buying, made to order.
const KINDS: [(&str, i64); 6] = [("cn", 82), ("ws", 2), ("yp", 6), ("fs", 5), ("hp", 3), ("cz", 2)];
/// What order numbers have room for, beside those that are put in by hand.
const MOST_A_DAY: i64 = 1_000;
/// The day the growth is measured from.
const REFERENCE: i64 = 20_780;

/// The orders that are placed on `day`, oldest first.
pub(crate) fn orders_of(seed: Seed, products: &[Product], day: Day) -> Vec<Order> {
    if day.start() < catalogue::opening() || products.is_empty() {
        return Vec::new();
    }
    let mut dice = Dice::of(seed.value, "day", day.0);
    let mut times: Vec<Moment> = (0..count(seed, day, &mut dice)).map(|_| time_of(day, &mut dice)).collect();
    times.sort();
    let shop = i64::try_from(seed.value % 1_000_000).unwrap_or(0);
    (0..).zip(times).map(|(number, placed)| order(seed, products, placed, Serial { shop, day, number })).collect()
}

/// How many buyers a shop with these habits has in all.
pub(crate) fn buyers(industry: Industry) -> usize {
    usize::try_from(habits(industry).buyers).unwrap_or(0)
}

fn habits(industry: Industry) -> &'static Habits {
    match industry {
        Industry::Consumer => &CONSUMER,
        Industry::Industrial => &INDUSTRIAL,
    }
}

/// The weekly rhythm, slow growth, a day's luck, and two member days a month.
fn count(seed: Seed, day: Day, dice: &mut Dice) -> i64 {
    let habits = habits(seed.industry);
    let growth = (1_000 + (day.0 - REFERENCE) * 2).clamp(800, 1_100);
    let luck = dice.between(850, 1_150);
    let busy = if matches!(day.date().format("%d").to_string().as_str(), "08" | "18") { 150 } else { 100 };
    let share = habits.week[day.weekday()];
    match seed.a_day {
        None => (share * growth * luck * busy / 100_000_000).clamp(8, 60),
        // Neither growth nor member days: who asks for a size wants that size.
        Some(a_day) => {
            (i64::from(a_day) * share * 7 * luck / (habits.week.iter().sum::<i64>() * 1_000)).clamp(1, MOST_A_DAY)
        }
    }
}

fn time_of(day: Day, dice: &mut Dice) -> Moment {
    let hour = i64::try_from(dice.weighted(HOURS.iter().copied())).unwrap_or(10);
    let within = dice.between(0, 3_599_999);
    Moment(day.start().0 + hour * 3_600_000 + within)
}

fn order(seed: Seed, products: &[Product], placed: Moment, serial: Serial) -> Order {
    let habits = habits(seed.industry);
    let mut dice = Dice::of(seed.value, "order", serial.order());
    let kind = KINDS[dice.weighted(KINDS.iter().map(|(_, weight)| *weight))].0;
    // A quarter of the orders comes from regulars, the first of them most of all.
    let buyer = if dice.percent(26) {
        dice.between(0, habits.regulars - 1).min(dice.between(0, habits.regulars - 1))
    } else {
        dice.between(habits.regulars, habits.buyers - 1)
    };
    let mut lines = lines(&mut dice, habits, products, kind);
    let count = lines.len();
    for (position, line) in lines.iter_mut().enumerate() {
        line.id = serial.line(position, count);
        line.discount = if kind == "fs" { -(line.price * line.quantity / 20) } else { 0 };
    }
    if kind != "fs" && dice.percent(11) {
        // The seller cut the price by hand: the whole cut stands on the first line.
        lines[0].discount = -(lines[0].price * lines[0].quantity * dice.between(1, 6) / 100);
    }
    let goods: i64 = lines.iter().map(Line::amount).sum();
    let freight = if goods >= 30_000 || dice.percent(35) { 0 } else { dice.between(5, 14) * 100 };
    let mut order = Order {
        id: serial.order(),
        buyer: usize::try_from(buyer).unwrap_or(0),
        kind,
        life: Life::placed(placed),
        lines,
        freight,
        source: Source { marketing: dice.percent(15), scene: dice.percent(5) },
        feedback: dice.percent(14).then(|| dice.pick(&WORDS.feedback).clone()),
        memo: dice.percent(5).then(|| dice.pick(&WORDS.memos).clone()),
        refund: None,
    };
    live(&mut dice, &mut order, serial);
    order
}

fn lines(dice: &mut Dice, habits: &Habits, products: &[Product], kind: &str) -> Vec<Line> {
    let sample = kind == "yp";
    let lines = if sample { 1 } else { [1, 2, 3][dice.weighted([66, 24, 10].into_iter())] };
    let (from, to, _) = habits.budgets[dice.weighted(habits.budgets.iter().map(|(_, _, weight)| *weight))];
    let large = if kind == "ws" { 3 } else { 1 };
    let budget = dice.between(from, to) * 100 * large / lines;
    let mut taken = Vec::new();
    for _ in 0..lines {
        let product = dice.weighted(products.iter().map(|product| product.popular));
        if taken.iter().any(|line: &Line| line.product == product) {
            continue;
        }
        let goods = &products[product];
        let last = i64::try_from(goods.skus.len()).unwrap_or(0) - 1;
        let sku = (last >= 0).then(|| usize::try_from(dice.between(0, last)).unwrap_or(0));
        let wanted = budget / goods.base_price().max(1);
        // People buy round numbers once it is more than a handful.
        let round = if wanted > 20 { wanted / 10 * 10 } else { wanted };
        let quantity = if sample { 1 } else { round.max(goods.min_order) };
        taken.push(Line { id: 0, product, sku, quantity, price: goods.price_for(quantity, sku), discount: 0 });
    }
    taken
}

/// Writes the order's future: paid or not, sent, received, finished, and what goes wrong.
fn live(dice: &mut Dice, order: &mut Order, serial: Serial) {
    let placed = order.life.created;
    if dice.percent(8) {
        let (after, reason) =
            if dice.percent(40) { (dice.between(5, 600), "buyerCancel") } else { (3 * 24 * 60, "BUYER_NO_PAY") };
        order.life.closed = Some(Closing { at: placed.plus_minutes(after), status: Status::Cancel, reason });
        return;
    }
    let quick = dice.percent(85);
    let paid = placed.plus_minutes(if quick { dice.between(1, 25) } else { dice.between(30, 40 * 60) });
    let sent = working_hours(paid.plus_minutes(dice.between(3 * 60, 34 * 60)));
    let received = sent.plus_minutes(dice.between(34 * 60, 110 * 60));
    let finished = received.plus_minutes(dice.between(20, 5 * 24 * 60));
    order.life = Life {
        created: placed,
        paid: Some(paid),
        sent: Some(sent),
        received: Some(received),
        finished: Some(finished),
        closed: None,
    };
    if order.kind != "yp" && dice.percent(8) {
        claims::go_wrong(dice, order, Paid { serial, paid, received, finished });
    }
}

/// Parcels leave between nine and seven.
fn working_hours(at: Moment) -> Moment {
    match at.minute_of_day() {
        minute if minute < 540 => at.plus_minutes(540 - minute + minute % 60),
        minute if minute > 1_140 => at.plus_minutes(24 * 60 + 560 - minute),
        _ => at,
    }
}
