//! A report as it leaves the house: one text for a phone and the whole as JSON. Made once, when the report is stored; every try sends
//! the same words. No figure is made here: the sdk's renderer puts the facts in.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::Report;

use super::markdown;

/// A report on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Ours, the same at every try: receivers drop a letter they know.
    pub id: String,
    /// Whose.
    pub shop: String,
    /// The skill that made it.
    pub skill: String,
    /// The run that made it.
    pub run: String,
    /// `经营日报 · 演示店铺 · 11月22日`
    pub title: String,
    /// The last complete day it is about.
    pub as_of: NaiveDate,
    /// Markdown, short enough for a phone; begins with the title.
    pub text: String,
    /// The report as it is stored, facts and all.
    pub json: serde_json::Value,
}

/// What a report does not say about itself.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The shop's id.
    pub shop: &'a str,
    /// The shop's name.
    pub shop_name: &'a str,
    /// The skill.
    pub skill: &'a str,
    /// The run.
    pub run: &'a str,
    /// The report's page in the console, without any token; none when nobody can reach it.
    pub link: Option<&'a str>,
}

impl Letter {
    /// The letter of a report; [`super::Deliveries`] gives each channel's copy its own id.
    #[must_use]
    pub fn of(about: &About<'_>, report: &Report) -> Self {
        let day = report.as_of.format("%-m月%-d日");
        let title = format!("{} · {} · {day}", markdown::plain(&report.title), markdown::plain(about.shop_name));
        Self {
            id: about.run.into(),
            shop: about.shop.into(),
            skill: about.skill.into(),
            run: about.run.into(),
            text: text(&title, about.link, report),
            title,
            as_of: report.as_of,
            json: serde_json::to_value(report).expect("a report is plain data with text keys"),
        }
    }
}

fn text(title: &str, link: Option<&str>, report: &Report) -> String {
    let mut parts = vec![format!("# {title}"), markdown::words(&report.summary, &report.facts)];
    parts.extend(report.blocks.iter().map(|block| markdown::block(block, &report.facts)));
    if !report.proposals.is_empty() {
        parts.push(format!("有 {} 项建议等待审批，批准后才会执行。", report.proposals.len()));
    }
    let writers = markdown::writers(&report.blocks);
    if !writers.is_empty() {
        parts.push(format!("文字：{}", writers.join("；")));
    }
    if let Some(link) = link {
        parts.push(format!("[在控制台查看全文和数字来源]({link})"));
    }
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n") + "\n"
}
