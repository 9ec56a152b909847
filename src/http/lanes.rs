//! Whose call goes next: one lane a shop, in which a call that somebody waits for goes before those of a sync; the shops take turns. Nobody
//! sleeps here: whoever cannot go is told how long to wait.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::bucket::{Bucket, Limit};

#[derive(Debug)]
pub(super) struct Lanes {
    pub(super) app: Bucket,
    shop_limit: Limit,
    lanes: BTreeMap<String, Lane>,
    /// Calls let through so far.
    turns: u64,
    /// Whether a task is at work that wakes those who wait.
    pub(super) driven: bool,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub(super) bucket: Bucket,
    pub(super) first: VecDeque<oneshot::Sender<()>>,
    pub(super) later: VecDeque<oneshot::Sender<()>>,
    /// When this shop last had a turn.
    turn: u64,
}

pub(super) enum Next {
    Go(oneshot::Sender<()>),
    Wait(Duration),
    Nobody,
}

impl Lanes {
    pub(super) fn new(app: Limit, shop: Limit) -> Self {
        let app = Bucket::new(app, Instant::now());
        Self { app, shop_limit: shop, lanes: BTreeMap::new(), turns: 0, driven: false }
    }

    pub(super) fn lane(&mut self, shop: &str) -> &mut Lane {
        let limit = self.shop_limit;
        self.lanes.entry(shop.to_owned()).or_insert_with(|| Lane {
            bucket: Bucket::new(limit, Instant::now()),
            first: VecDeque::new(),
            later: VecDeque::new(),
            turn: 0,
        })
    }

    /// Whether anybody waits.
    pub(super) fn are_waited_for(&self) -> bool {
        self.lanes.values().any(Lane::is_waited_for)
    }

    /// Lets go whoever can at once; whether nobody is left.
    pub(super) fn wake(&mut self, now: Instant) -> bool {
        loop {
            match self.next(now) {
                Next::Go(go) => drop(go.send(())),
                Next::Wait(_) => return false,
                Next::Nobody => {
                    self.driven = false;
                    return true;
                }
            }
        }
    }

    /// Who goes now, or how long until somebody can.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        for lane in self.lanes.values_mut() {
            // Whoever gave up takes no token.
            lane.first.retain(|go| !go.is_closed());
            lane.later.retain(|go| !go.is_closed());
            lane.bucket.fill(now);
        }
        self.app.fill(now);
        let waits = self.lanes.values().filter(|lane| lane.is_waited_for());
        let Some(soonest) = waits.map(|lane| lane.bucket.wait()).min() else { return Next::Nobody };
        let pause = soonest.max(self.app.wait());
        if !pause.is_zero() {
            return Next::Wait(pause);
        }
        let ready = self.lanes.values_mut().filter(|lane| lane.is_waited_for() && lane.bucket.wait().is_zero());
        let Some(lane) = ready.min_by_key(|lane| (lane.first.is_empty(), lane.turn)) else { return Next::Nobody };
        let Some(go) = lane.first.pop_front().or_else(|| lane.later.pop_front()) else { return Next::Nobody };
        self.turns += 1;
        lane.turn = self.turns;
        lane.bucket.tokens -= 1.0;
        self.app.tokens -= 1.0;
        Next::Go(go)
    }
}

impl Lane {
    fn is_waited_for(&self) -> bool {
        !self.first.is_empty() || !self.later.is_empty()
    }
}
