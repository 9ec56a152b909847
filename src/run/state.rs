//! Which state may follow which. Pure and total: live runs and recovered runs come through here alike.

use serde::{Deserialize, Serialize};

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RunState {
    /// Stored, waiting for a worker.
    Queued,
    /// A worker holds it, or held it when it died.
    Running,
    /// Over.
    Ended(Ending),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Its report is stored.
    Done,
    /// It went wrong; the text is one Chinese sentence.
    Failed {
        /// What went wrong and what to do.
        why: String,
    },
    /// Something is missing that the merchant can supply; no token was spent.
    Blocked {
        /// What, and how.
        why: String,
    },
    /// Somebody stopped it.
    Cancelled,
}

/// What happens to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEvent {
    /// A worker takes it, for the first time or over from a dead one.
    Claimed,
    /// Somebody wants it to stop.
    CancelRequested,
    /// The worker is through.
    Finished(Ending),
}

/// The state after an event; none when the event does not apply any more and is to be dropped.
#[must_use]
pub fn next(state: &RunState, event: RunEvent) -> Option<RunState> {
    match (state, event) {
        (RunState::Queued | RunState::Running, RunEvent::Claimed) => Some(RunState::Running),
        (RunState::Queued, RunEvent::CancelRequested) => Some(RunState::Ended(Ending::Cancelled)),
        // The worker sees the request at its next call and ends the run itself.
        (RunState::Running, RunEvent::CancelRequested) => Some(RunState::Running),
        (RunState::Running, RunEvent::Finished(ending)) => Some(RunState::Ended(ending)),
        (RunState::Queued, RunEvent::Finished(_)) | (RunState::Ended(_), _) => None,
    }
}

impl RunState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Ended(_))
    }

    /// What a merchant reads.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Queued => "排队中",
            Self::Running => "进行中",
            Self::Ended(Ending::Done) => "已完成",
            Self::Ended(Ending::Failed { .. }) => "失败",
            Self::Ended(Ending::Blocked { .. }) => "待补充",
            Self::Ended(Ending::Cancelled) => "已取消",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_run_stays_as_it_ended() {
        let done = RunState::Ended(Ending::Done);
        for event in [RunEvent::Claimed, RunEvent::CancelRequested, RunEvent::Finished(Ending::Cancelled)] {
            assert_eq!(next(&done, event), None);
        }
    }

    #[test]
    fn a_dead_workers_run_can_be_taken_over() {
        assert_eq!(next(&RunState::Running, RunEvent::Claimed), Some(RunState::Running));
    }

    #[test]
    fn only_a_run_that_nobody_began_is_cancelled_at_once() {
        assert_eq!(next(&RunState::Queued, RunEvent::CancelRequested), Some(RunState::Ended(Ending::Cancelled)));
        assert_eq!(next(&RunState::Running, RunEvent::CancelRequested), Some(RunState::Running));
    }
}
