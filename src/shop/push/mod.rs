//! What a platform pushes: that something of a shop has changed, long before the next sync would see it.
//!
//! [`Door`] lets in what is signed, [`Inbox`] stores it before anybody is answered, [`Worker`] fetches what it was about and shows it
//! in the mirror. A message is never believed beyond the number of an object, so that its order, its repetition and its age do not
//! matter: whatever is shown was fetched afterwards. What is lost on the way is found by the next sync.

mod door;
mod inbox;
mod worker;

use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Time;

use crate::db::Key;

pub use door::{Door, Refused};
pub use inbox::{Failed, Inbox, Standing};
pub use worker::{Watcher, Worker};

/// One message of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number: the same message may come often and is taken once.
    pub id: String,
    /// The member that it is for.
    pub member: String,
    /// What happened, in the platform's word.
    pub topic: String,
    /// When, where the platform says.
    pub born: Option<Time>,
    /// What to fetch; nothing for what no skill asks about.
    pub about: Vec<Object>,
}

/// Something of a shop that may have changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Object {
    /// An order.
    Order(String),
    /// The refunds of an order.
    RefundsOf(String),
    /// A product.
    Product(String),
}

impl Object {
    /// Messages about one object are one piece of work.
    fn key(&self, shop: &str) -> Key {
        let (kind, id) = match self {
            Self::Order(id) => ("order", id),
            Self::RefundsOf(id) => ("refunds", id),
            Self::Product(id) => ("product", id),
        };
        Key::of(shop).part(kind).part(id)
    }

    /// What a merchant reads.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Order(id) => format!("订单 {id}"),
            Self::RefundsOf(id) => format!("订单 {id} 的退款"),
            Self::Product(id) => format!("商品 {id}"),
        }
    }
}
