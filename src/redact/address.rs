//! Addresses: a chain of parts, 省市区镇路号楼室, that is detailed enough to find somebody.
//!
//! This is the walk along a text; [`super::chain`] says which parts together are an address, [`super::leads`] which words lead to one.

use super::Kind;
use super::chain::{Chain, Element};
use super::digits::digit;
use super::leads;
use super::page::{Page, is_han};
use super::places::{self, Known};
use super::suffix::{self, Part};

/// Han and letters that the name of a part may have.
const NAME: usize = 9;
/// Signs that may stand between two parts.
const SIGNS: &str = " ,，、-/|;·_~()#.。[]【】";
/// Where the walk stands.
struct Walk<'a> {
    page: &'a Page,
    chain: Chain,
    /// Where the name of the next part may begin.
    name: usize,
    found: Vec<(usize, usize)>,
}

pub(super) fn find(page: &mut Page) {
    let mut walk = Walk { page, chain: Chain::default(), name: 0, found: Vec::new() };
    let mut at = 0;
    while at < walk.page.cells.len() {
        at = walk.step(at);
    }
    walk.close(at);
    for (from, to) in walk.found {
        page.take(Kind::Address, from, to);
    }
}

impl Walk<'_> {
    /// Looks at one cell; the next to look at.
    fn step(&mut self, at: usize) -> usize {
        let c = self.page.at(at);
        if self.page.is_taken(at) || self.breaks(c, at) {
            self.close(at);
            self.name = at + 1;
            return at + 1;
        }
        if SIGNS.contains(c) {
            if self.chain.elements.is_empty() {
                self.name = at + 1;
            }
            return at + 1;
        }
        if let Some((known, length)) = places::at(self.page, at) {
            let part = if known == Known::Province { Part::Province } else { Part::City };
            // A name that stood between two parts belongs to neither: 张三浙江省.
            if self.visible(self.name, at) > 0 && self.chain.elements.is_empty() {
                self.name = at;
            }
            self.push(Element { from: at, to: at + length, part });
            return at + length;
        }
        if let Some(length) = leads::away(self.page, at) {
            self.close(at);
            self.name = at + length;
            return at + length;
        }
        match suffix::at(self.page, at) {
            Some((length, part)) => self.part(at, length, part),
            None => at + 1,
        }
    }

    fn breaks(&self, c: char, at: usize) -> bool {
        if c == '\n' || c == super::page::CLOSED {
            return true;
        }
        // A full stop between parts is a slip; behind an address it ends it.
        let plain = c.is_alphanumeric() || is_han(c) || SIGNS.contains(c) || c == '○';
        !plain || (c == '。' && self.page.before(at) == ' ')
    }

    /// Han and letters between two places.
    fn visible(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|at| !SIGNS.contains(self.page.at(*at))).count()
    }

    /// A part's last word stands at `at`.
    fn part(&mut self, at: usize, length: usize, part: Part) -> usize {
        let to = at + length;
        if matches!(part, Part::Number | Part::Room) {
            return self.number(at, to, part);
        }
        let name = self.visible(self.name, at);
        match self.chain.elements.last_mut() {
            // 杭州 was read, 市 follows; 北京 was read, 路 follows.
            Some(last) if name == 0 && last.to == at => {
                last.to = to;
                last.part = part;
                self.name = to;
            }
            _ if name == 0 => {}
            _ if name > NAME => {
                self.close(at);
                let from = at.saturating_sub(5).max(self.name);
                self.push(Element { from, to, part });
            }
            _ => self.push(Element { from: self.name, to, part }),
        }
        to
    }

    /// A number with its unit: 88号, 三号楼, A座, 1201室.
    fn number(&mut self, at: usize, to: usize, part: Part) -> usize {
        let page = self.page;
        let of_number =
            |c: char| digit(c).is_some() || c.is_ascii_alphanumeric() || "十百千廿-#—之甲乙丙丁东西南北".contains(c);
        let mut from = if page.before(at) == ' ' { at - 1 } else { at };
        let end = from;
        while from > self.name && end - from < 10 {
            let c = page.before(from);
            let spaced = c == ' '
                && from > self.name + 1
                && digit(page.at(from - 2)).is_some()
                && digit(page.at(from)).is_some();
            if !of_number(c) && !spaced {
                break;
            }
            from -= 1;
        }
        let written = (from..end)
            .any(|at| digit(page.at(at)).is_some() || page.at(at).is_ascii_alphabetic() || page.at(at) == '十');
        if !written || "月年第".contains(page.before(from)) {
            return to;
        }
        while matches!(page.at(from), '-' | ' ') {
            from += 1;
        }
        let between = self.visible(self.name, from);
        if between > NAME + 3 {
            self.close(from);
        }
        // An estate without a word for it: 万达3栋2单元.
        let open = self.chain.elements.is_empty();
        let reach = (self.name..from).rev().take(6).take_while(|at| is_han(page.at(*at))).last();
        self.push(Element { from: reach.filter(|_| open).unwrap_or(from), to, part });
        to
    }

    fn push(&mut self, element: Element) {
        self.name = element.to;
        self.chain.elements.push(element);
    }

    /// Ends the chain, and keeps it when it is an address.
    fn close(&mut self, at: usize) {
        let chain = std::mem::take(&mut self.chain);
        let (Some(first), Some(last)) = (chain.elements.first(), chain.elements.last()) else { return };
        let to = self.tail(last.to, at, last.part);
        // 3栋1201: the number behind a house is a room.
        let region = chain.count(|part| matches!(part, Part::Province | Part::City | Part::District)) > 0;
        let room = to > last.to && (last.part == Part::Room || (region && last.part == Part::Number));
        if room || chain.found(leads::to(self.page, first.from)) {
            self.found.push((first.from, to));
        }
    }

    /// The room behind the last part, without a unit: 3号楼1201, 88号-3-502.
    fn tail(&self, from: usize, limit: usize, part: Part) -> usize {
        let page = self.page;
        let mut to = from;
        if !matches!(part, Part::Number | Part::Room | Part::Estate | Part::Road) {
            return to;
        }
        for _ in 0..4 {
            let apart = (0..2).take_while(|step| " -#,，之".contains(page.at(to + step))).count();
            let begin = to + apart;
            let end = (begin..begin + 6)
                .take_while(|at| *at < limit && (page.at(*at).is_ascii_alphanumeric() || digit(page.at(*at)).is_some()))
                .last()
                .map_or(begin, |at| at + 1);
            let number = (begin..end).any(|at| digit(page.at(at)).is_some());
            let more = page.at(end).is_ascii_alphanumeric() || super::cues::unit_follows(page, end);
            // 5楼东, unless a word begins with it.
            if begin == to && to < limit && "东南西北左右内外".contains(page.at(to)) && !is_han(page.at(to + 1))
            {
                return to + 1;
            }
            if end == begin || !number || more || page.is_taken(begin) {
                break;
            }
            to = end;
        }
        to
    }
}
