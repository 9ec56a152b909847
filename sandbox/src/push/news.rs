//! What is worth a message: time that passes, and the difference that a change makes. The difference is seen and not
//! declared, so whatever can be written becomes messages without saying so. Which data refunds and products carry is
//! not known of the platform: refunds carry what every order message carries, products their number.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::world::Shop;
use crate::world::order::{Order, OrderView, Status};
use crate::world::product::Product;

/// A message to be.
#[derive(Debug, Clone)]
pub(super) struct News {
    pub(super) at: Moment,
    pub(super) topic: &'static str,
    pub(super) data: Value,
}

/// What happened in `shop` after `from`, until and with `to`.
pub(super) fn between(shop: &Shop, from: Moment, to: Moment) -> impl Iterator<Item = News> {
    shop.orders.iter().filter(move |order| order.life.created <= to).flat_map(move |order| {
        let fresh = happenings(order).filter(move |(at, _)| from < *at && *at <= to);
        fresh.filter_map(move |(at, topic)| Some(of_order(&order.at(at)?, shop, (at, topic))))
    })
}

/// One more message about an order as it stands.
pub(super) fn again(view: &OrderView<'_>, shop: &Shop, now: Moment) -> News {
    let topic = match view.status {
        Status::WaitBuyerPay => "ORDER_BUYER_MAKE",
        Status::WaitSellerSend => "ORDER_PAY",
        Status::WaitBuyerReceive => "ORDER_ANNOUNCE_SENDGOODS",
        Status::Success => "ORDER_ORDER_SUCCESS",
        Status::Cancel | Status::Terminated => "ORDER_ORDER_BOPS_CLOSE",
    };
    of_order(view, shop, (now, topic))
}

/// What of a shop may become a message when it changes.
#[derive(Debug)]
pub(crate) struct Sight {
    orders: HashMap<i64, Seen>,
    /// Stock by sku (the product's own number where it has none), and everything else as text.
    products: HashMap<i64, (Vec<(i64, i64)>, String)>,
}

#[derive(Debug)]
struct Seen {
    happened: Vec<(Moment, &'static str)>,
    memo: Option<String>,
    total: i64,
}

impl Sight {
    pub(crate) fn of(shop: &Shop, now: Moment) -> Self {
        let orders = shop.orders.iter().filter(|order| order.life.created <= now);
        let products = shop.products.iter().map(|product| (product.id, (stocks(product), format!("{product:?}"))));
        Self { orders: orders.map(|order| (order.id, Seen::of(order, now))).collect(), products: products.collect() }
    }

    pub(super) fn since(&self, before: &Self, shop: &Shop, now: Moment) -> Vec<News> {
        let mut news = Vec::new();
        for order in &shop.orders {
            let (Some(seen), Some(view)) = (self.orders.get(&order.id), order.at(now)) else { continue };
            let topics = seen.since(before.orders.get(&order.id));
            news.extend(topics.into_iter().map(|topic| of_order(&view, shop, (now, topic))));
        }
        for product in &shop.products {
            let Some((stocks, text)) = self.products.get(&product.id) else { continue };
            match before.products.get(&product.id) {
                Some((_, known)) if known == text => {}
                Some((known, _)) if known != stocks => news.push(of_stock(product, known, now)),
                _ => news.push(of_product(shop, product.id, now)),
            }
        }
        let gone = before.products.keys().filter(|id| !self.products.contains_key(id));
        let mut gone: Vec<i64> = gone.copied().collect();
        gone.sort_unstable();
        news.extend(gone.into_iter().map(|id| of_product(shop, id, now)));
        news
    }
}

impl Seen {
    fn of(order: &Order, now: Moment) -> Self {
        let happened = happenings(order).filter(|(at, _)| *at <= now).collect();
        Self { happened, memo: order.memo.clone(), total: order.total() }
    }

    fn since(&self, before: Option<&Self>) -> Vec<&'static str> {
        let Some(before) = before else { return self.happened.iter().map(|(_, topic)| *topic).collect() };
        // One by one: a refund can be asked for and agreed to in the same instant.
        let mut known = before.happened.clone();
        let mut is_new = |event: &&(Moment, &'static str)| match known.iter().position(|known| known == *event) {
            Some(position) => {
                known.swap_remove(position);
                false
            }
            None => true,
        };
        let fresh: Vec<&'static str> =
            self.happened.iter().filter(|event| is_new(event)).map(|(_, topic)| *topic).collect();
        let memo = (self.memo != before.memo).then_some("ORDER_MODIFY_MEMO");
        let price = (self.total != before.total).then_some("ORDER_ORDER_PRICE_MODIFY");
        fresh.into_iter().chain(memo).chain(price).collect()
    }
}

/// Every instant of an order that has a topic, in the order of its life.
fn happenings(order: &Order) -> impl Iterator<Item = (Moment, &'static str)> {
    let life = &order.life;
    let stages = [
        (Some(life.created), "ORDER_BUYER_MAKE"),
        (life.paid, "ORDER_PAY"),
        (life.sent, "ORDER_ANNOUNCE_SENDGOODS"),
        (life.received, "ORDER_ORDER_COMFIRM_RECEIVEGOODS"),
        (life.finished, "ORDER_ORDER_SUCCESS"),
    ];
    let closed = life.closed.as_ref().map(|closing| {
        let by = match closing.reason {
            "buyerCancel" => "ORDER_ORDER_BUYER_CLOSE",
            reason if closing.status == Status::Cancel && reason != "BUYER_NO_PAY" => "ORDER_ORDER_SELLER_CLOSE",
            _ => "ORDER_ORDER_BOPS_CLOSE",
        };
        (closing.at, by)
    });
    let refunds = order.refund.iter().flat_map(|refund| {
        let topic = match refund.claim.in_sale {
            true => "ORDER_ORDER_BUYER_REFUND_IN_SALES",
            false => "ORDER_ORDER_REFUND_AFTER_SALES",
        };
        refund.steps.iter().map(move |step| (step.at, topic))
    });
    stages.into_iter().filter_map(|(at, topic)| Some((at?, topic))).chain(closed).chain(refunds)
}

fn of_order(view: &OrderView<'_>, shop: &Shop, (at, topic): (Moment, &'static str)) -> News {
    let data = json!({
        "orderId": view.order.id,
        "currentStatus": view.status.wire(),
        "msgSendTime": at.civil_text(),
        "buyerMemberId": shop.buyers.get(view.order.buyer).map(|buyer| buyer.member_id.as_str()),
        "sellerMemberId": shop.profile.member_id,
    });
    News { at, topic, data }
}

fn of_stock(product: &Product, before: &[(i64, i64)], at: Moment) -> News {
    let total = product.amount_on_sale();
    let changes: Vec<Value> = stocks(product)
        .iter()
        .filter_map(|(sku, stock)| {
            let known = before.iter().find(|(known, _)| known == sku).map_or(0, |(_, stock)| *stock);
            let mut change = json!({ "offerId": product.id, "offerOnSale": total, "quantity": stock - known, "bizTime": at.civil_text() });
            if *sku != product.id {
                change["skuId"] = json!(sku);
                change["skuOnSale"] = json!(stock);
            }
            (known != *stock).then_some(change)
        })
        .collect();
    News { at, topic: "PRODUCT_PRODUCT_INVENTORY_CHANGE", data: json!({ "OfferInventoryChangeList": changes }) }
}

fn of_product(shop: &Shop, id: i64, at: Moment) -> News {
    let data = json!({
        "productIds": id.to_string(),
        "memberId": shop.profile.member_id,
        "msgSendTime": at.civil_text(),
    });
    News { at, topic: "PRODUCT_RELATION_VIEW_PRODUCT_CHANGE", data }
}

fn stocks(product: &Product) -> Vec<(i64, i64)> {
    match product.skus.as_slice() {
        [] => vec![(product.id, product.stock)],
        skus => skus.iter().map(|sku| (sku.id, sku.stock)).collect(),
    }
}
