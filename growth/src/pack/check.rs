//! Reading a pack, and refusing one that contradicts itself.
//!
//! A wrong pack makes every card wrong in silence, so nothing is repaired or guessed here: the first fault is named
//! with its line and the pack is not used.

use std::collections::BTreeSet;

use super::line::{line_at, line_of};
use super::{Acceleration, Benefit, ErrorLimit, Formula, Gate, Judging, Level, Rhythm, RulePack};
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

fn fault<T>(field: impl Into<String>, why: impl Into<String>, chinese: impl Into<String>) -> Result<T, Contradiction> {
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

fn check_benefits(path: &str, benefits: &[Benefit]) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    for (at, benefit) in benefits.iter().enumerate() {
        let (field, name) = (format!("{path}[{at}]"), &benefit.name.value);
        if !seen.insert(name) {
            return fault(format!("{field}.name"), format!("{name} stands here twice"), format!("权益“{name}”重复"));
        }
        if name.trim().is_empty() {
            return fault(format!("{field}.name"), "must not be empty", "权益没有名称");
        }
        if let (Some(from), Some(to)) = (&benefit.valid_from, &benefit.valid_to)
            && to.value <= from.value
        {
            let why = format!("{name} ends before it begins");
            return fault(format!("{field}.valid_to"), why, format!("权益“{name}”的结束不晚于开始"));
        }
        let Some(amount) = &benefit.amount else { continue };
        if benefit.unit.is_empty() {
            let chinese = format!("权益“{name}”有数量没有单位");
            return fault(format!("{field}.amount"), "an amount needs a unit", chinese);
        }
        if amount.value.0.is_sign_negative() {
            return fault(format!("{field}.amount"), "must not be negative", "不能小于 0");
        }
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

fn check_size(field: &str, rate: &Figure<Points>, largest: Points) -> Result<(), Contradiction> {
    if rate.value < Points::ZERO {
        return fault(field, "must not be negative", "不能小于 0");
    }
    if rate.value > largest {
        return fault(field, format!("must be at most {largest}"), format!("不能大于 {largest}"));
    }
    Ok(())
}

fn check_levels(levels: &[Level]) -> Result<(), Contradiction> {
    match levels.first() {
        None => return fault("levels", "there is none", "没有等级"),
        Some(lowest) if lowest.threshold.value != Points::ZERO => {
            return fault("levels[0].threshold", "the lowest level must begin at 0", "最低等级须从 0 分开始");
        }
        Some(_) => {}
    }
    let mut seen = BTreeSet::new();
    for (at, level) in levels.iter().enumerate() {
        let field = format!("levels[{at}]");
        if !seen.insert(&level.id) {
            let why = format!("{} stands here twice", level.id);
            return fault(format!("{field}.id"), why, format!("等级 {} 重复", level.id));
        }
        check_size(&format!("{field}.threshold"), &level.threshold, LARGEST)?;
        check_gates(&field, &level.gates)?;
        check_benefits(&format!("{field}.benefits"), &level.benefits)?;
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
                format!(
                    "{} 的起始积分 {} 不高于 {} 的 {}",
                    above.id, above.threshold.value, below.id, below.threshold.value
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
            let why = format!("{} stands here twice", gate.id);
            return fault(format!("{field}.id"), why, format!("门槛“{}”重复", gate.name));
        }
        let conditions = [gate.at_least.is_some(), gate.at_most.is_some(), gate.any_mark.is_some()];
        if conditions.into_iter().filter(|set| *set).count() != 1 {
            let why = "needs exactly one of at_least, at_most and any_mark";
            return fault(field, why, "门槛须有且只有一个条件");
        }
        if gate.any_mark.as_ref().is_some_and(|marks| marks.value.is_empty()) {
            return fault(format!("{field}.any_mark"), "names no mark", "没有标识");
        }
        let bound = gate.at_least.as_ref().or(gate.at_most.as_ref()).map(|bound| bound.value.0);
        let share = bound.filter(|_| gate.unit == "%");
        if share.is_some_and(|share| share.is_sign_negative() || share > 100.into()) {
            return fault(field, "a share must lie between 0 and 100 %", "百分比须在 0 至 100 之间");
        }
    }
    Ok(())
}
