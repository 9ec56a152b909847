//! What a level gives: held now, gained on the next level, lost on the one below.
//!
//! An amount that nobody knows is said to be unknown; a benefit that was announced without a level is never given to
//! one here.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::figure::Confidence;
use crate::pack::{Benefit, RulePack};

/// What levels give on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Benefits {
    /// The level whose benefits the shop has; `None` while it is not known, and then the first three lists are empty.
    pub level: Option<String>,
    /// Whether that is certain: no gate and no missing input can change it.
    pub certain: bool,
    /// What that level gives.
    pub held: Vec<BenefitRow>,
    /// What the next level gives besides.
    pub next: Vec<BenefitRow>,
    /// What falls away one level below.
    pub lost: Vec<BenefitRow>,
    /// Announced, but nobody said for which level.
    pub level_unknown: Vec<BenefitRow>,
}

/// One benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitRow {
    /// What it helps (`流量`, `服务` …).
    pub kind: String,
    /// What is given.
    pub name: String,
    /// How much, with its unit; `未知` where it has an amount that nobody knows, `None` where there is nothing to count.
    pub amount: Option<String>,
    /// What it depends on besides the level.
    pub text: Option<String>,
    /// First day it is no longer given, where that is known.
    pub until: Option<NaiveDate>,
    /// Where it was read.
    pub source: String,
    /// Class of the amount, or of the statement that it is given.
    pub confidence: Confidence,
}

/// The benefits of the level at this position; of none while it is not known.
pub(crate) fn benefits(pack: &RulePack, day: NaiveDate, level: Option<usize>, certain: bool) -> Benefits {
    let level_unknown = pack.benefits.iter().filter(|benefit| benefit.in_force(day)).map(row).collect();
    let Some(at) = level else {
        return Benefits { level_unknown, ..Benefits::default() };
    };
    let below = at.checked_sub(1).map(|below| given(pack, below, day)).unwrap_or_default();
    let held = given(pack, at, day);
    let above = given(pack, at + 1, day);
    Benefits {
        level: pack.levels.get(at).map(|level| level.id.clone()),
        certain,
        next: without(above, &held),
        lost: if at == 0 { Vec::new() } else { without(held.clone(), &below) },
        held,
        level_unknown,
    }
}

/// What a level gives on a day, each name once; nothing above the highest level.
fn given(pack: &RulePack, level: usize, day: NaiveDate) -> Vec<BenefitRow> {
    if level >= pack.levels.len() {
        return Vec::new();
    }
    let lowest = if pack.reading.benefits_cumulative.value { 0 } else { level };
    let levels = pack.levels.get(lowest..=level).unwrap_or_default();
    let mut seen = BTreeSet::new();
    levels
        .iter()
        .flat_map(|level| &level.benefits)
        .filter(|benefit| benefit.in_force(day) && seen.insert(benefit.name.value.as_str()))
        .map(row)
        .collect()
}

fn without(rows: Vec<BenefitRow>, others: &[BenefitRow]) -> Vec<BenefitRow> {
    rows.into_iter().filter(|row| others.iter().all(|other| other.name != row.name)).collect()
}

fn row(benefit: &Benefit) -> BenefitRow {
    let amount = (!benefit.unit.is_empty()).then(|| {
        let known = benefit.amount.as_ref();
        known.map_or_else(|| "未知".to_owned(), |amount| format!("{} {}", amount.value.0.normalize(), benefit.unit))
    });
    let (source, confidence) = match &benefit.amount {
        Some(amount) => (&amount.source, amount.confidence),
        None => (&benefit.name.source, benefit.name.confidence),
    };
    BenefitRow {
        kind: benefit.kind.clone(),
        name: benefit.name.value.clone(),
        amount,
        text: benefit.text.as_ref().map(|text| text.value.clone()),
        until: benefit.valid_to.as_ref().map(|day| day.value),
        source: source.clone(),
        confidence,
    }
}
