//! What is wrong with a plugin: one sentence for its author that says where, what and what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that is wrong with a plugin's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The file, by its path in the plugin.
    pub file: String,
    /// The line, where there is one to name.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl Fault {
    /// A fault of a whole file.
    #[must_use]
    pub fn of(file: &str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, what: one_line(&what.into()), mend: one_line(&mend.into()) }
    }

    /// The same fault with its line.
    #[must_use]
    pub fn at(mut self, line: u64) -> Self {
        self.line = (line > 0).then_some(line);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}; {}", self.what, self.mend)
    }
}

impl std::error::Error for Fault {}

/// Text of a stranger, shortened and without characters that could disguise it, for use in a fault.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut out: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    format!("{out:?}")
}

/// What a parser or a compiler says of a stranger's text, which repeats parts of it: one line, and nothing that disguises it.
pub(crate) fn one_line(words: &str) -> String {
    words.chars().map(|c| if disguises(c) { ' ' } else { c }).collect()
}

/// Whether a character is invisible, reorders its neighbours or controls a terminal: nothing that a merchant reads may hold one.
pub(crate) fn disguises(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
