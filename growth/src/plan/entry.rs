//! What only the merchant or the host can know about levers: costs, margins, capacities.
//!
//! Everything is unknown until it is said: no field has a default that would stand for a figure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::points::Fen;

/// Figures of the shop's business; every one may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Economics {
    /// Net price less goods, shipping and fees of 1000 yuan of turnover, before any lever's cost. Goes before the
    /// three figures below.
    pub margin_per_thousand: Option<Fen>,
    /// What the goods cost, per mille of the net price.
    pub goods_per_mille: Option<u32>,
    /// Platform fees, per mille of the net price.
    pub fee_per_mille: Option<u32>,
    /// Shipping of one order.
    pub shipping_per_order: Option<Fen>,
    /// What an order is worth; otherwise read off the ledger.
    pub average_order: Option<Fen>,
    /// Cost of one unit, by the lever's id.
    pub unit_costs: BTreeMap<String, Fen>,
}

/// What the merchant said about one lever; it goes before every estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeverEntry {
    /// Id of the lever.
    pub lever: String,
    /// Whether it may be used at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether a loss on it is accepted.
    #[serde(default)]
    pub allow_loss: bool,
    /// Cost of one unit.
    #[serde(default)]
    pub unit_cost: Option<Fen>,
    /// Margin of one unit before that cost.
    #[serde(default)]
    pub margin: Option<Fen>,
    /// Most units until the date.
    #[serde(default)]
    pub ceiling: Option<u32>,
    /// Most units on one day.
    #[serde(default)]
    pub per_day: Option<u32>,
    /// Days until it works.
    #[serde(default)]
    pub delay_days: Option<u32>,
    /// Turnover of one unit.
    #[serde(default)]
    pub turnover: Option<Fen>,
    /// How far outcomes lie off, per mille.
    #[serde(default)]
    pub spread: Option<u32>,
}

const fn yes() -> bool {
    true
}

impl LeverEntry {
    /// An entry for a lever that says nothing yet.
    #[must_use]
    pub fn of(lever: &str) -> LeverEntry {
        LeverEntry {
            lever: lever.to_owned(),
            enabled: true,
            allow_loss: false,
            unit_cost: None,
            margin: None,
            ceiling: None,
            per_day: None,
            delay_days: None,
            turnover: None,
            spread: None,
        }
    }
}

/// What a margin cannot be computed without, in Chinese.
pub(crate) type Unknown = Vec<&'static str>;

impl Economics {
    /// Margin of some turnover, rounded down.
    pub(crate) fn margin(&self, turnover: Fen, average: Option<Fen>) -> Result<Fen, Unknown> {
        if let Some(margin) = self.margin_per_thousand {
            return Ok(Fen(part(turnover.0, margin.0, 100_000)));
        }
        let average = average.filter(|average| *average > Fen::ZERO);
        let (Some(goods), Some(fee), Some(shipping), Some(average)) =
            (self.goods_per_mille, self.fee_per_mille, self.shipping_per_order, average)
        else {
            let asked = [
                (self.goods_per_mille.is_none(), "货款占比"),
                (self.fee_per_mille.is_none(), "平台费率"),
                (self.shipping_per_order.is_none(), "每单运费"),
                (average.is_none(), "平均客单价"),
            ];
            return Err(asked.into_iter().filter(|(unknown, _)| *unknown).map(|(_, name)| name).collect());
        };
        let kept = 1000 - i64::from(goods) - i64::from(fee);
        // Shipping is rounded up: the minus stands inside the division.
        Ok(Fen(part(turnover.0, kept, 1000) + part(-shipping.0, turnover.0, average.0)))
    }
}

/// `amount × share ÷ whole`, rounded down.
pub(crate) fn part(amount: i64, share: i64, whole: i64) -> i64 {
    let product = i128::from(amount) * i128::from(share);
    i64::try_from(product.div_euclid(i128::from(whole.max(1)))).unwrap_or(i64::MAX)
}
