//! What if: the coming days with so many units of each lever, quick enough for every move of a slider.
//!
//! It counts by the same paths and draws as the plan, so the same units show the same figures.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::forecast::{Odds, quantile};
use crate::points::{Fen, Points};

use super::ground::{Ground, PlanError, PlanWish};
use super::lever::{Lever, Levers};
use super::make::choice;
use super::outcome::Step;
use super::trial::Trial;

/// One of the coming days with the levers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayBand {
    /// The day.
    pub date: NaiveDate,
    /// One path in ten lies below.
    pub low: Points,
    /// The middle path.
    pub median: Points,
    /// One path in ten lies above.
    pub high: Points,
}

/// What so many units of each lever change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// The level aimed at.
    pub level: String,
    /// Its points.
    pub threshold: Points,
    /// The day aimed at.
    pub judged_on: NaiveDate,
    /// Every simulated day.
    pub days: Vec<DayBand>,
    /// What each lever brings on the judged day, with its dates, cost and margin.
    pub steps: Vec<Step>,
    /// All costs.
    pub cost: Fen,
    /// What it changes in the shop's profit, all costs taken off.
    pub margin: Fen,
    /// Odds on the judged day.
    pub odds: Odds,
    /// Odds on any day up to it.
    pub odds_any_day: Odds,
    /// What is wrong with these units, one Chinese sentence each.
    pub warnings: Vec<String>,
}

/// Counts the coming days with so many units of each lever, by the lever's id.
///
/// # Errors
/// [`PlanError`]: a level the rules do not know, or a day that was not simulated.
pub fn what_if(
    ground: &Ground<'_>,
    levers: &Levers,
    units: &BTreeMap<String, u32>,
    wish: &PlanWish,
) -> Result<WhatIf, PlanError> {
    let target = ground.target(wish)?;
    let asked = |lever: &Lever| units.get(&lever.id).copied().unwrap_or(0);
    let used: Vec<&Lever> = levers.levers.iter().filter(|lever| asked(lever) > 0).collect();
    let set: Vec<u32> = used.iter().map(|lever| asked(lever)).collect();
    let trial = Trial::new(ground, &target, used, wish.seed);
    let chosen = choice(&trial, &set);
    let mut warnings = warnings(&trial, &set);
    warnings.extend(levers.excluded.iter().filter(|out| units.contains_key(&out.lever)).map(|out| out.why.clone()));
    if let Some(budget) = wish.budget.filter(|budget| chosen.cost > *budget) {
        warnings.push(format!("费用 {} 元，超过预算 {budget} 元。", chosen.cost));
    }
    Ok(WhatIf {
        days: bands(&trial, &set),
        level: target.level.clone(),
        threshold: target.threshold,
        judged_on: target.day,
        steps: chosen.steps,
        cost: chosen.cost,
        margin: chosen.margin,
        odds: chosen.odds,
        odds_any_day: chosen.odds_any_day,
        warnings,
    })
}

fn bands(trial: &Trial<'_>, set: &[u32]) -> Vec<DayBand> {
    let as_of = trial.ground.as_of();
    (0..trial.ground.outlook.days())
        .map(|at| {
            let mut totals: Vec<Points> = trial.day(set, at).into_iter().map(Points::from_micro).collect();
            totals.sort_unstable();
            let pick = |per_mille| quantile(&totals, per_mille).unwrap_or_default();
            let date = as_of.checked_add_days(Days::new(at as u64 + 1)).unwrap_or(NaiveDate::MAX);
            DayBand { date, low: pick(100), median: pick(500), high: pick(900) }
        })
        .collect()
}

fn warnings(trial: &Trial<'_>, set: &[u32]) -> Vec<String> {
    let mut found = Vec::new();
    for ((lever, most), units) in trial.levers.iter().zip(&trial.most).zip(set) {
        let Lever { title, unit, ceiling, .. } = lever;
        if units > ceiling {
            found.push(format!("「{title}」{units} {unit}超过上限 {ceiling} {unit}。"));
        } else if units > most {
            found.push(format!("「{title}」到 {} 只有 {most} {unit}来得及算分。", trial.target.day));
        }
        match lever.margin_after_cost() {
            None => found.push(format!("「{title}」的成本或毛利没有填写，费用没有算全。")),
            Some(margin) if margin < Fen::ZERO => {
                found.push(format!("「{title}」每{unit}要亏 {} 元。", Fen(-margin.0)));
            }
            Some(_) => {}
        }
    }
    found
}
