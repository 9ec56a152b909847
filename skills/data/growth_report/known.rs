//! What is not known and how to supply it, the gates, and the notes of the score.

use xiaoer_sdk::growth::{Compare, Effect, GateRow, Points, ScoreCard};
use xiaoer_sdk::{Block, Cell, Report, Source, Table, Unit, Value, said};

pub(super) fn show(report: &mut Report, card: &ScoreCard) {
    missing(report, card);
    gates(report, card);
}

/// What else the score has to say. What stands elsewhere in the report is not said again.
pub(super) fn notes(report: &mut Report, card: &ScoreCard) {
    let told: Vec<&str> = card
        .explanations
        .iter()
        .map(|explanation| explanation.sentence.as_str())
        .chain(card.protection.as_ref().map(|protection| protection.sentence.as_str()))
        .chain([card.judging.sentence.as_str()])
        .collect();
    let elsewhere = |note: &str| {
        let compared = card.entered.is_some() && note.starts_with("成长中心") && note.contains("按规则计算");
        told.contains(&note) || compared || (!card.corrected.is_empty() && note.starts_with("以下分值为商家填写"))
    };
    let mut notes = Table::new("计算说明", &["说明"], "没有要特别说明的。");
    for note in card.notes.iter().filter(|note| !elsewhere(note)) {
        // A note may name refunds and marks that came from outside.
        notes.row([Cell::Text(said(note, card.as_of))]);
    }
    report.push(Block::Table(notes));
}

fn missing(report: &mut Report, card: &ScoreCard) {
    if card.missing.is_empty() {
        return;
    }
    report.heading("还缺哪些数据");
    let inputs = i64::try_from(card.missing.len()).unwrap_or(i64::MAX);
    let source = Source::rule("生意积分规则", "会影响积分或等级、但还没有提供的数据");
    report.facts.add("missing", "缺的数据", Value::Count(inputs, Unit::Things), source);
    report.warn(match card.range.map(|range| range.high) {
        Some(Some(_)) => "估算：还有 {missing}数据没提供，可能的积分是 {points_range}。补上就准了。",
        Some(None) => "估算：还有 {missing}数据没提供，到底能有多少积分还算不出来。补上就准了。",
        None => "估算：还有 {missing}数据没提供，补上就准了。",
    });
    let mut table = Table::new("缺的数据和补法", &["缺什么", ">可能影响", "怎么补"], "");
    for input in &card.missing {
        table.row([
            Cell::quoted(&input.title),
            effect(&input.effect),
            Cell::Text(xiaoer_sdk::quoted_to(&input.how, 200)),
        ]);
    }
    report.push(Block::Table(table));
}

fn effect(effect: &Effect) -> Cell {
    match (effect.low, effect.high) {
        (Some(Points::ZERO), Some(Points::ZERO)) => Cell::text("不改变积分，关系到等级"),
        (Some(low), Some(high)) => Cell::Value(Value::PointsRange(low.to_decimal(), high.to_decimal())),
        (Some(_), None) => Cell::text("会多，多少未知"),
        (None, Some(_)) => Cell::text("只会变少，少多少未知"),
        (None, None) => Cell::text("未知"),
    }
}

fn gates(report: &mut Report, card: &ScoreCard) {
    if card.gates.is_empty() {
        return;
    }
    let mut table = Table::new("等级门槛（积分之外）", &["等级", "门槛", ">要求", ">现在", "达标吗", ">差多少"], "");
    for gate in &card.gates {
        let now = gate.value.as_ref().map_or(Cell::text("未填写"), |value| figure(&format!("{value}{}", gate.unit)));
        table.row([
            Cell::quoted(&gate.level),
            Cell::quoted(&gate.name),
            figure(&bound(gate)),
            now,
            Cell::text(verdict(gate)),
            short(gate),
        ]);
    }
    let failing = i64::try_from(card.gates.iter().filter(|gate| gate.ok == Some(false)).count()).unwrap_or(i64::MAX);
    if failing > 0 {
        let source = Source::rule("生意积分规则", "填写的数字没有达到要求的门槛");
        report.facts.add("failing", "没达标的门槛", Value::Count(failing, Unit::Things), source);
        report.warn("积分之外有 {failing}门槛没达标，积分再高也替不了，先补这个。");
    }
    report.push(Block::Table(table));
    if let (false, Some(range)) = (card.level_confirmed, &card.level_range) {
        let source = || Source::rule("生意积分规则", "按已知的门槛和积分");
        report.facts.add("level_low", "最稳的等级", Value::Name(range.low.clone()), source());
        let Some(high) = range.high.clone() else {
            report.info("数据和门槛没有填全，等级还不能确定，最稳是 {level_low}。");
            return;
        };
        if high == range.low {
            report.info("积分到了 {level}，可是有门槛没达标，现在按 {level_low} 看。");
            return;
        }
        report.facts.add("level_high", "最高可能的等级", Value::Name(high), source());
        report.info("门槛没有填全，等级还不能确定：最稳是 {level_low}，最高可能 {level_high}。");
    }
}

fn figure(text: &str) -> Cell {
    Cell::Value(Value::Name(xiaoer_sdk::quoted(text)))
}

fn bound(gate: &GateRow) -> String {
    let sign = match gate.compare {
        Compare::AtLeast => "≥ ",
        Compare::AtMost => "≤ ",
        Compare::AnyMark => "",
    };
    format!("{sign}{}{}", gate.threshold, gate.unit)
}

/// By how much a gate fails; a mark is held or not.
fn short(gate: &GateRow) -> Cell {
    let Some(by) = gate.short_by else { return Cell::Empty };
    let word = if gate.compare == Compare::AtMost { "超出 " } else { "还差 " };
    figure(&format!("{word}{}{}", by.normalize(), gate.unit))
}

fn verdict(gate: &GateRow) -> &'static str {
    match gate.ok {
        Some(true) => "达标",
        Some(false) => "未达标",
        None => "未知",
    }
}
