//! What happened in a shop, as the score sees it: orders, refunds, inquiries.
//!
//! An event is a plain statement with the shop's own local time. What is not known is `None` and stays so: it makes
//! the score a range. Nobody here may turn it into a "no".

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::points::Fen;

/// Which of the two formulae a shop is scored by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Industry {
    /// 消费品: buyers, turnover, acceleration.
    Consumer,
    /// 工业品: inquiries, turnover, acceleration.
    Industrial,
}

impl Industry {
    /// The name merchants use.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Industry::Consumer => "消费品",
            Industry::Industrial => "工业品",
        }
    }
}

/// A word that names no industry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no industry: say consumer or industrial")]
pub struct UnknownIndustry(String);

impl FromStr for Industry {
    type Err = UnknownIndustry;

    fn from_str(text: &str) -> Result<Industry, UnknownIndustry> {
        match text.trim() {
            "consumer" | "消费品" => Ok(Industry::Consumer),
            "industrial" | "工业品" => Ok(Industry::Industrial),
            other => Err(UnknownIndustry(other.to_owned())),
        }
    }
}

impl fmt::Display for Industry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Industry::Consumer => "consumer",
            Industry::Industrial => "industrial",
        })
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Local time of the shop: an order's payment, a refund's success, an inquiry's arrival.
    pub at: NaiveDateTime,
    /// Its number, unique among events of its kind.
    pub id: String,
    /// What it was.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A paid order.
    Order {
        /// Who paid; without a buyer the order counts in turnover only.
        buyer: Option<String>,
        /// What was paid, not negative.
        amount: Fen,
        /// Whether 数字营销 brought it; `None` if not known.
        marketing: Option<bool>,
        /// Whether it was made in a scene (大严选, 托管 …); `None` if not known.
        scene: Option<bool>,
        /// `false` for fake, violating or closed orders, which count nothing.
        valid: bool,
    },
    /// Money that went back.
    Refund {
        /// The order it undoes, where that is known.
        order: Option<String>,
        /// Who got it; only asked when no order is named.
        buyer: Option<String>,
        /// How much, not negative.
        amount: Fen,
        /// Whether scene turnover goes back; only asked when no order is named, and only `Some(true)` lowers it.
        scene: Option<bool>,
        /// `false` for a refund that did not happen.
        valid: bool,
    },
    /// A question from a possible buyer.
    Inquiry {
        /// Who asked: one person counts once a day.
        person: String,
        /// Whether 数字营销 brought it; `None` if not known.
        marketing: Option<bool>,
        /// `false` for spam and the like.
        valid: bool,
    },
}

/// What became of an event that was handed to a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It is in.
    New,
    /// An event of this kind and id was there before; that one stays as it is.
    Repeated,
}

/// An event that no ledger takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Without a number a second import could not be told from a second order.
    #[error("an event of {at} has no id")]
    NoId {
        /// When it happened.
        at: NaiveDateTime,
    },
    /// Amounts are not negative and below ten billion yuan.
    #[error("event {id} has an impossible amount of {amount} yuan")]
    Amount {
        /// The event.
        id: String,
        /// What it says.
        amount: Fen,
    },
}

impl EventKind {
    /// The money it speaks of.
    #[must_use]
    pub const fn amount(&self) -> Fen {
        match self {
            EventKind::Order { amount, .. } | EventKind::Refund { amount, .. } => *amount,
            EventKind::Inquiry { .. } => Fen::ZERO,
        }
    }
}
