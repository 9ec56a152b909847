//! Names in text, each kept once and known by a small integer.
//!
//! The index is our own for one reason: among millions of words every place that is looked at is a cache miss, and those misses are
//! most of what an event costs. So a place holds the word itself, half a cache line of it: one miss answers for a known name and
//! for a new one. Words that do not fit stand in an arena, at the price of a second. What was taken in is never changed and never
//! given back.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// A set of words, numbered in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// A power of two of lines, or none; at most three quarters of their places are taken.
    lines: Vec<Line>,
    /// The place of each word.
    found_at: Vec<u32>,
    /// Words that are too long for a place, one behind the other.
    long: Vec<u8>,
}

/// A cache line of the index. A search goes from line to line: most end in the first, which is read as a whole anyway.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line([Place; LINE]);

/// A place of the index.
#[derive(Clone, Copy, Debug)]
struct Place {
    tag: u32,
    /// The word's number; [`FREE`] where there is none.
    at: u32,
    text: Text,
}

/// A word's length and its bytes, or [`LONG`] and where it stands in the arena. In three pieces, which compare without a call.
type Text = [u64; 3];

/// A word and all that can be told of it without looking it up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    word: &'a str,
    tag: u32,
    /// None for a word that is too long for a place.
    text: Option<Text>,
}

/// Places of a line.
const LINE: usize = 2;
const FREE: u32 = u32::MAX;
const LONG: u8 = u8::MAX;
const NOTHING: Place = Place { tag: 0, at: FREE, text: [0; 3] };

/// Half of a word's hash. The seed is fixed: the same words give the same ledger, whatever the machine.
fn tag(word: &str) -> u32 {
    let hash = FixedState::default().hash_one(word.as_bytes());
    (hash ^ (hash >> 32)) as u32
}

/// Where a tag's lines begin: by its high bits, so that growing walks the old lines and the new ones in one direction.
const fn home(tag: u32, lines: usize) -> usize {
    (((tag as u64) * (lines as u64)) >> 32) as usize
}

impl<'a> Key<'a> {
    pub(crate) fn of(word: &'a str) -> Key<'a> {
        let mut bytes = [0; 24];
        let fits = bytes.get_mut(1..=word.len()).map(|room| room.copy_from_slice(word.as_bytes()));
        bytes[0] = word.len() as u8;
        Key { word, tag: tag(word), text: fits.map(|()| packed(bytes)) }
    }
}

fn packed(bytes: [u8; 24]) -> Text {
    let (eights, _) = bytes.as_chunks::<8>();
    [0, 1, 2].map(|at| u64::from_le_bytes(eights[at]))
}

fn unpacked(text: &Text) -> [u8; 24] {
    let mut bytes = [0; 24];
    let eights = bytes.as_chunks_mut::<8>().0;
    (0..3).for_each(|at| eights[at] = text[at].to_le_bytes());
    bytes
}

impl Words {
    /// The number of a word, and whether it is new.
    pub(crate) fn take(&mut self, key: &Key<'_>) -> (u32, bool) {
        if self.found_at.len() >= self.lines.len() * LINE / 4 * 3 {
            self.grow();
        }
        let free = match self.look_up(key) {
            Ok(at) => return (at, false),
            Err(free) => free,
        };
        let at = whole(self.found_at.len());
        let text = key.text.unwrap_or_else(|| self.keep_long(key.word));
        self.found_at.push(whole(free));
        self.lines[free / LINE].0[free % LINE] = Place { tag: key.tag, at, text };
        (at, true)
    }

    /// The number of a word that is in the set.
    pub(crate) fn find(&self, key: &Key<'_>) -> Option<u32> {
        if self.lines.is_empty() { None } else { self.look_up(key).ok() }
    }

    /// The number of a word, or the free place where it belongs. There always is one: a quarter of them is free.
    fn look_up(&self, key: &Key<'_>) -> Result<u32, usize> {
        let mask = self.lines.len() - 1;
        let mut here = home(key.tag, self.lines.len());
        loop {
            for (nth, place) in self.lines[here].0.iter().enumerate() {
                if place.at == FREE {
                    return Err(here * LINE + nth);
                }
                if place.tag == key.tag && self.holds(place, key) {
                    return Ok(place.at);
                }
            }
            here = (here + 1) & mask;
        }
    }

    fn holds(&self, place: &Place, key: &Key<'_>) -> bool {
        match &key.text {
            Some(text) => place.text == *text,
            None => *self.text(place) == *key.word.as_bytes(),
        }
    }

    /// Reads the first line of a word, for reading ahead.
    pub(crate) fn touch(&self, key: &Key<'_>) -> Option<u32> {
        self.lines.get(home(key.tag, self.lines.len())).map(|line| line.0[0].at)
    }

    fn keep_long(&mut self, word: &str) -> Text {
        let start = whole(self.long.len());
        self.long.extend_from_slice(word.as_bytes());
        let end = whole(self.long.len());
        [u64::from(LONG), u64::from(start), u64::from(end)]
    }

    /// The bytes of a word: of itself, or of the arena.
    fn text(&self, place: &Place) -> Cow<'_, [u8]> {
        let [head, start, end] = place.text;
        if head & 0xff == u64::from(LONG) {
            return Cow::Borrowed(self.long.get(start as usize..end as usize).unwrap_or_default());
        }
        let bytes = unpacked(&place.text);
        Cow::Owned(bytes.get(1..=usize::from(bytes[0])).unwrap_or_default().to_vec())
    }

    fn grow(&mut self) {
        let lines = (self.lines.len() * 2).max(8);
        let old = std::mem::replace(&mut self.lines, vec![Line([NOTHING; LINE]); lines]);
        for place in old.into_iter().flat_map(|line| line.0).filter(|place| place.at != FREE) {
            let mut here = home(place.tag, lines);
            let nth = loop {
                match self.lines[here].0.iter().position(|place| place.at == FREE) {
                    Some(nth) => break nth,
                    None => here = (here + 1) & (lines - 1),
                }
            };
            self.lines[here].0[nth] = place;
            self.found_at[place.at as usize] = whole(here * LINE + nth);
        }
    }

    /// The word of a number.
    pub(crate) fn word(&self, at: u32) -> Option<String> {
        let found_at = *self.found_at.get(at as usize)? as usize;
        let place = self.lines.get(found_at / LINE)?.0.get(found_at % LINE)?;
        String::from_utf8(self.text(place).into_owned()).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.found_at.len()
    }
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).expect("the names of a shop stay below four billion places")
}

#[cfg(test)]
mod tests {
    use super::{Key, Line, Words};

    #[test]
    fn a_word_keeps_its_number_however_many_come_after_it() {
        let mut words = Words::default();
        // Of all lengths, short of a place, just in it and beyond it.
        let text = |at: u32| format!("{:x}{}", at.wrapping_mul(2_654_435_761), "-长".repeat(at as usize % 9));
        for at in 0..50_000 {
            assert_eq!(words.take(&Key::of(&text(at))), (at, true));
        }
        for at in 0..50_000 {
            assert_eq!(words.take(&Key::of(&text(at))), (at, false));
            assert_eq!(words.find(&Key::of(&text(at))), Some(at));
            assert_eq!(words.word(at), Some(text(at)));
        }
        assert_eq!((words.find(&Key::of("no such word")), words.word(50_000), words.len()), (None, None, 50_000));
    }

    #[test]
    fn a_zero_byte_at_the_end_is_a_letter_like_any_other() {
        let mut words = Words::default();
        for (at, word) in ["a", "a\0", "", "\0"].into_iter().enumerate() {
            assert_eq!(words.take(&Key::of(word)), (at as u32, true));
            assert_eq!(words.word(at as u32).as_deref(), Some(word));
        }
    }

    #[test]
    fn a_line_of_the_index_is_a_line_of_the_cache() {
        assert_eq!((size_of::<Line>(), align_of::<Line>()), (64, 64));
    }
}
