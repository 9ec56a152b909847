//! What stands in for a shop and a model: rows, recorded answers, scripted words. Written by hand in TOML, or recorded as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use xiaoer_sdk::growth::{Industry, Inputs};
use xiaoer_sdk::shop::{Activity, Cost, Order, Product, Refund, ShopCard, Time, TrafficDay};
use xiaoer_sdk::{Answer, Call, Event, PastTask, PictureFindings};

use super::blank::rows;
use super::expect::Expect;
use super::ledger::Known;

/// A shop on paper.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub(super) shop: ShopCard,
    pub(super) as_of: NaiveDate,
    pub(super) now: Time,
    /// What starts the run.
    pub(super) events: Vec<Event>,
    pub(super) input: Map<String, Value>,
    pub(super) orders: Vec<Order>,
    pub(super) refunds: Vec<Refund>,
    pub(super) products: Vec<Product>,
    pub(super) costs: Vec<Cost>,
    pub(super) traffic: Vec<TrafficDay>,
    pub(super) activities: Vec<Activity>,
    pub(super) tasks: Vec<PastTask>,
    pub(super) pictures: BTreeMap<String, PictureFindings>,
    /// Computed from the rows when it is first asked for.
    pub(super) known: Known,
    pub(super) answers: Vec<Answered>,
    /// What earlier runs of the skill kept.
    pub(super) kept: BTreeMap<String, Value>,
    pub(super) model: BTreeMap<String, Vec<Value>>,
    /// What is expected of the run.
    pub expect: Expect,
}

/// A call with its answer, word for word. It goes before the rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answered {
    pub(super) call: Call,
    pub(super) answer: Answer,
}

/// Why a fixture cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It is no TOML or JSON, or has a field that there is not.
    #[error("{0}")]
    Form(String),
    /// A row is wrong.
    #[error("{place}: {why}")]
    Row {
        /// Which: `orders[2]`.
        place: String,
        /// What is wrong.
        why: String,
    },
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(default = "card")]
    pub(super) shop: ShopCard,
    pub(super) as_of: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) now: Option<Time>,
    #[serde(default)]
    pub(super) events: Vec<Value>,
    #[serde(default)]
    pub(super) input: Map<String, Value>,
    #[serde(default)]
    pub(super) orders: Vec<Value>,
    #[serde(default)]
    pub(super) refunds: Vec<Value>,
    #[serde(default)]
    pub(super) products: Vec<Value>,
    #[serde(default)]
    pub(super) costs: Vec<Value>,
    #[serde(default)]
    pub(super) traffic: Vec<Value>,
    #[serde(default)]
    pub(super) activities: Vec<Value>,
    #[serde(default)]
    pub(super) tasks: Vec<PastTask>,
    #[serde(default)]
    pub(super) pictures: BTreeMap<String, PictureFindings>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) growth: Option<Inputs>,
    #[serde(default)]
    pub(super) answers: Vec<Answered>,
    #[serde(default)]
    pub(super) kept: BTreeMap<String, Value>,
    #[serde(default)]
    pub(super) model: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    pub(super) expect: Expect,
}

fn card() -> ShopCard {
    ShopCard { id: "fixture".into(), name: "示例店铺".into(), industry: Industry::Consumer }
}

impl Fixture {
    /// The name of the shop on paper.
    #[must_use]
    pub fn shop_name(&self) -> &str {
        &self.shop.name
    }

    /// Reads a fixture: JSON where the name ends with `.json`, TOML otherwise.
    ///
    /// # Errors
    /// [`FixtureError`]
    pub fn read(path: &Path) -> Result<Self, FixtureError> {
        let text = std::fs::read_to_string(path)?;
        if path.extension().is_some_and(|end| end == "json") { Self::from_json(&text) } else { Self::from_toml(&text) }
    }

    /// Of a TOML text.
    ///
    /// # Errors
    /// [`FixtureError`]
    pub fn from_toml(text: &str) -> Result<Self, FixtureError> {
        let value: toml::Value = toml::from_str(text).map_err(|error| FixtureError::Form(error.to_string()))?;
        Self::of(plain(value, "")?)
    }

    /// Of a JSON text.
    ///
    /// # Errors
    /// [`FixtureError`]
    pub fn from_json(text: &str) -> Result<Self, FixtureError> {
        Self::of(serde_json::from_str(text).map_err(|error| FixtureError::Form(error.to_string()))?)
    }

    fn of(value: Value) -> Result<Self, FixtureError> {
        let written: Written = serde_json::from_value(value).map_err(|error| FixtureError::Form(error.to_string()))?;
        let now = written.now.unwrap_or_else(|| morning_after(written.as_of));
        let at = now.to_rfc3339();
        Ok(Self {
            events: rows(written.events, &at)?,
            orders: rows(written.orders, &at)?,
            refunds: rows(written.refunds, &at)?,
            products: rows(written.products, &at)?,
            costs: rows(written.costs, &at)?,
            traffic: rows(written.traffic, &at)?,
            activities: rows(written.activities, &at)?,
            known: Known::of(written.growth),
            shop: written.shop,
            as_of: written.as_of,
            now,
            input: written.input,
            tasks: written.tasks,
            pictures: written.pictures,
            answers: written.answers,
            kept: written.kept,
            model: written.model,
            expect: written.expect,
        })
    }
}

/// When the daily reports of a day are made.
pub(super) fn morning_after(day: NaiveDate) -> Time {
    let beijing = chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
    let at = (day + Days::new(1)).and_hms_opt(8, 0, 0).expect("eight o'clock is a time");
    at.and_local_timezone(beijing).single().expect("a fixed offset has every hour once")
}

/// TOML as JSON. A moment becomes its text; a binary fraction is refused, since money has none.
fn plain(value: toml::Value, place: &str) -> Result<Value, FixtureError> {
    let below = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Float(number) => {
            let why = format!("write {number} as text, \"{number}\": an amount is never a binary fraction");
            return Err(FixtureError::Row { place: place.to_owned(), why });
        }
        toml::Value::Array(items) => {
            let item = |(at, item)| plain(item, &format!("{place}[{at}]"));
            Value::Array(items.into_iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(fields) => {
            let field = |(key, value): (String, toml::Value)| plain(value, &below(&key)).map(|value| (key, value));
            Value::Object(fields.into_iter().map(field).collect::<Result<_, _>>()?)
        }
    })
}
