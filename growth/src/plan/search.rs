//! The cheapest set with which the odds hold: solved exactly for expected points, then settled on the paths.
//!
//! Where every lever brings what is expected of it, the solver's answer is already the cheapest one. Where outcomes
//! are spread, the points asked for are raised until the odds hold, units that turn out needless are taken away, and
//! exchanges of one lever for another are tried. No set leaves here that was not counted on the paths.

use super::solver::{Knapsack, Solved};
use super::trial::Trial;

/// Times the points asked for are raised.
const ROUNDS: usize = 6;
/// Branches of the solver where its answer is the plan; twelve levers seldom need as many.
const EXACT: u64 = 1_000;
/// Branches of the solver where its answer is only where the exchanges begin.
const START: u64 = 200;
/// Rounds of exchanges.
const EXCHANGES: usize = 8;

/// The most units of each lever that may be used, and the most money.
pub(crate) struct Limits {
    pub(crate) most: Vec<u32>,
    pub(crate) budget: Option<i64>,
}

impl Limits {
    fn affords(&self, trial: &Trial<'_>, units: &[u32]) -> bool {
        self.budget.is_none_or(|budget| trial.cost(units) <= budget)
    }

    fn knapsack<'a>(&'a self, trial: &'a Trial<'_>) -> Knapsack<'a> {
        let branches = if trial.uncertain() { START } else { EXACT };
        Knapsack { points: &trial.points, costs: &trial.costs, most: &self.most, budget: self.budget, branches }
    }
}

/// The cheapest set within the limits with which the odds hold; `None` if none was found.
///
/// The budget is asked last: what is cheapest without one is cheapest with one, if it can be paid at all.
pub(crate) fn cheapest(trial: &Trial<'_>, limits: &Limits) -> Option<Vec<u32>> {
    let none = trial.none();
    if trial.holds(&none) {
        return Some(none);
    }
    // Everything together must do, or nothing does.
    if !trial.holds(&limits.most) {
        return None;
    }
    let set = match raised(trial, limits) {
        Some(Solved { mut units, proven: true }) if !trial.uncertain() => {
            trim(trial, &mut units);
            units
        }
        start => {
            let starts = [start.map(|solved| solved.units), Some(limits.most.clone())];
            starts.into_iter().flatten().map(|set| settled(trial, limits, set)).min_by_key(|set| trial.cost(set))?
        }
    };
    limits.affords(trial, &set).then_some(set)
}

/// A set without needless units, after all exchanges that make it cheaper.
fn settled(trial: &Trial<'_>, limits: &Limits, mut set: Vec<u32>) -> Vec<u32> {
    trim(trial, &mut set);
    for _ in 0..EXCHANGES {
        let Some(better) = exchanged(trial, limits, &set) else { break };
        set = better;
        trim(trial, &mut set);
    }
    set
}

/// The set with the most expected points that the limits allow.
pub(crate) fn richest(trial: &Trial<'_>, limits: &Limits) -> Vec<u32> {
    if limits.affords(trial, &limits.most) {
        return limits.most.clone();
    }
    let richest = limits.knapsack(trial).richest().map(|solved| solved.units);
    richest.filter(|set| limits.affords(trial, set)).unwrap_or_else(|| trial.none())
}

/// Asks for more points until the odds hold.
fn raised(trial: &Trial<'_>, limits: &Limits) -> Option<Solved> {
    let knapsack = Knapsack { budget: None, ..limits.knapsack(trial) };
    let mut need = trial.short(&trial.none());
    for _ in 0..ROUNDS {
        let solved = knapsack.cheapest(need)?;
        let short = trial.short(&solved.units);
        if short <= 0 {
            return Some(solved);
        }
        need += short.max(1);
    }
    None
}

/// Takes away units that are not needed, the dearest points first.
fn trim(trial: &Trial<'_>, set: &mut [u32]) {
    let mut order: Vec<usize> = (0..set.len()).filter(|lever| set[*lever] > 0).collect();
    // Cost per point, compared without dividing; a unit that brings nothing goes first.
    order.sort_by(|a, b| {
        let dear = |one: usize, other: usize| i128::from(trial.costs[one]) * i128::from(trial.points[other]);
        dear(*b, *a).cmp(&dear(*a, *b)).then(b.cmp(a))
    });
    let mut totals = trial.totals(set);
    for lever in order {
        if let Some(few) = trial.fewest(&totals, set, lever, (0, set[lever])) {
            trial.shift(&mut totals, lever, i64::from(few) - i64::from(set[lever]));
            set[lever] = few;
        }
    }
}

/// The best set in which one lever does less and another one more, if it is cheaper.
fn exchanged(trial: &Trial<'_>, limits: &Limits, set: &[u32]) -> Option<Vec<u32>> {
    let mut best: Option<Vec<u32>> = None;
    let mut least = trial.cost(set);
    let totals = trial.totals(set);
    for from in (0..set.len()).filter(|lever| set[*lever] > 0) {
        for left in [0, set[from] / 2, set[from] - 1] {
            let mut tried = set.to_vec();
            tried[from] = left;
            let mut without = totals.clone();
            trial.shift(&mut without, from, i64::from(left) - i64::from(set[from]));
            for to in (0..set.len()).filter(|to| *to != from && limits.most[*to] > set[*to]) {
                // What would not be cheaper than the best set so far is not even counted.
                let spare = least - 1 - trial.cost(&tried);
                let more = spare.checked_div(trial.costs[to]).unwrap_or(i64::from(u32::MAX));
                let most = limits.most[to].min(set[to].saturating_add(u32::try_from(more.max(0)).unwrap_or(u32::MAX)));
                let Some(units) = trial.fewest(&without, &tried, to, (set[to], most)) else { continue };
                let cost = trial.cost(&tried) + trial.costs[to] * i64::from(units - set[to]);
                if cost < least {
                    least = cost;
                    let mut found = tried.clone();
                    found[to] = units;
                    best = Some(found);
                }
            }
        }
    }
    best
}
