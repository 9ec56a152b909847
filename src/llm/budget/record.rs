//! What is kept of a model's cost, and under which keys. Every key begins with the shop; days and months are those of its zone.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::db::Key;
use crate::llm::money::MicroYuan;
use crate::llm::prices::{Price, Tokens};
use crate::llm::talk::Account;

/// One call that was made and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Its own.
    pub id: String,
    /// On whose account.
    pub account: Account,
    /// When its tokens were known.
    pub at: DateTime<FixedOffset>,
    /// The day that it counts for: that on which it was reserved.
    pub day: NaiveDate,
    /// The model, as the provider calls it.
    pub model: String,
    /// The price by which it was counted, with its table's version; none = unknown.
    pub price: Option<Price>,
    /// Its tokens.
    pub tokens: Tokens,
    /// Whether the tokens are our estimate, as the provider told none.
    pub estimated: bool,
    /// What it cost; none = nobody knows the price.
    #[serde(rename = "cost_yuan")]
    pub cost: Option<MicroYuan>,
    /// What it takes from the limits: its cost, or what a call of unknown price counts as.
    #[serde(rename = "counted_yuan")]
    pub counted: MicroYuan,
}

/// What was spent in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Calls that were counted.
    pub calls: u64,
    /// Of these, calls whose price nobody knows.
    pub unknown: u64,
    /// What the others cost.
    pub cost: MicroYuan,
    /// What all of them take from the limits.
    pub counted: MicroYuan,
}

impl Sum {
    /// With one more call.
    pub fn add(&mut self, usage: &Usage) {
        self.calls += 1;
        self.unknown += u64::from(usage.cost.is_none());
        self.cost = self.cost.plus(usage.cost.unwrap_or_default());
        self.counted = self.counted.plus(usage.counted);
    }
}

/// A sum with what calls under way may still cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What is counted.
    pub sum: Sum,
    /// What is reserved.
    pub reserved: MicroYuan,
}

impl Held {
    /// What a limit is held against.
    pub(super) fn taken(&self) -> MicroYuan {
        self.sum.counted.plus(self.reserved)
    }
}

/// A shop's day: one record, so that one comparison guards all of its limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Day {
    pub(super) shop: Held,
    pub(super) roles: BTreeMap<String, Held>,
}

/// A run's sum. It may live over midnight: what an earlier day reserved and never settled no longer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RunSum {
    pub(super) day: NaiveDate,
    pub(super) held: Held,
}

impl RunSum {
    /// As it counts on a day.
    pub(super) fn on(mut self, day: NaiveDate) -> Self {
        if self.day < day {
            self.held.reserved = MicroYuan::ZERO;
            self.day = day;
        }
        self
    }
}

/// A call that may be under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) account: Account,
    pub(super) worst: MicroYuan,
}

pub(super) fn day_key(shop: &str, day: NaiveDate) -> Key {
    Key::of(shop).part("day").part(&day.to_string())
}

pub(super) fn month_key(shop: &str, day: NaiveDate) -> Key {
    Key::of(shop).part("month").part(&day.format("%Y-%m").to_string())
}

pub(super) fn run_key(account: &Account) -> Key {
    Key::of(&account.shop).part("run").part(&account.run)
}

pub(super) fn open_key(shop: &str, day: NaiveDate, id: &str) -> Key {
    Key::of(shop).part("open").part(&day.to_string()).part(id)
}

/// All calls of a shop's day.
pub(super) fn calls_key(shop: &str, day: NaiveDate) -> Key {
    Key::of(shop).part("call").part(&day.to_string())
}

pub(super) fn call_key(usage: &Usage) -> Key {
    let millis = u64::try_from(usage.at.timestamp_millis()).unwrap_or_default();
    calls_key(&usage.account.shop, usage.day).number(millis).part(&usage.id)
}
