//! The front matter as fields: which there may be, that each is a text, said once and not too long. What a field means is decided elsewhere.

use super::FILE;
use crate::plugin::fault::{Fault, disguises, shown};
use crate::plugin::front::{Front, Line, Value};

const KEYS: [&str; 6] = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"];
const OURS: [&str; 5] = ["xiaoer.role", "xiaoer.title", "xiaoer.version", "xiaoer.api", "xiaoer.entry"];

/// One field that is a text.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) key: &'a str,
    pub(super) line: u64,
    pub(super) value: &'a str,
}

impl Field<'_> {
    pub(super) fn wrong(&self, what: impl std::fmt::Display, mend: impl Into<String>) -> Fault {
        Fault::of(FILE, format!("{} {what}", self.key), mend).at(self.line)
    }
}

/// The fields of a front matter.
pub(super) struct Sheet<'a>(&'a [Line]);

impl<'a> Sheet<'a> {
    pub(super) fn over(front: &'a Front<'_>) -> Result<Self, Fault> {
        for (at, line) in front.lines.iter().enumerate() {
            if !KEYS.contains(&line.key.as_str()) {
                let what = format!("the field {} is not one of an Agent Skill", shown(&line.key));
                let mend = format!("known: {}; what is xiaoer's goes under metadata", KEYS.join(", "));
                return Err(Fault::of(FILE, what, mend).at(line.line));
            }
            twice(&front.lines[..at], line)?;
        }
        Ok(Self(&front.lines))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<Field<'a>>, Fault> {
        self.0.iter().find(|line| line.key == key).map(text).transpose()
    }

    /// The metadata that are ours. All are checked.
    pub(super) fn metadata(&self) -> Result<Vec<Field<'a>>, Fault> {
        let Some(metadata) = self.0.iter().find(|line| line.key == "metadata") else { return Ok(Vec::new()) };
        let Value::Map(lines) = &metadata.value else {
            return Err(
                Fault::of(FILE, "metadata is not a map", "write `key: value` lines, indented").at(metadata.line)
            );
        };
        let mut ours = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            twice(&lines[..at], line)?;
            let field = text(line)?;
            if line.key.to_ascii_lowercase().starts_with("xiaoer") {
                if !OURS.contains(&line.key.as_str()) {
                    let what = format!("the metadata key {} is not known", shown(&line.key));
                    return Err(Fault::of(FILE, what, format!("known: {}", OURS.join(", "))).at(line.line));
                }
                ours.push(field);
            }
        }
        Ok(ours)
    }
}

fn text(line: &Line) -> Result<Field<'_>, Fault> {
    match &line.value {
        Value::Text(value) => Ok(Field { key: &line.key, line: line.line, value: value.trim() }),
        Value::Map(_) => Err(not_text(line, "keys and values")),
        Value::Other(what) => Err(not_text(line, what)),
    }
}

fn not_text(line: &Line, is: &str) -> Fault {
    let mend = "write a text; a number goes in quotes";
    Fault::of(FILE, format!("{} is {is}, not a text", shown(&line.key)), mend).at(line.line)
}

fn twice(before: &[Line], line: &Line) -> Result<(), Fault> {
    if before.iter().any(|other| other.key == line.key) {
        return Err(Fault::of(FILE, format!("{} is there twice", shown(&line.key)), "leave one out").at(line.line));
    }
    Ok(())
}

pub(super) fn missing(key: &str, mend: &str) -> Fault {
    Fault::of(FILE, format!("{key} is missing"), mend)
}

pub(super) fn bounded(field: &Field<'_>, longest: usize) -> Result<(), Fault> {
    if field.value.is_empty() {
        return Err(field.wrong("is empty", "write something or leave the field out"));
    }
    if field.value.chars().count() > longest {
        return Err(field
            .wrong(format!("is longer than {longest} characters"), "shorten it; details go below the front matter"));
    }
    if let Some(c) = field.value.chars().find(|c| disguises(*c) && *c != '\n') {
        let what = format!("holds the invisible character U+{:04X}", u32::from(c));
        return Err(field.wrong(what, "take it out: a merchant must see what is written"));
    }
    Ok(())
}
