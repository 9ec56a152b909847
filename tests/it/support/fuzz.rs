//! What the stories of bent bytes share: a generator that a number decides, a budget, and what may never come of a round.
//!
//! Every day each kind is tried for its share of `XIAOER_FUZZ_SECONDS` (seconds of one core, for all kinds together). `XIAOER_FUZZ` and
//! `XIAOER_FUZZ_CODE` ask for so many rounds instead: `tests/nightly` does. `XIAOER_FUZZ_SEED` begins elsewhere. A round is decided by
//! its seed and its number alone, so that every failure can be repeated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Seconds of one core without a word from outside: enough to meet the common mistakes while one works.
const SECONDS: u64 = 12;
/// Rounds that are tried however slow the machine is.
const LEAST: u64 = 300;

fn told(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the nightly form is asked for from outside")]
    let told = std::env::var(name).ok();
    told.map(|text| text.parse().expect("a number"))
}

/// One kind of thing that is bent.
pub(crate) struct Kind {
    /// What it is.
    pub(crate) name: &'static str,
    /// Its share of the time, in hundredths.
    pub(crate) share: u64,
    /// Rounds at night.
    pub(crate) rounds: Option<u64>,
}

impl Kind {
    /// Texts and archives; at night a part of `XIAOER_FUZZ`.
    pub(crate) fn text(name: &'static str, share: u64, part: u64) -> Self {
        Self { name, share, rounds: told("XIAOER_FUZZ").map(|all| all / part) }
    }

    /// What is compiled or parsed in the box; at night `XIAOER_FUZZ_CODE`.
    pub(crate) fn code(name: &'static str, share: u64) -> Self {
        Self { name, share, rounds: told("XIAOER_FUZZ_CODE") }
    }

    /// Tries it; what it does must not panic, and what it says must be one sentence that is no book.
    pub(crate) fn try_all(&self, mut attempt: impl FnMut(&mut Dice) -> Result<(), String>) {
        let (name, seed) = (self.name, told("XIAOER_FUZZ_SEED").unwrap_or(1));
        let all = Duration::from_secs(told("XIAOER_FUZZ_SECONDS").unwrap_or(SECONDS));
        let most = all * u32::try_from(self.share).expect("hundredths") / 100;
        let (mut refused, mut round, started) = (0_u64, 0, Instant::now());
        while self.rounds.map_or(round < LEAST || started.elapsed() < most, |rounds| round < rounds) {
            let mut dice = Dice(seed.wrapping_mul(0x0100_0000_01b3).wrapping_add(round));
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&mut dice)));
            let outcome = outcome.unwrap_or_else(|_| panic!("{name}: seed {seed}, round {round} crashed"));
            if let Err(said) = outcome {
                refused += 1;
                let is_short = said.len() < 2_000 && !said.contains('\n');
                assert!(is_short, "{name}: seed {seed}, round {round} says {} bytes: {said}", said.len());
            }
            round += 1;
        }
        eprintln!("{name}: seed {seed}, {round} tried, {refused} refused, {:?}", started.elapsed());
        assert!(refused > 0, "{name}: nothing was bent far enough to be refused");
    }
}

/// A generator that a seed alone decides.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("fits")).expect("fits")
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Cuts, doubles, swaps, flips and inserts, a few times.
    pub(crate) fn bend(&mut self, bytes: &mut Vec<u8>, words: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(7) {
                0 => bytes.truncate(at),
                1 => {
                    let end = (at + self.below(40)).min(bytes.len());
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
                2 => {
                    let end = (at + self.below(20)).min(bytes.len());
                    bytes.drain(at..end);
                }
                3 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                4 if !bytes.is_empty() => bytes[at] = self.byte(),
                5 if bytes.len() >= at + 4 => bytes[at..at + 4].copy_from_slice(&[0xff; 4]),
                _ => {
                    let word = self.one(words).to_vec();
                    bytes.splice(at..at, word);
                }
            }
        }
    }
}
