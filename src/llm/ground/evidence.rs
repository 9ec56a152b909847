//! What speaks for a figure where no full name does: words of its label, words of change for a change, the figure before it. A figure that
//! nothing speaks for is refused only when the same words speak for another one.

use xiaoer_sdk::{Fact, Facts, Unit, Value};

use super::subject::subject;
use super::topics::{Mention, What, mentions, short_fits, topics_of};
use super::words::WAYS;

/// Words that speak for a change.
const CHANGING: &[&str] =
    &["较", "比", "变化", "变动", "波动", "幅", "相差", "差距", "差额", "差异", "环比", "同比", "对比", "浮动", "起伏"];
/// Letters between which no word of a label can be told from any other.
pub(super) const GENERAL: &[&str] = &[
    "支付", "成交", "昨日", "商品", "店铺", "买家", "客户", "金额", "数量", "时间", "当前", "本店", "订单", "积分",
    "最近", "可能", "一笔", "下单", "付款", "销售", "推广", "活动", "生意", "累计", "目前",
];

/// A change stands where words of change, or its own label, speak for it.
pub(super) fn speaks_of_change(before: &str, after: &str, fact: &Fact) -> bool {
    // 增至{x} is where it went, not how far; （较前日… opens another figure's words.
    if before.ends_with(['至', '到']) {
        return false;
    }
    let near: String = if after.starts_with(['（', '(']) { String::new() } else { after.chars().take(5).collect() };
    let said = |text: &str| {
        CHANGING.iter().any(|word| text.contains(word)) || WAYS.iter().any(|(word, _)| text.contains(word))
    };
    said(before) || said(&near) || before.contains(fact.label.as_str())
}

/// A change by its value, or by its label where the value is not known.
pub(super) fn is_change(fact: &Fact) -> bool {
    let unknown = matches!(fact.value, Value::Unknown(_));
    fact.value.direction().is_some() || (unknown && ["较", "比", "变化"].iter().any(|word| fact.label.contains(word)))
}

/// {x}下单 is said of buyers: of others of a shop's people only where their name is near.
pub(super) fn acts_for_another(around: &str, behind: &str, fact: &Fact, facts: &Facts) -> bool {
    let acts = ["付款", "付了款", "完成支付", "完成付款", "下单", "成交", "购买"];
    let buyers = |fact: &Fact| topics_of(&fact.label) == topics_of("买家数");
    matches!(fact.value, Value::Count(_, Unit::People))
        && acts.iter().any(|act| behind.starts_with(act))
        && !buyers(fact)
        && !spoken_for(around, fact)
        && facts.0.values().any(buyers)
}

/// A word of the fact's label, or a name of it, stands in the text.
fn spoken_for(text: &str, fact: &Fact) -> bool {
    let own = topics_of(&fact.label);
    let letters: Vec<char> = text.chars().collect();
    let named = mentions(&letters).into_iter().any(|mention| match mention.what {
        What::Full(at) => own.contains(&at),
        What::Short(at) => short_fits(at, &fact.label, |_| false),
    });
    named || score(text, fact) > 0
}

/// How many pairs of letters of a fact's label stand in a text.
fn score(text: &str, fact: &Fact) -> usize {
    let letters: Vec<char> = subject(&fact.label).chars().collect();
    let mut pairs: Vec<String> = letters.windows(2).map(|pair| pair.iter().collect()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.iter().filter(|pair| !GENERAL.contains(&pair.as_str()) && text.contains(pair.as_str())).count()
}

/// The words around a figure are those of another fact's label; `lead` may speak for the figure, and not against it.
pub(super) fn spoken_for_another(around: &str, lead: &str, fact: &Fact, facts: &Facts) -> bool {
    let own_topics = topics_of(&fact.label);
    let letters: Vec<char> = around.chars().collect();
    let full = |mention: &Mention| matches!(mention.what, What::Full(at) if own_topics.contains(&at));
    if mentions(&letters).iter().any(full) {
        return false;
    }
    let own = score(&format!("{lead}{around}"), fact);
    let others = facts.0.values().filter(|other| subject(&other.label) != subject(&fact.label));
    let best = others.map(|other| score(around, other)).max().unwrap_or_default();
    best >= 2 && (own == 0 || best >= own + 3)
}

/// 访客数{x}，环比{y}: a change without a name is the change of the figure before it, where there is one of that.
pub(super) fn of_another_before(previous: Option<&Fact>, fact: &Fact, facts: &Facts) -> bool {
    let Some(previous) =
        previous.filter(|fact| !matches!(fact.value, Value::Name(_) | Value::Day(_) | Value::Unknown(_)))
    else {
        return false;
    };
    if subject(&fact.label).is_empty() || alike(fact, previous) {
        return false;
    }
    facts.0.values().any(|other| is_change(other) && alike(other, previous))
}

/// Two facts about one figure.
pub(super) fn alike(one: &Fact, other: &Fact) -> bool {
    let topics = topics_of(&other.label);
    subject(&one.label) == subject(&other.label) || (!topics.is_empty() && topics_of(&one.label) == topics)
}

/// 订单多了{x}，一共{y}: a figure without any name is that of the change before it, or of the refunds before it.
pub(super) fn unnamed_of_another(previous: Option<&Fact>, fact: &Fact, facts: &Facts) -> bool {
    let Some(previous) = previous else { return false };
    if alike(fact, previous) {
        return false;
    }
    let level = |other: &&Fact| other.value.direction().is_none();
    if previous.value.direction().is_some() {
        return facts.0.values().filter(level).any(|other| alike(other, previous));
    }
    let kind = std::mem::discriminant(&fact.value);
    let back = |fact: &Fact| fact.label.contains('退');
    back(previous)
        && !back(fact)
        && facts.0.values().any(|other| back(other) && std::mem::discriminant(&other.value) == kind)
}
