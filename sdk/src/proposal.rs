//! What a skill proposes to do to the shop. A proposal never happens by itself: the host checks it, a person or a policy decides.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::FactId;
use crate::shop::Time;

/// A change that a skill would like to see, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Unique within the report; a resumed run proposes the same key again and makes no second action.
    pub key: String,
    /// What to change.
    pub change: Change,
    /// Why, in Chinese, with `{fact_id}`s.
    pub why: String,
    /// What it should bring; checked after its window.
    pub expected: Expected,
}

/// One change to one object of the shop. Targets are ids that the host handed to this run and checks on return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// Sets a stock to a number of pieces.
    #[serde(rename = "stock.set")]
    SetStock {
        /// The product.
        product: String,
        /// The SKU's id within the offer; none for an offer without SKUs.
        sku: Option<String>,
        /// Pieces on hand afterwards.
        to: i64,
    },
    /// Gives a product a new title.
    #[serde(rename = "title.edit")]
    EditTitle {
        /// The product.
        product: String,
        /// The new title.
        title: String,
    },
    /// Agrees to a refund. No public API does it for a merchant's own app, so a person completes it.
    #[serde(rename = "refund.agree")]
    AgreeRefund {
        /// The refund.
        refund: String,
    },
}

/// The kind of a change, as manifests, policy and guardrails name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ActionKind {
    /// [`Change::SetStock`]
    #[serde(rename = "stock.set")]
    SetStock,
    /// [`Change::EditTitle`]
    #[serde(rename = "title.edit")]
    EditTitle,
    /// [`Change::AgreeRefund`]
    #[serde(rename = "refund.agree")]
    AgreeRefund,
}

impl ActionKind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::SetStock, Self::EditTitle, Self::AgreeRefund];

    /// The name on the wire and in `agents.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SetStock => "stock.set",
            Self::EditTitle => "title.edit",
            Self::AgreeRefund => "refund.agree",
        }
    }

    /// What a merchant reads.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::SetStock => "修改库存",
            Self::EditTitle => "修改标题",
            Self::AgreeRefund => "同意退款",
        }
    }
}

impl Change {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::SetStock { .. } => ActionKind::SetStock,
            Self::EditTitle { .. } => ActionKind::EditTitle,
            Self::AgreeRefund { .. } => ActionKind::AgreeRefund,
        }
    }

    /// The id of the object it changes.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::SetStock { product, .. } | Self::EditTitle { product, .. } => product,
            Self::AgreeRefund { refund } => refund,
        }
    }
}

/// What a recommended action should bring. Nothing stated is nothing promised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Growth points.
    pub points: Option<Decimal>,
    /// Yuan.
    pub yuan: Option<Decimal>,
    /// By when.
    pub by: Option<NaiveDate>,
    /// The same in words, in Chinese, with `{fact_id}`s.
    pub text: String,
    /// The facts it rests on.
    #[serde(default)]
    pub facts: Vec<FactId>,
}

/// A task that an earlier report recommended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastTask {
    /// The day of the report that recommended it.
    pub day: NaiveDate,
    /// What was to do.
    pub title: String,
    /// What it should bring.
    pub expected: String,
    /// What became of it.
    pub outcome: TaskOutcome,
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TaskOutcome {
    /// Done, and when.
    Done {
        /// When.
        at: Time,
    },
    /// Somebody decided against it.
    Declined,
    /// Nobody has decided or done it yet.
    Open,
    /// A task without an action: nobody can tell.
    NotTracked,
}
