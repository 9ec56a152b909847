//! Makes a skill written in Rust a component: the same source is compiled in, or runs in the box.
//!
//! ```ignore
//! xiaoer_component::skill!(LowStock);
//! ```
//!
//! It only carries calls and answers across as the JSON of the sdk's types. It judges nothing: that is the host's.

#[doc(hidden)]
pub mod bindings {
    wit_bindgen::generate!({ world: "skill", path: "../wit", pub_export_macro: true });
}

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as Waiting, Poll, Waker};

use serde_json::{from_str, to_string};
use xiaoer_sdk::{Answer, Call, CallError, Context, Host, Skill, SkillError, async_trait};

use bindings::xiaoer::skill::host;

/// Exports a skill as the component's `run`.
#[macro_export]
macro_rules! skill {
    ($skill:expr) => {
        struct Exported;

        impl $crate::bindings::Guest for Exported {
            fn run(pin: String, input: String) -> Result<String, String> {
                $crate::run(&$skill, &pin, &input)
            }
        }

        $crate::bindings::export!(Exported with_types_in $crate::bindings);
    };
}

/// As the world's `run`, for [`skill!`].
///
/// # Errors
/// The JSON of the skill's [`SkillError`].
#[doc(hidden)]
pub fn run(skill: &dyn Skill, pin: &str, input: &str) -> Result<String, String> {
    let report = || -> Result<String, SkillError> {
        let cx = Context::new(from_str(pin).map_err(broken)?, Arc::new(Door));
        let report = ready(skill.run(&cx, from_str(input).map_err(broken)?))?;
        Ok(to_string(&report).map_err(broken)?)
    };
    report().map_err(|error| to_string(&error).unwrap_or_else(|error| format!("{{\"failed\":{:?}}}", error.to_string())))
}

struct Door;

#[async_trait]
impl Host for Door {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        match host::call(&to_string(&call).map_err(broken)?) {
            Ok(answer) => from_str(&answer).map_err(broken),
            Err(refused) => Err(from_str(&refused).unwrap_or_else(broken)),
        }
    }
}

fn broken(error: serde_json::Error) -> CallError {
    CallError::Broken { why: error.to_string() }
}

/// The host suspends the whole component while it answers, so a skill that waits for its context alone is ready when looked at.
fn ready(run: impl Future<Output = Result<xiaoer_sdk::Report, SkillError>>) -> Result<xiaoer_sdk::Report, SkillError> {
    match pin!(run).poll(&mut Waiting::from_waker(Waker::noop())) {
        Poll::Ready(report) => report,
        Poll::Pending => Err(SkillError::Failed("技能在等它的上下文以外的东西，在沙箱里等不到".into())),
    }
}
