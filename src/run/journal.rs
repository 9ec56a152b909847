//! What a run has paid for. An answer is stored before the skill sees it, so a resumed run gets it again and nobody asks twice.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use xiaoer_sdk::{Answer, Call};

use super::lease::{Held, HeldError};
use crate::db::{self, Batch, DbError, Key, SharedDb, Table};
use crate::llm::{Bill, Paid};

/// One stored answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What was called: `ask growth-report`.
    pub name: String,
    /// Of the call's canonical JSON.
    pub input_hash: String,
    /// The how-manieth call of that name and input, from 0.
    pub occurrence: u64,
    /// What came back.
    pub answer: Answer,
    /// What models were paid for it, also for answers that were not used.
    #[serde(default)]
    pub paid: Vec<Paid>,
}

/// The journal of one attempt at a run.
pub struct Journal {
    db: SharedDb,
    shop: String,
    run: String,
    seen: Mutex<HashMap<(String, String), u64>>,
}

/// Names one call of one run, however often it is resumed.
pub struct StepKey {
    name: String,
    hash: String,
    occurrence: u64,
}

impl Journal {
    /// The journal of a run.
    #[must_use]
    pub fn new(db: SharedDb, shop: &str, run: &str) -> Self {
        Self { db, shop: shop.into(), run: run.into(), seen: Mutex::default() }
    }

    /// Names a call. Each naming of the same call counts one occurrence on.
    pub fn step(&self, name: String, call: &Call) -> StepKey {
        // serde_json orders map keys, so equal calls have equal text.
        let text = serde_json::to_vec(call).expect("a call is plain data with text keys");
        let hash = hex::encode(Sha256::digest(&text));
        let mut seen = self.seen.lock().expect("nothing panics while counting");
        let count = seen.entry((name.clone(), hash.clone())).or_insert(0);
        let occurrence = *count;
        *count += 1;
        StepKey { name, hash, occurrence }
    }

    /// The same text for the same call of the same run, in every attempt, and for no other: what a receiver outside knows a repetition by.
    #[must_use]
    pub fn once(&self, step: &StepKey) -> String {
        let named = (&self.shop, &self.run, &step.name, &step.hash, step.occurrence);
        let text = serde_json::to_vec(&named).expect("texts and a number are plain data");
        hex::encode(&Sha256::digest(&text)[..16])
    }

    /// The stored answer of a call.
    ///
    /// # Errors
    /// As the database.
    pub async fn find(&self, step: &StepKey) -> Result<Option<Answer>, DbError> {
        let entry: Option<Entry> = db::get(&*self.db, Table::Journal, &self.key(step)).await?;
        Ok(entry.map(|entry| entry.answer))
    }

    /// Stores an answer, before anyone uses it, and with it settles what it cost.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub async fn keep(
        &self,
        held: &Held,
        step: StepKey,
        (answer, paid, bill): (&Answer, Vec<Paid>, Option<Bill>),
    ) -> Result<(), HeldError> {
        let key = self.key(&step);
        let StepKey { name, hash: input_hash, occurrence } = step;
        let entry = Entry { name, input_hash, occurrence, answer: answer.clone(), paid };
        let batch = Batch::new().put(Table::Journal, key, &entry);
        match bill {
            Some(bill) => held.commit_paid(batch, bill).await,
            None => held.commit(batch).await,
        }
    }

    /// Stores an answer together with what the call changed.
    ///
    /// # Errors
    /// As [`Held::commit`].
    pub async fn keep_with(
        &self,
        held: &Held,
        step: StepKey,
        answer: &Answer,
        changed: Batch,
    ) -> Result<(), HeldError> {
        let key = self.key(&step);
        let StepKey { name, hash: input_hash, occurrence } = step;
        let entry = Entry { name, input_hash, occurrence, answer: answer.clone(), paid: Vec::new() };
        held.commit(changed.put(Table::Journal, key, &entry)).await
    }

    fn key(&self, step: &StepKey) -> Key {
        Key::of(&self.shop).part(&self.run).part(&step.name).part(&step.hash).number(step.occurrence)
    }
}
