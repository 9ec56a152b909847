//! What can be watched from outside: counts for Prometheus, spans for a collector.
//!
//! Nothing here decides anything, and nothing here may hold a merchant's or a buyer's words: labels and attributes are names, counts
//! and classes. Without a collector a span costs a look at a flag.

pub mod metrics;
pub mod names;
mod otlp;
mod span;

pub use otlp::{Exporter, ExporterError, TelemetryConfig, layer};
pub use span::{Content, ModelCall, ModelOutcome, TARGET, failed, model_call, record, run, tool};
