//! A report's blocks as cards. Each kind of block has one look, whichever skill made it.

use std::collections::BTreeMap;

use maud::{Markup, html};
use xiaoer_sdk::{Block, FactId, Facts, Manifest, Report, Series, Tone};

use super::icon::Icon;
use super::{chart, checklist, source, table, text};
use crate::action::Action;

/// What a report's blocks are shown with.
pub(crate) struct Around<'a> {
    /// The shop's id.
    pub(crate) shop: &'a str,
    /// The figures of the report.
    pub(crate) facts: &'a Facts,
    /// What became of the report's proposals.
    pub(crate) actions: &'a [Action],
    /// The skills that a task may name.
    pub(crate) manifests: &'a BTreeMap<String, Manifest>,
    /// Where the thumbnail of `(product, picture)` is found.
    pub(crate) pictures: &'a BTreeMap<(String, String), String>,
}

/// All blocks, in order.
pub(crate) fn blocks(report: &Report, around: &Around<'_>) -> Markup {
    let first_heading =
        report.blocks.iter().position(|block| matches!(block, Block::Heading { .. })).unwrap_or(usize::MAX);
    html! {
        div.blocks {
            @for (at, one) in report.blocks.iter().enumerate() {
                // A title below a heading is one level lower: nobody who listens to the page is sent astray.
                (block(one, (at, if at > first_heading { Title::Lower } else { Title::Upper }), around))
            }
        }
    }
}

/// Some blocks of an answer; `first` numbers them apart from all others of the page.
pub(crate) fn some(list: &[Block], first: usize, around: &Around<'_>) -> Markup {
    html! { div.blocks { @for (at, one) in list.iter().enumerate() { (block(one, (first + at, Title::Upper), around)) } } }
}

/// On which level a card's title stands.
#[derive(Clone, Copy)]
enum Title {
    Upper,
    Lower,
}

impl Title {
    fn of(self, words: &str) -> Markup {
        match self {
            Self::Upper => html! { h2.title { (words) } },
            Self::Lower => html! { h3.title { (words) } },
        }
    }
}

fn block(block: &Block, (at, title): (usize, Title), around: &Around<'_>) -> Markup {
    let facts = around.facts;
    match block {
        Block::Heading { text } => html! { h2.section { (text) } },
        Block::Text { text, generator } => {
            html! { section.card.prose { (text::prose(text, facts)) (source::writer(generator)) } }
        }
        Block::Notice { tone, text } => notice(*tone, text, facts),
        Block::Figures { facts: ids } => figures(ids, facts),
        Block::Table(rows) => html! { section.card { (title.of(&rows.title)) (table::table(rows, facts)) } },
        Block::Chart(series) => drawing(series, at),
        Block::Gauge { caption, .. } => html! {
            section.card.gauge { @if let Some(drawn) = chart::gauge(block, facts) { (drawn) } p.caption { (text::words(caption, facts)) } }
        },
        Block::Outlook(fan) => html! {
            section.card.drawing {
                (chart::fan(fan, facts))
                @if !fan.caption.is_empty() { p.caption { (text::words(&fan.caption, facts)) } }
            }
        },
        Block::Checklist { title: words, tasks } => {
            html! { section.card { (title.of(words)) (checklist::tasks(tasks, around)) } }
        }
        Block::Pictures { pictures } => gallery(pictures, around),
    }
}

/// A remark in a box of its own.
pub(crate) fn notice(tone: Tone, text: &str, facts: &Facts) -> Markup {
    match tone {
        Tone::Info => html! { div.notice.info { (Icon::Info.draw()) p { (text::words(text, facts)) } } },
        Tone::Warning => html! { div.notice.warning { (Icon::Warning.draw()) p { (text::words(text, facts)) } } },
    }
}

/// Figures as tiles; the first is the main one. A figure's change against an earlier day stands under it.
pub(crate) fn figures(ids: &[FactId], facts: &Facts) -> Markup {
    html! {
        div.tiles {
            @for id in ids {
                @if let Some(fact) = facts.get(id) {
                    @let (number, unit) = text::number_and_unit(&fact.value);
                    div.tile {
                        span.label { (fact.label) }
                        button.fact.figure.(text::direction(&fact.value)) type="button" data-fact=(id) aria-haspopup="dialog" {
                            (number) @if !unit.is_empty() { small { (unit) } }
                        }
                        @if let Some((id, change, label)) = change_of(id, &fact.label, facts) {
                            span.delta { (label) " " (text::figure(id, change, &change.value.exact())) }
                        }
                    }
                }
            }
        }
    }
}

/// The first comparison that a skill recorded for a figure, and its name without the figure's own.
fn change_of<'a>(id: &str, label: &str, facts: &'a Facts) -> Option<(&'a str, &'a xiaoer_sdk::Fact, &'a str)> {
    ["prev", "week", "avg7"].iter().find_map(|key| {
        let (id, fact) = facts.0.get_key_value(&format!("{id}_{key}"))?;
        fact.value.direction()?;
        Some((id.as_str(), fact, fact.label.strip_prefix(label).unwrap_or(&fact.label)))
    })
}

fn drawing(series: &Series, at: usize) -> Markup {
    html! { section.card.drawing { (chart::series(series, &format!("chart-{at}"))) } }
}

fn gallery(pictures: &[(String, String, String)], around: &Around<'_>) -> Markup {
    html! {
        ul.gallery {
            @for (product, picture, finding) in pictures {
                li.card {
                    div.thumb {
                        @if let Some(address) = around.pictures.get(&(product.clone(), picture.clone())) {
                            img src=(address) alt="" width="240" height="240" loading="lazy" decoding="async";
                        }
                    }
                    p { (finding) }
                    p.sub { "商品 " (product) }
                }
            }
        }
    }
}
