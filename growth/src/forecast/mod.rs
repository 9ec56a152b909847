//! What the coming days bring: 零新增, which is certain, and 照常经营, which is simulated. The two are never mixed.
//!
//! 照常经营 is what stays of today's window, exactly, and what past weeks brought on top of theirs. `carry` ← `past`, `usual` (gains by
//! week) ← `paths` (draws) ← `outlook` (quantiles and odds). Only integers: a quantile is a simulated total, and odds are counts of
//! paths. Nothing that happened after `as_of` is looked at.

mod answer;
pub(crate) mod carry;
mod draw;
mod festivals;
mod outlook;
pub(crate) mod past;
mod paths;
mod usual;
mod words;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use self::carry::{Carry, marks_on};
use self::past::{Past, days_needed};
use self::paths::Sources;
use crate::card::ScoreCard;
use crate::event::Industry;
use crate::inputs::Inputs;
use crate::ledger::Ledger;
use crate::pack::RulePack;
use crate::points::Points;
use crate::rows::{date, day_number};
use crate::score::score;

pub use answer::{Band, ByDayOdds, DayOdds, DayPoints, Forecast, ForecastWish, LevelOdds};
pub(crate) use draw::below;
pub use outlook::{Odds, Outlook, quantile};
pub(crate) use paths::weeks_over;

/// Longest forecast in days.
const FARTHEST: u32 = 60;
/// Most paths.
const MOST_PATHS: u32 = 100_000;

/// What a forecast stands on: one shop, its history and the rules.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The rules.
    pub pack: &'a RulePack,
    /// Which formula.
    pub industry: Industry,
    /// What happened; days after the one that is asked for are not looked at.
    pub ledger: &'a Ledger,
    /// Marks and what else no event tells.
    pub inputs: &'a Inputs,
}

/// What the coming days bring to a shop.
#[must_use]
pub fn forecast(basis: &Basis<'_>, as_of: NaiveDate, wish: &ForecastWish) -> Forecast {
    let wish = bounded(wish);
    let view = basis.view(as_of, wish.days as usize);
    let card = score(basis.pack, basis.industry, as_of, basis.ledger, basis.inputs);
    let outlook = view.outlook(&wish);
    let last = view.zero_new.last().map_or(as_of, |day| day.date);
    let mut notes = notes(&card);
    if let (Some(sources), Some(_)) = (&view.sources, &outlook) {
        notes.extend(words::festivals(sources));
        notes.extend(words::judging(&wish, last));
    }
    Forecast {
        as_of,
        industry: basis.industry,
        pack: basis.pack.id.clone(),
        total: card.points.total,
        usual: outlook.as_ref().map(|outlook| bands(outlook, &view.zero_new)),
        why_not: outlook.is_none().then(|| words::too_short(view.have, view.needed, view.zero_new.len())),
        odds: outlook.as_ref().map(|outlook| odds(outlook, basis.pack, &card, (&wish, last))).unwrap_or_default(),
        method: words::method(view.have, &wish, view.sources.as_ref()),
        zero_new: view.zero_new,
        notes,
    }
}

/// The simulated totals themselves, marks included; none when the history is too short.
#[must_use]
pub fn outlook(basis: &Basis<'_>, as_of: NaiveDate, wish: &ForecastWish) -> Option<Outlook> {
    let wish = bounded(wish);
    basis.view(as_of, wish.days as usize).outlook(&wish)
}

fn bounded(wish: &ForecastWish) -> ForecastWish {
    ForecastWish { days: wish.days.clamp(1, FARTHEST), paths: wish.paths.clamp(1, MOST_PATHS), ..*wish }
}

/// What is known on a day about the days after it.
pub(crate) struct View {
    as_of: NaiveDate,
    /// Days of history, and how many a simulation needs.
    have: i32,
    needed: i32,
    /// What stays, marks included.
    zero_new: Vec<DayPoints>,
    /// Of it, what stays of the window.
    carried: Vec<Points>,
    sources: Option<Sources>,
}

impl Basis<'_> {
    pub(crate) fn carry(&self) -> Carry<'_> {
        Carry::of(self.pack, self.industry, self.ledger)
    }

    fn view(&self, as_of: NaiveDate, days: usize) -> View {
        let (carry, today) = (self.carry(), day_number(as_of));
        match carry.first_day(today) {
            Some(first) => {
                let mut needed: BTreeSet<i32> = [today].into();
                if today - first + 1 >= days_needed(carry.window(), weeks_over(days)) {
                    needed.extend(Past::days(first, today, weeks_over(days)));
                    needed.extend(Past::festival_days(first, today, days));
                }
                let past = Past::of(&carry, first, &needed, weeks_over(days));
                self.view_of(&past, as_of, days)
            }
            None => self.view_of(&Past::of(&carry, today + 1, &BTreeSet::new(), weeks_over(days)), as_of, days),
        }
    }

    /// The same from a past that was read before, which may reach beyond the day.
    pub(crate) fn view_of(&self, past: &Past, as_of: NaiveDate, days: usize) -> View {
        let today = day_number(as_of);
        let have = (today - past.first() + 1).max(0);
        let needed = days_needed(past.window(), weeks_over(days));
        let nothing = vec![Points::ZERO; days + 1];
        let row = past.row(today).unwrap_or(&nothing);
        let carried: Vec<Points> = row.iter().skip(1).take(days).copied().collect();
        let zero_new = (1..).zip(&carried).map(|(ahead, points)| {
            let date = date(today + ahead);
            DayPoints { date, points: *points + marks_on(self.pack, self.industry, self.inputs, date) }
        });
        let sources = if have >= needed { Sources::of(past, today, days) } else { None };
        View { as_of, have, needed, zero_new: zero_new.collect(), carried, sources }
    }
}

impl View {
    /// The simulated totals; none when the history is too short.
    pub(crate) fn outlook(&self, wish: &ForecastWish) -> Option<Outlook> {
        let sources = self.sources.as_ref()?;
        let path = |number| {
            let gains = sources.path(wish.seed, number);
            let days = self.carried.iter().zip(&self.zero_new).zip(gains);
            // Refunds may outrun what is left of a window, but no score is below zero; marks stand on top.
            days.map(|((carried, day), gain)| {
                (*carried + Points::from_micro(gain)).max(Points::ZERO) + (day.points - *carried)
            })
            .collect()
        };
        Some(Outlook { as_of: self.as_of, paths: (0..wish.paths).map(path).collect() })
    }
}

fn bands(outlook: &Outlook, days: &[DayPoints]) -> Vec<Band> {
    let band = |(at, day): (usize, &DayPoints)| {
        let sorted = outlook.sorted(at);
        Some(Band {
            date: day.date,
            p10: quantile(&sorted, 100)?,
            p25: quantile(&sorted, 250)?,
            p50: quantile(&sorted, 500)?,
            p75: quantile(&sorted, 750)?,
            p90: quantile(&sorted, 900)?,
        })
    };
    days.iter().enumerate().filter_map(band).collect()
}

/// The odds of the level below the present one, of that itself and of the two above.
fn odds(
    outlook: &Outlook,
    pack: &RulePack,
    card: &ScoreCard,
    (wish, last): (&ForecastWish, NaiveDate),
) -> Vec<LevelOdds> {
    let present = pack.levels.iter().position(|level| level.id == card.level).unwrap_or(0);
    let near = pack.levels.iter().take(present + 3).skip(present.saturating_sub(1));
    let day = wish.judging_day.unwrap_or(last);
    let by = if outlook.position(day).is_some() { day } else { last };
    near.map(|level| {
        let threshold = level.threshold.value;
        let on_day = outlook.position(day).map(|at| DayOdds { date: day, odds: outlook.odds_on(at, threshold) });
        let until = outlook.position(by).unwrap_or(0);
        let any_day = ByDayOdds { by, odds: outlook.odds_by(until, threshold) };
        LevelOdds { level: level.id.clone(), threshold, on_day, any_day }
    })
    .collect()
}

/// What is missing from the score is missing from every day of its forecast.
fn notes(card: &ScoreCard) -> Vec<String> {
    let mut missing = card.missing.iter().filter(|input| !input.input.starts_with("gate:")).peekable();
    if missing.peek().is_none() {
        return Vec::new();
    }
    let titles: Vec<&str> = missing.map(|input| input.title.as_str()).collect();
    vec![format!("估算：还缺{}，预测里没有它们。", titles.join("、"))]
}
