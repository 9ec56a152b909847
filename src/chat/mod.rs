//! The talk with a member of staff: a question, the tools that its role may use, an answer whose every figure has a source.
//!
//! [`Chat`] takes questions, [`record`] is what is kept of them, [`room`] keeps it, [`tools`] is THE list of what a model may ask for,
//! [`turn`] is the loop that lets it, [`used`] carries one of them out, [`answer`] is what may be shown at its end, [`route`] finds the fitting
//! skill where no model does ([`unaided`]), [`brief`] is what a model is told first.
//! There is no tool that decides or executes anything: a talk can only set off runs, and what those propose goes to a person as always.

mod answer;
mod brief;
mod config;
mod found;
mod reads;
mod record;
mod room;
mod route;
mod talks;
mod tools;
mod turn;
mod unaided;
mod used;
mod voice;

use async_trait::async_trait;

use crate::llm::ModelError;
use crate::llm::talk::{Account, Said, Tool, Turn};

pub use config::{ChatConfig, Hints};
pub use record::{Answer, Line, Named, Talk, What};
pub use room::{Room, Watcher};
pub use route::{Known, Way, route};
pub use talks::{Chat, ChatError, Ears};
pub(crate) use tools::form;
pub use voice::Voice;

/// The model as a talk needs it: one turn at a time.
#[async_trait]
pub trait Talker: Send + Sync {
    /// The model's name; none = answers are routed to a skill.
    fn model(&self) -> Option<String>;

    /// One turn. `hear` gets the words as they arrive; whatever is heard is unchecked and must not be shown.
    ///
    /// # Errors
    /// [`ModelError`], as the provider failed.
    async fn turn(
        &self,
        account: &Account,
        talk: &[Said],
        tools: &[Tool],
        hear: &(dyn for<'w> Fn(&'w str) + Send + Sync),
    ) -> Result<Turn, ModelError>;
}
