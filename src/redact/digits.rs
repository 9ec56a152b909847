//! Digits in every dress, and the chains that they form.
//!
//! A group is what was written in one go and in one script. A chain is groups with nothing between them but signs, or words that say that
//! the number goes on. Rooms look at whole groups only: a phone inside a longer run of digits is part of an order number.

use std::sync::LazyLock;

use super::page::{Page, is_han};
use crate::lexicon::Lexicon;

/// How a digit is written. Groups of different scripts touch without being one: 张三13800138000.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Arabic,
    Circled,
    Han,
    /// A letter that looks like a digit.
    Letter,
}

/// What stands between a group and the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// The first of its chain.
    Start,
    /// Nothing: only the script changes.
    Tight,
    /// Signs of one kind.
    Sign(char),
    /// Signs of several kinds.
    Signs,
    /// Words that go on with a number.
    Words,
}

/// Digits in one go.
pub(super) struct Group {
    /// Its cells.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Its digits, as a stretch of the chains' digits.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) script: Script,
    pub(super) gap: Gap,
}

/// All digits of a page.
pub(super) struct Chains {
    pub(super) groups: Vec<Group>,
    pub(super) digits: Vec<u8>,
}

/// Signs that may stand between two groups.
const SIGNS: usize = 6;
/// Words by which a number is told in pieces.
const GO_ON: [&str; 45] = [
    "中间四位是",
    "中间四位",
    "中间4位",
    "最后四位是",
    "最后四位",
    "最后4位",
    "后面四位是",
    "后面四位",
    "后面4位",
    "后四位是",
    "后四位",
    "后4位",
    "后八位是",
    "后八位",
    "后8位",
    "后面是",
    "后边是",
    "后面",
    "后边",
    "然后是",
    "然后",
    "再加上",
    "再加",
    "加上",
    "接着是",
    "接着",
    "接下来是",
    "接下来",
    "中间是",
    "中间",
    "最后是",
    "最后",
    "尾号是",
    "尾号",
    "再是",
    "再来",
    "开头的是",
    "开头是",
    "开头",
    "打头",
    "空格",
    "横杠",
    "杠",
    "接",
    "再",
];

/// A digit's value and script; letters need their neighbours and are not asked here.
pub(super) fn digit(c: char) -> Option<(u8, Script)> {
    let (value, script) = match c {
        '0'..='9' => (c as u32 - 0x30, Script::Arabic),
        '⁰' | '₀' => (0, Script::Circled),
        '¹' => (1, Script::Circled),
        '²' | '³' => (c as u32 - 0xb0, Script::Circled),
        '\u{2074}'..='\u{2079}' => (c as u32 - 0x2070, Script::Circled),
        '\u{2081}'..='\u{2089}' => (c as u32 - 0x2080, Script::Circled),
        '①'..='⑨' => (c as u32 - 0x2460 + 1, Script::Circled),
        '⑴'..='⑼' => (c as u32 - 0x2474 + 1, Script::Circled),
        '⒈'..='⒐' => (c as u32 - 0x2488 + 1, Script::Circled),
        '❶'..='❾' => (c as u32 - 0x2776 + 1, Script::Circled),
        '➀'..='➈' => (c as u32 - 0x2780 + 1, Script::Circled),
        '➊'..='➒' => (c as u32 - 0x278a + 1, Script::Circled),
        '⓵'..='⓽' => (c as u32 - 0x24f5 + 1, Script::Circled),
        '㈠'..='㈨' => (c as u32 - 0x3220 + 1, Script::Circled),
        '㊀'..='㊈' => (c as u32 - 0x3280 + 1, Script::Circled),
        '⓪' | '⓿' | '🄋' | '🄌' => (0, Script::Circled),
        '零' | '〇' | '○' | '◯' | '洞' => (0, Script::Han),
        '一' | '壹' | '幺' | '么' | '弌' => (1, Script::Han),
        '二' | '两' | '贰' | '貳' | '弍' | '兩' => (2, Script::Han),
        '三' | '叁' | '參' | '叄' | '弎' => (3, Script::Han),
        '四' | '肆' => (4, Script::Han),
        '五' | '伍' => (5, Script::Han),
        '六' | '陆' | '陸' => (6, Script::Han),
        '七' | '柒' | '拐' => (7, Script::Han),
        '八' | '捌' => (8, Script::Han),
        '九' | '玖' | '勾' => (9, Script::Han),
        _ => return None,
    };
    Some((u8::try_from(value).ok()?, script))
}

fn letter(c: char) -> Option<u8> {
    match c {
        'o' | 'O' | 'О' | 'о' | 'Ο' | 'ο' | 'Ø' => Some(0),
        'l' | 'L' | 'I' | 'i' | 'ℓ' => Some(1),
        'z' | 'Z' => Some(2),
        's' | 'S' => Some(5),
        'b' | 'B' => Some(8),
        'q' => Some(9),
        _ => None,
    }
}

impl Chains {
    pub(super) fn read(page: &Page) -> Self {
        let mut chains = Self { groups: Vec::new(), digits: Vec::new() };
        let mut at = 0;
        let mut gap = Gap::Start;
        while at < page.cells.len() {
            let end = chains.group(page, at, gap);
            if end == at {
                at += 1;
                gap = Gap::Start;
            } else {
                (at, gap) = next(page, end);
            }
        }
        chains
    }

    /// The digits of some groups in a row.
    pub(super) fn run(&self, from: usize, to: usize) -> &[u8] {
        &self.digits[self.groups[from].first..self.groups[to - 1].last]
    }

    /// Whether a group goes on with the one before it.
    pub(super) fn linked(&self, at: usize) -> bool {
        self.groups.get(at).is_some_and(|group| group.gap != Gap::Start)
    }

    /// Reads a group at a place; the place itself where there is none.
    fn group(&mut self, page: &Page, at: usize, gap: Gap) -> usize {
        let first = self.digits.len();
        if page.is_taken(at) {
            return at;
        }
        let (end, script) = match digit(page.at(at)) {
            Some((_, script)) => match self.repeated(page, at) {
                Some(end) => (end, script),
                None => (self.same_script(page, at, script), script),
            },
            None => (self.letters(page, at), Script::Letter),
        };
        if end > at {
            self.groups.push(Group { from: at, to: end, first, last: self.digits.len(), script, gap });
        }
        end
    }

    fn same_script(&mut self, page: &Page, at: usize, script: Script) -> usize {
        let mut end = at;
        while let Some((value, _)) = digit(page.at(end)).filter(|(_, own)| *own == script && !page.is_taken(end)) {
            // 三个零 is told by its count; 八零零两箱 ends before the boxes.
            let counts = script == Script::Han && super::cues::unit_follows(page, end + 1);
            if end > at && (counts || self.is_repeat(page, end)) {
                break;
            }
            self.digits.push(value);
            end += 1;
        }
        end
    }

    /// 三个零: a digit that is told by how often it comes.
    fn repeated(&mut self, page: &Page, at: usize) -> Option<usize> {
        if !self.is_repeat(page, at) {
            return None;
        }
        let (count, value) = (digit(page.at(at))?.0, digit(page.at(at + 2))?.0);
        self.digits.extend(std::iter::repeat_n(value, usize::from(count)));
        Some(at + 3)
    }

    fn is_repeat(&self, page: &Page, at: usize) -> bool {
        let count = digit(page.at(at)).is_some_and(|(count, _)| (2..=5).contains(&count));
        let value = digit(page.at(at + 2)).is_some_and(|(_, script)| {
            let more = digit(page.at(at + 3)).is_some_and(|(_, next)| next == script);
            !more || self.is_repeat_head(page, at + 3)
        });
        count && page.at(at + 1) == '个' && value
    }

    fn is_repeat_head(&self, page: &Page, at: usize) -> bool {
        page.at(at + 1) == '个' && digit(page.at(at + 2)).is_some()
    }

    /// Letters that stand for digits: nothing but digits or signs may touch them.
    fn letters(&mut self, page: &Page, at: usize) -> usize {
        let mut end = at;
        let first = self.digits.len();
        while let Some(value) = letter(page.at(end)).filter(|_| end < at + 8) {
            self.digits.push(value);
            end += 1;
        }
        let edge = |c: char| !c.is_ascii_alphabetic();
        let touched = digit(page.before(at)).is_some() || digit(page.at(end)).is_some();
        let round = (at..end).all(|at| matches!(letter(page.at(at)), Some(0 | 1)));
        let stands = edge(page.before(at)) && edge(page.at(end)) && (touched || round);
        if !stands {
            self.digits.truncate(first);
            return at;
        }
        end
    }
}

/// Where the next group may begin, and what lies before it.
fn next(page: &Page, end: usize) -> (usize, Gap) {
    let begins = |at: usize| digit(page.at(at)).is_some() || letter(page.at(at)).is_some_and(|value| value < 2);
    if begins(end) {
        return (end, Gap::Tight);
    }
    let (at, sign) = signs(page, end);
    let spelled = words(page, at);
    if spelled > at {
        return (spelled, Gap::Words);
    }
    match (begins(at) && at > end, sign) {
        (true, Some(sign)) => (at, Gap::Sign(sign)),
        (true, None) => (at, Gap::Signs),
        (false, _) => (end, Gap::Start),
    }
}

/// The end of a row of signs, and the sign if it is one alone. Blanks beside another sign do not count.
fn signs(page: &Page, from: usize) -> (usize, Option<char>) {
    let mut at = from;
    let mut sign = Some(' ');
    let mut others = 0;
    while at < from + 2 * SIGNS && others < SIGNS {
        let c = page.at(at);
        if c.is_alphanumeric() || is_han(c) || c == super::page::CLOSED || (c == '\n' && at + 1 >= page.cells.len()) {
            break;
        }
        if c != ' ' {
            others += 1;
            sign = match sign {
                Some(' ') => Some(c),
                Some(same) if same == c => Some(c),
                _ => None,
            };
        }
        at += 1;
    }
    (at, sign)
}

/// The end of words that go on with a number, when one follows.
fn words(page: &Page, from: usize) -> usize {
    static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(GO_ON));
    let mut at = from;
    for _ in 0..2 {
        let Some((length, ())) = page.word(at, &WORDS) else { break };
        at = signs(page, at + length).0;
        at += usize::from(page.at(at) == '是');
        at = signs(page, at).0;
    }
    if at > from && digit(page.at(at)).is_some() { at } else { from }
}
