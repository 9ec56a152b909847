//! Texts that were looked through before: a model is told the same rules with every question.
//!
//! Only digests are kept, and only of texts in which nothing was found: no personal data can lie in here.

use std::collections::HashSet;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::{Span, spans};

/// Texts that are remembered before it starts over.
const MOST: usize = 4096;

/// Remembers which texts hold nothing.
#[derive(Default)]
pub struct Seen(Mutex<HashSet<[u8; 32]>>);

impl Seen {
    /// As [`spans`], without looking twice at a text that holds nothing.
    #[must_use]
    pub fn spans(&self, text: &str) -> Vec<Span> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if self.0.lock().expect("nothing panics while holding it").contains(&digest) {
            return Vec::new();
        }
        let found = spans(text);
        if found.is_empty() {
            let mut seen = self.0.lock().expect("nothing panics while holding it");
            if seen.len() >= MOST {
                seen.clear();
            }
            seen.insert(digest);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_through_once_and_never_remembered_as_empty_when_it_is_not() {
        let seen = Seen::default();
        for text in ["请只输出 JSON", "电话13800138000", "请只输出 JSON", "电话13800138000"] {
            assert_eq!(seen.spans(text), spans(text), "{text}");
        }
        assert_eq!(seen.0.lock().unwrap().len(), 1);
    }
}
