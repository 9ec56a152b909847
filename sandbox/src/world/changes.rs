//! Everything that can change a shop besides time: what the journal holds and replays.
//! A change says what is true afterwards, never "add five": replaying it twice must not matter.

use serde::{Deserialize, Serialize};

use super::ids::Serial;
use super::order::{Life, Line, Order, Source};
use super::refund::{Claim, Refund, RefundStatus, Step};
use super::{Shop, World};
use crate::clock::{Day, Moment};

/// One change to one shop.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Change {
    /// The shop was opened for the first time; its history begins at `origin`.
    Opened { origin: Day },
    /// The stock of a spec, or of an offer without specs.
    Stock { product: i64, spec: Option<String>, stock: i64 },
    /// What `product.incrementModify` may edit; `None` leaves it.
    Edited { product: i64, subject: Option<String>, description: Option<String>, online: Option<bool> },
    /// The seller agreed to take goods back.
    ReturnAgreed { refund: i64 },
    /// An order that a test put in.
    Order(NewOrder),
    /// A refund that a test put in.
    Refund(NewRefund),
    /// All tokens of the shop are dead.
    TokensRevoked { generation: u32 },
}

/// An order to put in. Money in fen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NewOrder {
    pub(crate) number: i64,
    pub(crate) buyer: usize,
    pub(crate) placed: Moment,
    /// `waitbuyerpay`, `waitsellersend`, `waitbuyerreceive` or `success`; it stays there.
    pub(crate) stage: Stage,
    pub(crate) product: i64,
    pub(crate) spec: Option<String>,
    pub(crate) quantity: i64,
    /// Fen a piece; none: the step price.
    pub(crate) price: Option<i64>,
}

/// How far an order that was put in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    WaitBuyerPay,
    #[default]
    WaitSellerSend,
    WaitBuyerReceive,
    Success,
}

/// A refund to put in. Money in fen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NewRefund {
    pub(crate) number: i64,
    pub(crate) order: i64,
    pub(crate) amount: i64,
    pub(crate) only_refund: bool,
    pub(crate) in_sale: bool,
    pub(crate) applied: Moment,
    pub(crate) deadline: Moment,
}

/// Why a change does not fit the shop. The text names the object.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("no shop named {0}")]
    Shop(String),
    #[error("no product {0}")]
    Product(i64),
    #[error("product {0} has no spec {1}")]
    Spec(i64, String),
    #[error("no order {0}")]
    Order(i64),
    #[error("no refund {0}")]
    Refund(i64),
    #[error("no buyer number {0}")]
    Buyer(usize),
    #[error("order {0} already has a refund")]
    SecondRefund(i64),
}

impl World {
    /// Makes `change` true of the shop, as of `at`.
    pub(crate) fn apply(&mut self, shop: &str, at: Moment, change: &Change) -> Result<(), Misfit> {
        let shop = self
            .shops
            .iter_mut()
            .find(|known| known.profile.name == shop)
            .ok_or_else(|| Misfit::Shop(shop.to_owned()))?;
        shop.index.forget();
        match change {
            // Read before the shops are built.
            Change::Opened { .. } => Ok(()),
            Change::Stock { product, spec, stock } => shop.set_stock(at, *product, spec.as_deref(), *stock),
            Change::Edited { product, subject, description, online } => {
                let product =
                    shop.products.iter_mut().find(|known| known.id == *product).ok_or(Misfit::Product(*product))?;
                if let Some(subject) = subject {
                    product.set_title(at, subject.clone());
                }
                product.description = description.clone().or(product.description.take());
                product.online = online.unwrap_or(product.online);
                product.modified = at;
                Ok(())
            }
            Change::ReturnAgreed { refund } => {
                let order = shop.order_of_refund(*refund).ok_or(Misfit::Refund(*refund))?;
                shop.change_order(order, |order| order.refund.iter_mut().for_each(|refund| refund.agree(at)))
            }
            Change::Order(order) => shop.put_order(order),
            Change::Refund(refund) => shop.put_refund(refund),
            Change::TokensRevoked { generation } => {
                shop.generation = *generation;
                Ok(())
            }
        }
    }
}

impl Shop {
    fn set_stock(&mut self, at: Moment, product: i64, spec: Option<&str>, stock: i64) -> Result<(), Misfit> {
        let product = self.products.iter_mut().find(|known| known.id == product).ok_or(Misfit::Product(product))?;
        let id = product.id;
        match spec {
            None => product.stock = stock,
            Some(spec) => {
                let sku = product.skus.iter_mut().find(|sku| sku.spec == spec);
                sku.ok_or_else(|| Misfit::Spec(id, spec.to_owned()))?.stock = stock;
            }
        }
        product.modified = at;
        Ok(())
    }

    fn change_order(&mut self, id: i64, change: impl FnOnce(&mut Order)) -> Result<(), Misfit> {
        let position = self.position(id).ok_or(Misfit::Order(id))?;
        change(&mut self.orders[position]);
        self.index.learn(&self.orders[position]);
        Ok(())
    }

    fn put_order(&mut self, new: &NewOrder) -> Result<(), Misfit> {
        let position =
            self.products.iter().position(|known| known.id == new.product).ok_or(Misfit::Product(new.product))?;
        let product = &self.products[position];
        let sku = match &new.spec {
            None => None,
            Some(spec) => {
                let found = product.skus.iter().position(|sku| sku.spec == *spec);
                Some(found.ok_or_else(|| Misfit::Spec(product.id, spec.clone()))?)
            }
        };
        if new.buyer >= self.buyers.len() {
            return Err(Misfit::Buyer(new.buyer));
        }
        let reached = |stage: Stage, minutes: i64| (new.stage >= stage).then(|| new.placed.plus_minutes(minutes));
        let id = self.serial(new.placed, new.number).order();
        let price = new.price.unwrap_or_else(|| product.price_for(new.quantity, sku));
        self.add_order(Order {
            id,
            buyer: new.buyer,
            kind: "cn",
            life: Life {
                paid: reached(Stage::WaitSellerSend, 0),
                sent: reached(Stage::WaitBuyerReceive, 0),
                received: reached(Stage::Success, 0),
                finished: reached(Stage::Success, 0),
                ..Life::placed(new.placed)
            },
            lines: vec![Line { id, product: position, sku, quantity: new.quantity, price, discount: 0 }],
            freight: 0,
            source: Source::default(),
            feedback: None,
            memo: None,
            refund: None,
        });
        Ok(())
    }

    fn put_refund(&mut self, new: &NewRefund) -> Result<(), Misfit> {
        let id = self.serial(new.applied, new.number).refund();
        let position = self.position(new.order).ok_or(Misfit::Order(new.order))?;
        if self.orders[position].refund.is_some() {
            return Err(Misfit::SecondRefund(new.order));
        }
        let claim = Claim {
            in_sale: new.in_sale,
            only_refund: new.only_refund,
            goods: 2,
            reason: "质量问题",
            reason_id: 20_012,
        };
        let steps = vec![Step { at: new.applied, status: RefundStatus::WaitSellerAgree, deadline: Some(new.deadline) }];
        let refund = Refund { id, claim, amount: new.amount, freight: 0, lines: vec![0], steps, return_bill: None };
        self.change_order(new.order, |order| order.refund = Some(refund))
    }

    /// The number that an order or refund put in by hand will have on the wire.
    pub(crate) fn number_of(&self, change: &Change) -> Option<String> {
        match change {
            Change::Order(new) => Some(self.serial(new.placed, new.number).order().to_string()),
            Change::Refund(new) => Some(format!("TQ{}", self.serial(new.applied, new.number).refund())),
            _ => None,
        }
    }

    /// Numbers of what is put in by hand begin where no generated day reaches.
    fn serial(&self, at: Moment, number: i64) -> Serial {
        Serial { shop: self.profile.user_id, day: at.day(), number: 1_000 + number % 1_000 }
    }
}
