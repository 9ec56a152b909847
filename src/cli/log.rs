//! Where words go: logs and complaints to the error stream, answers to the output stream. The only place that prints.

use std::io::Write as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use xiaoer::config::Env;
use xiaoer::telemetry::{self, Exporter, names};

/// Starts logging, and sending spans to a collector where one is named. `XIAOER_LOG` takes the usual filter, default `info`. What is
/// handed back sends the last spans when it is dropped.
pub(crate) fn start(env: &Env, json: bool, collector: Option<&str>) -> Option<Exporter> {
    // async_openai logs whole answers on a parse failure, and those may hold what buyers wrote. Spans for a collector may, too.
    let wanted = env.get("XIAOER_LOG").unwrap_or("info");
    let filter = EnvFilter::new(format!("{wanted},{},{}=off", xiaoer::llm::SILENCED, names::TARGET));
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let logs = if json { logs.json().boxed() } else { logs.with_target(false).boxed() };
    let registry = tracing_subscriber::registry().with(logs.with_filter(filter));
    match collector.map(telemetry::layer) {
        None => {
            registry.init();
            None
        }
        Some(Ok((layer, exporter))) => {
            registry.with(layer).init();
            Some(exporter)
        }
        Some(Err(error)) => {
            registry.init();
            tracing::error!(%error, "no spans are sent: the collector's address is not understood");
            None
        }
    }
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
