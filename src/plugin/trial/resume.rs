//! The crash that no author thinks of: the run is stopped after each of its calls, taken up again from its journal, and must come to the
//! same report without paying twice.

use std::sync::Arc;

use super::compare::first_difference;
use super::fixture::Fixture;
use super::journal::Life;
use super::{Outcome, Trial};

/// Stops that are tried at most; a run with more calls is stopped after every so-manieth.
const STOPS: usize = 64;

/// How the stops went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// How often the run was stopped and taken up again.
    pub stops: usize,
}

impl Trial {
    /// Stops a run after each of its calls and takes it up again.
    ///
    /// # Errors
    /// One English sentence about the first stop after which the run came to something else.
    pub async fn resumes(&self, fixture: &Arc<Fixture>, whole: &Outcome) -> Result<Resumed, String> {
        let calls = whole.calls.len();
        let mut stops = 0;
        for after in (1..=calls).step_by(calls.div_ceil(STOPS).max(1)) {
            let name = &whole.calls[after - 1];
            let life = Arc::new(Life::default());
            if !self.stop(fixture, &life, after).await {
                return Err(format!(
                    "an attempt made fewer than the {calls} calls of the first one: what a skill calls must follow from what it is told"
                ));
            }
            let stage = self.stage(fixture, &life, None);
            let ended = self.play(fixture, &stage).await;
            let resumed = self.outcome(ended, &stage, fixture);
            let at = format!("stopped after call {after} ({name}) and taken up again, ");
            self.same(whole, &resumed).map_err(|why| format!("{at}{why}"))?;
            if resumed.given != whole.given {
                return Err(format!("{at}the model answered {} times instead of {}", resumed.given, whole.given));
            }
            stops += 1;
        }
        Ok(Resumed { stops })
    }

    /// Runs until a call was answered and kept; false when the run ended before.
    async fn stop(&self, fixture: &Arc<Fixture>, life: &Arc<Life>, after: usize) -> bool {
        let stage = self.stage(fixture, life, Some(after));
        tokio::select! {
            _ = self.play(fixture, &stage) => false,
            () = stage.stopped() => true,
        }
    }

    fn same(&self, whole: &Outcome, resumed: &Outcome) -> Result<(), String> {
        match (whole.ending.report(), resumed.ending.report()) {
            (Ok(whole), Ok(resumed)) => first_difference(whole, resumed)
                .map_or(Ok(()), |difference| Err(format!("the report is another one: {difference}"))),
            _ if whole.ending == resumed.ending => Ok(()),
            (_, Err(why)) => Err(format!("the run is {}: {why}", resumed.ending.word())),
            (Err(why), Ok(_)) => Err(format!("the run is done, though it was {} before: {why}", whole.ending.word())),
        }
    }
}
