//! What became of plans that were adopted and are over: what was expected, what was there, lever by lever.

use xiaoer_sdk::growth::plan::Realised;
use xiaoer_sdk::{Block, Cell, EarlierPlan, Report, Table, Unit, Value, quoted};

use super::basis::{per_mille, value};

pub(super) fn show(report: &mut Report, earlier: &[EarlierPlan]) {
    if earlier.is_empty() {
        return;
    }
    report.heading("以往的计划，后来怎样");
    let heads = ["采用日", "目标", "瞄准的日子", ">目标门槛", ">那天的积分", "够了吗", ">方案预期带来"];
    let mut table = Table::new("到期的计划", &heads, "");
    for plan in earlier {
        table.row([
            Cell::Value(Value::Day(plan.adopted)),
            Cell::quoted(&plan.level),
            Cell::Value(Value::Day(plan.judged_on)),
            Cell::Value(Value::points(plan.threshold)),
            Cell::Value(Value::points(plan.total)),
            Cell::text(if plan.total >= plan.threshold { "够了" } else { "没够" }),
            Cell::Value(Value::points(plan.expected)),
        ]);
    }
    report.push(Block::Table(table));
    levers(report, earlier);
}

fn levers(report: &mut Report, earlier: &[EarlierPlan]) {
    let heads = ["采用日", "手段", "量的是什么", ">预期多", ">实际多", ">本来就有", ">兑现"];
    let mut table = Table::new("预期和实际", &heads, "这些计划里没有能从订单里量出来的手段。");
    for plan in earlier {
        for row in &plan.realised {
            let unit = unit(row);
            table.row([
                Cell::Value(Value::Day(plan.adopted)),
                Cell::quoted(&row.title),
                Cell::Text(quoted(&row.of)),
                Cell::Value(value(row.expected, unit)),
                Cell::Value(value(row.realised, unit)),
                Cell::Value(value(row.baseline, unit)),
                Cell::Value(per_mille(row.ratio)),
            ]);
        }
    }
    report.push(Block::Table(table));
    report.info("“本来就有”是照以往的步子也会有的，不算计划的功劳；兑现的比例会用来校正下一次的估算。");
}

/// What is measured is told by its name: people, inquiries, or money, which needs no unit of ours.
fn unit(row: &Realised) -> Unit {
    if row.of.contains("询盘") { Unit::Times } else { Unit::People }
}
