//! Figures that are part of a name: 近30天 of a label, L3 of 距L3还差, the level that a fact is. They may be repeated as they stand, by
//! the fact that has them; everything else with a digit in it is a figure of the text's own.

use xiaoer_sdk::{Fact, Facts, Value};

use super::numbers::starts;
use super::plain;

/// Stands in place of a name that a fact has.
const NAMED: char = '\u{fffd}';

/// The text with such names blanked out. `used` are the facts that it names.
pub(super) fn without_names(bare: &str, used: &[&Fact], facts: &Facts) -> String {
    let chars: Vec<char> = bare.chars().collect();
    let mut out = chars.clone();
    let mut at = 0;
    while at < chars.len() {
        let length = chars[at..].iter().take_while(|c| token(**c)).count();
        let run = &chars[at..at + length];
        if run.iter().any(char::is_ascii_digit) && owned(&chars, at, length, used, facts) {
            out[at..at + length].fill(NAMED);
        }
        at += length.max(1);
    }
    out.into_iter().collect()
}

fn token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || plain(c) == '%' || (c.is_numeric() && !c.is_ascii())
}

fn owned(chars: &[char], at: usize, length: usize, used: &[&Fact], facts: &Facts) -> bool {
    let run: String = chars[at..at + length].iter().collect();
    let next = chars.get(at + length).copied();
    let lettered = run.starts_with(|c: char| c.is_ascii_alphabetic());
    // The platform's own name.
    if run == "1688" && ["店", "平台", "商家", "网", "上的", "卖家"].iter().any(|word| starts(chars, at + length, word))
    {
        return true;
    }
    if used.iter().any(|fact| holds(&fact.label, &run, if lettered { None } else { next })) {
        return true;
    }
    if lettered {
        let sentence = chars[..at].iter().rev().take_while(|c| !"。！？；，,\n".contains(**c));
        let before: String = sentence.collect::<Vec<_>>().into_iter().rev().collect();
        return level_named(&run, &before, facts);
    }
    // 近30天 by a fact of thirty days; whether it is the fact that the words mean is asked of each fact.
    let near = at > 0 && "近去这".contains(chars[at - 1]);
    let counted = next.is_some_and(|c| "天日".contains(c)) && chars.get(at + length + 1) != Some(&'均');
    near && counted && used.iter().any(|fact| fact.period.is_some_and(|period| period.days().to_string() == run))
}

/// Whether a label has the run as a whole, with the same letter behind it where one is asked for.
fn holds(label: &str, run: &str, next: Option<char>) -> bool {
    label.match_indices(run).any(|(at, _)| {
        let before = label[..at].chars().next_back();
        let after = label[at + run.len()..].chars().next();
        let whole = !before.is_some_and(token) && !after.is_some_and(token);
        whole && next.is_none_or(|next| after == Some(next))
    })
}

/// Whether a name of a level is the one that the words before it speak of.
fn level_named(run: &str, before: &str, facts: &Facts) -> bool {
    let levels = || facts.0.values().filter_map(|fact| Some((fact, name_of(&fact.value)?)));
    let named = levels().any(|(fact, name)| holds(name, run, None) && level_fits(before, &fact.label));
    let elsewhere = levels().filter(|(_, name)| !holds(name, run, None) && name.contains(|c: char| c.is_ascii_digit()));
    let said_of_another = elsewhere.into_iter().any(|(fact, _)| before.contains(fact.label.as_str()));
    named && !said_of_another
}

fn name_of(value: &Value) -> Option<&str> {
    if let Value::Name(name) = value { Some(name) } else { None }
}

/// Whether words about where a shop stands, or where it is going, fit the label of a level.
pub(super) fn level_fits(before: &str, label: &str) -> bool {
    let any = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let here = any(label, &["当前", "目前", "现在", "现有", "L等级", "店铺等级"]) || label == "等级";
    let ahead = any(label, &["下一级", "目标", "再上一级", "下个等级", "下一等级"]);
    let says_here = any(
        before,
        &["当前", "目前", "现在", "现为", "处于", "已升", "已达", "已经", "已是", "升级为", "达到", "保住"],
    );
    let says_ahead = any(before, &["距", "离", "冲", "升到", "升至", "升上", "下一级", "目标", "晋升", "还差"]);
    // 当前离{next}还差: what comes last before the name tells.
    if here {
        return says_here || !says_ahead;
    }
    !ahead || (!before.contains('已') && (says_ahead || !says_here))
}
