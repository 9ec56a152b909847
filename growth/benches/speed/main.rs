//! How fast a score is: the whole card of ten million orders, one event more to a warm state, bytes for a live buyer.
//!
//! `benches/growth/run` starts it with a folder: events go there as CSV for the other side, figures to stdout as JSON,
//! one object a line. Without a folder it does nothing, so that building all targets never starts it; more words name the
//! parts to run. It judges nothing: the script does.

mod events;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cap::Cap;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use xiaoer_growth::{Industry, Inputs, Ledger, Live, RulePack, ScoreCard, pack, score};

use events::{AS_OF, Shape, day, first_day};

/// Counts every byte in use: what a state weighs is measured, not reckoned.
#[global_allocator]
static MEMORY: Cap<std::alloc::System> = Cap::new(std::alloc::System, usize::MAX);

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs of each measurement; the median is printed.
const RUNS: usize = 7;
/// Runs over a warm state, which each take a new one; the median is printed.
const WARM_RUNS: usize = 5;
/// Events pushed into the warm state.
const PUSHED: u64 = 4_000_000;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        return Ok(());
    };
    let parts: Vec<String> = arguments.collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    let mut out = std::io::stdout().lock();
    for shape in [Shape::Month, Shape::Year] {
        if wanted(shape.name()) {
            full(shape, &folder, &mut out)?;
        }
    }
    if wanted("weight") {
        weight(&mut out)?;
    }
    for (part, together) in [("alone", false), ("together", true)] {
        if wanted(part) {
            warm(together, &mut out)?;
        }
    }
    Ok(())
}

fn rules() -> &'static RulePack {
    pack("2026-candidate").expect("an embedded pack")
}

fn known() -> Inputs {
    Inputs { inquiries_known: true, refunds_known: true, marks_known: true, ..Inputs::default() }
}

/// The processor's time of this thread: on a machine that does other things besides, the clock on the wall says more
/// about those.
fn now() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time runs forward from zero")
}

/// The median of some runs, and what the last one gave.
fn timed<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::with_capacity(RUNS);
    let mut last = None;
    for _ in 0..RUNS {
        let began = now();
        last = Some(run());
        times.push(now() - began);
    }
    times.sort_unstable();
    (times[RUNS / 2], last.expect("at least one run"))
}

/// Ten million orders and their refunds: the sums alone, then the whole card with its drop-out table and its lists.
fn full(shape: Shape, folder: &Path, out: &mut impl Write) -> Outcome {
    let name = shape.name();
    let mut ledger = Ledger::new();
    let mut orders = BufWriter::new(File::create(folder.join(format!("{name}-orders.csv")))?);
    let began = now();
    for at in 0..shape.orders() {
        let order = shape.order(at);
        writeln!(orders, "{}", order.line())?;
        ledger.push(order.event())?;
    }
    orders.flush()?;
    let mut refunds = BufWriter::new(File::create(folder.join(format!("{name}-refunds.csv")))?);
    for at in 0..shape.refunds() {
        let refund = shape.refund(at);
        writeln!(refunds, "{}", refund.line())?;
        ledger.push(refund.event())?;
    }
    refunds.flush()?;
    let load = now() - began;
    let (card_time, card) = timed(|| score(rules(), Industry::Consumer, day(AS_OF), &ledger, &known()));
    let counting = rules().counting();
    let mut log = Some(ledger);
    let (sums_time, live) = timed(|| {
        let live = Live::new(log.take().expect("handed back"), counting, day(AS_OF));
        let points = live.points(rules(), Industry::Consumer, &known());
        let counts = live.counts();
        log = Some(live.into_ledger());
        (points, counts)
    });
    assert_eq!(live, (card.points, card.counts), "the warm sums and the card say the same");
    let figures = json!({
        "shape": name, "orders": shape.orders(), "refunds": shape.refunds(),
        "from": first_day(AS_OF), "as_of": AS_OF,
        "load_ms": load.as_millis(), "sums_us": sums_time.as_micros(), "card_us": card_time.as_micros(),
        "totals": totals(&card),
    });
    writeln!(out, "{figures}")?;
    Ok(())
}

fn totals(card: &ScoreCard) -> serde_json::Value {
    let counts = &card.counts;
    json!({
        "orders": counts.orders, "orders_without_buyer": counts.orders_without_buyer, "excluded": card.excluded_orders,
        "buyers": counts.buyers, "marketing_buyers": counts.marketing_buyers,
        "marketing_buyers_unknown": counts.marketing_buyers_unknown,
        "turnover_fen": counts.turnover_yuan.0, "refunded_fen": counts.refunded_yuan.0,
        "scene_fen": counts.scene_yuan.0, "scene_unknown_fen": counts.scene_unknown_yuan.0,
        "points_micro": card.points.total.micro(),
    })
}

/// Bytes for a live buyer: a warm state over the month's orders, less the log of the same orders without their buyers.
fn weight(out: &mut impl Write) -> Outcome {
    let shape = Shape::Month;
    let before = MEMORY.allocated();
    let mut log = Ledger::new();
    for at in 0..shape.orders() {
        log.push(shape.order(at).without_buyer().event())?;
    }
    let log_bytes = MEMORY.allocated() - before;
    drop(log);
    let before = MEMORY.allocated();
    let mut ledger = Ledger::new();
    for at in 0..shape.orders() {
        ledger.push(shape.order(at).event())?;
    }
    let live = Live::new(ledger, rules().counting(), day(AS_OF));
    let all = MEMORY.allocated() - before;
    let figures = json!({ "weight": {
        "log_bytes": log_bytes, "all_bytes": all, "buyers": live.counts().buyers,
    }});
    writeln!(out, "{figures}")?;
    Ok(())
}

/// One event more to a warm state, handed in alone or with others; then one day more. Each run begins with a fresh state.
fn warm(together: bool, out: &mut impl Write) -> Outcome {
    let mut runs = (0..WARM_RUNS).map(|_| Warmed::measure(together)).collect::<Result<Vec<_>, _>>()?;
    runs.sort_unstable_by_key(|run| run.spent);
    let Warmed { buyers, kinds: [known, new, linked, loose, asked], spent, advance } = runs[WARM_RUNS / 2];
    let figures = json!({ "warm": {
        "buyers": buyers, "orders": Shape::Warm.orders(), "pushed": PUSHED, "advance_us": advance.as_micros(),
        "together": together, "nanos": spent.as_nanos() as u64,
        "mix": { "orders of known buyers": known, "orders of new buyers": new, "linked refunds": linked,
            "loose refunds": loose, "inquiries": asked },
    }});
    writeln!(out, "{figures}")?;
    Ok(())
}

/// What one run over a warm state took.
#[derive(Clone, Copy)]
struct Warmed {
    buyers: u64,
    kinds: [u64; 5],
    spent: Duration,
    advance: Duration,
}

impl Warmed {
    fn measure(together: bool) -> Result<Warmed, Box<dyn std::error::Error>> {
        let shape = Shape::Warm;
        let mut ledger = Ledger::new();
        for at in 0..shape.orders() {
            ledger.push(shape.order(at).event())?;
        }
        let mut live = Live::new(ledger, rules().counting(), day(AS_OF));
        let buyers = live.counts().buyers;
        let mut spent = Duration::ZERO;
        let mut kinds = [0_u64; 5];
        let mut chunk = Vec::with_capacity(10_000);
        for at in 0..PUSHED {
            let (kind, event) = events::fresh(at);
            kinds[kind] += 1;
            chunk.push(event);
            if chunk.len() == chunk.capacity() {
                let began = now();
                if together {
                    live.push_all(&chunk)?;
                } else {
                    for event in &chunk {
                        live.push(event)?;
                    }
                }
                spent += now() - began;
                chunk.clear();
            }
        }
        let began = now();
        live.advance(day(AS_OF + 1));
        let advance = now() - began;
        let points = live.points(rules(), Industry::Consumer, &known());
        let again = Live::new(live.clone().into_ledger(), rules().counting(), day(AS_OF + 1));
        assert_eq!(again.points(rules(), Industry::Consumer, &known()), points, "warm and fresh say the same");
        assert_eq!(again.counts(), live.counts(), "warm and fresh count the same");
        Ok(Warmed { buyers, kinds, spent, advance })
    }
}
