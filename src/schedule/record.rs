//! What is kept of schedules: how far each was decided for each shop, every slot's outcome, and when the ticker last looked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Missed, Schedule};
use crate::db::{self, Db, DbError, Key, Scan, Table};

/// A slot that was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotRecord {
    /// The schedule.
    pub schedule: String,
    /// The slot's name: its wall-clock time.
    pub slot: String,
    /// Its moment.
    pub at: DateTime<Utc>,
    /// When it was decided.
    pub decided: DateTime<Utc>,
    /// What it got.
    pub outcome: SlotOutcome,
}

/// What a slot got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SlotOutcome {
    /// A run was made.
    Ran {
        /// Its id.
        run: String,
        /// After its time.
        late: bool,
    },
    /// No run could be made.
    Refused {
        /// One Chinese sentence: what is missing and what to do.
        why: String,
    },
    /// It passed without a run; neighbours that passed for the same reason share one record, the last one's.
    Missed {
        /// Why.
        why: Missed,
        /// The first slot's name.
        first: String,
        /// How many.
        count: u64,
        /// What it waited for in vain, when this process saw it wait.
        waited: Option<String>,
    },
}

impl SlotOutcome {
    /// What a merchant reads.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Ran { late: false, .. } => "已按时运行".into(),
            Self::Ran { late: true, .. } => "已补跑（晚于计划时间）".into(),
            Self::Refused { why } => format!("没有运行：{why}"),
            Self::Missed { why, first, count, waited } => {
                let since = if *count > 1 { format!("（自 {first} 起共 {count} 次）") } else { String::new() };
                let cause = waited.as_ref().map(|cause| format!("；当时：{cause}")).unwrap_or_default();
                format!("{}{since}{cause}", why.label())
            }
        }
    }
}

/// How far a schedule was decided for a shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Under which expression, zone and rest: when one of them changes, the past does not count.
    cron: String,
    zone: String,
    paused: bool,
    /// Slots up to this moment are decided.
    pub(super) seen: DateTime<Utc>,
}

impl Cursor {
    /// A start from now: a new or changed schedule owes nothing for the past.
    pub(super) fn starting(schedule: &Schedule, now: DateTime<Utc>) -> Self {
        Self {
            cron: schedule.cron.text().into(),
            zone: schedule.zone.name().into(),
            paused: schedule.paused,
            seen: now,
        }
    }

    /// Whether it was kept under the same settings.
    pub(super) fn fits(&self, schedule: &Schedule) -> bool {
        *self == Self::starting(schedule, self.seen)
    }

    /// The same, further on.
    pub(super) fn at(&self, seen: DateTime<Utc>) -> Self {
        Self { seen, ..self.clone() }
    }
}

const CURSORS: &str = "cursor";
const SLOTS: &str = "slot";

pub(super) fn cursor_key(shop: &str, schedule: &str) -> Key {
    Key::of(shop).part(CURSORS).part(schedule)
}

pub(super) fn slot_key(shop: &str, schedule: &str, slot: &str) -> Key {
    Key::of(shop).part(SLOTS).part(schedule).part(slot)
}

/// The cursors of a shop, by schedule.
pub(super) async fn cursors(db: &dyn Db, shop: &str) -> Result<Vec<(String, Cursor)>, DbError> {
    let rows = db.scan(Table::Slots, Scan::under(&Key::of(shop).part(CURSORS))).await?;
    let named = |row: &db::Row| {
        let name = row.key.texts(3).pop().unwrap_or_default();
        Ok((name, db::decode(Table::Slots, &row.value)?))
    };
    rows.iter().map(named).collect()
}

/// What became of a schedule's slots for a shop, newest first.
///
/// # Errors
/// As the database.
pub async fn history(db: &dyn Db, shop: &str, schedule: &str, most: usize) -> Result<Vec<SlotRecord>, DbError> {
    let slots = Key::of(shop).part(SLOTS).part(schedule);
    db::scan(db, Table::Slots, Scan::under(&slots).newest_first().limit(most)).await
}

#[derive(Serialize, Deserialize)]
pub(super) struct Heartbeat {
    pub(super) at: DateTime<Utc>,
}

pub(super) fn heartbeat_key() -> Key {
    Key::global().part("schedule-heartbeat")
}

/// When the ticker last looked at the schedules; none = never in this database. A time that stands still means that nothing fires.
///
/// # Errors
/// As the database.
pub async fn heartbeat(db: &dyn Db) -> Result<Option<DateTime<Utc>>, DbError> {
    let kept: Option<Heartbeat> = db::get(db, Table::Meta, &heartbeat_key()).await?;
    Ok(kept.map(|heartbeat| heartbeat.at))
}
