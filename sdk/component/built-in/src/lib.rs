//! 库存预警 as a component: the staff's own source, compiled once more.

use xiaoer_sdk::Skill;

fn stock_alert() -> Box<dyn Skill> {
    let all = xiaoer_skills::all().into_iter().map(|entry| entry.skill);
    all.into_iter().find(|skill| skill.manifest().name == "stock-alert").expect("the staff's list has it")
}

xiaoer_component::skill!(*stock_alert());
