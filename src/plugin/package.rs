//! What a plugin consists of. Plain data, read whole and never changed: two packages of one digest are the same plugin.

use std::collections::BTreeMap;

use xiaoer_sdk::Manifest;

/// A plugin as its author wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// What it declares: the most it may do.
    pub manifest: Manifest,
    /// The text of SKILL.md below the front matter: for a prompt-only skill, what the model is told.
    pub body: String,
    /// What runs.
    pub code: Code,
    /// Its prompts by name, in the form of `prompts/`.
    pub prompts: BTreeMap<String, String>,
    /// Every file by its path, SKILL.md among them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// SHA-256 over all paths and bytes, in hex: what a run pins.
    pub digest: String,
}

/// What runs when the skill is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nothing of its own: the model is asked with the declared reads as facts.
    Prompt,
    /// The text of an ES module.
    Script(String),
    /// A WebAssembly component for `sdk/wit`.
    Component(Vec<u8>),
}

impl Code {
    /// The file that it stands in.
    #[must_use]
    pub fn file(&self) -> &'static str {
        match self {
            Self::Prompt => "SKILL.md",
            Self::Script(_) => "index.js",
            Self::Component(_) => "skill.wasm",
        }
    }
}
