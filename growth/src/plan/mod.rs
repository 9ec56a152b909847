//! Plans: the cheapest honest way to a level, and what each lever would change.
//!
//! Points do not come before profit: a lever that loses money is left out unless the merchant says otherwise, a lever
//! whose cost is unknown is left out and asked for, and a level that is out of reach is said to be.
//!
//! `lever`, `ground` ← `timing`, `draw` ← `trial` (a set on the simulated paths) ← `solver`, `search` ← `make`, `what_if`.

mod draw;
mod ground;
mod lever;
mod make;
mod outcome;
mod search;
mod sentences;
mod solver;
mod timing;
mod trial;
mod what_if;

pub use ground::{Ground, PlanError, PlanWish};
pub use lever::{Amount, Basis, Brings, Dates, Excluded, Lever, LeverKind, Levers, Origin, WHOLE};
pub use make::plan;
pub use outcome::{Choice, Outcome, Plan, Step};
pub use what_if::{DayBand, WhatIf, what_if};
