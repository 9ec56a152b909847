//! The coming days: what certainly stays, what business as usual brings, and the odds of the levels near the present one.
//!
//! The odds of one day and of any day until then stand in columns of their own: they are two figures, and the second is never smaller.

use xiaoer_sdk::growth::Points;
use xiaoer_sdk::growth::forecast::LevelOdds;
use xiaoer_sdk::{Block, Cell, FactId, Facts, Period, Report, Table, judging, odds_facts, outlook, said};

use super::Seen;

/// How far the report looks ahead.
pub(super) const DAYS: u32 = 30;

pub(super) fn show(report: &mut Report, seen: &Seen) {
    if seen.card.counts.orders == 0 && seen.card.points.total == Points::ZERO {
        return;
    }
    report.heading("往后会怎样");
    let drawn = outlook(&mut report.facts, &seen.card, (&seen.forecast, "points_total"));
    report.push(drawn);
    odds(report, seen);
    method(report, seen);
}

fn odds(report: &mut Report, seen: &Seen) {
    let near = near(seen);
    let Some(any) = near.first().map(|(_, odds)| odds.any_day) else { return };
    let known = seen.card.judging.day.is_some();
    let on = near.iter().find_map(|(_, odds)| odds.on_day).map(|on| Period::day(on.date).text());
    let on = match (on, known) {
        (Some(day), true) => format!(">评定日（{day}）当天"),
        (Some(day), false) => format!(">{day} 当天"),
        (None, _) => ">评定日当天".to_owned(),
    };
    let any = format!(">到 {} 为止任一天", Period::day(any.by).text());
    let heads = ["等级".to_owned(), ">门槛".to_owned(), on, any];
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new("照常经营，积分够得上的把握", &heads, "");
    for (key, odds) in near {
        table.row(row(&mut report.facts, seen, (key, odds)));
    }
    report.push(Block::Table(table));
    let judged = judging(&mut report.facts, &seen.card);
    let last = if known { "" } else { "，“当天”按预测的最后一天算" };
    report.info(format!(
        "{judged}{last}。“当天”和“任一天”是两个数：先够过、到了那天又掉下来，不算数。把握只看积分，不看别的门槛。"
    ));
}

fn row(facts: &mut Facts, seen: &Seen, (key, odds): (&str, &LevelOdds)) -> [Cell; 4] {
    let ids = odds_facts(facts, key, odds);
    let what = if key == "keep" { "保住" } else { "够到" };
    let at = seen.card.levels.iter().position(|step| step.level == odds.level).map_or(0, |at| at + 1);
    [
        Cell::quoted(&format!("{what} {}", odds.level)),
        Cell::Fact(format!("level_{at}")),
        ids.on_day.map_or(Cell::text("评定日太远，估不到"), Cell::Fact),
        any_day(key, ids.any_day),
    ]
}

/// To have kept a level on any one day says nothing: only the day itself counts for it.
fn any_day(key: &str, id: FactId) -> Cell {
    if key == "keep" { Cell::Empty } else { Cell::Fact(id) }
}

/// The present level, which may be lost unless it begins at zero, and the next one.
fn near(seen: &Seen) -> Vec<(&'static str, &LevelOdds)> {
    let of = |level: &str| seen.forecast.odds.iter().find(|odds| odds.level == level);
    let keep = of(&seen.card.level).filter(|odds| odds.threshold > Points::ZERO);
    let next = seen.card.next.as_ref().and_then(|next| of(&next.level));
    [keep.map(|odds| ("keep", odds)), next.map(|odds| ("next", odds))].into_iter().flatten().collect()
}

/// How it was estimated. What the table says of the judging day is not said again.
fn method(report: &mut Report, seen: &Seen) {
    if seen.forecast.usual.is_none() {
        return;
    }
    let mut table = Table::new("往后的积分怎么估的", &["说明"], "");
    let notes = seen.forecast.notes.iter().filter(|note| !note.contains("评定日"));
    // How many paths and from which seed is for whoever computes it again, not for a merchant.
    for line in seen.forecast.method.iter().filter(|line| !line.contains("种子")).chain(notes) {
        table.row([Cell::Text(said(line, seen.card.as_of))]);
    }
    report.push(Block::Table(table));
}
