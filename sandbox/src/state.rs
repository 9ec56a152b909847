//! Everything that calls read and change, behind one lock: shops, ledger, journal, faults, rights, clock.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use crate::clock::{Clock, Moment};
use crate::effects::{Effect, Ledger};
use crate::faults::Faults;
use crate::journal::{Entry, Journal};
use crate::push::{Push, Sight};
use crate::rights::Rights;
use crate::world::World;
use crate::world::changes::{Change, Misfit};

/// The one app that the sandbox knows.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) key: String,
    pub(crate) secret: String,
}

/// The sandbox's insides.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) app: App,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) ledger: Ledger,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) rights: Rights,
    /// Codes given out, to number the next.
    pub(crate) codes: u32,
    pub(crate) used_codes: HashSet<String>,
    pub(crate) push: Push,
    /// Seconds by which the server tells a wrong time.
    pub(crate) skew_seconds: i64,
    /// How long the writes of the call under way stay out of sight.
    pub(crate) hidden_for: Option<Duration>,
    /// Writes that were answered and counted but do not show yet, and when (real time) they will.
    pub(crate) late: Vec<(Moment, Entry)>,
    pub(crate) limit: Limit,
    /// Before the picture paths of orders, which the platform writes out in full.
    pub(crate) image_base: String,
}

/// Why a change did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error(transparent)]
    Misfit(#[from] Misfit),
    #[error("sandbox journal: {0}")]
    Journal(#[from] std::io::Error),
}

impl State {
    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Brings the shops to now and turns what happened since into messages. False: now is farther than they go.
    pub(crate) fn tick(&mut self) -> bool {
        let now = self.now();
        let reached = self.world.advance(now);
        if reached {
            self.push.time_passed(&self.world, now);
        }
        reached
    }

    /// Makes a change true and keeps it. Applied first: what does not fit must not reach the journal.
    pub(crate) fn write(&mut self, entry: &Entry) -> Result<(), WriteError> {
        match self.hidden_for {
            Some(time) => self.late.push((Clock::Real.now().plus(time), entry.clone())),
            None => self.apply(entry)?,
        }
        self.journal.append(entry)?;
        self.count(entry);
        Ok(())
    }

    /// Lets the writes show whose time has come.
    pub(crate) fn settle_late(&mut self, real: Moment) {
        let due = self.late.extract_if(.., |(at, _)| *at <= real).map(|(_, entry)| entry);
        for entry in due.collect::<Vec<_>>() {
            if let Err(misfit) = self.apply(&entry) {
                tracing::warn!(%misfit, shop = %entry.shop, "sandbox: a late write no longer fits");
            }
        }
    }

    /// The one place where a change becomes true while the sandbox runs, so also where it becomes messages.
    fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        self.tick();
        let now = self.now();
        let before = self.world.shop(&entry.shop).map(|shop| Sight::of(shop, now));
        self.world.apply(&entry.shop, entry.at, &entry.change)?;
        if let (Some(before), Some(shop)) = (before, self.world.shop(&entry.shop)) {
            self.push.changed(shop, &before, now);
        }
        Ok(())
    }

    /// Makes what the journal kept true again. What no longer fits (a shop left out this time) is named and passed
    /// over.
    pub(crate) fn replay(&mut self, entries: &[Entry]) {
        for entry in entries {
            // The days before a change were sold as the shop stood then: they must come out the same now.
            self.world.advance(entry.at);
            match self.world.apply(&entry.shop, entry.at, &entry.change) {
                Ok(()) => self.count(entry),
                Err(misfit) => tracing::warn!(%misfit, shop = %entry.shop, "sandbox journal: passed over a change"),
            }
        }
    }

    fn count(&mut self, entry: &Entry) {
        if let Some(effect) = &entry.effect {
            self.ledger.count(&entry.shop, entry.at, effect);
        }
    }
}

/// A write of a call: what it changes, and how the ledger names it.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) change: Change,
    pub(crate) method: &'static str,
    pub(crate) identity: String,
    pub(crate) arguments: Value,
}

impl Write {
    pub(crate) fn entry(self, shop: &str, at: Moment) -> Entry {
        let effect = Effect { method: self.method.to_owned(), identity: self.identity, arguments: self.arguments };
        Entry { at, shop: shop.to_owned(), change: self.change, effect: Some(effect) }
    }
}

/// Calls a second that the gateway lets through; the platform's own figures are not known, so there is none by default.
#[derive(Debug, Default)]
pub(crate) struct Limit {
    pub(crate) per_second: Option<u32>,
    second: i64,
    calls: u32,
}

impl Limit {
    pub(crate) fn of(per_second: Option<u32>) -> Self {
        Self { per_second, ..Self::default() }
    }

    /// Counts a call of this instant of real time; false: one too many.
    pub(crate) fn admit(&mut self, real: Moment) -> bool {
        let Some(most) = self.per_second else { return true };
        let second = real.0.div_euclid(1000);
        if second != self.second {
            (self.second, self.calls) = (second, 0);
        }
        self.calls += 1;
        self.calls <= most
    }
}
