//! A bucket of tokens, one for a call, that learns how fast it may be emptied. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// From nothing back to the full rate.
const RECOVERY: Duration = Duration::from_secs(120);
/// A rate is never halved below this part of the full one: it must be noticed when the gateway lets calls through again.
const LEAST: f64 = 1.0 / 64.0;
/// Sums of parts of tokens are not exact.
const NEARLY_ONE: f64 = 1.0 - 1e-6;

/// How fast a bucket may be emptied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Calls a second, in the long run.
    pub per_second: u32,
    /// Calls at once after a pause.
    pub burst: u32,
}

#[derive(Debug)]
pub(super) struct Bucket {
    most: f64,
    burst: f64,
    pub(super) rate: f64,
    pub(super) tokens: f64,
    at: Instant,
    halved: Option<Instant>,
}

impl Bucket {
    pub(super) fn new(limit: Limit, now: Instant) -> Self {
        let (most, burst) = (f64::from(limit.per_second.max(1)), f64::from(limit.burst.max(1)));
        Self { most, burst, rate: most, tokens: burst, at: now, halved: None }
    }

    /// What has come in since the last look.
    pub(super) fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + self.rate * passed).min(self.burst);
        self.rate = (self.rate + self.most * passed / RECOVERY.as_secs_f64()).min(self.most);
        self.at = now;
    }

    pub(super) fn wait(&self) -> Duration {
        if self.tokens >= NEARLY_ONE {
            Duration::ZERO
        } else {
            Duration::from_secs_f64((1.0 - self.tokens) / self.rate)
        }
    }

    /// Calls that were under way when the rate was halved say nothing about the new one.
    pub(super) fn halve(&mut self, sent: Instant, now: Instant) {
        self.fill(now);
        if self.halved.is_some_and(|halved| sent <= halved) {
            return;
        }
        self.rate = (self.rate / 2.0).max(self.most * LEAST);
        self.tokens = self.tokens.min(0.0);
        self.halved = Some(now);
    }
}
