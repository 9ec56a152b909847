//! Facts: every figure that a merchant sees, with its unit, its period and where it comes from.
//!
//! Text carries `{fact_id}`; only code turns an id into a value. That is what keeps a model's arithmetic out of a report.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Names a fact within one report: lower-case letters, digits and underscores.
pub type FactId = String;

/// One figure and its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What the figure is, in Chinese: 昨日支付金额.
    pub label: String,
    /// The figure itself.
    pub value: Value,
    /// The days it is about; none for a state such as a stock.
    pub period: Option<Period>,
    /// Where it comes from.
    pub source: Source,
}

/// A figure with its unit. Money is decimal yuan; nothing here is a float.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Yuan.
    Money(Decimal),
    /// Points of the growth system.
    Points(Decimal),
    /// So many of a unit.
    Count(i64, Unit),
    /// A share of one: 0.123 is 12.3%.
    Ratio(Decimal),
    /// A difference in yuan; up is positive.
    MoneyChange(Decimal),
    /// A difference in points; up is positive.
    PointsChange(Decimal),
    /// A difference in a count; up is positive.
    CountChange(i64, Unit),
    /// A relative difference: 0.123 is up by 12.3%.
    RatioChange(Decimal),
    /// A calendar day in the shop's zone.
    Day(NaiveDate),
    /// A name that is a figure of its own, such as a level: L3.
    Name(String),
    /// Known bounds of a figure that is not fully known, in points.
    PointsRange(Decimal, Decimal),
    /// Not known; the text says why, in Chinese.
    Unknown(String),
}

/// The measure word of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 人
    People,
    /// 单
    Orders,
    /// 笔 (refunds, payments)
    Items,
    /// 件 (pieces of goods)
    Pieces,
    /// 个
    Things,
    /// 款 (products)
    Products,
    /// 天
    Days,
    /// 小时
    Hours,
    /// 字
    Characters,
    /// 像素
    Pixels,
    /// 次
    Times,
    /// %: odds, which are told in whole ones; a share is a [`Value::Ratio`].
    Percent,
}

impl Unit {
    /// The measure word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "人",
            Self::Orders => "单",
            Self::Items => "笔",
            Self::Pieces => "件",
            Self::Things => "个",
            Self::Products => "款",
            Self::Days => "天",
            Self::Hours => "小时",
            Self::Characters => "字",
            Self::Pixels => "像素",
            Self::Times => "次",
            Self::Percent => "%",
        }
    }
}

/// Whole days in the shop's zone, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// One day.
    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// The `days` days that end with `to`.
    ///
    /// ```
    /// use xiaoer_sdk::Period;
    /// let week = Period::ending("2026-11-22".parse().unwrap(), 7);
    /// assert_eq!(week.from.to_string(), "2026-11-16");
    /// assert_eq!(week.days(), 7);
    /// ```
    #[must_use]
    pub fn ending(to: NaiveDate, days: u32) -> Self {
        Self { from: to - chrono::Days::new(u64::from(days.saturating_sub(1))), to }
    }

    /// The period just before, of the same length.
    #[must_use]
    pub fn before(self) -> Self {
        Self::ending(self.from - chrono::Days::new(1), u32::try_from(self.days()).unwrap_or(1))
    }

    /// How many days it holds.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// Whether the day lies within.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Where a figure comes from: which read, how it was made, from which rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// What was read, in Chinese: 订单.
    pub read: String,
    /// How the figure follows from the rows, in Chinese: 按付款日合计实付款.
    pub how: String,
    /// How many rows stand behind it.
    pub rows: usize,
    /// Ids of the first rows, at most [`Source::SHOWN`].
    pub ids: Vec<String>,
}

impl Source {
    /// How many row ids are kept with a fact.
    pub const SHOWN: usize = 50;

    /// A source from the ids of its rows.
    pub fn rows<S: Into<String>>(read: &str, how: &str, ids: impl IntoIterator<Item = S>) -> Self {
        let mut source = Self { read: read.into(), how: how.into(), rows: 0, ids: Vec::new() };
        for id in ids {
            source.rows += 1;
            if source.ids.len() < Self::SHOWN {
                source.ids.push(id.into());
            }
        }
        source
    }

    /// A source without single rows, such as a rule or another fact.
    #[must_use]
    pub fn rule(read: &str, how: &str) -> Self {
        Self { read: read.into(), how: how.into(), rows: 0, ids: Vec::new() }
    }
}

/// The facts of one report, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<FactId, Fact>);

impl Facts {
    /// Records a fact and gives its id back, for use in a cell or a text. The same id again replaces the fact.
    pub fn add(&mut self, id: &str, label: &str, value: Value, source: Source) -> FactId {
        self.0.insert(id.into(), Fact { label: label.into(), value, period: None, source });
        id.into()
    }

    /// Records a fact about some days.
    #[expect(
        clippy::too_many_arguments,
        reason = "a fact about some days has five parts, and none goes without saying"
    )]
    pub fn add_for(&mut self, id: &str, label: &str, period: Period, value: Value, source: Source) -> FactId {
        self.0.insert(id.into(), Fact { label: label.into(), value, period: Some(period), source });
        id.into()
    }

    /// The fact of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Fact> {
        self.0.get(id)
    }
}
