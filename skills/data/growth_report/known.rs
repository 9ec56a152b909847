//! What is not known and how to supply it, the gates, what 成长中心 showed, and the notes of the score.

use xiaoer_sdk::growth::{Compare, Effect, Entered, GateRow, Points, ScoreCard};
use xiaoer_sdk::{Block, Cell, Report, Source, Table, Unit, Value};

use super::points;

pub(super) fn show(report: &mut Report, card: &ScoreCard) {
    missing(report, card);
    gates(report, card);
    match &card.entered {
        Some(shown) => entered(report, card, shown),
        None => report.info("想知道算得准不准：把成长中心显示的积分和等级填进来，这里就会显示相差多少。"),
    }
    let mut notes = Table::new("计算说明", &["说明"], "没有要特别说明的。");
    for note in &card.notes {
        // A note may name refunds and marks that came from outside.
        notes.row([Cell::Text(xiaoer_sdk::quoted_to(note, 200))]);
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
    let mut table = Table::new("等级门槛（积分之外）", &["等级", "门槛", ">要求", ">现在", "达标吗"], "");
    for gate in &card.gates {
        let now = gate.value.as_ref().map_or(Cell::text("未填写"), |value| figure(&format!("{value}{}", gate.unit)));
        table.row([
            Cell::quoted(&gate.level),
            Cell::quoted(&gate.name),
            figure(&bound(gate)),
            now,
            Cell::text(verdict(gate)),
        ]);
    }
    report.push(Block::Table(table));
    if let (false, Some(range)) = (card.level_confirmed, &card.level_range) {
        let source = || Source::rule("生意积分规则", "按已知的门槛和积分");
        report.facts.add("level_low", "最稳的等级", Value::Name(range.low.clone()), source());
        let Some(high) = range.high.clone() else {
            report.info("数据和门槛没有填全，等级还不能确定，最稳是 {level_low}。");
            return;
        };
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

fn verdict(gate: &GateRow) -> &'static str {
    match gate.ok {
        Some(true) => "达标",
        Some(false) => "未达标",
        None => "未知",
    }
}

fn entered(report: &mut Report, card: &ScoreCard, shown: &Entered) {
    let facts = &mut report.facts;
    let typed = || Source::rule("商家填写", "成长中心当天显示的数字");
    let computed = || Source::rule("生意积分规则", "按成长中心的数据日重算");
    facts.add("entered_day", "填写的日子", Value::Day(shown.day), typed());
    facts.add("entered_points", "成长中心显示的积分", points(shown.points), typed());
    facts.add(
        "entered_level",
        "成长中心显示的等级",
        Value::Name(shown.level.clone().unwrap_or_else(|| "未填写".into())),
        typed(),
    );
    facts.add("computed_day", "对应的数据日", Value::Day(shown.as_of), computed());
    facts.add("computed_points", "同一天算出的积分", points(shown.computed), computed());
    facts.add("computed_level", "同一天算出的等级", Value::Name(shown.computed_level.clone()), computed());
    let difference = card.difference.unwrap_or_default().to_decimal();
    let how = Source::rule("计算", "成长中心显示 − 算出的积分");
    facts.add("difference", "相差", Value::PointsChange(difference), how);
    report.heading("和成长中心对一对");
    report.info(
        "成长中心 {entered_day} 显示 {entered_points}（{entered_level}）；按规则算 {computed_day} 是 {computed_points}（{computed_level}），\
         相差 {difference}。以成长中心为准。",
    );
}
