//! Where grants are kept, and the decisions about them. Each is stored with its audit row in one commit.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use xiaoer_sdk::{Manifest, quoted_to};

use super::{Grant, Identity, Standing, Wishes, hash};
use crate::action::{AuditRow, Decision};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::withdrawn::{Stands, Withdrawn};
use crate::run::{Run, Runs};
use crate::shop::Shop;
use crate::staff::Team;

/// Characters of a plugin's own words that are passed on.
const TITLE: usize = 40;
const ABOUT: usize = 200;

/// Shops' grants to plugins.
#[derive(Clone)]
pub struct Grants {
    db: SharedDb,
    clock: Clock,
    runs: Runs,
}

/// Why a decision was not taken. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The page showed other wishes.
    #[error("这个插件要做的事在您打开页面后有变化，请刷新后重新确认")]
    Changed,
    /// There is nothing to take back.
    #[error("本店没有给过这个插件授权")]
    NotGiven,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Grants {
    /// Over a database; `runs` are barred when a grant is taken back.
    #[must_use]
    pub fn new(db: SharedDb, clock: Clock, runs: Runs) -> Self {
        Self { db, clock, runs }
    }

    /// What a shop said to a plugin.
    ///
    /// # Errors
    /// As the database.
    pub async fn of(&self, shop: &str, plugin: &Identity) -> Result<Option<Grant>, DbError> {
        db::get(&*self.db, Table::Grants, &key(shop, plugin)).await
    }

    /// Whether a shop's grant holds; and what a commit that relies on it has to expect.
    ///
    /// # Errors
    /// As the database.
    pub async fn stands(&self, shop: &str, plugin: &Identity) -> Result<Stands, DbError> {
        let given = self.of(shop, plugin).await?.filter(|grant| !grant.withdrawn).ok_or(Withdrawn::Grant);
        Ok(given.map(|grant| Batch::new().expect(Table::Grants, key(shop, plugin), &grant)))
    }

    /// Yes to everything that the manifest wishes for; `shown` is the [`hash`] of what the person saw.
    ///
    /// # Errors
    /// [`GrantError`]; another hash gives nothing.
    pub async fn give(
        &self,
        shop: &Shop,
        (plugin, manifest): (&Identity, &Manifest),
        by: &str,
        shown: &str,
    ) -> Result<Grant, GrantError> {
        let given = Wishes::of(manifest);
        let hash = hash(&shop.id, plugin, &manifest.version, &given);
        if hash != shown {
            return Err(GrantError::Changed);
        }
        let before = self.of(&shop.id, plugin).await?;
        let count = before.as_ref().map_or(0, |before| before.count + 1);
        let grant = Grant {
            plugin: plugin.clone(),
            given,
            version: manifest.version.clone(),
            withdrawn: false,
            decided: Decision { by: by.into(), at: self.clock.now_in(shop.zone), hash },
            count,
            since: before.as_ref().filter(|before| !before.withdrawn).map_or(count, |before| before.since),
        };
        let words = if before.is_some() { "重新授权" } else { "授权" };
        self.store(&shop.id, before.as_ref(), &grant, words).await?;
        Ok(grant)
    }

    /// Takes a grant back and bars the plugin's runs in this shop.
    ///
    /// # Errors
    /// [`GrantError`].
    pub async fn withdraw(&self, shop: &Shop, plugin: &Identity, by: &str) -> Result<Grant, GrantError> {
        let before = self.of(&shop.id, plugin).await?.filter(|grant| !grant.withdrawn).ok_or(GrantError::NotGiven)?;
        let at: DateTime<FixedOffset> = self.clock.now_in(shop.zone);
        let decided = Decision { by: by.into(), at, hash: before.decided.hash.clone() };
        let grant = Grant { withdrawn: true, decided, count: before.count + 1, ..before.clone() };
        self.store(&shop.id, Some(&before), &grant, "收回授权").await?;
        // After the commit: a run that is accepted meanwhile finds no grant, one that was accepted before is in the list.
        let ours = |run: &Run| run.shop == shop.id && run.identity().as_ref() == Some(plugin);
        self.runs.bar(|run| Standing::Withdrawn.why_not(&run.title).filter(|_| ours(run))).await?;
        Ok(grant)
    }

    /// What everybody may do in a shop: built-in skills what they declare, plugins what was granted; others are not there. What plugins
    /// call themselves is a stranger's word and comes quoted.
    ///
    /// # Errors
    /// As the database.
    pub async fn in_shop(&self, shop: &str, team: &Team) -> Result<BTreeMap<String, Manifest>, DbError> {
        let mut all = BTreeMap::new();
        for (name, manifest) in team.manifests() {
            let Some(plugin) = team.get(name).and_then(|member| member.plugin.as_ref()) else {
                all.insert(name.clone(), manifest.clone());
                continue;
            };
            let identity = Identity { author: plugin.author.clone(), name: name.clone() };
            if let Some(holds) = super::effective(manifest, self.of(shop, &identity).await?.as_ref()) {
                let (title, description) = (quoted_to(&holds.title, TITLE), quoted_to(&holds.description, ABOUT));
                all.insert(name.clone(), Manifest { title, description, ..holds });
            }
        }
        Ok(all)
    }

    /// Who decided what about a plugin, oldest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn audit(&self, shop: &str, plugin: &Identity) -> Result<Vec<AuditRow>, DbError> {
        db::scan(&*self.db, Table::Audit, Scan::under(&Key::of(shop).part(&plugin.audited_as()))).await
    }

    async fn store(&self, shop: &str, before: Option<&Grant>, grant: &Grant, what: &str) -> Result<(), DbError> {
        let Decision { by, at, hash } = grant.decided.clone();
        let action = grant.plugin.audited_as();
        let place = Key::of(shop).part(&action).number(grant.count);
        let row = AuditRow { at, by, what: what.into(), action, hash };
        let key = key(shop, &grant.plugin);
        let batch = match before {
            Some(before) => Batch::new().expect(Table::Grants, key.clone(), before),
            None => Batch::new().expect_absent(Table::Grants, key.clone()),
        };
        self.db.commit(batch.put(Table::Grants, key, grant).put(Table::Audit, place, &row)).await
    }
}

fn key(shop: &str, plugin: &Identity) -> Key {
    Key::of(shop).part(&plugin.author).part(&plugin.name)
}
