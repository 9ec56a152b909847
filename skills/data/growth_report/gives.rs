//! What the level gives, what the next one adds and what falling would cost; and the protection of the first days of new rules.
//!
//! An amount that nobody knows is shown as unknown, and nothing that was announced without a level is given to one.

use xiaoer_sdk::growth::{BenefitRow, ScoreCard};
use xiaoer_sdk::{Block, Cell, Report, Source, Table, Value, quoted, said};

pub(super) fn show(report: &mut Report, card: &ScoreCard) {
    let given = &card.benefits;
    let nothing = [&given.held, &given.next, &given.level_unknown].into_iter().all(Vec::is_empty);
    if nothing && card.protection.is_none() {
        return;
    }
    report.heading("等级能带来什么");
    if let Some(protection) = &card.protection {
        let source = Source::rule("生意积分规则", "规则生效初期的权益保护");
        let words = Value::Name(said(&protection.sentence, card.as_of));
        report.facts.add("protection", "保护期", words, source);
        report.info("{protection}");
    }
    stands(report, card);
    let mut table = Table::new("等级权益", &["权益", "多少", "什么时候有", "说明", "可信度"], "没有查到列明的权益。");
    for row in &given.held {
        let lost = given.lost.iter().any(|lost| lost.name == row.name);
        table.row(cells(row, if lost { "现在有，掉一级就没了" } else { "现在有" }, card));
    }
    let next = above(card).map_or_else(|| "到下一级才有".to_owned(), |level| format!("到 {} 才有", quoted(level)));
    for row in &given.next {
        table.row(cells(row, &next, card));
    }
    for row in &given.level_unknown {
        table.row(cells(row, "哪一级有：未知", card));
    }
    report.push(Block::Table(table));
}

/// Whose benefits the shop has, where that is not plain.
fn stands(report: &mut Report, card: &ScoreCard) {
    let given = &card.benefits;
    let Some(level) = &given.level else {
        report.info("权益按哪一级给还不知道，下面只列公布过的。");
        return;
    };
    let source = Source::rule("生意积分规则", "积分和已知门槛都没有排除的等级");
    report.facts.add("benefits_level", "享受权益的等级", Value::Name(level.clone()), source);
    let gated = *level != card.level && card.protection.is_none();
    let why = if gated { "积分到了 {level}，可是有门槛没达标，" } else { "" };
    let held = if given.held.is_empty() { "；这一级没有查到列明的权益" } else { "" };
    let next = above(card).filter(|_| given.next.is_empty()).map_or_else(String::new, |next| {
        let source = Source::rule("生意积分规则", "享受权益的等级的上一级");
        report.facts.add("benefits_next", "再上一级", Value::Name(next.to_owned()), source);
        "；到 {benefits_next} 也没有查到新增的".into()
    });
    let sure = if given.certain { "" } else { "。等级还没确定，以成长中心为准" };
    report.info(format!("{why}权益按 {{benefits_level}} 给{held}{next}{sure}。"));
}

fn above(card: &ScoreCard) -> Option<&str> {
    let own = card.benefits.level.as_ref()?;
    let at = card.levels.iter().position(|step| step.level == *own)?;
    card.levels.get(at + 1).map(|step| step.level.as_str())
}

fn cells(row: &BenefitRow, when: &str, card: &ScoreCard) -> [Cell; 5] {
    let amount = row.amount.as_ref().map_or(Cell::Empty, |amount| Cell::Value(Value::Name(quoted(amount))));
    let until = row.until.map(|day| format!("到 {day} 前有效"));
    let words: Vec<String> = row.text.iter().cloned().chain(until).collect();
    let words = if words.is_empty() { Cell::Empty } else { Cell::Text(said(&words.join("；"), card.as_of)) };
    let name = Cell::quoted(&format!("{}：{}", row.kind, row.name));
    [name, amount, Cell::text(when), words, Cell::text(row.confidence.label())]
}
