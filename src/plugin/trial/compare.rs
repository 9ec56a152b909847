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

/// How two texts differ.
pub(super) struct Differs {
    /// The first line of the expected text that differs, from 1.
    pub(super) line: usize,
    /// The lines that differ, each with its number: `-` is what was expected, `+` is what came.
    pub(super) text: String,
}

/// Lines that are shown of a difference.
const MOST_LINES: usize = 24;
/// Lines beyond which all of a text counts as changed: comparing each with each would take too long.
const COMPARED: usize = 2_000;

/// How two texts differ, line by line; none where they do not.
pub(super) fn lines(expected: &str, got: &str) -> Option<Differs> {
    if expected == got {
        return None;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut shown = changes(a, b, same + 1);
    if shown.is_empty() {
        shown.push("  only the ends of lines differ".into());
    }
    let more = shown.len().saturating_sub(MOST_LINES);
    shown.truncate(MOST_LINES);
    if more > 0 {
        shown.push(format!("  … and {more} more lines"));
    }
    Some(Differs { line: same + 1, text: shown.join("\n") })
}

/// What must be taken out of `a` and put in to come to `b`, by their longest common sequence. `first` is the number of their first lines.
fn changes(a: &[&str], b: &[&str], first: usize) -> Vec<String> {
    let out = |at: usize| format!("{:>4} - {}", first + at, a[at]);
    let put = |at: usize| format!("{:>4} + {}", first + at, b[at]);
    if a.len().max(b.len()) > COMPARED {
        return (0..a.len()).map(out).chain((0..b.len()).map(put)).collect();
    }
    // common[i][j]: how many lines a[i..] and b[j..] have in common.
    let mut common = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut shown) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            shown.push(out(i));
            i += 1;
        } else {
            shown.push(put(j));
            j += 1;
        }
    }
    shown
}
