//! How long the texts of an old workbook are that many cells share: without knowing, a file of some megabytes becomes gigabytes.
//!
//! Only lengths are read. Where the list cannot be followed it ends, and a reference to what is not in it costs nothing, as it gives none.

/// Bytes that each shared text takes at most, in order. `parts` are the record and those that continue it.
pub(crate) fn lengths(parts: &[&[u8]]) -> Vec<u64> {
    let mut walk = Walk { rest: parts.first().and_then(|part| part.get(8..)).unwrap_or_default(), parts, at: 0 };
    let mut lengths = Vec::new();
    while let Some(length) = walk.text() {
        lengths.push(length);
    }
    lengths
}

struct Walk<'p> {
    parts: &'p [&'p [u8]],
    at: usize,
    rest: &'p [u8],
}

impl Walk<'_> {
    /// Passes one text; none at the end of the list.
    fn text(&mut self) -> Option<u64> {
        if self.rest.is_empty() {
            self.next_part()?;
        }
        let letters = usize::from(self.short()?);
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.short()?) };
        let phonetics = if flags & 4 == 0 { 0 } else { usize::from(self.short()?) | usize::from(self.short()?) << 16 };
        self.letters(letters, flags & 1 != 0)?;
        self.skip(runs * 4)?;
        self.skip(phonetics)?;
        // Two bytes of UTF-16 are at most three of UTF-8.
        Some(letters as u64 * 3)
    }

    /// A text that goes on in the next part says there anew how wide its letters are.
    fn letters(&mut self, mut left: usize, mut wide: bool) -> Option<()> {
        loop {
            let width = if wide { 2 } else { 1 };
            let here = left.min(self.rest.len() / width);
            self.rest = &self.rest[here * width..];
            left -= here;
            if left == 0 {
                return Some(());
            }
            self.next_part()?;
            wide = self.byte()? & 1 != 0;
        }
    }

    fn skip(&mut self, mut left: usize) -> Option<()> {
        loop {
            let here = left.min(self.rest.len());
            self.rest = &self.rest[here..];
            left -= here;
            if left == 0 {
                return Some(());
            }
            self.next_part()?;
        }
    }

    fn next_part(&mut self) -> Option<()> {
        self.at += 1;
        self.rest = self.parts.get(self.at)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }
}
