//! Tokens for other people's assistants: each lets one assistant ask in the shops that the merchant chose, and decide nothing in any.
//!
//! A token is shown once and kept as its hash; it is looked up at every request, so one that was revoked is closed with the next. What it
//! opens is [`crate::web`]'s list. Nothing here lets anybody in by itself, and nothing here is ever given to a model.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::action::AuditRow;
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::fault::disguises;
use crate::run::{Runs, Trigger, assistant_called};

/// How a token begins: one that was pasted somewhere is known for what it is.
const MARK: &str = "xiaoer-assistant-";
/// Characters of a name.
const LONGEST: usize = 40;
/// Tokens that hold at a time.
const MOST: usize = 50;
/// Runs of one assistant that may be open at a time.
const MOST_OPEN: usize = 5;
/// The last use is written down so often at most: each time is a commit.
const NOTED: TimeDelta = TimeDelta::minutes(1);

/// One assistant and where its token holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assistant {
    /// What the merchant calls it.
    pub name: String,
    /// The ids of the shops that it may ask in; a shop that is added later is none of them.
    pub shops: BTreeSet<String>,
    /// When the token was made.
    pub made: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub used: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked: Option<DateTime<Utc>>,
}

/// The tokens of an installation.
#[derive(Clone)]
pub struct Assistants {
    db: SharedDb,
    clock: Clock,
    /// One new token and one new run of an assistant at a time: each is counted against what is there.
    one: Arc<Mutex<()>>,
}

/// Why a token was not made, found or let on. The texts are for the merchant, or for whoever holds the token.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// The name is none.
    #[error("助手的名称要 1 到 {LONGEST} 个字，不能换行")]
    Name,
    /// A token of this name holds.
    #[error("已有名为“{0}”的助手令牌，请换一个名称，或先吊销它")]
    Taken(String),
    /// It would be of no use.
    #[error("请至少选一个店铺")]
    NoShop,
    /// There are enough.
    #[error("最多同时有 {MOST} 个助手令牌，请先吊销不用的")]
    Full,
    /// There is none of this name.
    #[error("没有名为“{0}”的助手令牌")]
    Unknown(String),
    /// It has begun enough.
    #[error("这个助手已有 {MOST_OPEN} 次运行没有结束，请等它们结束再开始新的")]
    Busy,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Assistants {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock) -> Self {
        Self { db, clock, one: Arc::default() }
    }

    /// Whether words look like such a token at all.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        token.starts_with(MARK)
    }

    /// Makes a token, the only time that it is told.
    ///
    /// # Errors
    /// [`AssistantError`].
    pub async fn make(
        &self,
        name: &str,
        shops: BTreeSet<String>,
        by: &str,
    ) -> Result<(Assistant, String), AssistantError> {
        let _one = self.one.lock().await;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(disguises) {
            return Err(AssistantError::Name);
        }
        if shops.is_empty() {
            return Err(AssistantError::NoShop);
        }
        let holding = self.holding().await?;
        if holding.iter().any(|(_, known)| known.name == name) {
            return Err(AssistantError::Taken(name.into()));
        }
        if holding.len() >= MOST {
            return Err(AssistantError::Full);
        }
        let token = format!("{MARK}{}", hex::encode(rand::rng().random::<[u8; 32]>()));
        let made = self.clock.now();
        let assistant = Assistant { name: name.into(), shops, made, used: None, revoked: None };
        let place = place(&token);
        let batch = Batch::new().expect_absent(Table::Assistants, place.clone());
        let batch = batch.put(Table::Assistants, place.clone(), &assistant);
        self.db.commit(self.audited(batch, &assistant, (&place, 0), (by, "发给令牌"))).await?;
        Ok((assistant, token))
    }

    /// Who holds this token; none where it is no token, or none any more.
    ///
    /// # Errors
    /// As the database.
    pub async fn admit(&self, token: &str) -> Result<Option<Assistant>, DbError> {
        if !Self::is_meant(token) {
            return Ok(None);
        }
        let place = place(token);
        loop {
            let found: Option<Assistant> = db::get(&*self.db, Table::Assistants, &place).await?;
            let Some(before) = found.filter(|assistant| assistant.revoked.is_none()) else { return Ok(None) };
            let now = self.clock.now();
            if before.used.is_some_and(|used| now - used < NOTED) {
                return Ok(Some(before));
            }
            let after = Assistant { used: Some(now), ..before.clone() };
            let batch = Batch::new().expect(Table::Assistants, place.clone(), &before);
            match self.db.commit(batch.put(Table::Assistants, place.clone(), &after)).await {
                Ok(()) => return Ok(Some(after)),
                // Another request noted its use, or somebody took the token back: look again.
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Every token that was made, the newest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn list(&self) -> Result<Vec<Assistant>, DbError> {
        let mut all: Vec<Assistant> = db::scan(&*self.db, Table::Assistants, Scan::under(&Key::global())).await?;
        all.sort_by_key(|assistant| std::cmp::Reverse(assistant.made));
        Ok(all)
    }

    /// Takes a token back. Whoever holds it is refused with the next request.
    ///
    /// # Errors
    /// [`AssistantError`].
    pub async fn revoke(&self, name: &str, by: &str) -> Result<(), AssistantError> {
        loop {
            let holding = self.holding().await?;
            let found = holding.into_iter().find(|(_, known)| known.name == name.trim());
            let (place, before) = found.ok_or_else(|| AssistantError::Unknown(name.trim().into()))?;
            let after = Assistant { revoked: Some(self.clock.now()), ..before.clone() };
            let batch = Batch::new().expect(Table::Assistants, place.clone(), &before);
            let batch = batch.put(Table::Assistants, place.clone(), &after);
            match self.db.commit(self.audited(batch, &after, (&place, 1), (by, "吊销令牌"))).await {
                Ok(()) => return Ok(()),
                // It was used just now.
                Err(DbError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Leave to begin one more run, for as long as what is given back is kept.
    ///
    /// # Errors
    /// [`AssistantError::Busy`], or as the database.
    pub async fn turn(&self, assistant: &Assistant, runs: &Runs) -> Result<OwnedMutexGuard<()>, AssistantError> {
        let turn = Arc::clone(&self.one).lock_owned().await;
        let open = runs.open().await?.into_iter().filter(|run| assistant.began(&run.trigger)).count();
        if open < MOST_OPEN { Ok(turn) } else { Err(AssistantError::Busy) }
    }

    async fn holding(&self) -> Result<Vec<(Key, Assistant)>, DbError> {
        let rows = self.db.scan(Table::Assistants, Scan::under(&Key::global())).await?;
        let read = rows.into_iter().map(|row| Ok((row.key, db::decode::<Assistant>(Table::Assistants, &row.value)?)));
        let all: Vec<(Key, Assistant)> = read.collect::<Result<_, DbError>>()?;
        Ok(all.into_iter().filter(|(_, assistant)| assistant.revoked.is_none()).collect())
    }

    /// The audit of every shop that the token opens says so.
    fn audited(
        &self,
        batch: Batch,
        assistant: &Assistant,
        (place, nth): (&Key, u64),
        (by, what): (&str, &str),
    ) -> Batch {
        let action = format!("assistant:{:.12}", place.texts(1).concat());
        let at = self.clock.now().fixed_offset();
        let what = format!("{what}：{}", assistant.called());
        assistant.shops.iter().fold(batch, |batch, shop| {
            let row = AuditRow { at, by: by.into(), what: what.clone(), action: action.clone(), hash: String::new() };
            batch.put(Table::Audit, Key::of(shop).part(&action).number(nth), &row)
        })
    }
}

impl Assistant {
    /// Whether it may ask in a shop.
    #[must_use]
    pub fn is_in(&self, shop: &str) -> bool {
        self.shops.contains(shop)
    }

    /// What set off its runs.
    #[must_use]
    pub fn trigger(&self) -> Trigger {
        Trigger::Assistant { name: self.name.clone() }
    }

    /// Whether a run is its own.
    #[must_use]
    pub fn began(&self, trigger: &Trigger) -> bool {
        *trigger == self.trigger()
    }

    /// What it is called in the audit: 助手 NAME.
    #[must_use]
    pub fn called(&self) -> String {
        assistant_called(&self.name)
    }
}

/// The row of a token. It is drawn from 256 bits, so that a plain hash tells nothing of it.
fn place(token: &str) -> Key {
    Key::global().part(&hex::encode(Sha256::digest(token)))
}
