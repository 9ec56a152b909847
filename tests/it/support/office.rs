//! Shops that live from files, behind the API: requests in, answers out, and a past to foresee from.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;
use xiaoer::app::{App, Parts, open_db};
use xiaoer::chat::Talker;
use xiaoer::clock::Clock;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::SharedDb;
use xiaoer::shop::{Link, Shop};
use xiaoer_growth::Industry;

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// An installation without a platform.
pub(crate) struct Office {
    pub(crate) app: Arc<App>,
    clock: Clock,
    router: Router,
    _dir: TempDir,
}

/// A status and what was said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) json: Value,
}

impl Office {
    /// On the morning of a day, with shops of these ids.
    pub(crate) async fn on(day: &str, shops: &[&str]) -> Self {
        Self::with(day, shops, Vec::new()).await
    }

    /// The same with more skills.
    pub(crate) async fn with(day: &str, shops: &[&str], more: Vec<xiaoer_skills::Entry>) -> Self {
        Self::talking(day, shops, (more, None, "")).await
    }

    /// The same with somebody to talk through, and settings.
    pub(crate) async fn talking(
        day: &str,
        shops: &[&str],
        (more, talker, settings): (Vec<xiaoer_skills::Entry>, Option<Arc<dyn Talker>>, &str),
    ) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Clock::standing_at(morning(day));
        if !settings.is_empty() {
            std::fs::write(dir.path().join("agents.toml"), settings).expect("written");
        }
        let app = built(dir.path(), &clock, open_db(dir.path()).expect("a database").0, (more, talker));
        let router = xiaoer::web::router(Arc::clone(&app), TOKEN.into());
        for id in shops {
            let shop = Shop {
                id: (*id).into(),
                name: format!("店铺 {id}"),
                zone: chrono_tz::Asia::Shanghai,
                industry: Industry::Consumer,
                link: Link::Files,
            };
            app.shops.register(&shop).await.expect("registered");
        }
        Self { app, clock, router, _dir: dir }
    }

    /// The same directory as a later process sees it: same records, nothing remembered.
    pub(crate) fn rebuilt(&self, more: Vec<xiaoer_skills::Entry>) -> Self {
        let app = built(self.app.data.as_path(), &self.clock, self.app.db.clone(), (more, None));
        let router = xiaoer::web::router(Arc::clone(&app), TOKEN.into());
        // The directory stays the first one's.
        Self { app, clock: self.clock.clone(), router, _dir: tempfile::tempdir().expect("a directory") }
    }

    /// The API of an app that somebody else built.
    pub(crate) fn over(app: Arc<App>, clock: &Clock) -> Self {
        let router = xiaoer::web::router(Arc::clone(&app), TOKEN.into());
        Self { app, clock: clock.clone(), router, _dir: tempfile::tempdir().expect("a directory") }
    }

    /// Carries out what is accepted, until the office is gone.
    pub(crate) fn work(&self) -> tokio::task::JoinHandle<()> {
        let worker = Arc::clone(&self.app.worker);
        tokio::spawn(async move { worker.work(4, std::future::pending()).await })
    }

    /// It is the morning of another day.
    pub(crate) fn it_is(&self, day: &str) {
        self.clock.set(morning(day));
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Said {
        let request = request.header("host", "127.0.0.1:1").header("authorization", format!("Bearer {TOKEN}"));
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer");
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        Said { status, json: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    pub(crate) async fn asked(&self, path: &str) -> Said {
        self.send(Request::get(path), Body::empty()).await
    }

    pub(crate) async fn told(&self, path: &str, body: Value) -> Said {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request, Body::from(body.to_string())).await
    }

    /// A page or a text, as it is.
    pub(crate) async fn text(&self, path: &str) -> String {
        let request = Request::get(path).header("authorization", format!("Bearer {TOKEN}"));
        let request = request.body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let bytes = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    /// What is answered when all is well.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let said = self.asked(path).await;
        assert_eq!(said.status, StatusCode::OK, "{path}: {}", said.json);
        said.json
    }

    /// What is answered when all is well.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let said = self.told(path, body).await;
        assert_eq!(said.status, StatusCode::OK, "{path}: {}", said.json);
        said.json
    }

    pub(crate) async fn import(&self, shop: &str, text: &str) {
        let path = format!("/api/shops/{shop}/import");
        let said = self.send(Request::post(&path), Body::from(text.to_owned())).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.json);
    }
}

type Cast = (Vec<xiaoer_skills::Entry>, Option<Arc<dyn Talker>>);

fn built(dir: &std::path::Path, clock: &Clock, db: SharedDb, (more, talker): Cast) -> Arc<App> {
    let mut skills = xiaoer_skills::all();
    skills.extend(more);
    let parts = Parts {
        loaded: Loaded::read(None, dir, &Env::default()).expect("settings"),
        data: dir.to_path_buf(),
        clock: clock.clone(),
        db,
        skills,
        env: Env::default(),
    };
    App::build_with(parts, talker).expect("an app")
}

impl Said {
    /// The one sentence with which something was refused.
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!(self.status, StatusCode::BAD_REQUEST, "{}", self.json);
        let sentence = self.json["error"].as_str().expect("a sentence");
        assert!(!sentence.contains('\n') && sentence.chars().any(|c| c > '\u{2e80}'), "{sentence}");
        sentence
    }
}

fn morning(day: &str) -> DateTime<Utc> {
    format!("{day}T01:15:00Z").parse().expect("a time")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a decimal as text")).parse().expect("a decimal")
}

/// A ledger of some days up to one: a trade that goes up and down, with new buyers, some who come back, and promotions.
pub(crate) fn trade(last: &str, days: u64) -> String {
    let mut ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n".to_owned();
    for back in (0..days).rev() {
        let day = day(last) - Days::new(back);
        // Told by the day alone, so that a longer ledger holds the same orders.
        let number = u64::try_from((day - NaiveDate::default()).num_days()).expect("after 1970");
        for n in 0..5 + mixed(number) % 6 {
            let drawn = mixed(number * 31 + n);
            let (buyer, amount, promoted) = (drawn % 300, 200 + drawn % 1700, u64::from(drawn.is_multiple_of(5)));
            ledger.push_str(&format!("{day} 10:{n:02}:00,order,{day}-{n},客{buyer},{amount},{promoted},0,1,\n"));
        }
    }
    ledger
}

/// Far apart for neighbouring numbers, and the same for ever.
fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}
