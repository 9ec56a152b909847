//! What a plugin costs beside a skill that is compiled in, what a thousand of them hold, and what a hostile one costs its neighbour.
//!
//! `cargo bench --bench plugins -- run [cost|crowd|neighbour]` measures and fails above the goals. Without `run` it does nothing, so that
//! building all targets never starts it. The box alone is measured with a guest of a few instructions. The small skill of the goal and a
//! real one, 库存预警, are measured compiled in and as components of the same source; 库存预警 also as a script that reads, tells, asks and
//! proposes the same.

#[path = "../../tests/it/support/guest.rs"]
#[allow(dead_code, reason = "of the tests' guests one is measured here")]
mod guest;
#[path = "restock/src/lib.rs"]
mod restock;
mod shop;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use xiaoer::plugin::sandbox::{Refused, Sandbox};
use xiaoer::plugin::{Code, Package, skill};
use xiaoer_sdk::{Context, Host, Manifest, Report, Skill};

use shop::{Crowd, Shopkeeper, context, input};

const ROUNDS: usize = 2_000;
/// Orders that a run of 库存预警 reads: so few that the way counts, and so many that their reading does.
const FEW: usize = 3;
const MANY: usize = 103;
const ORDERS_MORE: u32 = 100;
/// What the small skill as a component, and a script, may cost over what is compiled in.
const COMPONENT: Duration = Duration::from_micros(60);
const SCRIPT: Duration = Duration::from_micros(800);
/// Scripts in flight, and the MiB that they may hold.
const IN_FLIGHT: usize = 1_000;
const HELD: u64 = 600;
/// Runs of a neighbour, how often they are measured alone and beside, and how many of a hostile plugin are beside it.
const NEIGHBOUR: usize = 3_000;
const TURNS: usize = 5;
const HOSTILE: usize = 8;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::args().nth(1).as_deref() {
        Some("run") => runtime.block_on(measure(std::env::args().nth(2))),
        _ => Ok(()),
    }
}

/// What is measured.
struct Bench {
    sandbox: Sandbox,
    /// The small skill, and 库存预警, as components.
    small: Arc<dyn Skill>,
    alert: Arc<dyn Skill>,
    /// A script, and its text.
    script: Arc<dyn Skill>,
    source: String,
}

/// All parts, or one: `cost`, `crowd` or `neighbour`.
async fn measure(only: Option<String>) -> Outcome {
    let folder = tempfile::tempdir()?;
    let bench = Bench::set_up(folder.path())?;
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let mut missed = Vec::new();
    if wanted("cost") {
        missed.extend(bench.cost().await?);
    }
    if wanted("crowd") {
        missed.extend(bench.crowd().await?);
    }
    if wanted("neighbour") {
        missed.extend(bench.neighbour().await?);
    }
    if missed.is_empty() { Ok(()) } else { Err(missed.join("; ").into()) }
}

impl Bench {
    fn set_up(folder: &Path) -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sandbox = Sandbox::open(folder)?;
        let component =
            |path: &str| -> Outcome<_> { Ok(of(Code::Component(std::fs::read(root.join(path))?), &sandbox)?) };
        let small = component("benches/plugins/restock/skill.wasm")?;
        let alert = component("tests/fixtures/plugins/stock-alert.wasm")?;
        let source = std::fs::read_to_string(root.join("benches/plugins/stock.js"))?;
        let script = of(Code::Script(source.clone()), &sandbox)?;
        Ok(Self { sandbox, small, alert, script, source })
    }

    /// What a plugin costs over what is compiled in; gives back what is above its goal.
    async fn cost(&self) -> Outcome<Vec<String>> {
        let mut out = std::io::stdout();
        let mut missed = Vec::new();
        let mut all = xiaoer_skills::all().into_iter().map(|entry| entry.skill);
        let native: Arc<dyn Skill> =
            all.find(|skill| skill.manifest().name == "stock-alert").ok_or("no such skill")?.into();

        let alone = timed(&guest::neighbour(), &Arc::new(Shopkeeper::with_orders(0))).await?;
        writeln!(out, "the box alone: {alone:.1?} with two calls and an empty report")?;
        let few = median(&(Arc::new(restock::Restock) as _), FEW).await?;
        let over = median(&self.small, FEW).await?.saturating_sub(few);
        writeln!(out, "the small skill: {few:.1?} compiled in, as a component {over:.1?} more (goal {COMPONENT:.0?})")?;
        if over > COMPONENT {
            missed.push(format!("the small component costs {over:.1?}"));
        }
        let (few, many) = (median(&native, FEW).await?, median(&native, MANY).await?);
        writeln!(out, "库存预警: {few:.1?} compiled in with {FEW} orders, {many:.1?} with {MANY}")?;
        for (name, skill, goal) in [("component", &self.alert, None), ("script", &self.script, Some(SCRIPT))] {
            let over = median(skill, FEW).await?.saturating_sub(few);
            let with_more = median(skill, MANY).await?.saturating_sub(many);
            let an_order = with_more.saturating_sub(over) / ORDERS_MORE;
            let told = goal.map_or_else(String::new, |goal| format!(" (goal {goal:.0?})"));
            writeln!(out, "as a {name} {over:.1?} more{told}, and {an_order:.2?} for each further order")?;
            if goal.is_some_and(|goal| over > goal) {
                missed.push(format!("the {name} costs {over:.1?}"));
            }
        }
        Ok(missed)
    }

    async fn crowd(&self) -> Outcome<Option<String>> {
        let held = crowd(&self.source, &self.sandbox).await?;
        writeln!(std::io::stdout(), "{IN_FLIGHT} scripts in flight hold {held} MiB (goal {HELD} MiB)")?;
        Ok((held > HELD).then(|| format!("they hold {held} MiB")))
    }

    async fn neighbour(&self) -> Outcome<Option<String>> {
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            alone.push(neighbour(&self.alert).await?);
            beside.push(beside_endless_runs(&self.alert, &self.sandbox).await?);
        }
        let (alone, beside) = (middle(&mut alone), middle(&mut beside));
        writeln!(
            std::io::stdout(),
            "a neighbour's p99: {alone:.1?} alone, {beside:.1?} beside {HOSTILE} endless runs (goal: at most twice)"
        )?;
        Ok((beside > alone * 2).then(|| format!("the neighbour's p99 went from {alone:.1?} to {beside:.1?}")))
    }
}

fn of(code: Code, sandbox: &Sandbox) -> Result<Arc<dyn Skill>, Refused> {
    let manifest = Manifest::new("operations", "stock-alert", "库存预警");
    let (body, (prompts, files)) = (String::new(), Default::default());
    skill::of(Arc::new(Package { manifest, body, code, prompts, files, digest: "0".repeat(64) }), sandbox)
}

async fn once(skill: &Arc<dyn Skill>, host: Arc<dyn Host>) -> Outcome<(Report, Duration)> {
    let cx: Context = context(host);
    let input = input();
    let started = Instant::now();
    let report = skill.run(&cx, input).await?;
    Ok((report, started.elapsed()))
}

/// The median of many runs over so many orders; a report without a proposal was no work.
async fn median(skill: &Arc<dyn Skill>, orders: usize) -> Outcome<Duration> {
    let host = Arc::new(Shopkeeper::with_orders(orders));
    let (report, _) = once(skill, host.clone()).await?;
    if report.proposals.len() != 2 {
        return Err(format!("{} refills are proposed", report.proposals.len()).into());
    }
    timed(skill, &host).await
}

async fn timed(skill: &Arc<dyn Skill>, host: &Arc<Shopkeeper>) -> Outcome<Duration> {
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        took.push(once(skill, host.clone()).await?.1);
    }
    Ok(middle(&mut took))
}

fn middle(took: &mut [Duration]) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}

/// Scripts that all wait for the model at once, of four plugins; what the process holds more than before, in MiB.
async fn crowd(source: &str, sandbox: &Sandbox) -> Outcome<u64> {
    let before = held()?;
    let crowd = Arc::new(Crowd::new(IN_FLIGHT));
    let mut runs = Vec::new();
    for n in 0..4 {
        let skill = of(Code::Script(format!("{source}\n// {n}")), sandbox)?;
        for _ in 0..IN_FLIGHT / 4 {
            let (skill, crowd) = (Arc::clone(&skill), Arc::clone(&crowd));
            runs.push(tokio::spawn(async move { once(&skill, crowd).await.map(drop) }));
        }
    }
    crowd.gathered().await;
    let after = held()?;
    crowd.release();
    for run in runs {
        run.await??;
    }
    Ok(after.saturating_sub(before))
}

/// The 99th percentile of a neighbour's runs, carried out as the worker does.
async fn neighbour(skill: &Arc<dyn Skill>) -> Outcome<Duration> {
    let mut took = Vec::new();
    for _ in 0..NEIGHBOUR {
        let (skill, runtime) = (Arc::clone(skill), tokio::runtime::Handle::current());
        let started = Instant::now();
        let run = move || runtime.block_on(once(&skill, Arc::new(Shopkeeper::with_orders(30)))).map(drop);
        tokio::task::spawn_blocking(run).await??;
        took.push(started.elapsed());
    }
    took.sort_unstable();
    Ok(took[NEIGHBOUR * 99 / 100])
}

/// The same while runs of a hostile plugin compute without end.
async fn beside_endless_runs(skill: &Arc<dyn Skill>, sandbox: &Sandbox) -> Outcome<Duration> {
    let over = Arc::new(AtomicBool::new(false));
    let hostile = of(Code::Script("export async function run() { for (;;) {} }".into()), sandbox)?;
    let runs: Vec<_> = (0..HOSTILE).map(|_| tokio::spawn(endless(Arc::clone(&hostile), Arc::clone(&over)))).collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let p99 = neighbour(skill).await;
    over.store(true, Ordering::Relaxed);
    for run in runs {
        run.await?;
    }
    p99
}

async fn endless(skill: Arc<dyn Skill>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        let (skill, runtime) = (Arc::clone(&skill), tokio::runtime::Handle::current());
        let run = async move {
            tokio::time::timeout(Duration::from_secs(5), once(&skill, Arc::new(Shopkeeper::with_orders(30)))).await
        };
        // How it was stopped does not matter here; that it was, the tests hold.
        let _ = tokio::task::spawn_blocking(move || runtime.block_on(run)).await;
    }
}

/// MiB of memory that this process holds.
fn held() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no such line")?;
    let kib: u64 = line.split_whitespace().next().ok_or("no number")?.parse()?;
    Ok(kib >> 10)
}
