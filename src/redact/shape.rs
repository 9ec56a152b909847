//! How a number is cut into pieces, and whether that is a way of writing one number or several.

use super::digits::{Chains, Gap};
use super::page::Page;

/// Groups in a row, taken as one number.
pub(super) struct Shape {
    /// Digits of each piece; scripts that touch are one piece.
    pub(super) pieces: Vec<usize>,
    /// What stands between the pieces.
    gaps: Vec<Gap>,
    /// Values that look like amounts: no leading nought, and a nought or five at the end.
    round: bool,
    /// A piece behind the first begins with a nought, as no amount does.
    nought: bool,
    small: bool,
}

impl Shape {
    pub(super) fn of(chains: &Chains, from: usize, to: usize) -> Self {
        let mut shape = Self { pieces: Vec::new(), gaps: Vec::new(), round: true, nought: false, small: true };
        let mut begin = from;
        for at in from..to {
            let goes_on = at + 1 < to && chains.groups[at + 1].gap == Gap::Tight;
            if goes_on {
                continue;
            }
            let digits = chains.run(begin, at + 1);
            if begin > from {
                shape.gaps.push(chains.groups[begin].gap);
                shape.nought |= digits[0] == 0 && digits.len() > 1;
            }
            shape.round &= digits[0] != 0 && matches!(digits[digits.len() - 1], 0 | 5);
            shape.small &= digits.len() <= 3;
            shape.pieces.push(digits.len());
            begin = at + 1;
        }
        shape
    }

    /// The shape behind a country's digits.
    pub(super) fn without(mut self, prefix: usize) -> Self {
        let mut rest = prefix;
        while rest > 0 && !self.pieces.is_empty() {
            let cut = rest.min(self.pieces[0]);
            self.pieces[0] -= cut;
            rest -= cut;
            if self.pieces[0] == 0 {
                self.pieces.remove(0);
                if !self.gaps.is_empty() {
                    self.gaps.remove(0);
                }
            }
        }
        self
    }

    pub(super) fn whole(&self) -> bool {
        self.pieces.len() == 1
    }

    /// The same sign between all pieces.
    pub(super) fn even(&self) -> bool {
        self.gaps.windows(2).all(|pair| pair[0] == pair[1]) && self.gaps.first() != Some(&Gap::Signs)
    }

    pub(super) fn has_sign(&self, signs: &str) -> bool {
        self.gaps.iter().any(|gap| matches!(gap, Gap::Sign(sign) if signs.contains(*sign)))
    }

    fn told_in_words(&self) -> bool {
        self.gaps.contains(&Gap::Words)
    }

    /// Whether eleven digits in these pieces are one number, with nothing around that says so.
    pub(super) fn one_mobile(&self, page: &Page, end: usize) -> bool {
        if self.whole() {
            return true;
        }
        let pieces = self.pieces.as_slice();
        let counted = !self.nought && super::cues::unit_follows(page, end);
        let single = pieces.iter().all(|piece| *piece == 1);
        let sized = self.has_sign("*×xX✕✖") && !self.nought && !single;
        let measured = sized && (!matches!(pieces, [3, 4, 4]) || self.round);
        // Pieces that an amount, a size or a list would have too.
        if measured || (counted && !matches!(pieces, [3, 4, 4])) || (counted && self.has_sign(",、/，")) {
            return false;
        }
        if self.told_in_words() {
            return pieces.iter().all(|piece| *piece >= 2);
        }
        let thousands = self.has_sign(",") && pieces[1..].iter().all(|piece| *piece == 3);
        let listed = self.small && pieces.len() >= 4 && !self.nought && self.has_sign(",、/，");
        let network = self.has_sign(".") && self.small && pieces.len() == 4;
        match pieces {
            [3, 4, 4] => true,
            [4, 3, 4] | [4, 4, 3] | [3, 3, 5] if !self.has_sign(".:") => true,
            [3, 8] | [7, 4] | [4, 7] | [5, 6] | [6, 5] | [8, 3] => !self.has_sign("."),
            [_, _] => self.has_sign(" -"),
            _ if single => true,
            [3..=5, _, _] if self.nought && !self.has_sign(".:") => true,
            _ => {
                let amounts = thousands || network || listed || (self.round && !self.nought);
                self.even() && !amounts && !self.has_sign(":")
            }
        }
    }
}
