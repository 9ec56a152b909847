//! Everything that calls read and change, behind one lock: shops, ledger, journal, faults, rights, clock.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::clock::{Clock, Moment};
use crate::effects::{Effect, Ledger};
use crate::faults::Faults;
use crate::journal::{Entry, Journal};
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
    /// Names of APIs that the app has no right to.
    pub(crate) withheld: BTreeSet<String>,
    pub(crate) used_codes: HashSet<String>,
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

    /// Makes a change true and keeps it. Applied first: what does not fit must not reach the journal.
    pub(crate) fn write(&mut self, entry: &Entry) -> Result<(), WriteError> {
        self.world.apply(&entry.shop, entry.at, &entry.change)?;
        self.journal.append(entry)?;
        self.count(entry);
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
