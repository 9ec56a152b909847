//! The check of running text: facts are named by id, and nothing else in it counts, measures or compares.

use xiaoer_sdk::{Facts, Unit, Value, placeholders};

use super::claims::claims;
use super::contact::contact;
use super::han::han_figures;
use super::subject::subject;
use super::words::{NOT_SHARES, SHARES};
use super::{Problem, plain, visible};

/// Longest text, in characters.
const LONGEST: usize = 1500;
/// Stands in place of an id while a text is looked at; [`visible`] takes it out of what a model writes.
pub(super) const MARK: char = '\u{fffc}';
/// Directly before an id these change what it says: 近{x}, -{x}, 负{x}.
const BENDS: &[&str] = &[
    "接近", "将近", "不足", "不到", "超", "逾", "破", "近", "负", "-", "+", "±", "*", "×", "/", "÷", "=", "~", "≈",
    "<", ">", "≥", "≤", "￥", "¥",
];
/// Units that would stand twice, or make another figure of it: {x}万.
const DOUBLED: &[&str] = &[
    "%",
    "个百分点",
    "百分点",
    "元",
    "万",
    "亿",
    "千",
    "百",
    "十",
    "倍",
    "成",
    "折",
    "人",
    "单",
    "件",
    "笔",
    "个",
    "款",
    "天",
    "小时",
    "分",
    "次",
    "位",
    "名",
    "家",
    "条",
    "种",
];
/// What begins with one of them and is none.
const NO_UNIT: &[&str] = &[
    "元旦", "元素", "万一", "百货", "百搭", "十分", "成交", "成本", "成功", "成为", "成绩", "成长", "成熟", "成效",
    "折扣", "折合", "折后", "人均", "人群", "人气", "单价", "单品", "单独", "单量", "件数", "笔数", "个别", "款式",
    "款项", "天猫", "分别", "分布", "分析", "分散", "分开", "分成", "次日", "次要", "次数", "位于", "位列", "位置",
    "名列", "名称", "家居", "家具", "条件", "条码", "种类",
];
/// Words after which a figure is due; with nothing behind them a slot was left blank.
const DUE: &[&str] = &["为", "达", "达到", "共", "约", "仅", "较", "比", "升至", "降至", "增至", "减至"];
const BLANKS: &[&str] = &["XX", "xx", "××", "__", "＿＿", "某某", "[]", "【】", "……元"];
const ENGLISH: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "dozen", "hundred", "thousand",
    "million", "half", "double", "twice", "triple", "percent",
];

/// Checks running text that a model wrote; gives it back as it may be shown.
///
/// # Errors
/// What is wrong, in words that go back to the model.
pub fn narrative(text: &str, facts: &Facts) -> Result<String, Vec<Problem>> {
    let text = visible(text);
    let mut problems = Vec::new();
    if text.is_empty() {
        return Err(vec![Problem::new("整个回答", "是空的")]);
    }
    if text.chars().count() > LONGEST {
        return Err(vec![Problem::new(&text, "太长")]);
    }
    let (bare, ids) = bare(&text);
    for id in ids.iter().filter(|id| facts.get(id).is_none()) {
        problems.push(Problem::new(&format!("{{{id}}}"), "没有这个编号"));
    }
    braces(&bare, &mut problems);
    blanks(&bare, &mut problems);
    // A name that a fact has from its skill is no claim: 最高退款金额.
    let named = ids
        .iter()
        .filter_map(|id| facts.get(id))
        .fold(bare.clone(), |text, fact| text.replace(subject(&fact.label), ""));
    numbers(&text, &bare, &mut problems);
    shares(&named, &mut problems);
    around_ids(&bare, &ids, facts, &mut problems);
    if let Some(way_out) = contact(&bare, &[]) {
        problems.push(Problem::new(&way_out, "不能写联系方式或网址"));
    }
    if problems.is_empty() {
        problems = claims(&bare, &ids, facts);
    }
    if problems.is_empty() { Ok(text) } else { Err(problems) }
}

/// The text with every id as one mark and without spaces (a space inside a number word must not hide it), and the ids in order.
fn bare(text: &str) -> (String, Vec<String>) {
    let (mut out, mut rest) = (String::new(), text);
    let ids: Vec<String> = placeholders(text).into_iter().map(String::from).collect();
    for id in &ids {
        if let Some((before, after)) = rest.split_once(&format!("{{{id}}}")) {
            out.push_str(before);
            out.push(MARK);
            rest = after;
        }
    }
    out.push_str(rest);
    (out.chars().filter(|c| !c.is_whitespace() || *c == '\n').collect(), ids)
}

fn braces(bare: &str, problems: &mut Vec<Problem>) {
    if let Some(at) = bare.find(['{', '}', '｛', '｝']) {
        let piece: String = bare[at..].chars().take(20).collect();
        problems.push(Problem::new(&piece, "编号写法不对，只能是给出的 {编号}"));
    }
}

fn numbers(text: &str, bare: &str, problems: &mut Vec<Problem>) {
    let digits: String = bare.chars().filter(|c| c.is_numeric()).collect();
    if !digits.is_empty() {
        problems.push(Problem::new(&digits, "是自己写的数字，只能用编号"));
    }
    for figure in han_figures(bare) {
        problems.push(Problem::new(&figure.piece, "是自己写的数量，只能用编号"));
    }
    let latin = text.to_lowercase();
    let mut words = latin.split(|c: char| !c.is_ascii_alphabetic());
    if let Some(word) = words.find(|word| ENGLISH.contains(word)) {
        problems.push(Problem::new(word, "是自己写的数字，只能用编号"));
    }
}

fn shares(bare: &str, problems: &mut Vec<Problem>) {
    let plain: String = bare.chars().map(plain).collect();
    let claims = NOT_SHARES.iter().fold(plain, |text, fine| text.replace(fine, ""));
    for share in SHARES.iter().filter(|share| claims.contains(**share)) {
        problems.push(Problem::new(share, "这种比例、倍数或排名没有依据"));
    }
}

/// An id is rendered with its unit and sign: what touches it must not add another one.
fn around_ids(bare: &str, ids: &[String], facts: &Facts, problems: &mut Vec<Problem>) {
    let plain: String = bare.chars().map(|c| if c == MARK { c } else { plain(c) }).collect();
    for ((at, _), id) in plain.match_indices(MARK).zip(ids) {
        let (before, after) = (&plain[..at], &plain[at + MARK.len_utf8()..]);
        // 最近{x} and 近{x} are spans of days, where the figure is one.
        let days = facts.get(id).is_some_and(|fact| matches!(fact.value, Value::Count(_, Unit::Days | Unit::Hours)));
        let span = before.ends_with("最近") || (days && before.ends_with('近'));
        let dash = before.ends_with("--");
        if let Some(bend) = BENDS.iter().find(|bend| before.ends_with(**bend) && !dash && !span) {
            problems.push(Problem::new(&format!("{bend}{{{id}}}"), "编号前面不能加这样的字或符号"));
        }
        if after.starts_with(MARK) || after.starts_with(['*', '×', '/', '÷', '+', '=', '~']) {
            problems.push(Problem::new(&format!("{{{id}}}"), "两个编号之间要有文字，不能自己计算"));
        }
        let no_unit = NO_UNIT.iter().any(|word| after.starts_with(word));
        if let Some(unit) = DOUBLED.iter().find(|unit| after.starts_with(**unit) && !no_unit) {
            problems.push(Problem::new(&format!("{{{id}}}{unit}"), "编号自带单位，后面不能再写单位"));
        }
    }
}

/// A model that was tempted to write a figure, and may not, leaves a gap: 金额为，
fn blanks(bare: &str, problems: &mut Vec<Problem>) {
    if let Some(blank) = BLANKS.iter().find(|blank| bare.contains(**blank)) {
        problems.push(Problem::new(blank, "是空着的位置，要么写编号，要么不提"));
    }
    let plain: String = bare.chars().map(plain).collect();
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| ",。;、!.元\n".contains(c));
    // 因为, 相比, 占比: no figure is due behind these.
    let whole =
        |before: &str| before.ends_with(['因', '以', '认', '成', '作', '行', '相', '同', '环', '占', '价', '对', '比']);
    for due in DUE {
        let mut places = plain.match_indices(due);
        if places.any(|(at, _)| ends(&plain[at + due.len()..]) && !whole(&plain[..at])) {
            problems.push(Problem::new(due, "后面空着，要么写编号，要么不提"));
        }
    }
}
