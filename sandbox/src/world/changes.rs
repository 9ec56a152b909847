//! Everything that can change a shop besides time: what the journal holds and replays.
//! A change says what is true afterwards, never "add five": replaying it twice must not matter.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::activities::Enrolled;
use super::ids::Serial;
use super::newton::Task;
use super::order::{Block, Life, Line, Order, Source, Written};
use super::parcel::Parcel;
use super::photobank::{Album, Group, Photo};
use super::product::Product;
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
    Edited {
        product: i64,
        subject: Option<String>,
        description: Option<String>,
        online: Option<bool>,
        #[serde(default)]
        images: Option<Vec<String>>,
    },
    /// The seller agreed to take goods back.
    ReturnAgreed {
        refund: i64,
        /// Name, phone and address, as people write them in one line.
        #[serde(default)]
        to: Option<String>,
    },
    /// An order that a test put in.
    Order(NewOrder),
    /// A refund that a test put in.
    Refund(NewRefund),
    /// All tokens of the shop are dead.
    TokensRevoked { generation: u32 },
    /// A product as it stands from now on, whole; an id that is new is a new product.
    Listed(Box<Product>),
    /// A picture album as it stands from now on.
    Album(Album),
    /// An album is gone, and its pictures with it.
    AlbumDeleted { album: i64 },
    /// A picture of the photobank as it stands from now on. Its bytes are kept beside the journal.
    Photo(Photo),
    /// A picture is gone from the photobank; products that show it go on doing so.
    PhotoDeleted { photo: i64 },
    /// A picture was taken that belongs to no album.
    Uploaded { file: String },
    /// A group of the shop's own for its goods.
    Group(Group),
    /// A refresh token was given out: all before this number are dead.
    Refreshed { serial: u32 },
    /// Who of the shop's sub-accounts is authorised.
    SubAccounts { authorised: BTreeSet<String> },
    /// The seller's note on an order is this one now.
    Noted { order: i64, memo: String, icon: String },
    /// Freight and line discounts of an unpaid order, in fen; lines that are not named have none.
    Repriced { order: i64, freight: Option<i64>, discounts: Vec<(i64, i64)> },
    /// A parcel of the order has left.
    Sent { order: i64, parcel: Parcel },
    /// The seller closed an unpaid order.
    Cancelled { order: i64, reason: String },
    /// The seller rated the buyer.
    Rated { order: i64, stars: u8, content: String },
    /// An offer takes part in an activity.
    Enrolled(Enrolled),
    /// 牛顿云 was given a task.
    TaskGiven(Task),
    /// The answer to what a task asked back.
    TaskAnswered { task: String, answer: String },
    /// A task was stopped.
    TaskKilled { task: String },
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
    /// Why it must not be sent.
    #[serde(default)]
    pub(crate) block: Option<Block>,
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
    #[error("no task {0}")]
    Task(String),
    #[error("no buyer number {0}")]
    Buyer(usize),
    #[error("no picture album {0}")]
    Album(i64),
    #[error("no picture {0} in the photobank")]
    Photo(i64),
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
            Change::Edited { product, subject, description, online, images } => {
                let product =
                    shop.products.iter_mut().find(|known| known.id == *product).ok_or(Misfit::Product(*product))?;
                if let Some(subject) = subject {
                    product.set_title(at, subject.clone());
                }
                product.description = description.clone().or(product.description.take());
                product.online = online.unwrap_or(product.online);
                if let Some(images) = images {
                    product.show(images);
                }
                product.modified = at;
                Ok(())
            }
            Change::ReturnAgreed { refund, to } => {
                let order = shop.order_of_refund(*refund).ok_or(Misfit::Refund(*refund))?;
                shop.change_order(order, |order| {
                    order.refund.iter_mut().for_each(|refund| refund.agree(at, to.clone()))
                })
            }
            Change::Order(order) => shop.put_order(order),
            Change::Refund(refund) => shop.put_refund(refund),
            Change::TokensRevoked { generation } => {
                shop.generation = *generation;
                Ok(())
            }
            Change::Listed(product) => {
                shop.list(product);
                Ok(())
            }
            Change::Album(album) => shop.photobank.put_album(album.clone()),
            Change::AlbumDeleted { album } => shop.photobank.delete_album(*album),
            Change::Photo(photo) => shop.photobank.put_photo(photo.clone()),
            Change::PhotoDeleted { photo } => shop.photobank.delete_photo(*photo),
            // The bytes are all there is to it.
            Change::Uploaded { .. } => Ok(()),
            Change::Group(group) => {
                shop.groups.retain(|known| known.id != group.id);
                shop.groups.push(group.clone());
                Ok(())
            }
            Change::Refreshed { serial } => {
                shop.refreshed = *serial;
                Ok(())
            }
            Change::SubAccounts { authorised } => {
                shop.sub_accounts.clone_from(authorised);
                Ok(())
            }
            Change::Noted { order, memo, icon } => shop.note(at, *order, memo, icon),
            Change::Repriced { order, freight, discounts } => shop.reprice(at, *order, *freight, discounts),
            Change::Sent { order, parcel } => shop.send(*order, parcel),
            Change::Cancelled { order, reason } => shop.cancel(at, *order, reason),
            Change::Rated { order, stars, content } => shop.rate(at, *order, *stars, content),
            Change::Enrolled(enrolled) => {
                shop.enrolled.push(enrolled.clone());
                Ok(())
            }
            Change::TaskGiven(task) => {
                shop.tasks.push(task.clone());
                Ok(())
            }
            Change::TaskAnswered { task, answer } => {
                shop.task_mut(task)?.answered = Some((at, answer.clone()));
                Ok(())
            }
            Change::TaskKilled { task } => {
                shop.task_mut(task)?.killed = Some(at);
                Ok(())
            }
        }
    }
}

impl Shop {
    fn list(&mut self, product: &Product) {
        match self.products.iter_mut().find(|known| known.id == product.id) {
            Some(known) => known.clone_from(product),
            None => self.products.push(product.clone()),
        }
    }

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
            kind: if new.block == Some(Block::Group) { "hp" } else { "cn" },
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
            block: new.block,
            written: Written::default(),
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
        let refund = Refund {
            id,
            claim,
            amount: new.amount,
            freight: 0,
            lines: vec![0],
            steps,
            return_bill: None,
            return_to: None,
        };
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
