//! Lists of words that are looked for at every place of a text: found by the character that stands there, so that a place at which no
//! word begins costs one look, however long the list is.
//!
//! It knows no text and no meaning: whoever asks says which character stands where, and what a word stands for.

/// Buckets of first characters; a power of two.
const BUCKETS: usize = 512;

/// Words, each with what it stands for.
pub(crate) struct Lexicon<T = ()> {
    /// Where the words of each bucket begin.
    begins: Box<[u16]>,
    /// By bucket; within one the longest first.
    words: Box<[Word<T>]>,
}

struct Word<T> {
    first: char,
    rest: Box<[char]>,
    what: T,
}

impl<T: Copy> Lexicon<T> {
    /// Words that are read as they are written.
    pub(crate) fn new(words: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        Self::of(words.into_iter().map(|(word, what)| (word.chars().collect(), what)))
    }

    fn of(words: impl Iterator<Item = (Vec<char>, T)>) -> Self {
        let parted = |(word, what): (Vec<char>, T)| {
            let (first, rest) = word.split_first()?;
            Some(Word { first: *first, rest: rest.into(), what })
        };
        let mut words: Vec<_> = words.filter_map(parted).collect();
        words.sort_by_key(|word| (bucket(word.first), std::cmp::Reverse(word.rest.len())));
        let begin = |bucket_of| words.partition_point(|word| bucket(word.first) < bucket_of);
        let begins = (0..=BUCKETS).map(|bucket| u16::try_from(begin(bucket)).expect("a list has not so many words"));
        Self { begins: begins.collect(), words: words.into() }
    }

    /// The words that stand at a place, the longest first, each with its length. `at` says which character stands how many steps on.
    pub(crate) fn all(&self, at: impl Fn(usize) -> char) -> impl Iterator<Item = (usize, T)> {
        let first = at(0);
        let bucket = bucket(first);
        let words = &self.words[usize::from(self.begins[bucket])..usize::from(self.begins[bucket + 1])];
        let stands =
            move |word: &&Word<T>| word.first == first && word.rest.iter().zip(1..).all(|(c, step)| at(step) == *c);
        words.iter().filter(stands).map(|word| (word.rest.len() + 1, word.what))
    }

    /// The longest word that stands at a place, and its length.
    pub(crate) fn longest(&self, at: impl Fn(usize) -> char) -> Option<(usize, T)> {
        self.all(at).next()
    }
}

impl Lexicon {
    /// Words that only are there or not.
    pub(crate) fn plain(words: impl IntoIterator<Item = &'static str>) -> Self {
        Self::new(words.into_iter().map(|word| (word, ())))
    }

    /// As [`Self::plain`], read from their end.
    pub(crate) fn plain_backwards(words: impl IntoIterator<Item = &'static str>) -> Self {
        Self::of(words.into_iter().map(|word| (word.chars().rev().collect(), ())))
    }

    /// Whether any of the words stands anywhere in a text.
    pub(crate) fn is_in(&self, text: &[char]) -> bool {
        (0..text.len()).any(|at| self.longest(|step| text.get(at + step).copied().unwrap_or('\0')).is_some())
    }
}

/// Han characters that words begin with lie scattered; their lowest bits alone tell most of them apart.
fn bucket(c: char) -> usize {
    (c as usize) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins_and_a_place_beyond_the_text_holds_none() {
        let words = Lexicon::new([("路", 1), ("路由", 2), ("公路", 3), ("x", 4)]);
        let text: Vec<char> = "公路由x".chars().collect();
        let at = |from: usize| words.longest(|step| text.get(from + step).copied().unwrap_or('\0'));
        assert_eq!([at(0), at(1), at(2), at(3), at(4)], [Some((2, 3)), Some((2, 2)), None, Some((1, 4)), None]);
        assert_eq!(words.all(|step| text[1 + step]).collect::<Vec<_>>(), [(2, 2), (1, 1)]);
    }

    #[test]
    fn words_are_read_from_their_end() {
        let words = Lexicon::plain_backwards(["收货人", "人"]);
        let text: Vec<char> = "收货人".chars().rev().collect();
        assert_eq!(words.all(|step| text[step]).map(|(length, ())| length).collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn a_word_is_seen_wherever_it_stands() {
        let words = Lexicon::plain(["微信", ".cn"]);
        let seen = |text: &str| words.is_in(&text.chars().collect::<Vec<_>>());
        assert!(seen("加微信") && seen("a.cn") && !seen("微a信.c"));
    }
}
