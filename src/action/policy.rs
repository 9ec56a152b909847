//! Who decides about a kind of action. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xiaoer_sdk::ActionKind;

use super::Origin;
use super::kind::meaning;

/// `[policy]` of `agents.toml`: kind → who decides. A kind that is not named needs a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Policy(pub BTreeMap<ActionKind, Rule>);

/// Who decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Executed without asking.
    Automatic,
    /// A person decides.
    #[default]
    Approve,
    /// Not done at all.
    Never,
}

impl Policy {
    /// Who decides about a kind. What binds the merchant to somebody is never automatic, whatever is set; nor is what a plugin says.
    #[must_use]
    pub fn rule(&self, kind: ActionKind, origin: Origin) -> Rule {
        match self.0.get(&kind).copied().unwrap_or_default() {
            Rule::Automatic if meaning(kind).binds || origin.is_plugin() => Rule::Approve,
            rule => rule,
        }
    }
}
