//! Whether the name that a text gives a figure is that figure's: its label, or a synonym of it, and never another fact's.

use xiaoer_sdk::{Fact, Facts, Value};

use super::clause::Clause;
use super::days::speaks_of_days;
use super::evidence::GENERAL;
use super::frames::is_span;
use super::subject::subject;
use super::topics::{Mention, What, kind_of, mentions, rest_of, short_fits, topics_of};

/// What may stand between a name and its figure.
const JOINS: &[&str] = &[
    "分别为",
    "分别是",
    "合计为",
    "合计",
    "累计",
    "总计",
    "目前",
    "当前",
    "现在",
    "一共",
    "共有",
    "共计",
    "达到",
    "达",
    "只有",
    "仅有",
    "还有",
    "已有",
    "已达",
    "仅为",
    "仅",
    "为",
    "是",
    "有",
    "共",
    "到",
    "在",
    "约",
    "：",
    ":",
    "（",
    "(",
    "「",
    "“",
    "—",
    "-",
    "、",
    "和",
    "了",
    "就",
    "则",
    "的",
    "也",
    "数量",
];
/// Acts that only a buyer who pays does.
const PAYS: &[&str] = &["付款", "付了款", "完成支付", "支付成功", "下单", "成交", "购买"];

/// Words before what is still missing.
const LACKS: &[&str] = &["还差", "还需", "还缺", "补足", "只差", "尚差", "还要", "需补", "积累", "差距", "缺口"];

/// What a figure's name is looked for in.
pub(super) struct Place<'a> {
    /// The stretch before the figure, from the figure before it.
    pub(super) before: &'a [char],
    /// The stretch behind it, up to the next figure.
    pub(super) after: &'a [char],
    /// A figure follows directly behind `after`.
    pub(super) figure_follows: bool,
    /// What the clauses before it in the sentence said.
    pub(super) lead: &'a str,
}

/// The fact is called by a name that is not its own.
pub(super) fn misnamed(place: &Place<'_>, fact: &Fact, facts: &Facts) -> bool {
    let own = topics_of(&fact.label);
    let said = mentions(place.before);
    let nearest = said.iter().rev().find(|mention| matches!(mention.what, What::Full(_)));
    // A change is named from further off: 订单比前日多了{x}.
    let change = fact.value.direction().is_some();
    let touching = said.last().filter(|mention| change || joined(&place.before[mention.end..]));
    if let Some(Mention { what: What::Short(at), .. }) = touching {
        if !short_fits(*at, &called(fact), |kind| kind.holds(&fact.value)) {
            return true;
        }
    } else if let Some(nearest) = nearest {
        let What::Full(topic) = nearest.what else { return false };
        let touches = touching.is_some();
        let foreign =
            if own.is_empty() { touches && !bare_label_fits(topic, fact, facts) } else { !own.contains(&topic) };
        if foreign || (touches && other_is_meant(place, topic, fact, facts)) {
            return true;
        }
        // 新客支付金额 is no name for the sum of all.
        let adjoining = said
            .iter()
            .rev()
            .skip_while(|mention| mention.start >= nearest.start)
            .find(|mention| matches!(place.before[mention.end..nearest.start], [] | ['的']));
        if let Some(adjoining) = adjoining
            && !fits(*adjoining, fact, &own)
        {
            return true;
        }
    }
    named_behind(place, fact, &own) || (touching.is_none() && leads_elsewhere(place, fact, facts))
}

/// 还差{x}: the last two letters before a figure end another fact's label, and are not in its own.
fn leads_elsewhere(place: &Place<'_>, fact: &Fact, facts: &Facts) -> bool {
    let mut before: String = place.before.iter().collect();
    while let Some(shorter) = JOINS.iter().find_map(|join| before.strip_suffix(join)) {
        before = shorter.to_owned();
    }
    let letters: Vec<char> = before.chars().collect();
    let Some(pair) = letters.len().checked_sub(2).map(|from| letters[from..].iter().collect::<String>()) else {
        return false;
    };
    let lacks = |label: &str| LACKS.iter().any(|word| label.contains(word));
    let own = fact.label.contains(&pair) || (LACKS.contains(&pair.as_str()) && lacks(&fact.label));
    let known = matches!(fact.value, Value::Unknown(_)) || fact.value.direction().is_some();
    let elsewhere = || facts.0.values().any(|other| borders(&other.label, &pair));
    !known && !own && !speaks_of_days(&pair, fact) && elsewhere()
}

/// Whether the pair opens or ends what a label says.
fn borders(label: &str, pair: &str) -> bool {
    let own = subject(label);
    let lacking = LACKS.contains(&pair) && LACKS.iter().any(|word| own.contains(word));
    lacking
        || own.ends_with(pair)
        || rest_of(label).ends_with(pair)
        || (own.starts_with(pair) && !GENERAL.contains(&pair))
}

/// A label without a known name, such as 还差, takes the name of its kind unless another fact has that name.
fn bare_label_fits(topic: usize, fact: &Fact, facts: &Facts) -> bool {
    kind_of(topic).holds(&fact.value) && !facts.0.values().any(|other| topics_of(&other.label) == [topic])
}

/// The label with its measure word: an amount of orders is called 订单 whatever its label.
fn called(fact: &Fact) -> String {
    match &fact.value {
        Value::Count(_, unit) | Value::CountChange(_, unit) => format!("{}{}", fact.label, unit.word()),
        _ => fact.label.clone(),
    }
}

fn fits(mention: Mention, fact: &Fact, own: &[usize]) -> bool {
    match mention.what {
        What::Full(topic) => own.contains(&topic),
        What::Short(at) => short_fits(at, &called(fact), |kind| kind.holds(&fact.value)),
    }
}

/// Another fact has this very name, and what this one has beyond it is nowhere said: 积分 for 明日掉出积分.
fn other_is_meant(place: &Place<'_>, topic: usize, fact: &Fact, facts: &Facts) -> bool {
    let rest = rest_of(&fact.label);
    if rest.is_empty() || topics_of(&fact.label).last() != Some(&topic) {
        return false;
    }
    let said: String =
        place.lead.chars().chain(place.before.iter().copied()).chain(place.after.iter().copied()).collect();
    let letters: Vec<char> = rest.chars().collect();
    let pieces: Vec<String> = letters.windows(2.min(letters.len())).map(|pair| pair.iter().collect()).collect();
    let mut spoken = mentions(&said.chars().collect::<Vec<_>>()).into_iter();
    let told = pieces.iter().any(|piece| said.contains(piece.as_str()))
        || spoken.any(|mention| match mention.what {
            What::Full(at) => at != topic && topics_of(&fact.label).contains(&at),
            What::Short(at) => short_fits(at, &rest, |_| false),
        });
    let plain = |other: &&Fact| {
        topics_of(&other.label) == [topic]
            && rest_of(&other.label).is_empty()
            && other.value.direction().is_some() == fact.value.direction().is_some()
    };
    !told && !speaks_of_days(&said, fact) && facts.0.values().any(|other| plain(&other))
}

/// 共有{x}支付买家, {x}申请退款: what stands behind a figure names it as well.
fn named_behind(place: &Place<'_>, fact: &Fact, own: &[usize]) -> bool {
    let after = place.after;
    let skip = match after {
        ['的' | '为' | '是', ..] => 1,
        ['申', '请', ..] | ['发', '起', ..] => 2,
        _ => 0,
    };
    // A stretch of time stands before what happened in it.
    if is_span(&place.before.iter().collect::<String>(), &fact.value) {
        return false;
    }
    let change = fact.value.direction().is_some();
    let behind = mentions(&after[skip.min(after.len())..]).into_iter().find(|mention| mention.start == 0);
    if let Some(mention) = behind {
        let end = mention.end + skip;
        let next = after.get(end);
        let whole = next.is_none_or(|c| !"金数量额的价率下支中里成积单人方后原前待较情处".contains(*c));
        // What is followed by a figure is that figure's own name.
        let its_own = place.figure_follows && joined(&after[end..]);
        let counts = matches!(
            fact.value,
            Value::Count(..) | Value::Money(_) | Value::Points(_) | Value::Ratio(_) | Value::Name(_)
        );
        if whole && !its_own && counts && !change && !fits(mention, fact, own) && !related(mention, fact) {
            return true;
        }
    }
    let near: String = after.iter().take(6).collect();
    let near = near.split(['，', ',', '、', '；', '（']).next().unwrap_or_default();
    let pays = PAYS
        .iter()
        .any(|act| near.starts_with(act) || near.strip_prefix(['完', '已', '来']).is_some_and(|n| n.starts_with(act)));
    pays && !change && ["退款", "退货", "访客", "询盘"].iter().any(|word| fact.label.contains(word))
}

/// {new}买家: a wider name of the same kind is fine behind a figure of people.
fn related(mention: Mention, fact: &Fact) -> bool {
    match mention.what {
        What::Full(topic) => topics_of(&fact.label).is_empty() && kind_of(topic).holds(&fact.value),
        What::Short(_) => false,
    }
}

/// Whether only words that join a name to its figure stand between them.
pub(super) fn joined(between: &[char]) -> bool {
    let mut rest: String = between.iter().collect();
    while !rest.is_empty() {
        match JOINS.iter().find_map(|join| rest.strip_prefix(join)) {
            Some(shorter) => rest = shorter.to_owned(),
            None => return false,
        }
    }
    true
}

impl Clause<'_> {
    /// What stands behind the figure at a place, and whether a figure follows it.
    pub(super) fn behind(&self, at: usize) -> (&[char], bool) {
        let end = self.facts.iter().map(|(at, _, _)| *at).find(|other| *other > at);
        (&self.text[at + 1..end.unwrap_or(self.text.len())], end.is_some())
    }
}
