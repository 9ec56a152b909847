//! Quantities in 汉字: which runs of numerals count something, and what number they are.

use std::sync::LazyLock;

use super::numbers::{Figure, before, one_spelling, starts, unit_at};
use super::plain;
use super::words::{CLAIMING, HARMLESS, NOT_NOUGHT};
use crate::lexicon::Lexicon;

/// Every quantity in 汉字.
pub(super) fn han_figures(text: &str) -> Vec<Figure> {
    han(&text.chars().map(plain).collect::<Vec<_>>())
}

pub(super) fn han(chars: &[char]) -> Vec<Figure> {
    let masked = masked(chars);
    let mut found = Vec::new();
    let mut at = 0;
    while at < masked.len() {
        let length = masked[at..].iter().take_while(|c| numeral(**c)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let end = at + length;
        let counted = |at: usize| masked.get(at).is_some_and(|c| numeral(*c) || c.is_ascii_digit());
        if masked[at..end] == ['百'] && starts(&masked, end, "分之") && counted(end + 2) {
            // 百分之 is the unit of what follows.
            at = end + 2;
            continue;
        }
        let hundredths = masked[..at].ends_with(&['百', '分', '之']);
        let opens = starts(&masked, end, "分之");
        // 三大箱, 十来单: one letter may stand between the number and its unit.
        let between = usize::from(masked.get(end).is_some_and(|c| "多余来几大小整".contains(*c)));
        let unit = [0, between].into_iter().find_map(|skip| Some((unit_at(&masked, end + skip)?, skip)));
        let (unit, end) = match unit {
            _ if hundredths => ("%", end),
            _ if opens => ("分之", end + 2),
            Some((unit, skip)) => (unit, end + skip + unit.chars().count()),
            None => ("", end),
        };
        let run: String = masked[at..at + length].iter().collect();
        if hundredths || is_quantity(&masked, at, &run, unit) {
            let piece = chars[at..end].iter().collect();
            let unit = one_spelling(unit).into();
            found.push(Figure { piece, prefix: String::new(), value: value_of(&run), unit, before: before(chars, at) });
        }
        at += length;
    }
    found
}

/// Whether a run of numerals counts something.
fn is_quantity(chars: &[char], at: usize, run: &str, unit: &str) -> bool {
    let after = chars.get(at + run.chars().count());
    match run {
        "零" => after.is_none_or(|c| !NOT_NOUGHT.contains(*c)),
        // Number and measure word in one.
        "俩" | "仨" => true,
        "半" | "几" | "幾" => !unit.is_empty(),
        _ if !unit.is_empty() || run.chars().count() > 1 => true,
        _ => {
            let ends = after.is_none_or(|c| !c.is_alphanumeric());
            before(chars, at).is_some_and(|c| CLAIMING.contains(c) || (ends && "为是有到了至".contains(c)))
        }
    }
}

/// The text with words that only look like numbers blanked out.
fn masked(chars: &[char]) -> Vec<char> {
    static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(HARMLESS.iter().copied()));
    let mut out = chars.to_vec();
    for at in 0..chars.len() {
        for (length, ()) in WORDS.all(|step| chars.get(at + step).copied().unwrap_or('\0')) {
            let end = at + length;
            let numeral_before = numeral(chars[at]) && at > 0 && numeral(chars[at - 1]);
            let last = chars[end - 1];
            let goes_on = chars.get(end).is_some_and(|next| {
                (numeral(last) && numeral(*next))
                    || (numeral(last) && starts(chars, end, "分之"))
                    || (last == '分' && "之钟".contains(*next))
            });
            if !numeral_before && !goes_on {
                out[at..end].fill('\u{fffd}');
            }
        }
    }
    out
}

fn numeral(c: char) -> bool {
    "零〇一二三四五六七八九两兩壹贰叁肆伍陆柒捌玖俩仨十百千万亿拾佰仟萬億廿卅半几幾".contains(c)
}

/// A run of numerals in figures: 一百二十 is 120, 八五 is 85; what is no plain number stays as it is.
fn value_of(run: &str) -> String {
    let digit = |c: char| match c {
        '零' | '〇' => Some(0),
        '一' | '壹' => Some(1),
        '二' | '两' | '兩' | '贰' | '俩' => Some(2),
        '三' | '叁' | '仨' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        _ => None,
    };
    let scale = |c: char| match c {
        '十' | '拾' => Some(10_u64),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1000),
        '万' | '萬' => Some(10_000),
        '亿' | '億' => Some(100_000_000),
        _ => None,
    };
    if let Some(digits) = run.chars().map(digit).collect::<Option<Vec<u64>>>() {
        return digits.iter().map(ToString::to_string).collect();
    }
    let (mut total, mut section, mut last) = (0_u64, 0_u64, None);
    for c in run.chars() {
        match (digit(c), scale(c)) {
            (Some(n), _) => last = Some(n),
            (None, Some(n)) if n < 10_000 => {
                section = section.saturating_add(last.take().unwrap_or(1).saturating_mul(n))
            }
            (None, Some(n)) => {
                let below = section.saturating_add(last.take().unwrap_or(0)).max(1);
                (total, section) = (total.saturating_add(below.saturating_mul(n)), 0);
            }
            (None, None) => return run.into(),
        }
    }
    total.saturating_add(section).saturating_add(last.unwrap_or(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_only_look_like_numbers_are_none() {
        let text = "统一发货，一些买家一起拼单，万一缺货请第一时间一一说明；十分感谢，支持一件代发、一键铺货，几乎每一单都及时，周一处理零售单";
        assert_eq!(han_figures(text), []);
        for quantity in [
            "十分之一",
            "十分钟",
            "十一起",
            "三万一千",
            "上百",
            "成千上万",
            "买一送一",
            "零退款",
            "两成",
            "半天",
            "几十单",
            "前三",
        ] {
            assert!(!han_figures(quantity).is_empty(), "{quantity}");
        }
    }
}
