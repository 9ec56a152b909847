//! A clause of running text: the facts in it, the words of change in it, and which fact a word leans on.

use xiaoer_sdk::Fact;

use super::narrative::MARK;
use super::words::{ADVICE, NO_CHANGE, NOTICING, WAYS, Way};

/// A stretch between commas with the facts in it.
pub(super) struct Clause<'a> {
    pub(super) text: Vec<char>,
    /// `(place of its mark, id, fact)`.
    pub(super) facts: Vec<(usize, &'a str, &'a Fact)>,
}

/// A word that claims a change.
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: &'static str,
    pub(super) way: Way,
}

impl<'a> Clause<'a> {
    pub(super) fn new(text: &str, facts: &[(&'a str, &'a Fact)]) -> Self {
        let text: Vec<char> = text.chars().collect();
        let marks = text.iter().enumerate().filter(|(_, c)| **c == MARK).map(|(at, _)| at);
        let facts = marks.zip(facts).map(|(at, (id, fact))| (at, *id, *fact)).collect();
        Self { text, facts }
    }

    pub(super) fn before(&self, at: usize) -> String {
        self.text[..at].iter().collect()
    }

    /// Words of change that are meant as such: not part of another word, and not of a fact's own name.
    pub(super) fn hits(&self) -> Vec<Hit> {
        let mut masked = self.text.clone();
        for word in NO_CHANGE.iter() {
            for at in find(&self.text, word) {
                masked[at..at + word.chars().count()].fill('\u{fffd}');
            }
        }
        let mut hits: Vec<Hit> = Vec::new();
        for (word, way) in WAYS.iter() {
            let length = word.chars().count();
            for start in find(&masked, word) {
                if !self.of_a_name(start, start + length) {
                    hits.push(Hit { start, end: start + length, word, way: *way });
                }
                masked[start..start + length].fill('\u{fffd}');
            }
        }
        hits.sort_by_key(|hit| hit.start);
        hits
    }

    /// Whether the word, with a neighbour, stands in the label of one of the clause's facts: 降价商品数.
    fn of_a_name(&self, start: usize, end: usize) -> bool {
        let with = |from: usize, to: usize| self.text.get(from..to).map(|piece| piece.iter().collect::<String>());
        let pieces = [start.checked_sub(1).and_then(|from| with(from, end)), with(start, end + 1)];
        let named = |piece: &String| self.facts.iter().any(|(_, _, fact)| fact.label.contains(piece.as_str()));
        pieces.into_iter().flatten().any(|piece| named(&piece))
    }

    /// The fact that stands right behind the word: 下降{x}, 上升了{x}.
    pub(super) fn touched(&self, hit: &Hit) -> Option<(&'a str, &'a Fact)> {
        let next = self.facts.iter().find(|(at, _, _)| *at >= hit.end)?;
        let between: String = self.text[hit.end..next.0].iter().collect();
        let touches = ["", "了", "幅", "幅度", "约", "了约", "幅为", "幅度为", "幅达", "幅度达", "率"];
        touches.contains(&between.as_str()).then_some((next.1, next.2))
    }

    /// The fact of change that a word leans on: the first behind it and before the next such word, or else the last before it.
    pub(super) fn carrier(&self, hit: &Hit, until: usize) -> Option<(&'a str, i8)> {
        let change = |(at, id, fact): &(usize, &'a str, &'a Fact)| Some((*at, *id, fact.value.direction()?));
        let changes: Vec<_> = self.facts.iter().filter_map(change).collect();
        let behind = changes.iter().filter(|(at, _, _)| (hit.end..until).contains(at));
        // 上升{a}和{b} says that both rise: one that does not is the one to hold against it.
        let against = behind.clone().find(|(_, _, direction)| !hit.way.agrees(*direction));
        let chosen = against
            .or_else(|| behind.clone().next())
            .or_else(|| changes.iter().rev().find(|(at, _, _)| *at < hit.start));
        chosen.map(|(_, id, direction)| (*id, *direction))
    }

    pub(super) fn advises_at(&self, at: usize) -> bool {
        let before = self.before(at);
        let begun = ADVICE.iter().filter_map(|word| before.rfind(word).map(|found| found + word.len())).max();
        begun.is_some_and(|from| {
            !NOTICING.iter().any(|word| before[from..].contains(word)) && !before.contains("应该是")
        })
    }

    /// The clause as its author wrote it.
    pub(super) fn shown(&self) -> String {
        let mut ids = self.facts.iter();
        let back = |c: &char| {
            if *c == MARK {
                ids.next().map(|(_, id, _)| format!("{{{id}}}")).unwrap_or_default()
            } else {
                c.to_string()
            }
        };
        self.text.iter().map(back).collect()
    }
}

impl Way {
    pub(super) fn agrees(self, direction: i8) -> bool {
        match self {
            Self::Up => direction > 0,
            Self::Down => direction < 0,
            Self::Flat => direction == 0,
            Self::Either => direction != 0,
        }
    }
}

fn find(text: &[char], word: &str) -> Vec<usize> {
    let word: Vec<char> = word.chars().collect();
    text.windows(word.len()).enumerate().filter(|(_, window)| *window == word.as_slice()).map(|(at, _)| at).collect()
}
