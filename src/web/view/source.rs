//! Where a figure comes from: what a merchant sees after a click on it.

use maud::{Markup, html};
use xiaoer_sdk::{Fact, Generator};

use super::icon::Icon;

/// Ids that are shown before 等.
const SHOWN: usize = 12;

/// The inside of the source's popover.
pub(crate) fn card(fact: &Fact, data_until: &str) -> Markup {
    let source = &fact.source;
    html! {
        div.head {
            h2 #source-title { (fact.label) }
            button.icon-button type="button" popovertarget="source" popovertargetaction="hide" aria-label="关闭" { (Icon::Close.draw()) }
        }
        p.exact.(super::text::direction(&fact.value)) { (fact.value.exact()) }
        dl.source {
            @if let Some(period) = fact.period { div { dt { "统计日期" } dd { (period.text()) } } }
            div { dt { "数据来源" } dd { (source.read) } }
            @if !source.how.is_empty() { div { dt { "怎么算的" } dd { (source.how) } } }
            @if source.rows > 0 { div { dt { "依据" } dd { (source.rows) " 条记录" } } }
            div { dt { "数据截至" } dd { (data_until) } }
        }
        @if !source.ids.is_empty() {
            details.ids {
                summary { "前 " (source.ids.len().min(SHOWN)) " 条的编号" }
                ul { @for id in source.ids.iter().take(SHOWN) { li { (id) } } }
            }
        }
    }
}

/// Who wrote a text.
pub(crate) fn writer(generator: &Generator) -> Markup {
    html! { p.writer { (Icon::Spark.draw()) (generator.label()) } }
}
