//! The crate from outside: stories with figures that can be checked by hand, and promises for any history.

mod build;
mod calibration;
mod contributions;
mod hand_check;
mod levels;
mod naive;
mod packs;
mod plan;
mod plan_levers;
mod plan_record;
mod properties;
mod refunds;
mod unknowns;
mod worked_examples;
