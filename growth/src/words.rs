//! Names and numbers in text, each kept once and known by a small integer.
//!
//! All bytes stand in one arena: a box for each of millions of ids would cost more than the ids. What was taken in is
//! never changed and never given back.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A set of words, numbered in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    bytes: String,
    /// Where each word ends; it begins where the one before ends.
    ends: Vec<u32>,
    index: HashTable<Slot>,
}

/// A word's number beside its tag, so that growing the table reads no word and few words are compared in vain.
#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    at: u32,
}

/// Half of a word's hash. The seed is fixed: the same words give the same ledger, whatever the machine.
#[expect(clippy::cast_possible_truncation, reason = "both halves are folded into the one that is kept")]
fn tag(word: &str) -> u32 {
    let hash = FixedState::default().hash_one(word.as_bytes());
    (hash ^ (hash >> 32)) as u32
}

/// The table picks a place by the low bits and compares the high ones: both have to come from all of the tag.
const fn spread(tag: u32) -> u64 {
    (tag as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Words {
    /// The number of a word, and whether it is new.
    pub(crate) fn take(&mut self, word: &str) -> (u32, bool) {
        let tag = tag(word);
        if let Some(at) = self.look_up(word, tag) {
            return (at, false);
        }
        let at = u32::try_from(self.ends.len()).expect("fewer than four billion names fit into memory");
        self.bytes.push_str(word);
        self.ends.push(u32::try_from(self.bytes.len()).expect("the names of a shop stay below four gigabytes"));
        self.index.insert_unique(spread(tag), Slot { tag, at }, |slot| spread(slot.tag));
        (at, true)
    }

    /// The number of a word that is in the set.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        self.look_up(word, tag(word))
    }

    fn look_up(&self, word: &str, tag: u32) -> Option<u32> {
        let same = |slot: &Slot| slot.tag == tag && self.word(slot.at) == Some(word);
        self.index.find(spread(tag), same).map(|slot| slot.at)
    }

    /// The word of a number.
    pub(crate) fn word(&self, at: u32) -> Option<&str> {
        let at = at as usize;
        let end = *self.ends.get(at)? as usize;
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? as usize };
        self.bytes.get(start..end)
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
