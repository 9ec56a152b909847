//! The one room of the solver: cheapest whole units that bring enough points.
//!
//! The only floats of the plan are here, as coefficients of an integer programme. They never leave: what comes back
//! are whole units, and whoever asked counts their points and their cost again in integers.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOptions, Variable};

/// Whole units, and whether nothing better exists.
pub(crate) struct Solved {
    pub(crate) units: Vec<u32>,
    pub(crate) proven: bool,
}

/// Levers as plain numbers: micro-points and fen of a unit, most units.
pub(crate) struct Knapsack<'a> {
    pub(crate) points: &'a [i64],
    pub(crate) costs: &'a [i64],
    pub(crate) most: &'a [u32],
    pub(crate) budget: Option<i64>,
    /// Branches after which the best set found so far is taken. A limit of branches, not of time: the same question
    /// always gets the same answer.
    pub(crate) branches: u64,
}

impl Knapsack<'_> {
    /// The units that bring at least so many micro-points for the least money; `None` if no units do.
    pub(crate) fn cheapest(&self, need: i64) -> Option<Solved> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let units = self.units(&mut problem, self.costs, 100.0);
        let brought = weighted(&units, self.points, MICRO);
        problem.add_constraint(brought, ComparisonOp::Ge, scaled(need, MICRO));
        self.solve(problem, &units)
    }

    /// The units that bring the most points within the budget.
    pub(crate) fn richest(&self) -> Option<Solved> {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let units = self.units(&mut problem, self.points, MICRO);
        self.solve(problem, &units)
    }

    fn units(&self, problem: &mut Problem, worth: &[i64], unit: f64) -> Vec<Variable> {
        let most = |units: u32| i32::try_from(units).unwrap_or(i32::MAX);
        worth
            .iter()
            .zip(self.most)
            .map(|(worth, units)| problem.add_integer_var(scaled(*worth, unit), (0, most(*units))))
            .collect()
    }

    fn solve(&self, mut problem: Problem, units: &[Variable]) -> Option<Solved> {
        if let Some(budget) = self.budget {
            problem.add_constraint(weighted(units, self.costs, 100.0), ComparisonOp::Le, scaled(budget, 100.0));
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(self.branches);
        let outcome = problem.solve_with(options).ok()?;
        let solution = outcome.solution()?;
        let units = units.iter().zip(self.most).map(|(unit, most)| whole(solution.var_value(*unit)).min(*most));
        Some(Solved { units: units.collect(), proven: outcome.is_optimal() })
    }
}

const MICRO: f64 = 1_000_000.0;

fn weighted(units: &[Variable], weights: &[i64], unit: f64) -> LinearExpr {
    let mut sum = LinearExpr::empty();
    for (variable, weight) in units.iter().zip(weights).filter(|(_, weight)| **weight != 0) {
        sum.add(*variable, scaled(*weight, unit));
    }
    sum
}

/// Points and yuan instead of millionths and fen: the solver's tolerances are made for numbers of that size.
#[expect(
    clippy::cast_precision_loss,
    reason = "coefficients lie far below 2^53, and the result is checked in integers"
)]
fn scaled(value: i64, unit: f64) -> f64 {
    value as f64 / unit
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rounded value between 0 and a bound that was a u32"
)]
fn whole(value: f64) -> u32 {
    value.round().max(0.0) as u32
}
