//! Days that a text names for a figure: they must be the days of its label or of its period. No clock is asked: yesterday is the last
//! single day that any fact is about.

use xiaoer_sdk::{Fact, Facts, Period};

/// Words for a stretch of days, and how many days it may have.
const SPANS: &[(&[&str], i64, i64)] = &[
    (
        &[
            "昨日",
            "昨天",
            "昨儿",
            "今日",
            "今天",
            "当日",
            "当天",
            "前日",
            "前天",
            "前一日",
            "前一天",
            "单日",
            "上周同日",
            "上周同一天",
            "明日",
            "明天",
        ],
        1,
        1,
    ),
    (&["本周", "上周", "这周", "近一周", "最近一周", "一周", "周内", "上一周"], 2, 7),
    (&["本月", "上月", "上个月", "这个月", "当月", "近一月", "近一个月", "最近一个月"], 8, 31),
    (&["本季度", "上季度", "这个季度", "季度"], 60, 92),
    (&["今年", "去年", "全年", "年度", "上半年", "下半年"], 93, 366),
];
/// Behind these a day is what is compared with, not what the figure is about.
const AGAINST: &[char] = &['较', '比', '与', '同', '跟', '和', '于', '对', '过', '如', '及'];

/// Stretches of days in a text that are not compared with: how many days, as bounds, and the word.
fn spans(text: &str) -> Vec<(i64, i64, String)> {
    let mut found = Vec::new();
    for (words, least, most) in SPANS {
        for word in *words {
            for (at, _) in text.match_indices(word) {
                let longer = SPANS.iter().flat_map(|(words, _, _)| words.iter()).any(|other| {
                    other.len() > word.len()
                        && text.match_indices(other).any(|(o, _)| o <= at && at + word.len() <= o + other.len())
                });
                if !longer && !text[..at].ends_with(AGAINST) && !ends_in_more(&text[at + word.len()..]) {
                    found.push((*least, *most, (*word).to_owned()));
                }
            }
        }
    }
    found.extend(counted(text));
    found
}

/// 上周同日, 本月底: the word goes on and is another one.
fn ends_in_more(rest: &str) -> bool {
    rest.starts_with(['底', '初', '末']) || rest.starts_with("同日") || rest.starts_with("同期")
}

/// 近30天, 7日: days in figures.
fn counted(text: &str) -> Vec<(i64, i64, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if length > 0
            && chars.get(at + length).is_some_and(|c| "天日".contains(*c))
            && chars.get(at + length + 1) != Some(&'均')
        {
            let digits: String = chars[at..at + length].iter().collect();
            let compared = at > 0 && AGAINST.contains(&chars[at - 1]);
            if let Ok(days) = digits.parse()
                && !compared
            {
                found.push((days, days, chars[at..=at + length].iter().collect()));
            }
        }
        at += length.max(1);
    }
    found
}

/// Whether the days that a text names before a fact can be the fact's own.
pub(super) fn period_fits(text: &str, lead: &str, fact: &Fact, facts: &Facts) -> bool {
    let mut said = spans(text);
    // 昨日支付金额{x}，订单数{y}: both are of that day, unless the second is about no days.
    if said.is_empty() && fact.value.direction().is_none() && (fact.period.is_some() || !spans(&fact.label).is_empty())
    {
        said = spans(lead);
    }
    let Some((least, most, word)) = said.last() else { return true };
    let own = spans(fact.label.split(['较', '比']).next().unwrap_or_default());
    if !own.is_empty() {
        return own.iter().any(|(a, b, _)| a <= most && least <= b) && same_day(word, &own);
    }
    match fact.period {
        Some(period) => (*least..=*most).contains(&period.days()) && right_day(word, period, facts),
        // A state is as it is on any one day.
        None => *most == 1,
    }
}

/// Whether a label names its days.
pub(super) fn names_days(label: &str) -> bool {
    !spans(label).is_empty()
}

/// Whether two facts are about as many days, as far as they tell.
pub(super) fn same_days(one: &Fact, other: &Fact) -> bool {
    let days = |fact: &Fact| {
        let said = spans(fact.label.split(['较', '比']).next().unwrap_or_default());
        said.last().map(|(least, most, _)| (*least, *most)).or(fact.period.map(|period| (period.days(), period.days())))
    };
    match (days(one), days(other)) {
        (Some((a, b)), Some((c, d))) => a <= d && c <= b,
        _ => true,
    }
}

/// Whether the text names days at all, and they fit.
pub(super) fn speaks_of_days(text: &str, fact: &Fact) -> bool {
    let own = spans(&fact.label);
    let length = |period: Period| (period.days(), period.days());
    let own: Vec<(i64, i64)> = match fact.period {
        _ if !own.is_empty() => own.iter().map(|(a, b, _)| (*a, *b)).collect(),
        Some(period) => vec![length(period)],
        None => return false,
    };
    spans(text).iter().any(|(least, most, _)| own.iter().any(|(a, b)| a <= most && least <= b))
}

/// 昨日 and 前日 are both one day and not the same; 本月 and 上月 neither.
fn same_day(word: &str, own: &[(i64, i64, String)]) -> bool {
    let rank = |word: &str| match word.chars().next() {
        Some('前') => Some(-2),
        Some('昨') => Some(-1),
        Some('今') if !word.ends_with('年') => Some(0),
        Some('明') => Some(1),
        _ => None,
    };
    let side = |word: &str| match word.chars().next() {
        Some('本' | '这' | '当' | '今') => Some(0),
        Some('上' | '去') => Some(-1),
        _ => None,
    };
    let agree = |a: Option<i8>, b: Option<i8>| a.is_none() || b.is_none() || a == b;
    own.iter().any(
        |(least, _, other)| {
            if *least == 1 { agree(rank(word), rank(other)) } else { agree(side(word), side(other)) }
        },
    )
}

/// 前日 is before the last single day that a fact is about, 昨日 is that day unless some fact is about 今日.
fn right_day(word: &str, period: Period, facts: &Facts) -> bool {
    let single = |fact: &Fact| fact.period.filter(|period| period.days() == 1).map(|period| period.to);
    let Some(last) = facts.0.values().filter_map(single).max() else { return true };
    let today = facts.0.values().any(|fact| fact.label.contains('今'));
    match word.chars().next() {
        Some('前') => period.to < last,
        Some('昨') => period.to == last || today,
        _ => true,
    }
}

/// The text without words for days.
pub(super) fn without_days(text: &str) -> String {
    let mut words: Vec<&str> = SPANS.iter().flat_map(|(words, _, _)| words.iter().copied()).collect();
    words.extend(["本店", "店铺", "全店", "店里", "整体", "的"]);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
}
