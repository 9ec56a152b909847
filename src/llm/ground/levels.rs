//! Two figures held against each other: {a}高于{b}, {a}与{b}持平. Code compares their values; a model's word for it is never enough.
//!
//! 翻倍 and 翻番 stand only in a clause with a relative change of at least a hundred percent. Other multiples and shares (两倍, 一半,
//! 过半) never do: no fact carries them.

use rust_decimal::Decimal;
use xiaoer_sdk::{Fact, Facts, Value};

use super::clause::{Clause, Hit};
use super::narrative::MARK;
use super::subject::names_base;
use super::words::{DENIALS, Way};

/// Words that hold what is before them against what is behind them.
const BETWEEN: &[&str] = &[
    "高于",
    "超过",
    "多于",
    "大于",
    "胜过",
    "高过",
    "多过",
    "大过",
    "低于",
    "少于",
    "小于",
    "低过",
    "少过",
    "不及",
    "不如",
    "持平于",
    "相当于",
    "等于",
];
/// What may be said behind the second figure of 比{b}还高.
const BEHIND: &[(&str, Way)] = &[
    ("高", Way::Up),
    ("多", Way::Up),
    ("大", Way::Up),
    ("低", Way::Down),
    ("少", Way::Down),
    ("小", Way::Down),
    ("持平", Way::Flat),
    ("相当", Way::Flat),
    ("一致", Way::Flat),
    ("相同", Way::Flat),
    ("一样", Way::Flat),
    ("打平", Way::Flat),
    ("相等", Way::Flat),
    ("差不多", Way::Flat),
    ("相近", Way::Flat),
    ("相仿", Way::Flat),
    ("接近", Way::Flat),
];
const ADVERBS: &[&str] = &[
    "基本", "大致", "大体", "几乎", "明显", "大幅", "还要", "更加", "稍微", "略微", "要", "还", "更", "都", "略", "稍",
    "远", "）", ")",
];
/// Words that leave room for a small difference.
const LOOSE: &[&str] = &["基本", "大致", "大体", "几乎", "差不多", "相近", "相仿", "接近", "相当"];
/// How small it must be, in hundredths of the larger figure.
const CLOSE: i64 = 5;

/// One comparison of two facts.
pub(super) struct Duel {
    /// Where its word of comparison stands.
    pub(super) start: usize,
    pub(super) end: usize,
    /// From where on it is words of comparison again: in 比老客{b}多 what stands before 多 names the figure.
    resumes: usize,
    /// Why it is false; none when the values bear it out.
    pub(super) wrong: Option<String>,
}

type Named<'a> = (&'a str, &'a Fact);

impl<'a> Clause<'a> {
    /// The comparisons of two facts in this clause; `lead` is the last fact of the clause before it, for {a}，高于{b}.
    pub(super) fn duels(&self, lead: Option<Named<'a>>) -> Vec<Duel> {
        let mut found = self.between(lead);
        found.extend(self.framed(lead));
        found
    }

    /// {a}高于{b}.
    fn between(&self, lead: Option<Named<'a>>) -> Vec<Duel> {
        let mut found = Vec::new();
        for word in BETWEEN {
            let letters: Vec<char> = word.chars().collect();
            let places =
                self.text.windows(letters.len()).enumerate().filter(|(_, window)| *window == letters.as_slice());
            for (start, _) in places {
                let end = start + letters.len();
                let Some((at, id, fact)) = self.facts.iter().find(|(at, _, _)| *at >= end) else { continue };
                let named: String = self.text[end..*at].iter().collect();
                let left = self.last_before(start).or(lead);
                let Some(left) = left.filter(|left| duel_of(left.1, fact) && !names_base(&named)) else { continue };
                let way = match *word {
                    "低于" | "少于" | "小于" | "低过" | "少过" | "不及" | "不如" => Way::Down,
                    "持平于" | "相当于" | "等于" => Way::Flat,
                    _ => Way::Up,
                };
                let before = self.before(start);
                let denied = DENIALS.iter().any(|denial| before.ends_with(denial));
                let claim = Claim { way, denied, loose: *word == "相当于" };
                found.push(Duel { start, end, resumes: start, wrong: claim.wrong(left, (id, fact)) });
            }
        }
        found
    }

    /// {a}比{b}高, {a}与{b}持平.
    fn framed(&self, lead: Option<Named<'a>>) -> Vec<Duel> {
        let mut found = Vec::new();
        for (start, c) in self.text.iter().enumerate().filter(|(_, c)| "比较与和跟同".contains(**c)) {
            let Some((at, id, fact)) = self.facts.iter().find(|(at, _, _)| *at > start) else { continue };
            let named: String = self.text[start + 1..*at].iter().collect();
            let rest: String = self.text[at + 1..].iter().take_while(|c| **c != MARK).collect();
            let Some((way, loose, denied, length)) = said_behind(&rest, *c) else { continue };
            let left = self.last_before(start).or(lead);
            let Some(left) = left.filter(|left| duel_of(left.1, fact) && !names_base(&named)) else { continue };
            let wrong = Claim { way, denied, loose }.wrong(left, (id, fact));
            found.push(Duel { start, end: at + 1 + length, resumes: at + 1, wrong });
        }
        found
    }

    fn last_before(&self, place: usize) -> Option<Named<'a>> {
        self.facts.iter().rev().find(|(at, _, _)| *at < place).map(|(_, id, fact)| (*id, *fact))
    }
}

impl Duel {
    pub(super) fn covers(&self, hit: &Hit) -> bool {
        self.resumes <= hit.start && hit.end <= self.end
    }
}

/// What is claimed behind the second figure: its way, whether loosely, whether denied, and how long the words are.
fn said_behind(rest: &str, opens: char) -> Option<(Way, bool, bool, usize)> {
    let mut text = rest;
    let mut loose = false;
    while let Some(adverb) = ADVERBS.iter().find(|adverb| text.starts_with(**adverb)) {
        loose |= LOOSE.contains(adverb);
        text = &text[adverb.len()..];
    }
    let denied = text.starts_with('不');
    let text = text.strip_prefix('不').unwrap_or(text);
    let (word, way) = BEHIND.iter().find(|(word, _)| text.starts_with(word))?;
    let after = &text[word.len()..];
    // 和{b}多来自老客, 与{b}大体: only 比 compares by a plain adjective.
    let plain = word.chars().count() == 1;
    if plain && (!"比较".contains(opens) || !ends_there(after)) {
        return None;
    }
    if !plain && *word == "相当" && !ends_there(after) {
        return None;
    }
    let length = rest.chars().count() - after.chars().count();
    Some((*way, loose || LOOSE.contains(word), denied, length))
}

fn ends_there(after: &str) -> bool {
    after.chars().next().is_none_or(|c| "了出一些点得很不，,、（(）)".contains(c) || c == MARK)
}

/// Whether both are figures that a word of comparison could hold against each other: two levels, or two changes.
fn duel_of(left: &Fact, right: &Fact) -> bool {
    left.value.direction().is_some() == right.value.direction().is_some()
}

struct Claim {
    way: Way,
    denied: bool,
    loose: bool,
}

impl Claim {
    fn wrong(&self, left: Named<'_>, right: Named<'_>) -> Option<String> {
        let pair = |why: &str| {
            Some(format!(
                "{why}（{{{}}} 是 {}，{{{}}} 是 {}）",
                left.0,
                left.1.value.exact(),
                right.0,
                right.1.value.exact()
            ))
        };
        let Some((a, b)) = comparable(&left.1.value, &right.1.value) else {
            return pair("比的不是同一种数");
        };
        let holds = match self.way {
            Way::Up => a > b,
            Way::Down => a < b,
            Way::Flat if self.loose => {
                let difference = (a - b).abs() * Decimal::ONE_HUNDRED;
                difference <= a.abs().max(b.abs()) * Decimal::from(CLOSE)
            }
            Way::Flat => a == b,
            Way::Either => false,
        };
        if holds == self.denied { pair("与事实不符") } else { None }
    }
}

/// Both values as numbers, when they are of one kind and unit.
fn comparable(left: &Value, right: &Value) -> Option<(Decimal, Decimal)> {
    match (left, right) {
        (Value::Money(a), Value::Money(b))
        | (Value::Points(a), Value::Points(b))
        | (Value::Ratio(a), Value::Ratio(b))
        | (Value::MoneyChange(a), Value::MoneyChange(b))
        | (Value::PointsChange(a), Value::PointsChange(b))
        | (Value::RatioChange(a), Value::RatioChange(b)) => Some((*a, *b)),
        (Value::Count(a, unit), Value::Count(b, other))
        | (Value::CountChange(a, unit), Value::CountChange(b, other))
            if unit == other =>
        {
            Some((Decimal::from(*a), Decimal::from(*b)))
        }
        _ => None,
    }
}

/// The text with 翻倍 told as a plain rise wherever a relative change in the clause is at least that: then the checks of rises hold it.
pub(super) fn with_doublings_checked(bare: &str, ids: &[String], facts: &Facts) -> String {
    let mut ids = ids.iter();
    let mut out = String::new();
    for clause in bare.split_inclusive(['。', '！', '？', '；', '!', '?', ';', '\n', '，', ',']) {
        let named: Vec<&Fact> =
            ids.by_ref().take(clause.matches(MARK).count()).filter_map(|id| facts.get(id)).collect();
        let doubled = |fact: &&Fact| matches!(fact.value, Value::RatioChange(by) if by >= Decimal::ONE);
        // Each change in the clause must bear it: which of them is meant cannot be told.
        let mut changes = named.iter().filter(|fact| fact.value.direction().is_some()).peekable();
        if changes.peek().is_some() && changes.all(doubled) {
            let told = ["翻了一番", "翻了一倍", "增长一倍", "增长了一倍", "翻倍", "翻番", "翻了番", "翻了倍"];
            out.push_str(&told.iter().fold(clause.to_owned(), |clause, word| clause.replace(word, "上升")));
        } else {
            out.push_str(clause);
        }
    }
    out
}
