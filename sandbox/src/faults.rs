//! Faults on demand: a queue that `POST /admin/faults` fills and calls take from, oldest first.

use std::time::Duration;

use serde::Deserialize;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Answers HTTP 500 with a page that is not JSON; nothing took effect.
    #[serde(rename = "http_500")]
    Http500,
    /// Does the work, then is silent for `delay_ms` and answers 504.
    TimeoutAfterEffect,
    /// Does the work and answers half of the body.
    Truncated,
    /// Answers `gw.QosRequestLimit` with HTTP 200; nothing took effect.
    RateLimit,
    /// Does the work and answers after `delay_ms`.
    Slow,
}

/// A fault for the next `times` calls of a method, or of any.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The API's name, for example `alibaba.product.modifyStock`.
    method: Option<String>,
    kind: Kind,
    #[serde(default = "once")]
    times: u32,
    delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

/// Faults that still wait for their call.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// What goes wrong with this call, if anything.
    pub(crate) fn take(&mut self, method: &str) -> Option<(Kind, Duration)> {
        self.waiting.retain(|fault| fault.times > 0);
        let fault = self.waiting.iter_mut().find(|fault| fault.method.as_deref().is_none_or(|name| name == method))?;
        fault.times -= 1;
        let usual = if fault.kind == Kind::Slow { 2_000 } else { 60_000 };
        Some((fault.kind, Duration::from_millis(fault.delay_ms.unwrap_or(usual))))
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
        assert_eq!(faults.take("b"), Some((Kind::Slow, Duration::from_millis(5))));
        assert_eq!(faults.take("b"), None);
        assert_eq!(faults.take("a").map(|fault| fault.0), Some(Kind::Http500));
        assert_eq!(faults.take("a").map(|fault| fault.0), Some(Kind::Http500));
        assert_eq!(faults.take("a"), None);
    }
}
