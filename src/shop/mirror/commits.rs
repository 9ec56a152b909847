//! How a generation reaches the disk: rows in many commits that nobody sees, then one commit that moves the head.
//!
//! A commit may be handed over and waited for with the next one, so that the disk and the network work at the same time; one at most is
//! under way. Every commit replaces the writer's own record, so two writers of one shop can never mix their rows: the second one's first
//! commit fences the first one out. A killed sync leaves its rows and its cursor and goes on from there; a killed import leaves rows
//! that are thrown away, since doing it again is simpler than knowing how far it came.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::Poll;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;

use super::generation::GenerationWriter;
use super::opening::{Staging, staging_key};
use super::{Top, late, top_key};
use crate::db::{self, DbError, Key, Table};

/// A commit that was handed over and is not answered yet.
pub(super) struct UnderWay {
    pub(super) answer: BoxFuture<'static, Result<(), DbError>>,
    /// Its values, which the database may not show yet.
    pub(super) values: HashMap<Key, Vec<u8>>,
}

impl GenerationWriter {
    /// Commits what was put, with the place to go on from.
    ///
    /// # Errors
    /// [`DbError::Conflict`] when another writer has taken over, and as the database.
    pub async fn commit<C: Serialize>(&mut self, cursor: &C) -> Result<(), DbError> {
        self.hand_over(cursor).await?;
        self.settle().await
    }

    /// The same, without waiting for the disk: what went wrong with it is told by the next call that stores something. Whoever dies in
    /// between goes on from this cursor or from the one before.
    ///
    /// # Errors
    /// Those of the commit before.
    pub(crate) async fn hand_over<C: Serialize>(&mut self, cursor: &C) -> Result<(), DbError> {
        let cursor = serde_json::to_value(cursor).expect("a cursor is plain data with text keys");
        let (rows, commits) = (self.staging.rows + self.rows, self.staging.commits + 1);
        self.store(Staging { rows, commits, cursor: Some(cursor), ..self.staging.clone() }).await
    }

    /// Waits until what was handed over is on the disk.
    ///
    /// # Errors
    /// As [`GenerationWriter::commit`].
    pub(crate) async fn settle(&mut self) -> Result<(), DbError> {
        match self.under_way.take() {
            Some(commit) => commit.answer.await,
            None => Ok(()),
        }
    }

    /// Commits the rest and moves the head, all at once. Without a new row the generation stays, and with nothing new at all the
    /// whole head does.
    ///
    /// # Errors
    /// As [`GenerationWriter::commit`].
    pub(crate) async fn publish(mut self, next: Top) -> Result<Top, DbError> {
        if self.only.is_none() {
            return Ok(self.top());
        }
        self.settle().await?;
        let heads = Arc::clone(&self.heads);
        let _turn = heads.lock().await;
        let rows = self.staging.rows + self.rows;
        // Not as it was at the beginning: pushes may have moved it on.
        let before: Option<Top> = db::get(&*self.db, Table::MirrorHeads, &top_key(&self.shop.id)).await?;
        let shown = before.as_ref().map_or(0, |top| top.generation);
        // The first generation of an empty shop is a generation too.
        let moves = rows > 0 || (shown == 0 && next.complete_through.is_some());
        let next = Top { generation: if moves { self.staging.generation } else { shown }, ..next };
        let late = late::late(&*self.db, &self.shop.id, self.staging.generation, &self.pending).await?;
        let mut batch = std::mem::take(&mut self.batch)
            .and(late)
            .expect(Table::MirrorHeads, staging_key(&self.shop.id), &self.staging)
            .delete(Table::MirrorHeads, staging_key(&self.shop.id));
        let key = top_key(&self.shop.id);
        batch = match &before {
            Some(top) => batch.expect(Table::MirrorHeads, key.clone(), top),
            None => batch.expect_absent(Table::MirrorHeads, key.clone()),
        };
        self.db.commit(batch.put(Table::MirrorHeads, key, &next)).await?;
        if moves {
            self.news.note(&self.shop.id, (shown, next.generation), self.brought);
        }
        Ok(next)
    }

    pub(super) async fn store(&mut self, next: Staging) -> Result<(), DbError> {
        self.settle().await?;
        let key = staging_key(&self.shop.id);
        let batch = std::mem::take(&mut self.batch);
        if self.only.is_none() {
            self.pending.clear();
            return Ok(());
        }
        let batch = batch.expect(Table::MirrorHeads, key.clone(), &self.staging).put(Table::MirrorHeads, key, &next);
        let db = self.db.clone();
        let mut answer = async move { db.commit(batch).await }.boxed();
        let values = std::mem::take(&mut self.pending);
        self.rows = 0;
        self.staging = next;
        // The first poll is what hands it over.
        match futures::poll!(&mut answer) {
            Poll::Ready(stored) => stored,
            Poll::Pending => {
                self.under_way = Some(UnderWay { answer, values });
                Ok(())
            }
        }
    }
}
