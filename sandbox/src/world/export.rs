//! A shop out of a merchant's order export: its orders as they were, its products and buyers as the lines name them.
//! What the file does not say is left plain, never made up: no refunds, no stock, no new orders.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xiaoer_orders::{LineRow, OrderRow, OrderState, Table};

use super::dice::{Dice, digest};
use super::index::Index;
use super::order::{Closing, Life, Line, Order, Source, Status};
use super::product::{Flaw, NewProduct, Picture, Product};
use super::{Buyer, Industry, Place, Shop, generate};
use crate::clock::Moment;

/// Why the bytes make no shop, in words for a person.
#[derive(Debug)]
pub(crate) struct ExportError(pub(crate) String);

/// The shop whose orders are in `bytes`.
pub(crate) fn shop(name: &str, bytes: &[u8]) -> Result<Shop, ExportError> {
    let table = xiaoer_orders::read(bytes).map_err(|error| ExportError(error.to_string()))?;
    let Table::Orders(read) = table else {
        return Err(ExportError("the file is a table, but not an order export".to_owned()));
    };
    for problem in read.problems.iter().take(3) {
        tracing::warn!(shop = name, ?problem, "sandbox: a row of the order export was left out");
    }
    let value = Dice::of(0, name, 0).next();
    let mut parties = Parties::default();
    let mut orders: Vec<Order> = read.rows.iter().map(|row| parties.order(row)).collect();
    orders.sort_by_key(|order| (order.life.created, order.id));
    let Parties { buyers, mut products, .. } = parties;
    products.iter_mut().for_each(finish);
    Ok(Shop {
        profile: generate::profile(name, value, Industry::Consumer),
        products,
        buyers,
        index: Index::of(&orders),
        orders,
        seed: None,
        next_day: crate::clock::Day(0),
        until: None,
        generation: 0,
    })
}

/// Buyers and products met so far.
#[derive(Debug, Default)]
struct Parties {
    buyers: Vec<Buyer>,
    buyer_of: HashMap<String, usize>,
    products: Vec<Product>,
    product_of: HashMap<String, usize>,
}

impl Parties {
    fn order(&mut self, row: &OrderRow) -> Order {
        let created = Moment::from_civil(row.created);
        let id = row.number.parse().unwrap_or_else(|_| number(&row.number));
        let count = row.lines.len();
        let mut lines: Vec<Line> = row.lines.iter().map(|line| self.line(line, created)).collect();
        for (position, line) in lines.iter_mut().enumerate() {
            // As on the wire: the line of a one-line order has the order's number.
            line.id = if count == 1 { id } else { number(&format!("{}/{position}", row.number)) };
        }
        let freight = row.freight.map_or(0, fen);
        // What the lines do not explain is the seller's price change; it stands on the first line.
        let goods: i64 = lines.iter().map(Line::amount).sum();
        if let Some(first) = lines.first_mut() {
            first.discount = fen(row.paid_amount) - freight - goods;
        }
        Order {
            id,
            buyer: self.buyer(row),
            kind: "cn",
            life: life(row, created),
            lines,
            freight,
            source: Source::default(),
            feedback: row.message.clone(),
            memo: None,
            refund: None,
        }
    }

    fn buyer(&mut self, row: &OrderRow) -> usize {
        let login = row.buyer.clone().unwrap_or_else(|| format!("guest{}", row.number));
        let buyers = &mut self.buyers;
        *self.buyer_of.entry(login.clone()).or_insert_with(|| {
            let user_id = number(&login) % 10_000_000_000_000;
            buyers.push(Buyer {
                member_id: format!("b2b-{user_id}"),
                user_id,
                company: row.buyer_company.clone().unwrap_or_default(),
                contact: login.clone(),
                mobile: String::new(),
                login_id: login,
                place: Place::default(),
            });
            buyers.len() - 1
        })
    }

    fn line(&mut self, line: &LineRow, at: Moment) -> Line {
        let (quantity, price) = pieces(line);
        let key = line.offer_id.clone().or_else(|| line.article.clone()).unwrap_or_else(|| line.title.clone());
        let products = &mut self.products;
        let product = *self.product_of.entry(key.clone()).or_insert_with(|| {
            products.push(product(&key, line, at));
            products.len() - 1
        });
        let known = &mut self.products[product];
        known.popular += 1;
        known.ladder = vec![(1, price)];
        Line { id: 0, product, sku: None, quantity, price, discount: 0 }
    }
}

fn product(key: &str, line: &LineRow, at: Moment) -> Product {
    let id = line
        .offer_id
        .as_ref()
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| 700_000_000_000 + number(key) % 100_000_000_000);
    let mut product = Product::new(NewProduct {
        id,
        title: line.title.clone(),
        category: (1_031_910, "礼品".to_owned()),
        unit: line.unit.clone().unwrap_or_else(|| "件".to_owned()),
        ladder: vec![(1, 0)],
        created: at,
    });
    product.cargo = line.article.clone().unwrap_or_default();
    product.attributes = vec![("货号".to_owned(), product.cargo.clone())];
    product
}

/// An export has no pictures; a plain drawing stands in for each product.
fn finish(product: &mut Product) {
    let hue = format!("#{}", digest(&product.id.to_string(), 6));
    let file = Picture::file_name(product.id, "main0");
    product.pictures = vec![Picture { file, shape: "box".to_owned(), colours: vec![hue], view: 0, flaw: Flaw::None }];
}

/// Pieces and fen a piece. Goods by weight or with fractions of a fen become one piece at the line's whole price.
fn pieces(line: &LineRow) -> (i64, i64) {
    let price = line.price * Decimal::ONE_HUNDRED;
    match (line.quantity.is_integer(), price.is_integer(), line.quantity.to_i64(), price.to_i64()) {
        (true, true, Some(quantity), Some(price)) => (quantity, price),
        _ => (1, fen(line.price * line.quantity)),
    }
}

fn life(row: &OrderRow, created: Moment) -> Life {
    let paid = row.paid.map(Moment::from_civil);
    let placed = Life { paid, ..Life::placed(created) };
    let last = paid.unwrap_or(created);
    match row.state() {
        OrderState::WaitPay | OrderState::Paid | OrderState::Other => placed,
        OrderState::Sent => Life { sent: Some(last), ..placed },
        OrderState::Success => Life { sent: Some(last), received: Some(last), finished: Some(last), ..placed },
        OrderState::Closed => {
            Life { closed: Some(Closing { at: last, status: Status::Cancel, reason: "other" }), ..placed }
        }
    }
}

fn fen(yuan: Decimal) -> i64 {
    (yuan * Decimal::ONE_HUNDRED).round().to_i64().unwrap_or(0)
}

/// A number beyond 2^53 that belongs to the text.
fn number(text: &str) -> i64 {
    2_900_000_000_000_000_001 + Dice::of(0, text, 0).between(0, 99_999_999_999_999_999) * 2
}
