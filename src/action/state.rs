//! Which state of an action may follow which. Pure and total; the same for live execution and for what a crash left behind.

use serde::{Deserialize, Serialize};

/// Where an action is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ActionState {
    /// Waits for a person.
    Proposed,
    /// Somebody said yes; waits for the worker.
    Approved,
    /// Somebody said no.
    Rejected,
    /// Nobody answered in time, or the object changed since.
    Expired {
        /// Which, in Chinese.
        why: String,
    },
    /// A guardrail or the policy forbids it.
    Refused {
        /// Which, in Chinese.
        why: String,
    },
    /// The intent is written; the call may have gone out.
    Executing {
        /// Counted from 1.
        attempt: u32,
    },
    /// The shop shows it.
    Done,
    /// The shop said no.
    Failed {
        /// What it said, in Chinese.
        why: String,
    },
    /// The shop shows neither the old nor the new value, or cannot be asked.
    Unknown {
        /// What is known, in Chinese.
        why: String,
    },
    /// 请手动完成: no right or no API.
    ByHand {
        /// Why, in Chinese.
        why: String,
        /// Somebody says it is done; the next sync confirms.
        claimed: bool,
    },
    /// Taken back.
    Undone,
}

/// What happens to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionEvent {
    /// Yes.
    Approve,
    /// No.
    Reject,
    /// Too late, or the object changed.
    Expire(String),
    /// A guardrail forbids it now.
    Refuse(String),
    /// The intent is about to be written.
    Begin,
    /// The shop shows the new value.
    Confirm,
    /// The shop refused.
    Fail(String),
    /// Nobody can tell.
    LoseSight(String),
    /// It must be done by a person.
    HandOver(String),
    /// The person says it is done.
    Claim,
    /// The person has looked: it did not take effect, and shall be tried again.
    Retry,
    /// Its undo is done.
    Undo,
}

impl ActionState {
    /// The state after an event; none when the event does not apply any more.
    #[must_use]
    pub fn after(&self, event: ActionEvent) -> Option<Self> {
        use ActionEvent as E;
        match (self, event) {
            (Self::Proposed, E::Approve) => Some(Self::Approved),
            (Self::Proposed | Self::Unknown { .. }, E::Reject) => Some(Self::Rejected),
            (Self::Unknown { .. }, E::Retry) => Some(Self::Approved),
            (Self::Proposed | Self::Approved, E::Expire(why)) => Some(Self::Expired { why }),
            (Self::Proposed | Self::Approved, E::Refuse(why)) => Some(Self::Refused { why }),
            (Self::Approved, E::Begin) => Some(Self::Executing { attempt: 1 }),
            (Self::Executing { attempt }, E::Begin) => Some(Self::Executing { attempt: attempt + 1 }),
            (Self::Executing { .. }, E::Confirm) => Some(Self::Done),
            (Self::Unknown { .. } | Self::ByHand { .. }, E::Confirm) => Some(Self::Done),
            (Self::Executing { .. } | Self::Unknown { .. }, E::Fail(why)) => Some(Self::Failed { why }),
            (Self::Executing { .. } | Self::Unknown { .. }, E::LoseSight(why)) => Some(Self::Unknown { why }),
            (Self::Executing { .. }, E::HandOver(why)) => Some(Self::ByHand { why, claimed: false }),
            (Self::ByHand { why, .. }, E::Claim) => Some(Self::ByHand { why: why.clone(), claimed: true }),
            (Self::Done, E::Undo) => Some(Self::Undone),
            _ => None,
        }
    }

    /// Whether the worker has something to do.
    #[must_use]
    pub fn is_due(&self) -> bool {
        matches!(self, Self::Approved | Self::Executing { .. })
    }

    /// Whether a person has something to do.
    #[must_use]
    pub fn waits_for_person(&self) -> bool {
        matches!(self, Self::Proposed | Self::Unknown { .. } | Self::ByHand { claimed: false, .. })
    }

    /// What a merchant reads.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Proposed => "待审批",
            Self::Approved => "已批准",
            Self::Rejected => "已拒绝",
            Self::Expired { .. } => "已过期",
            Self::Refused { .. } => "已拦截",
            Self::Executing { .. } => "执行中",
            Self::Done => "已完成",
            Self::Failed { .. } => "未成功",
            Self::Unknown { .. } => "结果待查",
            Self::ByHand { claimed: false, .. } => "请手动完成",
            Self::ByHand { claimed: true, .. } => "等待同步确认",
            Self::Undone => "已撤销",
        }
    }

    /// The reason that goes with the state, where there is one.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Expired { why }
            | Self::Refused { why }
            | Self::Failed { why }
            | Self::Unknown { why }
            | Self::ByHand { why, .. } => Some(why),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_executed_without_an_approval() {
        for state in [ActionState::Proposed, ActionState::Rejected, ActionState::Done, ActionState::Undone] {
            assert_eq!(state.after(ActionEvent::Begin), None, "{state:?} began");
        }
    }

    #[test]
    fn a_decision_is_used_once() {
        for state in [
            ActionState::Approved,
            ActionState::Rejected,
            ActionState::Done,
            ActionState::Expired { why: String::new() },
        ] {
            assert_eq!(state.after(ActionEvent::Approve), None, "{state:?} was approved again");
        }
    }

    #[test]
    fn only_what_was_done_is_undone() {
        assert_eq!(ActionState::Done.after(ActionEvent::Undo), Some(ActionState::Undone));
        assert_eq!(ActionState::Undone.after(ActionEvent::Undo), None);
        assert_eq!(ActionState::Approved.after(ActionEvent::Undo), None);
    }
}
