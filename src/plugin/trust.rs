//! Whose plugins this installation takes. A key is trusted because a person said so, replaced because it said so itself, and revoked for
//! good. Who an author is stays the same when a key is replaced: what was granted follows the author, never a name alone.

use serde::{Deserialize, Serialize};

use super::signature::{Author, Rotation};
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The key, 64 hex digits.
    pub key: String,
    /// Where it stands.
    pub standing: Standing,
    /// The author's first key, by which the author is known; the key itself unless it replaced another.
    pub author: String,
}

/// Where a key stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// A person said so, or a trusted key that it replaces.
    Trusted,
    /// An index named it for its own plugins; archives that somebody hands over still need a person's word.
    Vouched,
    /// Another key took its place; it signs nothing new.
    Replaced {
        /// By this one.
        by: String,
    },
    /// It was stolen or misused; nothing that it signed runs.
    Revoked,
}

/// The keys that an installation knows.
#[derive(Clone)]
pub struct Keys(SharedDb);

impl Keys {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb) -> Self {
        Self(db)
    }

    fn row(key: &str) -> Key {
        Key::global().part("key").part(key)
    }

    /// What is known of a key.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, key: &str) -> Result<Option<Known>, DbError> {
        db::get(self.0.as_ref(), Table::Plugins, &Self::row(key)).await
    }

    /// What a commit expects that relies on a key standing where it was seen.
    #[must_use]
    pub fn still(key: &str, seen: Option<&Known>) -> Batch {
        match seen {
            Some(known) => Batch::new().expect(Table::Plugins, Self::row(key), known),
            None => Batch::new().expect_absent(Table::Plugins, Self::row(key)),
        }
    }

    /// Every key.
    ///
    /// # Errors
    /// As the database.
    pub async fn all(&self) -> Result<Vec<Known>, DbError> {
        db::scan(self.0.as_ref(), Table::Plugins, Scan::under(&Key::global().part("key"))).await
    }

    /// Trusts a key. One that was revoked or replaced stays so; what holds now is answered.
    ///
    /// # Errors
    /// As the database.
    pub async fn trust(&self, author: Author) -> Result<Known, DbError> {
        self.raise(author, Standing::Trusted).await
    }

    /// Takes note of a key that a trusted index names. What is known better stays.
    ///
    /// # Errors
    /// As the database.
    pub async fn vouch(&self, author: Author) -> Result<Known, DbError> {
        self.raise(author, Standing::Vouched).await
    }

    async fn raise(&self, author: Author, standing: Standing) -> Result<Known, DbError> {
        let key = author.to_string();
        let known = match self.get(&key).await? {
            Some(known) if known.standing != Standing::Vouched || standing == Standing::Vouched => return Ok(known),
            Some(known) => Known { standing, ..known },
            None => Known { author: key.clone(), key, standing },
        };
        self.put([&known]).await?;
        Ok(known)
    }

    /// Revokes a key, known or not.
    ///
    /// # Errors
    /// As the database.
    pub async fn revoke(&self, author: Author) -> Result<(), DbError> {
        let key = author.to_string();
        let known = self.get(&key).await?;
        let of = known.map_or_else(|| key.clone(), |known| known.author);
        self.put([&Known { key, standing: Standing::Revoked, author: of }]).await
    }

    /// Follows an author to a new key, which stands where the old one stood. A key that signs nothing any more names nobody.
    ///
    /// # Errors
    /// As the database.
    pub async fn follow(&self, rotation: &Rotation) -> Result<(), DbError> {
        let (from, to) = (self.get(&rotation.from).await?, self.get(&rotation.to).await?);
        let stands = |from: &Known| matches!(from.standing, Standing::Trusted | Standing::Vouched);
        let Some(from) = from.filter(|from| stands(from) && rotation.holds()) else { return Ok(()) };
        // A key that is somebody's already cannot become somebody else.
        if to.is_some() {
            return Ok(());
        }
        let to = Known { key: rotation.to.clone(), standing: from.standing.clone(), author: from.author.clone() };
        let from = Known { standing: Standing::Replaced { by: rotation.to.clone() }, ..from };
        self.put([&from, &to]).await
    }

    async fn put(&self, rows: impl IntoIterator<Item = &Known>) -> Result<(), DbError> {
        let put = |batch: Batch, known: &Known| batch.put(Table::Plugins, Self::row(&known.key), known);
        self.0.commit(rows.into_iter().fold(Batch::new(), put)).await
    }
}
