//! What a reader of a card must know: one Chinese sentence each, only where it applies.
//!
//! Figures in these sentences come from the reckoning; nothing is computed here.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::calibration::of_other_rules;
use crate::card::ScoreCard;
use crate::event::Industry;
use crate::figure::Confidence;
use crate::pack::{Acceleration, Corrected, Rounding, Stacking};
use crate::rows::{date, day_number};
use crate::score::{Reckoning, window_days};
use crate::tally::first_day;

/// How many ids a sentence names.
const NAMED: usize = 5;

/// The sentences for a card that is complete but for them.
pub(crate) fn notes(found: &Reckoning<'_>, card: &ScoreCard) -> Vec<String> {
    let mut notes = Vec::new();
    rules(found, &mut notes);
    corrected(card, &mut notes);
    notes.extend(card.protection.as_ref().map(|protection| protection.sentence.clone()));
    refunds(found, &card.waiting_refunds, &mut notes);
    orders(found, &mut notes);
    marks(found, &mut notes);
    coverage(found, &mut notes);
    let gates = found.pack.levels.iter().flat_map(|level| &level.gates);
    for key in found.inputs.gates.keys() {
        if !gates.clone().any(|gate| gate.id == *key) {
            notes.push(format!("填写的“{key}”不是《{}》的门槛，没有使用。", found.pack.name));
        }
    }
    compared(found, card, &mut notes);
    notes
}

/// Whose figures these are: a reader must never take the merchant's own for the platform's.
fn corrected(card: &ScoreCard, notes: &mut Vec<String>) {
    let row = |row: &Corrected| {
        let amount = |value: &str| match value.parse::<Decimal>() {
            Ok(_) => format!("{value} {}", row.unit).trim_end().to_owned(),
            Err(_) => value.to_owned(),
        };
        format!("{} {}（原为 {}）", row.title, amount(&row.value), amount(&row.before))
    };
    let named: Vec<String> = card.corrected.iter().map(row).collect();
    if !named.is_empty() {
        notes.push(format!("以下分值为商家填写：{}。", named.join("；")));
    }
}

fn compared(found: &Reckoning<'_>, card: &ScoreCard, notes: &mut Vec<String>) {
    if let Some(shown) = &card.entered {
        notes.push(format!(
            "成长中心 {} 显示 {} 分，按规则计算 {} 为 {} 分，相差 {} 分。",
            shown.day,
            shown.points,
            shown.as_of,
            shown.computed,
            shown.points - shown.computed
        ));
    }
    let lag = Days::new(u64::from(found.pack.window.lag_days.value));
    let known = found.as_of.checked_add_days(lag).unwrap_or(NaiveDate::MAX);
    for late in found.inputs.shown.iter().filter(|shown| shown.day > known) {
        notes.push(format!("成长中心 {} 的数据晚于本次计算的 {}，没有对比。", late.day, found.as_of));
    }
    let earlier = found.inputs.shown.iter().filter(|shown| of_other_rules(found, shown)).count();
    if earlier > 0 {
        notes.push(format!("有 {earlier} 次成长中心的数据在《{}》生效之外，没有对比。", found.pack.name));
    }
    if card.calibration.first().is_some_and(|row| !row.covered) {
        notes.push("订单数据没有覆盖对比那天的整个窗口，不能用来判断规则是否可信。".to_owned());
    }
    if card.trusted == Some(false) {
        let limit = &found.pack.calibration;
        notes.push(format!(
            "最近 {} 次与成长中心对比，误差都超过上限（{} 分且 {}%，{}）：《{}》暂不可信，请以成长中心为准。",
            limit.after.value,
            limit.limit_points.value,
            limit.limit_percent.value.0.normalize(),
            limit.limit_points.source,
            found.pack.name
        ));
    }
    notes.extend(card.explanations.first().map(|found| found.sentence.clone()));
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
    let cut = match pack.reading.rounding.value {
        Rounding::None => None,
        Rounding::WholeThousands => Some("支付金额只计整千元"),
        Rounding::WholeParts => Some("每一部分的积分舍去小数"),
        Rounding::WholeTotal => Some("积分合计舍去小数"),
    };
    notes.extend(cut.map(|cut| format!("{cut}（{}）。", pack.reading.rounding.confidence.label())));
    if pack.reading.stacking.value == Stacking::MarketingFirst {
        let label = pack.reading.stacking.confidence.label();
        notes.push(format!("数字营销带来的订单不再计场景加速（{label}）。"));
    }
    caps(found, notes);
}

/// Said only where a cap is known and the part stands at it.
fn caps(found: &Reckoning<'_>, notes: &mut Vec<String>) {
    let (caps, parts) = (&found.industry.formula(found.pack).caps, &found.parts);
    let counted = match found.industry {
        Industry::Consumer => "买家",
        Industry::Industrial => "询盘",
    };
    let rows = [
        (counted, &caps.base, parts.base),
        ("支付金额", &caps.turnover, parts.turnover),
        ("数字营销", &caps.marketing, parts.marketing),
        ("场景", &caps.scene, parts.scene),
    ];
    for (part, cap, points) in rows {
        if let Some(cap) = cap.as_ref().filter(|cap| points >= cap.value) {
            notes.push(format!("{part}积分已到上限 {} 分（{}）。", cap.value, cap.confidence.label()));
        }
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
