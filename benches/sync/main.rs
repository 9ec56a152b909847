//! The first sync of a big shop into the durable mirror, with no limit of calls: orders a second, where the time goes, memory. And what the
//! next, quiet one costs.
//!
//! `cargo bench --bench sync -- run [orders a day]` prints the figures and fails below the goal. Without `run` it does nothing, so that
//! building all targets never starts it. The stand-in shop is a process of its own: its memory and processor time are not counted, but it
//! shares the machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;
use xiaoer::app::{App, Parts, open_db};
use xiaoer::clock::Clock;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::{Batch, Db, DbError, Key, Row, Scan, SharedDb, Table};
use xiaoer::shop::{Link, OrderTable, Shop, Span};
use xiaoer_sandbox::{Options, Sandbox, ShopSource};

/// Days of history; the first sync reaches back as far.
const DAYS: u32 = 400;
/// Orders of an average day: 200,000 in all.
const A_DAY: u32 = 500;
/// Orders a second that the mirror takes at least.
const GOAL: f64 = 2_000.0;
/// The stand-in's clock stands here, and ours.
const NOW: &str = "2026-11-23T09:15:00+08:00";

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let a_day = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(A_DAY);
    match std::env::args().nth(1).as_deref() {
        Some("stand-in") => runtime.block_on(stand_in(a_day(std::env::args().nth(2)))),
        Some("run") => runtime.block_on(measure(a_day(std::env::args().nth(2).filter(|text| text != "--bench")))),
        _ => Ok(()),
    }
}

async fn stand_in(orders_a_day: u32) -> Outcome {
    let (name, industry) = ("大店".to_owned(), xiaoer_sandbox::Industry::Consumer);
    let shop = ShopSource::Large { name, seed: 7, days: DAYS, industry, orders_a_day };
    let clock = xiaoer_sandbox::Clock::Fixed(chrono::DateTime::parse_from_rfc3339(NOW)?);
    let sandbox = Arc::new(Sandbox::open(Options { shops: vec![shop], clock, live: false, ..Options::default() })?);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let info = &sandbox.shops()[0];
    writeln!(
        std::io::stdout().lock(),
        "{}",
        serde_json::json!([listener.local_addr()?, info.member_id, info.access_token])
    )?;
    Ok(sandbox.serve(listener, std::future::pending()).await?)
}

async fn measure(orders_a_day: u32) -> Outcome {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["stand-in", &orders_a_day.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let told = told(&serde_json::from_str(&line)?).await;
    child.kill()?;
    told
}

async fn told(place: &Value) -> Outcome {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let db = Arc::new(Timed { inner: open_db(dir.path())?.0, commits: Spent::default(), reads: Spent::default() });
    let (app, shop) = registered(dir.path(), db.clone(), place).await?;
    let (began, cpu) = (Instant::now(), processor());
    let outcome = app.upkeep.sync(&shop).await?.ok_or("nothing was synced")?;
    let (took, cpu) = (began.elapsed().as_secs_f64(), (processor() - cpu).as_secs_f64());
    // Before the rows are read back to be counted.
    let peak = peak()? / 1024;
    let orders = app.mirror.all_orders(&shop, outcome.generation).await?.len() as f64;
    let pace = orders / took;
    let mut out = std::io::stdout().lock();
    writeln!(out, "first sync: {orders} orders, {} rows in {took:.1} s: {pace:.0} orders/s", outcome.counts.new)?;
    let (commits, reads) = (db.commits.told(), db.reads.told());
    writeln!(out, "our processor time: {cpu:.1} s, {:.0} µs an order", cpu * 1e6 / orders)?;
    writeln!(
        out,
        "commits: {} of {:.1} ms on average, {:.0} % of the time one was under way",
        commits.0,
        commits.1 * 1e3 / commits.0 as f64,
        commits.1 / took * 100.0
    )?;
    writeln!(out, "reads of the database: {:.1} s, {:.0} % of the time", reads.1, reads.1 / took * 100.0)?;
    writeln!(out, "memory, high-water: {peak} MB; database: {} MB", app.db.size().await? >> 20)?;

    let bare = bare(&app, &shop).await?;
    writeln!(out, "the same pages read and parsed, nothing stored: {bare:.0} orders/s")?;
    let quiet = Instant::now();
    app.upkeep.sync(&shop).await?;
    writeln!(out, "the next, quiet sync: {:.0} ms", quiet.elapsed().as_secs_f64() * 1e3)?;
    writeln!(
        out,
        "ratio to bare reading: {:.2}; ratio to the goal of {GOAL} orders/s: {:.2}",
        pace / bare,
        pace / GOAL
    )?;
    if pace < GOAL { Err("below the goal".into()) } else { Ok(()) }
}

async fn registered(dir: &std::path::Path, db: SharedDb, place: &Value) -> Outcome<(Arc<App>, Shop)> {
    let clock = Clock::standing_at(chrono::DateTime::parse_from_rfc3339(NOW)?.to_utc());
    let (env, data) = (Env::default(), dir.to_path_buf());
    let loaded = Loaded::read(None, dir, &env)?;
    let app = App::build(Parts { loaded, data, clock, db, skills: xiaoer_skills::all(), env })?;
    let text = |at: usize| place[at].as_str().unwrap_or_default().to_owned();
    let base = format!("http://{}", text(0));
    let link = Link::Alibaba {
        gateway: base.clone(),
        pictures: base,
        app_key: "1000000".into(),
        secret: app.secrets.keep("big", "app_secret", "test123").await?,
        token: app.secrets.keep("big", "access_token", &text(2)).await?,
        member_id: text(1),
    };
    let (zone, industry) = (chrono_tz::Asia::Shanghai, xiaoer_growth::Industry::Consumer);
    let shop = Shop { id: "big".into(), name: "大店".into(), zone, industry, link };
    app.shops.register(&shop).await?;
    Ok((app, shop))
}

/// The lists of a hundred days, eight pages at a time, parsed and dropped.
async fn bare(app: &App, shop: &Shop) -> Outcome<f64> {
    let platform = app.connect.platform(shop).await?;
    let now = platform.now().await?;
    let (began, mut orders) = (Instant::now(), 0_u64);
    for ago in 30..60 {
        let span = Span { from: now - chrono::TimeDelta::days(ago + 1), to: now - chrono::TimeDelta::days(ago) };
        let total = platform.orders(OrderTable::Current, span, 0).await?.total.unwrap_or_default();
        let pages =
            (1..u32::try_from(total.div_ceil(20))?).map(|page| platform.orders(OrderTable::Current, span, page));
        let mut pages = futures::stream::iter(pages).buffer_unordered(8);
        while let Some(page) = pages.next().await {
            orders += page?.len();
        }
    }
    Ok(orders as f64 / began.elapsed().as_secs_f64())
}

/// How often something was done, and how long it took in all.
#[derive(Default)]
struct Spent(AtomicU64, AtomicU64);

impl Spent {
    async fn on<T>(&self, doing: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let done = doing.await;
        self.0.fetch_add(1, Ordering::Relaxed);
        self.1.fetch_add(u64::try_from(began.elapsed().as_nanos()).unwrap_or(0), Ordering::Relaxed);
        done
    }

    fn told(&self) -> (u64, f64) {
        (self.0.load(Ordering::Relaxed), self.1.load(Ordering::Relaxed) as f64 / 1e9)
    }
}

/// A database whose times are taken.
struct Timed {
    inner: SharedDb,
    commits: Spent,
    reads: Spent,
}

#[async_trait::async_trait]
impl Db for Timed {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        self.commits.on(self.inner.commit(batch)).await
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.reads.on(self.inner.get(table, key)).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        self.reads.on(self.inner.scan(table, scan)).await
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}

/// Processor time of this process.
fn processor() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or(0), u32::try_from(spent.tv_nsec).unwrap_or(0))
}

/// Kilobytes of memory at the highest.
fn peak() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse()?)
}
