//! Reading a pack, and refusing one that contradicts itself.
//!
//! A wrong pack makes every card wrong in silence, so nothing is repaired or guessed here: the first fault is named
//! with its line and the pack is not used.

use std::collections::BTreeSet;

use super::line::{line_at, line_of};
use super::{Acceleration, Formula, Gate, Level, RulePack};
use crate::figure::Figure;
use crate::points::Points;

/// Largest rate or threshold that is believed: keeps every product inside its range.
const LARGEST: Points = Points::whole(10_000_000);
/// Largest rate of a buyer, an inquiry or 1000 yuan that is believed.
const LARGEST_RATE: Points = Points::whole(10_000);
/// Fen in 1000 yuan.
const FEN_IN_THOUSAND: i64 = 100_000;

/// Two figures of a pack that cannot both hold, or one that cannot hold at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Contradiction {
    /// Path of the field (`levels[2].threshold`).
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

/// Why a pack was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Not TOML, an unknown key, a missing key or a value of the wrong kind.
    #[error("rule pack, line {line}: {message}")]
    Malformed {
        /// Line of the text, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Well formed, but it cannot hold.
    #[error("rule pack, line {line}: {fault}")]
    Contradicts {
        /// Line of the text, from 1.
        line: usize,
        /// The field and what is wrong with it.
        fault: Contradiction,
    },
}

impl RulePack {
    /// Reads a pack from TOML.
    ///
    /// # Errors
    /// [`PackError::Malformed`] for unknown keys too; [`PackError::Contradicts`] as by [`RulePack::check`].
    pub fn parse(text: &str) -> Result<RulePack, PackError> {
        let pack: RulePack = toml::from_str(text).map_err(|error| PackError::Malformed {
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        pack.check().map_err(|fault| PackError::Contradicts { line: line_of(text, &fault.field), fault })?;
        Ok(pack)
    }

    /// Whether the figures can hold together; to be asked again after a merchant corrected one.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check(&self) -> Result<(), Contradiction> {
        if self.valid_to.is_some_and(|end| end <= self.valid_from) {
            return fault("valid_to", "is not after valid_from");
        }
        if !(1..=366).contains(&self.window.days.value) {
            return fault("window.days", "must be between 1 and 366");
        }
        if self.window.lag_days.value > 31 {
            return fault("window.lag_days", "must be at most 31");
        }
        if let Some(period) = &self.protection
            && period.value.to <= period.value.from
        {
            return fault("protection", "ends before it begins");
        }
        let reading = self.reading.acceleration.value;
        check_formula("consumer", &self.consumer, reading)?;
        check_formula("industrial", &self.industrial, reading)?;
        check_levels(&self.levels)
    }
}

fn fault<T>(field: impl Into<String>, why: impl Into<String>) -> Result<T, Contradiction> {
    Err(Contradiction { field: field.into(), why: why.into() })
}

fn check_formula(name: &str, formula: &Formula, reading: Acceleration) -> Result<(), Contradiction> {
    let rates = [
        ("base", &formula.base),
        ("turnover", &formula.turnover),
        ("marketing", &formula.marketing),
        ("scene", &formula.scene),
    ];
    for (key, rate) in rates {
        check_size(&format!("{name}.{key}"), rate, LARGEST_RATE)?;
    }
    for (key, rate) in [("turnover", &formula.turnover), ("scene", &formula.scene)] {
        // A fen must bring a whole number of millionths, or sums over orders would not be exact.
        if rate.value.micro() % FEN_IN_THOUSAND != 0 {
            let field = format!("{name}.{key}");
            return fault(field, "a rate for 1000 yuan has at most one decimal place");
        }
    }
    if reading == Acceleration::InAll {
        let pairs = [("marketing", &formula.marketing, &formula.base), ("scene", &formula.scene, &formula.turnover)];
        for (key, whole, part) in pairs {
            if whole.value < part.value {
                let why = "is below the basic rate, which it contains by reading.acceleration";
                return fault(format!("{name}.{key}"), why);
            }
        }
    }
    let mut seen = BTreeSet::new();
    for (at, mark) in formula.marks.iter().enumerate() {
        let field = format!("{name}.marks[{at}]");
        if let Some(points) = &mark.points {
            check_size(&format!("{field}.points"), points, LARGEST)?;
        }
        for kind in std::iter::once(&mark.kind).chain(&mark.also) {
            if !seen.insert(kind) {
                return fault(format!("{field}.kind"), format!("the mark {kind} stands here twice"));
            }
        }
    }
    Ok(())
}

fn check_size(field: &str, rate: &Figure<Points>, largest: Points) -> Result<(), Contradiction> {
    if rate.value < Points::ZERO {
        return fault(field, "must not be negative");
    }
    if rate.value > largest {
        return fault(field, format!("must be at most {largest}"));
    }
    Ok(())
}

fn check_levels(levels: &[Level]) -> Result<(), Contradiction> {
    match levels.first() {
        None => return fault("levels", "there is none"),
        Some(lowest) if lowest.threshold.value != Points::ZERO => {
            return fault("levels[0].threshold", "the lowest level must begin at 0");
        }
        Some(_) => {}
    }
    let mut seen = BTreeSet::new();
    for (at, level) in levels.iter().enumerate() {
        let field = format!("levels[{at}]");
        if !seen.insert(&level.id) {
            return fault(format!("{field}.id"), format!("{} stands here twice", level.id));
        }
        check_size(&format!("{field}.threshold"), &level.threshold, LARGEST)?;
        check_gates(&field, &level.gates)?;
    }
    for (at, pair) in levels.windows(2).enumerate() {
        let [below, above] = pair else { continue };
        if above.threshold.value <= below.threshold.value {
            return fault(
                format!("levels[{}].threshold", at + 1),
                format!(
                    "{} begins at {}, which is not above the {} of {}",
                    above.id, above.threshold.value, below.threshold.value, below.id
                ),
            );
        }
    }
    Ok(())
}

fn check_gates(level: &str, gates: &[Gate]) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    for (at, gate) in gates.iter().enumerate() {
        let field = format!("{level}.gates[{at}]");
        if !seen.insert(&gate.id) {
            return fault(format!("{field}.id"), format!("{} stands here twice", gate.id));
        }
        let conditions = [gate.at_least.is_some(), gate.at_most.is_some(), gate.any_mark.is_some()];
        if conditions.into_iter().filter(|set| *set).count() != 1 {
            return fault(field, "needs exactly one of at_least, at_most and any_mark");
        }
        if gate.any_mark.as_ref().is_some_and(|marks| marks.value.is_empty()) {
            return fault(format!("{field}.any_mark"), "names no mark");
        }
        let bound = gate.at_least.as_ref().or(gate.at_most.as_ref()).map(|bound| bound.value.0);
        let share = bound.filter(|_| gate.unit == "%");
        if share.is_some_and(|share| share.is_sign_negative() || share > 100.into()) {
            return fault(field, "a share must lie between 0 and 100 %");
        }
    }
    Ok(())
}
