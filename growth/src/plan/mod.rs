//! Plans: the cheapest honest way to a level, and what each lever would change.
//!
//! Points do not come before profit: a lever that loses money is left out unless the merchant says otherwise, a lever
//! whose cost is unknown is left out and asked for, and a level that is out of reach is said to be.
//!
//! `history` (the one look into the ledger), `entry`, `guess` ← `drafts` ← `estimate`: the levers of a shop.
//! `lever`, `ground` ← `timing`, `draw` ← `trial` (a set on the simulated paths) ← `solver`, `search` ← `make`, `what_if`.
//! `record`: what was promised, what came of it; `learn`: estimates corrected by it.

mod drafts;
mod draw;
mod entry;
mod estimate;
mod ground;
mod guess;
mod history;
mod kind;
mod learn;
mod lever;
mod make;
mod outcome;
mod record;
mod search;
mod sentences;
mod solver;
mod timing;
mod trial;
mod what_if;

pub use entry::{Economics, LeverEntry};
pub use estimate::{Books, estimate};
pub use ground::{Ground, PlanError, PlanWish};
pub use kind::LeverKind;
pub use learn::learn;
pub use lever::{Amount, Basis, Brings, Dates, Excluded, Lever, Levers, Origin, WHOLE};
pub use make::plan;
pub use outcome::{Choice, Outcome, Plan, Step};
pub use record::{Promise, Realised, promises, realise};
pub use what_if::{DayBand, WhatIf, what_if};
