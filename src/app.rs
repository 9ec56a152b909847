//! The composition root: everything that lives as long as the process, built once from settings and a data directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rand::RngExt as _;
use tokio::sync::watch;
use xiaoer_sdk::{Manifest, Skill};

use crate::action::checks::Checks;
use crate::action::desk::Desk;
use crate::action::execute::Executor;
use crate::channel::{self, Deliveries, Surroundings};
use crate::chat::{Chat, Ears, Talker, Voice};
use crate::clock::Clock;
use crate::config::{Env, Loaded};
use crate::db::{SharedDb, SledDb};
use crate::intake::Intake;
use crate::llm::budget::Budget;
use crate::llm::prices::Prices;
use crate::llm::prompt::Prompts;
use crate::llm::{Llm, Purse};
use crate::run::Runs;
use crate::run::broker::Ports;
use crate::run::events::Bell;
use crate::run::worker::Worker;
use crate::schedule::Ticker;
use crate::score::Scorer;
use crate::secret::Secrets;
use crate::shop::mirror::Mirror;
use crate::shop::push::{Door, Inbox, Worker as PushWorker};
use crate::shop::{Authorizations, Connect, Connector, Leaves, Shops};
use crate::upkeep::Upkeep;

/// Bytes of page cache for the database.
const CACHE: u64 = 16 * 1024 * 1024;

/// Everything, built once.
pub struct App {
    /// Settings and their origins.
    pub loaded: Loaded,
    /// Where everything is kept.
    pub data: PathBuf,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: SharedDb,
    /// Wakes watchers.
    pub bell: Bell,
    /// The shops.
    pub shops: Shops,
    /// Their secrets.
    pub secrets: Secrets,
    /// Their rows.
    pub mirror: Mirror,
    /// Their growth scores.
    pub scorer: Scorer,
    /// Ways to them.
    pub connect: Arc<dyn Connect>,
    /// Their merchants' leave to call.
    pub authorizations: Authorizations,
    /// What models may cost, and did.
    pub budget: Budget,
    /// What models cost by list.
    pub prices: Arc<Prices>,
    /// What the staff can do.
    pub manifests: Arc<BTreeMap<String, Manifest>>,
    /// Runs.
    pub runs: Runs,
    /// Actions.
    pub desk: Desk,
    /// Carries runs out.
    pub worker: Arc<Worker>,
    /// Does what was approved.
    pub executor: Arc<Executor>,
    /// Fires schedules.
    pub ticker: Arc<Ticker>,
    /// Sends reports out.
    pub deliveries: Arc<Deliveries>,
    /// Keeps mirrors fresh.
    pub upkeep: Arc<Upkeep>,
    /// Lets a platform's messages in.
    pub door: Door,
    /// The messages that came.
    pub inbox: Inbox,
    /// Shows what they were about.
    pub pushes: Arc<PushWorker>,
    /// Talks with the staff.
    pub chat: Chat,
}

/// What an app is built from.
pub struct Parts {
    /// Settings.
    pub loaded: Loaded,
    /// Where to keep everything.
    pub data: PathBuf,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: SharedDb,
    /// What can be run.
    pub skills: Vec<xiaoer_skills::Entry>,
    /// The environment, for channels whose address is a secret.
    pub env: Env,
}

/// Opens the embedded database of a data directory; the second value tells when the disk has refused a write.
///
/// # Errors
/// As [`SledDb::open`].
pub fn open_db(data: &Path) -> Result<(SharedDb, watch::Receiver<Option<String>>), crate::db::DbError> {
    let db = SledDb::open(&data.join("db"), CACHE)?;
    let failed = db.failed();
    Ok((Arc::new(db), failed))
}

impl App {
    /// Builds everything. Nothing runs yet.
    ///
    /// # Errors
    /// What cannot be opened or does not fit together, in one line.
    pub fn build(parts: Parts) -> anyhow::Result<Arc<Self>> {
        Self::build_with(parts, None)
    }

    /// The same with somebody else to talk through than the installation's own model, for tests.
    ///
    /// # Errors
    /// As [`App::build`].
    #[expect(clippy::too_many_lines, reason = "one list of everything there is")]
    pub fn build_with(parts: Parts, talker: Option<Arc<dyn Talker>>) -> anyhow::Result<Arc<Self>> {
        let Parts { loaded, data, clock, db, skills, env } = parts;
        let config = &loaded.config;
        let bell = Bell::default();
        let shops = Shops::new(db.clone());
        let secrets = Secrets::open_with(db.clone(), &data, env.secret_key().as_ref())?;
        let mirror = Mirror::new(db.clone());
        let scorer = Scorer::new(db.clone(), mirror.clone());
        let leaves = Leaves::new(secrets.clone(), clock.clone());
        let authorizations = Authorizations::new(shops.clone(), leaves.clone());
        let connect: Arc<dyn Connect> = Arc::new(Connector::over(leaves, config.platform.clone()));
        let (staff, prompts, manifests) = hire(skills, &loaded)?;

        let runs = Runs::new(db.clone(), clock.clone(), bell.clone(), mirror.clone(), Arc::clone(&manifests));
        let checks = Checks::new(db.clone(), mirror.clone(), config.guardrails.clone());
        let desk = Desk::new(db.clone(), clock.clone(), bell.clone(), checks.clone());
        let beside = loaded.file.as_ref().and_then(|file| file.parent()).map(|dir| dir.join("prompts"));
        let prompts = Prompts::new(db.clone(), beside, prompts);
        prompts.check()?;
        let budget = Budget::new(db.clone(), config.budget.clone());
        let prices = Arc::new(Prices::embedded()?);
        let llm = Llm::new(config.model.clone(), prompts).paying(Purse {
            budget: budget.clone(),
            prices: Arc::clone(&prices),
            shops: shops.clone(),
            clock: clock.clone(),
        });
        let ports = Arc::new(Ports {
            mirror: mirror.clone(),
            scorer: scorer.clone(),
            llm,
            connect: Arc::clone(&connect),
            runs: runs.clone(),
            desk: desk.clone(),
        });
        let chat = Chat::new(Ears {
            db: db.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            runs: runs.clone(),
            mirror: mirror.clone(),
            scorer: scorer.clone(),
            manifests: Arc::clone(&manifests),
            roles: config.roles.clone(),
            talker: talker.unwrap_or_else(|| Arc::new(Voice::new(Arc::clone(&ports)))),
            config: config.chat.clone(),
        });
        let worker = Arc::new(Worker {
            process: format!("{:08x}", rand::rng().random::<u32>()),
            db: db.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            shops: shops.clone(),
            staff,
            ports,
            checks: checks.clone(),
            policy: config.policy.clone(),
            schedules: config.schedules.clone(),
        });
        let executor = Arc::new(Executor::new(
            (db.clone(), clock.clone(), bell.clone()),
            shops.clone(),
            Arc::clone(&connect),
            checks,
        ));
        let upkeep = Arc::new(Upkeep::new(
            (clock.clone(), bell.clone()),
            (shops.clone(), mirror.clone()),
            Arc::clone(&connect),
            desk.clone(),
        ));
        let inbox = Inbox::new(db.clone(), clock.clone(), mirror.clone());
        let door = Door::new(shops.clone(), secrets.clone(), inbox.clone());
        let pushes = Arc::new(PushWorker::new(
            clock.clone(),
            (shops.clone(), mirror.clone()),
            Arc::clone(&connect),
            inbox.clone(),
            Arc::clone(&upkeep) as _,
        ));
        let intake = Intake::new(config.schedules.clone(), shops.clone(), runs.clone(), Arc::clone(&upkeep));
        let ticker = Arc::new(Ticker::new(db.clone(), clock.clone(), Arc::new(intake)));
        let variable = |name: &str| env.get(name).map(String::from);
        let around = Surroundings { data: &data, env: &variable, client: crate::http::client(), clock: clock.clone() };
        let channels = channel::open(&config.channels, &around)?;
        let deliveries = Arc::new(Deliveries::new(db.clone(), clock.clone(), channels));
        Ok(Arc::new(Self {
            data,
            clock,
            db,
            bell,
            shops,
            secrets,
            mirror,
            scorer,
            connect,
            authorizations,
            budget,
            prices,
            manifests,
            runs,
            desk,
            worker,
            executor,
            ticker,
            deliveries,
            upkeep,
            door,
            inbox,
            pushes,
            chat,
            loaded,
        }))
    }
}

impl App {
    /// Carries out runs and actions, fires schedules, delivers reports, keeps mirrors fresh and handles pushes, until told to stop.
    pub async fn work(&self, stop: watch::Receiver<bool>) {
        let stopped = || {
            let mut stop = stop.clone();
            async move { drop(stop.wait_for(|stop| *stop).await) }
        };
        let config = &self.loaded.config;
        tokio::join!(
            Arc::clone(&self.worker).work(config.worker.at_once, stopped()),
            self.executor.work(stopped()),
            self.ticker.work(stopped()),
            self.deliveries.work(stopped()),
            self.upkeep.work(config.sync.every, stopped()),
            self.pushes.work(stopped()),
        );
    }
}

type Hired = (Arc<BTreeMap<String, Arc<dyn Skill>>>, Vec<(String, String)>, Arc<BTreeMap<String, Manifest>>);

/// Puts the skills on the staff and checks that agents.toml and manifests agree.
fn hire(skills: Vec<xiaoer_skills::Entry>, loaded: &Loaded) -> anyhow::Result<Hired> {
    let mut staff: BTreeMap<String, Arc<dyn Skill>> = BTreeMap::new();
    let mut manifests = BTreeMap::new();
    let mut prompts = Vec::new();
    for entry in skills {
        let manifest = entry.skill.manifest();
        prompts.extend(entry.prompts.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())));
        anyhow::ensure!(!manifests.contains_key(&manifest.name), "two skills are called {:?}", manifest.name);
        anyhow::ensure!(
            loaded.config.roles.iter().any(|role| role.id == manifest.role),
            "the skill {:?} belongs to the role {:?}, which agents.toml does not have",
            manifest.name,
            manifest.role
        );
        staff.insert(manifest.name.clone(), Arc::from(entry.skill));
        manifests.insert(manifest.name.clone(), manifest);
    }
    for role in &loaded.config.roles {
        for name in &role.skills {
            manifests.get(name).with_context(|| {
                let known: Vec<_> = manifests.keys().map(String::as_str).collect();
                format!("role {:?} has the skill {name:?}, which there is not; known: {}", role.id, known.join(", "))
            })?;
        }
    }
    for schedule in &loaded.config.schedules {
        anyhow::ensure!(
            manifests.contains_key(&schedule.skill),
            "schedule {:?} runs {:?}, which there is not",
            schedule.name,
            schedule.skill
        );
    }
    if let Some(name) = loaded.config.chat.skills.keys().find(|name| !manifests.contains_key(*name)) {
        anyhow::bail!("[chat.skills.{name}] is about a skill which there is not");
    }
    Ok((Arc::new(staff), prompts, Arc::new(manifests)))
}
