//! Words from outside, made safe to stand inside our own.
//!
//! A title, a reason or an activity's name is data. It must never become a `{fact_id}`, a new line of a prompt, or ten thousand
//! characters of a report, whoever wrote it.

/// Longest quotation in a report: a whole product title fits.
const LONGEST: usize = 60;

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
