//! The packs that come with the crate, and which of them a day is computed by.

use std::sync::LazyLock;

use chrono::NaiveDate;

use super::RulePack;

/// THE list. A new rule is a new file and a new line, never a change of an old one.
const TEXTS: [&str; 2] = [include_str!("../../packs/2024-11-08.toml"), include_str!("../../packs/2026-candidate.toml")];

static PACKS: LazyLock<Vec<RulePack>> = LazyLock::new(|| {
    let mut packs: Vec<RulePack> =
        TEXTS.iter().map(|text| RulePack::parse(text).expect("a test reads every embedded pack")).collect();
    packs.sort_by_key(|pack| pack.valid_from);
    packs
});

/// All embedded packs, the oldest first.
#[must_use]
pub fn packs() -> &'static [RulePack] {
    &PACKS
}

/// The embedded pack of this id.
#[must_use]
pub fn pack(id: &str) -> Option<&'static RulePack> {
    PACKS.iter().find(|pack| pack.id == id)
}

/// The pack that was in force on a day and `true`; where none was, the newest and `false`.
#[must_use]
pub fn pack_for(day: NaiveDate) -> (&'static RulePack, bool) {
    let in_force = PACKS.iter().rev().find(|pack| pack.in_force(day));
    let newest = PACKS.last().expect("the list of packs is not empty");
    (in_force.unwrap_or(newest), in_force.is_some())
}
