//! What a plugin may use up. Every number of the box stands here, with the reason for it; a plugin's own word moves none of them.

use std::time::Duration;

use super::stop::Stop;

/// Bytes of memory of one run, all its memories together. The shared JavaScript runner needs less than 2 MiB, Python about 6.
pub const MEMORY: usize = 64 << 20;
/// Elements of all tables of one run. Components made from Python need a table of more than 50,000.
pub const TABLE: usize = 100_000;
/// The processor's time of one run's own code. Waiting for the shop or a model does not count, and neither does what the host does.
pub const COMPUTING: Duration = Duration::from_secs(10);
/// The processor's time of looking a script over. The longest script that is taken needs a tenth of it.
pub const CHECKING: Duration = Duration::from_secs(1);
/// A run that has computed no longer than this is left alone: most end sooner.
pub const SHORT: Duration = Duration::from_millis(1);
/// How often each ticker looks at runs that compute for longer; with each look one gives up its turn and the processor to whoever waits.
pub const TICK: Duration = Duration::from_micros(250);
/// How many tickers there are, each on a processor of its own: where an endless run has one of them, the other still ticks in time.
pub const TICKERS: usize = 2;
/// After so many ticks without a run that computes for long, the next one is [`IDLE_TICK`] later.
pub const QUIET: u32 = 40;
/// So late may a run that computes for long be noticed. It leaves an idle shop asleep.
pub const IDLE_TICK: Duration = Duration::from_millis(10);
/// Bytes of the native stack of a run's own code.
pub const STACK: usize = 512 << 10;
/// Bytes of the stack on which a run's code and the host's answers to it are worked on together. Only what is touched is paid for.
pub const WHOLE_STACK: usize = 4 << 20;

/// Calls of one run.
pub const CALLS: u32 = 10_000;
/// Calls that may be handed over at once.
pub const TOGETHER: usize = 64;
/// Calls that are answered side by side, so that one plugin cannot flood the shop's readers.
pub const SIDE_BY_SIDE: usize = 8;
/// Bytes of one call.
pub const CALL: usize = 1 << 20;
/// Bytes of one answer, or of all answers given at once. A shop of 20,000 orders a month fits.
pub const ANSWER: usize = 16 << 20;
/// Bytes of a report.
pub const REPORT: usize = 4 << 20;
/// How many words of progress are shown; each is stored, so later ones are only counted.
pub const TOLD: u32 = 200;
/// Characters of one word of progress, and of an author's error text.
pub const WORDS: usize = 200;

/// Bytes of a component.
pub const COMPONENT: usize = 32 << 20;
/// Bytes of a script.
pub const SCRIPT: usize = 1 << 20;
/// Bytes of one function: compiling takes longer than the length grows.
pub const FUNCTION: usize = 1 << 20;

/// Runs that are in the box at once.
pub const PLACES: usize = 1_000;
/// Runs of one plugin that are in the box at once: it takes four greedy ones to fill it.
pub const PLACES_EACH: usize = 250;
/// Runs of one plugin that compute at once. A plugin that computes without end takes one core from the others and no more; its own
/// runs take turns of [`TICK`]. Those that wait for an answer hold no turn, so that this costs honest plugins nothing.
pub const TURNS_EACH: usize = 1;

/// What one run holds of memory and tables. The pool would bound each of them; this bounds their sum, and says which was exceeded.
#[derive(Debug, Default)]
pub(super) struct Held {
    memory: usize,
    table: usize,
}

impl wasmtime::ResourceLimiter for Held {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        grow(&mut self.memory, (current, desired), MEMORY, Stop::Memory)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        grow(&mut self.table, (current, desired), TABLE, Stop::Table)
    }
}

/// Refusing with an error stops the run. A mere "no" would leave it to the plugin what to make of it, and nobody would learn why it failed.
fn grow(held: &mut usize, (current, desired): (usize, usize), most: usize, stop: Stop) -> wasmtime::Result<bool> {
    let all = held.saturating_sub(current).saturating_add(desired);
    if all > most {
        return Err(stop.into());
    }
    *held = all;
    Ok(true)
}
