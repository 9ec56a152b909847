//! When the staff works by itself.
//!
//! [`Schedule`] is the setting, [`times`] reads its cron expression, [`slot`] turns it into moments and decides what a late one gets,
//! [`record`] is what is kept, [`ticker`] fires, [`intake`] is where the runs come from. Only the ticker touches the database, and only through one commit a slot: a slot that
//! was decided is never decided again, and none is dropped without a record.

pub mod config;
mod decision;
pub mod intake;
pub mod record;
pub mod slot;
mod tally;
pub mod ticker;
pub mod times;
mod weekday;

pub use config::{CatchUp, Schedule, ScheduleError, ShopChoice, check};
pub use intake::{Firing, Intake, IntakeError, Roster, SlotRun, roster};
pub use slot::{Due, Fate, Missed, Slot, due, next_fires, slots};
pub use tally::Ticked;
pub use ticker::Ticker;
pub use times::{Times, TimesError};
