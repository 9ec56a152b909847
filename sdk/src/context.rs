//! A skill's only door to the world: typed words over [`Call`] and [`Answer`].

use std::sync::Arc;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::growth::forecast::Forecast;
use crate::growth::plan::PlanWish;
use crate::growth::{Marginal, ScoreCard};
use crate::shop::{Activity, Cost, Order, Product, Refund, ShopCard, Time, TrafficDay};
use crate::{
    Answer, Ask, Asked, Call, CallError, Event, Facts, Fetch, Fetched, Generator, Host, Narrative, PastTask, Period,
    PictureFindings, Planned,
};

/// What a run holds fixed, however often it is resumed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pin {
    /// Who it is for.
    pub shop: ShopCard,
    /// The last complete day that the report is about.
    pub as_of: NaiveDate,
    /// When the run was accepted, in the shop's zone: the skill's only clock.
    pub now: Time,
    /// What started it, the oldest first; empty unless events did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// What a skill is given to work with.
#[derive(Clone)]
pub struct Context {
    pin: Pin,
    host: Arc<dyn Host>,
}

macro_rules! word {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ident($out:ty) = $call:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// [`CallError`], to be handed on with `?`.
        pub async fn $name(&self, $($arg: $type),*) -> Result<$out, CallError> {
            match self.host.call($call).await? {
                Answer::$answer(value) => Ok(value),
                other => Err(unexpected(stringify!($name), &other)),
            }
        }
    };
}

impl Context {
    /// Made by the host, and by tests.
    #[must_use]
    pub fn new(pin: Pin, host: Arc<dyn Host>) -> Self {
        Self { pin, host }
    }

    /// What the run holds fixed. For whoever runs a skill that is written in another language.
    #[must_use]
    pub fn pin(&self) -> &Pin {
        &self.pin
    }

    /// The door itself, for the same.
    #[must_use]
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.host
    }

    /// The shop of this run.
    #[must_use]
    pub fn shop(&self) -> &ShopCard {
        &self.pin.shop
    }

    /// The last complete day that this run is about.
    #[must_use]
    pub fn as_of(&self) -> NaiveDate {
        self.pin.as_of
    }

    /// When the run was accepted. It does not move while the run goes on.
    #[must_use]
    pub fn now(&self) -> Time {
        self.pin.now
    }

    /// The events that started this run, the oldest first; empty when a person or a clock did. Their objects are read as any other.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.pin.events
    }

    word!(/** Orders paid within the days, by local day. */
        orders_paid(period: Period) -> Orders(Vec<Order>) = Call::OrdersPaid { period });
    word!(/** Orders placed within the days, paid or not. */
        orders_placed(period: Period) -> Orders(Vec<Order>) = Call::OrdersPlaced { period });
    word!(/** Refunds that wait for someone. */
        refunds_open() -> Refunds(Vec<Refund>) = Call::RefundsOpen);
    word!(/** Refunds settled within the days. */
        refunds_settled(period: Period) -> Refunds(Vec<Refund>) = Call::RefundsSettled { period });
    word!(/** Every product of the shop. */
        products() -> Products(Vec<Product>) = Call::Products);
    word!(/** What products cost; empty when nothing was imported. */
        costs() -> Costs(Vec<Cost>) = Call::Costs);
    word!(/** Traffic of the days; empty when nothing was imported. */
        traffic(period: Period) -> Traffic(Vec<TrafficDay>) = Call::Traffic { period });
    word!(/** Activities open for enrolment. */
        activities() -> Activities(Vec<Activity>) = Call::Activities);
    word!(/** Tasks that earlier reports of this skill recommended, newest first, and what became of them. */
        past_tasks() -> PastTasks(Vec<PastTask>) = Call::PastTasks);
    word!(/** What a machine sees in a product's picture. */
        inspect(product: String, picture: String) -> Picture(PictureFindings) = Call::Inspect { product, picture });

    /// The growth score as of a day, and what one more buyer or yuan would bring.
    ///
    /// # Errors
    /// [`CallError`], to be handed on with `?`.
    pub async fn score(&self, as_of: NaiveDate) -> Result<(ScoreCard, Marginal), CallError> {
        match self.host.call(Call::Score { as_of }).await? {
            Answer::Score { card, marginal } => Ok((*card, marginal)),
            other => Err(unexpected("score", &other)),
        }
    }

    /// The coming days of the growth score: what certainly stays, and what business as usual brings.
    ///
    /// # Errors
    /// [`CallError`], to be handed on with `?`.
    pub async fn forecast(&self, as_of: NaiveDate, days: u32) -> Result<Forecast, CallError> {
        match self.host.call(Call::Forecast { as_of, days }).await? {
            Answer::Forecast(forecast) => Ok(*forecast),
            other => Err(unexpected("forecast", &other)),
        }
    }

    /// The cheapest way to a level, and what became of earlier plans.
    ///
    /// # Errors
    /// [`CallError`], to be handed on with `?`.
    pub async fn plan(&self, as_of: NaiveDate, wish: PlanWish) -> Result<Planned, CallError> {
        match self.host.call(Call::Plan { as_of, wish }).await? {
            Answer::Plan(planned) => Ok(*planned),
            other => Err(unexpected("plan", &other)),
        }
    }

    /// Tells the merchant where the run is, in one short Chinese phrase.
    ///
    /// # Errors
    /// [`CallError::Cancelled`] and [`CallError::LeaseLost`]: this is where a run is stopped.
    pub async fn progress(&self, text: impl Into<String>) -> Result<(), CallError> {
        self.host.call(Call::Progress { text: text.into() }).await.map(drop)
    }

    /// What this skill kept in this shop under a key.
    ///
    /// # Errors
    /// [`CallError`], to be handed on with `?`.
    pub async fn recall(&self, key: &str) -> Result<Option<serde_json::Value>, CallError> {
        match self.host.call(Call::Recall { key: key.into() }).await? {
            Answer::Recalled(value) => Ok(value),
            other => Err(unexpected("recall", &other)),
        }
    }

    /// Keeps a value for later runs of this skill in this shop, 1 MiB in all; none forgets it.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Unavailable`] when it would be too much.
    pub async fn keep(&self, key: &str, value: Option<serde_json::Value>) -> Result<(), CallError> {
        self.host.call(Call::Keep { key: key.into(), value }).await.map(drop)
    }

    word!(/** Asks a granted host on the internet. What it says is a stranger's word. */
        fetch(request: Fetch) -> Fetched(Fetched) = Call::Fetch(request));

    /// Asks for running text about some facts. Every `{fact_id}` in the answer is one of them, and it holds no figure of its own.
    ///
    /// # Errors
    /// [`CallError`]; a bad or missing model is no error, the template answers.
    pub async fn narrate(
        &self,
        prompt: &str,
        variables: impl Serialize,
        facts: &Facts,
    ) -> Result<Narrative, CallError> {
        let asked = self.asked(Ask::narrative(prompt, variables, facts)).await?;
        Ok(Asked { value: typed(asked.value)?, generator: asked.generator })
    }

    /// Asks for a value of a type; `fallback` is the answer when no model gives a good one. Numbers in the answer's texts must stand
    /// in one of the `grounds`.
    ///
    /// # Errors
    /// [`CallError`]; a bad or missing model is no error, the fallback answers.
    pub async fn ask<T>(
        &self,
        prompt: &str,
        variables: impl Serialize,
        fallback: &T,
        grounds: Vec<String>,
    ) -> Result<Asked<T>, CallError>
    where
        T: Serialize + DeserializeOwned + JsonSchema,
    {
        let ask = Ask::typed(prompt, variables, fallback, grounds);
        let asked = self.asked(ask).await?;
        match serde_json::from_value(asked.value) {
            Ok(value) => Ok(Asked { value, generator: asked.generator }),
            // A schema cannot say everything that a type can: what slips through is answered like any bad answer.
            Err(_) => {
                let fallback =
                    serde_json::to_value(fallback).map_err(|error| CallError::Broken { why: error.to_string() })?;
                Ok(Asked {
                    value: typed(fallback)?,
                    generator: Generator::Template { why: Some("回答的格式不对".into()) },
                })
            }
        }
    }

    async fn asked(&self, ask: serde_json::Result<Ask>) -> Result<Asked<serde_json::Value>, CallError> {
        let ask = ask.map_err(|error| CallError::Broken { why: error.to_string() })?;
        match self.host.call(Call::Ask(ask)).await? {
            Answer::Asked(asked) => Ok(asked),
            other => Err(unexpected("ask", &other)),
        }
    }
}

fn typed<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, CallError> {
    serde_json::from_value(value).map_err(|error| CallError::Broken { why: error.to_string() })
}

fn unexpected(call: &str, answer: &Answer) -> CallError {
    CallError::Broken { why: format!("{call} was answered with {:?}", std::mem::discriminant(answer)) }
}
