//! A storm of pushes against the real server and the real disk: a thousand signed messages a second over HTTP, each answered only when
//! it is stored.
//!
//! `cargo bench --bench push -- run` prints how long answers took and fails above the goal. Without `run` it does nothing, so that
//! building all targets never starts it. A message is sent when its time has come, whether or not earlier ones were answered: a server
//! that falls behind is seen to.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use xiaoer::app::{App, Parts, open_db};
use xiaoer::clock::Clock;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::{Key, Scan, Table};
use xiaoer::shop::alibaba::sign::signature;
use xiaoer::shop::{Link, Shop};

/// Messages a second, and for how many seconds.
const PACE: u32 = 1_000;
const SECONDS: u32 = 10;
/// Orders that they are about.
const ORDERS: u32 = 2_000;
/// Ninety-nine of a hundred answers come within this.
const GOAL: Duration = Duration::from_millis(50);
const SECRET: &str = "test123";

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::args().nth(1).as_deref() {
        Some("run") => runtime.block_on(storm()),
        _ => Ok(()),
    }
}

async fn storm() -> Outcome {
    let dir = tempfile::tempdir()?;
    let app = built(dir.path()).await?;
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/push/alibaba/1000000", listener.local_addr()?);
    tokio::spawn(xiaoer::web::serve(Arc::clone(&app), listener, "0".repeat(40), std::future::pending()));

    let client = xiaoer::http::client();
    let started = tokio::time::Instant::now();
    let mut sent = Vec::new();
    for n in 0..PACE * SECONDS {
        let (client, url, at) = (client.clone(), url.clone(), started + Duration::from_secs(1) / PACE * n);
        sent.push(tokio::spawn(async move {
            let body = message(n);
            tokio::time::sleep_until(at).await;
            let began = Instant::now();
            let answer = client.post(url).form(&body).send().await?;
            answer.error_for_status()?;
            Outcome::Ok(began.elapsed())
        }));
    }
    let mut took = Vec::new();
    for one in sent {
        took.push(one.await??);
    }
    let whole = started.elapsed();
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share / 1000).min(took.len() - 1)];
    let stored = app.db.scan(Table::PushSeen, Scan::under(&Key::of("storm"))).await?.len();
    let mut out = std::io::stdout();
    writeln!(out, "{} messages in {whole:.1?}, {stored} stored", took.len())?;
    writeln!(out, "answers: p50 {:.1?}, p99 {:.1?}, p99.9 {:.1?}, worst {:.1?}", at(500), at(990), at(999), at(1000))?;
    if stored != took.len() || at(990) > GOAL {
        return Err(format!("every message is to be stored, and p99 to be within {GOAL:?}").into());
    }
    Ok(())
}

async fn built(dir: &std::path::Path) -> Outcome<Arc<App>> {
    let parts = Parts {
        loaded: Loaded::read(None, dir, &Env::default())?,
        data: dir.to_path_buf(),
        clock: Clock::default(),
        db: open_db(dir)?.0,
        skills: xiaoer_skills::all(),
        env: Env::default(),
    };
    let app = App::build(parts)?;
    let link = Link::Alibaba {
        gateway: "http://127.0.0.1:1".into(),
        pictures: "http://127.0.0.1:1".into(),
        app_key: "1000000".into(),
        secret: app.secrets.keep("storm", "app_secret", SECRET).await?,
        token: app.secrets.keep("storm", "access_token", "none").await?,
        member_id: "b2b-1".into(),
    };
    let shop = Shop {
        id: "storm".into(),
        name: "演示店铺".into(),
        zone: chrono_tz::Asia::Shanghai,
        industry: xiaoer_growth::Industry::Consumer,
        link,
    };
    app.shops.register(&shop).await?;
    Ok(app)
}

fn message(n: u32) -> Vec<(String, String)> {
    let order = 2_900_000_000_000_000_000_u64 + u64::from(n % ORDERS);
    let data = format!(r#"{{"orderId":{order},"currentStatus":"waitsellersend","sellerMemberId":"b2b-1"}}"#);
    let pairs = [("msgId", n.to_string()), ("userInfo", "b2b-1".into()), ("type", "ORDER_PAY".into()), ("data", data)];
    let mut fields: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let signature = signature(SECRET, "", &fields);
    fields.push(("_aop_signature".into(), signature));
    fields
}
