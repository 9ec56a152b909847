//! Accounts through which somebody is reached: mail addresses as they stand, 微信, QQ and 支付宝 behind the word for them.

use std::sync::LazyLock;

use super::Kind;
use super::cues::unit_follows;
use super::digits::digit;
use super::page::{Page, is_han};
use crate::lexicon::Lexicon;

/// Words for 微信, with the ways of writing it past a filter.
const WECHAT: [&str; 55] = [
    "微信",
    "薇信",
    "威信",
    "徽信",
    "維信",
    "维信",
    "崴信",
    "微芯",
    "微心",
    "威芯",
    "薇芯",
    "微❤",
    "微♥",
    "薇❤",
    "威❤",
    "微💗",
    "v信",
    "ｖ信",
    "w信",
    "v❤",
    "v♥",
    "v心",
    "卫星",
    "卫信",
    "为信",
    "微号",
    "薇号",
    "v号",
    "wechat",
    "weixin",
    "wei xin",
    "we chat",
    "weχin",
    "wx",
    "w x",
    "vx",
    "v x",
    "v.x",
    "微x",
    "薇x",
    "企微",
    "加微",
    "加薇",
    "加威",
    "+微",
    "+薇",
    "加个微",
    "加下微",
    "加我微",
    "加一下微",
    "加你微",
    "互加微",
    "wei信",
    "微xin",
    "绿泡泡",
];
const LETTER_V: [&str; 11] = ["加v", "+v", "➕v", "加w", "+w", "我v", "v:", "加个v", "加我v", "加下v", "我的v"];
const QQ: [&str; 18] = [
    "qq", "q q", "扣扣", "扣号", "企鹅", "球球", "秋秋", "蔻蔻", "口口", "q号", "加q", "加扣", "我q", "+q", "q:",
    "抠抠", "叩叩", "qq号",
];
const PAY: [&str; 3] = ["支付宝", "zfb", "alipay"];
/// What may stand between the word and the account.
const GLUE: &str = " :,.、()[]【】“”\"'「」『』<>=-~→👉⬇…!号是为的我加搜一下个吧哈呢啊哦就叫码联系方式也可以发到这您你添好友备用账帐找名都同请来微信直接用扣v❤";
const GAP: usize = 12;
/// The shortest account of letters and digits, and the longest.
const SHORTEST: usize = 6;
const LONGEST: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum House {
    Wechat,
    Qq,
    Pay,
}

/// Mail addresses need no word before them.
pub(super) fn mails(page: &mut Page) {
    for at in 0..page.cells.len() {
        if page.at(at) == '@' {
            mail(page, at);
        }
    }
}

fn mail(page: &mut Page, at: usize) {
    let name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let mut from = if page.before(at) == ' ' { at - 1 } else { at };
    let shortest = from;
    while from > 0 && shortest - from < 64 && name(page.before(from)) {
        from -= 1;
    }
    let begin = at + 1 + usize::from(page.at(at + 1) == ' ');
    let mut to = begin;
    let mut dot = None;
    while to - begin < 64 && (page.at(to).is_ascii_alphanumeric() || "-.。".contains(page.at(to))) {
        if ".。".contains(page.at(to)) && page.at(to + 1).is_ascii_alphabetic() && to > begin {
            dot = Some(to);
        }
        to += 1;
    }
    while to > begin && !page.at(to - 1).is_ascii_alphanumeric() {
        to -= 1;
    }
    if from < shortest && dot.is_some_and(|dot| to - dot >= 3) {
        page.take(Kind::Wechat, from, to);
    }
}

/// Accounts behind, or right before, a word for their house.
pub(super) fn find(page: &mut Page) {
    let mut at = 0;
    while at < page.cells.len() {
        if page.starts(at, "wxid_") && !of_token(page.before(at)) {
            let end = token_end(page, at);
            page.take(Kind::Wechat, at, end);
            at = end;
            continue;
        }
        let Some((end, house)) = house(page, at) else {
            at += 1;
            continue;
        };
        let found = behind(page, end, house).or_else(|| ahead(page, at));
        if let Some((from, to)) = found {
            page.take(Kind::Wechat, from, to);
        }
        at = end.max(found.map_or(0, |(_, to)| to));
    }
}

/// The words for each house, in the order in which they are asked.
static HOUSES: LazyLock<[(Lexicon, House); 4]> = LazyLock::new(|| {
    [
        (Lexicon::plain(QQ), House::Qq),
        (Lexicon::plain(PAY), House::Pay),
        (Lexicon::plain(WECHAT), House::Wechat),
        (Lexicon::plain(LETTER_V), House::Wechat),
    ]
});

fn house(page: &Page, at: usize) -> Option<(usize, House)> {
    if !"微薇威徽維维崴v卫为wq扣企球秋蔻口抠叩加+➕我支za互绿".contains(page.at(at).to_ascii_lowercase())
    {
        return None;
    }
    let apart = !page.at(at).is_ascii_alphabetic() || !page.before(at).is_ascii_alphanumeric();
    let fits = |words: &Lexicon| {
        let end = at + page.word(at, words)?.0;
        // A Latin word must end here, unless digits follow it: vxabc1 is a word of its own, vx12345 is not.
        let open = page.before(end).is_ascii_alphabetic() && page.at(end).is_ascii_alphabetic();
        (apart && (!open || numbered(page, end))).then_some(end)
    };
    // 薇♥信, w❤x: a sign in the middle.
    let parted = !page.at(at + 1).is_alphanumeric() && !"\n:,".contains(page.at(at + 1));
    let whole = ("微薇威维徽崴".contains(page.at(at)) && page.at(at + 2) == '信')
        || (page.starts(at, "w") && page.starts(at + 2, "x"));
    if apart && parted && whole {
        return Some((at + 3, House::Wechat));
    }
    HOUSES.iter().find_map(|(words, house)| Some((fits(words)?, *house)))
}

/// Letters and digits long enough to be an account that was written right behind its word.
fn numbered(page: &Page, at: usize) -> bool {
    let end = token_end(page, at);
    end - at >= SHORTEST && (at..end).any(|at| page.at(at).is_ascii_digit())
}

/// The account that follows a word for its house.
fn behind(page: &Page, from: usize, house: House) -> Option<(usize, usize)> {
    let mut at = from;
    while at < from + GAP && GLUE.contains(page.at(at).to_ascii_lowercase()) && !page.is_taken(at) {
        if page.at(at).is_ascii_alphabetic() && !of_the_word(page, at) {
            break;
        }
        at += 1;
    }
    if page.is_taken(at) {
        return None;
    }
    // WX-1234 is an article; an account stands behind a colon, a blank or a word.
    if at == from + 1 && page.at(from) == '-' && page.before(from).is_ascii_alphabetic() {
        return None;
    }
    let found = latin(page, at).or_else(|| spaced(page, at)).or_else(|| number(page, at, house))?;
    page.free(found.0, found.1).then_some(found)
}

/// A v that repeats the word: 微信v: abc123.
fn of_the_word(page: &Page, at: usize) -> bool {
    page.at(at).eq_ignore_ascii_case(&'v')
        && !page.at(at + 1).is_ascii_alphanumeric()
        && !page.before(at).is_ascii_alphanumeric()
}

/// The account before its word: abc12345 是我微信.
fn ahead(page: &Page, word: usize) -> Option<(usize, usize)> {
    let mut to = word;
    while word - to < 6 && " ,是就为的我这个(".contains(page.before(to)) && to > 0 {
        to -= 1;
    }
    let mut from = to;
    while from > 0 && to - from < LONGEST && of_token(page.before(from)) {
        from -= 1;
    }
    let marked = (from..to).any(|at| !page.at(at).is_ascii_alphabetic());
    let begins = page.at(from).is_ascii_alphabetic() && !of_token(page.before(from));
    let fits = to - from >= SHORTEST && marked && begins && page.free(from, to);
    fits.then_some((from, to))
}

fn of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn token_end(page: &Page, from: usize) -> usize {
    let mut to = from;
    while of_token(page.at(to)) {
        to += 1;
        if page.starts(to, "下划线") && of_token(page.at(to + 3)) {
            to += 3;
        }
    }
    while to > from && matches!(page.at(to - 1), '-' | '_') {
        to -= 1;
    }
    to
}

fn latin(page: &Page, from: usize) -> Option<(usize, usize)> {
    let to = token_end(page, from);
    let fits = page.at(from).is_ascii_alphabetic() && (SHORTEST..=LONGEST + 2).contains(&(to - from));
    fits.then_some((from, to))
}

/// An account in pieces: a b c 1 2 3, or abc 123 456.
fn spaced(page: &Page, from: usize) -> Option<(usize, usize)> {
    if !page.at(from).is_ascii_alphabetic() {
        return None;
    }
    let (mut to, mut length, mut longest, mut digits) = (from, 0, 0, false);
    loop {
        let end = (to..to + LONGEST).find(|at| !of_token(page.at(*at))).unwrap_or(to);
        let piece = end - to;
        if piece == 0 || piece > 5 || length + piece > LONGEST {
            break;
        }
        digits |= (to..end).any(|at| page.at(at).is_ascii_digit());
        length += piece;
        longest = longest.max(piece);
        to = end;
        if !" -.·_".contains(page.at(to)) || !of_token(page.at(to + 1)) {
            break;
        }
        to += 1;
    }
    while to > from && !page.at(to - 1).is_ascii_alphanumeric() {
        to -= 1;
    }
    (length >= SHORTEST && (longest == 1 || digits)).then_some((from, to))
}

/// An account of digits, in any script.
fn number(page: &Page, from: usize, house: House) -> Option<(usize, usize)> {
    let shortest = if house == House::Qq { 5 } else { SHORTEST };
    let (mut to, mut count) = (from, 0);
    while count <= 13 {
        if digit(page.at(to)).is_some() {
            count += 1;
            to += 1;
        } else if count > 0 && " -.·".contains(page.at(to)) && digit(page.at(to + 1)).is_some() {
            to += 1;
        } else {
            break;
        }
    }
    let amount = unit_follows(page, to) && !is_han(page.before(to));
    let whole = !page.at(to).is_ascii_alphanumeric();
    ((shortest..=13).contains(&count) && !amount && whole).then_some((from, to))
}
