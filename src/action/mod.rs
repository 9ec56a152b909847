//! What a report proposes, on its way to the shop: proposed, decided, executed, settled, undone.
//!
//! [`state`], [`kind`], [`guardrail`] and [`policy`] are pure; [`plan`] makes actions of a report's proposals, [`desk`] takes people's decisions,
//! [`execute`] does what was approved. A proposal never holds its run, and nothing here happens twice.

pub mod checks;
pub mod desk;
pub mod execute;
pub mod ground;
pub mod guardrail;
pub mod kind;
pub mod origin;
pub mod plan;
pub mod policy;
pub mod state;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use xiaoer_sdk::Change;

use crate::db::{Batch, Key, Table};
pub use origin::Origin;
pub use state::ActionState;

/// One change to the shop and its whole life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Sorts by time; the same proposal of the same run has the same id.
    pub id: String,
    /// Whose shop.
    pub shop: String,
    /// The run that proposed it; empty for an undo.
    pub run: String,
    /// The skill that proposed it.
    pub skill: String,
    /// The proposal's key within the report.
    pub key: String,
    /// What is to change.
    pub change: Change,
    /// The object's name, as the shop shows it.
    pub object: String,
    /// What the changed field held when it was proposed, as text. The approval binds to it.
    pub before: String,
    /// The change that would put the object back as it was; it is part of what was seen, like `before`.
    pub back: Option<Change>,
    /// Why, figures filled in.
    pub why: String,
    /// What it should bring, figures filled in.
    pub expected: String,
    /// Where it is.
    pub state: ActionState,
    /// When it was proposed.
    pub proposed: DateTime<FixedOffset>,
    /// No answer until then means no.
    pub expires: DateTime<FixedOffset>,
    /// Who decided, and when.
    pub decided: Option<Decision>,
    /// The action that this one takes back.
    pub undo_of: Option<String>,
    /// Whose word it is.
    #[serde(default)]
    pub origin: Origin,
    /// Counts the changes of this record; names its audit rows.
    pub version: u64,
}

/// A person's or the policy's yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The hash of what was shown, see [`Action::hash`].
    pub hash: String,
}

/// One line of the audit: who did what to which action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// A person, `助手 NAME`, `policy` or `xiaoer`.
    pub by: String,
    /// What happened, in Chinese.
    pub what: String,
    /// The action.
    pub action: String,
    /// The hash of the arguments at that moment.
    pub hash: String,
}

impl Action {
    /// Binds a decision to exactly what was shown: the shop, the arguments and the value they replace. Any edit has another hash.
    #[must_use]
    pub fn hash(&self) -> String {
        let shown = (&self.shop, &self.id, &self.change, &self.before);
        let text = serde_json::to_vec(&shown).expect("an action is plain data");
        hex::encode(Sha256::digest(&text))
    }

    /// The text of the changed field afterwards.
    #[must_use]
    pub fn after(&self) -> String {
        crate::shop::wanted(&self.change)
    }

    /// The change that takes this one back; none where the platform lets one not.
    #[must_use]
    pub fn reverse(&self) -> Option<&Change> {
        match kind::meaning(self.change.kind()).undo {
            kind::Undo::Back => self.back.as_ref(),
            kind::Undo::Never(_) => None,
        }
    }

    /// The batch that replaces `before` by `self` with an audit row, keeping the worker's list right.
    pub(crate) fn update(mut self, before: &Self, row: (DateTime<FixedOffset>, &str, &str)) -> (Self, Batch) {
        self.version = before.version + 1;
        let batch = self.store(row).expect(Table::Actions, key(&self.shop, &self.id), before);
        (self, batch)
    }

    /// The batch that stores a new action with its first audit row.
    pub(crate) fn create(&self, row: (DateTime<FixedOffset>, &str, &str)) -> Batch {
        self.store(row).expect_absent(Table::Actions, key(&self.shop, &self.id))
    }

    fn store(&self, (at, by, what): (DateTime<FixedOffset>, &str, &str)) -> Batch {
        let row = AuditRow { at, by: by.into(), what: what.into(), action: self.id.clone(), hash: self.hash() };
        let batch = Batch::new().put(Table::Actions, key(&self.shop, &self.id), self).put(
            Table::Audit,
            Key::of(&self.shop).part(&self.id).number(self.version),
            &row,
        );
        let due = Key::of(&self.shop).part(&self.id);
        if self.state.is_due() { batch.put(Table::DueActions, due, &()) } else { batch.delete(Table::DueActions, due) }
    }
}

pub(crate) fn key(shop: &str, action: &str) -> Key {
    Key::of(shop).part(action)
}
