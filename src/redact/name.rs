//! Names of people: behind a word that asks for one, before a title, and beside a phone or an address as on a parcel.
//!
//! Careful by intent: a family name must begin it, or signs stand around it, and a word of the trade is no name.

use std::sync::LazyLock;

use super::Kind;
use super::family::{common, given, surname};
use super::page::{Page, is_han};
use super::places;
use crate::lexicon::Lexicon;

/// Words behind which nothing but a name stands.
const ASKS: [&str; 25] = [
    "收件人",
    "收货人",
    "联系人",
    "签收人",
    "收件人姓名",
    "收货人姓名",
    "我叫",
    "我名字叫",
    "名字叫",
    "名字是",
    "开户名",
    "持卡人",
    "开户人",
    "收款人",
    "付款人",
    "经办人",
    "取货人",
    "提货人",
    "寄件人",
    "发件人",
    "客户姓名",
    "买家姓名",
    "下单人",
    "收货人名",
    "姓名",
];
/// Words behind which a name stands when a sign or 是 comes between.
const LABELS: [&str; 10] = ["名字", "户名", "收件", "收货", "抬头", "真名", "全名", "本人", "叫我", "联系"];
/// Words behind which a name may stand: what comes after it must say so.
const HINTS: [&str; 12] = ["我是", "找", "寄给", "发给", "交给", "联系", "送给", "叫", "给", "转告", "转交", "本人"];
const TITLES: [&str; 16] = [
    "先生",
    "女士",
    "小姐",
    "老板娘",
    "老板",
    "经理",
    "师傅",
    "阿姨",
    "太太",
    "大哥",
    "大姐",
    "同学",
    "医生",
    "老师",
    "主管",
    "店长",
];
/// What stands behind a name and is no part of it.
const FOLLOWS: [&str; 28] = [
    "电话",
    "手机",
    "地址",
    "先生",
    "女士",
    "小姐",
    "收",
    "的",
    "吧",
    "哈",
    "了",
    "啊",
    "呢",
    "谢谢",
    "你好",
    "您好",
    "在",
    "住",
    "联系",
    "微信",
    "号码",
    "签收",
    "身份证",
    "老板",
    "是",
    "本人",
    "我",
    "这",
];
/// Words for data of a person.
const DATA: [&str; 7] = ["电话", "手机", "地址", "身份证", "微信", "联系", "号码"];
/// Characters after which a name may begin in the middle of a sentence.
const BEFORE: &str = "找给系请叫是跟和让问为交寄发位姓人到着下家我帮户客由告";
/// What may stand between a word that asks and the name.
const GLUE: &str = " :是为叫写填改成()[]【】“”\"「」-=,";
const SIGNS: &str = " ,:、;/-|()。";
const NEAR: usize = 4;

pub(super) fn find(page: &mut Page) {
    let mut at = 0;
    while at < page.cells.len() {
        let found = asked(page, at).or_else(|| titled(page, at)).or_else(|| signed(page, at));
        match found.filter(|(from, to)| page.free(*from, *to)) {
            Some((from, to)) => {
                page.take(Kind::Name, from, to);
                at = to.max(at + 1);
            }
            None => at += 1,
        }
    }
    beside(page);
}

/// A name behind a word that ends at `at`.
fn asked(page: &Page, at: usize) -> Option<(usize, usize)> {
    static ASKING: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain_backwards(ASKS));
    static LABELLING: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain_backwards(LABELS));
    static HINTING: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain_backwards(HINTS));
    if !is_han(page.before(at)) {
        return None;
    }
    let begin = (at..at + NEAR).find(|at| !GLUE.contains(page.at(*at)))?;
    if page.follows(at, &ASKING) || (begin > at && page.follows(at, &LABELLING)) {
        let (from, to) = full(page, begin).or_else(|| nick(page, begin, begin > at))?;
        return Some((from, titled_end(page, to)));
    }
    if page.follows(at, &HINTING) {
        return hinted(page, at);
    }
    let family = Some(at).filter(|at| page.before(*at) == '姓').and_then(|at| surname(page, at));
    family.filter(|length| ends(page, at + length)).map(|length| (at, at + length))
}

/// A name behind a word that others stand behind too.
fn hinted(page: &Page, at: usize) -> Option<(usize, usize)> {
    let (from, to) = full(page, at)?;
    let myself = page.ends(at, "我是") && !places::begins(page, at);
    let long = to - from > 2 && ["叫", "找", "联系", "交", "寄给"].iter().any(|word| page.ends(at, word));
    let said = myself || long || announced(page, to) || titled_end(page, to) > to || page.at(to) == '收';
    (ends(page, to) && said).then_some((from, titled_end(page, to)))
}

/// Whether a name may end here.
fn ends(page: &Page, at: usize) -> bool {
    static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(FOLLOWS));
    let word = is_han(page.at(at)) || page.at(at).is_ascii_alphabetic();
    !word || page.is_taken(at) || page.word(at, &WORDS).is_some()
}

/// The end of a name with the title behind it, which is how it is said back.
fn titled_end(page: &Page, at: usize) -> usize {
    static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(TITLES));
    page.word(at, &WORDS).map_or(at, |(length, ())| at + length)
}

/// A family name and one or two characters more. Where nothing shows its end, the longer is taken.
fn full(page: &Page, at: usize) -> Option<(usize, usize)> {
    let family = surname(page, at).filter(|_| !page.is_taken(at) && !common(page, at))?;
    let length = (0..2).take_while(|step| given(page, at + family + step)).count();
    let short = at + family + 1;
    let cut = length == 2 && !ends(page, short + 1) && ends(page, short);
    match length {
        0 => (titled_end(page, short - 1) >= short).then_some((at, short - 1)),
        2 if !cut => Some((at, short + 1)),
        _ => Some((at, short)),
    }
}

/// A name that no family name begins: 阿珍, 小王, Lisa, 阿依古丽·买买提; all but 小王 only behind a sign.
fn nick(page: &Page, at: usize, apart: bool) -> Option<(usize, usize)> {
    let small = "小阿老".contains(page.at(at));
    let latin = page.at(at).is_ascii_uppercase();
    if common(page, at) || !(apart || small) {
        return None;
    }
    // A name with a point in it may hold any character.
    let whole = (at..at + 16).find(|at| !is_han(page.at(*at)) && page.at(*at) != '·').unwrap_or(at);
    let dotted = (at..whole).any(|at| page.at(at) == '·');
    let part = |at: usize| match page.at(at) {
        ' ' => latin && page.at(at + 1).is_ascii_uppercase(),
        c if latin => c.is_ascii_alphabetic(),
        c => given(page, at) || (dotted && (is_han(c) || c == '·')),
    };
    let to = (at..at + 24).find(|at| !part(*at)).unwrap_or(at);
    let length = to - at;
    let fits = length == 2 || dotted || (small && length == 3) || (latin && length > 2);
    (fits && ends(page, to) && !page.at(to).is_ascii_digit()).then_some((at, to))
}

/// 王建国先生, 李老板; the title stands at `at`.
fn titled(page: &Page, at: usize) -> Option<(usize, usize)> {
    let to = titled_end(page, at);
    let boss = page.at(at) == '总' && ends(page, at + 1);
    let to = if boss { at + 1 } else { to };
    if to == at {
        return None;
    }
    // 先生 makes a name of what is before it; a trade has 经理 and 老板 of all kinds.
    let person = !boss && !["老板", "经理", "师傅", "主管", "店长", "老师"].iter().any(|title| page.starts(at, title));
    [4, 3, 2, 1].into_iter().find_map(|length| {
        let from = at.checked_sub(length)?;
        let family = surname(page, from).filter(|family| *family <= length && length - family <= 2)?;
        let before = page.before(from);
        let edge = !is_han(before) || page.is_taken(from.saturating_sub(1)) || BEFORE.contains(before);
        let named = (from + family..at).all(|at| given(page, at)) && page.free(from, to) && !common(page, from);
        let one_more = length > 1 && "于向".contains(page.at(from)) && surname(page, from + 1).is_some();
        (named && !one_more && (edge || (person && length == 1))).then_some((from, to))
    })
}

/// 张三收 at the end of a label.
fn signed(page: &Page, at: usize) -> Option<(usize, usize)> {
    let signs = page.at(at) == '收' && (!is_han(page.at(at + 1)) || page.starts(at, "收件") || page.starts(at, "收货"));
    let to = if "( ".contains(page.before(at)) { at.checked_sub(1)? } else { at };
    [4, 3, 2].into_iter().filter(|_| signs).find_map(|length| {
        let from = to.checked_sub(length)?;
        let edge = !is_han(page.before(from)) || page.is_taken(from - 1) || "请由给写".contains(page.before(from));
        let name = full(page, from).is_some_and(|(_, end)| end == to);
        (edge && name).then_some((from, to))
    })
}

/// Whether data of a person follows, or a word for it.
fn announced(page: &Page, at: usize) -> bool {
    let next = beyond(page, at);
    page.is_taken(next) || DATA.iter().any(|word| page.starts(next, word))
}

/// The first cell behind signs.
fn beyond(page: &Page, at: usize) -> usize {
    (at..at + NEAR).find(|at| !SIGNS.contains(page.at(*at))).unwrap_or(at)
}

/// A name alone between signs, with a phone or an address beside it, as on a label.
fn beside(page: &mut Page) {
    let mut at = 0;
    while at < page.cells.len() {
        if !is_han(page.at(at)) || page.is_taken(at) {
            at += 1;
            continue;
        }
        let from = at;
        while is_han(page.at(at)) && !page.is_taken(at) {
            at += 1;
        }
        let before = (from.saturating_sub(NEAR)..from).rev().find(|at| !SIGNS.contains(page.at(*at)));
        let beside = page.is_taken(beyond(page, at)) || before.is_some_and(|at| page.is_taken(at));
        if beside && (2..=4).contains(&(at - from)) && full(page, from).is_some_and(|(_, to)| to == at) {
            page.take(Kind::Name, from, at);
        }
    }
}
