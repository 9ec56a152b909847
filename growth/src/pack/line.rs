//! Where in its text a field of a pack stands.
//!
//! Only asked when a pack is refused, so the pack's own types carry no positions.

use toml::de::{DeTable, DeValue};

/// The line, from 1, of a byte of the text.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// The line of a field; of the nearest table around it when the field is absent.
pub(super) fn line_of(text: &str, field: &str) -> usize {
    let Ok(root) = DeTable::parse(text) else {
        return 1;
    };
    let mut byte = 0;
    let mut table = Some(root.get_ref());
    for step in field.split('.') {
        let (key, index) = match step.split_once('[') {
            Some((key, index)) => (key, index.trim_end_matches(']').parse::<usize>().ok()),
            None => (step, None),
        };
        let Some(mut value) = table.and_then(|table| table.get(key)) else {
            break;
        };
        if let (Some(index), DeValue::Array(rows)) = (index, value.get_ref())
            && let Some(row) = rows.get(index)
        {
            value = row;
        }
        byte = value.span().start;
        table = match value.get_ref() {
            DeValue::Table(inner) => Some(inner),
            _ => None,
        };
    }
    line_at(text, byte)
}
