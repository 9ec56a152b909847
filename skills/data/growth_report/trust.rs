//! Whether the rules can be believed: what 成长中心 showed day by day, what would explain the difference, and the merchant's own figures.
//!
//! An explanation is a guess for a person to judge; nothing here applies one.

use xiaoer_sdk::growth::{Corrected, Entered, ScoreCard};
use xiaoer_sdk::{Block, Cell, Report, Source, Table, Value, quoted, said};

pub(super) fn show(report: &mut Report, card: &ScoreCard) {
    match &card.entered {
        Some(shown) => compared(report, card, shown),
        None => report.info("想知道算得准不准：把成长中心显示的积分和等级填进来，这里就会显示相差多少。"),
    }
    own_figures(report, card);
}

fn compared(report: &mut Report, card: &ScoreCard, shown: &Entered) {
    newest(report, card, shown);
    report.heading("和成长中心对一对");
    if card.trusted == Some(false) {
        report.warn("最近几次对比都差得太多，这套规则暂时不可信：积分、等级和预测都以成长中心为准。");
    }
    report.info(
        "成长中心 {entered_day} 显示 {entered_points}（{entered_level}）；按规则算 {computed_day} 是 {computed_points}（{computed_level}），\
         相差 {difference}。以成长中心为准。",
    );
    if card.calibration.len() > 1 {
        history(report, card);
    }
    explanations(report, card);
}

fn newest(report: &mut Report, card: &ScoreCard, shown: &Entered) {
    let facts = &mut report.facts;
    let typed = || Source::rule("商家填写", "成长中心当天显示的数字");
    let computed = || Source::rule("生意积分规则", "按成长中心的数据日重算");
    facts.add("entered_day", "填写的日子", Value::Day(shown.day), typed());
    facts.add("entered_points", "成长中心显示的积分", Value::points(shown.points), typed());
    // The level was typed in by hand: words from outside.
    let level = shown.level.as_deref().map_or_else(|| "等级未填写".into(), quoted);
    facts.add("entered_level", "成长中心显示的等级", Value::Name(level), typed());
    facts.add("computed_day", "对应的数据日", Value::Day(shown.as_of), computed());
    facts.add("computed_points", "同一天算出的积分", Value::points(shown.computed), computed());
    facts.add("computed_level", "同一天算出的等级", Value::Name(shown.computed_level.clone()), computed());
    let how = Source::rule("计算", "成长中心显示 − 算出的积分");
    facts.add("difference", "相差", Value::points_moved(card.difference.unwrap_or_default()), how);
}

fn history(report: &mut Report, card: &ScoreCard) {
    let heads = ["填写日", "数据日", ">成长中心显示", ">按规则算", ">相差", "等级（显示/算出）", "能用来判断吗"];
    let mut table = Table::new("每次对比", &heads, "");
    for row in &card.calibration {
        let level = row.level.as_deref().map_or_else(|| "未填写".into(), quoted);
        table.row([
            Cell::Value(Value::Day(row.day)),
            Cell::Value(Value::Day(row.as_of)),
            Cell::Value(Value::points(row.shown)),
            Cell::Value(Value::points(row.computed)),
            Cell::Value(Value::points_moved(row.difference)),
            Cell::Text(format!("{level}/{}", row.computed_level)),
            Cell::text(if row.covered { "能" } else { "不能，订单没有导全" }),
        ]);
    }
    report.push(Block::Table(table));
}

fn explanations(report: &mut Report, card: &ScoreCard) {
    if card.explanations.is_empty() {
        return;
    }
    report.info("下面只是可能的原因，不会自动改。核对属实再去改规则里的分值，或把缺的数据补上。");
    let mut table = Table::new("差在哪里", &["可能的原因"], "");
    for found in &card.explanations {
        table.row([Cell::Text(said(&found.sentence, card.as_of))]);
    }
    report.push(Block::Table(table));
}

fn own_figures(report: &mut Report, card: &ScoreCard) {
    let own = |one: &&Corrected| one.industry.is_none_or(|industry| industry == card.industry);
    let own: Vec<&Corrected> = card.corrected.iter().filter(own).collect();
    if own.is_empty() {
        return;
    }
    let heads = ["哪一项", ">你填的", ">规则里原来是", "填写日"];
    let mut table = Table::new("按你填的算的规则", &heads, "");
    for one in own {
        let unit = |value: &str| if value == "未知" { "" } else { one.unit.as_str() };
        let figure = |value: &str| Cell::Value(Value::Name(quoted(&format!("{value}{}", unit(value)))));
        table.row([Cell::quoted(&one.title), figure(&one.value), figure(&one.before), Cell::Value(Value::Day(one.on))]);
    }
    report.push(Block::Table(table));
}
