//! The crate from outside: stories with figures that can be checked by hand, and promises for any history.

mod backtest;
mod backtest_lines;
mod backtest_shops;
mod build;
mod calibration;
mod contributions;
mod forecast;
mod forecast_festivals;
mod hand_check;
mod levels;
mod naive;
mod packs;
mod properties;
mod refunds;
mod unknowns;
mod worked_examples;
