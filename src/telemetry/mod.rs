//! What an operator can watch: counts for Prometheus, and spans for a collector where one is configured.
//!
//! Spans go out only by the target of [`names`]; what was asked and answered is never in one unless `[telemetry] content = true`, and
//! then as the model saw it: masked.

mod export;
mod metrics;
pub mod names;

use serde::{Deserialize, Serialize};

pub use export::{Exporter, layer};
pub use metrics::{Metrics, ModelCall};

/// `[telemetry]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Address of a collector that takes OTLP over HTTP: `http://127.0.0.1:4318`. None = no spans go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp: Option<String>,
    /// Puts what was asked and answered into the spans, masked.
    #[serde(default)]
    pub content: bool,
}
