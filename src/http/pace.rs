//! How fast one app may call: a bucket of tokens for the app, one for each of its shops, and whose call goes next.
//!
//! Nobody publishes a gateway's limits, so each bucket learns: a call that was refused as one too many halves its rate, and the rate
//! grows back slowly. A call that somebody waits for goes before those of a sync, and shops of one app take turns, so that the first
//! sync of a large shop never keeps a small one from its own. It never refuses a call and never counts what a call did.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

pub use super::bucket::Limit;
use super::lanes::{Lanes, Next};

/// Which of two waiting calls goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// A person, a run or an approved action waits for it.
    First,
    /// A sync, which has time.
    Later,
}

/// The pace of one app at one gateway.
#[derive(Debug)]
pub struct Pace {
    inner: Mutex<Lanes>,
    /// Somebody came to wait while the others are waited for.
    came: Notify,
}

impl Pace {
    /// Lets through so many calls of the app, and so many of each shop.
    #[must_use]
    pub fn new(app: Limit, shop: Limit) -> Self {
        Self { inner: Mutex::new(Lanes::new(app, shop)), came: Notify::new() }
    }

    /// Waits until a call of this shop may go out.
    pub async fn pass(self: &Arc<Self>, shop: &str, rank: Rank) {
        let turn = {
            let mut inner = self.inner();
            let (go, turn) = oneshot::channel();
            let lane = inner.lane(shop);
            match rank {
                Rank::First => lane.first.push_back(go),
                Rank::Later => lane.later.push_back(go),
            }
            if inner.driven {
                self.came.notify_one();
            } else {
                inner.driven = true;
                if !inner.wake(Instant::now()) {
                    tokio::spawn(Arc::clone(self).drive());
                }
            }
            turn
        };
        // The other end goes away only with the whole program, and then nobody counts any more.
        let _ = turn.await;
    }

    /// Hears that a call which went out at `sent` was one too many.
    pub fn too_fast(&self, shop: &str, sent: Instant) {
        let mut inner = self.inner();
        let now = Instant::now();
        // Nobody says whose limit it was.
        inner.app.halve(sent, now);
        let lane = inner.lane(shop);
        lane.bucket.halve(sent, now);
        let (shop_rate, app_rate) = (lane.bucket.rate, inner.app.rate);
        tracing::warn!(shop, app_rate, shop_rate, "calling more slowly");
    }

    /// Calls a second that the app and this shop are let through at present.
    #[cfg(test)]
    fn rates(&self, shop: &str) -> (f64, f64) {
        let mut inner = self.inner();
        let now = Instant::now();
        inner.app.fill(now);
        inner.lane(shop).bucket.fill(now);
        (inner.app.rate, inner.lane(shop).bucket.rate)
    }

    /// Lets those who wait go, one by one, until nobody waits.
    async fn drive(self: Arc<Self>) {
        loop {
            let next = self.inner().next(Instant::now());
            match next {
                Next::Go(go) => drop(go.send(())),
                Next::Wait(pause) => {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        // Another shop may not have to wait as long as those before it.
                        () = self.came.notified() => {}
                    }
                }
                Next::Nobody => {
                    let mut inner = self.inner();
                    // Somebody may have come between the look and now.
                    if !inner.are_waited_for() {
                        inner.driven = false;
                        return;
                    }
                }
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Lanes> {
        // Nothing panics while the buckets are held.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pace(app: u32, shop: u32, burst: u32) -> Arc<Pace> {
        let limit = |per_second| Limit { per_second, burst };
        Arc::new(Pace::new(limit(app), limit(shop)))
    }

    /// Sends so many calls at once and gives back how many went out by each second.
    async fn calls_by_second(pace: &Arc<Pace>, shop: &str, calls: usize) -> Vec<usize> {
        let began = Instant::now();
        let mut seconds = Vec::new();
        for _ in 0..calls {
            pace.pass(shop, Rank::Later).await;
            let second = usize::try_from(began.elapsed().as_millis() / 1000).expect("a test is short");
            seconds.resize(seconds.len().max(second + 1), 0);
            seconds[second] += 1;
        }
        seconds
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_a_few_go_at_once_and_then_the_rate_holds() {
        let pace = pace(10, 10, 5);
        let seconds = calls_by_second(&pace, "a", 45).await;
        assert!((13..=16).contains(&seconds[0]), "{seconds:?}");
        assert!(seconds[1..3].iter().all(|calls| (9..=11).contains(calls)), "{seconds:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_too_many_halves_the_rate_once_and_it_grows_back_slowly() {
        let pace = pace(16, 16, 1);
        let sent = Instant::now();
        tokio::time::advance(Duration::from_millis(10)).await;
        pace.too_fast("a", sent);
        // The other calls that were under way are the same news.
        pace.too_fast("a", sent);
        let (app, shop) = pace.rates("a");
        assert!((app - 8.0).abs() < 0.1 && (shop - 8.0).abs() < 0.1, "{app} {shop}");
        let (_, other) = pace.rates("b");
        assert!((other - 16.0).abs() < 0.1, "the other shop's own rate is untouched: {other}");
        let seconds = calls_by_second(&pace, "a", 16).await;
        assert!((7..=9).contains(&seconds[0]), "{seconds:?}");
        tokio::time::advance(Duration::from_secs(10)).await;
        let (app, _) = pace.rates("a");
        assert!((9.0..11.0).contains(&app), "slowly: {app}");
        tokio::time::advance(Duration::from_secs(120)).await;
        assert!((pace.rates("a").0 - 16.0).abs() < 0.01, "in the end all of it");
    }

    #[tokio::test(start_paused = true)]
    async fn however_often_it_is_refused_it_goes_on_asking() {
        let pace = pace(10, 10, 1);
        for _ in 0..50 {
            tokio::time::advance(Duration::from_millis(1)).await;
            pace.too_fast("a", Instant::now());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let began = Instant::now();
        pace.pass("a", Rank::Later).await;
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    }

    /// Starts calls that note who went; gives the notes.
    fn start(pace: &Arc<Pace>, notes: &Arc<Mutex<Vec<String>>>, (shop, rank): (&'static str, Rank), calls: usize) {
        for _ in 0..calls {
            let (pace, notes) = (Arc::clone(pace), Arc::clone(notes));
            tokio::spawn(async move {
                pace.pass(shop, rank).await;
                notes.lock().expect("notes").push(format!("{shop} {rank:?}"));
            });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn shops_of_one_app_take_turns_and_a_person_goes_before_every_sync() {
        let pace = pace(10, 10, 1);
        let notes = Arc::new(Mutex::new(Vec::new()));
        start(&pace, &notes, ("large", Rank::Later), 100);
        tokio::time::sleep(Duration::from_millis(1)).await;
        start(&pace, &notes, ("small", Rank::Later), 10);
        tokio::time::sleep(Duration::from_millis(1)).await;
        start(&pace, &notes, ("large", Rank::First), 1);
        start(&pace, &notes, ("small", Rank::First), 1);
        tokio::time::sleep(Duration::from_millis(2_250)).await;
        let went = notes.lock().expect("notes").clone();
        // The very first went out before anybody else had come.
        assert!(went[1..3].iter().all(|who| who.ends_with("First")), "{went:?}");
        assert!(went[1] != went[2], "{went:?}");
        let small = went.iter().filter(|who| *who == "small Later").count();
        let large = went.iter().filter(|who| *who == "large Later").count();
        assert!(small >= 9 && large <= small + 2, "{small} of the small shop, {large} of the large one: {went:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_shop_at_its_own_limit_holds_up_no_other() {
        let pace = pace(100, 2, 1);
        let notes = Arc::new(Mutex::new(Vec::new()));
        start(&pace, &notes, ("slow", Rank::First), 20);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let began = Instant::now();
        pace.pass("other", Rank::Later).await;
        assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_takes_no_turn_from_those_who_wait() {
        let pace = pace(1, 1, 1);
        pace.pass("a", Rank::Later).await;
        for _ in 0..20 {
            assert!(tokio::time::timeout(Duration::from_millis(10), pace.pass("a", Rank::Later)).await.is_err());
        }
        let began = Instant::now();
        pace.pass("a", Rank::Later).await;
        assert!(began.elapsed() < Duration::from_millis(1_100), "{:?}", began.elapsed());
    }
}
