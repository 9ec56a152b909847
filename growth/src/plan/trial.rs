//! Sets of levers tried on the simulated paths: how often they reach a level, in integers.

use crate::forecast::Odds;
use crate::points::{Fen, Points};

use super::draw;
use super::ground::{CutOff, Ground, Target};
use super::lever::{Brings, Lever};
use super::timing::Timing;

/// Levers on the paths of an outlook, towards one target. A set is written as units per lever, in the levers' order.
pub(crate) struct Trial<'a> {
    pub(crate) ground: &'a Ground<'a>,
    pub(crate) target: &'a Target,
    pub(crate) levers: Vec<&'a Lever>,
    pub(crate) timings: Vec<Timing>,
    /// Most units that count on the judged day.
    pub(crate) most: Vec<u32>,
    /// Expected micro-points of a unit.
    pub(crate) points: Vec<i64>,
    /// Fen of a unit.
    pub(crate) costs: Vec<i64>,
    /// Micro-points of a unit on each path.
    drawn: Vec<Vec<i64>>,
    /// 照常经营 on the judged day, path by path.
    usual: Vec<i64>,
    /// What rounding can cut off from turnover, and from scene turnover, that levers add.
    cut_off: CutOff,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(ground: &'a Ground<'a>, target: &'a Target, levers: Vec<&'a Lever>, seed: u64) -> Trial<'a> {
        let paths = ground.outlook.paths.len();
        let rates = ground.rates();
        let ahead = i64::try_from(target.at).unwrap_or(0) + 1;
        let timings: Vec<Timing> = levers.iter().map(|lever| Timing::of(lever, ground, ahead)).collect();
        let full: Vec<i64> = levers.iter().map(|lever| lever.brings.points(ground.pack, &rates).micro()).collect();
        let usual = ground.outlook.paths.iter().map(|path| path.get(target.at).map_or(0, |total| total.micro()));
        Trial {
            ground,
            target,
            most: levers.iter().zip(&timings).map(|(lever, timing)| timing.most(lever.ceiling)).collect(),
            timings,
            points: levers.iter().zip(&full).map(|(lever, points)| draw::expected(lever, *points)).collect(),
            costs: levers.iter().map(|lever| lever.unit_cost.unwrap_or(Fen::ZERO).0).collect(),
            drawn: levers.iter().zip(&full).map(|(lever, full)| draw::per_path(lever, *full, paths, seed)).collect(),
            usual: usual.collect(),
            cut_off: ground.cut_off(),
            levers,
        }
    }

    pub(crate) fn none(&self) -> Vec<u32> {
        vec![0; self.levers.len()]
    }

    /// Whether any lever's outcome is uncertain: then counting expected points is not enough.
    pub(crate) fn uncertain(&self) -> bool {
        self.levers.iter().any(|lever| lever.spread > 0)
    }

    pub(crate) fn cost(&self, units: &[u32]) -> i64 {
        units.iter().zip(&self.costs).map(|(units, cost)| cost.saturating_mul(i64::from(*units))).sum()
    }

    /// The threshold for a set, raised by what rounding can cut off.
    pub(crate) fn bar(&self, units: &[u32]) -> i64 {
        let used = || self.levers.iter().zip(units).filter(|(_, units)| **units > 0).map(|(lever, _)| &lever.brings);
        let CutOff { turnover, scene, people, any } = self.cut_off;
        let cuts = [
            (turnover, used().any(Brings::has_turnover)),
            (scene, used().any(|brings| brings.scene_turnover > Fen::ZERO)),
            (people, used().any(|brings| brings.new_buyer || brings.inquiries > 0)),
            (any, used().next().is_some()),
        ];
        let cut: Points = cuts.into_iter().filter(|(_, happens)| *happens).map(|(most, _)| most).sum();
        (self.target.threshold + cut).micro()
    }

    /// Totals of the judged day with a set, path by path. All its units count: nobody tries more than `most`.
    pub(crate) fn totals(&self, units: &[u32]) -> Vec<i64> {
        let mut totals = self.usual.clone();
        for (units, drawn) in units.iter().zip(&self.drawn).filter(|(units, _)| **units > 0) {
            add(&mut totals, drawn, i64::from(*units));
        }
        totals
    }

    /// Whether enough paths reach the level with a set.
    pub(crate) fn holds(&self, units: &[u32]) -> bool {
        reached(&self.totals(units), self.bar(units)) >= self.target.hits
    }

    /// Micro-points that a set is short of; zero or less when the odds hold.
    pub(crate) fn short(&self, units: &[u32]) -> i64 {
        let mut totals = self.totals(units);
        let place = totals.len().saturating_sub(self.target.hits);
        let (_, at, _) = totals.select_nth_unstable(place);
        self.bar(units) - *at
    }

    /// The fewest units of one lever, `few` at least and `most` at most, with which the odds hold; the others stay.
    pub(crate) fn fewest(&self, totals: &[i64], units: &[u32], lever: usize, (few, most): (u32, u32)) -> Option<u32> {
        let now = i64::from(units[lever]);
        let mut set = units.to_vec();
        let mut bar = |count: u32| {
            set[lever] = count;
            self.bar(&set)
        };
        let (bare, bar) = (bar(0), bar(1));
        let enough = |count: u32| {
            let (more, bar) = (i64::from(count) - now, if count == 0 { bare } else { bar });
            let hits = totals.iter().zip(&self.drawn[lever]).filter(|(total, one)| **total + **one * more >= bar);
            hits.count() >= self.target.hits
        };
        if few > most || !enough(most) {
            return None;
        }
        if enough(few) {
            return Some(few);
        }
        let (mut short, mut enough_with) = (few, most);
        while enough_with - short > 1 {
            let middle = short + (enough_with - short) / 2;
            if enough(middle) { enough_with = middle } else { short = middle }
        }
        Some(enough_with)
    }

    /// Changes totals as if one lever did so many units more, or less.
    pub(crate) fn shift(&self, totals: &mut [i64], lever: usize, more: i64) {
        add(totals, &self.drawn[lever], more);
    }

    /// Totals of one day with a set, path by path; a day's position as in the outlook.
    pub(crate) fn day(&self, units: &[u32], at: usize) -> Vec<i64> {
        let mut totals: Vec<i64> =
            self.ground.outlook.paths.iter().map(|path| path.get(at).map_or(0, |total| total.micro())).collect();
        let day = i64::try_from(at).unwrap_or(0) + 1;
        for ((units, timing), drawn) in units.iter().zip(&self.timings).zip(&self.drawn) {
            let counted = timing.counted(*units, day);
            if counted > 0 {
                add(&mut totals, drawn, counted);
            }
        }
        totals
    }

    /// Odds on the judged day and on any day up to it, with a set.
    pub(crate) fn odds(&self, units: &[u32]) -> (Odds, Odds) {
        let bar = self.bar(units);
        let mut any = vec![false; self.usual.len()];
        let mut on_day = 0;
        for at in 0..=self.target.at {
            let totals = self.day(units, at);
            for (any, total) in any.iter_mut().zip(&totals) {
                *any |= *total >= bar;
            }
            on_day = reached(&totals, bar);
        }
        (self.out_of(on_day), self.out_of(any.iter().filter(|hit| **hit).count()))
    }

    /// Expected points of a lever's units on the judged day.
    pub(crate) fn expected(&self, lever: usize, units: u32) -> Points {
        let day = i64::try_from(self.target.at).unwrap_or(0) + 1;
        let counted = self.timings.get(lever).map_or(0, |timing| timing.counted(units, day));
        Points::from_micro(self.points.get(lever).copied().unwrap_or(0)).times(counted)
    }

    fn out_of(&self, hits: usize) -> Odds {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Odds { hits: count(hits), of: count(self.usual.len()) }
    }
}

fn add(totals: &mut [i64], drawn: &[i64], times: i64) {
    for (total, one) in totals.iter_mut().zip(drawn) {
        *total += one * times;
    }
}

fn reached(totals: &[i64], bar: i64) -> usize {
    totals.iter().filter(|total| **total >= bar).count()
}
