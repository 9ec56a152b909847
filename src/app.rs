//! The composition root: everything that lives as long as the process, built once from settings and a data directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::RngExt as _;
use tokio::sync::watch;

use crate::action::checks::Checks;
use crate::action::desk::Desk;
use crate::action::execute::Executor;
use crate::assistant::Assistants;
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
use crate::mcp::Away;
use crate::plugin;
use crate::plugin::fetch::Fetcher;
use crate::plugin::grant::Grants;
use crate::plugin::loader::Loader;
use crate::plugin::sandbox::Sandbox;
use crate::plugin::shelf::{House, Shelf};
use crate::plugin::values::Values;
use crate::plugin::withdrawn::Withdrawals;
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
use crate::staff::Staff;
use crate::trigger::Lookout;
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
    /// Who can be run.
    pub staff: Staff,
    /// The plugins that are installed.
    pub shelf: Arc<Shelf>,
    /// Puts them among the staff.
    pub loader: Arc<Loader>,
    /// What shops let plugins do.
    pub grants: Grants,
    /// Tokens of other people's assistants.
    pub assistants: Assistants,
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
    /// Starts plugins on what happens in the shops.
    pub lookout: Arc<Lookout>,
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
        let prompts = skills.iter().flat_map(|entry| &entry.prompts);
        let prompts = prompts.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let staff = Staff::hire(skills.into_iter().map(|entry| Arc::from(entry.skill)), config)?;
        match staff.agrees_with(config) {
            // It may be about a plugin, and a plugin that is gone or broken does not stop the start.
            Err(error) if data.join("plugins").exists() => tracing::warn!("{error:#}, unless it is a plugin's"),
            checked => checked?,
        }

        let runs = Runs::new(db.clone(), clock.clone(), bell.clone(), mirror.clone(), staff.clone());
        let checks = Checks::new(db.clone(), mirror.clone(), config.guardrails.clone());
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
        let roles = config.roles.iter().map(|role| role.id.clone()).collect();
        let sandbox = Sandbox::beside(&data)?;
        let make = plugin::skill::maker(sandbox);
        let house = House { roles, taken: staff.now().manifests().keys().cloned().collect() };
        let shelf = Shelf::open(db.clone(), &data, house.clone(), Arc::clone(&make));
        let loader = Arc::new(Loader::new(Arc::clone(&shelf), make, (staff.clone(), runs.clone()), house.roles));
        let grants = Grants::new(db.clone(), clock.clone(), runs.clone());
        let withdrawals = Withdrawals::new(runs.clone(), Arc::clone(&shelf), grants.clone());
        let rings = (db.clone(), clock.clone(), bell.clone());
        let desk = Desk::new(rings.clone(), checks.clone(), withdrawals.clone());
        let assistants = Assistants::new(db.clone(), clock.clone());
        let ports = Arc::new(Ports {
            mirror: mirror.clone(),
            scorer: scorer.clone(),
            llm,
            connect: Arc::clone(&connect),
            runs: runs.clone(),
            desk: desk.clone(),
            values: Values::new(db.clone()),
            fetcher: Fetcher::new(secrets.clone()),
        });
        let chat = Chat::new(Ears {
            db: db.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            runs: runs.clone(),
            mirror: mirror.clone(),
            scorer: scorer.clone(),
            staff: staff.clone(),
            grants: grants.clone(),
            roles: config.roles.clone(),
            talker: talker.unwrap_or_else(|| Arc::new(Voice::new(Arc::clone(&ports)))),
            config: config.chat.clone(),
            away: Away::of(config.away.clone()),
        });
        let worker = Arc::new(Worker {
            process: format!("{:08x}", rand::rng().random::<u32>()),
            db: db.clone(),
            clock: clock.clone(),
            bell: bell.clone(),
            shops: shops.clone(),
            staff: staff.clone(),
            loader: Arc::clone(&loader),
            grants: grants.clone(),
            ports,
            checks: checks.clone(),
            policy: config.policy.clone(),
            schedules: config.schedules.clone(),
        });
        let executor = Executor::new(rings, shops.clone(), Arc::clone(&connect), (checks, withdrawals));
        let executor = Arc::new(executor);
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
        let plugins = (Arc::clone(&loader), grants.clone());
        let intake =
            Intake::new(config.schedules.clone(), shops.clone(), runs.clone(), Arc::clone(&upkeep), plugins.clone());
        let ticker = Arc::new(Ticker::new(db.clone(), clock.clone(), Arc::new(intake)));
        let rows = (shops.clone(), mirror.clone());
        let lookout = Arc::new(Lookout::new((db.clone(), clock.clone()), rows, runs.clone(), plugins));
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
            staff,
            shelf,
            loader,
            grants,
            assistants,
            runs,
            desk,
            worker,
            executor,
            ticker,
            lookout,
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
    /// Carries out runs and actions, fires schedules, starts plugins on events, delivers reports, keeps mirrors fresh and handles pushes, until told to stop.
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
            self.lookout.work(stopped()),
            self.deliveries.work(stopped()),
            self.upkeep.work(config.sync.every, stopped()),
            self.pushes.work(stopped()),
            self.loader.follow(stopped()),
            plugin::watch::folders(&self.shelf, &self.loader, stopped()),
        );
    }
}
