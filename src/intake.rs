//! Runs for slots: fresh rows first, then a run that the ticker stores together with its slot.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;

use crate::plugin::grant::{self, Grants};
use crate::plugin::loader::{Loader, State};
use crate::run::{AcceptError, NewRun, Runs, Trigger};
use crate::schedule::{self, CatchUp, Firing, IntakeError, Roster, Schedule, ShopChoice, SlotRun, Times};
use crate::shop::{Shop, Shops};
use crate::upkeep::Upkeep;

/// How long a slot waits for fresh rows before it goes to the next look.
const PATIENCE: Duration = Duration::from_secs(120);

/// How late a slot of a plugin's time-table may still be run.
const LATEST: Duration = Duration::from_secs(6 * 3600);

/// Makes runs for slots.
pub struct Intake {
    schedules: Vec<Schedule>,
    shops: Shops,
    runs: Runs,
    upkeep: Arc<Upkeep>,
    plugins: (Arc<Loader>, Grants),
}

impl Intake {
    /// Over the schedules of agents.toml, and the time-tables that shops granted to plugins.
    #[must_use]
    pub fn new(
        schedules: Vec<Schedule>,
        shops: Shops,
        runs: Runs,
        upkeep: Arc<Upkeep>,
        plugins: (Arc<Loader>, Grants),
    ) -> Self {
        Self { schedules, shops, runs, upkeep, plugins }
    }

    /// The time-tables of plugins that this shop granted.
    async fn of_plugins(&self, shop: &Shop) -> Result<Vec<Schedule>, IntakeError> {
        let (loader, grants) = &self.plugins;
        let mut schedules = Vec::new();
        for listed in loader.listed().iter().filter(|one| one.state == State::Ready) {
            let Some(manifest) = listed.manifest.as_ref().filter(|of| of.beyond.every.is_some()) else {
                continue;
            };
            let grant = grants.of(&shop.id, &listed.identity).await?;
            let every = grant::effective(manifest, grant.as_ref()).and_then(|holds| holds.beyond.every);
            let Some(cron) = every.and_then(|every| Times::parse(&every).ok()) else { continue };
            schedules.push(Schedule {
                // No name in agents.toml is taken: another author's plugin of the same name starts anew.
                name: listed.identity.audited_as(),
                skill: listed.identity.name.clone(),
                shops: ShopChoice::These(vec![shop.id.clone()]),
                cron,
                zone: shop.zone,
                catch_up: CatchUp::Latest,
                max_lateness: LATEST,
                deliver: Vec::new(),
                paused: false,
            });
        }
        Ok(schedules)
    }
}

#[async_trait::async_trait]
impl schedule::Intake for Intake {
    async fn roster(&self) -> Result<Roster, IntakeError> {
        let shops = self.shops.list().await?;
        let ids: Vec<String> = shops.iter().map(|shop| shop.id.clone()).collect();
        let mut roster = schedule::roster(&self.schedules, &ids);
        for shop in &shops {
            let more = self.of_plugins(shop).await?;
            if let Some((_, schedules)) = roster.iter_mut().find(|(id, _)| **id == shop.id) {
                schedules.extend(more);
            }
        }
        Ok(roster)
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
