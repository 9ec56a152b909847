//! 牛顿云, the platform's own assistant: a task waits, runs and ends, and each state follows from its instants.
//! Its answers are canned and say so: nobody may take them for the assistant's.

use serde::{Deserialize, Serialize};

use super::Shop;
use super::changes::Misfit;
use super::dice::digest;
use crate::clock::Moment;

const SECOND: i64 = 1_000;
const QUEUED: i64 = SECOND;
const ASKS_BACK: i64 = 3 * SECOND;
const RUNS: i64 = 8 * SECOND;
/// A task that takes longer is stopped.
const LONGEST: i64 = 600 * SECOND;
/// A message with this in it makes the task ask back.
pub(crate) const ASKING: &str = "请先问我";
/// What every answer says.
pub(crate) const ANSWER: &str = "这是沙箱的固定回答，不是牛顿的真实回答。";
/// What a task asks back.
pub(crate) const QUESTION: &str = "沙箱提问：是否继续？";

/// One task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) message: String,
    pub(crate) given: Moment,
    /// It never asks back.
    pub(crate) auto: bool,
    #[serde(default)]
    pub(crate) answered: Option<(Moment, String)>,
    #[serde(default)]
    pub(crate) killed: Option<Moment>,
}

/// The states of the wire that the sandbox goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Running,
    WaitUser,
    End,
    Kill,
}

impl State {
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::WaitUser => "WAIT_USER",
            Self::End => "END",
            Self::Kill => "KILL",
        }
    }

    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::End | Self::Kill)
    }
}

impl Task {
    /// A number in the platform's form, from what makes the task unique.
    pub(crate) fn number(what: &str) -> String {
        let hex = digest(what, 32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    pub(crate) fn state(&self, now: Moment) -> State {
        let passed = now.0 - self.given.0;
        if self.killed.is_some_and(|at| at <= now) || self.is_too_long(now) {
            return State::Kill;
        }
        match (passed, self.asks(), &self.answered) {
            (..QUEUED, ..) => State::Queued,
            (..ASKS_BACK, true, _) => State::Running,
            (_, true, None) => State::WaitUser,
            (_, true, Some((at, _))) if now.0 - at.0 < RUNS - ASKS_BACK => State::Running,
            (_, true, Some(_)) => State::End,
            (..RUNS, ..) => State::Running,
            _ => State::End,
        }
    }

    pub(crate) fn is_too_long(&self, now: Moment) -> bool {
        self.asks() && self.answered.is_none() && now.0 - self.given.0 >= LONGEST
    }

    fn asks(&self) -> bool {
        !self.auto && self.message.contains(ASKING)
    }
}

impl Shop {
    pub(crate) fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    pub(super) fn task_mut(&mut self, id: &str) -> Result<&mut Task, Misfit> {
        self.tasks.iter_mut().find(|task| task.id == id).ok_or_else(|| Misfit::Task(id.to_owned()))
    }
}
