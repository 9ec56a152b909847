//! Ids of events, each kept once and known by the number in which it came.
//!
//! Platforms count their orders up, so nearly every id is larger than all before it. Such an id is new without being looked for, and
//! needs no place in an index: it goes to the end of a sorted list, in memory that is at hand. Everything else — ids that come late,
//! ids of another form — goes into an index of words and costs what such an index costs.

use crate::words::{self, Words};

/// The largest run of digits that a number here can hold, whatever the digits.
const DIGITS: usize = 19;
/// So many rising ids share one entry of the overview: few enough that within them ids come at an even pace.
const STRETCH: usize = 1024;

/// A set of ids, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    /// How the rising ids are written; the first id decides.
    form: Option<Form>,
    /// The rising ids.
    risen: Risen,
    /// All others, and their numbers.
    rest: Words,
    rest_numbers: Vec<u32>,
}

/// Letters and then so many digits: all ids of one form sort as their numbers do.
#[derive(Clone, Debug)]
struct Form {
    letters: String,
    digits: usize,
}

#[derive(Clone, Debug, Default)]
struct Risen {
    values: Vec<u64>,
    numbers: Vec<u32>,
    /// The first value of every stretch: small enough to stay at hand.
    overview: Vec<u64>,
}

/// An id and all that can be told of it without looking it up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) id: &'a str,
    value: Option<u64>,
}

impl Form {
    /// None for an id that does not end in digits, or in too many of them.
    fn of(id: &str) -> Option<Form> {
        let letters = id.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = id.len() - letters.len();
        (1..=DIGITS).contains(&digits).then(|| Form { letters: letters.into(), digits })
    }

    /// The number of an id that is written in this form.
    fn value(&self, id: &str) -> Option<u64> {
        // By hand: this is asked of every event, and most of it is reading the id.
        let (letters, digits) = id.as_bytes().split_at_checked(self.letters.len())?;
        if digits.len() != self.digits || !letters.iter().eq(self.letters.as_bytes()) {
            return None;
        }
        let (mut value, mut odd) = (0_u64, 0);
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            odd |= u8::from(digit > 9);
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        (odd == 0).then_some(value)
    }

    fn write(&self, value: u64) -> String {
        format!("{}{value:0digits$}", self.letters, digits = self.digits)
    }
}

impl Risen {
    fn push(&mut self, value: u64, number: u32) {
        if self.values.len().is_multiple_of(STRETCH) {
            self.overview.push(value);
        }
        self.values.push(value);
        self.numbers.push(number);
    }

    /// The stretch in which a value would stand, and its place in it if ids come at an even pace.
    fn guess(&self, value: u64) -> Option<(std::ops::Range<usize>, usize)> {
        let nth = self.overview.partition_point(|first| *first <= value).checked_sub(1)?;
        let begins = nth * STRETCH;
        let ends = self.values.len().min(begins + STRETCH);
        let first = self.overview[nth];
        let next = self.overview.get(nth + 1).or(self.values.last()).copied()?;
        let (count, span) = ((ends - begins) as u64, (next - first).max(1));
        // Where numbers are too large to reckon with, the middle is as good a guess as any.
        let guess = (value - first).checked_mul(count).map_or(count / 2, |far| far / span);
        Some((begins..ends, guess.min(count - 1) as usize))
    }

    /// Looks around the guess, farther and farther: a good guess costs one cache miss, a bad one what searching the stretch costs.
    fn find(&self, value: u64) -> Option<u32> {
        let (stretch, guess) = self.guess(value)?;
        let near = &self.values[stretch.clone()];
        let (mut low, mut high, mut step) = (guess, guess + 1, 4);
        while low > 0 && near[low] > value {
            low = low.saturating_sub(step);
            step *= 2;
        }
        while high < near.len() && near[high] <= value {
            high = (high + step).min(near.len());
            step *= 2;
        }
        let at = near[low..high].binary_search(&value).ok()?;
        self.numbers.get(stretch.start + low + at).copied()
    }
}

impl Ids {
    /// What there is to know of an id before it is looked up.
    pub(crate) fn key<'a>(&self, id: &'a str) -> Key<'a> {
        Key { id, value: self.form.as_ref().and_then(|form| form.value(id)) }
    }

    /// The number of an id, and whether it is new.
    pub(crate) fn take(&mut self, key: Key<'_>) -> (u32, bool) {
        let number = u32::try_from(self.len()).expect("the events of a shop stay below four billion");
        if number == 0 {
            self.form = Form::of(key.id);
        }
        if let Some(value) = self.value(key) {
            if self.rises(value) {
                self.risen.push(value, number);
                return (number, true);
            }
            if let Some(known) = self.risen.find(value) {
                return (known, false);
            }
        }
        let (at, new) = self.rest.take(&words::Key::of(key.id));
        if new {
            self.rest_numbers.push(number);
        }
        (self.rest_numbers[at as usize], new)
    }

    /// The number of an id that is in the set.
    pub(crate) fn find(&self, key: Key<'_>) -> Option<u32> {
        let risen = self.value(key).and_then(|value| self.risen.find(value));
        risen.or_else(|| self.rest.find(&words::Key::of(key.id)).map(|at| self.rest_numbers[at as usize]))
    }

    /// A key that was made before the first id came knows no form yet.
    fn value(&self, key: Key<'_>) -> Option<u64> {
        key.value.or_else(|| self.key(key.id).value)
    }

    fn rises(&self, value: u64) -> bool {
        self.risen.values.last().is_none_or(|last| value > *last)
    }

    /// Whether an id is larger than all so far: then it is not looked for.
    pub(crate) fn is_next(&self, key: Key<'_>) -> bool {
        key.value.is_some_and(|value| self.rises(value))
    }

    /// Reads what looking an id up begins with, for reading ahead.
    pub(crate) fn touch(&self, key: Key<'_>) -> Option<u32> {
        match key.value.and_then(|value| self.risen.guess(value)) {
            Some((stretch, at)) => {
                let at = stretch.start + at;
                Some(*self.risen.values.get(at)? as u32 ^ *self.risen.numbers.get(at)?)
            }
            None => self.rest.touch(&words::Key::of(key.id)),
        }
    }

    /// The id of a number.
    pub(crate) fn id(&self, number: u32) -> Option<String> {
        if let Ok(at) = self.risen.numbers.binary_search(&number) {
            return Some(self.form.as_ref()?.write(self.risen.values[at]));
        }
        let at = self.rest_numbers.binary_search(&number).ok()?;
        self.rest.word(u32::try_from(at).ok()?)
    }

    pub(crate) fn len(&self) -> usize {
        self.risen.values.len() + self.rest_numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    fn each_is_known_by_its_number(ids: impl Iterator<Item = String> + Clone) {
        let mut known = Ids::default();
        for (number, id) in ids.clone().enumerate() {
            assert_eq!(known.find(known.key(&id)), None, "{id}");
            assert_eq!(known.take(known.key(&id)), (number as u32, true), "{id}");
        }
        for (number, id) in ids.clone().enumerate() {
            assert_eq!(known.take(known.key(&id)), (number as u32, false), "{id}");
            assert_eq!(known.find(known.key(&id)), Some(number as u32), "{id}");
            assert_eq!(known.id(number as u32).as_deref(), Some(id.as_str()));
        }
        assert_eq!((known.find(known.key("no such id")), known.len()), (None, ids.count()));
    }

    #[test]
    fn ids_are_known_whether_they_rise_fall_or_have_no_form() {
        let mixed = |at: u64| at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        each_is_known_by_its_number((0..5_000).map(|at| format!("27{at:017}")));
        each_is_known_by_its_number((0..5_000).rev().map(|at| format!("R{at:08}")));
        each_is_known_by_its_number((0..5_000).map(|at| format!("{:015}", mixed(at))));
        each_is_known_by_its_number((0..5_000).map(|at| format!("2026-11-28-{at}")));
        each_is_known_by_its_number((0..200).map(|at| "x".repeat(at + 1)));
    }

    #[test]
    fn ids_that_are_the_same_number_are_not_the_same_id() {
        let ids = ["007", "7", "0007", "R007", "007R", "r007", "９", "", "9999999999999999999", "99999999999999999999"];
        each_is_known_by_its_number(ids.into_iter().map(String::from));
        let mut backwards = ids.to_vec();
        backwards.reverse();
        each_is_known_by_its_number(backwards.into_iter().map(String::from));
    }
}
