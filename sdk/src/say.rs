//! Short words for what most skills say: blocks, tasks, cells, a choice of facts.

use crate::{Block, Cell, FactId, Facts, Narrative, Report, Task, Tone, quoted};

impl Report {
    /// A heading over what follows.
    pub fn heading(&mut self, text: &str) {
        self.push(Block::Heading { text: text.into() });
    }

    /// Running text with the label of what wrote it.
    pub fn say(&mut self, words: Narrative) {
        self.push(Block::Text { text: words.value, generator: words.generator });
    }

    /// Good to know; with `{fact_id}`s.
    pub fn info(&mut self, text: impl Into<String>) {
        self.push(Block::Notice { tone: Tone::Info, text: text.into() });
    }

    /// Wants attention; with `{fact_id}`s.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.push(Block::Notice { tone: Tone::Warning, text: text.into() });
    }
}

impl Task {
    /// Something for one of 老板, 运营, 客服, 美工, 仓库 to do.
    #[must_use]
    pub fn new(who: &str, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            why: String::new(),
            deadline: String::new(),
            expected: String::new(),
            who: who.into(),
            proposal: None,
            skill: None,
        }
    }

    /// Says why.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// Says until when.
    #[must_use]
    pub fn until(self, deadline: impl Into<String>) -> Self {
        Self { deadline: deadline.into(), ..self }
    }

    /// Says what it should bring.
    #[must_use]
    pub fn brings(self, expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), ..self }
    }

    /// Names the skill that helps.
    #[must_use]
    pub fn with_skill(self, name: &str) -> Self {
        Self { skill: Some(name.into()), ..self }
    }

    /// Names the proposal that would do it.
    #[must_use]
    pub fn with_proposal(self, key: &str) -> Self {
        Self { proposal: Some(key.into()), ..self }
    }
}

impl Cell {
    /// Our own words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// Words from outside: a title, a name, a reason.
    #[must_use]
    pub fn quoted(words: &str) -> Self {
        Self::Text(quoted(words))
    }
}

impl Facts {
    /// Some of the facts, for a question that should be about no more than these. Ids without a fact are passed over.
    #[must_use]
    pub fn only<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |id: &str| self.get(id).map(|fact| (FactId::from(id), fact.clone()));
        Self(ids.into_iter().filter_map(known).collect())
    }
}
