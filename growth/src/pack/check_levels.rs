//! Whether levels, their gates and their benefits can hold together. Nothing is repaired here.

use std::collections::BTreeSet;

use super::check::{Contradiction, LARGEST, check_size, fault};
use super::{Benefit, Gate, Level};
use crate::points::Points;

pub(super) fn check_benefits(path: &str, benefits: &[Benefit]) -> Result<(), Contradiction> {
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

pub(super) fn check_levels(levels: &[Level]) -> Result<(), Contradiction> {
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
