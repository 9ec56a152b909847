//! The front matter of a SKILL.md as it was written: keys and values, each with its line. Knows YAML and no key.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Spanned, budget, options};

use super::fault::Fault;

const FILE: &str = "SKILL.md";
/// Longest front matter, in bytes. A manifest is read before anybody trusts its author.
const LONGEST: usize = 16 * 1024;

/// A value of the front matter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// Keys and values.
    Map(Vec<Line>),
    /// Whatever else YAML knows: a number, a list. The word is for the author.
    Other(&'static str),
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// The key.
    pub(crate) key: String,
    /// Its line in SKILL.md.
    pub(crate) line: u64,
    /// The value.
    pub(crate) value: Value,
}

/// A SKILL.md taken apart.
pub(crate) struct Front<'a> {
    /// The keys in their order.
    pub(crate) lines: Vec<Line>,
    /// The text between the marks.
    pub(crate) raw: &'a str,
    /// What stands below.
    pub(crate) body: &'a str,
}

impl Front<'_> {
    /// The line at or behind `from` where a word stands, for values that go over several lines.
    pub(crate) fn line_of(&self, word: &str, from: u64) -> u64 {
        let behind = usize::try_from(from.saturating_sub(2)).unwrap_or_default();
        let found = self.raw.lines().skip(behind).position(|line| line.contains(word));
        from + found.and_then(|at| u64::try_from(at).ok()).unwrap_or_default()
    }
}

/// Takes a SKILL.md apart.
///
/// # Errors
/// [`Fault`] with the line.
pub(crate) fn read(text: &str) -> Result<Front<'_>, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let form = "begin the file with a line ---, the fields, and a line ---";
    let opened = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"));
    let inner = opened.ok_or_else(|| Fault::of(FILE, "there is no front matter", form).at(1))?;
    let mut end = 0;
    let closed = inner.split_inclusive('\n').find(|line| {
        let is_mark = line.trim_end() == "---";
        end += if is_mark { 0 } else { line.len() };
        is_mark
    });
    let mark = closed.ok_or_else(|| Fault::of(FILE, "the front matter does not end", form).at(1))?;
    let (raw, body) = (&inner[..end], &inner[end + mark.len()..]);
    if raw.len() > LONGEST {
        return Err(Fault::of(FILE, "the front matter is longer than 16 KiB", "move text below it").at(1));
    }
    let options = options! {
        budget: budget! { max_aliases: 0, max_anchors: 0, max_depth: 4, max_nodes: 500, max_documents: 1, max_merge_keys: 0 },
        with_snippet: false,
        no_schema: false,
    };
    let Keys(lines) = serde_saphyr::from_str_with_options(raw, options).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line() + 1);
        let what = format!("the front matter is not plain YAML ({})", reason(&error));
        Fault::of(FILE, what, "write `key: value` lines; put a value with special characters in quotes").at(line)
    })?;
    Ok(Front { lines, raw, body })
}

/// What the reader of YAML says, in one line and without the place, which the fault names itself.
fn reason(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).chars().take(160).collect()
}

/// A map whose keys keep their order and their lines.
struct Keys(Vec<Line>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Keys, A::Error> {
                lines(map).map(Keys)
            }
        }
        from.deserialize_map(Reader)
    }
}

fn lines<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<Line>, A::Error> {
    let mut lines = Vec::new();
    while let Some((key, value)) = map.next_entry::<Spanned<String>, Value>()? {
        // The front matter begins on the second line of the file.
        lines.push(Line { line: key.defined.line() + 1, key: key.value, value });
    }
    Ok(lines)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                lines(map).map(Value::Map)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other("a list"))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Other("yes or no"))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Other("nothing"))
            }

            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Other("nothing"))
            }

            fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
                Value::deserialize(from)
            }
        }
        from.deserialize_any(Reader)
    }
}
