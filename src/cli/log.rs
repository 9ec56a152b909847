//! Where words go: logs and complaints to the error stream, answers to the output stream, spans to a collector if one is named. The
//! only place that prints.

use std::io::Write as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};
use xiaoer::config::Env;
use xiaoer::telemetry::{self, Exporter, ExporterError, TelemetryConfig};

/// Starts logging. `XIAOER_LOG` takes the usual filter, default `info`. What comes back sends the last spans when it is dropped.
pub(crate) fn start(env: &Env, json: bool, spans: &TelemetryConfig) -> Result<Option<Exporter>, ExporterError> {
    // async_openai logs whole answers on a parse failure, and those may hold what buyers wrote; rmcp takes a client that hung up for
    // an error of ours. Spans for a collector are no log: switched off here, they cost nothing where no collector wants them.
    let wanted = env.get("XIAOER_LOG").unwrap_or("info");
    let filter = EnvFilter::new(format!("{wanted},async_openai=off,rmcp=off,{}=off", telemetry::TARGET));
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let logs = if json { logs.json().boxed() } else { logs.with_target(false).boxed() };
    let (layer, exporter) = telemetry::layer(spans)?.unzip();
    tracing_subscriber::registry().with(logs.with_filter(filter)).with(layer).init();
    Ok(exporter)
}

/// Prints an answer. A reader who has gone away is no error.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a complaint.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints a value as JSON.
pub(crate) fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}
