//! A report as its merchant reads it, with what waits for a yes.

use xiaoer_sdk::fill;

use super::{Ending, Met, Outcome};
use crate::channel::{About, Letter};
use crate::shop::wanted;

/// The report with its proposals, before and after; or why there is none.
#[must_use]
pub fn told(outcome: &Outcome, shop_name: &str) -> String {
    let report = match &outcome.ending {
        Ending::Done(report) => report,
        Ending::Blocked(why) => return format!("还不能运行：{why}\n"),
        Ending::Failed(why) => return format!("没有完成：{why}\n"),
    };
    let about = About { shop: "", shop_name, skill: "", run: "", link: None };
    let mut text = Letter::of(&about, report).text;
    for (proposal, Met { object, before, refused, notice }) in report.proposals.iter().zip(&outcome.proposals) {
        let (title, after) = (proposal.change.kind().title(), wanted(&proposal.change));
        let state = if refused.is_some() { "已拦下" } else { "待批准" };
        let why = fill(&proposal.why, &report.facts);
        text.push_str(&format!("\n- {state} · {title} · {object}：{before} → {after}\n  原因：{why}\n"));
        // Whoever decides reads this beside it; what is refused nobody decides about.
        match refused {
            Some(limit) => text.push_str(&format!("  拦下：{limit}\n")),
            None => notice.iter().for_each(|notice| text.push_str(&format!("  {notice}\n"))),
        }
    }
    text
}
