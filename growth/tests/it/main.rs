//! The crate from outside: stories with figures that can be checked by hand, and promises for any history.

mod build;
mod calibration;
mod contributions;
mod hand_check;
mod levels;
mod live;
mod naive;
mod packs;
mod properties;
mod real_lines;
mod refund_rules;
mod refunds;
mod unknowns;
mod worked_examples;
