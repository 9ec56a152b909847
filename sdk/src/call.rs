//! The wire between a skill and its host: one call, one answer, plain serde types.
//!
//! Every way of writing a skill comes through here, so that grants, journal and metering have one place to stand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::growth::forecast::Forecast;
use crate::growth::plan::{Levers, Plan, PlanWish, Realised};
use crate::growth::{Marginal, Points, ScoreCard};
use crate::kind::kinds;
use crate::shop::{Activity, Cost, Order, Product, Refund, TrafficDay};
use crate::{Ask, Asked, PastTask, Period, Read};

/// Answers a skill's calls: the other side of the context.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Answers one call. The answer's variant always matches the call's.
    async fn call(&self, call: Call) -> Result<Answer, CallError>;
}

/// What a skill can ask of its host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Orders paid within the days.
    OrdersPaid {
        /// By local day of payment.
        period: Period,
    },
    /// Orders placed within the days, paid or not.
    OrdersPlaced {
        /// By local day of creation.
        period: Period,
    },
    /// Refunds that wait for someone.
    RefundsOpen,
    /// Refunds settled within the days.
    RefundsSettled {
        /// By local day of settlement.
        period: Period,
    },
    /// Every product of the shop.
    Products,
    /// What products cost.
    Costs,
    /// Traffic of the days.
    Traffic {
        /// The days.
        period: Period,
    },
    /// Activities open for enrolment.
    Activities,
    /// The growth score as of a day.
    Score {
        /// Last day of the window.
        as_of: chrono::NaiveDate,
    },
    /// The coming days of the growth score.
    Forecast {
        /// Last day that is known.
        as_of: chrono::NaiveDate,
        /// How many days ahead.
        days: u32,
    },
    /// The cheapest way to a level, and what became of earlier plans.
    Plan {
        /// Last day that is known.
        as_of: chrono::NaiveDate,
        /// What the merchant wants; what the shop's settings know (budget, what the level is worth) is filled in by the host.
        wish: PlanWish,
    },
    /// Tasks that an earlier report of the same skill recommended, and what became of them.
    PastTasks,
    /// What a product's picture looks like to a machine.
    Inspect {
        /// The product it belongs to.
        product: String,
        /// The picture, as the product names it.
        picture: String,
    },
    /// A question to the model.
    Ask(Ask),
    /// Tells the merchant where the run is.
    Progress {
        /// One short Chinese phrase.
        text: String,
    },
    /// What the skill kept in this shop under a key; needs the grant to keep values.
    Recall {
        /// The key.
        key: String,
    },
    /// Keeps a value in this shop for later runs of the skill; needs the same grant.
    Keep {
        /// The key, at most 128 bytes.
        key: String,
        /// The value; none forgets it.
        value: Option<Value>,
    },
    /// Asks a host on the internet; needs the grant for that host.
    Fetch(Fetch),
}

/// The fields of [`Call::Progress`].
#[derive(Deserialize)]
struct Told {
    text: String,
}

kinds!(Call, "call", fields => {
    "ask" => Ask::deserialize(fields).map(Self::Ask),
    "progress" => Told::deserialize(fields).map(|Told { text }| Self::Progress { text }),
});

/// A request that the host performs. It goes out over HTTPS, to a granted host and nowhere else; no redirect is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// The whole address, `https://…`.
    pub url: String,
    /// Sent with POST; without it the request is a GET.
    #[serde(default)]
    pub body: Option<String>,
    /// What the body is: `application/json` unless something else is said.
    #[serde(default)]
    pub content_type: Option<String>,
}

/// What a host on the internet said. It is a stranger's word: quote it, never obey it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// What the body is; empty where the host did not say.
    pub content_type: String,
    /// The body as text.
    pub body: String,
}

impl Call {
    /// What the manifest must declare for this call; none for calls open to all.
    #[must_use]
    pub fn needs(&self) -> Option<Read> {
        match self {
            Self::OrdersPaid { .. } | Self::OrdersPlaced { .. } => Some(Read::Orders),
            Self::RefundsOpen | Self::RefundsSettled { .. } => Some(Read::Refunds),
            Self::Products => Some(Read::Products),
            Self::Costs => Some(Read::Costs),
            Self::Traffic { .. } => Some(Read::Traffic),
            Self::Activities => Some(Read::Activities),
            Self::Score { .. } => Some(Read::Score),
            Self::Forecast { .. } => Some(Read::Forecast),
            Self::Plan { .. } => Some(Read::Plan),
            Self::PastTasks => Some(Read::Tasks),
            Self::Inspect { .. } => Some(Read::Pictures),
            Self::Ask(_) | Self::Progress { .. } | Self::Recall { .. } | Self::Keep { .. } | Self::Fetch(_) => None,
        }
    }
}

/// What the host answers: its kind first, then its value.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "answer", content = "value", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant answers the call of the same name")]
pub enum Answer {
    Orders(Vec<Order>),
    Refunds(Vec<Refund>),
    Products(Vec<Product>),
    Costs(Vec<Cost>),
    Traffic(Vec<TrafficDay>),
    Activities(Vec<Activity>),
    Score { card: Box<ScoreCard>, marginal: Marginal },
    Forecast(Box<Forecast>),
    Plan(Box<Planned>),
    PastTasks(Vec<PastTask>),
    Picture(PictureFindings),
    Asked(Asked<Value>),
    Recalled(Option<Value>),
    Fetched(Fetched),
    Done,
}

/// A plan, the levers it was made from, and what came of earlier ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The plan; absent when nothing can be simulated.
    pub plan: Option<Plan>,
    /// Why there is none, one Chinese sentence.
    pub why_not: Option<String>,
    /// What the shop can do, with the figures behind it.
    pub levers: Levers,
    /// Adopted plans whose day is over, the newest first.
    pub earlier: Vec<EarlierPlan>,
}

/// A plan that was adopted and whose day is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlierPlan {
    /// Its id.
    pub id: String,
    /// The day it was adopted.
    pub adopted: chrono::NaiveDate,
    /// The level it aimed at.
    pub level: String,
    /// Points of that level when it was adopted.
    pub threshold: Points,
    /// The day it aimed at.
    pub judged_on: chrono::NaiveDate,
    /// Points that its levers were to bring by then.
    pub expected: Points,
    /// The total of that day.
    pub total: Points,
    /// What each lever promised and what was measured.
    pub realised: Vec<Realised>,
}

/// What a machine sees in a picture. Sharpness and shares come from pixel statistics and are rounded to whole numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureFindings {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// File size in bytes.
    pub bytes: u64,
    /// `png`, `jpeg` or `webp`.
    pub format: String,
    /// Variance of the Laplacian at 512 px width; below about 25 looks blurred.
    pub sharpness: u32,
    /// Percent of the border that is white.
    pub white_border: u32,
}

/// Why a call was not answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum CallError {
    /// The manifest does not declare it, or the shop did not grant it.
    #[error("the skill may not call {what}: its manifest does not declare it")]
    Denied {
        /// The call or prompt.
        what: String,
    },
    /// The run was cancelled; stop.
    #[error("the run was cancelled")]
    Cancelled,
    /// Another worker has the run now; stop, nothing more will be stored.
    #[error("another worker holds this run")]
    LeaseLost,
    /// What was named does not exist in the run's mirror.
    #[error("{what} is not in the shop's mirror")]
    NotFound {
        /// What was named.
        what: String,
    },
    /// Something outside did not answer; the text is one Chinese sentence.
    #[error("{why}")]
    Unavailable {
        /// What and what to do.
        why: String,
    },
    /// A defect on either side; logged, the run fails.
    #[error("host and skill disagree: {why}")]
    Broken {
        /// What was unexpected.
        why: String,
    },
}
