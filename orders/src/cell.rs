//! One cell's text → a decimal, an id, a flag, a text. Times are in `time`.
//!
//! Each function answers `Ok(None)` for a blank cell, and a [`Problem`] for one that it does not understand beyond doubt.
//! It must never repair: a number with an exponent has lost digits, `1,5` may be 15 or 1.5, and a wrong amount that loads
//! is worse than a row that is named.

use rust_decimal::Decimal;

use crate::error::Problem;
use crate::sheet::{Field, Kind};

/// Ten thousand times what any shop on the platform turns over in a year; below it no sum of rows can overflow.
const LARGEST: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0); // 10^12

/// A text, or nothing. Control characters are taken out, so that no stored text can break a log or a page.
pub(crate) fn text(field: Field<'_>) -> Option<String> {
    let kept: String = field.text.chars().filter(|&c| c == '\n' || !(c.is_control() || invisible(c))).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// An order number, an offer, a variant: kept digit for digit.
pub(crate) fn id(field: Field<'_>) -> Result<Option<String>, Problem> {
    let damaged =
        || field.problem("这个编号被存成了数字，超过 15 位的部分已经丢失，请用后台下载的原始文件，不要用 Excel 改存。");
    match field.kind {
        Kind::Damaged => return Err(damaged()),
        Kind::Fault => return Err(field.problem("这个单元格是公式错误，请改成正确的编号。")),
        Kind::Text | Kind::Number => {}
    }
    let Some(text) = text(field) else {
        return Ok(None);
    };
    // What makes a spreadsheet keep a number as text, and a Chinese keyboard's digits, are no part of the id.
    let bare = text.strip_prefix('\'').unwrap_or(&text).trim();
    let plain: String = bare.chars().map(half_width).collect();
    let bare = if plain.bytes().all(|b| b.is_ascii_digit()) { plain.as_str() } else { bare };
    if has_exponent(bare) {
        return Err(damaged());
    }
    Ok((!bare.is_empty()).then(|| bare.to_owned()))
}

/// `2.9E+17` and its like, which is what a spreadsheet leaves of a long id in a CSV.
fn has_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let signed = exponent.strip_prefix(['+', '-']);
    // "12E3" without point and sign may well be somebody's article number.
    (signed.is_some_and(digits) || mantissa.contains('.') && digits(exponent))
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
}

/// Yuan, pieces or a count, exactly as written. A sign is allowed; callers that want none use [`positive`].
pub(crate) fn decimal(field: Field<'_>) -> Result<Option<Decimal>, Problem> {
    if is_blank(field) {
        return Ok(None);
    }
    if field.kind == Kind::Damaged {
        return Err(field.problem("这个数字超过 15 位，已不准确，请检查后改正。"));
    }
    let plain: String = field.text.chars().map(half_width).filter(|&c| !invisible(c)).collect();
    let plain = plain.trim();
    let plain = plain.strip_suffix('元').unwrap_or(plain).trim_end();
    let (negative, plain) = match plain.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let plain = plain.strip_prefix(['¥', '￥']).unwrap_or(plain).trim_start();
    let digits = without_separators(plain).filter(|digits| digits.len() <= 30);
    let value = digits.and_then(|digits| Decimal::from_str_exact(&digits).ok());
    match value {
        Some(value) if value <= LARGEST && value.scale() <= 12 => Ok(Some(if negative { -value } else { value })),
        Some(_) => Err(field.problem(format!("“{}”超出了可以读取的数字范围，请检查后改正。", shown(field.text)))),
        None => Err(field.problem(format!("“{}”不是可以读取的数字，请检查后改正。", shown(field.text)))),
    }
}

/// The digits of `1234.5`, `1,234.5` or `.5`; nothing for any other grouping.
fn without_separators(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| is_digits(first))?;
    let mut digits = first.to_owned();
    for group in groups {
        if first.is_empty() || first.len() > 3 || group.len() != 3 || !is_digits(group) {
            return None;
        }
        digits.push_str(group);
    }
    if let Some(fraction) = fraction {
        if !is_digits(fraction) || (fraction.is_empty() && digits.is_empty()) {
            return None;
        }
        // Zeros at the end carry nothing, and a writer's "1.000000000000000" must not count as too fine.
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            digits.push('.');
            digits.push_str(fraction);
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// A decimal that must not be below zero.
pub(crate) fn positive(field: Field<'_>) -> Result<Option<Decimal>, Problem> {
    match decimal(field)? {
        Some(value) if value < Decimal::ZERO => {
            Err(field.problem(format!("“{}”是负数，这一列不应为负，请检查后改正。", shown(field.text))))
        }
        value => Ok(value),
    }
}

/// A whole number of things.
pub(crate) fn count(field: Field<'_>) -> Result<Option<u64>, Problem> {
    let Some(value) = positive(field)? else {
        return Ok(None);
    };
    let whole = value.fract().is_zero().then(|| u64::try_from(value).ok()).flatten();
    whole.map(Some).ok_or_else(|| field.problem(format!("“{}”不是整数，请检查后改正。", shown(field.text))))
}

/// Yes or no, in the ways people write it.
pub(crate) fn flag(field: Field<'_>) -> Result<Option<bool>, Problem> {
    match field.text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "1" | "是" => Ok(Some(true)),
        "false" | "0" | "否" => Ok(Some(false)),
        _ => Err(field.problem(format!("“{}”应填 是 或 否（true/false、1/0 也可以）。", shown(field.text)))),
    }
}

/// Blank, or the dash that platform tables write for "none".
pub(crate) fn is_blank(field: Field<'_>) -> bool {
    matches!(field.text, "" | "-" | "--" | "—")
}

/// The beginning of a text, fit for a message.
pub(crate) fn shown(text: &str) -> String {
    let clean = |c: &char| !c.is_control() && !invisible(*c);
    let mut shown: String = text.chars().filter(clean).take(20).collect();
    if text.chars().filter(clean).nth(20).is_some() {
        shown.push('…');
    }
    shown
}

/// Letters, digits and brackets typed with a Chinese keyboard, as their common twins.
pub(crate) fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        other => other,
    }
}

/// Marks that no one sees and that make two equal texts differ.
pub(crate) fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}
