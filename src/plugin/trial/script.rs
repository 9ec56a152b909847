//! The model of a trial: its words stand in the fixture, and they are held to the same checks as a real model's.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fixture::Fixture;
use crate::llm::Cue;

/// How many answers were taken, by prompt.
#[derive(Debug, Default)]
pub(super) struct Script {
    taken: BTreeMap<String, usize>,
}

impl Script {
    /// How many answers were given in all: what a resumed run must not pay for again.
    pub(super) fn given(&self) -> usize {
        self.taken.values().sum()
    }

    /// The next answer to a prompt; none when the fixture has no more.
    pub(super) fn next(&mut self, fixture: &Fixture, prompt: &str) -> Option<Cue> {
        let Some(lines) = fixture.model.get(prompt) else { return Some(Cue::NoModel) };
        let taken = self.taken.entry(prompt.to_owned()).or_default();
        let cue = match lines.get(*taken)? {
            Value::Null => Cue::Silent,
            Value::String(words) => Cue::Words(words.clone()),
            value => Cue::Words(value.to_string()),
        };
        *taken += 1;
        Some(cue)
    }
}
