//! What the plan rests on: every lever's figures with where they come from, the levers that were left out, and the notes.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use xiaoer_sdk::growth::plan::{Amount, Excluded, Lever, LeverKind, Levers, Origin, Outcome, Plan};
use xiaoer_sdk::{Block, Cell, Report, Table, Unit, Value, quoted, said};

/// Levers that cannot be used, each with the figure that would change that.
pub(super) fn excluded(report: &mut Report, excluded: &[Excluded], as_of: NaiveDate) {
    if excluded.is_empty() {
        return;
    }
    report.heading("没有用上的手段");
    // Most of them often lack the same figure: that is one thing to do, told once.
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for lever in excluded {
        // The sentence begins with the name that stands beside it.
        let why = lever.why.strip_prefix(&format!("「{}」", lever.title)).unwrap_or(&lever.why);
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, titles)) => titles.push(&lever.title),
            None => reasons.push((why, vec![&lever.title])),
        }
    }
    let mut table = Table::new("为什么没用、补什么", &["手段", "为什么"], "");
    for (why, titles) in reasons {
        table.row([Cell::Text(said(&titles.join("、"), as_of)), Cell::Text(said(why, as_of))]);
    }
    report.push(Block::Table(table));
}

/// The figures of every lever that the plan speaks of.
pub(super) fn assumptions(report: &mut Report, plan: &Plan, levers: &Levers) {
    let used = used(plan);
    let mut table = Table::new("每个数字从哪里来", &["手段", "依据", ">数字", "来源"], "");
    for lever in levers.levers.iter().filter(|lever| used.contains(&lever.id.as_str())) {
        for basis in &lever.basis {
            table.row([
                Cell::quoted(&lever.title),
                Cell::Text(quoted(&plainly(&basis.what, lever))),
                Cell::Value(figure(lever, &basis.what, basis.figure)),
                Cell::Text(origin(basis.origin)),
            ]);
        }
    }
    if !table.rows.is_empty() {
        report.heading("凭什么这么算");
        report.push(Block::Table(table));
    }
}

fn used(plan: &Plan) -> Vec<&str> {
    let steps = match &plan.outcome {
        Outcome::AlreadyThere => Vec::new(),
        Outcome::Reached { best, second } => {
            best.steps.iter().chain(second.iter().flat_map(|second| &second.steps)).collect()
        }
        Outcome::OutOfReach { effort, .. } => effort.steps.iter().collect(),
    };
    steps.into_iter().map(|step| step.lever.as_str()).collect()
}

/// In the lever's own unit; what is counted in thousands or hundreds of yuan is shown as money.
fn plainly(what: &str, lever: &Lever) -> String {
    let what = what.replace("每单位", &format!("每{}", lever.unit));
    what.replace("的千元数", "的金额").replace("，百元数", "，金额")
}

/// A basis counts in its lever's own unit; a group of buyers is always people.
fn figure(lever: &Lever, what: &str, amount: Amount) -> Value {
    match amount {
        Amount::Count(count) if what.contains("老客") => Value::Count(count, Unit::People),
        Amount::Count(count) => units(lever.kind, count),
        other => value(other, Unit::Things),
    }
}

fn units(kind: LeverKind, count: i64) -> Value {
    u32::try_from(count).map_or(Value::Count(count, Unit::Things), |count| Value::units(kind, count))
}

/// An amount, with the unit of its counts.
pub(super) fn value(amount: Amount, unit: Unit) -> Value {
    match amount {
        Amount::Count(count) => Value::Count(count, unit),
        Amount::Yuan(yuan) => Value::yuan(yuan),
        Amount::Days(days) => Value::Count(i64::from(days), Unit::Days),
        Amount::PerMille(share) => per_mille(share),
        Amount::Points(points) => Value::points(points),
    }
}

pub(super) fn per_mille(share: u32) -> Value {
    Value::Ratio(Decimal::from(share) / Decimal::ONE_THOUSAND)
}

fn origin(origin: Origin) -> String {
    match origin {
        Origin::Estimated { days, cases: 0 } => format!("店铺数据估算（{days} 天的记录）"),
        Origin::Estimated { days, cases } => format!("店铺数据估算（{days} 天的记录，依据 {cases} 例）"),
        Origin::Entered => "商家填写".into(),
        Origin::Learned { times } => format!("从以往方案学到（{times} 次）"),
        Origin::Assumed => "谨慎假设".into(),
    }
}

/// What must be known besides the figures.
pub(super) fn notes(report: &mut Report, plan: &Plan, as_of: NaiveDate) {
    // The section on the points needed says of the judging day what there is to say.
    let notes = plan.notes.iter().filter(|note| !note.starts_with("官方评定日未知"));
    let mut table = Table::new("还要知道", &["说明"], "没有要特别说明的。");
    for note in notes {
        table.row([Cell::Text(said(note, as_of))]);
    }
    table.row([Cell::Text(quoted("积分要靠真实的生意。先看利润，再看发货和服务，别为冲级亏本卖。"))]);
    report.push(Block::Table(table));
}
