//! Plans: the cheapest honest way to a level, and what each lever would change.
//!
//! Points do not come before profit: a lever that loses money is left out unless the merchant says otherwise, a lever
//! whose cost is unknown is left out and asked for, and a level that is out of reach is said to be.
//!
//! ```
//! use xiaoer_growth::forecast::Outlook;
//! use xiaoer_growth::plan::{Brings, Ground, Lever, LeverKind, Levers, Outcome, PlanWish, plan};
//! use xiaoer_growth::{Fen, Industry, Inputs, Points, pack};
//!
//! let as_of = "2027-06-30".parse().expect("a date");
//! let outlook = Outlook { as_of, paths: vec![vec![Points::whole(290); 30]] };
//! let promotion = Lever {
//!     unit_cost: Some(Fen(1_000)),
//!     margin: Some(Fen(2_000)),
//!     ceiling: 60,
//!     brings: Brings { new_buyer: true, marketing: true, turnover: Fen(10_000), ..Brings::default() },
//!     ..Lever::of(LeverKind::PromotionBuyers)
//! };
//! let ground = Ground {
//!     pack: pack("2026-candidate").expect("an embedded pack"),
//!     industry: Industry::Consumer,
//!     inputs: &Inputs::default(),
//!     present: Points::whole(290),
//!     outlook: &outlook,
//! };
//! let levers = Levers { levers: vec![promotion], excluded: Vec::new() };
//! let found = plan(&ground, &levers, &PlanWish::by("2027-07-10".parse().expect("a date")))?;
//!
//! // Ten points to L2, 4.1 from each new promotion buyer of a hundred yuan.
//! let Outcome::Reached { best, .. } = found.outcome else { panic!("out of reach") };
//! assert_eq!((best.steps[0].units, best.cost.to_string().as_str()), (3, "30.00"));
//! # Ok::<(), xiaoer_growth::plan::PlanError>(())
//! ```
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
#[cfg(feature = "solver")]
mod make;
mod outcome;
mod record;
#[cfg(feature = "solver")]
mod search;
mod sentences;
#[cfg(feature = "solver")]
mod solver;
mod timing;
mod trial;
#[cfg(feature = "solver")]
mod what_if;

pub use entry::{Economics, LeverEntry};
pub use estimate::{Books, estimate};
pub use ground::{Ground, PlanError, PlanWish};
pub use kind::LeverKind;
pub use learn::learn;
pub use lever::{Amount, Basis, Brings, Dates, Excluded, Lever, Levers, Origin, WHOLE};
#[cfg(feature = "solver")]
pub use make::plan;
pub use outcome::{Choice, Outcome, Plan, Step};
pub use record::{Promise, Realised, promises, realise};
#[cfg(feature = "solver")]
pub use what_if::{DayBand, WhatIf, what_if};
