//! A package as a skill: whatever it is written in, everything above sees a [`Skill`] and knows no difference.
//!
//! What code in the box hands back is a stranger's text. It becomes a report only through [`report`], and an error only in the forms that
//! cannot be mistaken for the host's own.

use std::sync::Arc;

use xiaoer_sdk::{CallError, Context, Input, InputError, Manifest, Report, Skill, SkillError};

use super::sandbox::{Code as Compiled, Given, Refused, Room, Sandbox, Stop, limits};
use super::{Code, Package};

mod prompt;
mod report;

/// Makes a skill of a package; the text says what is wrong with it, for its author, and begins with the file.
pub type Make = Arc<dyn Fn(Arc<Package>) -> Result<Arc<dyn Skill>, String> + Send + Sync>;

/// Makes skills that run in this box. It blocks, as [`of`] does.
#[must_use]
pub fn maker(sandbox: Sandbox) -> Make {
    Arc::new(move |package| {
        let file = package.code.file();
        of(package, &sandbox).map_err(|refused| format!("{file}: {refused}"))
    })
}

/// Makes a package a skill. Compiling takes seconds: call it from a blocking thread.
///
/// # Errors
/// [`Refused`], for its author.
pub fn of(package: Arc<Package>, sandbox: &Sandbox) -> Result<Arc<dyn Skill>, Refused> {
    let code = match &package.code {
        Code::Prompt => return Ok(Arc::new(prompt::PromptOnly(package))),
        Code::Script(source) => {
            sandbox.check(source)?;
            sandbox.runner()?
        }
        Code::Component(bytes) => Arc::new(sandbox.load(bytes)?),
    };
    Ok(Arc::new(Boxed { package, code, room: Room::default() }))
}

/// A skill that runs in the box.
struct Boxed {
    package: Arc<Package>,
    code: Arc<Compiled>,
    room: Room,
}

#[xiaoer_sdk::async_trait]
impl Skill for Boxed {
    fn manifest(&self) -> Manifest {
        self.package.manifest.clone()
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        let json = |value: Result<String, serde_json::Error>| value.map_err(|error| self.failed(&error.to_string()));
        let (pin, input) = (json(serde_json::to_string(cx.pin()))?, json(serde_json::to_string(&input))?);
        let script = match &self.package.code {
            Code::Script(source) => Some(source.as_str()),
            Code::Prompt | Code::Component(_) => None,
        };
        let given = Given { script, pin: &pin, input: &input };
        let outcome = self.code.run(&self.room, given, Arc::clone(cx.host())).await;
        let outcome = outcome.map_err(|stop| self.stopped(stop))?;
        match outcome.said {
            Ok(text) => report::read(&text, cx.as_of(), &outcome.wrote).map_err(|why| self.failed(&why)),
            Err(text) => Err(self.own(&text)),
        }
    }
}

impl Boxed {
    fn stopped(&self, stop: Stop) -> SkillError {
        match stop {
            Stop::Call(error) => SkillError::Call(error),
            stop => {
                tracing::warn!(plugin = self.package.manifest.name, %stop, "a plugin was stopped");
                self.failed(&stop.words())
            }
        }
    }

    fn failed(&self, why: &str) -> SkillError {
        SkillError::Failed(format!("插件“{}”{why}，已停止；店铺没有任何改动", self.package.manifest.title))
    }

    /// The error that a plugin gave. It may not say in the host's name that the run is cancelled or somebody else's.
    fn own(&self, text: &str) -> SkillError {
        match serde_json::from_str(text) {
            Ok(SkillError::Call(CallError::Cancelled | CallError::LeaseLost)) | Err(_) => {
                self.failed("交回的错误格式不对")
            }
            Ok(SkillError::Call(CallError::Unavailable { why })) => {
                SkillError::Call(CallError::Unavailable { why: short(&why) })
            }
            Ok(SkillError::Call(error)) => SkillError::Call(error),
            Ok(SkillError::Input(InputError(why))) => SkillError::Input(InputError(short(&why))),
            Ok(SkillError::Blocked(why)) => SkillError::Blocked(short(&why)),
            Ok(SkillError::Failed(why)) => {
                SkillError::Failed(format!("插件“{}”：{}", self.package.manifest.title, short(&why)))
            }
        }
    }
}

/// A stranger's sentence: one line, and not a long one.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(limits::WORDS).collect();
    line.trim().to_owned()
}
