//! From the shelf to the staff: every plugin that is installed and whole is on the team, every other is listed with the reason.
//!
//! A bad plugin stops nothing but itself. Code that a run pinned is found by its digest, whatever is current by then; a plugin that was
//! revoked runs no more, also where a run had pinned it and is under way. What one digest was made into is kept for as long as somebody may run it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use xiaoer_sdk::Manifest;

use super::grant::Identity;
pub use super::shelf::State;
use super::shelf::{Shelf, Shelved};
use super::skill::Make;
use crate::db::DbError;
use crate::run::{Pinned, Run, Runs};
use crate::staff::{Member, Plugin, Staff};

/// How often what nobody needs is looked for.
const SWEPT: Duration = Duration::from_secs(600);

/// Keeps the team in step with what is installed.
pub struct Loader {
    shelf: Arc<Shelf>,
    make: Make,
    staff: Staff,
    runs: Runs,
    roles: BTreeSet<String>,
    made: Mutex<BTreeMap<String, Member>>,
    listed: RwLock<Arc<Vec<Listed>>>,
    /// One change of the team at a time: the later one has read the shelf later.
    loading: tokio::sync::Mutex<()>,
}

/// An installed plugin as the console lists it.
#[derive(Clone)]
pub struct Listed {
    /// Who it is.
    pub identity: Identity,
    /// Its current version.
    pub version: String,
    /// Of everything that it consists of.
    pub digest: String,
    /// Whether it runs.
    pub state: State,
    /// What is wrong with the newest change of its folder, where that is watched; what runs is the version before.
    pub trouble: Option<String>,
    /// What it declares, where that could be read.
    pub manifest: Option<Manifest>,
}

/// Why the code of a run is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Taken back by its author.
    Revoked,
    /// Not on the shelf any more.
    Missing,
    /// It is there and cannot be run.
    Broken {
        /// What is wrong, for its author.
        why: String,
    },
}

impl Gone {
    /// Why a run of it goes no further, and what to do.
    #[must_use]
    pub fn words(&self, title: &str) -> String {
        match self {
            Self::Revoked => format!("插件“{title}”的这个版本已被作者吊销，不再运行；请更新到新版本，或改用其他技能"),
            Self::Missing => format!("插件“{title}”已经卸载，请重新安装，或改用其他技能"),
            Self::Broken { .. } => format!("插件“{title}”坏了，没有运行；原因在“插件”页，请更新或联系作者"),
        }
    }
}

impl Loader {
    /// Over a shelf; `roles` are the ids of agents.toml. Nobody is on the team before [`Loader::load`].
    #[must_use]
    pub fn new(shelf: Arc<Shelf>, make: Make, (staff, runs): (Staff, Runs), roles: BTreeSet<String>) -> Self {
        let (made, listed, loading) = (Mutex::default(), RwLock::default(), tokio::sync::Mutex::default());
        Self { shelf, make, staff, runs, roles, made, listed, loading }
    }

    /// Puts the team in step with the shelf. Runs in flight notice nothing, but those whose code was revoked.
    ///
    /// # Errors
    /// As the database; the team stays as it is.
    pub async fn load(&self) -> Result<(), DbError> {
        let _one = self.loading.lock().await;
        self.bar_revoked().await?;
        let (before, mut members, mut listed) = (self.listed(), Vec::new(), Vec::new());
        for shelved in self.shelf.all().await? {
            let identity = Identity { author: shelved.author.clone(), name: shelved.name.clone() };
            let mut manifest = shelved.package.as_ref().map(|package| package.manifest.clone());
            let state = match self.seat(&shelved).await {
                Ok(member) => {
                    // What the skill says of itself holds: one that is words only may always ask with them.
                    manifest = Some(member.skill.manifest());
                    members.push(member);
                    State::Ready
                }
                Err(Gone::Revoked) => State::Revoked,
                Err(Gone::Missing) => State::Broken { why: "its files are gone; install it again".into() },
                Err(Gone::Broken { why }) => State::Broken { why },
            };
            if let State::Broken { why } = &state {
                tracing::warn!(plugin = identity.name, digest = shelved.digest, why, "a plugin is broken");
            }
            let Shelved { version, digest, .. } = shelved;
            let was = before.iter().find(|one| one.identity == identity && one.digest == digest);
            let trouble = was.and_then(|one| one.trouble.clone());
            listed.push(Listed { identity, version, digest, state, trouble, manifest });
        }
        self.staff.plugins(members);
        *self.listed.write().expect("nothing panics while listing") = Arc::new(listed);
        Ok(())
    }

    /// A run that was accepted before the revocation is among the open ones; one that is accepted later finds the revocation when it begins.
    async fn bar_revoked(&self) -> Result<(), DbError> {
        let mut revoked = BTreeSet::new();
        for digest in self.runs.pinned().await? {
            if self.shelf.stands(&digest).await?.is_err() {
                revoked.insert(digest);
            }
        }
        if revoked.is_empty() {
            return Ok(());
        }
        let is_gone = |run: &Run| run.plugin.as_ref().is_some_and(|pinned| revoked.contains(&pinned.digest));
        self.runs.bar(|run| is_gone(run).then(|| Gone::Revoked.words(&run.title))).await
    }

    /// Follows the shelf until told to stop, and clears away what no run needs any more.
    pub async fn follow(&self, stop: impl Future<Output = ()>) {
        let mut changes = self.shelf.changed();
        tokio::pin!(stop);
        loop {
            changes.mark_unchanged();
            let done = async {
                self.load().await?;
                self.sweep(&self.runs.pinned().await?).await
            };
            if let Err(error) = done.await {
                tracing::error!(%error, "the shelf of plugins cannot be read");
            }
            tokio::select! {
                () = &mut stop => return,
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(SWEPT) => {}
            }
        }
    }

    /// What is wrong with the newest change of a folder that is being worked on; the version before it goes on running.
    ///
    /// # Panics
    /// As [`Loader::listed`].
    pub fn note(&self, name: &str, trouble: Option<String>) {
        let mut listed = self.listed.write().expect("nothing panics while listing");
        let change = |one: &Listed| match one.identity.name == name {
            true => Listed { trouble: trouble.clone(), ..one.clone() },
            false => one.clone(),
        };
        *listed = Arc::new(listed.iter().map(change).collect());
    }

    /// What is installed, as of the last load.
    ///
    /// # Panics
    /// Never in practice: nothing panics while listing.
    #[must_use]
    pub fn listed(&self) -> Arc<Vec<Listed>> {
        Arc::clone(&self.listed.read().expect("nothing panics while listing"))
    }

    /// The code that a run began with, whatever is current now.
    ///
    /// # Errors
    /// The database; and inside, why there is no such code.
    pub async fn exactly(&self, pinned: &Pinned) -> Result<Result<Member, Gone>, DbError> {
        let Some(shelved) = self.shelf.get(&pinned.digest).await? else { return Ok(Err(Gone::Missing)) };
        if shelved.author != pinned.author {
            return Ok(Err(Gone::Missing));
        }
        Ok(self.seat(&shelved).await)
    }

    /// Removes code that neither is current nor was pinned by an open run.
    ///
    /// # Errors
    /// As the shelf.
    pub async fn sweep(&self, pinned: &BTreeSet<String>) -> Result<(), DbError> {
        let _one = self.loading.lock().await;
        self.shelf.sweep(pinned).await?;
        let current: BTreeSet<String> = self.listed().iter().map(|one| one.digest.clone()).collect();
        let mut made = self.made.lock().expect("nothing panics while keeping");
        made.retain(|digest, _| current.contains(digest) || pinned.contains(digest));
        Ok(())
    }

    async fn seat(&self, shelved: &Shelved) -> Result<Member, Gone> {
        let broken = |why: String| Err(Gone::Broken { why });
        match &shelved.state {
            State::Revoked => return Err(Gone::Revoked),
            State::Broken { why } => return broken(why.clone()),
            State::Ready => {}
        }
        let package = shelved.package.clone().ok_or(Gone::Missing)?;
        let manifest = &package.manifest;
        if self.staff.is_built_in(&manifest.name) {
            return broken(format!("{:?} is the name of a built-in skill; rename the plugin", manifest.name));
        }
        if !self.roles.contains(&manifest.role) {
            let known: Vec<_> = self.roles.iter().map(String::as_str).collect();
            return broken(format!("there is no role {:?}; this installation has {}", manifest.role, known.join(", ")));
        }
        let known = self.made.lock().expect("nothing panics while keeping").get(&shelved.digest).cloned();
        if let Some(member) = known.filter(|known| known.plugin.as_ref().is_some_and(|p| p.author == shelved.author)) {
            return Ok(member);
        }
        let (make, given) = (Arc::clone(&self.make), Arc::clone(&package));
        // Compiling takes a while: not on a thread that serves others.
        let skill = match tokio::task::spawn_blocking(move || make(given)).await {
            Ok(Ok(skill)) => skill,
            Ok(Err(why)) => return broken(why),
            Err(panic) => return broken(format!("it could not be prepared: {panic}")),
        };
        let member = Member { skill, plugin: Some(Plugin { author: shelved.author.clone(), package }) };
        self.made.lock().expect("nothing panics while keeping").insert(shelved.digest.clone(), member.clone());
        Ok(member)
    }
}

impl Listed {
    /// What a merchant calls it; its name where its manifest cannot be read.
    #[must_use]
    pub fn title(&self) -> &str {
        self.manifest.as_ref().map_or(&self.identity.name, |manifest| &manifest.title)
    }
}
