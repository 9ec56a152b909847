//! A world to tell stories in: a sandbox on a real port, a data directory, an app over it, a model that counts its questions.
#![allow(dead_code, reason = "each story uses its part")]

pub(crate) mod bent;
pub(crate) mod catalogue;
pub(crate) mod crash;
pub(crate) mod fuzz;
pub(crate) mod gateway;
pub(crate) mod guest;
pub(crate) mod lines;
pub(crate) mod model;
pub(crate) mod office;
pub(crate) mod plugins;
pub(crate) mod script;
pub(crate) mod stand;
pub(crate) mod talker;
pub(crate) mod watch;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use tempfile::TempDir;
use tokio::net::TcpListener;
use xiaoer::app::{App, Parts, open_db};
use xiaoer::clock::Clock;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::SharedDb;
use xiaoer::shop::{Link, Shop};
use xiaoer_sandbox::{Industry, Options, Sandbox, ShopSource};

/// A quarter past nine on a Monday, in the shop's zone.
pub(crate) const NOW: &str = "2026-11-23T09:15:00+08:00";

pub(crate) fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(NOW).expect("a time")
}

/// A sandbox with one small shop whose clock stands still.
pub(crate) struct World {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) address: SocketAddr,
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let shop =
            ShopSource::Generated { name: "测试店铺".into(), seed: 3, days: 20, industry: Industry::Consumer };
        let mut options = Options {
            shops: vec![shop],
            clock: xiaoer_sandbox::Clock::Fixed(now()),
            live: false,
            ..Options::default()
        };
        change(&mut options);
        let sandbox = Arc::new(Sandbox::open(options).expect("a sandbox"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(Arc::clone(&sandbox).serve(listener, std::future::pending()));
        let dir = tempfile::tempdir().expect("a directory");
        Self { sandbox, address, dir, clock: Clock::standing_at(now().with_timezone(&Utc)) }
    }

    pub(crate) fn data(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn db(&self) -> SharedDb {
        open_db(self.data()).expect("a database").0
    }

    /// An app with the staff's skills and the settings that are built in.
    pub(crate) fn app(&self, db: SharedDb) -> Arc<App> {
        self.app_with(db, &Env::default(), Vec::new())
    }

    /// An app with more skills, and an environment.
    pub(crate) fn app_with(&self, db: SharedDb, env: &Env, more: Vec<xiaoer_skills::Entry>) -> Arc<App> {
        let loaded = Loaded::read(None, self.data(), env).expect("settings");
        let mut skills = xiaoer_skills::all();
        skills.extend(more);
        let parts =
            Parts { loaded, data: self.data().to_path_buf(), clock: self.clock.clone(), db, skills, env: env.clone() };
        App::build(parts).expect("an app")
    }

    /// Registers the sandbox's first shop and brings its rows.
    pub(crate) async fn join(&self, app: &App) -> Shop {
        let shop = self.register(app, "test").await;
        app.upkeep.sync(&shop).await.expect("a sync");
        shop
    }

    pub(crate) async fn register(&self, app: &App, id: &str) -> Shop {
        self.register_one(app, id, 0).await
    }

    /// Registers one of several shops of the sandbox.
    pub(crate) async fn register_one(&self, app: &App, id: &str, which: usize) -> Shop {
        let info = &self.sandbox.shops()[which];
        let base = format!("http://{}", self.address);
        let link = Link::Alibaba {
            gateway: base.clone(),
            pictures: base,
            app_key: "1000000".into(),
            secret: app.secrets.keep(id, "app_secret", "test123").await.expect("kept"),
            token: app.secrets.keep(id, "access_token", &info.access_token).await.expect("kept"),
            member_id: info.member_id.clone(),
        };
        let shop = Shop {
            id: id.into(),
            name: info.name.clone(),
            zone: chrono_tz::Asia::Shanghai,
            industry: xiaoer_growth::Industry::Consumer,
            link,
        };
        app.shops.register(&shop).await.expect("registered");
        shop
    }

    /// Turns the sandbox's admin knobs.
    pub(crate) async fn admin(&self, path: &str, body: serde_json::Value) -> serde_json::Value {
        let url = format!("http://{}/admin/{path}", self.address);
        let answer = xiaoer::http::client().post(url).json(&body).send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }

    /// Every write that took effect.
    pub(crate) async fn effects(&self) -> serde_json::Value {
        let url = format!("http://{}/admin/effects", self.address);
        xiaoer::http::client().get(url).send().await.expect("the sandbox answers").json().await.expect("effects")
    }
}
