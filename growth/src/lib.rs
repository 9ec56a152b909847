//! The 1688 growth score (生意积分) and level (L等级) of a shop, from its own orders.
//!
//! 1688 shows a merchant one number. This crate computes it from events, takes it apart down to single orders, says
//! which points fall out of the window on which day, how far the next level is, and what is not known.
//!
//! - [`RulePack`]: the rules of one time as data. Every figure says where it comes from and how far it can be
//!   trusted ([`Figure`], [`Confidence`]); no rate and no threshold stands in the code.
//!   A merchant's own figures replace them by [`RulePack::corrected`], and every card says whose they are.
//! - [`Event`], [`Ledger`]: what happened, in any order of arrival, indexed by the shop's local day.
//! - [`Live`]: a ledger with its sums kept warm: one event more, one day on.
//! - [`Inputs`]: what no event tells: marks, health gates, what 成长中心 showed. Nothing is known until it is said.
//! - [`score`] → [`ScoreCard`]: points by part, level, gap, drop-outs, ranges for what is missing.
//! - [`contributions`]: the same points, order by order. [`marginal`]: what one unit more would bring.
//!
//! It never reads a clock, a file or the environment, and no binary fraction touches money or points: days are
//! arguments, money is fen, points are millionths, and every total can be checked by hand.
//!
//! How the layers stand on each other: `points`, `figure` ← `pack`, `event`, `counting` ← `words`, `rows`, `ledger` ←
//! `running`, `tally` (sums of days, one event or day added or taken at a time) ← `rates` (the formula) ← `dropping`,
//! `gates`, `missing`, `calibration` ← `notes` ← `score` ← `live`, [`forecast`] ← [`plan`], [`backtest`].
//!
//! ```
//! use chrono::NaiveDate;
//! use xiaoer_growth::{Event, EventKind, Fen, Industry, Inputs, Ledger, pack_for, score};
//!
//! let day = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date");
//! let order = Event {
//!     at: day.and_hms_opt(9, 30, 0).expect("a time"),
//!     id: "2026063000001".into(),
//!     kind: EventKind::Order {
//!         buyer: Some("义乌小百货".into()),
//!         amount: Fen(120_000),
//!         marketing: Some(false),
//!         scene: None,
//!         valid: true,
//!     },
//! };
//! let (rules, in_force) = pack_for(day);
//! let inputs = Inputs { marks_known: true, refunds_known: true, ..Inputs::default() };
//! let card = score(rules, Industry::Consumer, day, &Ledger::of([order])?, &inputs);
//!
//! assert!(in_force);
//! assert_eq!(card.points.total.to_string(), "2.2");
//! // Nobody said whether a scene made the order: up to 3.6 points more.
//! assert_eq!(card.range.and_then(|range| range.high).map(|high| high.to_string()).as_deref(), Some("5.8"));
//! # Ok::<(), xiaoer_growth::EventError>(())
//! ```

mod ahead;
pub mod backtest;
mod benefits;
mod calibration;
mod card;
mod contributions;
mod counting;
mod dropping;
mod event;
mod figure;
pub mod forecast;
mod gates;
mod ids;
mod inputs;
mod judging;
mod ledger;
mod live;
mod missing;
mod notes;
mod pack;
#[cfg_attr(not(feature = "solver"), allow(dead_code, reason = "parts that only the making of plans needs"))]
pub mod plan;
mod points;
mod protection;
mod rates;
mod rows;
mod running;
mod score;
mod tally;
mod words;

pub use benefits::{BenefitRow, Benefits};
pub use calibration::{CalibrationRow, Explains, Explanation};
pub use card::{
    AccelerationParts, Counts, Effect, Entered, LevelRange, LevelStep, Missing, NextLevel, PartPoints, Range,
    ScoreCard, WindowDays,
};
pub use contributions::{Contribution, ContributionKind, contributions};
pub use counting::Counting;
pub use dropping::DropOut;
pub use event::{Event, EventError, EventKind, Industry, Pushed, UnknownIndustry};
pub use figure::{Confidence, Exact, Figure};
pub use gates::{Compare, GateRow};
pub use inputs::{Calibration, Inputs, Mark};
pub use judging::JudgingNews;
pub use ledger::Ledger;
pub use live::Live;
pub use pack::{
    Acceleration, Benefit, Caps, Choice, Contradiction, Corrected, Correction, CorrectionError, ErrorLimit, Formula,
    Gate, Judging, Level, MarkRate, PackError, PackFigure, Period, Reading, RefundBuyer, RefundRule, RefundTakes,
    Rhythm, Rounding, RulePack, Stacking, Window, pack, pack_for, packs,
};
pub use points::{DecimalError, Fen, Points};
pub use protection::Protection;
pub use rates::{Marginal, MarkPoints, marginal};
pub use score::score;
