//! Which days count, who has to wait, and what one run is told. Pure: time is an argument.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use xiaoer_sdk::{Event, Period};

use super::record::{Cursor, Started};

/// Days before today whose events still start something: what a sync brings later than that is history.
const BACK: u64 = 2;
/// Days before today of which is kept what was told: one more, so that a clock which is set right at midnight tells nothing twice.
const KEPT: u64 = BACK + 1;
/// Events that one run is told of.
pub(super) const MOST: usize = 100;
/// Runs of a day that follow one another quickly; a busy shop's events are then told together.
const BRISK: u32 = 60;
const SOON: TimeDelta = TimeDelta::minutes(1);
const LATER: TimeDelta = TimeDelta::minutes(10);

/// The days that count. A platform's clock may be ahead of ours, so that tomorrow has begun there.
pub(super) fn window(today: NaiveDate) -> Period {
    Period { from: today - Days::new(BACK), to: today + Days::new(1) }
}

/// The days of which is kept what was told.
pub(super) fn kept(today: NaiveDate) -> Period {
    Period { from: today - Days::new(KEPT), ..window(today) }
}

/// Whether what a cursor knows is of no use: the grant is another one, or the clock was set back to days of which nothing is kept.
pub(super) fn begins_anew(cursor: &Cursor, since: u64, today: NaiveDate) -> bool {
    cursor.since != since || cursor.from > window(today).from
}

/// Whether a run may begin now. One that is open lets the others wait and be told together; after it there is a pause, unless so much
/// had come that one run could not take it.
pub(super) fn may_start(cursor: &Cursor, open: bool, now: DateTime<Utc>) -> bool {
    let Some(Started { at, full, .. }) = &cursor.last else { return true };
    let pause = if cursor.runs < BRISK { SOON } else { LATER };
    // A clock that was set back makes nobody wait.
    !open && (*full || *at > now || now - *at >= pause)
}

/// What one run is told, the oldest first, and whether something is left for the next.
pub(super) fn told(mut events: Vec<Event>) -> (Vec<Event>, bool) {
    events.sort_by(|a, b| (a.at, a.kind, &a.id).cmp(&(b.at, b.kind, &b.id)));
    let left = events.len() > MOST;
    events.truncate(MOST);
    (events, left)
}
