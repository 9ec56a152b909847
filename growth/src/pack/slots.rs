//! THE list of the figures that a merchant may correct: path, Chinese title and unit of each, in reading order.
//!
//! What stands here can be shown, typed and corrected; nothing else in a pack can. No figure is judged here.

use super::text::Entry;
use super::{Benefit, ErrorLimit, Formula, Judging, Level, RulePack};
use crate::event::Industry;

/// One figure of a pack and how it is called.
pub(super) struct Slot<'a> {
    /// Path (`levels.L3.threshold`).
    pub(super) field: String,
    /// Name in Chinese.
    pub(super) title: String,
    /// Unit that is written behind the value.
    pub(super) unit: String,
    /// The industry whose formula it stands in; `None` for what both share.
    pub(super) industry: Option<Industry>,
    pub(super) entry: &'a mut dyn Entry,
}

/// Slots as they are found, with the industry of the part that is being read.
struct Slots<'a> {
    industry: Option<Industry>,
    found: Vec<Slot<'a>>,
}

impl<'a> Slots<'a> {
    fn add(&mut self, field: impl Into<String>, title: impl Into<String>, unit: &str, entry: &'a mut dyn Entry) {
        let (field, title, unit) = (field.into(), title.into(), unit.to_owned());
        self.found.push(Slot { field, title, unit, industry: self.industry, entry });
    }
}

/// Every figure that may be corrected, in the order in which a reader looks for them.
pub(super) fn slots(pack: &mut RulePack) -> Vec<Slot<'_>> {
    let mut slots = Slots { industry: None, found: Vec::new() };
    let (window, reading, refund) = (&mut pack.window, &mut pack.reading, &mut pack.refund);
    slots.add("window.days", "统计窗口", "天", &mut window.days);
    slots.add("window.lag_days", "成长中心数据滞后", "天", &mut window.lag_days);
    slots.industry = Some(Industry::Consumer);
    formula(&mut slots, &mut pack.consumer, ["支付买家", "数字营销买家"]);
    slots.industry = Some(Industry::Industrial);
    formula(&mut slots, &mut pack.industrial, ["有效询盘", "数字营销询盘"]);
    slots.industry = None;
    slots.add("reading.acceleration", "生意加速的算法", "", &mut reading.acceleration);
    slots.add("reading.rounding", "取整", "", &mut reading.rounding);
    slots.add("reading.stacking", "数字营销与场景的叠加", "", &mut reading.stacking);
    slots.add("refund.takes", "退款扣多少", "", &mut refund.takes);
    slots.add("refund.buyer", "退款后何时不计买家", "", &mut refund.buyer);
    judging(&mut slots, &mut pack.judging);
    slots.add("reading.gates_cumulative", "高等级须满足低等级的门槛", "", &mut reading.gates_cumulative);
    slots.add("reading.benefits_cumulative", "高等级保留低等级的权益", "", &mut reading.benefits_cumulative);
    for row in &mut pack.levels {
        level(&mut slots, row);
    }
    benefits(&mut slots, "benefits", "", &mut pack.benefits);
    limits(&mut slots, &mut pack.calibration);
    slots.found
}

fn formula<'a>(slots: &mut Slots<'a>, formula: &'a mut Formula, [counted, promoted]: [&str; 2]) {
    let Some(industry) = slots.industry else { return };
    let rows: [(&str, String, &'a mut dyn Entry); 9] = [
        ("base", format!("每个{counted}"), &mut formula.base),
        ("turnover", "每 1000 元支付金额".to_owned(), &mut formula.turnover),
        ("marketing", format!("每个{promoted}的加速"), &mut formula.marketing),
        ("scene", "每 1000 元场景支付金额的加速".to_owned(), &mut formula.scene),
        ("caps.base", format!("{counted}积分上限"), &mut formula.caps.base),
        ("caps.turnover", "支付金额积分上限".to_owned(), &mut formula.caps.turnover),
        ("caps.marketing", "数字营销加速上限".to_owned(), &mut formula.caps.marketing),
        ("caps.scene", "场景加速上限".to_owned(), &mut formula.caps.scene),
        ("scenes", "场景".to_owned(), &mut formula.scenes),
    ];
    for (key, title, entry) in rows {
        let unit = if key == "scenes" { "" } else { "分" };
        slots.add(format!("{industry}.{key}"), format!("{} {title}", industry.title()), unit, entry);
    }
    for mark in &mut formula.marks {
        let field = format!("{industry}.marks.{}.points", mark.kind);
        slots.add(field, format!("{} 标识：{}", industry.title(), mark.kind), "分", &mut mark.points);
    }
}

fn judging<'a>(slots: &mut Slots<'a>, judging: &'a mut Judging) {
    slots.add("judging.rhythm", "评定周期", "", &mut judging.rhythm);
    slots.add("judging.day_of_month", "每月评定日", "号", &mut judging.day_of_month);
    slots.add("judging.hour", "评定时间", "点", &mut judging.hour);
}

fn level<'a>(slots: &mut Slots<'a>, level: &'a mut Level) {
    let id = level.id.clone();
    slots.add(format!("levels.{id}.threshold"), format!("{id} 起始积分"), "分", &mut level.threshold);
    for gate in &mut level.gates {
        let path = format!("levels.{id}.gates.{}", gate.id);
        let title = |what: &str| format!("{id} 门槛：{}{what}", gate.name);
        if let Some(bound) = &mut gate.at_least {
            slots.add(format!("{path}.at_least"), title("不低于"), &gate.unit, bound);
        } else if let Some(bound) = &mut gate.at_most {
            slots.add(format!("{path}.at_most"), title("不高于"), &gate.unit, bound);
        } else if let Some(marks) = &mut gate.any_mark {
            slots.add(format!("{path}.any_mark"), title(""), &gate.unit, marks);
        }
    }
    benefits(slots, &format!("levels.{id}.benefits"), &format!("{id} "), &mut level.benefits);
}

/// Only what can be counted can be corrected.
fn benefits<'a>(slots: &mut Slots<'a>, path: &str, level: &str, benefits: &'a mut [Benefit]) {
    for benefit in benefits.iter_mut().filter(|benefit| !benefit.unit.is_empty()) {
        let name = &benefit.name.value;
        let (field, title) = (format!("{path}.{name}.amount"), format!("{level}权益：{name}"));
        slots.add(field, title, &benefit.unit, &mut benefit.amount);
    }
}

fn limits<'a>(slots: &mut Slots<'a>, limits: &'a mut ErrorLimit) {
    slots.add("calibration.limit_points", "误差上限（分）", "分", &mut limits.limit_points);
    slots.add("calibration.limit_percent", "误差上限（百分比）", "%", &mut limits.limit_percent);
    slots.add("calibration.after", "连续超限几次后不再可信", "次", &mut limits.after);
}
