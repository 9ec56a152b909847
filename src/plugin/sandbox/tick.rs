//! Looks at the runs that compute, once a tick, so that none of them keeps a processor for long.
//!
//! What becomes of a run that is looked at is not decided here: its own [`Meter`](super::meter::Meter) is asked by the callback that
//! [`guest`](super::guest) sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::thread::CpuSet;
use wasmtime::Engine;

use super::limits;

/// Whether runs compute for long: whoever looks at one of them says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Long(Arc<AtomicUsize>);

impl Long {
    /// One was seen.
    pub(super) fn seen(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn sightings(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Ticks often while runs compute for long, and now and then while none does: the short ones pay nothing for it, and an idle shop is left
/// asleep. The threads end with the box.
///
/// There is one on each of a few processors, and there it stays: a thread that may wake up anywhere wakes up behind an endless run now and
/// then, has to wait for the end of its slice, and meanwhile nobody looks at any run.
pub(super) fn start(engine: &Engine, long: &Long) -> std::io::Result<()> {
    for processor in processors().into_iter().take(limits::TICKERS) {
        let (engine, long) = (engine.weak(), long.clone());
        let ticks = move || {
            if let Err(error) = rustix::thread::sched_setaffinity(None, &processor) {
                tracing::debug!(%error, "this system lets no thread stay on one processor");
            }
            let (mut sightings, mut quiet) = (long.sightings(), limits::QUIET);
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                let before = std::mem::replace(&mut sightings, long.sightings());
                quiet = if sightings == before { limits::QUIET.min(quiet + 1) } else { 0 };
                std::thread::sleep(if quiet < limits::QUIET { limits::TICK } else { limits::IDLE_TICK });
            }
        };
        std::thread::Builder::new().name("box-tick".into()).spawn(ticks)?;
    }
    Ok(())
}

/// Sets of one processor each, of those that this process may use.
fn processors() -> Vec<CpuSet> {
    let all = rustix::thread::sched_getaffinity(None).unwrap_or_else(|_| {
        let mut first = CpuSet::new();
        first.set(0);
        first
    });
    let one = |at| {
        let mut one = CpuSet::new();
        one.set(at);
        one
    };
    (0..CpuSet::MAX_CPU).filter(|at| all.is_set(*at)).map(one).collect()
}
