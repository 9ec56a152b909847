//! What a plan stands on: the rules, the shop's score of today and the coming days as simulated, and the level that is
//! aimed at.
//!
//! Only this file and `history` know the insides of the other modules.

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::forecast::{Odds, Outlook};
use crate::gates::{GateRow, Reach, Standing, level_at};
use crate::inputs::Inputs;
use crate::pack::{Rounding, RulePack};
use crate::points::{Fen, Points};
use crate::rates::{Marginal, marginal};
use crate::score::window_days;

/// What is given: rules, what is known, and 照常经营 as simulated paths.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The rules.
    pub pack: &'a RulePack,
    /// Which formula.
    pub industry: Industry,
    /// Marks and gates.
    pub inputs: &'a Inputs,
    /// The score of the outlook's `as_of`.
    pub present: Points,
    /// 照常经营.
    pub outlook: &'a Outlook,
}

/// What the merchant wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanWish {
    /// The level; `None`: the present one when it is at risk, the next one otherwise.
    #[serde(default)]
    pub level: Option<String>,
    /// Last day by which it should be reached: a day of the score, not of the delayed display.
    pub by: NaiveDate,
    /// The day whose score is judged, where it is known. Otherwise every day may be.
    #[serde(default)]
    pub judging_day: Option<NaiveDate>,
    /// Wanted odds in per cent, 1 … 100; `None`: 80.
    #[serde(default)]
    pub odds_percent: Option<u8>,
    /// Most money for levers.
    #[serde(default)]
    pub budget: Option<Fen>,
    /// What the level is worth to the merchant; shown only if it was entered.
    #[serde(default)]
    pub worth: Option<Fen>,
    /// Seed of what the levers bring on each path.
    #[serde(default)]
    pub seed: u64,
}

impl PlanWish {
    /// Wanted odds in per cent where nobody said any.
    pub const USUAL_ODDS: u8 = 80;

    /// By a day, with the odds that are usual, and nothing else said.
    #[must_use]
    pub const fn by(day: NaiveDate) -> PlanWish {
        PlanWish { level: None, by: day, judging_day: None, odds_percent: None, budget: None, worth: None, seed: 0 }
    }

    /// Wanted odds in per cent.
    #[must_use]
    pub fn odds(&self) -> u8 {
        self.odds_percent.unwrap_or(Self::USUAL_ODDS).clamp(1, 100)
    }
}

/// Why nothing can be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The rules have no such level.
    #[error("the rules know no level \"{0}\"")]
    UnknownLevel(String),
    /// The simulated days do not hold the day.
    #[error("{day} lies outside the days that were simulated, {from} to {to}")]
    OutOfReach {
        /// The day asked for.
        day: NaiveDate,
        /// First simulated day.
        from: NaiveDate,
        /// Last simulated day.
        to: NaiveDate,
    },
    /// Nothing was simulated.
    #[error("there are no simulated paths")]
    NoPaths,
}

/// A level to reach, on a day, with some odds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) level: String,
    pub(crate) threshold: Points,
    pub(crate) keeps: bool,
    pub(crate) day: NaiveDate,
    /// Position of `day` in every path.
    pub(crate) at: usize,
    /// Paths that have to reach it.
    pub(crate) hits: usize,
}

/// The most that a rounding cuts off, once for each kind of thing that levers bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CutOff {
    pub(crate) turnover: Points,
    pub(crate) scene: Points,
    /// From buyers or inquiries and from what 数字营销 adds to them.
    pub(crate) people: Points,
    /// Whatever it is.
    pub(crate) any: Points,
}

impl Ground<'_> {
    pub(crate) fn as_of(&self) -> NaiveDate {
        self.outlook.as_of
    }

    pub(crate) fn window(&self) -> i64 {
        i64::from(window_days(self.pack))
    }

    pub(crate) fn rates(&self) -> Marginal {
        marginal(self.pack, self.industry)
    }

    /// What a rounding can cut off from what levers add.
    pub(crate) fn cut_off(&self) -> CutOff {
        let one = Points::whole(1);
        let rates = self.rates();
        match self.pack.reading.rounding.value {
            Rounding::None => CutOff::default(),
            Rounding::WholeThousands => {
                CutOff { turnover: rates.thousand_yuan, scene: rates.scene_thousand_extra, ..CutOff::default() }
            }
            Rounding::WholeParts => CutOff { turnover: one, scene: one, people: one + one, ..CutOff::default() },
            Rounding::WholeTotal => CutOff { any: one, ..CutOff::default() },
        }
    }

    /// The level and the day that a wish means.
    pub(crate) fn target(&self, wish: &PlanWish) -> Result<Target, PlanError> {
        let paths = self.outlook.paths.len();
        if paths == 0 || self.outlook.days() == 0 {
            return Err(PlanError::NoPaths);
        }
        let day = wish.judging_day.unwrap_or(wish.by);
        let at = self.outlook.position(day).ok_or_else(|| PlanError::OutOfReach {
            day,
            from: self.as_of() + Days::new(1),
            to: self.as_of() + Days::new(self.outlook.days() as u64),
        })?;
        let percent = usize::from(wish.odds());
        let hits = (paths * percent).div_ceil(100);
        let levels = &self.pack.levels;
        let now = level_at(levels, self.present);
        let place = match &wish.level {
            Some(wanted) => levels
                .iter()
                .position(|level| level.id == *wanted)
                .ok_or_else(|| PlanError::UnknownLevel(wanted.clone()))?,
            None => {
                let kept = levels.get(now).map_or(Points::ZERO, |level| level.threshold.value);
                let at_risk = (self.outlook.odds_on(at, kept).hits as usize) < hits;
                if at_risk { now } else { (now + 1).min(levels.len().saturating_sub(1)) }
            }
        };
        let level = levels.get(place).ok_or_else(|| PlanError::UnknownLevel(String::new()))?;
        Ok(Target { level: level.id.clone(), threshold: level.threshold.value, keeps: place <= now, day, at, hits })
    }

    /// Gates of a level that do not hold for certain: unknown or failing.
    pub(crate) fn open_gates(&self, target: &Target) -> Vec<GateRow> {
        let at = target.threshold;
        let points = Reach { low: at, known: at, high: Some(at) };
        let rows = Standing::find(self.pack, self.inputs, target.day, points).into_rows();
        let below = self.pack.reading.gates_cumulative.value;
        let levels = &self.pack.levels;
        let last = levels.iter().position(|level| level.id == target.level).unwrap_or(0);
        let asks = |row: &GateRow| {
            levels.iter().take(last + 1).any(|level| level.id == row.level && (below || level.id == target.level))
        };
        rows.into_iter().filter(|row| row.ok != Some(true) && asks(row)).collect()
    }
}

/// Odds as a merchant reads them.
pub(crate) struct Percent(pub(crate) Odds);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0.percent())
    }
}
