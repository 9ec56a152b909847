//! A run's life: from the click that is stored before anyone is told, to the report.
//!
//! [`Run`] is the record, [`state`] decides what may follow what, [`Runs`] accepts, lists and cancels, [`worker`] does the work under a
//! lease, [`gate`] says which of the skill's calls are
//! allowed and [`broker`] answers them, [`journal`] keeps what was paid for, [`events`] is what a watcher sees.
//! Nothing here knows a platform or a model: those come in as ports.

mod accept;
pub mod broker;
mod conclude;
pub mod events;
pub mod gate;
pub mod journal;
pub mod lease;
mod preflight;
pub mod state;
pub mod worker;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::{Event, Input};

use crate::plugin::grant::Identity;
pub use accept::{AcceptError, NewRun, Runs, new_id, sortable_id};
pub use state::{Ending, RunState};

/// One piece of work that a person, a schedule or an event asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Sorts by time of acceptance.
    pub id: String,
    /// Whose.
    pub shop: String,
    /// What is run.
    pub skill: String,
    /// Exactly which code, where it is a plugin's: however often the run is resumed and whatever is installed meanwhile.
    #[serde(default)]
    pub plugin: Option<Pinned>,
    /// The skill's title when it was accepted.
    pub title: String,
    /// The form's values, checked against the manifest.
    pub input: Input,
    /// What set it off.
    pub trigger: Trigger,
    /// The last complete day it is about.
    pub as_of: NaiveDate,
    /// The generation of the mirror that it reads, however often it is resumed.
    pub generation: u64,
    /// When it was accepted, in the shop's zone: the skill's clock.
    pub accepted: DateTime<FixedOffset>,
    /// Where it is.
    pub state: RunState,
    /// How often a worker began it.
    pub attempts: u32,
    /// Somebody wants it to stop.
    pub cancel_requested: bool,
    /// Why it may go no further, where it is not a wish but a word that was taken back: it ends as blocked and not as cancelled.
    #[serde(default)]
    pub barred: Option<String>,
    /// When it ended.
    pub ended: Option<DateTime<FixedOffset>>,
}

/// The code of a plugin that a run began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The key of its author, in hex; empty for a folder that nobody signed.
    pub author: String,
    /// Of everything that it consists of.
    pub digest: String,
}

impl Run {
    /// Whose wish it is, where a shop's audit names somebody: 助手 NAME.
    #[must_use]
    pub fn wished_by(&self) -> Option<String> {
        match &self.trigger {
            Trigger::Assistant { name } => Some(assistant_called(name)),
            Trigger::Person | Trigger::Schedule { .. } | Trigger::Event { .. } | Trigger::Chat { .. } => None,
        }
    }

    /// What started it, where events did.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        match &self.trigger {
            Trigger::Event { events } => events,
            Trigger::Person | Trigger::Schedule { .. } | Trigger::Chat { .. } | Trigger::Assistant { .. } => &[],
        }
    }

    /// The plugin that is run; none for a built-in skill.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        let Pinned { author, .. } = self.plugin.as_ref()?;
        Some(Identity { author: author.clone(), name: self.skill.clone() })
    }
}

/// What an assistant is called where somebody is named: 助手 NAME.
#[must_use]
pub fn assistant_called(name: &str) -> String {
    format!("助手 {name}")
}

/// What set a run off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Trigger {
    /// A person in the console or over the API.
    Person,
    /// A schedule's slot.
    Schedule {
        /// The schedule's name in `agents.toml`.
        schedule: String,
        /// The slot's civil time.
        slot: String,
        /// It ran after its time.
        late: bool,
    },
    /// What happened in the shop.
    Event {
        /// What the plugin is told, the oldest first; few enough to stand here.
        events: Vec<Event>,
    },
    /// A question to a member of staff.
    Chat {
        /// The talk.
        talk: String,
    },
    /// Somebody else's assistant, with a token of its own.
    Assistant {
        /// What the merchant calls it.
        name: String,
    },
}
