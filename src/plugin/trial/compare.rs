//! Where two reports, or two texts, differ first, in words that lead to the place.

use serde::Serialize;
use serde_json::Value;

/// Characters of a value that are shown.
const SHOWN: usize = 160;

/// The first difference of two values by their JSON: `/facts/sold/value: expected 12, got 13`.
pub(super) fn first_difference(expected: &impl Serialize, got: &impl Serialize) -> Option<String> {
    let json = |value: serde_json::Result<Value>| value.expect("a report is plain data with text keys");
    differs("", &json(serde_json::to_value(expected)), &json(serde_json::to_value(got)))
}

fn differs(path: &str, expected: &Value, got: &Value) -> Option<String> {
    match (expected, got) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.into_iter().find_map(|key| pair(&format!("{path}/{key}"), a.get(key), b.get(key)))
        }
        (Value::Array(a), Value::Array(b)) => {
            (0..a.len().max(b.len())).find_map(|at| pair(&format!("{path}/{at}"), a.get(at), b.get(at)))
        }
        _ if expected == got => None,
        _ => Some(format!("{path}: expected {}, got {}", shown(expected), shown(got))),
    }
}

fn pair(path: &str, expected: Option<&Value>, got: Option<&Value>) -> Option<String> {
    match (expected, got) {
        (Some(expected), Some(got)) => differs(path, expected, got),
        (Some(expected), None) => Some(format!("{path}: expected {}, got nothing", shown(expected))),
        (None, Some(got)) => Some(format!("{path}: expected nothing, got {}", shown(got))),
        (None, None) => None,
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The first line in which two texts differ, from 1.
pub(super) fn first_line(expected: &str, got: &str) -> Option<String> {
    let (mut expected, mut got) = (expected.lines(), got.lines());
    let line = |line: Option<&str>| line.map_or_else(|| "the end".to_owned(), |line| format!("{line:?}"));
    for number in 1.. {
        match (expected.next(), got.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some(format!("line {number}: expected {}, got {}", line(a), line(b))),
        }
    }
    None
}
