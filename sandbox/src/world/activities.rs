//! The platform's calendar of activities, the same for all shops, and what a shop has enrolled in.
//! Follows from the day alone: an id names its week, so any topic can be looked up again.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::product::Product;
use super::{Shop, catalogue};
use crate::clock::{Day, Moment};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    weekly: Vec<Weekly>,
    big: Vec<Big>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weekly {
    name: String,
    kind: i64,
    benefits: Vec<String>,
    offer: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Big {
    name: String,
    degree: String,
    month: u32,
    day: u32,
}

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/activities.toml"))
        .expect("activities.toml ships with the package and a test reads it")
});

/// Topic numbers begin here; a week has ten of them.
const FIRST_TOPIC: i64 = 40_000;
/// The slot of a week's topics that belong to a big promotion.
const BIG_SLOT: i64 = 9;

/// One activity that products can be enrolled in.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// The platform's `businessType` number.
    pub(crate) kind: i64,
    pub(crate) enrol: (Moment, Moment),
    pub(crate) act: (Moment, Moment),
    pub(crate) shop_benefits: Vec<String>,
    pub(crate) offer_rules: Vec<String>,
}

/// A big promotion of the whole platform and its one topic.
#[derive(Debug, Clone)]
pub(crate) struct Promotion {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) degree: String,
    pub(crate) preheat: Moment,
    pub(crate) topic: Topic,
}

/// An offer that a call enrolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) id: i64,
    pub(crate) topic: i64,
    pub(crate) offer: i64,
    pub(crate) at: Moment,
    /// Fen; none: the form said no price.
    pub(crate) price: Option<i64>,
}

/// One product in one activity.
#[derive(Debug, Clone)]
pub(crate) struct Enrolment<'a> {
    pub(crate) product: &'a Product,
    pub(crate) status: &'static str,
    pub(crate) reason: Option<&'static str>,
    /// Fen.
    pub(crate) price: i64,
}

impl Topic {
    /// The one batch of a topic.
    pub(crate) fn batch(&self) -> i64 {
        self.id * 10 + 1
    }
}

/// The daily topics that take enrolments at `now`.
pub(crate) fn open_topics(now: Moment) -> Vec<Topic> {
    let week = week_of(now.day());
    let slots = 0..i64::try_from(CALENDAR.weekly.len()).unwrap_or(0);
    let topics = [week - 1, week].into_iter().flat_map(|week| slots.clone().filter_map(move |slot| weekly(week, slot)));
    topics.filter(|topic| topic.enrol.0 <= now && now < topic.enrol.1).collect()
}

/// The big promotions that are being prepared at `now`.
pub(crate) fn open_promotions(now: Moment) -> Vec<Promotion> {
    promotions_around(now.day()).into_iter().filter(|big| big.topic.enrol.0 <= now && now < big.topic.act.1).collect()
}

/// The topic of this number, past or open.
pub(crate) fn topic(id: i64) -> Option<Topic> {
    let (week, slot) = ((id - FIRST_TOPIC).div_euclid(10), (id - FIRST_TOPIC).rem_euclid(10));
    if !(0..10_000).contains(&week) {
        return None;
    }
    if slot == BIG_SLOT {
        let day = Day(week * 7 + 4);
        return promotions_around(day).into_iter().map(|big| big.topic).find(|topic| topic.id == id);
    }
    weekly(week, slot)
}

/// What the shop has enrolled in this topic by `now`: what it joined by itself, then what calls enrolled.
pub(crate) fn enrolments<'a>(shop: &'a Shop, topic: &Topic, now: Moment) -> Vec<Enrolment<'a>> {
    let mut all = if now < topic.enrol.0 { Vec::new() } else { joined(shop, topic) };
    let called = shop.enrolled.iter().filter(|enrolled| enrolled.topic == topic.id && enrolled.at <= now);
    all.extend(called.filter_map(|enrolled| {
        let product = shop.product(enrolled.offer)?;
        let price = enrolled.price.unwrap_or(product.base_price());
        // The platform looks at it for a day.
        let (status, reason) = match (now < enrolled.at.plus_days(1), price <= product.base_price()) {
            (true, _) => ("auditing", None),
            (false, true) => ("approved", None),
            (false, false) => ("refused", Some("活动价高于近30天最低成交价")),
        };
        Some(Enrolment { product, status, reason, price })
    }));
    all
}

fn joined<'a>(shop: &'a Shop, topic: &Topic) -> Vec<Enrolment<'a>> {
    let Some(seed) = shop.seed else { return Vec::new() };
    let mut dice = Dice::of(seed.value, "enrol", topic.id);
    // The shop joins the first two weekly topics; the rest is open work.
    let joined = (topic.id - FIRST_TOPIC).rem_euclid(10) < 2;
    let on_sale: Vec<&Product> = shop.products.iter().filter(|product| product.popular > 5).collect();
    if !joined || on_sale.is_empty() {
        return Vec::new();
    }
    let start = usize::try_from(dice.between(0, 100)).unwrap_or(0);
    let chosen = (0..4).map(|step| on_sale[(start + step * 3) % on_sale.len()]);
    let results =
        [("approved", None), ("approved", None), ("auditing", None), ("refused", Some("活动价高于近30天最低成交价"))];
    chosen
        .zip(results)
        .map(|(product, (status, reason))| Enrolment {
            product,
            status,
            reason,
            price: product.base_price() * 92 / 100,
        })
        .collect()
}

fn weekly(week: i64, slot: i64) -> Option<Topic> {
    let kind = CALENDAR.weekly.get(usize::try_from(slot).ok()?)?;
    let monday = Day(week * 7 + 4).start();
    let trades =
        [catalogue::trade_names(super::Industry::Consumer), catalogue::trade_names(super::Industry::Industrial)]
            .concat();
    let trade = trades[usize::try_from((week + slot).rem_euclid(i64::try_from(trades.len()).ok()?)).ok()?];
    Some(Topic {
        id: FIRST_TOPIC + week * 10 + slot,
        name: kind.name.replace("{trade}", trade),
        kind: kind.kind,
        // Enrolment overlaps with the next week's, so that a shop always has something to choose from.
        enrol: (monday.plus_days(slot), monday.plus_days(slot + 8)),
        act: (monday.plus_days(slot + 10), monday.plus_days(slot + 13)),
        shop_benefits: kind.benefits.clone(),
        offer_rules: kind.offer.clone(),
    })
}

fn promotions_around(day: Day) -> Vec<Promotion> {
    let year = day.date().year();
    let dates = (year - 1..=year + 1).flat_map(|year| CALENDAR.big.iter().map(move |big| (year, big)));
    dates.filter_map(|(year, big)| promotion(year, big)).collect()
}

fn promotion(year: i32, big: &Big) -> Option<Promotion> {
    let start = Day::of(NaiveDate::from_ymd_opt(year, big.month, big.day)?);
    let opens = start.start().plus_days(-30);
    let id = FIRST_TOPIC + week_of(opens.day()) * 10 + BIG_SLOT;
    let topic = Topic {
        id,
        name: format!("{}·源头好货会场", big.name),
        kind: 350,
        enrol: (opens, start.start().plus_days(-5)),
        act: (start.start(), start.start().plus_days(4)),
        shop_benefits: vec!["满200元减20元券，支持叠加".to_owned(), "主会场展示".to_owned()],
        offer_rules: vec!["活动价不高于近30天最低价".to_owned(), "限购100件".to_owned()],
    };
    Some(Promotion {
        id: i64::from(year) * 100 + i64::from(big.month),
        name: format!("{year}{}", big.name),
        degree: big.degree.clone(),
        preheat: start.start().plus_days(-3),
        topic,
    })
}

/// Weeks begin on Monday; week 0 is that of 1970-01-05.
fn week_of(day: Day) -> i64 {
    (day.0 - 4).div_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_any_day_some_activities_are_open_and_each_is_found_by_its_number() {
        for day in 20_000..20_800 {
            let now = Day(day).start().plus_minutes(600);
            let open = open_topics(now);
            assert!(open.len() >= 4, "{} has {}", now.rfc3339(), open.len());
            for id in open.iter().map(|topic| topic.id).chain(open_promotions(now).iter().map(|big| big.topic.id)) {
                assert_eq!(topic(id).map(|topic| topic.id), Some(id), "{}", now.rfc3339());
            }
        }
    }
}
