//! The check of running text: facts are named by id, and nothing else in it counts, measures or compares.

use xiaoer_sdk::{Fact, Facts, placeholders};

use super::claims::claims;
use super::contact::contact;
use super::edges::around_ids;
use super::gaps::{blanks, gaps};
use super::han::han_figures;
use super::levels::with_doublings_checked;
use super::names::without_names;
use super::subject::subject;
use super::words::{NOT_SHARES, SHARES};
use super::{Problem, plain, visible};

/// Longest text, in characters.
const LONGEST: usize = 1500;
/// Stands in place of an id while a text is looked at; [`visible`] takes it out of what a model writes.
pub(super) const MARK: char = '\u{fffc}';
const ENGLISH: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "dozen",
    "hundred",
    "thousand",
    "million",
    "half",
    "double",
    "twice",
    "triple",
    "percent",
    "zero",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "billion",
    "dozens",
    "hundreds",
    "thousands",
    "millions",
    "quarter",
    "third",
    "tenth",
    "first",
    "second",
    "top",
    "doubled",
    "tripled",
    "once",
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
    let bare = with_doublings_checked(&bare, &ids, facts);
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
    let used: Vec<&Fact> = ids.iter().filter_map(|id| facts.get(id)).collect();
    numbers(&text, &without_names(&bare, &used, facts), &used, &mut problems);
    shares(&named, &mut problems);
    gaps(&bare, facts, &mut problems);
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

fn numbers(text: &str, bare: &str, used: &[&Fact], problems: &mut Vec<Problem>) {
    let digits: String = bare.chars().filter(|c| c.is_numeric()).collect();
    if !digits.is_empty() {
        problems.push(Problem::new(&digits, "是自己写的数字，只能用编号"));
    }
    let of_a_name = |piece: &str| used.iter().any(|fact| fact.label.contains(piece));
    for figure in han_figures(bare).iter().filter(|figure| !of_a_name(&figure.piece)) {
        problems.push(Problem::new(&figure.piece, "是自己写的数量，只能用编号"));
    }
    let words =
        placeholders(text).into_iter().fold(text.to_owned(), |text, id| text.replace(&format!("{{{id}}}"), " "));
    let latin = words.to_lowercase();
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
