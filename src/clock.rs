//! The one place that reads the time, so that tests can set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

/// The time of day, real or set by a test.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// A clock that stands where a test puts it.
    #[must_use]
    pub fn standing_at(now: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(AtomicI64::new(now.timestamp_millis()))))
    }

    /// Moves a standing clock; the real one does not listen.
    pub fn set(&self, now: DateTime<Utc>) {
        if let Some(millis) = &self.0 {
            millis.store(now.timestamp_millis(), Ordering::Relaxed);
        }
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.as_ref().map_or_else(Utc::now, |millis| {
            DateTime::from_timestamp_millis(millis.load(Ordering::Relaxed)).unwrap_or_else(Utc::now)
        })
    }

    /// Now, in a shop's zone.
    #[must_use]
    pub fn now_in(&self, zone: Tz) -> DateTime<FixedOffset> {
        self.now().with_timezone(&zone).fixed_offset()
    }

    /// Now, with the offset of another time.
    #[must_use]
    pub fn now_like(&self, other: &DateTime<FixedOffset>) -> DateTime<FixedOffset> {
        self.now().with_timezone(other.offset())
    }
}
