//! Where words go: logs and complaints to the error stream, answers to the output stream. The only place that prints.

use std::io::Write as _;

use tracing_subscriber::EnvFilter;
use xiaoer::config::Env;

/// Starts logging. `XIAOER_LOG` takes the usual filter, default `info`.
pub(crate) fn start(env: &Env, json: bool) {
    // async_openai logs whole answers on a parse failure, and those may hold what buyers wrote.
    let wanted = env.get("XIAOER_LOG").unwrap_or("info");
    let filter = EnvFilter::new(format!("{wanted},async_openai=off"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { logs.json().init() } else { logs.with_target(false).init() }
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
