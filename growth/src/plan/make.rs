//! The plan: the cheapest set that reaches the level with the wanted odds, a different one beside it, or why there is
//! none.

use crate::points::{Fen, Points};

use super::ground::{Ground, PlanError, PlanWish, Target};
use super::lever::{Excluded, Lever, Levers};
use super::outcome::{Choice, Outcome, Plan, Step};
use super::search::{Limits, cheapest, richest};
use super::sentences;
use super::trial::Trial;

/// Finds the least-cost set of levers that reaches the wished level on the judged day with the wished odds.
///
/// The same ground, levers and wish always give the same plan.
///
/// # Errors
/// [`PlanError`]: a level the rules do not know, or a day that was not simulated.
pub fn plan(ground: &Ground<'_>, levers: &Levers, wish: &PlanWish) -> Result<Plan, PlanError> {
    let target = ground.target(wish)?;
    let Sorted { usable, losing, excluded } = sorted(ground, levers);
    let trial = Trial::new(ground, &target, usable, wish.seed);
    let none = trial.none();
    let needed = Points::from_micro(trial.short(&none).max(0));
    let (usual, usual_any_day) = trial.odds(&none);
    let (outcome, mut binding) =
        if needed == Points::ZERO { (Outcome::AlreadyThere, Vec::new()) } else { solve(&trial, wish.budget) };
    if needed > Points::ZERO && !losing.is_empty() {
        let all = trial.levers.iter().copied().chain(losing.iter().copied()).collect();
        let freer = Trial::new(ground, &target, all, wish.seed);
        binding.extend(margin_binds(&freer, &outcome, &losing, wish.budget));
    }
    let gates = ground.open_gates(&target);
    let notes = sentences::notes(ground, &target, wish, &gates);
    let Target { level, threshold, keeps, day, .. } = target.clone();
    Ok(Plan {
        level,
        threshold,
        keeps,
        judged_on: day,
        judging_known: wish.judging_day.is_some(),
        odds_percent: wish.odds(),
        needed,
        usual,
        usual_any_day,
        outcome,
        binding,
        excluded,
        gates,
        worth: wish.worth,
        notes,
    })
}

/// Levers by whether a plan may use them.
struct Sorted<'a> {
    usable: Vec<&'a Lever>,
    /// Left out for nothing but their loss.
    losing: Vec<&'a Lever>,
    excluded: Vec<Excluded>,
}

fn sorted<'a>(ground: &Ground<'_>, levers: &'a Levers) -> Sorted<'a> {
    let rates = ground.rates();
    let mut sorted = Sorted { usable: Vec::new(), losing: Vec::new(), excluded: levers.excluded.clone() };
    for lever in &levers.levers {
        if lever.brings.points(ground.pack, &rates) <= Points::ZERO {
            sorted.excluded.push(sentences::pointless(lever, ground));
        } else if let Some(unused) = sentences::excluded(lever) {
            sorted.excluded.push(unused);
            if lever.margin_after_cost().is_some() {
                sorted.losing.push(lever);
            }
        } else {
            sorted.usable.push(lever);
        }
    }
    sorted
}

/// What a loss that the merchant does not accept stands in the way of.
fn margin_binds(freer: &Trial<'_>, outcome: &Outcome, losing: &[&Lever], budget: Option<Fen>) -> Option<String> {
    let limits = Limits { most: freer.most.clone(), budget: budget.map(|budget| budget.0) };
    let cost = freer.cost(&cheapest(freer, &limits)?);
    match outcome {
        Outcome::Reached { best, .. } if cost < best.cost.0 => {
            Some(sentences::loss_would_save(losing, Fen(best.cost.0 - cost)))
        }
        Outcome::OutOfReach { .. } => Some(sentences::loss_would_reach(losing, Fen(cost))),
        _ => None,
    }
}

fn solve(trial: &Trial<'_>, budget: Option<Fen>) -> (Outcome, Vec<String>) {
    let limits = Limits { most: trial.most.clone(), budget: budget.map(|budget| budget.0) };
    let Some(found) = cheapest(trial, &limits) else {
        return unreachable(trial, limits);
    };
    let best = choice(trial, &found);
    let mut without = Limits { most: limits.most, budget: limits.budget };
    if let Some(main) = best.main().and_then(|step| trial.levers.iter().position(|lever| lever.id == step.lever)) {
        without.most[main] = 0;
    }
    let second = cheapest(trial, &without).map(|units| (choice(trial, &units), units));
    // Where outcomes are spread, the search is not exact: the cheaper one comes first, whichever it is.
    let (best, second, units) = match second {
        Some((second, units)) if second.cost < best.cost => (second, Some(best), units),
        other => (best, other.map(|(second, _)| second), found),
    };
    let binding = sentences::limits(trial, &units);
    (Outcome::Reached { best, second }, binding)
}

fn unreachable(trial: &Trial<'_>, limits: Limits) -> (Outcome, Vec<String>) {
    let units = richest(trial, &limits);
    let effort = choice(trial, &units);
    let short_by = Points::from_micro(trial.short(&units).max(0));
    let mut binding = Vec::new();
    if let Some(budget) = limits.budget {
        let free = Limits { most: limits.most, budget: None };
        if let Some(enough) = cheapest(trial, &free) {
            binding.push(sentences::too_little(Fen(budget), Fen(trial.cost(&enough))));
        }
    }
    let why = if binding.is_empty() {
        binding = sentences::limits(trial, &units);
        sentences::out_of_reach(trial, &effort, short_by).into_iter().chain(binding.clone()).collect()
    } else {
        binding.clone()
    };
    (Outcome::OutOfReach { effort, short_by, why }, binding)
}

/// A set as it is shown.
pub(crate) fn choice(trial: &Trial<'_>, units: &[u32]) -> Choice {
    let steps: Vec<Step> =
        (0..units.len()).filter(|lever| units[*lever] > 0).map(|lever| step(trial, lever, units[lever])).collect();
    let (odds, odds_any_day) = trial.odds(units);
    Choice {
        cost: Fen(trial.cost(units)),
        margin: Fen(steps.iter().map(|step| step.margin.0).sum()),
        points: steps.iter().map(|step| step.points).sum(),
        steps,
        odds,
        odds_any_day,
    }
}

fn step(trial: &Trial<'_>, at: usize, units: u32) -> Step {
    let lever = trial.levers[at];
    let cost = Fen(trial.costs[at].saturating_mul(i64::from(units)));
    let gain = lever.gain().map_or(Fen(-cost.0), |gain| Fen(gain.0.saturating_mul(i64::from(units))));
    Step {
        lever: lever.id.clone(),
        kind: lever.kind,
        title: lever.title.clone(),
        units,
        unit: lever.unit.clone(),
        dates: trial.timings[at].dates(units, trial.ground.as_of()),
        cost,
        margin: gain,
        points: trial.expected(at, units),
        skill: lever.kind.skill().to_owned(),
    }
}
