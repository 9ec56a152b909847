//! What happens in a shop and may start a skill by itself. An event names an object and says nothing more: whoever wants to know reads it.

use serde::{Deserialize, Serialize};

use crate::shop::Time;

/// A kind of event, as manifests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// An order was placed, paid or not.
    #[serde(rename = "order.created")]
    OrderCreated,
    /// An order was paid.
    #[serde(rename = "order.paid")]
    OrderPaid,
    /// A buyer asked for a refund.
    #[serde(rename = "refund.opened")]
    RefundOpened,
}

/// Something that happened in the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// The order or refund.
    pub id: String,
    /// When, in the shop's zone: its day is the one to read.
    pub at: Time,
}

impl EventKind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::OrderCreated, Self::OrderPaid, Self::RefundOpened];

    /// The name in `on(…)` and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderCreated => "order.created",
            Self::OrderPaid => "order.paid",
            Self::RefundOpened => "refund.opened",
        }
    }

    /// What a merchant reads.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::OrderCreated => "有新订单",
            Self::OrderPaid => "有订单付款",
            Self::RefundOpened => "有新退款",
        }
    }
}
