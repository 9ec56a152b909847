//! Versions of the contract between host and skill: which a skill was written for, and whether this host serves them.

use std::ops::RangeInclusive;

use super::sheet::Field;
use crate::plugin::fault::{Fault, shown};

/// Versions of the contract between host and skill that this host serves: its own and the one before.
pub const API: RangeInclusive<u32> = 1..=1;

/// `1` or `1-2`: the versions of the contract that a skill was tried with. One of them must be served here.
pub(super) fn check_api(field: &Field<'_>) -> Result<RangeInclusive<u32>, Fault> {
    let range = read_api(field.value).ok_or_else(|| {
        field.wrong(
            format!("{} is no version of the contract", shown(field.value)),
            "write \"1\", or a range as in \"1-2\"",
        )
    })?;
    if !served(&range) {
        let what =
            format!("{} is not served by this xiaoer, which serves {} to {}", field.value, API.start(), API.end());
        let mend = if range.start() > API.end() { "update xiaoer" } else { "ask the author for a newer version" };
        return Err(field.wrong(what, mend));
    }
    Ok(range)
}

/// Reads `1` or `1-2`.
#[must_use]
pub fn read_api(text: &str) -> Option<RangeInclusive<u32>> {
    let number = |text: &str| {
        let plain =
            !text.is_empty() && text.len() < 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = number(first)?..=number(last)?;
    (!range.is_empty()).then_some(range)
}

/// Whether this host serves one of these versions of the contract.
#[must_use]
pub fn served(range: &RangeInclusive<u32>) -> bool {
    range.start() <= API.end() && range.end() >= API.start()
}
