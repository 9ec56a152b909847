//! How the parts of a score are computed, in words: rate times amount, with the source of the rate and how far it can be trusted.

use maud::{Markup, html};
use xiaoer_sdk::growth::{Confidence, Figure, Industry, Marginal, RulePack, ScoreCard, marginal};
use xiaoer_sdk::{Unit, Value};

use crate::score::Part;

/// One rule: what it says of this card, and where it comes from.
struct Rule<'a> {
    says: String,
    source: &'a str,
    confidence: Confidence,
}

impl<'a> Rule<'a> {
    fn of<T>(says: String, figure: &'a Figure<T>) -> Self {
        Self { says, source: &figure.source, confidence: figure.confidence }
    }
}

/// The rules of one part, or of all. A card whose rules are gone says so.
pub(crate) fn list(card: &ScoreCard, pack: Option<&RulePack>, part: Option<Part>) -> Markup {
    let Some(pack) = pack else {
        return html! { p.empty-line { "这份规则已不在，无法说明怎么算。" } };
    };
    html! {
        ul.rules {
            @for rule in rules(card, pack, part) {
                li { p { (rule.says) } p.sub { span.chip { (rule.confidence.label()) } " 来源：" (rule.source) } }
            }
        }
    }
}

fn rules<'a>(card: &'a ScoreCard, pack: &'a RulePack, part: Option<Part>) -> Vec<Rule<'a>> {
    let brings = marginal(pack, card.industry);
    let wants = |one: Part| part.is_none_or(|part| part == one);
    let faster = part == Some(Part::Acceleration);
    let mut rules = Vec::new();
    if wants(Part::Buyers) || wants(Part::Inquiries) {
        rules.push(counted(card, pack, &brings));
    }
    if wants(Part::Turnover) {
        rules.push(turnover(card, pack, &brings));
    }
    if wants(Part::Marketing) || faster {
        rules.push(marketing(card, pack, &brings));
    }
    if wants(Part::Scene) || faster {
        rules.push(scene(card, pack, &brings));
    }
    if wants(Part::Marks) || faster {
        rules.extend(marks(card, pack));
    }
    if part == Some(Part::Dropping) {
        rules.push(dropping(pack));
    }
    rules
}

fn counted<'a>(card: &ScoreCard, pack: &'a RulePack, brings: &Marginal) -> Rule<'a> {
    let (counts, points) = (&card.counts, card.points.buyers.or(card.points.inquiries).unwrap_or_default());
    let says = match card.industry {
        Industry::Consumer => format!(
            "每位支付买家 {} 分 × {} = {points} 分。同一位买家在统计期内只算一次，记在第一笔还有余额的订单上。",
            brings.new_buyer,
            people(counts.buyers)
        ),
        Industry::Industrial => {
            format!("每次有效询盘 {} 分 × {} 次 = {points} 分。同一人一天只算一次。", brings.inquiry, counts.inquiries)
        }
    };
    Rule::of(says, &card.industry.formula(pack).base)
}

fn turnover<'a>(card: &ScoreCard, pack: &'a RulePack, brings: &Marginal) -> Rule<'a> {
    let net = Value::Money(card.counts.turnover_yuan.to_yuan()).exact();
    let refunded = card.counts.refunded_yuan;
    let less = if refunded.0 > 0 {
        format!("已扣退款 {}。", Value::Money(refunded.to_yuan()).exact())
    } else {
        "统计期内没有扣退款。".into()
    };
    let says = format!("每 1,000 元支付金额 {} 分 × {net} = {} 分。{less}", brings.thousand_yuan, card.points.turnover);
    Rule::of(says, &card.industry.formula(pack).turnover)
}

fn marketing<'a>(card: &ScoreCard, pack: &'a RulePack, brings: &Marginal) -> Rule<'a> {
    let (counts, points) = (&card.counts, card.acceleration.marketing);
    let (what, rate, sure, open) = match card.industry {
        Industry::Consumer => {
            ("位买家", brings.marketing_buyer_extra, counts.marketing_buyers, counts.marketing_buyers_unknown)
        }
        Industry::Industrial => {
            ("次询盘", brings.marketing_inquiry_extra, counts.marketing_inquiries, counts.marketing_inquiries_unknown)
        }
    };
    let unknown = if open > 0 {
        format!("另有 {open} {what}不知道是否由数字营销带来，没有算。")
    } else {
        String::new()
    };
    let says = format!("数字营销带来的每{what}加速 {rate} 分 × {sure} = {points} 分。{unknown}");
    Rule::of(says, &card.industry.formula(pack).marketing)
}

fn scene<'a>(card: &ScoreCard, pack: &'a RulePack, brings: &Marginal) -> Rule<'a> {
    let money = |fen: xiaoer_sdk::growth::Fen| Value::Money(fen.to_yuan()).exact();
    let (counts, formula) = (&card.counts, card.industry.formula(pack));
    let open = counts.scene_unknown_yuan;
    let unknown = if open.0 > 0 {
        format!("另有 {} 不知道是否属于场景，没有算。", money(open))
    } else {
        String::new()
    };
    let says = format!(
        "场景（{}）每 1,000 元加速 {} 分 × {} = {} 分。{unknown}",
        formula.scenes.value.join("、"),
        brings.scene_thousand_extra,
        money(counts.scene_yuan),
        card.acceleration.scene
    );
    Rule::of(says, &formula.scene)
}

fn marks<'a>(card: &'a ScoreCard, pack: &'a RulePack) -> Vec<Rule<'a>> {
    let formula = card.industry.formula(pack);
    let rule = |mark: &'a xiaoer_sdk::growth::MarkPoints| {
        let figure = formula.mark(&mark.kind).and_then(|rate| rate.points.as_ref());
        match figure {
            Some(figure) => {
                Rule::of(format!("标识“{}”在有效期内 {} 分，不随订单变化。", mark.kind, figure.value), figure)
            }
            None => Rule {
                says: format!("标识“{}”的分值未知，按 0 计。", mark.kind),
                source: "没有公开说明",
                confidence: Confidence::Candidate,
            },
        }
    };
    let held: Vec<Rule<'a>> = card.acceleration.marks.iter().map(rule).collect();
    if !held.is_empty() {
        return held;
    }
    vec![Rule {
        says: "没有填写商家标识，按 0 计。".into(), source: "店铺页的填写", confidence: Confidence::Merchant
    }]
}

fn dropping(pack: &RulePack) -> Rule<'_> {
    let days = pack.window.days.value;
    let says = format!(
        "只统计最近 {days} 天：每过一天，最早一天的订单就不再计分。这里按没有任何新订单计算，是确定的，不是预测。\
         之后又下过单的买家，买家分不掉；退款比订单先离开时，积分会回升，写成负数。"
    );
    Rule::of(says, &pack.window.days)
}

fn people(count: u64) -> String {
    Value::Count(i64::try_from(count).unwrap_or(i64::MAX), Unit::People).exact()
}
