//! What a reader of a card must know: one Chinese sentence each, only where it applies.
//!
//! Figures in these sentences come from the reckoning; nothing is computed here.

use chrono::{Days, NaiveDate};

use crate::card::Entered;
use crate::event::Industry;
use crate::figure::Confidence;
use crate::pack::{Acceleration, Rounding};
use crate::rows::{date, day_number};
use crate::score::{Reckoning, window_days};
use crate::tally::first_day;

/// How many ids a sentence names.
const NAMED: usize = 5;

pub(crate) fn notes(found: &Reckoning<'_>, waiting: &[String], entered: Option<&Entered>) -> Vec<String> {
    let mut notes = Vec::new();
    rules(found, &mut notes);
    refunds(found, waiting, &mut notes);
    orders(found, &mut notes);
    marks(found, &mut notes);
    coverage(found, &mut notes);
    let gates = found.pack.levels.iter().flat_map(|level| &level.gates);
    for key in found.inputs.gates.keys() {
        if !gates.clone().any(|gate| gate.id == *key) {
            notes.push(format!("填写的“{key}”不是《{}》的门槛，没有使用。", found.pack.name));
        }
    }
    if let Some(shown) = entered {
        notes.push(format!(
            "成长中心 {} 显示 {} 分，按规则计算 {} 为 {} 分，相差 {} 分。",
            shown.day,
            shown.points,
            shown.as_of,
            shown.computed,
            shown.points - shown.computed
        ));
    }
    notes
}

fn rules(found: &Reckoning<'_>, notes: &mut Vec<String>) {
    let pack = found.pack;
    if !pack.in_force(found.as_of) {
        notes.push(format!("{} 当天《{}》并未生效，仍按它计算，仅供参考。", found.as_of, pack.name));
    }
    let weakest = pack.confidence(found.industry);
    if weakest != Confidence::Confirmed {
        notes.push(format!("部分分值和门槛为“{}”，以成长中心显示为准。", weakest.label()));
    }
    let reading = &pack.reading.acceleration;
    let how = match reading.value {
        Acceleration::OnTop => "在基础分之外另加",
        Acceleration::InAll => "已包含基础分",
    };
    notes.push(format!("生意加速按“{how}”计算（{}）。", reading.confidence.label()));
    if pack.reading.rounding.value == Rounding::WholeThousands {
        notes.push("支付金额只计整千元。".to_owned());
    }
    if let Some(period) = &pack.protection
        && (period.value.from..period.value.to).contains(&found.as_of)
    {
        notes.push(format!("{} 前为规则保护期：这里显示计算出的等级，等级下降的店铺权益保留。", period.value.to));
    }
}

fn refunds(found: &Reckoning<'_>, waiting: &[String], notes: &mut Vec<String>) {
    if !found.inputs.refunds_known {
        notes.push(if found.ledger.has_refunds() {
            "退款可能不全：只扣了已导入的退款，实际积分可能更低。".to_owned()
        } else {
            "未扣退款：没有退款数据，实际积分可能更低。".to_owned()
        });
    }
    if !waiting.is_empty() {
        let named: Vec<&str> = waiting.iter().take(NAMED).map(String::as_str).collect();
        let more = if waiting.len() > NAMED { " 等" } else { "" };
        notes.push(format!("有 {} 笔退款找不到原订单，暂不扣分：{}{more}。", waiting.len(), named.join("、")));
    }
    if found.sums.turnover < 0 {
        notes.push("退款多于支付金额，支付金额按 0 计。".to_owned());
    }
}

fn orders(found: &Reckoning<'_>, notes: &mut Vec<String>) {
    let sums = &found.sums;
    if sums.excluded > 0 {
        notes.push(format!("已剔除 {} 笔无效订单（虚假、违规或交易关闭）。", sums.excluded));
    }
    if found.industry == Industry::Consumer && sums.orders_without_buyer > 0 {
        notes.push(format!("有 {} 笔订单没有买家，只计入支付金额。", sums.orders_without_buyer));
    }
}

fn marks(found: &Reckoning<'_>, notes: &mut Vec<String>) {
    let formula = found.industry.formula(found.pack);
    for mark in found.marks.iter().filter(|mark| mark.points.is_none()) {
        notes.push(format!("标识“{}”的分值未知，按 0 计。", mark.kind));
    }
    if found.marks.iter().filter(|mark| mark.points.is_some()).count() > 1 {
        notes.push(format!("每种标识各计一次（{}）。", Confidence::Candidate.label()));
    }
    // The drop-out table leaves marks out, so an end inside its days has to be said.
    let horizon = date(day_number(found.as_of) + window_days(found.pack));
    for mark in found.inputs.marks.iter().filter(|mark| mark.held(found.as_of)) {
        let points = formula.mark(&mark.kind).and_then(|rate| rate.points.as_ref());
        if let (Some(points), Some(last)) = (points, mark.to)
            && last < horizon
        {
            let first_without = last.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
            notes.push(format!(
                "标识“{}”{last} 到期，从 {first_without} 起少 {} 分（不在掉出明细内）。",
                mark.kind, points.value
            ));
        }
    }
}

/// A window that the data do not cover looks like a bad month; the reader must be able to tell the two apart.
fn coverage(found: &Reckoning<'_>, notes: &mut Vec<String>) {
    let today = day_number(found.as_of);
    let from = first_day(today, window_days(found.pack));
    match found.ledger.span(today) {
        Some((first, last)) if last >= from => {
            if first > from {
                notes.push(format!("数据从 {} 开始，窗口前 {} 天没有记录。", date(first), first - from));
            }
            if last < today {
                notes.push(format!("{} 之后没有记录，请确认数据已更新。", date(last)));
            }
        }
        _ => notes.push(format!("{} 至 {} 没有任何记录。", date(from), found.as_of)),
    }
}
