//! Slots: the moments of a schedule, and what each gets when it is looked at. Pure: time is an argument.
//!
//! A zone's clock jumps twice a year. A schedule that names hours means the clock on the wall: each of its slots is named by its
//! wall-clock time and has exactly one moment, so nothing is skipped in a gap and nothing fires twice in an overlap. A schedule that
//! names no hour (every 15 minutes) means elapsed time: it fires at every moment whose clock matches, and is named with the offset.

use std::time::Duration;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{CatchUp, Schedule};

/// A slot counts as on time until so long after its moment: the ticker looks every few seconds and a sync may come first.
const ON_TIME: TimeDelta = TimeDelta::minutes(2);
/// The longest jump of a zone's clock (a change of the date line), and a little.
const LONGEST_JUMP: TimeDelta = TimeDelta::hours(25);

/// One moment of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// What the clock on the wall shows, or would show had it not jumped.
    pub civil: NaiveDateTime,
    /// The moment.
    pub at: DateTime<Utc>,
    /// Unique within its schedule: `2026-11-22T08:03`, with the offset where one wall-clock time may come twice.
    pub name: String,
}

/// A slot whose moment has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub slot: Slot,
    /// What it gets.
    pub fate: Fate,
}

/// What a slot gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Run, on time.
    Run,
    /// Run, and marked late.
    RunLate,
    /// Only recorded.
    Missed(Missed),
}

/// Why a slot is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// Later than the schedule allows.
    TooLate,
    /// A later slot stands in for it (`catch_up = "latest"`).
    Replaced,
    /// The schedule never catches up (`catch_up = "skip"`).
    NotCaughtUp,
}

impl Missed {
    /// What a merchant reads.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::TooLate => "错过：超过了允许的最长延迟",
            Self::Replaced => "错过：由之后的一次代替",
            Self::NotCaughtUp => "错过：该计划设置为不补跑",
        }
    }
}

/// The slots later than `after` and not later than `upto`, in order.
#[must_use]
pub fn slots(schedule: &Schedule, after: DateTime<Utc>, upto: DateTime<Utc>) -> Vec<Slot> {
    let wall = |time: DateTime<Utc>| time.with_timezone(&schedule.zone).naive_local();
    let mut found: Vec<Slot> = if schedule.cron.is_every_hour() {
        // In an overlap the clock shows times again that are earlier than what it showed before.
        let from = wall(after).checked_sub_signed(LONGEST_JUMP).unwrap_or(NaiveDateTime::MIN);
        let to = wall(upto).checked_add_signed(LONGEST_JUMP).unwrap_or(NaiveDateTime::MAX);
        let civils = schedule.cron.after(from).take_while(|civil| *civil <= to);
        civils.flat_map(|civil| elapsed_slots(schedule.zone, civil)).filter(|slot| slot.at <= upto).collect()
    } else {
        let civils = schedule.cron.after(wall(after));
        civils.filter_map(|civil| wall_slot(schedule.zone, civil)).take_while(|slot| slot.at <= upto).collect()
    };
    found.retain(|slot| slot.at > after);
    found.sort_by_key(|slot| slot.at);
    // Two wall-clock times that fall into one gap have one moment, and one run is enough.
    found.dedup_by_key(|slot| slot.at);
    found
}

/// What every slot gets that came up since `last_seen`, in order.
#[must_use]
pub fn due(last_seen: DateTime<Utc>, now: DateTime<Utc>, schedule: &Schedule) -> Vec<Due> {
    let found = slots(schedule, last_seen, now);
    let latest = found.last().map(|slot| slot.at);
    let fate = |slot: &Slot| {
        let lateness = now - slot.at;
        match schedule.catch_up {
            _ if lateness > limit(schedule.max_lateness).max(ON_TIME) => Fate::Missed(Missed::TooLate),
            CatchUp::Latest if Some(slot.at) != latest => Fate::Missed(Missed::Replaced),
            CatchUp::Skip if lateness > ON_TIME => Fate::Missed(Missed::NotCaughtUp),
            _ if lateness > ON_TIME => Fate::RunLate,
            _ => Fate::Run,
        }
    };
    found.iter().map(|slot| Due { slot: slot.clone(), fate: fate(slot) }).collect()
}

/// The next slots after `now`, at most `count`; fewer when the schedule ends.
#[must_use]
pub fn next_fires(schedule: &Schedule, now: DateTime<Utc>, count: usize) -> Vec<Slot> {
    let mut span = TimeDelta::days(1);
    loop {
        let mut found = slots(schedule, now, now + span);
        // Far enough for five leap days, also across a century without one.
        if found.len() >= count || span > TimeDelta::days(50 * 366) {
            found.truncate(count);
            return found;
        }
        span = span * 4;
    }
}

/// The one moment of a wall-clock time; none where the calendar ends.
fn wall_slot(zone: Tz, civil: NaiveDateTime) -> Option<Slot> {
    let name = civil.format(if civil.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string();
    let slot = |at: DateTime<Tz>| Slot { civil, at: at.to_utc(), name: name.clone() };
    let mut shown = civil;
    loop {
        match zone.from_local_datetime(&shown) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return Some(slot(at)),
            // The clock jumps over this time: the first full minute behind the gap.
            LocalResult::None => shown = shown.with_second(0)?.checked_add_signed(TimeDelta::minutes(1))?,
        }
    }
}

/// Every moment at which the clock shows this time: none in a gap, two in an overlap.
fn elapsed_slots(zone: Tz, civil: NaiveDateTime) -> Vec<Slot> {
    let slot = |at: DateTime<Tz>| Slot { civil, at: at.to_utc(), name: at.format("%Y-%m-%dT%H:%M:%S%:z").to_string() };
    match zone.from_local_datetime(&civil) {
        LocalResult::None => Vec::new(),
        LocalResult::Single(at) => vec![slot(at)],
        LocalResult::Ambiguous(first, second) => vec![slot(first), slot(second)],
    }
}

fn limit(lateness: Duration) -> TimeDelta {
    TimeDelta::from_std(lateness).unwrap_or(TimeDelta::MAX)
}
