//! What was sold of what, and how long the stock lasts at that pace. Pure folds over the shop's rows.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::shop::{Order, OrderStatus, Product, Sku};

/// What was sold of one product or variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sold {
    /// The title on the newest of its orders. Tainted.
    pub title: String,
    /// Pieces.
    pub pieces: Decimal,
    /// Yuan for the goods, without freight.
    pub amount: Decimal,
    /// The orders it stands in.
    pub orders: Vec<String>,
}

/// Sales by product and by variant.
#[derive(Clone, Debug, Default)]
pub struct Sales {
    products: BTreeMap<String, Sold>,
    skus: BTreeMap<(String, String), Sold>,
}

/// A stock that sells: a variant, or an offer without variants.
#[derive(Clone, Debug)]
pub struct Shelf<'a> {
    /// The product.
    pub product: &'a Product,
    /// The variant; none for an offer without.
    pub sku: Option<&'a Sku>,
    /// Pieces on hand.
    pub stock: i64,
    /// What was sold of it.
    pub sold: &'a Sold,
    /// Whole days until it is sold out at that pace.
    pub days_left: i64,
}

/// A sum that stops at the edge of its range instead of panicking: one absurd row must not take down a report.
#[must_use]
pub fn sum(values: impl IntoIterator<Item = Decimal>) -> Decimal {
    values.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
}

impl Sales {
    /// From paid orders. Fake orders and closed ones moved no goods and are left out. Lines that name no product are told apart by title.
    #[must_use]
    pub fn of<'a>(orders: impl IntoIterator<Item = &'a Order>) -> Self {
        let mut sales = Self::default();
        for order in orders.into_iter().filter(|order| order.valid && order.status != OrderStatus::Closed) {
            for line in &order.lines {
                let product = line.product.clone().unwrap_or_else(|| line.title.clone());
                if let Some(sku) = &line.sku {
                    sales.skus.entry((product.clone(), sku.clone())).or_default().add(order, line);
                }
                sales.products.entry(product).or_default().add(order, line);
            }
        }
        sales
    }

    /// Of one product, over all its variants.
    #[must_use]
    pub fn product(&self, id: &str) -> Option<&Sold> {
        self.products.get(id)
    }

    /// Products by yuan, the best first; `(id, or title where the file names no product, what was sold)`.
    #[must_use]
    pub fn ranked(&self) -> Vec<(&str, &Sold)> {
        let mut ranked: Vec<_> = self.products.iter().map(|(id, sold)| (id.as_str(), sold)).collect();
        ranked.sort_by(|a, b| b.1.amount.cmp(&a.1.amount).then(a.0.cmp(b.0)));
        ranked
    }

    /// Every stock on sale that sells, the first to run out first. `days` is how many days these sales are of. A stock that nobody told
    /// and a product that did not sell are left out: nothing is known of when they end.
    #[must_use]
    pub fn shelves<'a>(&'a self, products: &'a [Product], days: u32) -> Vec<Shelf<'a>> {
        let mut shelves = Vec::new();
        for product in products.iter().filter(|product| product.on_sale) {
            if product.skus.is_empty() {
                let Some((stock, sold)) = product.stock.zip(self.products.get(&product.id)) else { continue };
                shelves.extend(shelf((product, None), stock, sold, days));
            }
            for sku in &product.skus {
                let Some(sold) = self.skus.get(&(product.id.clone(), sku.id.clone())) else { continue };
                shelves.extend(shelf((product, Some(sku)), sku.stock, sold, days));
            }
        }
        shelves.sort_by(|a, b| a.days_left.cmp(&b.days_left).then_with(|| b.sold.amount.cmp(&a.sold.amount)));
        shelves
    }
}

impl Sold {
    fn add(&mut self, order: &Order, line: &crate::shop::OrderLine) {
        self.title.clone_from(&line.title);
        self.pieces = self.pieces.saturating_add(line.quantity);
        self.amount = self.amount.saturating_add(line.amount);
        if self.orders.last() != Some(&order.id) {
            self.orders.push(order.id.clone());
        }
    }

    /// Whole pieces, rounded up.
    #[must_use]
    pub fn whole_pieces(&self) -> i64 {
        self.pieces.ceil().to_i64().unwrap_or(i64::MAX)
    }

    /// Pieces that last for `ahead` days at the pace of `days` days, rounded up.
    #[must_use]
    pub fn pieces_for(&self, ahead: i64, days: u32) -> i64 {
        let wanted = self.pieces.checked_mul(Decimal::from(ahead)).and_then(|all| all.checked_div(Decimal::from(days)));
        wanted.and_then(|pieces| pieces.ceil().to_i64()).unwrap_or(i64::MAX)
    }
}

fn shelf<'a>(of: (&'a Product, Option<&'a Sku>), stock: i64, sold: &'a Sold, days: u32) -> Option<Shelf<'a>> {
    let lasting = Decimal::from(stock.max(0)).checked_mul(Decimal::from(days))?.checked_div(sold.pieces)?;
    // Returned or weighed goods can sum up to nothing or less: that is no pace.
    let days_left = (sold.pieces > Decimal::ZERO).then(|| lasting.floor().to_i64().unwrap_or(i64::MAX))?;
    Some(Shelf { product: of.0, sku: of.1, stock, sold, days_left })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sold(pieces: i64) -> Sold {
        Sold { pieces: Decimal::from(pieces), ..Sold::default() }
    }

    #[test]
    fn a_pace_of_nothing_divides_nothing() {
        assert_eq!(sold(0).pieces_for(30, 14), 0);
        assert_eq!(sold(0).pieces_for(30, 0), i64::MAX);
    }

    #[test]
    fn refills_are_rounded_up_so_that_the_last_day_is_covered() {
        assert_eq!(sold(14).pieces_for(30, 14), 30);
        assert_eq!(sold(15).pieces_for(30, 14), 33);
    }

    #[test]
    fn an_absurd_row_stops_at_the_edge_instead_of_panicking() {
        assert_eq!(sum([Decimal::MAX, Decimal::MAX]), Decimal::MAX);
        let absurd = Sold { pieces: Decimal::MAX, ..Sold::default() };
        assert_eq!(absurd.pieces_for(30, 14), i64::MAX);
    }
}
