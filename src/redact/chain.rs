//! Parts of an address one after another, and when they are one. A city, a market or 3号 alone is none: there must be the detail that
//! finds somebody.

use super::suffix::Part;

#[derive(Clone, Copy)]
pub(super) struct Element {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) part: Part,
}

/// Parts one after another.
#[derive(Default)]
pub(super) struct Chain {
    pub(super) elements: Vec<Element>,
}

impl Chain {
    pub(super) fn count(&self, part: fn(Part) -> bool) -> usize {
        self.elements.iter().filter(|element| part(element.part)).count()
    }

    /// Whether the parts together are an address; `led` when a word before them says so.
    pub(super) fn found(&self, led: bool) -> bool {
        let region = self.count(|part| matches!(part, Part::Province | Part::City | Part::District));
        let road = self.count(|part| part == Part::Road);
        let settled = self.count(|part| matches!(part, Part::Town | Part::Estate));
        let number = self.count(|part| matches!(part, Part::Number | Part::Room));
        let room = self.count(|part| part == Part::Room);
        (road > 0 && number > 0)
            || (settled > 0 && (room > 0 || (number > 0 && (region > 0 || settled > 1 || led))))
            || (region > 1 && (road + settled > 0 || number > 0))
            || room > 1
            || (region > 0 && (road + settled > 1 || (road + number > 1)))
            || (led && (road > 0 || number > 1 || room > 0 || region > 2 || (region > 0 && settled + number > 0)))
    }
}
