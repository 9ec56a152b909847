//! Phones, ids and cards: runs of digits, however they are written and grouped, told apart by form, checksum and what stands before.

use super::plain::Plain;
use super::{Found, Kind};

/// Digits of the longest number that is looked for, with a country code before a phone.
const LONGEST: usize = 19;
/// Characters before a number that say what it is.
const CONTEXT: usize = 10;

const OF_PHONES: &[&str] = &[
    "电话", "手机", "号码", "联系", "致电", "拨打", "打给", "回电", "短信", "tel", "phone", "mobile", "热线", "座机",
    "收件", "收货", "微信", "加我", "call",
];
const OF_CARDS: &[&str] = &[
    "卡号",
    "银行",
    "信用卡",
    "储蓄卡",
    "借记卡",
    "打到",
    "打款",
    "收款",
    "汇款",
    "转账",
    "账号",
    "账户",
    "帐号",
    "开户",
    "卡:",
    "卡是",
];
const OF_IDS: &[&str] = &["身份证", "证件", "实名", "身份号", "id"];
/// What comes behind these is a number of the trade.
const OF_TRADE: &[&str] = &[
    "订单",
    "单号",
    "运单",
    "快递",
    "物流",
    "货号",
    "编号",
    "款号",
    "型号",
    "条码",
    "条形码",
    "sku",
    "offer",
    "批次",
    "税号",
    "信用代码",
    "流水",
    "交易号",
    "退款号",
    "发票",
    "面单",
    "编码",
    "id:",
    "商品",
];
/// What a count or a price ends with.
const MEASURES: &str = "元块件个双只箱包条米克斤吨套台张片瓶盒袋年";

/// One digit: its value (10 for X) and where it stands.
#[derive(Clone, Copy)]
struct Digit {
    value: u8,
    place: usize,
}

/// Digits that stand together, and what is between them and the ones before.
struct Group {
    digits: Vec<Digit>,
    gap: Gap,
}

/// What stands between two groups of digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing: the number begins here.
    None,
    /// A space, a dash or a bracket.
    Loose,
    /// A mark that also stands in prices and lists.
    Mark(char),
    /// A few words: 后面是.
    Words,
}

pub(super) fn find(plain: &Plain) -> Vec<Found> {
    let mut found = Vec::new();
    for chain in chains(&plain.chars) {
        let mut at = 0;
        while at < chain.len() {
            match longest(plain, &chain, at) {
                Some((piece, groups)) => {
                    found.push(piece);
                    at += groups;
                }
                None => at += 1,
            }
        }
    }
    found
}

/// The best number that begins with a group, and of how many groups it is.
fn longest(plain: &Plain, chain: &[Group], from: usize) -> Option<(Found, usize)> {
    let mut digits: Vec<Digit> = Vec::new();
    let mut best: Option<(Found, usize)> = None;
    for (count, group) in chain[from..].iter().enumerate() {
        digits.extend(&group.digits);
        if digits.len() > LONGEST {
            break;
        }
        let gaps: Vec<Gap> = chain[from + 1..=from + count].iter().map(|group| group.gap).collect();
        let sizes: Vec<usize> = chain[from..=from + count].iter().map(|group| group.digits.len()).collect();
        let Some(kind) = kind_of(plain, &digits, &gaps, &sizes) else { continue };
        let (mut start, mut end) = (digits[0].place, digits[digits.len() - 1].place + 1);
        if kind == Kind::Phone && start > 0 && plain.chars[start - 1] == '+' {
            start -= 1;
        }
        if kind == Kind::Phone && start > 0 && "(".contains(plain.chars[start - 1]) {
            start -= 1;
        }
        end = end.min(plain.chars.len());
        best = Some((Found { kind, start, end }, count + 1));
    }
    best
}

fn kind_of(plain: &Plain, digits: &[Digit], gaps: &[Gap], sizes: &[usize]) -> Option<Kind> {
    let first = digits[0].place;
    let before = plain.before(first, CONTEXT).to_lowercase();
    let cue = |words: &[&str]| words.iter().filter_map(|word| before.rfind(word)).max();
    let values: Vec<u8> = digits.iter().map(|digit| digit.value).collect();
    let trade = cue(OF_TRADE);
    // The word that stands nearest to the number is the one that means it.
    let nearer = |mine: Option<usize>| mine.is_some() && mine >= trade;
    if is_id(&values) && (trade.is_none() || nearer(cue(OF_IDS)) || id_checks(&values)) {
        return Some(Kind::Id);
    }
    if nearer(cue(OF_IDS)) && (looks_like_id(&values) || is_old_id(&values)) {
        return Some(Kind::Id);
    }
    if is_card(&values, sizes, (nearer(cue(OF_CARDS)), trade.is_some())) {
        return Some(Kind::Card);
    }
    let last = digits[digits.len() - 1].place;
    is_phone(plain, &values, (first, last), gaps, sizes, nearer(cue(OF_PHONES)), trade.is_some()).then_some(Kind::Phone)
}

/// 18 digits with a birthday and the checksum of MOD 11-2.
fn is_id(values: &[u8]) -> bool {
    looks_like_id(values) && id_checks(values)
}

fn looks_like_id(values: &[u8]) -> bool {
    if values.len() != 18 || values[..17].contains(&10) {
        return false;
    }
    let number = |from: usize, to: usize| values[from..to].iter().fold(0_u32, |all, v| all * 10 + u32::from(*v));
    (1..=8).contains(&values[0])
        && (1900..=2035).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14))
}

fn id_checks(values: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [u8; 11] = [1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| u32::from(*value) * weight).sum();
    values.len() == 18 && values[17] == CHECKS[(sum % 11) as usize]
}

/// The 15 digits of before 1999; too many other numbers look so without a word before them.
fn is_old_id(values: &[u8]) -> bool {
    let number = |from: usize, to: usize| values[from..to].iter().fold(0_u32, |all, v| all * 10 + u32::from(*v));
    values.len() == 15
        && !values.contains(&10)
        && (1..=8).contains(&values[0])
        && (1..=12).contains(&number(8, 10))
        && (1..=31).contains(&number(10, 12))
}

fn is_card(values: &[u8], sizes: &[usize], (named, trade): (bool, bool)) -> bool {
    let count = values.len();
    if !(13..=19).contains(&count) || values.contains(&10) {
        return false;
    }
    let issuer = match (values[0], values[1]) {
        (6, 2) | (6, 0) | (6, 5) | (9, _) => (16..=19).contains(&count),
        (4, _) => count == 16 || count == 13 || (named && count == 19),
        (5, 1..=5) | (2, 2..=7) => count == 16,
        (3, 4 | 7) => count == 15,
        (3, 5) => count == 16,
        _ => false,
    };
    let grouped = sizes.len() >= 3 && sizes[..sizes.len() - 1].iter().all(|size| *size == 4);
    if named {
        return luhn(values) || (issuer && values[0] == 6);
    }
    // Order numbers begin with 1 to 4 and pass the checksum by chance one time in ten.
    let sure = values[0] == 6 || values[0] == 5 || (values[0] == 4 && count == 16) || (values[0] == 3 && count == 15);
    luhn(values) && issuer && !trade && (grouped || sure)
}

fn luhn(values: &[u8]) -> bool {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(at, value)| {
            let doubled = u32::from(*value) * if at % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[expect(clippy::too_many_arguments, reason = "a number, where it stands, how it is grouped and what is said of it")]
fn is_phone(
    plain: &Plain,
    values: &[u8],
    (first, last): (usize, usize),
    gaps: &[Gap],
    sizes: &[usize],
    named: bool,
    trade: bool,
) -> bool {
    if values.contains(&10) {
        return false;
    }
    let local = match values {
        [8, 6, rest @ ..] | [0, 0, 8, 6, rest @ ..] if rest.len() == 11 => rest,
        [0, rest @ ..] if rest.len() == 11 && rest[0] == 1 => rest,
        all => all,
    };
    let mobile = local.len() == 11 && local[0] == 1 && local[1] >= 3;
    let grouped = !gaps.is_empty();
    let area = match values {
        [0, 1, 0, ..] | [0, 2, ..] => values.len() == 11,
        [0, 3..=9, ..] => values.len() == 11 || values.len() == 12,
        _ => false,
    };
    let landline = area && (named || grouped && matches!(sizes, [3 | 4, 7 | 8] | [3 | 4, 3 | 4, 4]));
    let service = values.len() == 10 && matches!(values, [4 | 8, 0, 0, ..]) && (named || grouped);
    if !(mobile || landline || service) || (trade && !named) {
        return false;
    }
    // A number glued to letters is a code, unless the letters say phone.
    let head: String = plain.before(first, 8).chars().rev().take_while(char::is_ascii_alphabetic).collect();
    let head: String = head.chars().rev().collect::<String>().to_lowercase();
    let says =
        ["", "tel", "phone", "mobile", "mob", "vx", "wx", "v", "call", "t", "m", "p", "no", "sj", "dh", "qq", "x"];
    if !says.contains(&head.as_str()) && !head.ends_with("tel") {
        return false;
    }
    let next = plain.chars.get(last + 1);
    if next.is_some_and(|c| c.is_ascii_alphabetic() || (MEASURES.contains(*c) && !named)) && !grouped {
        return false;
    }
    let marks: Vec<char> =
        gaps.iter().filter_map(|gap| if let Gap::Mark(mark) = gap { Some(*mark) } else { None }).collect();
    let one_mark = marks.windows(2).all(|pair| pair[0] == pair[1]) && (marks.is_empty() || marks.len() == gaps.len());
    let usual = sizes.iter().all(|size| *size == 1)
        || matches!(
            sizes,
            [3, 4, 4]
                | [4, 4, 3]
                | [3, 8]
                | [7, 4]
                | [3, 3, 5]
                | [4, 3, 4]
                | [3, 4, 2, 2]
                | [2, 3, 4, 4]
                | [3, 2, 3, 3]
                | [3, 3, 3, 2]
                | [1, 3, 3, 4]
                | [1, 2, 4, 4]
                | [5, 6]
                | [6, 5]
        );
    // Prices and lists have the same marks: only a phone's usual groups are one.
    (marks.is_empty() && !gaps.contains(&Gap::Words))
        || (usual && (one_mark || gaps.contains(&Gap::Words)))
        || (named && one_mark)
}

/// Stretches of digits with no more between them than people put into one number.
fn chains(chars: &[char]) -> Vec<Vec<Group>> {
    let mut chains: Vec<Vec<Group>> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if digit(chars, at).is_none() {
            at += 1;
            continue;
        }
        let mut chain: Vec<Group> = Vec::new();
        let mut gap = Gap::None;
        loop {
            let mut digits = Vec::new();
            while let Some(value) = digit(chars, at) {
                digits.push(Digit { value, place: at });
                at += 1;
            }
            chain.push(Group { digits, gap });
            match gap_at(chars, at) {
                Some((next, between)) => (at, gap) = (next, between),
                None => break,
            }
        }
        chains.push(chain);
    }
    chains
}

/// The value of a digit, in figures, in 汉字, or as a letter that stands among figures for one.
fn digit(chars: &[char], at: usize) -> Option<u8> {
    let c = *chars.get(at)?;
    let near = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit());
    let beside = || near(at.checked_sub(1).and_then(|at| chars.get(at))) || near(chars.get(at + 1));
    let two_before = || at >= 2 && chars[at - 1].is_ascii_digit() && chars[at - 2].is_ascii_digit();
    Some(match c {
        '0'..='9' => c as u8 - b'0',
        '零' | '〇' | '洞' => 0,
        '一' | '壹' | '幺' | '么' => 1,
        '二' | '两' | '贰' | '兩' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' | '拐' => 7,
        '八' | '捌' => 8,
        '九' | '玖' | '勾' => 9,
        'o' | 'O' if beside() || matches!(at.checked_sub(1).map(|at| chars[at]), Some('o' | 'O')) => 0,
        'l' | 'I' | '|'
            if beside() && two_before()
                || (c == 'l' || c == 'I') && near(chars.get(at + 1)) && near(chars.get(at + 2)) =>
        {
            1
        }
        // The check of an id. Elsewhere it is the sign between two sizes.
        'x' | 'X' if at > 0 && figure(chars[at - 1]) && !chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric) => {
            10
        }
        _ => return None,
    })
}

/// A digit whatever stands around it.
fn figure(c: char) -> bool {
    c.is_ascii_digit() || "零〇一壹幺二两贰三叁四肆五伍六陆七柒八捌九玖".contains(c)
}

/// What may stand between two groups of one number, and where the next begins.
fn gap_at(chars: &[char], at: usize) -> Option<(usize, Gap)> {
    const WORDS: [&str; 12] = [
        "后面是",
        "然后是",
        "然后",
        "再加",
        "接着是",
        "接着",
        "后面",
        "最后是",
        "最后",
        "中间是",
        "后四位是",
        "后四位",
    ];
    let skip = |from: usize| {
        let mut here = from;
        while here < chars.len() && here < from + 3 && " -.,/·_*()~，、。".contains(chars[here]) {
            here += 1;
        }
        here
    };
    let end = skip(at);
    if end > at && digit(chars, end).is_some() {
        let between = &chars[at..end];
        let mark = between.iter().find(|c| !" -()".contains(**c));
        return Some((end, mark.map_or(Gap::Loose, |mark| Gap::Mark(*mark))));
    }
    for word in WORDS {
        let letters: Vec<char> = word.chars().collect();
        if chars[end.min(chars.len())..].starts_with(&letters) {
            let next = skip(end + letters.len());
            return digit(chars, next).map(|_| (next, Gap::Words));
        }
    }
    None
}
