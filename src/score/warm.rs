//! Forecasts, plans and what-ifs of a shop's mirror, kept warm as long as neither its rows nor its settings change.
//!
//! What takes time is computed apart from the threads that answer requests.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use chrono::NaiveDate;
use tokio::sync::OnceCell;
use xiaoer_growth::backtest::{Backtest, BacktestWish};
use xiaoer_growth::forecast::Forecast;
use xiaoer_growth::plan::{PlanWish, WhatIf};
use xiaoer_growth::{Inputs, RulePack};
use xiaoer_sdk::Planned;

use super::adopted::{AdoptedPlan, measured};
use super::ahead::{Ahead, Stand, seed};
use super::business::Business;
use super::economics::economics;
use super::kept::KeepError;
use super::wish::PlanAsk;
use super::{Scorer, WARM};
use crate::shop::Shop;

/// A day, and a pack of the caller's choice.
pub type Day<'a> = (NaiveDate, Option<&'a RulePack>);

/// Shop, generation, day and settings → its coming days. Of several who ask at once one prepares them.
pub(super) type WarmAhead = Mutex<HashMap<(String, u64, NaiveDate, u64), Arc<OnceCell<Arc<Ahead>>>>>;

/// The settings that answers about coming days depend on.
struct Settings {
    rules: RulePack,
    inputs: Inputs,
    business: Business,
    /// Plans that were not given up and whose day is over.
    ended: Vec<AdoptedPlan>,
}

impl Scorer {
    /// The coming days.
    ///
    /// # Errors
    /// When the mirror or a setting cannot be read; a [`KeepError`] inside when kept corrections no longer hold.
    pub async fn forecast(
        &self,
        shop: &Shop,
        generation: u64,
        as_of: NaiveDate,
        days: u32,
    ) -> anyhow::Result<Arc<Forecast>> {
        self.forecast_by(shop, generation, (as_of, None), days).await
    }

    /// The same by a pack of the caller's choice; none = the one in force on the day.
    ///
    /// # Errors
    /// As [`Scorer::forecast`].
    pub async fn forecast_by(
        &self,
        shop: &Shop,
        generation: u64,
        day: Day<'_>,
        days: u32,
    ) -> anyhow::Result<Arc<Forecast>> {
        let ahead = self.ahead_by(shop, generation, day).await?;
        apart(move || ahead.forecast(days)).await
    }

    /// The cheapest way to what is asked for, and what came of earlier plans.
    ///
    /// # Errors
    /// As [`Scorer::forecast`]; a [`KeepError::Refused`] inside when it cannot be asked for.
    pub async fn plan(&self, shop: &Shop, generation: u64, as_of: NaiveDate, ask: &PlanAsk) -> anyhow::Result<Planned> {
        self.plan_by(shop, generation, (as_of, None), ask).await
    }

    /// The same by a pack of the caller's choice; none = the one in force on the day.
    ///
    /// # Errors
    /// As [`Scorer::plan`].
    pub async fn plan_by(&self, shop: &Shop, generation: u64, day: Day<'_>, ask: &PlanAsk) -> anyhow::Result<Planned> {
        let ahead = self.ahead_by(shop, generation, day).await?;
        let wish = ahead.wish(ask).map_err(KeepError::Refused)?;
        apart(move || ahead.plan(wish)).await
    }

    /// How good the forecast would have been. `wish` is for the days up to the given one.
    ///
    /// # Errors
    /// As [`Scorer::forecast`].
    pub async fn backtest(
        &self,
        shop: &Shop,
        generation: u64,
        day: Day<'_>,
        wish: BacktestWish,
    ) -> anyhow::Result<Backtest> {
        let ahead = self.ahead_by(shop, generation, day).await?;
        apart(move || ahead.backtest(&wish)).await
    }

    /// The same by a wish that somebody else made; the shop's settings fill in what it leaves open.
    ///
    /// # Errors
    /// As [`Scorer::forecast`].
    pub async fn plan_for(
        &self,
        shop: &Shop,
        generation: u64,
        as_of: NaiveDate,
        wish: PlanWish,
    ) -> anyhow::Result<Planned> {
        let ahead = self.ahead(shop, generation, as_of).await?;
        apart(move || ahead.plan(wish)).await
    }

    /// The coming days with so many units of each lever, by its id.
    ///
    /// # Errors
    /// As [`Scorer::plan`]; a [`KeepError::Refused`] inside when nothing can be simulated.
    pub async fn what_if(
        &self,
        shop: &Shop,
        (generation, as_of): (u64, NaiveDate),
        ask: &PlanAsk,
        units: BTreeMap<String, u32>,
    ) -> anyhow::Result<WhatIf> {
        let ahead = self.ahead(shop, generation, as_of).await?;
        let wish = ahead.wish(ask).map_err(KeepError::Refused)?;
        let found = apart(move || ahead.what_if(&units, wish)).await?;
        Ok(found.map_err(KeepError::Refused)?)
    }

    /// What all of these stand on.
    pub(super) async fn ahead(&self, shop: &Shop, generation: u64, as_of: NaiveDate) -> anyhow::Result<Arc<Ahead>> {
        self.ahead_by(shop, generation, (as_of, None)).await
    }

    async fn ahead_by(&self, shop: &Shop, generation: u64, day: Day<'_>) -> anyhow::Result<Arc<Ahead>> {
        let settings = self.settings(shop, day).await?;
        let key = (shop.id.clone(), generation, day.0, settings.fingerprint()?);
        let place = {
            // Nothing panics while the map is held.
            let mut warm = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
            if warm.len() >= WARM && !warm.contains_key(&key) {
                warm.clear();
            }
            Arc::clone(warm.entry(key).or_default())
        };
        place.get_or_try_init(|| self.prepare(shop, (generation, day.0), settings)).await.map(Arc::clone)
    }

    async fn settings(&self, shop: &Shop, (as_of, pack): Day<'_>) -> anyhow::Result<Settings> {
        let mut ended = self.plans(&shop.id).await?;
        ended.retain(|plan| plan.dropped.is_none() && plan.judged_on <= as_of);
        let pack = pack.unwrap_or_else(|| xiaoer_growth::pack_for(as_of).0);
        Ok(Settings {
            rules: self.corrected(&shop.id, pack).await?,
            inputs: self.known(shop).await?,
            business: self.business(&shop.id).await?,
            ended,
        })
    }

    async fn prepare(
        &self,
        shop: &Shop,
        (generation, as_of): (u64, NaiveDate),
        settings: Settings,
    ) -> anyhow::Result<Arc<Ahead>> {
        let Settings { rules, inputs, business, ended } = settings;
        let ledger = self.ledger((shop, generation), None).await?;
        let economics = economics(&business, self.goods(shop, generation, as_of).await?);
        let mut plans = Vec::new();
        for plan in ended {
            // The rules of the judged day, which need not be those of today.
            plans.push((self.rules(&shop.id, plan.judged_on).await?, plan));
        }
        let (industry, seed) = (shop.industry, seed(&shop.id, as_of));
        apart(move || {
            let of =
                |(rules, plan): &(RulePack, AdoptedPlan)| measured(plan, rules, (industry, &inputs), &ledger, as_of);
            let earlier = plans.iter().map(of).collect();
            let stand = Stand { rules, industry, inputs, ledger, as_of, business, economics, earlier, seed };
            Arc::new(Ahead::of(stand))
        })
        .await
    }
}

impl Settings {
    /// A number that changes with any of them.
    fn fingerprint(&self) -> anyhow::Result<u64> {
        let Self { rules, inputs, business, ended } = self;
        let text = serde_json::to_string(&(rules, &rules.corrections, inputs, business, ended));
        let mut hasher = DefaultHasher::new();
        text.context("settings are plain data")?.hash(&mut hasher);
        Ok(hasher.finish())
    }
}

/// Work that takes longer than a request's thread may be held.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the computation broke off")
}
