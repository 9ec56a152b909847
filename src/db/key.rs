//! Keys: parts in order, each ended so that no part can run into the next. Tenant data begins with its shop.

use std::borrow::Cow;

/// A key, or a prefix of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// The key of data that belongs to no shop, or the prefix of a whole table.
    #[must_use]
    pub fn global() -> Self {
        Self::default()
    }

    /// A key of a shop's data.
    #[must_use]
    pub fn of(shop: &str) -> Self {
        Self::default().part(shop)
    }

    /// Adds a text part. Order of keys is the order of their texts.
    #[must_use]
    pub fn part(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            // An id from outside may hold any character; the end mark stays ours.
            match byte {
                0 => self.0.extend([1, 1]),
                1 => self.0.extend([1, 2]),
                other => self.0.push(other),
            }
        }
        self.0.push(0);
        self
    }

    /// Adds a number part. Order of keys is the order of the numbers.
    #[must_use]
    pub fn number(mut self, n: u64) -> Self {
        self.0.extend(n.to_be_bytes());
        self
    }

    /// The number that stands last, as [`Key::number`] put it there.
    #[must_use]
    pub fn last_number(&self) -> Option<u64> {
        self.0.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// The text parts from the front, until a number or the end.
    #[must_use]
    pub fn texts(&self, count: usize) -> Vec<String> {
        self.parts().take(count).map(|part| unescaped(part).into_owned()).collect()
    }

    /// One text part, counted from 0, where no number stands before it. Whoever reads many keys allocates nothing.
    #[must_use]
    pub fn text(&self, nth: usize) -> Option<Cow<'_, str>> {
        self.parts().nth(nth).map(unescaped)
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|&byte| byte == 0)
    }

    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first key that does not begin with this one; none when there is no such key.
    pub(super) fn after(&self) -> Option<Vec<u8>> {
        let mut bytes = self.0.clone();
        while let Some(last) = bytes.pop() {
            if last < u8::MAX {
                bytes.push(last + 1);
                return Some(bytes);
            }
        }
        None
    }
}

fn unescaped(part: &[u8]) -> Cow<'_, str> {
    if !part.contains(&1) {
        return String::from_utf8_lossy(part);
    }
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.iter();
    while let Some(&byte) = bytes.next() {
        out.push(if byte == 1 { bytes.next().map_or(1, |b| b - 1) } else { byte });
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shops_prefix_never_covers_another_shops_keys() {
        let prefix = Key::of("shop");
        for other in ["shop1", "shop\u{0}", "sho", "shop\u{1}"] {
            let key = Key::of(other).part("x");
            assert!(!key.bytes().starts_with(prefix.bytes()), "{other:?} lies under \"shop\"");
        }
    }

    #[test]
    fn hostile_text_comes_back_as_it_was() {
        let key = Key::of("a\u{0}b\u{1}").part("中文").number(7);
        assert_eq!(key.texts(2), ["a\u{0}b\u{1}", "中文"]);
        assert_eq!([key.text(0), key.text(1)].map(Option::unwrap_or_default), ["a\u{0}b\u{1}", "中文"]);
        assert_eq!(key.last_number(), Some(7));
    }
}
