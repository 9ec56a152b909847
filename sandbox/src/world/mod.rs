//! The shops behind the wire: what they sell, who bought, what happened. Knows nothing of HTTP, signatures or JSON.
//!
//! A shop's past and future follow from its seed and the civil day; the only thing kept besides are [`changes`].

pub(crate) mod activities;
pub(crate) mod catalogue;
pub(crate) mod changes;
mod claims;
pub(crate) mod dice;
mod export;
mod generate;
mod ids;
pub(crate) mod index;
mod live;
mod names;
pub(crate) mod order;
pub(crate) mod product;
pub(crate) mod refund;

use serde::{Deserialize, Serialize};

pub(crate) use export::{ExportError, shop as from_export};
pub(crate) use generate::shop as generated;
pub(crate) use live::Seed;
pub(crate) use names::{Buyer, Place};

use crate::clock::{Day, Moment};
use index::Index;
use order::{Order, OrderView};
use product::{Picture, Product};

/// Days that one request may add to a shop: a clock set to a far future must not eat the machine.
const FARTHEST: i64 = 1_200;

/// Which of the two growth formulae a shop's trade falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Industry {
    /// 消费品.
    Consumer,
    /// 工业品.
    Industrial,
}

/// Who a shop is.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) member_id: String,
    pub(crate) user_id: i64,
    pub(crate) login_id: String,
    pub(crate) company: String,
    pub(crate) contact: String,
    pub(crate) industry: Industry,
    pub(crate) place: Place,
    pub(crate) joined: Moment,
}

/// One shop. `orders` is sorted by the time of placing, and by number where two have the same.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) profile: Profile,
    pub(crate) products: Vec<Product>,
    pub(crate) buyers: Vec<Buyer>,
    pub(crate) orders: Vec<Order>,
    index: Index,
    /// Only generated shops have one; an order export stays as it is.
    pub(crate) seed: Option<Seed>,
    /// The first day that has not been written yet.
    next_day: Day,
    /// No orders are written after this instant: a shop that is not live stands still.
    until: Option<Moment>,
    /// Tokens of an older generation are dead.
    pub(crate) generation: u32,
}

/// All shops of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) shops: Vec<Shop>,
}

impl World {
    /// Writes every shop's days up to and with the one of `now`. False: that is farther than the sandbox goes.
    pub(crate) fn advance(&mut self, now: Moment) -> bool {
        self.shops.iter_mut().all(|shop| shop.advance(now))
    }

    pub(crate) fn shop(&self, name: &str) -> Option<&Shop> {
        self.shops.iter().find(|shop| shop.profile.name == name)
    }

    pub(crate) fn picture(&self, file: &str) -> Option<&Picture> {
        self.shops
            .iter()
            .flat_map(|shop| &shop.products)
            .flat_map(Product::all_pictures)
            .find(|picture| picture.file == file)
    }
}

impl Shop {
    fn advance(&mut self, now: Moment) -> bool {
        let Some(seed) = self.seed else { return true };
        let last = self.until.unwrap_or(now).min(now).day();
        if last.0 - self.next_day.0 > FARTHEST {
            return false;
        }
        if self.next_day > last {
            return true;
        }
        while self.next_day <= last {
            let placed = live::orders_of(seed, &self.products, self.next_day);
            for order in placed.into_iter().filter(|order| self.until.is_none_or(|until| order.life.created <= until)) {
                self.index.learn(&order);
                self.orders.push(order);
            }
            self.next_day = self.next_day.plus(1);
        }
        // Orders added by hand may stand later than the days just written.
        self.orders.sort_by_key(|order| (order.life.created, order.id));
        true
    }

    /// Every order that has been placed by `now`, newest first, as it stands then.
    pub(crate) fn orders_at(&self, now: Moment) -> impl Iterator<Item = OrderView<'_>> {
        self.orders.iter().rev().filter_map(move |order| order.at(now))
    }

    pub(crate) fn product(&self, id: i64) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    fn add_order(&mut self, order: Order) {
        let key = (order.life.created, order.id);
        let position = self.orders.partition_point(|other| (other.life.created, other.id) <= key);
        self.index.learn(&order);
        self.orders.insert(position, order);
    }
}
