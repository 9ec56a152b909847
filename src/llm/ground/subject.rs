//! What a label and a stretch of text are about: which figure, held against which day.

use xiaoer_sdk::{Fact, Facts, Unit, Value};

use super::frames::{frame_fits, is_span};
use super::words::{BASES, KINDS, Kind};

/// 昨日, the day that reports are about, among the bases.
const REPORTED: usize = 3;
/// The last base that a label need not name to be held against.
const LAST_COMMON: usize = 5;

/// Whether the days that a text names before a fact are the fact's own.
pub(super) fn day_fits(text: &str, fact: &Fact) -> bool {
    // What an order brings on average is what 客单价 means.
    let text = &text.replace("平均客单价", "客单价");
    let (compared, own) = (bases(text, true), bases(&fact.label, false));
    if !compared.is_empty() && !own.is_empty() {
        return compared.iter().any(|base| own.contains(base));
    }
    // 前日支付金额 is no name for a figure of the day that the report is about.
    let said = bases(text, false);
    let other_day = said
        .iter()
        .any(|base| *base != REPORTED && *base <= LAST_COMMON && !compared.contains(base) && !own.contains(base));
    fact.value.direction().is_some() || !other_day
}

/// Whether the name that touches a figure, on either side, is one of its kind: 订单数{gmv} is not.
pub(super) fn kind_fits(before: &str, after: &str, fact: &Fact) -> bool {
    let (value, label) = (&fact.value, fact.label.as_str());
    let copulas = ["为", "是", "有", "共", "达", "到", "共有", "达到", "分别为", "约", "：", ":", "（", "("];
    let whole = before;
    let before = copulas.iter().find_map(|copula| before.strip_suffix(copula)).unwrap_or(before);
    let before_fits = KINDS
        .iter()
        .filter(|(name, _)| before.ends_with(name) && !label.contains(name))
        .all(|(_, kind)| kind.holds(value));
    // 413人 and then 订单金额: only a name that ends there is the figure's.
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !"金数量额的价率下支中里成积".contains(c));
    let mut names = KINDS.iter().filter_map(|(name, kind)| Some((after.strip_prefix(name)?, kind)));
    // 近{days}订单: a stretch of time stands before what happened in it.
    let span = is_span(before, value);
    // 请把订单{day}前发出.
    let by_then = !matches!(value, Value::Day(_))
        || after.starts_with(['前', '后', '起', '之', '当', '到', '截'])
        || !KINDS.iter().any(|(name, _)| before.ends_with(name));
    by_then
        && before_fits
        && names.all(|(rest, kind)| !ends(rest) || span || kind.holds(value) || label.ends_with(rest))
        && frame_fits(whole, after, fact)
}

impl Kind {
    pub(super) fn holds(self, value: &Value) -> bool {
        match value {
            Value::RatioChange(_) | Value::Unknown(_) => true,
            // 请把订单{day}前发出.
            Value::Day(_) => matches!(self, Self::People | Self::Pieces),
            Value::Name(_) => false,
            Value::Count(_, Unit::Percent) | Value::CountChange(_, Unit::Percent) => self == Self::Share,
            Value::Count(_, Unit::Days | Unit::Hours | Unit::Characters | Unit::Pixels) => false,
            Value::Count(_, Unit::People) | Value::CountChange(_, Unit::People) => self == Self::People,
            Value::Count(..) | Value::CountChange(..) => matches!(self, Self::Pieces | Self::People),
            Value::Money(_) | Value::MoneyChange(_) => self == Self::Money,
            Value::Points(_) | Value::PointsChange(_) | Value::PointsRange(..) => self == Self::Points,
            Value::Ratio(_) => self == Self::Share,
        }
    }
}

/// Whether the bases that a text holds a change against are those of its label; `fact` is a change.
pub(super) fn base_fits(text: &str, fact: &Fact) -> bool {
    let own = bases(&fact.label, false);
    let said = bases(text, true);
    // A base of the last kind is one that a label must name; any other may go unnamed in a label.
    let label_has = |words: &[&str]| words.iter().any(|word| fact.label.contains(word));
    let told = !own.is_empty() || label_has(&["环比", "同比"]);
    let strange = said.iter().any(|base| !own.contains(base) && (*base > LAST_COMMON || told) && !round(*base, fact));
    let yearly = text.contains("同比") && !label_has(&["同比", "去年", "上年", "往年"]);
    let previous = ["环比", "前日", "前一", "前天", "昨日", "上期", "上一", "上月", "上个", "上季", "前期"];
    let just_before = label_has(&previous) || (label_has(&["上周"]) && !label_has(&["上周同"]));
    let unsaid = own.is_empty() && !label_has(&["同比"]);
    let ring = text.contains("环比") && !just_before && !unsaid;
    !strange && !yearly && !ring
}

/// 环比 is said of whichever period came before.
fn round(base: usize, fact: &Fact) -> bool {
    let days = fact.period.map(|period| period.days());
    let just_before = match base {
        0 | 3 => days.is_none_or(|days| days == 1),
        1 => days.is_none_or(|days| days == 7),
        4 => days.is_none_or(|days| (28..=31).contains(&days)),
        5 => false,
        _ => BASES[base].first().is_some_and(|name| name.starts_with("上期")),
    };
    let yearly = fact.label.contains("同比") && base == 5;
    yearly || (fact.label.contains("环比") && just_before)
}

/// Whether a stretch of text names something that changes are held against.
pub(super) fn names_base(text: &str) -> bool {
    !bases(text, false).is_empty()
}

/// Which of the known bases a text names; `compared` looks only behind 较, 比 and the like.
fn bases(text: &str, compared: bool) -> Vec<usize> {
    let behind = |at: usize| {
        !compared || text[..at].ends_with(['较', '比', '与', '同', '跟', '和', '于', '对', '过', '及', '如'])
    };
    let names = |base: &&[&str]| base.iter().any(|name| text.match_indices(name).any(|(at, _)| behind(at)));
    BASES.iter().enumerate().filter(|(_, base)| names(base)).map(|(at, _)| at).collect()
}

/// What a label is about, without its days and what it is compared with: 支付金额 of 昨日支付金额较前日.
pub(super) fn subject(label: &str) -> &str {
    let end = label.find(['较', '比', '（', '(']).unwrap_or(label.len());
    // 环比, 同比.
    let end = label.find("环比").or_else(|| label.find("同比")).map_or(end, |earlier| end.min(earlier));
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
