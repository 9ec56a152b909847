//! Reading a pack, and refusing one that contradicts itself.
//!
//! A wrong pack makes every card wrong in silence, so nothing is repaired or guessed here: the first fault is named
//! with its line and the pack is not used.

use std::collections::BTreeSet;

use super::check_levels::{check_benefits, check_levels};
use super::line::{line_at, line_of};
use super::{Acceleration, ErrorLimit, Formula, Judging, Rhythm, RulePack};
use crate::figure::Figure;
use crate::points::Points;

/// Largest rate or threshold that is believed: keeps every product inside its range.
pub(super) const LARGEST: Points = Points::whole(10_000_000);
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
    /// The same in Chinese, for a merchant whose correction is refused.
    pub chinese: String,
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
            return fault("valid_to", "is not after valid_from", "失效日不晚于生效日");
        }
        if !(1..=366).contains(&self.window.days.value) {
            return fault("window.days", "must be between 1 and 366", "统计窗口须为 1 至 366 天");
        }
        if self.window.lag_days.value > 31 {
            return fault("window.lag_days", "must be at most 31", "滞后最多 31 天");
        }
        if let Some(period) = &self.protection
            && period.value.to <= period.value.from
        {
            return fault("protection", "ends before it begins", "保护期的结束早于开始");
        }
        if self.protection.as_ref().is_some_and(|period| period.value.from < self.valid_from) {
            return fault("protection", "begins before the rules themselves", "保护期早于规则生效日");
        }
        let reading = self.reading.acceleration.value;
        check_formula("consumer", &self.consumer, reading)?;
        check_formula("industrial", &self.industrial, reading)?;
        check_judging(&self.judging)?;
        check_limit(&self.calibration)?;
        check_benefits("benefits", &self.benefits)?;
        check_levels(&self.levels)
    }
}

pub(super) fn fault<T>(
    field: impl Into<String>,
    why: impl Into<String>,
    chinese: impl Into<String>,
) -> Result<T, Contradiction> {
    Err(Contradiction { field: field.into(), why: why.into(), chinese: chinese.into() })
}

fn check_judging(judging: &Judging) -> Result<(), Contradiction> {
    if let Some(day) = &judging.day_of_month {
        if judging.rhythm.value != Rhythm::Monthly {
            let why = "a day of the month needs judging.rhythm monthly";
            return fault("judging.day_of_month", why, "只有每月评定才有评定日");
        }
        if !(1..=31).contains(&day.value) {
            return fault("judging.day_of_month", "must be between 1 and 31", "评定日须为 1 至 31 号");
        }
    }
    if judging.hour.as_ref().is_some_and(|hour| hour.value > 23) {
        return fault("judging.hour", "must be between 0 and 23", "评定时间须为 0 至 23 点");
    }
    Ok(())
}

fn check_limit(limit: &ErrorLimit) -> Result<(), Contradiction> {
    check_size("calibration.limit_points", &limit.limit_points, LARGEST)?;
    let percent = limit.limit_percent.value.0;
    if percent.is_sign_negative() || percent > 100.into() {
        return fault("calibration.limit_percent", "must lie between 0 and 100 %", "百分比须在 0 至 100 之间");
    }
    if !(1..=12).contains(&limit.after.value) {
        return fault("calibration.after", "must be between 1 and 12", "次数须为 1 至 12");
    }
    Ok(())
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
            let why = "a rate for 1000 yuan has at most one decimal place";
            return fault(field, why, "每 1000 元的分值最多一位小数");
        }
    }
    if reading == Acceleration::InAll {
        let pairs = [("marketing", &formula.marketing, &formula.base), ("scene", &formula.scene, &formula.turnover)];
        for (key, whole, part) in pairs {
            if whole.value < part.value {
                let why = "is below the basic rate, which it contains by reading.acceleration";
                let chinese = "加速按“已包含基础分”计算，不能低于基础分值";
                return fault(format!("{name}.{key}"), why, chinese);
            }
        }
    }
    let caps = &formula.caps;
    let caps =
        [("base", &caps.base), ("turnover", &caps.turnover), ("marketing", &caps.marketing), ("scene", &caps.scene)];
    for (key, cap) in caps {
        if let Some(cap) = cap {
            check_size(&format!("{name}.caps.{key}"), cap, LARGEST)?;
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
                let why = format!("the mark {kind} stands here twice");
                return fault(format!("{field}.kind"), why, format!("标识“{kind}”重复"));
            }
        }
    }
    Ok(())
}

pub(super) fn check_size(field: &str, rate: &Figure<Points>, largest: Points) -> Result<(), Contradiction> {
    if rate.value < Points::ZERO {
        return fault(field, "must not be negative", "不能小于 0");
    }
    if rate.value > largest {
        return fault(field, format!("must be at most {largest}"), format!("不能大于 {largest}"));
    }
    Ok(())
}
