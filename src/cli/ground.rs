//! `xiaoer ground`: narratives from a stream, each checked against a file of facts. It needs no data directory and asks nobody: what is
//! told about a line depends on the line and the facts alone.

mod facts;

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use anyhow::Context as _;
use serde_json::Value;
use xiaoer::llm::ground::{Problem, narrative};
use xiaoer_sdk::{Facts, fill};

use super::args::Narratives;
use super::log::say;

/// What is told about a line.
#[derive(serde::Serialize)]
struct Told {
    ok: bool,
    /// The text with its figures, where it may be shown.
    rendered: Option<String>,
    problems: Vec<Fault>,
}

#[derive(serde::Serialize)]
struct Fault {
    piece: String,
    why: String,
}

pub(super) fn run(options: &Narratives) -> anyhow::Result<()> {
    let path = options.facts.display();
    let text = std::fs::read(&options.facts).with_context(|| format!("cannot read {path}"))?;
    let text = String::from_utf8(text).with_context(|| format!("{path} is no UTF-8 text"))?;
    let facts = facts::read(&text).with_context(|| format!("cannot use {path}"))?;
    match &options.file {
        Some(file) => {
            let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
            each_line(BufReader::new(open), &facts)
        }
        None => each_line(io::stdin().lock(), &facts),
    }
}

/// Line by line, so that a reader at the other end has each answer before the next line is there.
fn each_line(mut lines: impl BufRead, facts: &Facts) -> anyhow::Result<()> {
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).context("cannot read the narratives")? > 0 {
        let text = String::from_utf8_lossy(&line);
        if !text.trim().is_empty() {
            say(&serde_json::to_string(&told(&text, facts))?);
        }
        line.clear();
    }
    Ok(())
}

fn told(line: &str, facts: &Facts) -> Told {
    let refused = |problems| Told { ok: false, rendered: None, problems };
    let text = match serde_json::from_str::<Value>(line.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(mut fields)) => match fields.remove("text") {
            Some(Value::String(text)) => text,
            _ => return refused(vec![Fault::of_line(line, "has no \"text\" that is a string")]),
        },
        Ok(_) => return refused(vec![Fault::of_line(line, "is no JSON object with a \"text\"")]),
        Err(error) => return refused(vec![Fault::of_line(line, &format!("is no JSON: {error}"))]),
    };
    match narrative(&text, facts) {
        Ok(text) => Told { ok: true, rendered: Some(fill(&text, facts)), problems: Vec::new() },
        Err(problems) => refused(problems.into_iter().map(Fault::from).collect()),
    }
}

impl Fault {
    fn of_line(line: &str, why: &str) -> Self {
        Self { piece: line.trim().chars().take(60).collect(), why: format!("the line {why}") }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { why: problem.to_string(), piece: problem.piece }
    }
}
