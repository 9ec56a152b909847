//! What a run tells its watchers: durable lines that a browser can take up again after any break.
//!
//! A watcher reads the log and then waits for news; nothing is told from memory alone.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::db::{self, Db, DbError, Key, Scan, SharedDb, Table};

/// One line of a run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLine {
    /// Counted from 0; what a browser sends back as `Last-Event-ID`.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub news: News,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum News {
    /// It is stored.
    Queued,
    /// A worker began it; more than 1 = it was taken up again.
    Started {
        /// Counted from 1.
        attempt: u32,
    },
    /// Where the skill is.
    Step {
        /// One short Chinese phrase.
        text: String,
    },
    /// The report is stored.
    Done,
    /// It ended without a report.
    Stopped {
        /// `failed`, `blocked` or `cancelled`.
        how: String,
        /// One Chinese sentence.
        why: String,
    },
}

impl News {
    /// Whether no line follows.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Done | Self::Stopped { .. })
    }
}

/// Wakes watchers when something was stored.
#[derive(Clone)]
pub struct Bell(broadcast::Sender<String>);

impl Default for Bell {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl Bell {
    /// Something about this run or action is stored.
    pub fn ring(&self, id: &str) {
        // Nobody listening is fine: the log is the truth.
        let _ = self.0.send(id.to_owned());
    }

    /// Hears every ring from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<String> {
        self.0.subscribe()
    }
}

/// Follows one run's log.
pub struct Watcher {
    db: SharedDb,
    shop: String,
    run: String,
    next: u64,
    bell: broadcast::Receiver<String>,
}

impl Watcher {
    /// Follows a run from after the line that was seen last.
    #[must_use]
    pub fn new(db: SharedDb, bell: &Bell, shop: &str, run: &str, seen: Option<u64>) -> Self {
        Self { db, shop: shop.into(), run: run.into(), next: seen.map_or(0, |seq| seq + 1), bell: bell.listen() }
    }

    /// The lines stored since the last call; waits when there are none.
    ///
    /// # Errors
    /// As the database.
    pub async fn lines(&mut self) -> Result<Vec<RunLine>, DbError> {
        loop {
            let lines = lines(&*self.db, &self.shop, &self.run, self.next).await?;
            if let Some(last) = lines.last() {
                self.next = last.seq + 1;
                return Ok(lines);
            }
            // A lagging receiver only means that there is news.
            while let Ok(id) = self.bell.recv().await {
                if id == self.run {
                    break;
                }
            }
        }
    }
}

/// A run's lines from `seq` on.
///
/// # Errors
/// As the database.
pub async fn lines(db: &dyn Db, shop: &str, run: &str, seq: u64) -> Result<Vec<RunLine>, DbError> {
    let log = Key::of(shop).part(run);
    db::scan(db, Table::Events, Scan::between(&log.clone().number(seq), &log)).await
}

pub(super) fn key(shop: &str, run: &str, seq: u64) -> Key {
    Key::of(shop).part(run).number(seq)
}
