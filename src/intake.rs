//! Runs for slots: fresh rows first, then a run that the ticker stores together with its slot.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;

use crate::run::{AcceptError, NewRun, Runs, Trigger};
use crate::schedule::{self, Firing, IntakeError, Roster, Schedule, SlotRun};
use crate::shop::Shops;
use crate::upkeep::Upkeep;

/// How long a slot waits for fresh rows before it goes to the next look.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes runs for slots.
pub struct Intake {
    schedules: Vec<Schedule>,
    shops: Shops,
    runs: Runs,
    upkeep: Arc<Upkeep>,
}

impl Intake {
    /// Over the schedules of agents.toml.
    #[must_use]
    pub fn new(schedules: Vec<Schedule>, shops: Shops, runs: Runs, upkeep: Arc<Upkeep>) -> Self {
        Self { schedules, shops, runs, upkeep }
    }
}

#[async_trait::async_trait]
impl schedule::Intake for Intake {
    async fn roster(&self) -> Result<Roster, IntakeError> {
        let shops: Vec<String> = self.shops.list().await?.into_iter().map(|shop| shop.id).collect();
        Ok(schedule::roster(&self.schedules, &shops))
    }

    async fn slot_batch(&self, firing: Firing<'_>) -> Result<SlotRun, IntakeError> {
        let shop = self.shops.get(firing.shop).await?.ok_or_else(|| IntakeError::Refused("这个店铺已被移除".into()))?;
        match tokio::time::timeout(PATIENCE, self.upkeep.sync(&shop)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(IntakeError::Later(error.to_string())),
            Err(_) => return Err(IntakeError::Later("店铺数据还在同步".into())),
        }
        let trigger = Trigger::Schedule {
            schedule: firing.schedule.name.clone(),
            slot: firing.slot.name.clone(),
            late: firing.late,
        };
        let wish = NewRun { skill: &firing.schedule.skill, input: &Map::new(), as_of: None, trigger };
        match self.runs.prepare(&shop, &wish, firing.run).await {
            Ok((run, batch)) => Ok(SlotRun { run: run.id, batch }),
            Err(AcceptError::Db(error)) => Err(error.into()),
            Err(other) => Err(IntakeError::Refused(other.to_string())),
        }
    }

    fn stored(&self, run: &str) {
        self.runs.stored(run);
    }
}
