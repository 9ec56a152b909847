//! What the ticker asks of the rest: who has which schedules, and a run for a slot. A port: nothing here knows how runs are made.

use super::{Schedule, Slot};
use crate::db::{Batch, DbError};

/// Each shop with the schedules that hold for it, also a shop with none.
pub type Roster = Vec<(String, Vec<Schedule>)>;

/// The slot that a run is wanted for.
#[derive(Clone, Debug)]
pub struct Firing<'a> {
    /// Whose.
    pub shop: &'a str,
    /// Which schedule.
    pub schedule: &'a Schedule,
    /// Which slot.
    pub slot: &'a Slot,
    /// After its time.
    pub late: bool,
    /// The run's id: it follows from shop, schedule and slot, so that nobody can make a second run.
    pub run: String,
}

/// A run that is ready to be stored.
#[derive(Debug)]
pub struct SlotRun {
    /// Its id, as the firing asked for.
    pub run: String,
    /// What stores it; committed together with the slot's record.
    pub batch: Batch,
}

/// Why no run could be prepared.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The slot is over: one Chinese sentence for the merchant, kept with the slot.
    #[error("{0}")]
    Refused(String),
    /// Worth asking again at the next look, as long as the slot is not too late; the sentence is kept with the slot if it gets so.
    #[error("not now: {0}")]
    Later(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What the ticker asks of the rest.
#[async_trait::async_trait]
pub trait Intake: Send + Sync {
    /// Who has which schedules now.
    async fn roster(&self) -> Result<Roster, IntakeError>;

    /// A run for a slot, on rows as fresh as can be had; nothing is stored yet.
    async fn slot_batch(&self, firing: Firing<'_>) -> Result<SlotRun, IntakeError>;

    /// The run is stored and may begin. May be lost in a kill: a worker also looks by itself.
    fn stored(&self, run: &str);
}

/// The schedules of these shops.
#[must_use]
pub fn roster(schedules: &[Schedule], shops: &[String]) -> Roster {
    let of = |shop: &String| schedules.iter().filter(|schedule| schedule.shops.includes(shop)).cloned().collect();
    shops.iter().map(|shop| (shop.clone(), of(shop))).collect()
}
