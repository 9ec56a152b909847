//! What a merchant reads beside a forecast. Sentences only; every figure comes from elsewhere.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::answer::ForecastWish;
use super::past::{ERRORS, RECENT};
use super::paths::{FestivalAhead, Sources};

/// Why nothing is simulated.
pub(crate) fn too_short(have: i32, needed: i32, days: usize) -> String {
    if have == 0 {
        return format!(
            "没有任何历史记录，无法预测照常经营；预测 {days} 天需要至少 {needed} 天的记录，请先同步或导入订单。"
        );
    }
    format!("历史只有 {have} 天，预测 {days} 天的照常经营需要至少 {needed} 天的记录，请继续积累或导入更早的订单。")
}

/// How the two lines were made.
pub(crate) fn method(have: i32, wish: &ForecastWish, sources: Option<&Sources>) -> Vec<String> {
    let mut lines = vec!["零新增：从今天起没有任何新订单、新退款和新询盘时的准确积分，不是预测。".to_owned()];
    let Some(sources) = sources else { return lines };
    lines.push(format!(
        "照常经营：窗口内留下的部分准确计算，再加上本店过去每周带来的增量（已在窗口内的买家不重复计算），星期几对星期几；\
         历史共 {have} 天，用到最近 {} 天，第一周取自 {} 个起点。",
        have.min(ERRORS + RECENT),
        sources.origins()
    ));
    lines.push(format!(
        "共模拟 {} 条路径（种子 {}，同样的数据和种子结果相同）；一半照搬过去的增量，一半按近期水平修正。",
        wish.paths, wish.seed
    ));
    for (name, festival) in by_name(&sources.festivals, true) {
        lines.push(format!("{name}（{}）按本店往年同期与平时的比例调整。", festival.day.anchor()));
    }
    lines
}

/// What the horizon holds that the history cannot tell.
pub(crate) fn festivals(sources: &Sources) -> Vec<String> {
    let unmatched = by_name(&sources.festivals, false).into_iter();
    unmatched
        .map(|(name, festival)| {
            format!(
                "预测期内有{name}（{}），没有往年同期的记录，没有按节日调整，实际可能相差较大。",
                festival.day.anchor()
            )
        })
        .collect()
}

fn by_name(days: &BTreeMap<usize, FestivalAhead>, matched: bool) -> BTreeMap<&str, &FestivalAhead> {
    let days = days.values().filter(|festival| festival.has_history() == matched);
    days.map(|festival| (festival.day.festival.name.as_str(), festival)).collect()
}

/// The day on which the odds speak, where that needs a word.
pub(crate) fn judging(wish: &ForecastWish, last: NaiveDate) -> Option<String> {
    match wish.judging_day {
        None => Some(format!("官方评定日未知：按每天评定计算，“评定日”取预测的最后一天 {last}。")),
        Some(day) if day > last => {
            Some(format!("评定日 {day} 在预测的最后一天 {last} 之后，没有给出评定日当天的把握。"))
        }
        Some(_) => None,
    }
}
