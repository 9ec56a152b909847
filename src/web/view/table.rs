//! A report's table. Numbers stand right in figures of one width; on a phone the table scrolls inside its card.

use maud::{Markup, html};
use xiaoer_sdk::{Align, Cell, Facts, Table};

use super::text;

/// Rows that are seen at once; the rest opens at a click.
const SEEN: usize = 12;
/// A table with a few rows more is shown whole.
const SPARE: usize = 4;

pub(crate) fn table(table: &Table, facts: &Facts) -> Markup {
    if table.rows.is_empty() {
        return html! { p.empty-line { (table.empty) } };
    }
    let seen = if table.rows.len() > SEEN + SPARE { SEEN } else { table.rows.len() };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(table.title) {
            table {
                thead { tr { @for column in &table.columns { th.number[column.align == Align::Right] scope="col" { (column.title) } } } }
                tbody {
                    @for (n, row) in table.rows.iter().enumerate() {
                        tr.more-row[n >= seen] { @for (at, one) in row.iter().enumerate() { (cell(one, table.columns.get(at).map(|column| column.align), facts)) } }
                    }
                }
            }
        }
        @if seen < table.rows.len() {
            button.button.small.whole type="button" data-whole="" { "显示全部 " (table.rows.len()) " 行" }
        }
    }
}

fn cell(cell: &Cell, align: Option<Align>, facts: &Facts) -> Markup {
    let right = align == Some(Align::Right);
    html! {
        td.number[right] {
            @match cell {
                Cell::Text(words) => { (words) }
                Cell::Fact(id) => @match facts.get(id) {
                    Some(fact) => { (text::figure(id, fact, &fact.value.exact())) }
                    None => { "–" }
                }
                Cell::Value(value) => { span.(text::direction(value)) { (value.exact()) } }
                Cell::Empty => { span.nothing { "–" } }
            }
        }
    }
}
