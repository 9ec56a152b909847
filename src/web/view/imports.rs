//! Files on their way into a shop: the place where they are dropped, the preview of each, the list of past ones.

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use xiaoer_orders::Template;

use super::icon::Icon;
use super::when;
use crate::shop::import::{Imported, Past, Preview, Problem};
use crate::web::{LARGEST_FILE, assets};

/// Bad rows that a preview lists; the file to mend has them all.
const LISTED: usize = 20;

/// Where files are dropped or chosen, and where their previews appear.
pub(crate) fn drop(says: &str) -> Markup {
    html! {
        section #import.card {
            h2.title { "选择文件" }
            p.sub { (says) }
            label.drop {
                (Icon::Upload.draw())
                b { "把文件拖到这里，或点一下选择" }
                span.sub { ".xlsx、.xls、.csv，可以一次选多个，每个最大 " (LARGEST_FILE >> 20) " MB" }
                input type="file" multiple data-files="" data-most=(LARGEST_FILE) accept=".xlsx,.xlsm,.xls,.csv,.txt";
            }
            div #files role="status" aria-live="polite" {}
        }
    }
}

/// The script of pages that take files.
pub(crate) fn script() -> Markup {
    html! { script type="module" src=(assets::address("files.js")) {} }
}

/// Empty tables to fill in.
pub(crate) fn templates() -> Markup {
    html! {
        section #templates.card {
            h2.title { "下载模板" }
            p.sub { "1688 订单导出和生意参谋的下载不用模板，原样上传就行。表头和一行示例已经写好，示例不会读入。" }
            ul.templates {
                @for template in Template::ALL {
                    li {
                        p.name { (template.kind().name()) }
                        p.sub { (template.note()) }
                        p.links {
                            @for form in ["xlsx", "csv"] {
                                a.button.small href={ "/api/templates/" (template.key()) "." (form) } download aria-label={ (template.kind().name()) "模板 " (form) } { "." (form) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What one file would do.
pub(crate) fn preview(name: &str, preview: &Preview, now: DateTime<FixedOffset>) -> Markup {
    let would = &preview.would;
    let moves = would.new + would.changed > 0;
    html! {
        article.file data-sha256=(preview.sha256) {
            header { h3 { (name) } span.chip.busy { (would.kind) } }
            dl.pairs {
                div { dt { "读到" } dd { (would.rows) " 行" } }
                @if let Some((from, through)) = preview.days {
                    div { dt { "日期" } dd { (from) @if through != from { " 至 " (through) } } }
                }
                @for (title, count) in counts(would) { div { dt { (title) } dd { (count) } } }
            }
            @if let Some(before) = &preview.before {
                div.notice { (Icon::Info.draw()) p { "这份文件在 " (when::moment(before.at, now)) " 已经导入过。" } }
            }
            @for sentence in &preview.differs { div.notice.warning { (Icon::Warning.draw()) p { (sentence) } } }
            @if !preview.first.is_empty() { (first(name, preview)) }
            @if !would.problems.is_empty() { (problems(name, &would.problems)) }
            div.buttons {
                @if moves { button.button.primary type="button" data-confirm="" { "确认导入" } }
                @else { p.sub { @if would.rows == 0 { "没有可以导入的行。" } @else { "和店铺里的一样，不用导入。" } } }
                button.button type="button" data-leave="" { @if moves { "不导入" } @else { "知道了" } }
            }
        }
    }
}

/// What becomes of the rows, without what there is none of.
fn counts(done: &Imported) -> Vec<(&'static str, usize)> {
    let all = [
        ("新增", done.new),
        ("更新", done.changed),
        ("不变", done.unchanged),
        ("以平台为准", done.kept),
        ("等待订单", done.waiting),
        ("没填、不读", done.dropped),
        ("有问题", done.problems.len()),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn first(name: &str, preview: &Preview) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ (name) " 的前几行" } {
            table {
                caption.caption { "前 " (preview.first.len()) " 行，按读到的样子" }
                thead { tr { @for title in &preview.columns { th scope="col" { (title) } } } }
                tbody { @for row in &preview.first { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

fn problems(name: &str, problems: &[Problem]) -> Markup {
    html! {
        details.problems open {
            summary { "有 " (problems.len()) " 处没有读入" }
            div.scroll tabindex="0" role="region" aria-label={ (name) " 没有读入的行" } {
                table {
                    thead { tr { th.number scope="col" { "行" } th scope="col" { "列" } th scope="col" { "原值" } th scope="col" { "原因" } } }
                    tbody {
                        @for problem in problems.iter().take(LISTED) {
                            tr { td.number { (problem.row) } td { (problem.column) } td { (problem.value) } td { (problem.why) } }
                        }
                    }
                }
            }
            @if problems.len() > LISTED { p.sub { "只列出前 " (LISTED) " 处。" } }
            p.sub { "其余的行可以照常导入；这些行可以下载下来，改好后再传。" }
            button.button.small type="button" data-mend="" { "下载要改的行" }
        }
    }
}

/// Files that were imported.
pub(crate) fn history(shop: &str, past: &[Past], now: DateTime<FixedOffset>) -> Markup {
    html! {
        section #imports.card data-part={ "/shops/" (shop) "/import/history" } {
            h2.title { "最近导入" }
            @if past.is_empty() { p.empty-line { "还没有导入过文件。" } }
            ul.imports {
                @for one in past {
                    li {
                        p.name { @if one.name.is_empty() { "（未命名）" } @else { (one.name) } " " span.chip { (one.done.kind) } }
                        p.sub {
                            (when::moment(one.at, now)) @if !one.by.is_empty() { " · " (one.by) } " · 读到 " (one.done.rows) " 行"
                            @for (title, count) in counts(&one.done) { "，" (title) " " (count) }
                            " · 指纹 " code title=(one.sha256) { (one.sha256.chars().take(12).collect::<String>()) }
                        }
                    }
                }
            }
        }
    }
}
