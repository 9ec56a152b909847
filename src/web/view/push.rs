//! How the pushes of a shop are doing, in words.

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::when;
use crate::shop::push::Standing;

/// What waits longer than this does not come by itself.
const LONG: TimeDelta = TimeDelta::minutes(5);
/// Failures that are told one by one.
const TOLD: usize = 3;

/// One sentence: the last message, what waits, what could not be read, and where pushes are to be sent while none ever came.
pub(crate) fn words(standing: &Standing, address: &str, now: DateTime<FixedOffset>) -> String {
    let Some(last) = standing.last else {
        return format!("还没有收到过，新订单要等下次同步；在开放平台把消息接收地址填成本机外网地址加 {address}");
    };
    let mut words = format!("上次消息 {}", when::moment(last.fixed_offset(), now));
    if standing.waiting > 0 {
        words.push_str(&format!("，等待读取 {} 项", standing.waiting));
    }
    if let Some(first) = standing.failed.first() {
        let named: Vec<String> = standing.failed.iter().take(TOLD).map(|failed| failed.object.title()).collect();
        let more = if standing.failed.len() > TOLD { "等" } else { "" };
        words.push_str(&format!(
            "，没有读到 {} 项（{}{more}：{}），下次同步会补上",
            standing.failed.len(),
            named.join("、"),
            first.why
        ));
    }
    words
}

/// Whether somebody has to look: something was given up, or waits too long.
pub(crate) fn is_behind(standing: &Standing, now: DateTime<FixedOffset>) -> bool {
    !standing.failed.is_empty() || standing.oldest.is_some_and(|oldest| now.to_utc() - oldest > LONG)
}
