//! Estimates that learn from what earlier plans brought.
//!
//! One odd month must not overturn what is believed: the first estimate weighs as much as [`PRIOR`] measured plans,
//! and no single plan counts for more than twice what it promised.

use super::entry::part;
use super::lever::{Amount, Basis, Lever, Levers, Origin, WHOLE};
use super::record::Realised;

/// Measured plans that the first estimate weighs as much as.
const PRIOR: i64 = 4;
/// Most that one plan counts for, per mille of what was estimated.
const MOST: i64 = 2000;
/// No outcome is ever certain: narrower than this, no spread is learned.
const NARROWEST: i64 = 50;

/// Levers as they were estimated, corrected by every plan that was measured.
///
/// Hand in fresh estimates and the whole record each time: what was learned once is not learned twice.
#[must_use]
pub fn learn(levers: &Levers, record: &[Realised]) -> Levers {
    let learned = levers.levers.iter().map(|lever| {
        let seen: Vec<i64> = record.iter().filter(|row| row.lever == lever.id).map(observed).collect();
        if seen.is_empty() { lever.clone() } else { corrected(lever, &seen) }
    });
    Levers { levers: learned.collect(), excluded: levers.excluded.clone() }
}

/// What came true of the first estimate: the promise was already cut down by what had been learned before.
fn observed(row: &Realised) -> i64 {
    part(i64::from(row.ratio), i64::from(row.success), i64::from(WHOLE)).clamp(0, MOST)
}

fn corrected(lever: &Lever, seen: &[i64]) -> Lever {
    let times = i64::try_from(seen.len()).unwrap_or(i64::MAX);
    let blend = |before: u32, sum: i64| (i64::from(before) * PRIOR + sum) / (PRIOR + times);
    let success = blend(lever.success, seen.iter().sum());
    // In a triangle of a half width, outcomes lie a third of it off on average.
    let off = |one: &i64| part((one - success).abs() * 3, i64::from(WHOLE), success);
    let spread = blend(lever.spread, seen.iter().map(off).sum()).clamp(NARROWEST, i64::from(WHOLE));
    let per_mille = |value: i64| u32::try_from(value).unwrap_or(WHOLE);
    let mut corrected = Lever { success: per_mille(success), spread: per_mille(spread), ..lever.clone() };
    let origin = Origin::Learned { times: u32::try_from(seen.len()).unwrap_or(u32::MAX) };
    let said = [("以往计划的兑现率", corrected.success), ("效果的上下浮动", corrected.spread)];
    corrected.basis.retain(|basis| said.iter().all(|(what, _)| basis.what != *what));
    let basis = said.map(|(what, value)| Basis { what: what.to_owned(), figure: Amount::PerMille(value), origin });
    corrected.basis.extend(basis);
    corrected
}
