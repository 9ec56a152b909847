//! From slots that came up to the commits they need. Pure.

use sha2::{Digest as _, Sha256};

use super::{Due, Fate, Missed, Schedule, Slot};
use crate::run::sortable_id;

/// What one commit decides: a slot to run, or neighbours that were missed for one reason.
pub(super) struct Decision {
    /// The slot; of several that were missed, the last.
    pub(super) slot: Slot,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Run { late: bool },
    Missed { why: Missed, first: String, count: u64 },
}

/// A year of missed quarter hours is one record, not thirty-five thousand.
pub(super) fn decisions(dues: Vec<Due>) -> Vec<Decision> {
    let mut out: Vec<Decision> = Vec::new();
    for Due { slot, fate } in dues {
        let kind = match (fate, out.last_mut()) {
            (Fate::Missed(why), Some(Decision { slot: last, kind: Kind::Missed { why: same, count, .. } }))
                if why == *same =>
            {
                *last = slot;
                *count += 1;
                continue;
            }
            (Fate::Missed(why), _) => Kind::Missed { why, first: slot.name.clone(), count: 1 },
            (Fate::Run, _) => Kind::Run { late: false },
            (Fate::RunLate, _) => Kind::Run { late: true },
        };
        out.push(Decision { slot, kind });
    }
    out
}

/// The one id that a slot's run can have; it sorts by the slot's moment.
pub(super) fn run_id(shop: &str, schedule: &Schedule, slot: &Slot) -> String {
    let mut hash = Sha256::new();
    for part in [shop, &schedule.name, &slot.name] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    sortable_id(slot.at.timestamp_millis(), &hex::encode(&hash.finalize()[..6]))
}
