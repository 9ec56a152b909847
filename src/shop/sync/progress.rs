//! Where a sync is and how long it will still take: rows out of what the platform told, time by the pace that was measured since this
//! process began the part. What is not known is not guessed.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::cursor::{Cursor, Stage};

/// No pace is told from less than this.
const MEASURED: Duration = Duration::from_secs(3);

/// Where a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProgress {
    /// What is being read, in Chinese.
    pub part: &'static str,
    /// Rows of this part so far, those before a restart with them.
    pub rows: u64,
    /// Rows of the whole part; none where the platform did not tell.
    pub total: Option<u64>,
    /// How long the part will still take; none while nobody can know.
    pub left: Option<Duration>,
}

impl SyncProgress {
    /// The share that is done, 0 to 100.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        let total = self.total.filter(|total| *total > 0)?;
        Some((self.rows.min(total)).saturating_mul(100) / total)
    }
}

impl fmt::Display for SyncProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "正在读取{}", self.part)?;
        match self.total {
            Some(total) if total > 0 => write!(f, "，已读 {} 条，共 {total} 条", self.rows.min(total))?,
            _ if self.rows > 0 => write!(f, "，已读 {} 条", self.rows)?,
            _ => {}
        }
        match self.left.map(|left| left.as_secs()) {
            None => Ok(()),
            Some(left) if left < 60 => write!(f, "，约还要不到一分钟"),
            Some(left) if left < 5_400 => write!(f, "，约还要 {} 分钟", left.div_ceil(60)),
            Some(left) => write!(f, "，约还要 {} 小时", (left + 1_800) / 3_600),
        }
    }
}

/// Measures the pace of a part.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Option<(Stage, Instant, u64)>>);

impl Pace {
    /// Where the cursor is, and how long the rest takes if it goes on like this.
    pub(super) fn of(&self, cursor: &Cursor, stage: Stage) -> SyncProgress {
        let mut begun = self.0.lock().expect("nothing panics while measuring");
        if begun.is_none_or(|(known, ..)| known != stage) {
            *begun = Some((stage, Instant::now(), cursor.rows));
        }
        let left = begun.and_then(|(_, since, rows)| {
            left(since.elapsed(), cursor.rows.checked_sub(rows)?, cursor.total?.saturating_sub(cursor.rows))
        });
        SyncProgress { part: stage.title(), rows: cursor.rows, total: cursor.total, left }
    }
}

fn left(took: Duration, read: u64, rest: u64) -> Option<Duration> {
    if took < MEASURED || read == 0 {
        return None;
    }
    let millis = took.as_millis() * u128::from(rest) / u128::from(read);
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rows: u64, total: Option<u64>, left: Option<u64>) -> String {
        SyncProgress { part: "订单", rows, total, left: left.map(Duration::from_secs) }.to_string()
    }

    #[test]
    fn a_merchant_reads_how_far_it_is_and_how_long_it_takes_but_no_guess() {
        assert_eq!(told(0, None, None), "正在读取订单");
        assert_eq!(told(40, None, None), "正在读取订单，已读 40 条");
        assert_eq!(told(40, Some(200_000), None), "正在读取订单，已读 40 条，共 200000 条");
        assert_eq!(told(40, Some(200), Some(30)), "正在读取订单，已读 40 条，共 200 条，约还要不到一分钟");
        assert_eq!(told(40, Some(200), Some(61)), "正在读取订单，已读 40 条，共 200 条，约还要 2 分钟");
        assert_eq!(told(40, Some(200), Some(7_000)), "正在读取订单，已读 40 条，共 200 条，约还要 2 小时");
        // Rows that came meanwhile make no bar run over.
        assert_eq!(told(210, Some(200), None), "正在读取订单，已读 200 条，共 200 条");
    }

    #[test]
    fn the_time_left_is_told_by_the_measured_pace_and_only_once_there_is_one() {
        assert_eq!(left(Duration::from_secs(1), 500, 10), None);
        assert_eq!(left(Duration::from_secs(60), 0, 10), None);
        assert_eq!(left(Duration::from_secs(60), 6_000, 9_000), Some(Duration::from_secs(90)));
    }
}
