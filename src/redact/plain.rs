//! A text as the rules read it: without what nobody sees, full-width and decorated letters in their plain form, each with its place in
//! the original.

/// The plain form, one entry a character that is seen.
pub(super) struct Plain {
    pub(super) chars: Vec<char>,
    /// The same as text, for patterns.
    pub(super) text: String,
    /// Where each stands in the original, and where it ends.
    places: Vec<usize>,
    ends: Vec<usize>,
    /// The byte at which each begins in `text`, and the end.
    bytes: Vec<usize>,
}

impl Plain {
    pub(super) fn of(original: &str) -> Self {
        let mut plain =
            Self { chars: Vec::new(), text: String::new(), places: Vec::new(), ends: Vec::new(), bytes: Vec::new() };
        for (at, c) in original.chars().enumerate() {
            if unseen(c) {
                // The frame of a keycap is part of its digit.
                if let Some(end) =
                    plain.ends.last_mut().filter(|end| matches!(c, '\u{fe0f}' | '\u{20e3}') && **end == at)
                {
                    *end = at + 1;
                }
                continue;
            }
            let c = simple(c);
            plain.bytes.push(plain.text.len());
            plain.places.push(at);
            plain.ends.push(at + 1);
            plain.text.push(c);
            plain.chars.push(c);
        }
        plain.bytes.push(plain.text.len());
        plain
    }

    /// The place in the original of a character.
    pub(super) fn at(&self, place: usize) -> usize {
        self.places[place]
    }

    /// The place in the original behind a character.
    pub(super) fn end_of(&self, place: usize) -> usize {
        self.ends[place]
    }

    /// The character that begins at a byte of `text`.
    pub(super) fn place_of(&self, byte: usize) -> usize {
        self.bytes.partition_point(|begin| *begin < byte)
    }

    /// Up to so many characters before a place.
    pub(super) fn before(&self, place: usize, most: usize) -> String {
        self.chars[place.saturating_sub(most)..place].iter().collect()
    }
}

/// Zero widths, marks of direction and of variants, and the frame of a keycap.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{180e}' | '\u{34f}')
}

fn simple(c: char) -> char {
    let moved = |from: char, to: char| char::from_u32(c as u32 - from as u32 + to as u32).unwrap_or(c);
    match c {
        '\u{ff01}'..='\u{ff5e}' => moved('\u{ff01}', '!'),
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        '①'..='⑨' => moved('①', '1'),
        '⑴'..='⑼' => moved('⑴', '1'),
        '⒈'..='⒐' => moved('⒈', '1'),
        '❶'..='❾' => moved('❶', '1'),
        '➀'..='➈' => moved('➀', '1'),
        '⓪' | '⓿' => '0',
        '𝟎'..='𝟗' => moved('𝟎', '0'),
        '𝟘'..='𝟡' => moved('𝟘', '0'),
        '𝟬'..='𝟵' => moved('𝟬', '0'),
        '⁰' => '0',
        '¹' => '1',
        '²' | '³' => moved('²', '2'),
        '⁴'..='⁹' => moved('⁴', '4'),
        '₀'..='₉' => moved('₀', '0'),
        '—' | '–' | '‐' | '‑' | '―' | '−' | '﹣' => '-',
        '×' => 'x',
        c => c,
    }
}
