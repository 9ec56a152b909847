//! What is not known, what it could change, and how the merchant can supply it.
//!
//! The rule behind it: a gap is a range, never a silent zero. Only what can change this shop's score is listed.

use crate::card::{Effect, Missing};
use crate::event::Industry;
use crate::gates::GateRow;
use crate::inputs::Inputs;
use crate::pack::Stacking;
use crate::points::{Fen, Points};
use crate::rows::{Answer, day_number};
use crate::score::{Reckoning, window_days};
use crate::tally::first_day;

/// Every missing input that can change the points; gates are added by [`gate`].
pub(crate) fn missing(found: &Reckoning<'_>) -> Vec<Missing> {
    let industrial = found.industry == Industry::Industrial;
    let inquiries = (industrial && !found.inputs.inquiries_known).then(|| Missing {
        input: "inquiries".to_owned(),
        title: "有效询盘".to_owned(),
        effect: Effect { low: Some(Points::ZERO), high: None },
        how: "在台账 CSV 中每个询盘写一行（kind 填 inquiry，buyer 填询盘人），再导入；没有询盘也请确认为 0。"
            .to_owned(),
    });
    let supplied =
        [inquiries, marketing(found), scene(found), promoted_scenes(found), marks(found), refunds(found.inputs)];
    supplied.into_iter().flatten().collect()
}

fn up_to(high: Points) -> Effect {
    Effect { low: Some(Points::ZERO), high: Some(high) }
}

fn marketing(found: &Reckoning<'_>) -> Option<Missing> {
    let high = found.parts.marketing_open;
    let (input, title, rows) = match found.industry {
        Industry::Consumer => ("marketing_buyers", "数字营销买家", "订单"),
        Industry::Industrial => ("marketing_inquiries", "数字营销询盘", "询盘"),
    };
    (high > Points::ZERO).then(|| Missing {
        input: input.to_owned(),
        title: title.to_owned(),
        effect: up_to(high),
        how: format!("按数字营销报表，在台账 CSV 的{rows}行 marketing 列填 true 或 false，再导入。"),
    })
}

fn scene(found: &Reckoning<'_>) -> Option<Missing> {
    let high = found.parts.scene_open;
    let scenes = found.industry.formula(found.pack).scenes.value.join("/");
    (high > Points::ZERO).then(|| Missing {
        input: "scene_turnover".to_owned(),
        title: format!("{scenes} 支付金额"),
        effect: up_to(high),
        how: "在后台查出这些场景的订单，在台账 CSV 的订单行 scene 列填 true 或 false，再导入。".to_owned(),
    })
}

/// Where a promoted order earns nothing for its scene, an order of which nobody said who brought it may lose that.
fn promoted_scenes(found: &Reckoning<'_>) -> Option<Missing> {
    if found.pack.reading.stacking.value == Stacking::Additive {
        return None;
    }
    let today = day_number(found.as_of);
    let doubtful = (first_day(today, window_days(found.pack))..=today)
        .filter_map(|day| found.ledger.day(day))
        .flat_map(|rows| &rows.orders)
        .filter(|order| order.valid && order.scene == Answer::Yes && order.marketing == Answer::Unknown)
        .map(|order| found.ledger.left(order, today, found.pack.counting()).turnover);
    let loss = found.rates.scene_loss(&found.sums, Fen(doubtful.sum()));
    (loss > Points::ZERO).then(|| Missing {
        input: "scene_marketing".to_owned(),
        title: "场景订单中由数字营销带来的".to_owned(),
        effect: Effect { low: Some(-loss), high: Some(Points::ZERO) },
        how: "按数字营销报表，在台账 CSV 的订单行 marketing 列填 true 或 false，再导入。".to_owned(),
    })
}

/// Marks nobody asked about yet: at most every mark that is not held already.
fn marks(found: &Reckoning<'_>) -> Option<Missing> {
    let rates = &found.industry.formula(found.pack).marks;
    let held = |kind: &str| found.marks.iter().any(|mark| mark.kind == kind);
    let open = rates.iter().filter(|rate| rate.points.is_some() && !held(&rate.kind));
    let names: Vec<&str> = open.clone().map(|rate| rate.kind.as_str()).collect();
    let high: Points = open.filter_map(|rate| Some(rate.points.as_ref()?.value)).sum();
    (!found.inputs.marks_known && high > Points::ZERO).then(|| Missing {
        input: "marks".to_owned(),
        title: "商家标识".to_owned(),
        effect: up_to(high),
        how: format!("填写店铺持有的标识（{}）及起止日期；没有就确认为“无”。", names.join("、")),
    })
}

/// Refunds can only lower the score, by an amount that nobody can bound from here: said, not made into a range.
fn refunds(inputs: &Inputs) -> Option<Missing> {
    (!inputs.refunds_known).then(|| Missing {
        input: "refunds".to_owned(),
        title: "退款".to_owned(),
        effect: Effect { low: None, high: Some(Points::ZERO) },
        how: "同步或导入退款数据（台账 CSV 中 kind 填 refund）；确实没有退款也请确认。".to_owned(),
    })
}

/// A gate without a value: it moves the level, not the points.
pub(crate) fn gate(row: &GateRow) -> Missing {
    let unit = if row.unit.is_empty() { String::new() } else { format!("（{}）", row.unit) };
    Missing {
        input: format!("gate:{}", row.gate),
        title: format!("{} 门槛：{}", row.level, row.name),
        effect: up_to(Points::ZERO),
        how: format!("在后台成长中心查看后填写“{}”{unit}。", row.name),
    }
}
