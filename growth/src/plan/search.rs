//! The cheapest set with which the odds hold: solved exactly for expected points, then settled on the paths.
//!
//! Where every lever brings what is expected of it, the solver's answer is already the cheapest one. Where outcomes
//! are spread, the points asked for are raised until the odds hold, units that turn out needless are taken away, and
//! exchanges of one lever for another are tried. No set leaves here that was not counted on the paths.

use super::solver::Knapsack;
use super::trial::Trial;

/// Times the points asked for are raised.
const ROUNDS: usize = 6;
/// Rounds of exchanges.
const EXCHANGES: usize = 4;

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
        Knapsack { points: &trial.points, costs: &trial.costs, most: &self.most, budget: self.budget }
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
    let set = if trial.uncertain() {
        let starts = [raised(trial, limits), Some(limits.most.clone())];
        starts.into_iter().flatten().map(|set| settled(trial, limits, set)).min_by_key(|set| trial.cost(set))?
    } else {
        let mut set = raised(trial, limits).unwrap_or_else(|| limits.most.clone());
        trim(trial, &mut set);
        set
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
    limits.knapsack(trial).richest().filter(|set| limits.affords(trial, set)).unwrap_or_else(|| trial.none())
}

/// Asks for more points until the odds hold.
fn raised(trial: &Trial<'_>, limits: &Limits) -> Option<Vec<u32>> {
    let knapsack = Knapsack { budget: None, ..limits.knapsack(trial) };
    let mut need = trial.short(&trial.none());
    for _ in 0..ROUNDS {
        let set = knapsack.cheapest(need)?;
        let short = trial.short(&set);
        if short <= 0 {
            return Some(set);
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
    for lever in order {
        if let Some(few) = trial.fewest(set, lever, set[lever]) {
            set[lever] = few;
        }
    }
}

/// The best set in which one lever does less and another one more, if it is cheaper.
fn exchanged(trial: &Trial<'_>, limits: &Limits, set: &[u32]) -> Option<Vec<u32>> {
    let mut best: Option<Vec<u32>> = None;
    let mut least = trial.cost(set);
    for from in (0..set.len()).filter(|lever| set[*lever] > 0) {
        for left in [0, set[from] / 2, set[from] - 1] {
            for to in (0..set.len()).filter(|to| *to != from && limits.most[*to] > 0) {
                let mut tried = set.to_vec();
                tried[from] = left;
                let Some(units) = trial.fewest(&tried, to, limits.most[to]) else { continue };
                tried[to] = units;
                let cost = trial.cost(&tried);
                if cost < least {
                    least = cost;
                    best = Some(tried);
                }
            }
        }
    }
    best
}
