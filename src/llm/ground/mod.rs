//! The checks between a model's words and a merchant's eyes. Pure.
//!
//! A model may arrange figures and never make one: running text names facts by id, a typed answer repeats numbers that stand in its
//! grounds. Every check here refuses rather than corrects; what it says goes back to the model once, and then the fallback is used.
//! Where a rule cannot tell a claim from a turn of phrase it refuses: a template's plain text costs nothing, a wrong figure does.

mod bends;
mod claims;
mod clause;
mod contact;
mod content;
mod days;
mod doubled;
mod edges;
mod evidence;
mod frames;
mod gaps;
mod han;
mod levels;
mod names;
mod naming;
mod narrative;
mod numbers;
mod subject;
mod topics;
mod uses;
mod words;

pub use content::content;
pub use narrative::narrative;

use std::fmt;

use super::render::invisible;

/// One thing that is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The piece of the answer.
    pub piece: String,
    /// What is wrong with it, in Chinese.
    pub why: String,
}

impl Problem {
    pub(super) fn new(piece: &str, why: &str) -> Self {
        let mut piece: String = piece.chars().take(60).collect();
        piece.retain(|c| c != '\n');
        Self { piece, why: why.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "「{}」{}", self.piece, self.why)
    }
}

/// The text without what nobody sees: a zero width inside a number word must not hide it from the checks.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !invisible(*c)).collect::<String>().trim().to_owned()
}

/// Full-width letters, digits and signs in their plain form, one character for one.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '﹪' | '٪' => '%',
        '—' | '–' | '−' => '-',
        c => c,
    }
}
