//! The one client stack and the one retry loop. Adapters build requests and classify failures; they never wait, count or try again.

mod bucket;
mod lanes;
pub mod pace;

use std::future::Future;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::RngExt as _;

/// What a caller may do after a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Trying again cannot help, or could do harm.
    No,
    /// Later, with growing pauses.
    Backoff,
    /// Not before this has passed, as the other side asked.
    After(Duration),
}

/// A failure that says whether another try may help.
pub trait Classified {
    /// Whether and when to try again.
    fn retry(&self) -> Retry;
}

/// How long and how often to try.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Tries in all; 1 for anything that must not be repeated.
    pub tries: u32,
    /// First pause; doubled each time, with full jitter.
    pub pause: Duration,
    /// No pause is longer, whatever the other side asks.
    pub longest_pause: Duration,
    /// After this no new try begins.
    pub total: Duration,
}

impl Policy {
    /// For reads of a platform.
    pub const READ: Self = Self {
        tries: 4,
        pause: Duration::from_millis(200),
        longest_pause: Duration::from_secs(5),
        total: Duration::from_secs(60),
    };
    /// For anything with an effect: one try, and an unknown outcome is settled by reading back.
    pub const ONCE: Self =
        Self { tries: 1, pause: Duration::ZERO, longest_pause: Duration::ZERO, total: Duration::from_secs(60) };
    /// For questions to a model.
    pub const MODEL: Self = Self {
        tries: 3,
        pause: Duration::from_millis(500),
        longest_pause: Duration::from_secs(30),
        total: Duration::from_secs(120),
    };
}

/// The client that everything shares: connection pool, TLS, time-outs.
///
/// # Panics
/// When the TLS back end cannot start; nothing works without it.
#[must_use]
pub fn client() -> reqwest::Client {
    // A second call finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("xiaoer/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(60))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("the TLS back end starts")
}

/// The client for what strangers want asked: HTTPS and nothing else, names resolved by whoever judges their addresses, and by nobody
/// besides: a proxy would resolve them once more, by itself.
///
/// # Panics
/// As [`client`].
#[must_use]
pub fn guarded(
    names: std::sync::Arc<dyn reqwest::dns::Resolve>,
    trusted: Vec<reqwest::Certificate>,
    longest: Duration,
) -> reqwest::Client {
    // A second call finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("xiaoer/", env!("CARGO_PKG_VERSION"), " (plugin)"))
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(longest)
        .dns_resolver(names)
        // A connection kept from an earlier request may have been closed meanwhile, and a request that fails halfway cannot be sent
        // again unasked; nor do two shops' plugins share one.
        .pool_max_idle_per_host(0)
        .tls_certs_merge(trusted)
        .build()
        .expect("the TLS back end starts")
}

/// Tries until it works, cannot work, or the policy is used up; the last failure is the answer then.
///
/// # Errors
/// The failure of the last try.
pub async fn retrying<T, E, F, Fut>(policy: &Policy, mut attempt: F) -> Result<T, E>
where
    E: Classified + std::fmt::Display,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let started = Instant::now();
    let mut tried = 0;
    loop {
        let failure = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        tried += 1;
        let pause = match failure.retry() {
            Retry::No => return Err(failure),
            Retry::After(wanted) => wanted.min(policy.longest_pause),
            Retry::Backoff => jittered((policy.pause * 2_u32.saturating_pow(tried - 1)).min(policy.longest_pause)),
        };
        if tried >= policy.tries || started.elapsed() + pause >= policy.total {
            return Err(failure);
        }
        tracing::info!(tried, pause_ms = pause.as_millis(), reason = %failure, "will try again");
        tokio::time::sleep(pause).await;
    }
}

/// Full jitter: many waiting callers do not come back at the same moment.
fn jittered(most: Duration) -> Duration {
    most.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// Stops calling a peer that keeps failing: opens after `failures` in a row, lets one try through after `rest`.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    rest: Duration,
    state: Mutex<(u32, Option<Instant>)>,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(failures: u32, rest: Duration) -> Self {
        Self { failures, rest, state: Mutex::new((0, None)) }
    }

    /// Whether a call may go out now.
    pub fn lets_through(&self) -> bool {
        let mut state = self.state.lock().expect("nothing panics while counting");
        match state.1 {
            Some(opened) if opened.elapsed() < self.rest => false,
            Some(_) => {
                // Half open: this caller is the probe, the others wait another rest.
                state.1 = Some(Instant::now());
                true
            }
            None => true,
        }
    }

    /// Records how a call went.
    pub fn record(&self, worked: bool) {
        let mut state = self.state.lock().expect("nothing panics while counting");
        *state = match (worked, *state) {
            (true, _) => (0, None),
            (false, (count, _)) if count + 1 >= self.failures => (count + 1, Some(Instant::now())),
            (false, (count, opened)) => (count + 1, opened),
        };
    }
}
