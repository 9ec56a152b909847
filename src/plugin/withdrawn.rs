//! What was taken back from a plugin: a version, the key that signed it, or a shop's grant. THE place that is asked before a proposal of
//! one goes on: by the page that shows it, by the desk that takes a yes, and by the executor before it begins. It takes nothing back, and
//! it marks no action: what holds is read from the records of the shelf and of the grants each time, so no crash can lose a word of it and
//! a grant that is given again counts at once.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::grant::Grants;
use super::shelf::Shelf;
use crate::action::Action;
use crate::db::{Batch, DbError};
use crate::run::Runs;

/// Who withdrew what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    /// The version, by where it was published.
    #[serde(alias = "这个版本已被作者吊销")]
    Version,
    /// The key that signed it, by its index or by this installation's owner.
    #[serde(alias = "签名密钥已作废")]
    Key,
    /// The shop's grant, by the merchant; it may be given again.
    Grant,
}

/// Whether something that a plugin proposed may go on: then with what has to hold still when that is committed.
pub type Stands = Result<Batch, Withdrawn>;

/// Looks up what was taken back.
#[derive(Clone)]
pub struct Withdrawals {
    runs: Runs,
    shelf: Arc<Shelf>,
    grants: Grants,
}

impl Withdrawn {
    /// What happened, for the merchant; a part of a sentence.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Version => "这个插件的版本已被撤回",
            Self::Key => "作者的密钥已被撤回",
            Self::Grant => "店铺收回了它的权限",
        }
    }

    /// Why a proposal cannot be approved, and what can be done about it.
    #[must_use]
    pub fn of_proposal(self) -> String {
        let rest = match self {
            Self::Version | Self::Key => "这个插件提出的修改只能拒绝，不能批准",
            Self::Grant => "这个插件提出的修改只能拒绝；在“插件”页重新授权以后才能批准",
        };
        format!("{}，{rest}", self.what())
    }

    /// Why a version may not be installed again.
    #[must_use]
    pub fn of_version(self) -> &'static str {
        match self {
            Self::Version | Self::Grant => "这个版本已被作者吊销",
            Self::Key => "签名密钥已作废",
        }
    }
}

impl Withdrawals {
    /// Over what is known of runs, of code and of grants.
    #[must_use]
    pub fn new(runs: Runs, shelf: Arc<Shelf>, grants: Grants) -> Self {
        Self { runs, shelf, grants }
    }

    /// Whether an action may go on. Its run says whose word it is, so a built-in skill's and a person's own always may.
    ///
    /// # Errors
    /// As the database.
    pub async fn of(&self, action: &Action) -> Result<Stands, DbError> {
        let run = if action.run.is_empty() { None } else { self.runs.get(&action.shop, &action.run).await? };
        let Some((pinned, identity)) = run.and_then(|run| run.plugin.clone().zip(run.identity())) else {
            return Ok(Ok(Batch::new()));
        };
        let code = match self.shelf.stands(&pinned.digest).await? {
            Ok(code) => code,
            Err(withdrawn) => return Ok(Err(withdrawn)),
        };
        Ok(self.grants.stands(&action.shop, &identity).await?.map(|grant| code.and(grant)))
    }
}
