//! `xiaoer redact`: personal data taken out of messages, one a line.

use std::io::{BufRead, BufReader, stdin};

use anyhow::Context as _;
use serde::Serialize;
use xiaoer::redact::{Span, Vault, spans};

use super::args::Messages;
use super::log::say;

/// What is told of a message.
#[derive(Serialize)]
struct Told {
    masked: String,
    spans: Vec<Span>,
}

pub(super) fn run(messages: &Messages) -> anyhow::Result<()> {
    let mut input: Box<dyn BufRead> = match &messages.file {
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            Box::new(BufReader::new(file))
        }
        None => Box::new(stdin().lock()),
    };
    let mut vault = Vault::default();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).context("the messages cannot be read")? > 0 {
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let told = Told { masked: vault.mask(text), spans: spans(text) };
        say(&serde_json::to_string(&told)?);
        line.clear();
    }
    Ok(())
}
