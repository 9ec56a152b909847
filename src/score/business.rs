//! What a merchant knows of the own business and no order tells: margins, what levers cost, what a level is worth.
//!
//! Every figure may be unknown, and an unknown one is never filled in here.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_growth::plan::{LeverEntry, LeverKind, WHOLE};
use xiaoer_growth::{Correction, Fen};

/// Longest time that a lever may need, in days.
const SLOWEST: u32 = 365;

/// Figures of a shop's business. Money is decimal yuan in JSON; a missing figure is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Business {
    /// Net price less goods, shipping and fees of 1000 yuan of turnover; goes before the three figures below.
    pub margin_per_thousand: Option<Fen>,
    /// What the goods cost, per mille of the net price; goes before what the imported costs say.
    pub goods_per_mille: Option<u32>,
    /// Platform fees, per mille of the net price.
    pub fee_per_mille: Option<u32>,
    /// What shipping one order costs the shop.
    pub shipping_per_order: Option<Fen>,
    /// What is known of single levers.
    pub levers: Vec<LeverEntry>,
    /// Most money for the levers of a plan.
    pub budget: Option<Fen>,
    /// What reaching the next level is worth.
    pub level_worth: Option<Fen>,
    /// The day of the month on which the level is judged, if the merchant knows it.
    pub judging_day: Option<u32>,
    /// The odds that a plan should have, in per cent.
    pub odds_percent: Option<u8>,
    /// The day on which this was entered; set by the host.
    pub entered: Option<NaiveDate>,
}

impl Business {
    /// Whether every figure can be.
    ///
    /// # Errors
    /// One Chinese sentence about the first that cannot.
    pub fn check(&self) -> Result<(), String> {
        let shares = [("货款占比", self.goods_per_mille), ("平台费率", self.fee_per_mille)];
        for (name, share) in shares {
            if let Some(share) = share.filter(|share| *share > WHOLE) {
                return Err(format!("“{name}”填的是千分之 {share}，请填 0 到 1000（千分比）"));
            }
        }
        let money = [("每单运费", self.shipping_per_order), ("预算", self.budget), ("升级价值", self.level_worth)];
        for (name, amount) in money {
            not_negative(name, amount)?;
        }
        if let Some(margin) = self.margin_per_thousand.filter(|margin| margin.0 > 100_000) {
            return Err(format!("“每千元毛利”填了 {margin} 元，不能超过 1000 元"));
        }
        if let Some(day) = self.judging_day.filter(|day| !(1..=31).contains(day)) {
            return Err(format!("“每月评定日”填了 {day}，请填 1 到 31"));
        }
        if let Some(odds) = self.odds_percent.filter(|odds| !(1..=100).contains(odds)) {
            return Err(format!("“把握”填了 {odds}%，请填 1 到 100"));
        }
        let mut seen = BTreeSet::new();
        for entry in &self.levers {
            if !seen.insert(entry.lever.as_str()) {
                return Err(format!("手段“{}”填了两次，请只留一条", entry.lever));
            }
            check_lever(entry)?;
        }
        Ok(())
    }

    /// The judging day as a merchant's figures of a pack.
    #[must_use]
    pub fn judging(&self) -> Vec<Correction> {
        let (Some(day), Some(on)) = (self.judging_day, self.entered) else { return Vec::new() };
        let figure = |field: &str, value: String| Correction { field: field.into(), value, on };
        vec![figure("judging.rhythm", "monthly".into()), figure("judging.day_of_month", day.to_string())]
    }
}

fn check_lever(entry: &LeverEntry) -> Result<(), String> {
    // A verification adds the mark's name to its id.
    let kind = entry.lever.split(':').next().unwrap_or_default();
    let Some(kind) = LeverKind::all().find(|known| known.id() == kind) else {
        return Err(format!("没有手段“{}”", entry.lever));
    };
    let title = kind.title();
    not_negative(&format!("{title}的单位成本"), entry.unit_cost)?;
    not_negative(&format!("{title}的单位成交额"), entry.turnover)?;
    if let Some(delay) = entry.delay_days.filter(|delay| *delay > SLOWEST) {
        return Err(format!("“{title}”的见效天数填了 {delay}，请填 0 到 {SLOWEST}"));
    }
    if let Some(spread) = entry.spread.filter(|spread| *spread > WHOLE) {
        return Err(format!("“{title}”的上下浮动填了千分之 {spread}，请填 0 到 1000（千分比）"));
    }
    if entry.per_day == Some(0) {
        return Err(format!("“{title}”的每天上限不能是 0；不想用它就停用"));
    }
    Ok(())
}

fn not_negative(name: &str, amount: Option<Fen>) -> Result<(), String> {
    match amount.filter(|amount| *amount < Fen::ZERO) {
        Some(amount) => Err(format!("“{name}”填了 {amount} 元，不能是负数")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_cannot_be_is_named_in_one_sentence() {
        let of = |text: &str| serde_json::from_str::<Business>(text).expect("a business").check().expect_err("refused");
        for (text, says) in [
            (r#"{"goods_per_mille": 1001}"#, "货款占比"),
            (r#"{"shipping_per_order": "-1"}"#, "每单运费"),
            (r#"{"judging_day": 32}"#, "每月评定日"),
            (r#"{"odds_percent": 0}"#, "把握"),
            (r#"{"levers": [{"lever": "magic"}]}"#, "没有手段“magic”"),
            (r#"{"levers": [{"lever": "win_back"}, {"lever": "win_back"}]}"#, "填了两次"),
            (r#"{"levers": [{"lever": "win_back", "unit_cost": "-0.01"}]}"#, "老客召回的单位成本"),
        ] {
            assert!(of(text).contains(says), "{text}: {}", of(text));
        }
        let fine =
            r#"{"levers": [{"lever": "verification:超级工厂", "unit_cost": "3000"}], "margin_per_thousand": "-20"}"#;
        assert_eq!(serde_json::from_str::<Business>(fine).expect("a business").check(), Ok(()));
    }
}
