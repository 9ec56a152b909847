//! What one look of the ticker did, counted over shops that are looked at side by side.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::record::SlotOutcome;

/// What one look did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Runs made.
    pub ran: usize,
    /// Slots for which no run could be made.
    pub refused: usize,
    /// Slots recorded as missed.
    pub missed: usize,
    /// Slots left for the next look.
    pub waiting: usize,
}

/// Counts while a look goes on.
#[derive(Default)]
pub(super) struct Tally {
    ran: AtomicUsize,
    refused: AtomicUsize,
    missed: AtomicUsize,
    waiting: AtomicUsize,
}

impl Tally {
    /// A slot was decided.
    pub(super) fn counts(&self, outcome: &SlotOutcome) {
        let (count, by) = match outcome {
            SlotOutcome::Ran { .. } => (&self.ran, 1),
            SlotOutcome::Refused { .. } => (&self.refused, 1),
            SlotOutcome::Missed { count, .. } => (&self.missed, usize::try_from(*count).unwrap_or(usize::MAX)),
        };
        count.fetch_add(by, Ordering::Relaxed);
    }

    /// A slot was left for the next look.
    pub(super) fn waits(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn total(&self) -> Ticked {
        let read = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        Ticked {
            ran: read(&self.ran),
            refused: read(&self.refused),
            missed: read(&self.missed),
            waiting: read(&self.waiting),
        }
    }
}
