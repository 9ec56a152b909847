//! The one contract of every skill, native or plugin.

use serde::{Deserialize, Serialize};

use crate::{CallError, Context, Input, InputError, Manifest, Report};

/// One thing that a member of staff can do with a click.
#[async_trait::async_trait]
pub trait Skill: Send + Sync {
    /// What the skill is, what it may read, ask and propose. The host enforces it.
    fn manifest(&self) -> Manifest;

    /// Does the work. It may be called again for the same run after a crash: everything it learnt through the context is answered
    /// from the run's pinned mirror and journal, so the code itself need not be deterministic.
    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError>;
}

/// Why a skill gave no report. As JSON it is an object with one key: `{"failed": "…"}`, `{"blocked": "…"}`, `{"input": "…"}`, or
/// `{"call": {"error": "denied", "what": "orders"}}`.
#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillError {
    /// A call through the context failed; the host knows what to do with each kind.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The form's values make no sense for this shop. The text is for the merchant.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Something the merchant must supply first; the run ends as blocked. The text is one Chinese sentence with the way out.
    #[error("{0}")]
    Blocked(String),
    /// The skill cannot go on; the text is one Chinese sentence.
    #[error("{0}")]
    Failed(String),
}
