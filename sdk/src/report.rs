//! What a skill hands back: blocks to read, the facts behind them, and proposals.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kind::kinds;
use crate::{FactId, Facts, Generator, Proposal, Value, placeholders};

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its heading, in Chinese.
    pub title: String,
    /// One sentence that says the most important thing, with `{fact_id}`s.
    pub summary: String,
    /// The last complete day it is about.
    pub as_of: NaiveDate,
    /// What to read, in order.
    pub blocks: Vec<Block>,
    /// Every figure in the blocks.
    pub facts: Facts,
    /// What could be done.
    pub proposals: Vec<Proposal>,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading over what follows.
    Heading {
        /// In Chinese.
        text: String,
    },
    /// Running text with `{fact_id}`s.
    Text {
        /// The words.
        text: String,
        /// What wrote them.
        generator: Generator,
    },
    /// A remark that the merchant must not miss, with `{fact_id}`s.
    Notice {
        /// How urgent.
        tone: Tone,
        /// The words.
        text: String,
    },
    /// Figures side by side; the first is the main one.
    Figures {
        /// Ids of facts.
        facts: Vec<FactId>,
    },
    /// Rows and columns.
    Table(Table),
    /// Values over days or names.
    Chart(Series),
    /// The level gauge of a score card.
    Gauge {
        /// `(level, threshold fact)` from the lowest.
        levels: Vec<(String, FactId)>,
        /// The fact of the points.
        value: FactId,
        /// The fact of the range, when an input is missing.
        range: Option<FactId>,
        /// The level reached.
        level: FactId,
        /// One line under the gauge, with `{fact_id}`s.
        caption: String,
    },
    /// Where the points go from here.
    Outlook(Fan),
    /// Things to do.
    Checklist {
        /// In Chinese.
        title: String,
        /// In order of importance.
        tasks: Vec<Task>,
    },
    /// Pictures of products with what was found.
    Pictures {
        /// `(product id, picture, finding)`.
        pictures: Vec<(String, String, String)>,
    },
}

kinds!(Block, "block", fields => {
    "table" => Table::deserialize(fields).map(Self::Table),
    "chart" => Series::deserialize(fields).map(Self::Chart),
    "outlook" => Fan::deserialize(fields).map(Self::Outlook),
    "text" => Told::deserialize(fields).map(|Told { text, generator }| Self::Text { text, generator }),
    "checklist" => Listed::deserialize(fields).map(|Listed { title, tasks }| Self::Checklist { title, tasks }),
});

/// The fields of [`Block::Text`].
#[derive(Deserialize)]
struct Told {
    text: String,
    generator: Generator,
}

/// The fields of [`Block::Checklist`].
#[derive(Deserialize)]
struct Listed {
    title: String,
    tasks: Vec<Task>,
}

/// How urgent a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Good to know.
    Info,
    /// Wants attention.
    Warning,
}

/// Rows and columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// In Chinese.
    pub title: String,
    /// From left to right.
    pub columns: Vec<Column>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Shown when there are no rows.
    pub empty: String,
}

/// A column's head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// In Chinese.
    pub title: String,
    /// Numbers stand right.
    pub align: Align,
}

/// Which side a column's text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Align {
    Left,
    Right,
}

/// One field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cell", content = "of", rename_all = "snake_case")]
pub enum Cell {
    /// Words: a title, a name, a state. Quoted as they are; `{fact_id}`s are not filled in.
    Text(String),
    /// A figure with its source.
    Fact(FactId),
    /// A figure of this row's own object, whose source is the row itself.
    Value(Value),
    /// Nothing to say.
    Empty,
}

/// Values for a chart. Heights come from the facts' values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// In Chinese.
    pub title: String,
    /// What is drawn.
    pub subtitle: String,
    /// `(label, value)` from left to right.
    pub points: Vec<(String, Value)>,
    /// The same points one period earlier, dashed; as long as `points` or empty.
    pub previous: Vec<Value>,
    /// Bars for amounts that come and go; a line for a level over time.
    pub bars: bool,
}

/// The points of the days ahead as two lines that are never mixed: 零新增, which is certain, and 照常经营, which is usual.
///
/// The days' points need no fact each, as those of a [`Series`]; what is named beside them does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// In Chinese.
    pub title: String,
    /// What is drawn.
    pub subtitle: String,
    /// The last complete day, from which both lines begin.
    pub as_of: NaiveDate,
    /// The fact of the points on that day.
    pub now: FactId,
    /// The days after it, in order and without a gap.
    pub days: Vec<DayAhead>,
    /// `(level, threshold fact)` from the lowest.
    pub levels: Vec<(String, FactId)>,
    /// What the reader must know beside the drawing, such as why there is no estimate; with `{fact_id}`s. May be empty.
    pub caption: String,
}

/// The points of one day ahead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayAhead {
    /// Which.
    pub day: NaiveDate,
    /// 零新增: what is left if nothing new happens.
    pub certain: Value,
    /// 照常经营: what it may be if business goes on as before; none where that cannot be estimated.
    pub usual: Option<Band>,
}

/// Quantiles of what a day may be like, in rising order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say how many per cent of the outcomes lie below")]
pub struct Band {
    pub p10: Value,
    pub p25: Value,
    pub p50: Value,
    pub p75: Value,
    pub p90: Value,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// What, in Chinese.
    pub title: String,
    /// Why, with `{fact_id}`s.
    pub why: String,
    /// Until when, in Chinese; with `{fact_id}`s.
    pub deadline: String,
    /// What it should bring, with `{fact_id}`s.
    pub expected: String,
    /// Who does it: 老板, 运营, 客服, 美工, 仓库.
    pub who: String,
    /// The proposal that would do it.
    pub proposal: Option<String>,
    /// The skill that helps, by name.
    pub skill: Option<String>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(title: impl Into<String>, as_of: NaiveDate) -> Self {
        Self {
            title: title.into(),
            summary: String::new(),
            as_of,
            blocks: Vec::new(),
            facts: Facts::default(),
            proposals: Vec::new(),
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// Ids that the report names and no fact stands behind. A report with any is refused: nobody may read an unsourced figure.
    #[must_use]
    pub fn unsourced(&self) -> Vec<String> {
        let mut named: Vec<&str> = placeholders(&self.summary);
        for block in &self.blocks {
            match block {
                Block::Heading { .. } | Block::Chart(_) | Block::Pictures { .. } => {}
                Block::Text { text, .. } | Block::Notice { text, .. } => named.extend(placeholders(text)),
                Block::Figures { facts } => named.extend(facts.iter().map(String::as_str)),
                Block::Table(table) => named.extend(table.rows.iter().flatten().filter_map(|cell| match cell {
                    Cell::Fact(id) => Some(id.as_str()),
                    _ => None,
                })),
                Block::Gauge { levels, value, range, level, caption } => {
                    named.extend(levels.iter().map(|(_, id)| id.as_str()));
                    named.extend([value.as_str(), level.as_str()]);
                    named.extend(range.as_deref());
                    named.extend(placeholders(caption));
                }
                Block::Outlook(fan) => {
                    named.push(&fan.now);
                    named.extend(fan.levels.iter().map(|(_, id)| id.as_str()));
                    named.extend(placeholders(&fan.caption));
                }
                Block::Checklist { tasks, .. } => {
                    for task in tasks {
                        named.extend(
                            [&task.why, &task.deadline, &task.expected].into_iter().flat_map(|t| placeholders(t)),
                        );
                    }
                }
            }
        }
        for proposal in &self.proposals {
            named.extend(placeholders(&proposal.why));
            named.extend(placeholders(&proposal.expected.text));
            named.extend(proposal.expected.facts.iter().map(String::as_str));
        }
        named.retain(|id| self.facts.get(id).is_none());
        named.into_iter().map(String::from).collect()
    }
}

impl Fan {
    /// The days that words pick out of the drawing, with how far ahead they are: 7, 14 and 30 days ahead as far as the fan
    /// reaches, and its last.
    pub fn told(&self) -> impl Iterator<Item = (i64, &DayAhead)> {
        let last = self.days.last().map(|ahead| ahead.day);
        let far = self.days.iter().map(|ahead| ((ahead.day - self.as_of).num_days(), ahead));
        far.filter(move |(far, ahead)| [7, 14, 30].contains(far) || Some(ahead.day) == last)
    }
}

impl Table {
    /// A table by its column heads: `>` before a head sets its numbers right.
    #[must_use]
    pub fn new(title: &str, heads: &[&str], empty: &str) -> Self {
        let column = |head: &&str| match head.strip_prefix('>') {
            Some(head) => Column { title: head.into(), align: Align::Right },
            None => Column { title: (*head).into(), align: Align::Left },
        };
        Self { title: title.into(), columns: heads.iter().map(column).collect(), rows: Vec::new(), empty: empty.into() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}
