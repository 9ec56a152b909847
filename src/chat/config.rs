//! `[chat]` of agents.toml: how far a turn may go, and what each skill is asked with.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[chat]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatConfig {
    /// Most turns of the model for one question.
    pub steps: u32,
    /// Longest time for one question.
    #[serde(with = "humantime_serde")]
    pub time: Duration,
    /// Most characters that a model is given and writes for one question, all its turns together.
    pub characters: usize,
    /// Longest question, in characters.
    pub longest: usize,
    /// `[chat.skills.<name>]`: how a question finds its skill.
    #[serde(default)]
    pub skills: BTreeMap<String, Hints>,
}

/// What a question for a skill sounds like.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// Words that such a question holds.
    pub words: Vec<String>,
    /// One such question, offered to whoever does not know what to ask.
    #[serde(default)]
    pub question: Option<String>,
}
