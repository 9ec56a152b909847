//! Reads of one generation. A window of days reads only what is filed under them; the index may name too much (a row that moved to
//! another day stays filed under the old one), so every row is looked at again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use xiaoer_sdk::shop::{Activity, Cost, Inquiry, Order, Product, Refund, RefundStatus, Time, TrafficDay};
use xiaoer_sdk::{Change, Period, Target};

use super::Mirror;
use super::row::{self, Bare, Day, Mark, Mirrored, row_key};
use crate::db::{DbError, Scan};
use crate::shop::{Seen, Shop, seen};

impl Mirror {
    /// Orders paid on the local days, in the order of payment.
    ///
    /// # Errors
    /// As the database; so for all reads.
    pub async fn orders_paid(&self, shop: &Shop, generation: u64, period: Period) -> Result<Vec<Order>, DbError> {
        let mut orders = self.orders_of(shop, generation, (Day::Paid, period)).await?;
        orders.retain(|order| order.paid.is_some_and(|at| falls(shop, at, period)));
        orders.sort_by(|a, b| (a.paid, &a.id).cmp(&(b.paid, &b.id)));
        Ok(orders)
    }

    /// Orders placed on the local days, paid or not, in the order of placing.
    ///
    /// # Errors
    /// As the database.
    pub async fn orders_placed(&self, shop: &Shop, generation: u64, period: Period) -> Result<Vec<Order>, DbError> {
        let mut orders = self.orders_of(shop, generation, (Day::Placed, period)).await?;
        orders.retain(|order| falls(shop, order.created, period));
        orders.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(orders)
    }

    /// Every order, by id.
    ///
    /// # Errors
    /// As the database.
    pub async fn all_orders(&self, shop: &Shop, generation: u64) -> Result<Vec<Order>, DbError> {
        let orders = self.all(shop, generation).await?;
        self.marked(shop, generation, orders).await
    }

    /// Every order, by id and without its lines: for the score, whose window slides over all days and which asks for no line.
    ///
    /// # Errors
    /// As the database.
    pub async fn bare_orders(&self, shop: &Shop, generation: u64) -> Result<Vec<Order>, DbError> {
        let bare: Vec<Bare> = self.all(shop, generation).await?;
        self.marked(shop, generation, bare.into_iter().map(|Bare(order)| order).collect()).await
    }

    /// One order.
    ///
    /// # Errors
    /// As the database.
    pub async fn order(&self, shop: &Shop, generation: u64, id: &str) -> Result<Option<Order>, DbError> {
        let found = self.one(shop, generation, id).await?.into_iter().collect();
        Ok(self.marked(shop, generation, found).await?.pop())
    }

    /// Refunds that wait for someone, the oldest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn refunds_open(&self, shop: &Shop, generation: u64) -> Result<Vec<Refund>, DbError> {
        let open = |refund: &Refund| match refund.status {
            RefundStatus::WaitSeller | RefundStatus::WaitBuyer | RefundStatus::WaitReturn => true,
            RefundStatus::Other(_) => refund.completed.is_none(),
            RefundStatus::Success | RefundStatus::Closed => false,
        };
        let mut refunds: Vec<Refund> = self.all(shop, generation).await?;
        refunds.retain(open);
        refunds.sort_by(|a, b| (a.applied, &a.id).cmp(&(b.applied, &b.id)));
        Ok(refunds)
    }

    /// Refunds that succeeded or were closed on the local days, in the order of settling.
    ///
    /// # Errors
    /// As the database.
    pub async fn refunds_settled(&self, shop: &Shop, generation: u64, period: Period) -> Result<Vec<Refund>, DbError> {
        let ids = self.on_days(shop, Day::Settled, period).await?;
        let mut refunds: Vec<Refund> = self.some(shop, generation, &ids).await?;
        refunds.retain(|refund| row::settled(refund, shop.zone).is_some_and(|day| period.contains(day)));
        refunds.sort_by(|a, b| (a.completed, &a.id).cmp(&(b.completed, &b.id)));
        Ok(refunds)
    }

    /// Every refund, by id.
    ///
    /// # Errors
    /// As the database.
    pub async fn all_refunds(&self, shop: &Shop, generation: u64) -> Result<Vec<Refund>, DbError> {
        self.all(shop, generation).await
    }

    /// One refund.
    ///
    /// # Errors
    /// As the database.
    pub async fn refund(&self, shop: &Shop, generation: u64, id: &str) -> Result<Option<Refund>, DbError> {
        self.one(shop, generation, id).await
    }

    /// Every product, by id.
    ///
    /// # Errors
    /// As the database.
    pub async fn products(&self, shop: &Shop, generation: u64) -> Result<Vec<Product>, DbError> {
        self.all(shop, generation).await
    }

    /// One product.
    ///
    /// # Errors
    /// As the database.
    pub async fn product(&self, shop: &Shop, generation: u64, id: &str) -> Result<Option<Product>, DbError> {
        self.one(shop, generation, id).await
    }

    /// What products cost.
    ///
    /// # Errors
    /// As the database.
    pub async fn costs(&self, shop: &Shop, generation: u64) -> Result<Vec<Cost>, DbError> {
        self.all(shop, generation).await
    }

    /// Traffic of the days that are known, oldest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn traffic(&self, shop: &Shop, generation: u64, period: Period) -> Result<Vec<TrafficDay>, DbError> {
        let key = |day: NaiveDate| row_key(&shop.id, TrafficDay::KIND, &day.to_string());
        self.newest(Scan::between(&key(period.from), &key(period.to)), generation, None).await
    }

    /// Every inquiry, by id.
    ///
    /// # Errors
    /// As the database.
    pub async fn inquiries(&self, shop: &Shop, generation: u64) -> Result<Vec<Inquiry>, DbError> {
        self.all(shop, generation).await
    }

    /// Activities that were open for enrolment at the last sync.
    ///
    /// # Errors
    /// As the database.
    pub async fn activities(&self, shop: &Shop, generation: u64) -> Result<Vec<Activity>, DbError> {
        self.all(shop, generation).await
    }

    /// What the mirror shows in the place of a change; none when the object is not in it, or the mirror does not keep the field.
    ///
    /// # Errors
    /// As the database.
    pub async fn seen(&self, shop: &Shop, generation: u64, change: &Change) -> Result<Option<Seen>, DbError> {
        Ok(match (change, change.target()) {
            (Change::Enrol { activity, product, .. }, _) => {
                let activities = self.activities(shop, generation).await?;
                let Some(activity) = activities.iter().find(|known| &known.id == activity) else { return Ok(None) };
                let enrolled = activity.enrolled.contains(product);
                let product = self.product(shop, generation, product).await?;
                Some(seen::of_enrolment(&activity.name, product.as_ref(), enrolled))
            }
            (_, Target::Product(id)) => {
                self.product(shop, generation, id).await?.and_then(|product| seen::of_product(&product, change))
            }
            (_, Target::Refund(id)) => self.refund(shop, generation, id).await?.as_ref().map(seen::of_refund),
            (_, Target::Order(id)) => {
                self.order(shop, generation, id).await?.and_then(|order| seen::of_sent(&order, change))
            }
            (_, Target::Listing(_)) => None,
        })
    }

    /// The text of the field that a change touches, as the mirror shows it; none when the object is not in it.
    ///
    /// # Errors
    /// As the database.
    pub async fn shows(&self, shop: &Shop, generation: u64, change: &Change) -> Result<Option<String>, DbError> {
        Ok(self.seen(shop, generation, change).await?.map(|seen| seen.value))
    }

    async fn orders_of(
        &self,
        shop: &Shop,
        generation: u64,
        (day, period): (Day, Period),
    ) -> Result<Vec<Order>, DbError> {
        let ids = self.on_days(shop, day, period).await?;
        let orders = self.some(shop, generation, &ids).await?;
        self.marked(shop, generation, orders).await
    }

    /// Adds what the merchant's ledger says about each order.
    async fn marked(&self, shop: &Shop, generation: u64, mut orders: Vec<Order>) -> Result<Vec<Order>, DbError> {
        let ids: BTreeSet<String> = orders.iter().map(|order| order.id.clone()).collect();
        let marks: Vec<Mark> = self.some(shop, generation, &ids).await?;
        let mut marks: BTreeMap<String, Mark> = marks.into_iter().map(|mark| (mark.order.clone(), mark)).collect();
        for order in &mut orders {
            if let Some(mark) = marks.remove(&order.id) {
                order.marketing = mark.marketing.or(order.marketing);
                order.scene = mark.scene.or(order.scene);
                order.valid &= mark.valid;
            }
        }
        Ok(orders)
    }
}

pub(super) fn falls(shop: &Shop, at: Time, period: Period) -> bool {
    period.contains(at.with_timezone(&shop.zone).date_naive())
}
