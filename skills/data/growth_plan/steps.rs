//! What to do: the best set of levers as tasks and as a table, the second one, and what holds the plan back.

use xiaoer_sdk::growth::ScoreCard;
use xiaoer_sdk::growth::plan::{Choice, Outcome, Plan, Step};
use xiaoer_sdk::{Block, Cell, Facts, Period, Report, Source, Table, Task, Value, said, step_task};

/// Heads of a table of steps; the last three are sums.
const HEADS: [&str; 7] = ["做什么", ">做多少", "哪几天做", "何时见效", ">成本", ">利润变化（已扣成本）", ">预计积分"];

pub(super) fn show(report: &mut Report, plan: &Plan, card: &ScoreCard) {
    match &plan.outcome {
        Outcome::AlreadyThere => {
            report.info("不用另外花钱。把服务和发货守好，照常经营就行；想更稳，就把想要的把握填高一点再排一次。");
        }
        Outcome::Reached { best, second } => {
            let tasks = record(&mut report.facts, best, card);
            report.push(Block::Checklist { title: "照这个做".into(), tasks });
            worth(report, plan);
            report.info("这份计划可以在“成长计划”页采用；采用以后，到期会拿实际和预期对一对，下次估得更准。");
            best_table(report, best, "最省的做法");
            if let Some(second) = second {
                second_table(report, second);
            }
            sentences(report, "卡在哪里", (&plan.binding, card));
        }
        Outcome::OutOfReach { effort, why, .. } => {
            // The summary says how far the most falls short.
            let why: Vec<String> = why.iter().filter(|line| !line.starts_with("能做的全部做满")).cloned().collect();
            if !effort.steps.is_empty() || plan.excluded.is_empty() {
                sentences(report, "为什么够不着", (&why, card));
            }
            if !plan.excluded.is_empty() {
                report.push(Block::Checklist { title: "先做这件".into(), tasks: vec![ask_for_figures()] });
            }
            if !effort.steps.is_empty() {
                record(&mut report.facts, effort, card);
                best_table(report, effort, "能做的都做满是这样（够不着，不建议照着花钱）");
            }
        }
    }
}

fn ask_for_figures() -> Task {
    Task::new("老板", "把手段缺的数字补上")
        .because("有的手段缺成本、毛利或数量，没敢算进来；补上以后也许就够得着")
        .until("这次冲级之前")
        .brings("能用的手段变多，做法可能更省")
}

fn worth(report: &mut Report, plan: &Plan) {
    if plan.worth.is_some() {
        report.info("你填的这一级值 {worth}；做这份方案，利润变化是 {profit}。值不值，你来定。");
    }
}

/// Each step's figures as facts `step_{n}_…`, and the steps as tasks.
fn record(facts: &mut Facts, choice: &Choice, card: &ScoreCard) -> Vec<Task> {
    choice.steps.iter().enumerate().map(|(at, step)| step_task(facts, (at + 1, step), card)).collect()
}

fn best_table(report: &mut Report, choice: &Choice, title: &str) {
    let mut table = Table::new(title, &HEADS, "");
    for (at, step) in choice.steps.iter().enumerate() {
        let fact = |what: &str| Cell::Fact(format!("step_{}_{what}", at + 1));
        table.row([
            Cell::quoted(&step.title),
            fact("units"),
            days(step),
            fact("works"),
            fact("cost"),
            fact("profit"),
            fact("points"),
        ]);
    }
    let sum = |id: &str| Cell::Fact(id.into());
    let empty = Cell::Empty;
    table.row([
        Cell::text("合计"),
        empty.clone(),
        empty.clone(),
        empty,
        sum("cost"),
        sum("profit"),
        sum("plan_points"),
    ]);
    report.push(Block::Table(table));
}

fn second_table(report: &mut Report, choice: &Choice) {
    let simulated = Source::rule("预测（加上方案）", "换这个做法，这一天够门槛的次数占比");
    report.facts.add("odds_second", "换个做法的把握", Value::odds(choice.odds), simulated);
    let from = Source::rule("冲级计划", "各项手段成本之和");
    report.facts.add("cost_second", "换个做法的成本", Value::yuan(choice.cost), from);
    let from = Source::rule("冲级计划", "各项手段带来的毛利减去全部成本");
    let profit = Value::MoneyChange(choice.margin.to_yuan());
    report.facts.add("profit_second", "换个做法的利润变化", profit, from);
    report.info(
        "不想靠上面最主要的那一项，也可以换个做法：花 {cost_second}，利润变化 {profit_second}，把握 {odds_second}。",
    );
    let mut table = Table::new("换个做法", &HEADS, "");
    for step in &choice.steps {
        table.row([
            Cell::quoted(&step.title),
            Cell::Value(Value::units(step.kind, step.units)),
            days(step),
            Cell::Value(Value::Day(step.dates.works_from)),
            Cell::Value(Value::yuan(step.cost)),
            Cell::Value(Value::MoneyChange(step.margin.to_yuan())),
            Cell::Value(Value::points(step.points)),
        ]);
    }
    report.push(Block::Table(table));
}

fn days(step: &Step) -> Cell {
    let days = Period { from: step.dates.start, to: step.dates.end.max(step.dates.start) };
    Cell::Value(Value::Name(days.text()))
}

fn sentences(report: &mut Report, title: &str, (lines, card): (&[String], &ScoreCard)) {
    if lines.is_empty() {
        return;
    }
    let mut table = Table::new(title, &["说明"], "");
    for line in lines {
        table.row([Cell::Text(said(line, card.as_of))]);
    }
    report.push(Block::Table(table));
}
