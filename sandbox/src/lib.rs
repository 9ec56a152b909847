//! A local stand-in for the 1688 open platform: the same addresses, signatures, tokens, envelopes and odd habits, over
//! made-up shops or over a merchant's order export. It is served on a real port, so a client cannot tell it apart and
//! needs no test code.
//!
//! Read it from the outside in:
//!
//! - `wire`: the gateway: address, signature, the fixed order of checks, the error envelope; `oauth`: the page before it
//! - `methods`: one list of the platform's methods, one file a group
//! - `world`: shops, products, photobanks, orders, refunds, activities; all follows from a seed and the civil day
//! - `state`, `journal`, `effects`: what writes changed, how that outlives a restart, and how often each took effect
//! - `push`: messages about what happens, sent to a callback or held to be pulled
//! - `admin`, `faults`, `rights`, `clock`: what tests turn: time, rights, faults, messages, extra orders
//! - `merchant_files`, `pictures`: what no API gives, and the product pictures, drawn here or uploaded
//!
//! It must never share wire code with the client, invent a method that the platform does not have, or be reachable
//! from outside the machine: whoever can reach it can change its clock.

mod admin;
mod clock;
mod effects;
mod faults;
mod journal;
mod merchant_files;
mod methods;
mod oauth;
mod pictures;
mod push;
mod rights;
mod state;
mod wire;
mod world;

use std::collections::HashSet;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

pub use clock::Clock;
pub use faults::{Fault, FaultKind, FaultSchedule};
pub use journal::JournalError;
pub use push::PushOptions;
pub use world::Industry;

use clock::{Day, Moment};
use journal::{Entry, Journal};
use push::Push;
use rights::Rights;
use state::{App, Limit, State};
use wire::token;
use world::changes::Change;
use world::{ExportError, Shop, World};

/// What a sandbox is made of. `Options::default()` is one generated shop on the real clock, with nothing kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// The shops; their names must differ.
    pub shops: Vec<ShopSource>,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Generated shops go on taking orders after the start. Otherwise they stand still at the instant they were opened.
    pub live: bool,
    /// Where changes are kept; without it a restart forgets them.
    pub state_dir: Option<PathBuf>,
    /// The one app that may call.
    pub app_key: String,
    /// The secret that the app signs with.
    pub app_secret: String,
    /// Solutions (解决方案) that the app was granted, by key or title; `*` for all, and for methods of which none is known.
    /// A method whose solution is missing is answered `gw.APIACLDecline`.
    pub solutions: Vec<String>,
    /// Names of APIs that the app may call besides.
    pub granted: Vec<String>,
    /// Names of APIs that are declined whatever was granted.
    pub withheld: Vec<String>,
    /// Faults that the first calls meet.
    pub faults: Vec<Fault>,
    /// Faults drawn from a seed.
    pub fault_schedule: Option<FaultSchedule>,
    /// Seconds by which `currentTime` and `currentTimeMillis` are off.
    pub skew_seconds: i64,
    /// Where messages about the shops go.
    pub push: PushOptions,
    /// Calls a second before `gw.QosRequestLimit`; none: no limit.
    pub calls_per_second: Option<u32>,
    /// Put before the picture paths in orders. Product records carry paths without a host, as on the platform.
    pub image_base: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shops: vec![ShopSource::Generated {
                name: "演示店铺".to_owned(),
                seed: 1688,
                days: 120,
                industry: Industry::Consumer,
            }],
            clock: Clock::Real,
            live: true,
            state_dir: None,
            app_key: "1000000".to_owned(),
            app_secret: "test123".to_owned(),
            solutions: rights::own_app(),
            // In no own-app solution, but apps with a product solution are known to call it.
            granted: vec!["alibaba.account.basic".to_owned()],
            withheld: Vec::new(),
            faults: Vec::new(),
            fault_schedule: None,
            skew_seconds: 0,
            push: PushOptions::default(),
            calls_per_second: None,
            image_base: "https://cbu01.alicdn.com/".to_owned(),
        }
    }
}

/// Where a shop comes from.
#[derive(Debug, Clone)]
pub enum ShopSource {
    /// A made-up shop with `days` of history before today.
    Generated {
        /// The shop's name.
        name: String,
        /// Everything about the shop follows from name, seed and day.
        seed: u64,
        /// Days of orders before the first start.
        days: u32,
        /// What it sells.
        industry: Industry,
    },
    /// The same with far more trade, for measuring: 500 orders a day over 400 days make 200,000.
    Large {
        /// The shop's name.
        name: String,
        /// Everything about the shop follows from name, seed and day.
        seed: u64,
        /// Days of orders before the first start.
        days: u32,
        /// What it sells.
        industry: Industry,
        /// Orders of an average day, at most about 1,000.
        orders_a_day: u32,
    },
    /// The orders of a merchant's own export. Such a shop takes no new orders.
    OrderExport {
        /// The shop's name.
        name: String,
        /// The file, `.xlsx` or `.csv`.
        bytes: Vec<u8>,
    },
}

/// What somebody needs to call in a shop's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopInfo {
    /// As given in the options.
    pub name: String,
    /// The platform's member id, `b2b-…`.
    pub member_id: String,
    /// The login name.
    pub login_id: String,
    /// Good until revoked; it has no end, unlike the ones of `getToken`.
    pub access_token: String,
    /// For `getToken`.
    pub refresh_token: String,
}

/// Why a sandbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Two shops cannot be told apart.
    #[error("two sandbox shops are named {0}")]
    SameName(String),
    /// The app is said to have a solution that does not exist.
    #[error("no solution has the key or title {0}")]
    Solution(String),
    /// An order export cannot be read.
    #[error("sandbox shop {name}: {reason}")]
    Export {
        /// The shop's name.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// The state directory cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal or the messages cannot be read or written.
    #[error("sandbox state: {0}")]
    Write(#[from] io::Error),
}

/// A running stand-in. All its state is behind one lock; no call waits while holding it.
#[derive(Debug)]
pub struct Sandbox {
    state: Mutex<State>,
    shops: Vec<ShopInfo>,
    requests: AtomicU64,
    /// Tells calls that wait on purpose that the server is going away.
    stopping: watch::Sender<bool>,
}

impl Sandbox {
    /// Builds the shops and replays what the state directory kept. Opens no port.
    ///
    /// # Errors
    ///
    /// Two shops of one name, an order export that is none, a state directory that cannot be used.
    pub fn open(options: Options) -> Result<Self, SandboxError> {
        let (mut journal, entries) = match &options.state_dir {
            Some(dir) => Journal::open(dir)?,
            None => (Journal::none(), Vec::new()),
        };
        let now = options.clock.now();
        let mut world = World::default();
        for source in &options.shops {
            let shop = open_shop(source, now, &entries, &mut journal)?;
            if world.shop(&shop.profile.name).is_some() {
                return Err(SandboxError::SameName(shop.profile.name));
            }
            world.shops.push(shop);
        }
        if !options.live {
            world.shops.iter_mut().for_each(|shop| shop.stand_still(now));
        }
        let inbox = options.state_dir.as_deref().map(push::Inbox::open).transpose()?.unwrap_or_default();
        let rights =
            Rights::new(&options.solutions, options.granted, options.withheld).map_err(SandboxError::Solution)?;
        let mut state = State {
            app: App { key: options.app_key, secret: options.app_secret },
            world,
            clock: options.clock,
            ledger: effects::Ledger::default(),
            journal,
            faults: faults::Faults::new(options.faults, options.fault_schedule),
            rights,
            push: Push::new(options.push.clone(), inbox, now),
            skew_seconds: options.skew_seconds,
            hidden_for: None,
            late: Vec::new(),
            codes: 0,
            used_codes: HashSet::new(),
            limit: Limit::of(options.calls_per_second),
            image_base: options.image_base,
        };
        state.replay(&entries);
        state.world.advance(now);
        state.push.set(options.push);
        let shops = state.world.shops.iter().map(|shop| info(&state.app.secret, shop)).collect();
        Ok(Self { state: Mutex::new(state), shops, requests: AtomicU64::new(1), stopping: watch::Sender::new(false) })
    }

    /// Answers on `listener` until `shutdown` ends. Whoever calls binds the port, so a test may bind port 0.
    ///
    /// # Errors
    ///
    /// The listener fails.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let sandbox = Arc::clone(&self);
        let stop = async move {
            shutdown.await;
            sandbox.stopping.send_replace(true);
        };
        let serving = axum::serve(listener, wire::router(Arc::clone(&self))).with_graceful_shutdown(stop);
        tokio::select! {
            served = serving.into_future() => served,
            () = push::sender::run(&self) => Ok(()),
        }
    }

    /// The shops, in the order of the options.
    #[must_use]
    pub fn shops(&self) -> &[ShopInfo] {
        &self.shops
    }

    /// The files that a merchant of this shop would hand over because no API gives their content: name and bytes.
    /// They reach to the end of yesterday. A shop that is not known, or came from an export, has none.
    #[must_use]
    pub fn merchant_files(&self, shop: &str) -> Vec<(String, Vec<u8>)> {
        let mut state = self.state();
        let now = state.now();
        state.world.advance(now);
        state.world.shop(shop).map(|shop| merchant_files::of(shop, now)).unwrap_or_default()
    }

    /// Calls of the gateway that came so far, refused ones with them.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.requests.load(Ordering::Relaxed) - 1
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock leaves nothing half-written: changes are applied one at a time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits, but not past the end of the server.
    async fn wait(&self, time: Duration) {
        let mut stopping = self.stopping.subscribe();
        let stopped = async { stopping.wait_for(|stopped| *stopped).await.is_ok() };
        // Either way the wait is over.
        let _ = tokio::time::timeout(time, stopped).await;
    }
}

fn open_shop(source: &ShopSource, now: Moment, entries: &[Entry], journal: &mut Journal) -> Result<Shop, SandboxError> {
    match source {
        ShopSource::OrderExport { name, bytes } => world::from_export(name, bytes)
            .map_err(|ExportError(reason)| SandboxError::Export { name: name.clone(), reason }),
        ShopSource::Generated { name, seed, days, industry } => {
            let origin = origin((name, *days), now, entries, journal)?;
            Ok(world::generated(name, *seed, *industry, origin))
        }
        ShopSource::Large { name, seed, days, industry, orders_a_day } => {
            let origin = origin((name, *days), now, entries, journal)?;
            let mut shop = world::generated(name, *seed, *industry, origin);
            shop.trade(*orders_a_day);
            Ok(shop)
        }
    }
}

/// The first day of a shop with so many days of history.
fn origin(
    (name, days): (&str, u32),
    now: Moment,
    entries: &[Entry],
    journal: &mut Journal,
) -> Result<Day, SandboxError> {
    let kept = entries.iter().find_map(|entry| match entry.change {
        Change::Opened { origin } if entry.shop == name => Some(origin),
        _ => None,
    });
    if let Some(origin) = kept {
        return Ok(origin);
    }
    // Kept, so that the oldest orders do not vanish from a shop that is opened again tomorrow.
    let origin = now.day().plus(-i64::from(days));
    journal.append(&Entry { at: now, shop: name.to_owned(), change: Change::Opened { origin }, effect: None })?;
    Ok(origin)
}

fn info(secret: &str, shop: &Shop) -> ShopInfo {
    let profile = &shop.profile;
    ShopInfo {
        name: profile.name.clone(),
        member_id: profile.member_id.clone(),
        login_id: profile.login_id.clone(),
        access_token: token::mint(secret, token::Kind::Access, shop, None),
        refresh_token: token::mint(secret, token::Kind::Refresh, shop, None),
    }
}
