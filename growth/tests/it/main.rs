//! The crate from outside: stories with figures that can be checked by hand, and promises for any history.

mod backtest_lines;
mod benefits;
mod build;
mod calibration;
mod caps;
mod contributions;
mod corrections;
mod hand_check;
mod judging;
mod levels;
mod live;
mod naive;
mod packs;
mod plan;
mod plan_levers;
mod plan_record;
mod properties;
mod protection;
mod real_lines;
mod refund_rules;
mod refunds;
mod unknowns;
mod worked_examples;
