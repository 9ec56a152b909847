//! Words from outside, made safe to stand inside our own.
//!
//! A title, a reason or an activity's name is data. It must never become a `{fact_id}`, a new line of a prompt, or ten thousand
//! characters of a report, whoever wrote it.

use chrono::NaiveDate;

/// Longest quotation in a report: a whole product title fits.
const LONGEST: usize = 60;
/// Longest sentence of the growth rules in a report.
const SENTENCE: usize = 300;
/// Days around a report within which a date needs no year.
const NEAR: i64 = 180;

/// Outside words for a sentence or a cell: braces become full-width, so that no fact is filled in; unseen characters go, white space
/// shrinks, and what is longer than a title is cut off with `…`. Nothing at all reads （空）.
///
/// ```
/// use xiaoer_sdk::quoted;
/// assert_eq!(quoted(" 保温杯\n{points_total}\u{202e} "), "保温杯 ｛points_total｝");
/// assert_eq!(quoted(""), "（空）");
/// assert_eq!(quoted(&"长".repeat(10_000)).chars().count(), 61);
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    quoted_to(text, LONGEST)
}

/// The same with another longest length, in characters.
#[must_use]
pub fn quoted_to(text: &str, longest: usize) -> String {
    // A multiple of the length is enough to know whether something is cut, however long the text is.
    let seen = text.chars().filter(|c| !unseen(*c)).map(plain).take(longest.saturating_mul(8).max(256));
    let words = seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return "（空）".into();
    }
    let mut cut: String = words.chars().take(longest).collect();
    if words.chars().nth(longest).is_some() {
        cut.push('…');
    }
    cut
}

/// A sentence that the host's growth rules wrote, for a cell: quoted, because marks and titles in it came from outside, and with dates
/// near the report's day as a merchant says them.
///
/// ```
/// use xiaoer_sdk::said;
/// let day = "2026-11-22".parse().unwrap();
/// assert_eq!(said("赶不上 2026-12-05；2024-11-08 起", day), "赶不上 12月5日；2024-11-08 起");
/// ```
#[must_use]
pub fn said(sentence: &str, as_of: NaiveDate) -> String {
    let mut words = String::new();
    let mut rest = sentence;
    while let Some(next) = rest.chars().next() {
        let near = |day: &NaiveDate| (*day - as_of).num_days().abs() <= NEAR;
        let written = rest.get(..10).filter(|text| text.is_ascii() && text.as_bytes()[4] == b'-');
        if let Some(day) = written.and_then(|text| text.parse::<NaiveDate>().ok()).filter(near) {
            words.push_str(&day.format("%-m月%-d日").to_string());
            rest = &rest[10..];
        } else {
            words.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    quoted_to(&words, SENTENCE)
}

fn plain(c: char) -> char {
    match c {
        '{' => '｛',
        '}' => '｝',
        c if c.is_control() => ' ',
        c => c,
    }
}

/// Zero-width characters and those that turn the direction of writing: they hide words from a reader.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
