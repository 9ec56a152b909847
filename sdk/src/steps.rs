//! A plan's steps as things to do, said the same way by every skill that hands them on.
//!
//! Words only: which step, how much of it and what it brings come from the plan.

use crate::growth::ScoreCard;
use crate::growth::plan::{LeverKind, Step};
use crate::{Facts, Source, Task, Value, quoted};

/// A step of a plan as something to do, and its figures as facts `step_{n}_…`. The title holds no figure: it is what the task is known
/// by tomorrow.
pub fn step_task(facts: &mut Facts, (number, step): (usize, &Step), card: &ScoreCard) -> Task {
    record(facts, number, step);
    let (who, title, why) = words(step, card);
    let id = |what: &str| format!("{{step_{number}_{what}}}");
    let until = if step.dates.end > step.dates.start {
        format!("{} 开始，{} 前做完，{} 起见效", id("start"), id("end"), id("works"))
    } else {
        format!("{} 做，{} 起见效", id("start"), id("works"))
    };
    let task = Task::new(who, title).because(format!("{why}。要做 {}", id("units"))).until(until).brings(format!(
        "预计 {}，成本 {}",
        id("points"),
        id("cost")
    ));
    if step.skill.is_empty() { task } else { task.with_skill(&step.skill) }
}

/// The figures of a step.
fn record(facts: &mut Facts, number: usize, step: &Step) {
    let title = &quoted(&step.title);
    let mut add = |what: &str, (label, value, how): (&str, Value, &str)| {
        let source = Source::rule("冲级计划", how);
        facts.add(&format!("step_{number}_{what}"), &format!("{title}：{label}"), value, source);
    };
    add("units", ("做多少", Value::units(step.kind, step.units), "刚好够把握的最省的量"));
    add("start", ("开始", Value::Day(step.dates.start), "评定那天还算数的安排"));
    add("end", ("做完", Value::Day(step.dates.end), "按每天最多能做多少排开"));
    add("works", ("见效", Value::Day(step.dates.works_from), "开始的日子加上见效要的天数"));
    add("cost", ("成本", Value::yuan(step.cost), "每单位成本 × 数量"));
    add("profit", ("利润变化", Value::MoneyChange(step.margin.to_yuan()), "带来的毛利减去成本"));
    add("points", ("预计积分", Value::points(step.points), "每单位分值 × 数量 × 兑现的可能"));
}

fn words(step: &Step, card: &ScoreCard) -> (&'static str, String, String) {
    let say = |who, title: &str, why: &str| (who, title.to_owned(), why.to_owned());
    let scenes = if card.scenes.is_empty() { "场景".into() } else { quoted(&card.scenes.join("、")) };
    match step.kind {
        LeverKind::PromotionBuyers => {
            say("运营", "用数字营销引来新买家", "数字营销带来的新买家，除了买家的分，另有生意加速")
        }
        LeverKind::PromotionInquiries => say("运营", "用数字营销引来有效询盘", "数字营销带来的询盘另有生意加速"),
        LeverKind::WinBack => say("客服", "请快掉出的老客回来下单", "这些老客快要掉出窗口，回来下单就又算进支付买家数"),
        LeverKind::RepeatOrder => say("客服", "请老客再下一单", "这些老客还在窗口里，再下单加的是支付金额的分"),
        LeverKind::SceneTurnover => {
            ("运营", "让更多成交进场景".to_owned(), format!("同样的成交放进{scenes}，另有生意加速"))
        }
        LeverKind::FewerRefunds => say("客服", "能不退的先谈好换货补发", "退多少就扣多少的分，少退就是多得"),
        LeverKind::LadderPrice => say("运营", "设好阶梯价，让买家多拿", "多拿有价差，支付金额就上去了"),
        LeverKind::MinimumOrder => say("运营", "调起订量，让小单凑大", "小单凑到起订量，支付金额就上去了"),
        LeverKind::ResponseRate => say("客服", "接住每个询盘，及时回复", "漏回的询盘不算有效询盘"),
        LeverKind::Verification => ("老板", format!("办{}", quoted(&step.title)), "标识在手，分就一直算".to_owned()),
    }
}
