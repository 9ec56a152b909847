//! Holds a change against the limits as things are now: gathers what the guardrails must know and asks them. It decides nothing itself.

use chrono::{DateTime, FixedOffset};
use xiaoer_sdk::{Change, Target};

use super::guardrail::{Guardrails, Scene};
use super::{Action, ActionState};
use crate::db::{self, DbError, Key, Scan, SharedDb, Table};
use crate::shop::Shop;
use crate::shop::mirror::Mirror;

/// The limits, and where to look up what they are held against.
#[derive(Clone)]
pub struct Checks {
    db: SharedDb,
    mirror: Mirror,
    guardrails: Guardrails,
}

impl Checks {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb, mirror: Mirror, guardrails: Guardrails) -> Self {
        Self { db, mirror, guardrails }
    }

    /// The limits themselves.
    #[must_use]
    pub fn guardrails(&self) -> &Guardrails {
        &self.guardrails
    }

    /// What a limit says against an action now, in Chinese; none where nothing does.
    ///
    /// # Errors
    /// As the database.
    pub async fn against(
        &self,
        shop: &Shop,
        action: &Action,
        now: DateTime<FixedOffset>,
    ) -> Result<Option<String>, DbError> {
        let scene = self.scene(shop, &action.change, now).await?;
        let done_today = self.done_today(shop, action, now).await?;
        Ok(self.guardrails.check(&action.change, &Scene { done_today, ..scene }).err())
    }

    /// What the mirror knows about the object of a change, with nothing done today.
    ///
    /// # Errors
    /// As the database.
    pub async fn scene(&self, shop: &Shop, change: &Change, now: DateTime<FixedOffset>) -> Result<Scene, DbError> {
        let generation = self.mirror.generation(&shop.id).await?;
        let mut scene = Scene { today: now.date_naive(), ..Scene::default() };
        match change.target() {
            Target::Product(id) => {
                scene.product = self.mirror.product(shop, generation, id).await?;
                let costs = self.mirror.costs(shop, generation).await?;
                scene.costs = costs.into_iter().filter(|cost| cost.product == id).collect();
            }
            Target::Order(id) => scene.order = self.mirror.order(shop, generation, id).await?,
            Target::Refund(id) => scene.refund = self.mirror.refund(shop, generation, id).await?,
            Target::Listing(_) => {}
        }
        Ok(scene)
    }

    /// How many other actions of the same kind were approved on the day of `now`.
    async fn done_today(&self, shop: &Shop, action: &Action, now: DateTime<FixedOffset>) -> Result<u32, DbError> {
        let actions: Vec<Action> = db::scan(&*self.db, Table::Actions, Scan::under(&Key::of(&shop.id))).await?;
        let same = |other: &&Action| {
            let today = other.decided.as_ref().is_some_and(|d| d.at.date_naive() == now.date_naive());
            let went_out = matches!(
                other.state,
                ActionState::Approved
                    | ActionState::Executing { .. }
                    | ActionState::Unknown { .. }
                    | ActionState::Done
                    | ActionState::Undone
            );
            other.id != action.id && other.change.kind() == action.change.kind() && today && went_out
        };
        Ok(u32::try_from(actions.iter().filter(same).count()).unwrap_or(u32::MAX))
    }
}
