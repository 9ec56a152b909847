//! Names and numbers in text, each kept once and known by a small integer.
//!
//! All bytes stand in one arena: a box for each of millions of ids would cost more than the ids. What was taken in is
//! never changed and never given back.
//!
//! The index is our own for one reason: among millions of words every place that is looked at is a cache miss. A place
//! here holds all that is asked for, so that a new id costs one miss and a known name two; a general table with its keys
//! elsewhere costs four, which is more than the rest of an event.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// A set of words, numbered in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    bytes: Vec<u8>,
    /// Where each word ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// A power of two of places, or none; at most three quarters are taken.
    places: Vec<Place>,
}

/// A place of the index: four of them fill a cache line.
#[derive(Clone, Copy, Debug)]
struct Place {
    tag: u32,
    /// The word's number; [`FREE`] where there is none.
    at: u32,
    start: u32,
    end: u32,
}

/// Where to look for a word that will soon be asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ahead {
    tag: u32,
    place: usize,
}

const FREE: u32 = u32::MAX;
const NOTHING: Place = Place { tag: 0, at: FREE, start: 0, end: 0 };

/// Half of a word's hash. The seed is fixed: the same words give the same ledger, whatever the machine.
fn tag(word: &str) -> u32 {
    let hash = FixedState::default().hash_one(word.as_bytes());
    (hash ^ (hash >> 32)) as u32
}

/// Where a tag's places begin: by its high bits, so that growing walks the old places and the new ones in one direction.
const fn home(tag: u32, places: usize) -> usize {
    (((tag as u64) * (places as u64)) >> 32) as usize
}

impl Words {
    /// The number of a word, and whether it is new.
    pub(crate) fn take(&mut self, word: &str) -> (u32, bool) {
        if self.ends.len() >= self.places.len() / 4 * 3 {
            self.grow();
        }
        let tag = tag(word);
        let free = match self.look_up(word, tag) {
            Ok(at) => return (at, false),
            Err(free) => free,
        };
        let whole = |count: usize| u32::try_from(count).expect("the names of a shop stay below four gigabytes");
        let (at, start) = (whole(self.ends.len()), whole(self.bytes.len()));
        self.bytes.extend_from_slice(word.as_bytes());
        let end = whole(self.bytes.len());
        self.ends.push(end);
        self.places[free] = Place { tag, at, start, end };
        (at, true)
    }

    /// The number of a word that is in the set.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        if self.places.is_empty() { None } else { self.look_up(word, tag(word)).ok() }
    }

    /// The number of a word, or the free place where it belongs. There always is one: a quarter of them is free.
    fn look_up(&self, word: &str, tag: u32) -> Result<u32, usize> {
        let mask = self.places.len() - 1;
        let mut here = home(tag, self.places.len());
        loop {
            let place = self.places[here & mask];
            if place.at == FREE {
                return Err(here & mask);
            }
            if place.tag == tag && self.bytes.get(place.start as usize..place.end as usize) == Some(word.as_bytes()) {
                return Ok(place.at);
            }
            here += 1;
        }
    }

    /// What looking a word up begins with, for reading ahead.
    pub(crate) fn begins(&self, word: &str) -> Ahead {
        let tag = tag(word);
        Ahead { tag, place: home(tag, self.places.len()) }
    }

    /// Reads the first place.
    pub(crate) fn touch(&self, ahead: Ahead) -> Option<u32> {
        self.places.get(ahead.place).map(|place| place.at)
    }

    /// The number of the word that is very likely meant, with its first byte: a hint, not an answer.
    pub(crate) fn guess(&self, ahead: Ahead) -> Option<(u32, u8)> {
        let near = self.places.get(ahead.place..)?;
        let found = near.iter().take_while(|place| place.at != FREE).find(|place| place.tag == ahead.tag)?;
        Some((found.at, *self.bytes.get(found.start as usize)?))
    }

    fn grow(&mut self) {
        let places = (self.places.len() * 2).max(16);
        let old = std::mem::replace(&mut self.places, vec![NOTHING; places]);
        for place in old.into_iter().filter(|place| place.at != FREE) {
            let mut here = home(place.tag, places);
            while self.places[here & (places - 1)].at != FREE {
                here += 1;
            }
            self.places[here & (places - 1)] = place;
        }
    }

    /// The word of a number.
    pub(crate) fn word(&self, at: u32) -> Option<&str> {
        let at = at as usize;
        let end = *self.ends.get(at)? as usize;
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? as usize };
        std::str::from_utf8(self.bytes.get(start..end)?).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn a_word_keeps_its_number_however_many_come_after_it() {
        let mut words = Words::default();
        let text = |at: u32| format!("{:x}", at.wrapping_mul(2_654_435_761));
        for at in 0..50_000 {
            assert_eq!(words.take(&text(at)), (at, true));
        }
        for at in 0..50_000 {
            assert_eq!(words.take(&text(at)), (at, false));
            assert_eq!(words.word(at), Some(text(at).as_str()));
        }
        assert_eq!((words.find("no such word"), words.len()), (None, 50_000));
    }
}
