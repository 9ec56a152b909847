//! Numbers in a text, in figures and in 汉字, with their units: 3件 and 三件 are the same number.

use std::sync::LazyLock;

use super::han::han;
use super::plain;
use super::words::UNITS;
use crate::lexicon::Lexicon;

/// A number as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// The piece of text.
    pub(super) piece: String,
    /// The letters that stand directly before figures: L of L3.
    pub(super) prefix: String,
    /// The number in plain figures; 汉字 that are no plain number stay as they are.
    pub(super) value: String,
    /// The unit, in one spelling for each; empty when none follows.
    pub(super) unit: String,
    /// The character before it.
    pub(super) before: Option<char>,
}

/// Every number of a text.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut found = arabic(&chars);
    found.extend(han(&chars));
    found
}

fn arabic(chars: &[char]) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let (value, end) = whole_number(chars, at);
        let letters = chars[..at].iter().rev().take_while(|c| c.is_ascii_alphabetic()).count();
        // The x of 20x30 stands between two numbers and belongs to neither.
        let crossed = letters == 1 && "xX".contains(chars[at - 1]) && at > 1 && chars[at - 2].is_ascii_digit();
        let start = if crossed { at } else { at - letters };
        let (unit, end) = unit_after(chars, end);
        let unit = if chars[..start].ends_with(&['百', '分', '之']) { "%".into() } else { unit };
        let (prefix, unit) = match chars[..start].last() {
            Some('¥' | '￥') => (String::new(), "元".into()),
            _ => (chars[start..at].iter().collect::<String>().to_lowercase(), unit),
        };
        found.push(Figure {
            piece: chars[start..end].iter().collect(),
            prefix,
            value,
            unit,
            before: before(chars, start),
        });
        at = end.max(at + 1);
    }
    found
}

/// Digits with grouping commas and decimals, in their shortest form, and where they end.
fn whole_number(chars: &[char], start: usize) -> (String, usize) {
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = start + digits(start);
    while chars.get(end) == Some(&',') && digits(end + 1) == 3 {
        end += 4;
    }
    let mut value: String = chars[start..end].iter().filter(|c| **c != ',').collect();
    if chars.get(end) == Some(&'.') && chars.get(end + 1).is_some_and(char::is_ascii_digit) {
        let places = digits(end + 1);
        let fraction: String = chars[end + 1..=end + places].iter().collect();
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            value = format!("{value}.{fraction}");
        }
        end += 1 + places;
    }
    (value, end)
}

/// The unit at a place, after at most one space, and where it ends.
fn unit_after(chars: &[char], from: usize) -> (String, usize) {
    let start = if chars.get(from) == Some(&' ') { from + 1 } else { from };
    if let Some(c @ ('%' | '°' | '℃' | '㎡')) = chars.get(start) {
        return (c.to_string(), start + 1);
    }
    let letters = chars[start..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let crossed = letters == 1 && "xX".contains(chars[start]) && chars.get(start + 1).is_some_and(char::is_ascii_digit);
    if letters > 0 && !crossed {
        let unit: String = chars[start..start + letters].iter().collect();
        return (one_spelling(&unit.to_lowercase()).into(), start + letters);
    }
    match unit_at(chars, start) {
        Some(unit) => (one_spelling(unit).into(), start + unit.chars().count()),
        None => (String::new(), from),
    }
}

pub(super) fn unit_at(chars: &[char], at: usize) -> Option<&'static str> {
    static WORDS: LazyLock<Lexicon<&str>> = LazyLock::new(|| Lexicon::new(UNITS.iter().map(|unit| (*unit, *unit))));
    WORDS.longest(|step| chars.get(at + step).copied().unwrap_or('\0')).map(|(_, unit)| unit)
}

pub(super) fn one_spelling(unit: &str) -> &str {
    match unit {
        "克" => "g",
        "千克" | "公斤" => "kg",
        "毫升" => "ml",
        "升" => "l",
        "厘米" | "公分" => "cm",
        "毫米" => "mm",
        "米" => "m",
        "块" | "块钱" => "元",
        other => other,
    }
}

pub(super) fn starts(chars: &[char], at: usize, word: &str) -> bool {
    let mut rest = chars.get(at..).unwrap_or_default().iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

pub(super) fn before(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).and_then(|at| chars.get(at)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_words_are_the_same_number() {
        let one = |text: &str| {
            let found = figures(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            format!("{}|{}|{}", found[0].prefix, found[0].value, found[0].unit)
        };
        for (a, b) in [
            ("共3件", "共三件"),
            ("12,800.00元", "¥12800"),
            ("500g", "５００克"),
            ("120个", "一百二十个"),
            ("5%", "百分之五"),
            ("百分之5", "5％"),
            ("10000单", "一万单"),
            ("20500米", "两万零五百米"),
            ("2.5kg", "2.50公斤"),
            ("8折", "八折"),
            ("15天", "十五天"),
        ] {
            assert_eq!(one(a), one(b), "{a} {b}");
        }
        assert_eq!(one("L3级"), "l|3|级");
        assert_eq!(one("3XL"), "|3|xl");
    }

    #[test]
    fn a_size_is_two_numbers() {
        let of = |text| figures(text).into_iter().map(|f| (f.prefix, f.value)).collect::<Vec<_>>();
        assert_eq!(of("20x30cm"), of("20*30cm"));
    }
}
