//! Brings what is kept of a plugin into step with its grant and the day, before anything is told: the past of a kind counts as told, and
//! what is older than the days that count is forgotten. Nothing is started here.

use std::collections::BTreeSet;

use chrono::Days;
use xiaoer_sdk::EventKind;

use super::decision;
use super::lookout::{Granted, Lookout, Scene};
use super::record::{Cursor, Place};
use crate::db::DbError;

/// Events of the past that are marked in one commit.
const CHUNK: usize = 2000;

impl Lookout {
    /// The cursor as it must be before anything is told: of this grant and day, and with the past of each kind marked.
    pub(super) async fn in_step(
        &self,
        scene: Scene<'_>,
        place: Place<'_>,
        granted: &Granted,
    ) -> Result<Cursor, DbError> {
        let (db, kept) = (&*self.db, decision::kept(scene.today));
        let mut cursor = match place.cursor(db).await? {
            Some(cursor) if !decision::begins_anew(&cursor, granted.since, scene.today) => cursor,
            other => {
                let (since, on, day) = (granted.since, BTreeSet::new(), scene.today);
                let anew = Cursor { since, on, from: kept.from, generation: 0, day, runs: 0, last: None };
                db.commit(place.onward(other.as_ref(), &anew)).await?;
                anew
            }
        };
        if cursor.day != scene.today {
            let from = cursor.from.max(kept.from);
            // Other days count from now on: what a platform dated ahead may lie in them.
            let after = Cursor { day: scene.today, runs: 0, from, generation: 0, ..cursor.clone() };
            db.commit(place.onward(Some(&cursor), &after)).await?;
            cursor = after;
            for kind in EventKind::ALL {
                place.forget(db, &cursor, (kind, Some(cursor.from - Days::new(1)))).await?;
            }
        }
        if cursor.on != granted.on {
            for kind in &cursor.on - &granted.on {
                place.forget(db, &cursor, (kind, None)).await?;
            }
            for kind in &granted.on - &cursor.on {
                let past = self.untold(scene, place, (kind, kept)).await?;
                for some in past.chunks(CHUNK) {
                    let marked = some.iter().fold(place.while_at(&cursor), |batch, event| place.tell(batch, event));
                    db.commit(marked).await?;
                }
            }
            // Where it is all that it starts on, there is nothing else to be told so far.
            let generation = if cursor.on.is_empty() { scene.generation } else { cursor.generation };
            let after = Cursor { on: granted.on.clone(), generation, ..cursor.clone() };
            db.commit(place.onward(Some(&cursor), &after)).await?;
            cursor = after;
        }
        Ok(cursor)
    }
}
