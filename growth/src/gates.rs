//! Levels: by points, and as far as their gates are known.
//!
//! A gate without a value is neither passed nor failed. Reading an unknown gate as passed would promise a level that
//! the platform does not grant.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::card::{LevelRange, NextLevel};
use crate::figure::Confidence;
use crate::inputs::{Inputs, held_names};
use crate::pack::{Gate, Level, RulePack};
use crate::points::Points;

/// How a gate compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The value must reach the threshold.
    AtLeast,
    /// The value must not be above the threshold.
    AtMost,
    /// One of the named marks must be held.
    AnyMark,
}

/// A gate of a level and how the shop stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRow {
    /// The level that asks for it.
    pub level: String,
    /// Its id: the key of the entered value.
    pub gate: String,
    /// Its name in Chinese.
    pub name: String,
    /// How it compares.
    pub compare: Compare,
    /// The bound, or the marks parted by `/`.
    pub threshold: String,
    /// Unit of bound and value.
    pub unit: String,
    /// What was entered, or the mark that is held.
    pub value: Option<String>,
    /// Whether it holds; `None` while not known.
    pub ok: Option<bool>,
    /// By how much it fails.
    pub short_by: Option<Decimal>,
    /// Class of the bound.
    pub confidence: Confidence,
}

/// The points a shop has for certain, is known to have, and can have at most, if that has a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    pub(crate) low: Points,
    pub(crate) known: Points,
    pub(crate) high: Option<Points>,
}

/// Where a shop stands among the levels. Numbers are positions in the pack's list.
pub(crate) struct Standing<'a> {
    levels: &'a [Level],
    by_points: usize,
    certain: usize,
    not_ruled_out: usize,
    possible: Option<usize>,
    rows: Vec<GateRow>,
}

/// The level that so many points reach.
pub(crate) fn level_at(levels: &[Level], points: Points) -> usize {
    levels.iter().rposition(|level| level.threshold.value <= points).unwrap_or(0)
}

impl<'a> Standing<'a> {
    pub(crate) fn find(pack: &'a RulePack, inputs: &Inputs, day: NaiveDate, reach: Reach) -> Standing<'a> {
        let levels = pack.levels.as_slice();
        let by_points = level_at(levels, reach.known);
        let held = held_names(inputs, day);
        let rows: Vec<Vec<GateRow>> = levels
            .iter()
            .map(|level| level.gates.iter().map(|gate| row(level, gate, inputs, &held)).collect())
            .collect();
        let cumulative = pack.reading.gates_cumulative.value;
        let passed = |row: &GateRow| row.ok == Some(true);
        let not_failed = |row: &GateRow| row.ok != Some(false);
        let certain = highest(&rows, level_at(levels, reach.low), cumulative, passed);
        let not_ruled_out = highest(&rows, by_points, cumulative, not_failed);
        let possible = reach.high.map(|high| highest(&rows, level_at(levels, high), cumulative, not_failed));
        let rows = rows.into_iter().take(by_points + 2).flatten().collect();
        Standing { levels, by_points, certain, not_ruled_out, possible, rows }
    }

    pub(crate) fn level(&self) -> String {
        self.id(self.by_points)
    }

    pub(crate) fn confirmed(&self) -> bool {
        self.certain == self.by_points && self.possible == Some(self.by_points)
    }

    /// The highest level up to the known points that no known gate rules out, and whether nothing can change it.
    pub(crate) fn not_ruled_out(&self) -> (usize, bool) {
        let at = self.not_ruled_out;
        (at, self.certain == at && self.possible == Some(at))
    }

    pub(crate) fn open(&self) -> Option<LevelRange> {
        let high = self.possible.map(|level| self.id(level));
        (!self.confirmed()).then(|| LevelRange { low: self.id(self.certain), high })
    }

    pub(crate) fn next(&self, points: Points) -> Option<NextLevel> {
        let next = self.levels.get(self.by_points + 1)?;
        let threshold = next.threshold.value;
        Some(NextLevel { level: next.id.clone(), threshold, gap: threshold - points })
    }

    /// Gates that the level by points rests on and that have no value yet.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &GateRow> {
        let reached = self.levels.iter().take(self.by_points + 1);
        let names: Vec<&str> = reached.map(|level| level.id.as_str()).collect();
        self.rows.iter().filter(move |row| row.ok.is_none() && names.contains(&row.level.as_str()))
    }

    pub(crate) fn into_rows(self) -> Vec<GateRow> {
        self.rows
    }

    fn id(&self, level: usize) -> String {
        self.levels.get(level).map(|level| level.id.clone()).unwrap_or_default()
    }
}

/// The highest level up to `top` whose gates all satisfy `holds`; the lowest level needs none.
fn highest(rows: &[Vec<GateRow>], top: usize, cumulative: bool, holds: impl Fn(&GateRow) -> bool) -> usize {
    let mut open = rows.iter().take(top + 1).map(|gates| gates.iter().all(&holds)).enumerate();
    let found = if cumulative { open.take_while(|(_, holds)| *holds).last() } else { open.rfind(|(_, holds)| *holds) };
    found.map_or(0, |(level, _)| level)
}

fn row(level: &Level, gate: &Gate, inputs: &Inputs, held: &BTreeSet<&str>) -> GateRow {
    let mut row = GateRow {
        level: level.id.clone(),
        gate: gate.id.clone(),
        name: gate.name.clone(),
        compare: Compare::AnyMark,
        threshold: String::new(),
        unit: gate.unit.clone(),
        value: None,
        ok: None,
        short_by: None,
        confidence: Confidence::Candidate,
    };
    let entered = inputs.gates.get(&gate.id).copied();
    row.value = entered.map(|value| value.normalize().to_string());
    if let Some(bound) = &gate.at_least {
        row.compare = Compare::AtLeast;
        judge(&mut row, bound.value.0, entered.map(|value| bound.value.0 - value));
        row.confidence = bound.confidence;
    } else if let Some(bound) = &gate.at_most {
        row.compare = Compare::AtMost;
        judge(&mut row, bound.value.0, entered.map(|value| value - bound.value.0));
        row.confidence = bound.confidence;
    } else if let Some(marks) = &gate.any_mark {
        let found = marks.value.iter().find(|kind| held.contains(kind.as_str()));
        row.threshold = marks.value.join("/");
        row.value = found.cloned();
        row.ok = match found {
            Some(_) => Some(true),
            None => inputs.marks_known.then_some(false),
        };
        row.confidence = marks.confidence;
    }
    row
}

/// Writes down a bound and, where a value was entered, by how much it lies on the wrong side.
fn judge(row: &mut GateRow, bound: Decimal, wrong_by: Option<Decimal>) {
    row.threshold = bound.normalize().to_string();
    row.ok = wrong_by.map(|by| by <= Decimal::ZERO);
    row.short_by = wrong_by.filter(|by| *by > Decimal::ZERO).map(|by| by.normalize());
}
