//! What plugins keep: values of their own, for each shop and identity apart, 1 MiB in all. Another author's key finds none of them.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use super::grant::Identity;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};

/// Bytes of all keys and values of one plugin in one shop.
const MOST: usize = 1024 * 1024;
/// Bytes of a key.
const LONGEST_KEY: usize = 128;

/// The values of all plugins.
#[derive(Clone)]
pub struct Values {
    db: SharedDb,
    one: Arc<Mutex<()>>,
}

/// Held from the count to the commit, so that two runs do not fill the same room.
pub struct Turn<'a>(#[expect(dead_code, reason = "it is held, not read")] MutexGuard<'a, ()>);

impl Values {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb) -> Self {
        Self { db, one: Arc::default() }
    }

    /// What is kept under a key.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, shop: &str, plugin: &Identity, key: &str) -> Result<Option<Value>, DbError> {
        db::get(&*self.db, Table::PluginValues, &all(shop, plugin).part(key)).await
    }

    /// The batch that keeps a value, or forgets it; to be committed while the turn is held.
    ///
    /// # Errors
    /// The database; and inside, one Chinese sentence when it is too much.
    pub async fn change(
        &self,
        shop: &str,
        plugin: &Identity,
        (key, value): (&str, Option<&Value>),
    ) -> Result<Result<(Turn<'_>, Batch), String>, DbError> {
        if key.is_empty() || key.len() > LONGEST_KEY {
            return Ok(Err(format!("记录的名字要有 1 到 {LONGEST_KEY} 个字节")));
        }
        let turn = Turn(self.one.lock().await);
        let (all, place) = (all(shop, plugin), all(shop, plugin).part(key));
        let Some(value) = value else { return Ok(Ok((turn, Batch::new().delete(Table::PluginValues, place)))) };
        let rows = self.db.scan(Table::PluginValues, Scan::under(&all)).await?;
        let others = rows.iter().filter(|row| row.key != place);
        // A name counts as its longest: nobody fills the disk with names.
        let held: usize = others.map(|row| row.value.len() + LONGEST_KEY).sum();
        if held + value.to_string().len() + LONGEST_KEY > MOST {
            return Ok(Err("这个插件在本店的记录超过 1 MiB，没有再记".into()));
        }
        Ok(Ok((turn, Batch::new().put(Table::PluginValues, place, value))))
    }
}

fn all(shop: &str, plugin: &Identity) -> Key {
    Key::of(shop).part(&plugin.author).part(&plugin.name)
}
