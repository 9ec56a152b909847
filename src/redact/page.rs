//! A text as the rooms read it: what nobody sees is taken away, wide forms are plain, and every cell still knows where it came from.
//!
//! Nothing is decided here. A token that already stands in the text becomes one closed cell: no room looks into it or across it.

use super::token;
use super::{Kind, Span};
use crate::lexicon::Lexicon;

/// What a token of ours is read as.
pub(super) const CLOSED: char = '\u{fffc}';

/// A visible character and the stretch of the original that it stands for.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) c: char,
    start: usize,
    end: usize,
}

/// The cells of a text, which of them somebody has claimed, and what was found.
pub(super) struct Page {
    pub(super) cells: Vec<Cell>,
    taken: Vec<bool>,
    found: Vec<Span>,
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut cells: Vec<Cell> = Vec::with_capacity(chars.len());
        let mut at = 0;
        while let Some(&raw) = chars.get(at) {
            if let Some(token) = token::read(&chars, at) {
                cells.push(Cell { c: CLOSED, start: at, end: token.end });
                at = token.end;
                continue;
            }
            if hidden(raw) {
                // A keycap belongs to the digit it is drawn on; a zero width between two cells belongs to neither.
                if let Some(last) = cells.last_mut().filter(|last| last.end == at && drawn_on(raw)) {
                    last.end = at + 1;
                }
            } else {
                cells.push(Cell { c: plain(raw), start: at, end: at + 1 });
            }
            at += 1;
        }
        close_up(&mut cells);
        let taken = vec![false; cells.len()];
        Self { cells, taken, found: Vec::new() }
    }

    /// The character at a place; a line's end beyond the text.
    pub(super) fn at(&self, at: usize) -> char {
        self.cells.get(at).map_or('\n', |cell| cell.c)
    }

    /// The character before a place.
    pub(super) fn before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\n', |at| self.at(at))
    }

    pub(super) fn free(&self, from: usize, to: usize) -> bool {
        self.taken.get(from..to).is_some_and(|taken| !taken.contains(&true))
    }

    pub(super) fn is_taken(&self, at: usize) -> bool {
        self.taken.get(at).copied().unwrap_or(false)
    }

    /// Whether a word begins at a place, in either case.
    pub(super) fn starts(&self, at: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(step, c)| self.at(at + step).to_ascii_lowercase() == c)
    }

    /// Whether a word ends right before a place, in either case.
    pub(super) fn ends(&self, at: usize, word: &str) -> bool {
        let mut place = at;
        word.chars().rev().all(|c| {
            let fits = self.before(place).to_ascii_lowercase() == c;
            place = place.saturating_sub(1);
            fits
        })
    }

    /// The longest word of a list that begins at a place, in either case, and its length.
    pub(super) fn word<T: Copy>(&self, at: usize, list: &Lexicon<T>) -> Option<(usize, T)> {
        list.longest(|step| self.at(at + step).to_ascii_lowercase())
    }

    /// Whether a word of a list that is read backwards ends right before a place, in either case.
    pub(super) fn follows(&self, at: usize, list: &Lexicon) -> bool {
        list.longest(|step| at.checked_sub(step).map_or('\n', |at| self.before(at)).to_ascii_lowercase()).is_some()
    }

    /// Claims cells for a kind; a stretch that somebody has already is left to them.
    pub(super) fn take(&mut self, kind: Kind, from: usize, to: usize) {
        if from < to && self.free(from, to) {
            self.taken[from..to].fill(true);
            self.found.push(Span { kind, start: self.cells[from].start, end: self.cells[to - 1].end });
        }
    }

    pub(super) fn into_spans(mut self) -> Vec<Span> {
        self.found.sort_by_key(|span| span.start);
        self.found
    }
}

/// Takes out the blanks of a text that was typed with one after every character: 张 三, 建 国 路.
fn close_up(cells: &mut Vec<Cell>) {
    let han = |at: usize| cells.get(at).is_some_and(|cell| is_han(cell.c));
    let alone = |at: usize| han(at) && !han(at + 1) && !at.checked_sub(1).is_some_and(han);
    let blank = |at: usize| cells.get(at).is_some_and(|cell| cell.c == ' ');
    // The first of such characters may touch a word before it: 地址白 云 区.
    let inside = |at: usize| at > 0 && han(at - 1) && alone(at + 1);
    let spare = |at: usize| blank(at) && inside(at) && (alone(at - 1) || (blank(at + 2) && alone(at + 3)));
    if !(0..cells.len()).any(blank) {
        return;
    }
    let spare: Vec<bool> = (0..cells.len()).map(spare).collect();
    let mut spare = spare.into_iter();
    cells.retain(|_| !spare.next().unwrap_or(false));
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇' | '\u{20000}'..='\u{323af}')
}

/// Characters that no reader sees, and those that are drawn over their neighbour.
fn hidden(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
        || drawn_on(c)
}

fn drawn_on(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}')
}

/// Wide letters, digits, blanks and dashes in their plain form, one character for one.
fn plain(c: char) -> char {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{1d7ce}'..='\u{1d7ff}' => char::from_digit((c as u32 - 0x1d7ce) % 10, 10).unwrap_or(c),
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10).unwrap_or(c),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10).unwrap_or(c),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '─' | 'ー' => '-',
        '•' | '・' | '‧' | '∙' | '●' => '·',
        '｡' => '。',
        CLOSED => '\u{fffd}',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}
