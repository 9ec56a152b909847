//! Times a plan and a what-if at the size the console meets: twelve levers, a thousand paths, thirty days.
//!
//! `cargo run --release -p xiaoer-growth --example plan`; prints the median and the worst of many runs.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use xiaoer_growth::forecast::Outlook;
use xiaoer_growth::plan::{Brings, Ground, Lever, LeverKind, Levers, Outcome, PlanWish, plan, what_if};
use xiaoer_growth::{Fen, Industry, Inputs, Points, pack};

const RUNS: usize = 100;

fn main() {
    let as_of: NaiveDate = "2027-06-30".parse().expect("a date");
    let outlook = outlook(as_of);
    let inputs = Inputs::default();
    let pack = pack("2026-candidate").expect("an embedded pack");
    let ground =
        Ground { pack, industry: Industry::Consumer, inputs: &inputs, present: Points::whole(1000), outlook: &outlook };
    let levers = levers();
    let by = as_of + chrono::Days::new(30);
    let wish = |seed| PlanWish { level: Some("L3".to_owned()), seed, ..PlanWish::by(by) };
    let units: BTreeMap<String, u32> =
        levers.levers.iter().map(|lever| (lever.id.clone(), lever.ceiling / 2)).collect();

    if let Outcome::Reached { best, .. } = plan(&ground, &levers, &wish(0)).expect("a plan").outcome {
        println!("the plan: {} levers, {} yuan, {} points", best.steps.len(), best.cost, best.points);
    }
    report("plan, 12 levers, 1000 paths, 30 days", |run| {
        black_box(plan(&ground, &levers, &wish(run)).expect("a plan"));
    });
    let mut certain = levers.clone();
    certain.levers.iter_mut().for_each(|lever| lever.spread = 0);
    report("the same with certain outcomes, solved exactly", |run| {
        black_box(plan(&ground, &certain, &wish(run)).expect("a plan"));
    });
    report("what-if, 12 levers, 1000 paths, 30 days", |run| {
        black_box(what_if(&ground, &levers, &units, &wish(run)).expect("days"));
    });
}

fn report(what: &str, mut work: impl FnMut(u64)) {
    let mut times: Vec<Duration> = (0..RUNS as u64)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("{what}: median {:?}, worst {:?} of {RUNS}", times[RUNS / 2], times[RUNS - 1]);
}

/// Totals that wander around a thousand points, from a fixed seed.
fn outlook(as_of: NaiveDate) -> Outlook {
    let mut seed = 1_u64;
    let mut drawn = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 40).expect("24 bits") - (1 << 23)
    };
    let path = |_| {
        let mut total = 1_000_000_000;
        let day = |_| {
            total += drawn();
            Points::from_micro(total)
        };
        (0..30).map(day).collect()
    };
    Outlook { as_of, paths: (0..1000).map(path).collect() }
}

fn levers() -> Levers {
    let kinds: Vec<LeverKind> = LeverKind::all().collect();
    let lever = |at: u32| {
        let kind = kinds[at as usize % kinds.len()];
        let number = i64::from(at);
        Lever {
            id: format!("lever_{at}"),
            unit_cost: Some(Fen(700 + 131 * number)),
            ceiling: 5 + at,
            per_day: (at.is_multiple_of(3)).then_some(4),
            delay_days: at % 4,
            margin: Some(Fen(9_000)),
            spread: 100 + 40 * at,
            brings: Brings {
                new_buyer: at.is_multiple_of(2),
                marketing: at.is_multiple_of(4),
                turnover: Fen(30_000 + 7_919 * number),
                ..Brings::default()
            },
            ..Lever::of(kind)
        }
    };
    Levers { levers: (0..12).map(lever).collect(), excluded: Vec::new() }
}
