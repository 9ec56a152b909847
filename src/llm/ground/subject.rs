//! What a label and a stretch of text are about: which figure, held against which day.

use xiaoer_sdk::{Fact, Facts, Unit, Value};

use super::words::{BASES, KINDS, Kind};

/// 昨日, the day that reports are about, among the bases.
const REPORTED: usize = 3;

/// Whether the days that a text names before a fact are the fact's own.
pub(super) fn day_fits(text: &str, fact: &Fact) -> bool {
    let (compared, own) = (bases(text, true), bases(&fact.label, false));
    if !compared.is_empty() && !own.is_empty() {
        return compared.iter().any(|base| own.contains(base));
    }
    // 前日支付金额 is no name for a figure of the day that the report is about.
    let said = bases(text, false);
    let other_day = said.iter().any(|base| *base != REPORTED && !compared.contains(base) && !own.contains(base));
    fact.value.direction().is_some() || !other_day
}

/// Whether the name that touches a figure, on either side, is one of its kind: 订单数{gmv} is not.
pub(super) fn kind_fits(before: &str, after: &str, value: &Value) -> bool {
    let copulas = ["为", "是", "有", "共", "达", "到", "共有", "达到", "分别为", "约", "：", ":", "（", "("];
    let before = copulas.iter().find_map(|copula| before.strip_suffix(copula)).unwrap_or(before);
    let before_fits = KINDS.iter().filter(|(name, _)| before.ends_with(name)).all(|(_, kind)| kind.holds(value));
    // 413人 and then 订单金额: only a name that ends there is the figure's.
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !"金数量额的价率下支中里成积".contains(c));
    let mut names = KINDS.iter().filter_map(|(name, kind)| Some((after.strip_prefix(name)?, kind)));
    before_fits && names.all(|(rest, kind)| !ends(rest) || kind.holds(value))
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        match value {
            Value::RatioChange(_) | Value::Unknown(_) | Value::Name(_) | Value::Day(_) => true,
            Value::Count(_, Unit::People) | Value::CountChange(_, Unit::People) => self == Self::People,
            Value::Count(..) | Value::CountChange(..) => matches!(self, Self::Pieces | Self::People),
            Value::Money(_) | Value::MoneyChange(_) => self == Self::Money,
            Value::Points(_) | Value::PointsChange(_) | Value::PointsRange(..) => self == Self::Points,
            Value::Ratio(_) => self == Self::Share,
        }
    }
}

/// Which of the known bases a text names; `compared` looks only behind 较, 比 and the like.
fn bases(text: &str, compared: bool) -> Vec<usize> {
    let behind = |at: usize| !compared || text[..at].ends_with(['较', '比', '与', '同', '跟', '和', '于', '对']);
    let names = |base: &&[&str]| base.iter().any(|name| text.match_indices(name).any(|(at, _)| behind(at)));
    BASES.iter().enumerate().filter(|(_, base)| names(base)).map(|(at, _)| at).collect()
}

/// What a label is about, without its days and what it is compared with: 支付金额 of 昨日支付金额较前日.
pub(super) fn subject(label: &str) -> &str {
    let end = label.find(['较', '比', '（', '(']).unwrap_or(label.len());
    let mut subject = &label[..end];
    let days = |c: char| c.is_ascii_digit() || "近滚动天日昨前今当明本上下周月期去年累计合".contains(c);
    while let Some(c) = subject.chars().next().filter(|c| days(*c)) {
        subject = &subject[c.len_utf8()..];
    }
    subject
}

/// Whose names stand in a text; a name within a longer one is not counted.
pub(super) fn subjects(text: &str, facts: &Facts) -> Vec<String> {
    let mut found: Vec<&str> = facts
        .0
        .values()
        .map(|fact| subject(&fact.label))
        .filter(|name| name.chars().count() >= 2 && text.contains(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    let longest = |name: &&&str| !found.iter().any(|other| other.len() > name.len() && other.contains(**name));
    found.iter().filter(longest).map(ToString::to_string).collect()
}
