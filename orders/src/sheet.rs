//! The grid: text cells of one sheet, whichever kind of file they came from, and the limits of what is read.
//!
//! All texts lie in one string and cells are ends within it, so half a million rows cost no allocation each. It must
//! never grow past the limits below; every door into it counts.

use crate::error::{Limit, Problem, ReadError};
use crate::header::{Col, Header};

/// Bytes of a text file. Nine months of a real shop's lines are 28 MB.
pub const MAX_BYTES: usize = 128 << 20;
/// Rows with content: a year of a large shop. Excel's own sheets end at 1,048,576.
pub const MAX_ROWS: usize = 500_000;
/// Columns with content: an order export has 32.
pub const MAX_COLUMNS: usize = 64;
/// What all cells of a sheet hold together, and what all parts of a workbook unpack to.
pub const MAX_TEXT: usize = 256 << 20;

/// How the first cell of a row begins that is an example and no data.
pub(crate) const EXAMPLE: &str = "示例";

/// What the bytes are, as far as their beginning tells.
pub(crate) enum Content {
    Workbook,
    /// Excel 97-2003, or anything else in that container.
    OldWorkbook,
    Text,
}

/// Tells workbook from text, and both from what is certainly neither.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Content, ReadError> {
    let start = bytes.trim_ascii_start();
    let other = |looks| Err(ReadError::NotATable { looks });
    match start {
        [] => Err(ReadError::Empty),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Content::Workbook),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Ok(Content::OldWorkbook),
        [b'%', b'P', b'D', b'F', ..] => other("PDF"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => other("图片"),
        [0x1F, 0x8B, ..] | [b'R', b'a', b'r', b'!', ..] | [0xFD, b'7', b'z', b'X', ..] => other("压缩包"),
        [b'<', ..] => other("网页"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(ReadError::Encoding { row: 1 }),
        // Text has no NUL; one stray NUL deep inside a cell is tolerated, a binary head is not.
        _ if start.iter().take(512).filter(|&&b| b == 0).count() > 1 => other("二进制文件"),
        _ if bytes.len() > MAX_BYTES => Err(ReadError::TooLarge { limit: Limit::Bytes }),
        _ => Ok(Content::Text),
    }
}

/// How a cell was stored: the same digits mean more or less depending on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, or a value whose text says it all.
    Text,
    /// A number of a workbook: in a time column it counts days.
    Number,
    /// A number above 15 digits: its last digits are already lost.
    Damaged,
    /// `#N/A` and its like.
    Fault,
}

#[derive(Clone, Copy)]
struct Span {
    end: u32,
    kind: Kind,
}

struct RowHead {
    number: u32,
    first: usize,
    broken: bool,
}

/// A rectangle of cells that covers several rows in one column.
#[derive(Clone, Copy)]
pub(crate) struct Merge {
    pub(crate) column: usize,
    pub(crate) first_row: u32,
    pub(crate) last_row: u32,
}

/// One sheet. Rows without content are not kept, but the numbers of the others count them.
#[derive(Default)]
pub(crate) struct Grid {
    text: String,
    spans: Vec<Span>,
    rows: Vec<RowHead>,
    /// Only workbooks have any.
    pub(crate) merges: Vec<Merge>,
    /// True for text files, where a superfluous cell means that a comma has shifted the row.
    pub(crate) strict_width: bool,
}

impl Grid {
    /// Begins a row; `number` counts from 1.
    pub(crate) fn begin(&mut self, number: u32, broken: bool) -> Result<(), ReadError> {
        self.drop_blank_row();
        if self.rows.len() >= MAX_ROWS {
            return Err(ReadError::TooLarge { limit: Limit::Rows });
        }
        self.rows.push(RowHead { number, first: self.spans.len(), broken });
        Ok(())
    }

    /// Adds the next cell of the row.
    pub(crate) fn push(&mut self, text: &str, kind: Kind) -> Result<(), ReadError> {
        let first = self.rows.last().map_or(0, |row| row.first);
        let blank = text.trim().is_empty();
        if self.spans.len() - first >= MAX_COLUMNS {
            // Formatted but empty columns far to the right are common and harmless.
            return if blank { Ok(()) } else { Err(ReadError::TooLarge { limit: Limit::Columns }) };
        }
        if !blank {
            if self.text.len() + text.len() > MAX_TEXT {
                return Err(ReadError::TooLarge { limit: Limit::Text });
            }
            self.text.push_str(text);
        }
        let end = u32::try_from(self.text.len()).map_err(|_| ReadError::TooLarge { limit: Limit::Text })?;
        self.spans.push(Span { end, kind });
        Ok(())
    }

    /// How many cells the row that was begun last has.
    pub(crate) fn width(&self) -> usize {
        self.rows.last().map_or(0, |row| self.spans.len() - row.first)
    }

    /// Ends the last row. To be called once after all rows.
    pub(crate) fn finish(mut self) -> Self {
        self.drop_blank_row();
        self
    }

    fn drop_blank_row(&mut self) {
        let Some(last) = self.rows.last() else { return };
        let start = self.end_before(last.first);
        if self.text.len() == start {
            self.spans.truncate(last.first);
            self.rows.pop();
        }
    }

    fn end_before(&self, span: usize) -> usize {
        span.checked_sub(1).map_or(0, |at| self.spans[at].end as usize)
    }

    /// The rows with content, from the top.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(move |index| self.row(index))
    }

    /// The rows below the header, without the examples of our own templates.
    pub(crate) fn below(&self, header: &Header) -> impl Iterator<Item = Row<'_>> {
        let after = header.row;
        self.rows().filter(move |row| row.number > after && !row.is_example())
    }

    fn row(&self, index: usize) -> Row<'_> {
        let head = &self.rows[index];
        let last = self.rows.get(index + 1).map_or(self.spans.len(), |next| next.first);
        Row { grid: self, number: head.number, broken: head.broken, first: head.first, last }
    }
}

/// One row with content.
#[derive(Clone, Copy)]
pub(crate) struct Row<'g> {
    grid: &'g Grid,
    /// From 1, as the file shows it.
    pub(crate) number: u32,
    broken: bool,
    first: usize,
    last: usize,
}

impl<'g> Row<'g> {
    /// The texts of all cells, trimmed.
    pub(crate) fn texts(self) -> impl Iterator<Item = &'g str> {
        (self.first..self.last).map(move |at| self.at(at).0)
    }

    /// The cell in a column; blank where the row or the file has none.
    pub(crate) fn field<'a>(self, col: &'a Col) -> Field<'a>
    where
        'g: 'a,
    {
        let at = col.index.map(|index| self.first + index).filter(|&at| at < self.last);
        let (text, kind) = at.map_or(("", Kind::Text), |at| self.at(at));
        Field { text, kind, row: self.number, column: &col.title }
    }

    /// The value of a cell that may not be blank.
    pub(crate) fn required<'a, T>(
        self,
        col: &'a Col,
        parse: impl Fn(Field<'a>) -> Result<Option<T>, Problem>,
    ) -> Result<T, Problem>
    where
        'g: 'a,
    {
        let field = self.field(col);
        parse(field)?.ok_or_else(|| field.problem("这一格是空的，这一行没有读入，请补上后重新上传。"))
    }

    /// What is wrong with the row as a whole, so that its cells may stand under wrong headers.
    pub(crate) fn fault(self, header: &Header) -> Option<Problem> {
        let why = if self.broken {
            "这一行的双引号不成对，没有读入，请在表格里改正后重新上传。".to_owned()
        } else if self.grid.strict_width && self.texts().skip(header.width).any(|text| !text.is_empty()) {
            let cells = self.last - self.first;
            format!(
                "这一行有 {cells} 列，比表头的 {} 列多，内容可能错位，没有读入，请给含逗号的内容加上双引号。",
                header.width
            )
        } else {
            return None;
        };
        Some(Problem { row: self.number, column: "整行".to_owned(), value: String::new(), why })
    }

    /// Whether it only shows how a template is filled in.
    fn is_example(self) -> bool {
        self.texts().find(|text| !text.is_empty()).is_some_and(|text| text.starts_with(EXAMPLE))
    }

    fn at(self, at: usize) -> (&'g str, Kind) {
        let span = self.grid.spans[at];
        let text = self.grid.text[self.grid.end_before(at)..span.end as usize].trim();
        // `="123"`: how programs keep a spreadsheet from taking a text for a number.
        let bare = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        (bare.map_or(text, str::trim), span.kind)
    }
}

/// One cell with all that a message about it needs.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: Kind,
    pub(crate) row: u32,
    pub(crate) column: &'a str,
}

impl Field<'_> {
    /// A problem in this cell.
    pub(crate) fn problem(&self, why: impl Into<String>) -> Problem {
        let value = crate::cell::shown(self.text);
        Problem { row: self.row, column: self.column.to_owned(), value, why: why.into() }
    }
}
