//! How a recorded fixture is written: a row a line, in few words, so that a person can look through it and a change shows as the lines it
//! changed. What a row does not say is what the reader of fixtures supplies; a row that would be read as another one is written whole.

use serde_json::{Map, Value};

use crate::plugin::trial::blank::{Row, row};

/// A row without the fields that a reader supplies by itself.
pub(super) fn short<R: Row>(one: &R, now: &str) -> serde_json::Result<Value> {
    let whole = serde_json::to_value(one)?;
    let (Value::Object(fields), Value::Object(mut blank)) = (&whole, R::blank(now)) else { return Ok(whole) };
    R::follow(&mut blank, fields);
    let told = fields.iter().filter(|(name, value)| blank.get(*name) != Some(*value));
    let few = Value::Object(told.map(|(name, value)| (name.clone(), value.clone())).collect());
    let read = row::<R>(few.clone(), now).ok().and_then(|read| serde_json::to_value(read).ok());
    Ok(if read.as_ref() == Some(&whole) { few } else { whole })
}

/// The text of a fixture: a line for every part, and in a list a line for every item.
pub(super) fn text(fixture: &Map<String, Value>) -> String {
    let parts = fixture.iter().map(|(part, value)| {
        let name = Value::from(part.as_str());
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
                format!("  {name}: [\n{}\n  ]", items.join(",\n"))
            }
            other => format!("  {name}: {other}"),
        }
    });
    format!("{{\n{}\n}}\n", parts.collect::<Vec<_>>().join(",\n"))
}
