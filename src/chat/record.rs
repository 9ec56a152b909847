//! What is kept of a talk: the talk itself and its lines, in the order in which they happened.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::{Block, Facts, Generator, quoted_to};

/// Characters of a title.
const TITLE: usize = 24;

/// A conversation of a shop with one member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    /// Sorts by the time it began.
    pub id: String,
    /// Whose.
    pub shop: String,
    /// With whom, an id of agents.toml.
    pub role: String,
    /// The first question, shortened.
    pub title: String,
    /// When it began, in the shop's zone.
    pub began: DateTime<FixedOffset>,
    /// When the newest line was written.
    pub spoken: DateTime<FixedOffset>,
    /// How many lines it has; also the number of the next.
    pub lines: u64,
    /// The process that is answering; none when nobody is.
    pub busy: Option<String>,
}

/// One line of a talk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Counted from 0; what a browser sends back as `Last-Event-ID`.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum What {
    /// A person's words.
    Asked {
        /// As they were sent.
        text: String,
    },
    /// Somebody works on the answer.
    Started {
        /// The model; none = by rules.
        model: Option<String>,
    },
    /// A tool is used.
    Called {
        /// The tool's name, as the model wrote it.
        tool: String,
        /// What that is, in Chinese.
        title: String,
        /// Its arguments, as a person reads them; may be empty.
        shown: String,
    },
    /// What came of it.
    Returned {
        /// The line that called.
        call: u64,
        /// Whether it worked.
        ok: bool,
        /// One Chinese sentence.
        text: String,
        /// The run, when one was made.
        run: Option<String>,
    },
    /// The answer. No line of this turn follows.
    Answered(Box<Answer>),
    /// There is no answer. No line of this turn follows.
    Stopped {
        /// `cancelled`, `limit`, `failed` or `interrupted`.
        how: String,
        /// One Chinese sentence.
        why: String,
    },
}

/// An answer as it may be shown: every figure in it has its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Running text with `{fact_id}`s.
    pub text: String,
    /// What wrote the text.
    pub generator: Generator,
    /// The last complete day that its figures are about; none where nothing was read.
    pub as_of: Option<NaiveDate>,
    /// What is shown under the text.
    pub blocks: Vec<Block>,
    /// Every figure of text and blocks.
    pub facts: Facts,
    /// The runs it stands on, the newest first: `(id, title)`.
    pub reports: Vec<Named>,
    /// Changes that these runs proposed; a person decides on them.
    pub proposals: usize,
    /// The member of staff who should be asked instead: `(id, title)`.
    pub colleague: Option<Named>,
}

/// Something with an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What merchants read.
    pub title: String,
}

impl What {
    /// Whether the turn is over with it.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Answered(_) | Self::Stopped { .. })
    }

    /// Its name among the events of a stream.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Started { .. } => "started",
            Self::Called { .. } => "called",
            Self::Returned { .. } => "returned",
            Self::Answered(_) => "answered",
            Self::Stopped { .. } => "stopped",
        }
    }

    pub(super) fn stopped(how: &str, why: impl Into<String>) -> Self {
        Self::Stopped { how: how.into(), why: why.into() }
    }
}

/// A talk's title from its first question.
pub(super) fn title(question: &str) -> String {
    quoted_to(question, TITLE)
}
