//! Plans that a merchant adopted: what they promised, kept until their day is over and measured then.
//!
//! A plan is planned again before it is kept: what is adopted is what the host computed, never what a client sent.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use xiaoer_growth::plan::{Choice, Outcome, Promise, promises, realise};
use xiaoer_growth::{Fen, Industry, Inputs, Ledger, Points, RulePack};
use xiaoer_sdk::EarlierPlan;

use super::Scorer;
use super::kept::{KeepError, plans_key};
use super::wish::PlanAsk;
use crate::db::{self, Batch, DbError, Key, Scan, Table};
use crate::shop::Shop;

/// Which of a plan's two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The cheapest.
    Best,
    /// The cheapest without the best one's main lever.
    Second,
}

/// A plan as it was adopted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptedPlan {
    /// Its id within the shop.
    pub id: String,
    /// The day it was adopted.
    pub adopted: NaiveDate,
    /// The day it was given up, if it was: then nothing is learned from it.
    pub dropped: Option<NaiveDate>,
    /// The last known day when it was made.
    pub as_of: NaiveDate,
    /// Id of the rule pack.
    pub pack: String,
    /// What was asked for.
    pub ask: PlanAsk,
    /// Which way was chosen.
    pub which: Which,
    /// The level it aims at.
    pub level: String,
    /// Points of that level when it was adopted.
    pub threshold: Points,
    /// The day it aims at.
    pub judged_on: NaiveDate,
    /// Points that its levers are to bring by then.
    pub expected: Points,
    /// What it costs.
    pub cost: Fen,
    /// The chosen way with its steps and dates.
    pub choice: Choice,
    /// What each step promises.
    pub promises: Vec<Promise>,
}

/// An adopted plan and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanNews {
    /// The plan.
    pub plan: AdoptedPlan,
    /// What came of it; none before its day is over and for a dropped one.
    pub result: Option<EarlierPlan>,
}

impl Scorer {
    /// Plans again by the data of a day and keeps what the chosen way promises. The same wish adopted again on the same day is the same
    /// record, with the way that was chosen last.
    ///
    /// # Errors
    /// A [`KeepError::Refused`] inside when there is no such way.
    pub async fn adopt(
        &self,
        shop: &Shop,
        (generation, as_of): (u64, NaiveDate),
        ask: PlanAsk,
        (which, today): (Which, NaiveDate),
    ) -> anyhow::Result<AdoptedPlan> {
        let key = |id: &str| plans_key(&shop.id).part(id);
        let id = id_of(&ask, today)?;
        let kept: Option<AdoptedPlan> = db::get(&*self.db, Table::Settings, &key(&id)).await?;
        if let Some(kept) = kept.filter(|kept| kept.which == which && kept.dropped.is_none()) {
            return Ok(kept);
        }
        let planned = self.plan(shop, generation, as_of, &ask).await?;
        let refused = |why: &str| anyhow::Error::from(KeepError::Refused(why.to_owned()));
        let Some(plan) = planned.plan else {
            return Err(refused(&planned.why_not.unwrap_or_else(|| "现在做不出计划".into())));
        };
        let choice = match (&plan.outcome, which) {
            (Outcome::Reached { best, .. }, Which::Best) => best.clone(),
            (Outcome::Reached { second: Some(second), .. }, Which::Second) => second.clone(),
            (Outcome::Reached { second: None, .. }, Which::Second) => return Err(refused("这个目标没有第二种方案")),
            (Outcome::AlreadyThere, _) => return Err(refused("照常经营就有足够的把握，不需要采用计划")),
            (Outcome::OutOfReach { .. }, _) => return Err(refused("现有手段达不到这个目标，没有可以采用的方案")),
        };
        let adopted = AdoptedPlan {
            adopted: today,
            dropped: None,
            as_of,
            pack: self.rules(&shop.id, as_of).await?.id,
            which,
            level: plan.level.clone(),
            threshold: plan.threshold,
            judged_on: plan.judged_on,
            expected: choice.points,
            cost: choice.cost,
            promises: promises(&plan, &choice, &planned.levers),
            choice,
            ask,
            id,
        };
        self.db.commit(Batch::new().put(Table::Settings, key(&adopted.id), &adopted)).await?;
        Ok(adopted)
    }

    /// All adopted plans, the newest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn plans(&self, shop: &str) -> Result<Vec<AdoptedPlan>, DbError> {
        let scan = Scan::under(&plans_key(shop)).newest_first();
        db::scan(&*self.db, Table::Settings, scan).await
    }

    /// All adopted plans, the newest first, with what came of those whose day is over.
    ///
    /// # Errors
    /// When the mirror or a setting cannot be read.
    pub async fn plan_news(&self, shop: &Shop, generation: u64, as_of: NaiveDate) -> anyhow::Result<Vec<PlanNews>> {
        let plans = self.plans(&shop.id).await?;
        if plans.is_empty() {
            return Ok(Vec::new());
        }
        let ahead = self.ahead(shop, generation, as_of).await?;
        let result = |plan: &AdoptedPlan| ahead.stand.earlier.iter().find(|earlier| earlier.id == plan.id).cloned();
        Ok(plans.into_iter().map(|plan| PlanNews { result: result(&plan), plan }).collect())
    }

    /// Gives up a plan; none when there is no such plan.
    ///
    /// # Errors
    /// As the database.
    pub async fn drop_plan(&self, shop: &str, id: &str, today: NaiveDate) -> Result<Option<AdoptedPlan>, DbError> {
        let key: Key = plans_key(shop).part(id);
        let Some(kept) = db::get::<AdoptedPlan>(&*self.db, Table::Settings, &key).await? else { return Ok(None) };
        let dropped = AdoptedPlan { dropped: kept.dropped.or(Some(today)), ..kept };
        self.db.commit(Batch::new().put(Table::Settings, key, &dropped)).await?;
        Ok(Some(dropped))
    }
}

/// By day and wish, so that a second click finds the first one's record. The day stands first: keys are in the order of days.
fn id_of(ask: &PlanAsk, today: NaiveDate) -> anyhow::Result<String> {
    let wish = serde_json::to_vec(ask).context("a wish is plain data")?;
    let hash = Sha256::digest(&wish);
    Ok(format!("{today}-{}", hex::encode(&hash[..6])))
}

/// A plan whose day is over, measured by the rules of that day.
pub(super) fn measured(
    plan: &AdoptedPlan,
    rules: &RulePack,
    (industry, inputs): (Industry, &Inputs),
    ledger: &Arc<Ledger>,
    as_of: NaiveDate,
) -> EarlierPlan {
    let card = xiaoer_growth::score(rules, industry, plan.judged_on, ledger, inputs);
    EarlierPlan {
        id: plan.id.clone(),
        adopted: plan.adopted,
        level: plan.level.clone(),
        threshold: plan.threshold,
        judged_on: plan.judged_on,
        expected: plan.expected,
        total: card.points.total,
        realised: realise(ledger, &plan.promises, as_of),
    }
}
