//! What the shop's own rows tell of its economics, and what the merchant said instead.
//!
//! Pure. The freight of an order is what its buyer paid; what it cost the shop no row tells, so it stays unknown until it is entered.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use xiaoer_growth::plan::Economics;
use xiaoer_sdk::shop::{Cost, Order, OrderStatus, Product};
use xiaoer_sdk::sum;

use super::business::Business;

/// What the goods cost, from orders whose every line has a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsShare {
    /// Per mille of what the lines were sold for, rounded up: in doubt less is earned.
    pub per_mille: u32,
    /// The orders it rests on.
    pub orders: usize,
    /// Paid orders that were left out because a line has no cost.
    pub without_cost: usize,
}

/// Reads the goods' share off paid orders; none when no order has all its costs.
#[must_use]
pub fn goods_share(orders: &[Order], costs: &[Cost], products: &[Product]) -> Option<GoodsShare> {
    let known = Known::of(costs, products);
    let (mut goods, mut sold, mut counted, mut without_cost) = (Decimal::ZERO, Decimal::ZERO, 0, 0);
    for order in orders.iter().filter(|order| order.valid && order.status != OrderStatus::Closed) {
        let lines = &order.lines;
        let cost: Option<Vec<Decimal>> = lines
            .iter()
            .map(|line| known.cost(line.product.as_deref()?, line.sku.as_deref())?.checked_mul(line.quantity))
            .collect();
        match cost.filter(|cost| !cost.is_empty()) {
            Some(cost) => {
                goods = goods.saturating_add(sum(cost));
                sold = sold.saturating_add(sum(lines.iter().map(|line| line.amount)));
                counted += 1;
            }
            None => without_cost += 1,
        }
    }
    let share =
        goods.checked_mul(Decimal::ONE_THOUSAND)?.checked_div(Some(sold).filter(|sold| *sold > Decimal::ZERO)?)?;
    Some(GoodsShare { per_mille: share.ceil().to_u32()?, orders: counted, without_cost })
}

/// What a plan counts by: the merchant's word first, then the shop's rows, else unknown.
#[must_use]
pub fn economics(business: &Business, goods: Option<GoodsShare>) -> Economics {
    Economics {
        margin_per_thousand: business.margin_per_thousand,
        goods_per_mille: business.goods_per_mille.or(goods.map(|goods| goods.per_mille)),
        fee_per_mille: business.fee_per_mille,
        shipping_per_order: business.shipping_per_order,
        ..Economics::default()
    }
}

/// Costs as an order's line asks for them.
struct Known<'a> {
    costs: HashMap<(&'a str, Option<&'a str>), Decimal>,
    /// The number of a variant, by which cost files name it.
    numbers: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Known<'a> {
    fn of(costs: &'a [Cost], products: &'a [Product]) -> Self {
        let costs = costs.iter().map(|cost| ((cost.product.as_str(), cost.sku.as_deref()), cost.cost)).collect();
        let skus = products.iter().flat_map(|product| product.skus.iter().map(move |sku| (product, sku)));
        let numbers =
            skus.map(|(product, sku)| ((product.id.as_str(), sku.id.as_str()), sku.number.as_str())).collect();
        Self { costs, numbers }
    }

    fn cost(&self, product: &'a str, sku: Option<&'a str>) -> Option<Decimal> {
        let number = sku.map(|sku| self.numbers.get(&(product, sku)).copied().unwrap_or(sku));
        let of_sku = number.and_then(|number| self.costs.get(&(product, Some(number))));
        of_sku.or_else(|| self.costs.get(&(product, None))).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(lines: serde_json::Value, valid: bool) -> Order {
        let at = "2026-06-01T10:00:00+08:00";
        serde_json::from_value(json!({
            "id": "1", "buyer": "A", "status": "success", "sample": false, "created": at, "paid": at, "modified": at,
            "total": "112", "freight": "12", "lines": lines, "marketing": null, "scene": null, "valid": valid,
        }))
        .expect("an order")
    }

    fn line(product: &str, sku: Option<&str>, quantity: &str, amount: &str) -> serde_json::Value {
        json!({ "product": product, "sku": sku, "title": "杯子", "quantity": quantity, "amount": amount })
    }

    fn cost(product: &str, sku: Option<&str>, yuan: &str) -> Cost {
        Cost { product: product.into(), sku: sku.map(str::to_owned), cost: yuan.parse().expect("a decimal") }
    }

    #[test]
    fn the_share_rests_on_orders_with_all_costs_and_forgets_freight() {
        let orders = [
            order(json!([line("p", None, "10", "100")]), true),
            order(json!([line("p", None, "10", "100"), line("q", None, "1", "900")]), true),
            order(json!([line("p", None, "1", "1000")]), false),
        ];
        let share = goods_share(&orders, &[cost("p", None, "3.333")], &[]).expect("a share");
        assert_eq!(share, GoodsShare { per_mille: 334, orders: 1, without_cost: 1 });
        assert_eq!(goods_share(&orders, &[], &[]), None);
    }

    #[test]
    fn a_variants_cost_goes_before_its_products_and_is_found_by_its_number() {
        let product: Product = serde_json::from_value(json!({
            "id": "p", "title": "杯子", "on_sale": true, "category": null, "attributes": [], "pictures": [], "prices": [],
            "min_order": null, "stock": null, "sold": null, "modified": "2026-06-01T10:00:00+08:00",
            "skus": [{"id": "spec", "number": "77", "name": "白", "price": null, "stock": 1}],
        }))
        .expect("a product");
        let orders = [order(json!([line("p", Some("spec"), "1", "10")]), true)];
        let costs = [cost("p", Some("77"), "4"), cost("p", None, "9")];
        assert_eq!(goods_share(&orders, &costs, &[product]).map(|share| share.per_mille), Some(400));
    }

    #[test]
    fn what_the_merchant_entered_goes_before_the_rows() {
        let goods = Some(GoodsShare { per_mille: 600, orders: 9, without_cost: 0 });
        assert_eq!(economics(&Business::default(), goods).goods_per_mille, Some(600));
        let said = Business { goods_per_mille: Some(550), ..Business::default() };
        let found = economics(&said, goods);
        assert_eq!((found.goods_per_mille, found.shipping_per_order), (Some(550), None));
    }
}
