//! The words that stand for what was masked: 〔手机甲〕. No digit and no numeral in them, so that no check of figures meets one.
//!
//! One reader serves both ways. What it takes for a token when text comes back is exactly what it takes for one when text goes out, so
//! nothing that a buyer typed can be read as a token on its way back.

use super::Kind;

const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
const OPEN: [char; 7] = ['〔', '［', '[', '【', '〖', '（', '('];
const CLOSE: [char; 7] = ['〕', '］', ']', '】', '〗', '）', ')'];
/// Blanks that a model may have put beside a word.
const BLANKS: usize = 3;
/// Stems beyond which no token was ever given out.
const LONGEST: usize = 8;

/// What a token stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    /// Somebody's data.
    Data(Kind),
    /// Text that only looks like a token.
    Quoted,
}

impl Label {
    const ALL: [Self; 7] = [
        Self::Data(Kind::Phone),
        Self::Data(Kind::Id),
        Self::Data(Kind::Card),
        Self::Data(Kind::Address),
        Self::Data(Kind::Name),
        Self::Data(Kind::Wechat),
        Self::Quoted,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Data(Kind::Phone) => "手机",
            Self::Data(Kind::Id) => "身份证",
            Self::Data(Kind::Card) => "银行卡",
            Self::Data(Kind::Address) => "地址",
            Self::Data(Kind::Name) => "姓名",
            Self::Data(Kind::Wechat) => "微信",
            Self::Quoted => "原文",
        }
    }
}

/// A token that stands in a text.
pub(super) struct Token {
    pub(super) label: Label,
    /// Which one, counted from nought.
    pub(super) order: usize,
    /// Where it ends, in characters.
    pub(super) end: usize,
}

/// The token with that order: 甲 to 癸, then 甲甲, 甲乙 and on.
pub(super) fn write(label: Label, order: usize) -> String {
    let mut stems = String::new();
    let mut rest = order + 1;
    while rest > 0 {
        stems.insert(0, STEMS[(rest - 1) % STEMS.len()]);
        rest = (rest - 1) / STEMS.len();
    }
    format!("〔{}{stems}〕", label.word())
}

/// Whether a token may stand in a text at all: most hold none and need no closer look.
pub(super) fn possible(text: &str) -> bool {
    let begins = |rest: &str| Label::ALL.into_iter().any(|label| rest.starts_with(label.word()));
    let mut chars = text.chars();
    std::iter::from_fn(|| Some((chars.next()?, chars.as_str())))
        .any(|(c, rest)| OPEN.contains(&c) && begins(rest.trim_start()))
}

/// Reads a token that begins at `at`, also one with other brackets or blanks inside.
pub(super) fn read(chars: &[char], at: usize) -> Option<Token> {
    OPEN.contains(chars.get(at)?).then_some(())?;
    let mut at = blanks(chars, at + 1);
    let begins = |label: &Label| label.word().chars().enumerate().all(|(step, c)| chars.get(at + step) == Some(&c));
    let label = Label::ALL.into_iter().find(begins)?;
    at = blanks(chars, at + label.word().chars().count());
    let mut number = 0;
    let mut length = 0;
    while let Some(stem) = chars.get(at).and_then(|c| STEMS.iter().position(|stem| stem == c)) {
        length += 1;
        if length > LONGEST {
            return None;
        }
        number = number * STEMS.len() + stem + 1;
        at = blanks(chars, at + 1);
    }
    let closed = CLOSE.contains(chars.get(at)?);
    (closed && length > 0).then(|| Token { label, order: number - 1, end: at + 1 })
}

fn blanks(chars: &[char], at: usize) -> usize {
    let more = chars.iter().skip(at).take(BLANKS).take_while(|c| c.is_whitespace() && **c != '\n').count();
    at + more
}
