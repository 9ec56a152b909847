//! Which part of what was heard goes into a fixture: so many rows of each list, the newest, and every row that those and the proposals
//! name. Pure, and the same part again for the same rows.

use std::collections::BTreeSet;

use xiaoer_sdk::{Change, Target};

use super::Heard;

/// How many rows of a list were heard and are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The list, as the fixture calls it.
    pub list: &'static str,
    /// What the skill was given.
    pub heard: usize,
    /// What the fixture keeps of it.
    pub kept: usize,
}

impl Heard {
    /// Leaves `most` rows of orders, refunds and products; what the others of them name stays beside. Told is what was left out.
    pub(super) fn keep_part(&mut self, most: usize) -> Vec<Part> {
        let before = (self.orders.len(), self.refunds.len(), self.products.len(), self.costs.len());
        let named = Named::by(&self.proposed);
        let refunds = newest(self.refunds.values().map(|row| (row.applied, row.id.as_str())), most, &named.refunds);
        self.refunds.retain(|id, _| refunds.contains(id));
        let mut wanted = named.orders;
        wanted.extend(self.refunds.values().filter_map(|refund| refund.order.clone()));
        let orders = self.orders.values().map(|row| (row.paid.unwrap_or(row.created), row.id.as_str()));
        let orders = newest(orders, most, &wanted);
        self.orders.retain(|id, _| orders.contains(id));
        let mut products = named.products;
        products.extend(self.orders.values().flat_map(|order| &order.lines).filter_map(|line| line.product.clone()));
        products.extend(self.products.iter().filter(|product| self.shows(product)).map(|product| product.id.clone()));
        let more = most.saturating_sub(products.len());
        let others = self.products.iter().map(|product| &product.id).filter(|id| !products.contains(*id));
        let others: Vec<String> = others.take(more).cloned().collect();
        products.extend(others);
        if self.products.len() > most {
            self.products.retain(|product| products.contains(&product.id));
            self.costs.retain(|cost| products.contains(&cost.product));
        }
        let after = (self.orders.len(), self.refunds.len(), self.products.len(), self.costs.len());
        let part = |list, heard, kept| Part { list, heard, kept };
        let all = [
            part("orders", before.0, after.0),
            part("refunds", before.1, after.1),
            part("products", before.2, after.2),
            part("costs", before.3, after.3),
        ];
        all.into_iter().filter(|part| part.kept < part.heard).collect()
    }

    /// Whether a picture of a product was looked at.
    fn shows(&self, product: &xiaoer_sdk::shop::Product) -> bool {
        product.pictures.iter().any(|picture| self.pictures.contains_key(picture))
    }
}

/// What proposals are about.
#[derive(Default)]
struct Named {
    products: BTreeSet<String>,
    orders: BTreeSet<String>,
    refunds: BTreeSet<String>,
}

impl Named {
    fn by(changes: &[Change]) -> Self {
        let mut named = Self::default();
        for change in changes {
            match (change, change.target()) {
                (Change::RateOrders { orders, .. }, _) => named.orders.extend(orders.iter().cloned()),
                (Change::Enrol { product, .. }, _) => {
                    named.products.insert(product.clone());
                }
                (_, Target::Product(id)) => {
                    named.products.insert(id.into());
                }
                (_, Target::Order(id)) => {
                    named.orders.insert(id.into());
                }
                (_, Target::Refund(id)) => {
                    named.refunds.insert(id.into());
                }
                (_, Target::Listing(_)) => {}
            }
        }
        named
    }
}

/// The ids of the newest rows, and of those that are wanted beside.
fn newest<'r, T: Ord>(
    rows: impl Iterator<Item = (T, &'r str)>,
    most: usize,
    wanted: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    let from = rows.len().saturating_sub(most);
    let kept = rows.iter().enumerate().filter(|(at, (_, id))| *at >= from || wanted.contains(*id));
    kept.map(|(_, (_, id))| (*id).to_owned()).collect()
}
