//! Looks at the runs that compute, once a tick, so that none of them keeps a processor for long.
//!
//! What becomes of a run that is looked at is not decided here: its own [`Meter`](super::meter::Meter) is asked by the callback that
//! [`guest`](super::guest) sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::thread::CpuSet;
use wasmtime::Engine;

use super::limits;

/// How many runs compute at this moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<AtomicUsize>);

/// One of them, as long as it lives.
pub(super) struct AtWork<'a>(&'a Busy);

impl Busy {
    /// Whether any does.
    pub(super) fn at_work(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// One more, until what is given back is dropped.
    pub(super) fn begin(&self) -> AtWork<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        AtWork(self)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Looks at every computing run once a tick; while none computes it only looks whether one does. The threads end with the box.
///
/// There is one on each of a few processors, and there it stays: a thread that may wake up anywhere wakes up behind an endless run now and
/// then, has to wait for the end of its slice, and meanwhile nobody looks at any run.
pub(super) fn start(engine: &Engine, busy: &Busy) -> std::io::Result<()> {
    for processor in processors().into_iter().take(limits::TICKERS) {
        let (engine, busy) = (engine.weak(), busy.clone());
        let ticks = move || {
            if let Err(error) = rustix::thread::sched_setaffinity(None, &processor) {
                tracing::debug!(%error, "this system lets no thread stay on one processor");
            }
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(if busy.at_work() { limits::TICK } else { limits::IDLE_TICK });
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
