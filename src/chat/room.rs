//! Where talks are kept. Every line is one commit, fenced by the talk's own record: two writers never interleave.
//!
//! One process at a time has the database. A talk that another process was answering is a dead one's; whoever looks at it first closes
//! that turn with an honest line, so a restart leaves nothing hanging.

use tokio::sync::broadcast;

use super::record::{Line, Talk, What};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::run::events::Bell;

/// What is said of a turn that a restart broke off.
const INTERRUPTED: &str =
    "上一次回答因重启中断，问题已保留，请重发或点“再问一次”；已经开始的运行会照常完成，可在“报告”里查看";

/// Keeps talks.
#[derive(Clone)]
pub struct Room {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    /// This process; a talk that is busy with another name is nobody's.
    process: String,
}

impl Room {
    /// Over a database, for a process of this name.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, bell: Bell, process: String) -> Self {
        Self { db, clock, bell, process }
    }

    /// This process's name.
    pub(super) fn process(&self) -> &str {
        &self.process
    }

    /// A shop's talks, the newest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn list(&self, shop: &str, most: usize) -> Result<Vec<Talk>, DbError> {
        let found: Vec<Talk> =
            db::scan(&*self.db, Table::Talks, Scan::under(&Key::of(shop)).newest_first().limit(most)).await?;
        let mut talks = Vec::with_capacity(found.len());
        for talk in found {
            talks.push(self.mended(talk).await?);
        }
        Ok(talks)
    }

    /// One talk of a shop.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, shop: &str, talk: &str) -> Result<Option<Talk>, DbError> {
        match self.read(shop, talk).await? {
            Some(found) => Ok(Some(self.mended(found).await?)),
            None => Ok(None),
        }
    }

    /// A talk's lines from `seq` on.
    ///
    /// # Errors
    /// As the database.
    pub async fn lines(&self, shop: &str, talk: &str, seq: u64) -> Result<Vec<Line>, DbError> {
        let log = key(shop, talk);
        db::scan(&*self.db, Table::TalkLines, Scan::between(&log.clone().number(seq), &log)).await
    }

    /// One line.
    ///
    /// # Errors
    /// As the database.
    pub async fn line(&self, shop: &str, talk: &str, seq: u64) -> Result<Option<Line>, DbError> {
        db::get(&*self.db, Table::TalkLines, &key(shop, talk).number(seq)).await
    }

    /// Stores a talk that begins, with its first line.
    pub(super) async fn begin(&self, mut talk: Talk, what: What) -> Result<Talk, DbError> {
        talk.lines = 1;
        let place = key(&talk.shop, &talk.id);
        let batch = Batch::new()
            .expect_absent(Table::Talks, place.clone())
            .put(Table::Talks, place.clone(), &talk)
            .put(Table::TalkLines, place.number(0), &self.written(0, what));
        self.db.commit(batch).await?;
        self.bell.ring(&talk.id);
        Ok(talk)
    }

    /// Adds a line to the talk as it was read, and changes who is answering. A conflict: somebody else wrote meanwhile.
    pub(super) async fn add(&self, before: &Talk, what: What, busy: Option<String>) -> Result<Talk, DbError> {
        let place = key(&before.shop, &before.id);
        let seq = before.lines;
        let spoken = self.clock.now_like(&before.began);
        let after = Talk { lines: seq + 1, busy, spoken, ..before.clone() };
        let batch = Batch::new()
            .expect(Table::Talks, place.clone(), before)
            .put(Table::Talks, place.clone(), &after)
            .put(Table::TalkLines, place.number(seq), &self.written(seq, what));
        self.db.commit(batch).await?;
        self.bell.ring(&after.id);
        Ok(after)
    }

    /// Adds a line of the turn that this process is answering and gives its number; none when the turn is over already.
    pub(super) async fn tell(&self, shop: &str, talk: &str, what: What) -> Result<Option<u64>, DbError> {
        let last = what.is_last();
        loop {
            let found = self.read(shop, talk).await?.filter(|found| found.busy.as_deref() == Some(&self.process));
            let Some(before) = found else { return Ok(None) };
            let busy = before.busy.clone().filter(|_| !last);
            match self.add(&before, what.clone(), busy).await {
                Ok(_) => return Ok(Some(before.lines)),
                // A line of the same turn, on its way when its writer was stopped.
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn read(&self, shop: &str, talk: &str) -> Result<Option<Talk>, DbError> {
        db::get(&*self.db, Table::Talks, &key(shop, talk)).await
    }

    async fn mended(&self, talk: Talk) -> Result<Talk, DbError> {
        let mut talk = talk;
        while talk.busy.as_ref().is_some_and(|by| *by != self.process) {
            match self.add(&talk, What::stopped("interrupted", INTERRUPTED), None).await {
                Ok(closed) => return Ok(closed),
                Err(DbError::Conflict) => talk = self.read(&talk.shop, &talk.id).await?.unwrap_or(talk),
                Err(error) => return Err(error),
            }
        }
        Ok(talk)
    }

    fn written(&self, seq: u64, what: What) -> Line {
        Line { seq, at: self.clock.now().to_rfc3339(), what }
    }
}

/// Follows a talk's lines.
pub struct Watcher {
    room: Room,
    shop: String,
    talk: String,
    next: u64,
    bell: broadcast::Receiver<String>,
}

impl Watcher {
    /// Follows a talk from after the line that was seen last.
    #[must_use]
    pub fn new(room: &Room, shop: &str, talk: &str, seen: Option<u64>) -> Self {
        let next = seen.map_or(0, |seq| seq.saturating_add(1));
        Self { room: room.clone(), shop: shop.into(), talk: talk.into(), next, bell: room.bell.listen() }
    }

    /// The lines stored since the last call; waits when there are none.
    ///
    /// # Errors
    /// As the database.
    pub async fn lines(&mut self) -> Result<Vec<Line>, DbError> {
        loop {
            let lines = self.room.lines(&self.shop, &self.talk, self.next).await?;
            if let Some(last) = lines.last() {
                self.next = last.seq + 1;
                return Ok(lines);
            }
            // A lagging receiver only means that there is news.
            while let Ok(id) = self.bell.recv().await {
                if id == self.talk {
                    break;
                }
            }
        }
    }
}

fn key(shop: &str, talk: &str) -> Key {
    Key::of(shop).part(talk)
}
