//! The coming days of a shop and what can be done about them, warm: what a first question computed, the next ones read.
//!
//! Pure but for its memory: the same stand and question give the same answer. It never reads a setting or a row; both are handed in.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::{Datelike, Days, NaiveDate};
use xiaoer_growth::backtest::{Backtest, BacktestWish, backtest};
use xiaoer_growth::forecast::{Basis, Forecast, ForecastWish, Outlook, forecast, outlook};
use xiaoer_growth::plan::{
    Books, Economics, Ground, Levers, PlanError, PlanWish, WhatIf, estimate, learn, plan, what_if,
};
use xiaoer_growth::{Industry, Inputs, Ledger, Points, RulePack};
use xiaoer_sdk::{EarlierPlan, Planned};

use super::business::Business;
use super::wish::{FARTHEST, PlanAsk, completed, judging_day};

/// Days that are simulated for a plan; a plan for a later day simulates all that can be.
const SIMULATED: u64 = 30;

/// What the answers about one day of a shop stand on.
pub struct Stand {
    /// The rules, corrected.
    pub rules: RulePack,
    /// Which formula.
    pub industry: Industry,
    /// Marks, gates, what was shown.
    pub inputs: Inputs,
    /// What happened.
    pub ledger: Arc<Ledger>,
    /// Last day that is known.
    pub as_of: NaiveDate,
    /// What the merchant entered of the business.
    pub business: Business,
    /// The same with what the shop's rows say where nothing was entered.
    pub economics: Economics,
    /// Adopted plans whose day is over, the newest first: levers learn from them.
    pub earlier: Vec<EarlierPlan>,
    /// Seed of everything that is simulated.
    pub seed: u64,
}

/// The coming days of a shop.
pub struct Ahead {
    /// What they stand on.
    pub stand: Stand,
    present: Points,
    forecasts: Memo<u32, Forecast>,
    outlooks: Memo<u32, Option<Outlook>>,
    levers: Memo<NaiveDate, Levers>,
}

impl Ahead {
    /// Over a stand. Takes a score's time.
    #[must_use]
    pub fn of(stand: Stand) -> Self {
        let card = xiaoer_growth::score(&stand.rules, stand.industry, stand.as_of, &stand.ledger, &stand.inputs);
        let present = card.points.total;
        Self { stand, present, forecasts: Memo::default(), outlooks: Memo::default(), levers: Memo::default() }
    }

    /// The coming days.
    #[must_use]
    pub fn forecast(&self, days: u32) -> Arc<Forecast> {
        self.forecasts.get(days, || forecast(&self.basis(), self.stand.as_of, &self.forecast_wish(days)))
    }

    /// How good the forecast would have been.
    #[must_use]
    pub fn backtest(&self, wish: &BacktestWish) -> Backtest {
        backtest(&self.basis(), &BacktestWish { seed: self.stand.seed, ..wish.clone() })
    }

    /// The whole wish of an ask.
    ///
    /// # Errors
    /// One Chinese sentence about what cannot be asked for.
    pub fn wish(&self, ask: &PlanAsk) -> Result<PlanWish, String> {
        ask.wish(&self.stand.rules, self.stand.as_of, &self.stand.business)
    }

    /// The cheapest way to what is wished, or why there is none.
    #[must_use]
    pub fn plan(&self, wish: PlanWish) -> Planned {
        let wish = self.whole(wish);
        let levers = self.levers(aim(&wish));
        let (plan, why_not) = match self.on_ground(&wish, |ground| plan(ground, &levers, &wish)) {
            Ok(plan) => (Some(plan), None),
            Err(why) => (None, Some(why)),
        };
        Planned { plan, why_not, levers: (*levers).clone(), earlier: self.stand.earlier.clone() }
    }

    /// The coming days with so many units of each lever.
    ///
    /// # Errors
    /// Why nothing can be simulated, one Chinese sentence.
    pub fn what_if(&self, units: &BTreeMap<String, u32>, wish: PlanWish) -> Result<WhatIf, String> {
        let wish = self.whole(wish);
        let levers = self.levers(aim(&wish));
        self.on_ground(&wish, |ground| what_if(ground, &levers, units, &wish))
    }

    fn on_ground<T>(
        &self,
        wish: &PlanWish,
        work: impl FnOnce(&Ground<'_>) -> Result<T, PlanError>,
    ) -> Result<T, String> {
        let Stand { rules, industry, inputs, as_of, .. } = &self.stand;
        let days = if aim(wish) <= *as_of + Days::new(SIMULATED) { SIMULATED } else { FARTHEST };
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        let simulated = self.outlooks.get(days, || outlook(&self.basis(), *as_of, &self.forecast_wish(days)));
        let Some(simulated) = simulated.as_ref() else {
            let why = self.forecast(days).why_not.clone();
            return Err(why.unwrap_or_else(|| self.sentence(&PlanError::NoPaths)));
        };
        let ground = Ground { pack: rules, industry: *industry, inputs, present: self.present, outlook: simulated };
        work(&ground).map_err(|error| self.sentence(&error))
    }

    fn levers(&self, day: NaiveDate) -> Arc<Levers> {
        self.levers.get(day, || {
            let Stand { rules, industry, inputs, ledger, as_of, business, economics, earlier, .. } = &self.stand;
            let books = Books { pack: rules, industry: *industry, ledger, inputs, as_of: *as_of };
            let levers = estimate(&books, day, economics, &business.levers);
            let record: Vec<_> = earlier.iter().flat_map(|plan| plan.realised.iter().cloned()).collect();
            learn(&levers, &record)
        })
    }

    fn basis(&self) -> Basis<'_> {
        let Stand { rules, industry, inputs, ledger, .. } = &self.stand;
        Basis { pack: rules, industry: *industry, ledger, inputs }
    }

    fn forecast_wish(&self, days: u32) -> ForecastWish {
        let last = self.stand.as_of + Days::new(days.into());
        let judging_day = judging_day(&self.stand.rules, self.stand.as_of, last);
        ForecastWish { days, seed: self.stand.seed, judging_day, ..ForecastWish::default() }
    }

    fn whole(&self, wish: PlanWish) -> PlanWish {
        let Stand { rules, as_of, business, seed, .. } = &self.stand;
        PlanWish { seed: *seed, ..completed(wish, rules, *as_of, business) }
    }

    fn sentence(&self, error: &PlanError) -> String {
        match error {
            PlanError::UnknownLevel(level) => format!("规则里没有等级“{level}”"),
            PlanError::OutOfReach { day, from, to } => format!("{day} 不在能预测的日期内，请选 {from} 到 {to}"),
            PlanError::NoPaths => "还没有可用的预测，做不了计划".to_owned(),
        }
    }
}

/// The seed of a shop's day: the same question has the same answer, and two shops do not share their luck.
#[must_use]
pub fn seed(shop: &str, day: NaiveDate) -> u64 {
    // FNV-1a: the same on every machine and in every version.
    let hash = shop
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ u64::from(day.num_days_from_ce().unsigned_abs())
}

/// The day that a whole wish aims at.
fn aim(wish: &PlanWish) -> NaiveDate {
    wish.judging_day.unwrap_or(wish.by)
}

/// What was computed once. Of several who ask at once one computes and the others wait.
struct Memo<K, V>(Mutex<HashMap<K, Arc<OnceLock<Arc<V>>>>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Memo<K, V> {
    fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        // Nothing panics while the map is held.
        let place = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        Arc::clone(place.get_or_init(|| Arc::new(make())))
    }
}
