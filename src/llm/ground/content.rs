//! The check of typed answers: titles, drafts, choices. A number may be repeated, with its unit, and never made.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::contact::contact;
use super::numbers::{Figure, figures};
use super::words::NOT_SHARES;
use super::{Problem, plain, visible};
use crate::lexicon::Lexicon;

/// Longest text of an answer, in characters, where the schema sets no limit.
const LONGEST: usize = 2000;
/// 一 with these is a turn of phrase (给您一个答复) unless something is promised with it (送一个).
const PHRASES: &[&str] = &["一个", "一种", "一款", "一位", "一份", "一项", "一次", "一条", "一名", "一家"];
/// Multiples and shares that are no number with a unit.
const MULTIPLES: &[&str] =
    &["倍", "翻番", "翻了", "过半", "半数", "减半", "折半", "半价", "腰斩", "数十", "数百", "数千", "数万"];
const PROMISING: &str = "买满送减赠第返免享";

/// Checks every text of an answer against what it may draw on. Words that the schema itself offers, such as a choice, are free.
///
/// # Errors
/// What is wrong, in words that go back to the model.
pub fn content(answer: &Value, schema: &Value, grounds: &[String]) -> Result<(), Vec<Problem>> {
    let mut offered = BTreeSet::new();
    collect_offered(schema, &mut offered);
    let mut texts = Vec::new();
    collect_texts(answer, &mut texts);
    let given: Vec<Figure> = grounds.iter().flat_map(|ground| figures(&visible(ground))).collect();
    let check = |text: &&str| !offered.contains(*text);
    let problems: Vec<_> = texts.into_iter().filter(check).flat_map(|text| faults(text, &given, grounds)).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn faults(text: &str, given: &[Figure], grounds: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if text.chars().count() > LONGEST {
        problems.push(Problem::new(text, "太长"));
        return problems;
    }
    let seen = visible(text);
    if seen != text.trim() {
        problems.push(Problem::new(&seen, "里有看不见的字符"));
    }
    for figure in figures(&seen).iter().filter(|figure| !phrase(figure)) {
        if !given.iter().any(|ground| covers(ground, figure)) {
            problems.push(Problem::new(&figure.piece, "这个数字（连同单位）不在给出的资料里"));
        }
    }
    let stands = |piece: &str| grounds.iter().any(|ground| ground.contains(piece));
    for odd in seen.chars().filter(|c| c.is_numeric() && !plain(*c).is_ascii_digit() && *c != '〇') {
        if !stands(&odd.to_string()) {
            problems.push(Problem::new(&odd.to_string(), "这个数字不在给出的资料里"));
        }
    }
    for multiple in multiples(&seen).into_iter().filter(|multiple| !stands(multiple)) {
        problems.push(Problem::new(multiple, "这种比例或倍数不在给出的资料里"));
    }
    if let Some(way_out) = contact(&seen, grounds) {
        problems.push(Problem::new(&way_out, "不能写联系方式或网址"));
    }
    problems
}

/// The multiples and shares that a text names.
fn multiples(text: &str) -> Vec<&'static str> {
    // What only looks like a share may also hide one until it is taken out: both are looked for.
    static WANTED: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::plain(MULTIPLES.iter().chain(NOT_SHARES.iter()).copied()));
    if !WANTED.is_in(&text.chars().collect::<Vec<_>>()) {
        return Vec::new();
    }
    let claims = NOT_SHARES.iter().fold(text.to_owned(), |text, fine| text.replace(fine, ""));
    MULTIPLES.iter().copied().filter(|multiple| claims.contains(*multiple)).collect()
}

/// Whether a number of the grounds is this number: same figures, same letters before it, and the same unit where it has one.
fn covers(ground: &Figure, figure: &Figure) -> bool {
    ground.value == figure.value
        && ground.prefix == figure.prefix
        && (figure.unit.is_empty() || figure.unit == ground.unit)
}

fn phrase(figure: &Figure) -> bool {
    PHRASES.contains(&figure.piece.as_str()) && !figure.before.is_some_and(|c| PROMISING.contains(c))
}

fn collect_texts<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                // A name that the schema does not offer was written by the model like any other text.
                texts.push(name);
                collect_texts(value, texts);
            }
        }
        _ => {}
    }
}

/// Names of properties and the words of choices.
fn collect_offered(schema: &Value, offered: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("properties", Value::Object(properties)) => offered.extend(properties.keys().cloned()),
                    ("enum", Value::Array(words)) => {
                        offered.extend(words.iter().filter_map(Value::as_str).map(String::from))
                    }
                    ("const", Value::String(word)) => drop(offered.insert(word.clone())),
                    _ => {}
                }
                collect_offered(value, offered);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_offered(item, offered)),
        _ => {}
    }
}
