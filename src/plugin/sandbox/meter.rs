//! Counts what a run computes, and gives it its turns.
//!
//! The processor's time of the thread is counted, not the time on the wall: on a busy machine an honest plugin waits for the processor and
//! must not be stopped for it. What the host does for a run is not counted either: a long read is not the plugin's fault.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Mutex;
use std::task::Poll;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::Semaphore;

/// The computing of one run.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    spent: Duration,
    since: Option<Duration>,
}

impl Meter {
    /// What the run has computed so far.
    pub(super) fn spent(&self) -> Duration {
        let counted = self.0.lock().expect("nothing panics while holding it");
        counted.spent + counted.since.map_or(Duration::ZERO, |since| now().saturating_sub(since))
    }

    /// Works, a turn at a time: whoever else of the same plugin wants to compute gets the next one.
    pub(super) async fn computing<F: Future>(&self, turns: &Semaphore, work: F) -> F::Output {
        let mut work = pin!(work);
        loop {
            let turn = turns.acquire().await;
            let step = poll_fn(|cx| {
                self.go();
                let step = work.as_mut().poll(cx);
                self.rest();
                Poll::Ready(step)
            });
            if let Poll::Ready(done) = step.await {
                return done;
            }
            drop(turn);
            woken().await;
        }
    }

    /// Waits for the host; not a moment of it counts. Here the clock on the wall is read, which costs a tenth: a run calls often, and
    /// a host that had to wait for the processor is held against nobody.
    pub(super) async fn waiting<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|cx| {
            let asked = Instant::now();
            let step = work.as_mut().poll(cx);
            self.pass_over(asked.elapsed());
            step
        })
        .await
    }

    fn go(&self) {
        self.0.lock().expect("nothing panics while holding it").since = Some(now());
    }

    fn pass_over(&self, host: Duration) {
        if let Some(since) = &mut self.0.lock().expect("nothing panics while holding it").since {
            *since += host;
        }
    }

    fn rest(&self) {
        let mut counted = self.0.lock().expect("nothing panics while holding it");
        if let Some(since) = counted.since.take() {
            counted.spent += now().saturating_sub(since);
        }
    }
}

/// Until the task is woken: by whatever its last step has asked to be woken for.
async fn woken() {
    let mut asleep = true;
    poll_fn(|_| if std::mem::take(&mut asleep) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// The processor's time of this thread.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanos.unwrap_or_default())
}
