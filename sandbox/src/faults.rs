//! Faults on demand: a queue that `POST /admin/faults` fills and calls take from, oldest first, and a schedule that
//! draws them from a seed. Must never look at a clock: the same calls in the same order meet the same faults.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;

use crate::world::dice::Dice;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers HTTP 500 (or `status`) with a page that is not JSON; nothing took effect.
    #[serde(rename = "http_500")]
    Http500,
    /// Answers the gateway error `code` with HTTP 400 (or `status`); nothing took effect.
    Gateway,
    /// Answers `gw.QosRequestLimit` with HTTP 200; nothing took effect.
    RateLimit,
    /// Does the work and answers after `delay_ms`.
    Slow,
    /// Does the work, then is silent for `delay_ms` and answers 504.
    TimeoutAfterEffect,
    /// Does the work and answers half of the body.
    Truncated,
    /// Answers every empty list as null.
    EmptyAsNull,
    /// Answers objects with fields that nobody has heard of.
    UnknownFields,
    /// Answers a status that nobody has heard of wherever there is one.
    UnknownStatus,
    /// Does the work, answers, and shows its effect only after `delay_ms`.
    SlowReadBack,
}

impl FaultKind {
    fn usual_delay(self) -> u64 {
        match self {
            Self::TimeoutAfterEffect => 60_000,
            Self::Slow | Self::SlowReadBack => 2_000,
            _ => 0,
        }
    }
}

/// A fault for the next `times` calls of a method, or of any.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The API's name, for example `alibaba.product.modifyStock`; none: any.
    pub method: Option<String>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// For how many calls; once unless said.
    #[serde(default = "once")]
    pub times: u32,
    /// Milliseconds of real time, where the kind has a delay: 2,000, and 60,000 for a timeout, unless said.
    pub delay_ms: Option<u64>,
    /// The code of a gateway error; `gw.APIUnsupported` unless said.
    pub code: Option<String>,
    /// The HTTP status of `http_500` and `gateway`.
    pub status: Option<u16>,
}

/// Faults drawn from a seed: the n-th call of a method always meets the same one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSchedule {
    /// All draws follow from it.
    pub seed: u64,
    /// The share of calls that meet a fault, 0 to 1.
    pub share: f64,
    /// What may go wrong; each is as likely.
    pub kinds: Vec<FaultKind>,
    /// The APIs concerned; none named: all.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Milliseconds of every delay; 50 unless said.
    pub delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

/// A fault that a call has met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Struck {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    pub(crate) code: Option<String>,
    pub(crate) status: Option<u16>,
}

/// Faults that still wait for their call.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    schedule: Option<FaultSchedule>,
    /// Calls of each method since the schedule was set.
    calls: HashMap<String, i64>,
}

impl Faults {
    pub(crate) fn new(waiting: Vec<Fault>, schedule: Option<FaultSchedule>) -> Self {
        Self { waiting, schedule, calls: HashMap::new() }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn plan(&mut self, schedule: Option<FaultSchedule>) {
        (self.schedule, self.calls) = (schedule, HashMap::new());
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What goes wrong with this call, if anything.
    pub(crate) fn take(&mut self, method: &str) -> Option<Struck> {
        let drawn = self.draw(method);
        self.waiting.retain(|fault| fault.times > 0);
        let Some(fault) =
            self.waiting.iter_mut().find(|fault| fault.method.as_deref().is_none_or(|name| name == method))
        else {
            return drawn;
        };
        fault.times -= 1;
        let delay = Duration::from_millis(fault.delay_ms.unwrap_or(fault.kind.usual_delay()));
        Some(Struck { kind: fault.kind, delay, code: fault.code.clone(), status: fault.status })
    }

    fn draw(&mut self, method: &str) -> Option<Struck> {
        let schedule = self.schedule.as_ref()?;
        if schedule.kinds.is_empty()
            || !(schedule.methods.is_empty() || schedule.methods.iter().any(|name| name == method))
        {
            return None;
        }
        let call = self.calls.entry(method.to_owned()).or_default();
        *call += 1;
        let mut dice = Dice::of(schedule.seed, method, *call);
        let drawn = dice.between(0, 999_999) as f64 / 1_000_000.0;
        let kind = *dice.pick(&schedule.kinds);
        let delay = Duration::from_millis(schedule.delay_ms.unwrap_or(50));
        (drawn < schedule.share).then_some(Struck { kind, delay, code: None, status: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_only_its_method_and_only_so_often() {
        let mut faults = Faults::default();
        faults.add(serde_json::from_str(r#"{"method":"a","kind":"http_500","times":2}"#).expect("a fault"));
        faults.add(serde_json::from_str(r#"{"kind":"slow","delay_ms":5}"#).expect("a fault"));
        let slow = Struck { kind: FaultKind::Slow, delay: Duration::from_millis(5), code: None, status: None };
        assert_eq!(faults.take("b"), Some(slow));
        assert_eq!(faults.take("b"), None);
        assert_eq!(faults.take("a").map(|fault| fault.kind), Some(FaultKind::Http500));
        assert_eq!(faults.take("a").map(|fault| fault.kind), Some(FaultKind::Http500));
        assert_eq!(faults.take("a"), None);
    }

    #[test]
    fn a_schedule_strikes_its_share_the_same_way_however_methods_interleave() {
        let schedule = r#"{"seed":7,"share":0.2,"kinds":["http_500","truncated"]}"#;
        let drawn = |order: &[&str]| {
            let mut faults = Faults::default();
            faults.plan(Some(serde_json::from_str(schedule).expect("a schedule")));
            let mut met: HashMap<String, Vec<Option<FaultKind>>> = HashMap::new();
            for method in order.iter().cycle().take(2_000) {
                met.entry((*method).to_owned()).or_default().push(faults.take(method).map(|fault| fault.kind));
            }
            met
        };
        let (one, other) = (drawn(&["a", "b"]), drawn(&["b", "b", "a", "a"]));
        assert_eq!(one["a"], other["a"]);
        assert_eq!(one["b"], other["b"]);
        let struck = one["a"].iter().filter(|kind| kind.is_some()).count();
        assert!((150..250).contains(&struck), "{struck} of 1000");
    }
}
