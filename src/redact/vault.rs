//! The way back: which token stands for which words, for one conversation.
//!
//! The vault never shows what it holds except by putting it back in place, and it never gives one token to two texts.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::token::{self, Label};
use super::{Span, spans};

/// Masks texts of one conversation and puts the words back.
///
/// The same words get the same token, spelled as they were: `138 0013 8000` and `13800138000` are two, since each must come back as it was.
#[derive(Default)]
pub struct Vault {
    /// By label, in the order in which they were given out. A place without words is a token that somebody typed: it means nothing.
    given: HashMap<Label, Vec<Option<String>>>,
    known: HashMap<(Label, String), usize>,
    typed: HashSet<(Label, usize)>,
}

impl Vault {
    /// A vault that holds nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text with a token in place of everything that [`spans`] finds.
    ///
    /// Words that only look like a token are never given a meaning: one that is still free will not be given out, one that already
    /// stands for something is itself masked. [`Vault::restore`] gives both back as they were typed.
    pub fn mask(&mut self, text: &str) -> String {
        self.mask_found(text, &spans(text))
    }

    /// As [`Vault::mask`], for spans that were found before in this same text.
    pub(crate) fn mask_found(&mut self, text: &str, found: &[Span]) -> String {
        if found.is_empty() && !token::possible(text) {
            return text.to_owned();
        }
        let chars: Vec<char> = text.chars().collect();
        self.set_aside_typed(&chars);
        let mut masked = String::with_capacity(text.len());
        let mut spans = found.iter().peekable();
        let mut at = 0;
        while at < chars.len() {
            if let Some(span) = spans.next_if(|span| span.start == at) {
                let words = chars[span.start..span.end].iter().collect();
                masked.push_str(&self.token(Label::Data(span.kind), words));
                at = span.end;
            } else if let Some(token) = token::read(&chars, at) {
                let words: String = chars[at..token.end].iter().collect();
                let shown = match self.words(token.label, token.order) {
                    Some(_) => self.token(Label::Quoted, words),
                    None => words,
                };
                masked.push_str(&shown);
                at = token.end;
            } else {
                masked.push(chars[at]);
                at += 1;
            }
        }
        masked
    }

    /// The text with the words back in place of their tokens, also where a model has changed a token's brackets or put blanks into it.
    /// Tokens that were never given out stay as they are.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        if !token::possible(text) {
            return text.to_owned();
        }
        let chars: Vec<char> = text.chars().collect();
        let mut restored = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let token = token::read(&chars, at);
            let words = token.and_then(|token| Some((self.words(token.label, token.order)?, token.end)));
            match words {
                Some((words, end)) => {
                    restored.push_str(words);
                    at = end;
                }
                None => {
                    restored.push(chars[at]);
                    at += 1;
                }
            }
        }
        restored
    }

    /// Tokens that are typed in this text and free until now stay without meaning for ever.
    fn set_aside_typed(&mut self, chars: &[char]) {
        let mut at = 0;
        while at < chars.len() {
            let Some(token) = token::read(chars, at) else {
                at += 1;
                continue;
            };
            if self.words(token.label, token.order).is_none() {
                self.typed.insert((token.label, token.order));
            }
            at = token.end;
        }
    }

    fn words(&self, label: Label, order: usize) -> Option<&str> {
        self.given.get(&label)?.get(order)?.as_deref()
    }

    fn token(&mut self, label: Label, words: String) -> String {
        let key = (label, words);
        if let Some(order) = self.known.get(&key) {
            return token::write(label, *order);
        }
        let given = self.given.entry(label).or_default();
        while self.typed.contains(&(label, given.len())) {
            given.push(None);
        }
        let order = given.len();
        given.push(Some(key.1.clone()));
        self.known.insert(key, order);
        token::write(label, order)
    }
}

/// How much it holds, never what.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("tokens", &self.known.len()).finish_non_exhaustive()
    }
}
