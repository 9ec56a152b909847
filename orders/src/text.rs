//! Text files → grid: the encoding, and CSV as people's programs really write it.
//!
//! It must never lose rows silently. A quote that is opened and not closed swallows the rows after it up to the next
//! quote; such a record is noticed, its first line becomes a broken row, and reading goes on with the next line.

use std::borrow::Cow;
use std::io::Cursor;

use csv::{Position, Reader, ReaderBuilder, StringRecord};
use encoding_rs::GB18030;

use crate::error::{Limit, ReadError};
use crate::sheet::{Grid, Kind, MAX_COLUMNS};

/// Separators in one line. Far above [`crate::MAX_COLUMNS`] so that the true limit is the one reported; it only keeps a
/// flood of commas from becoming a huge record first.
const MAX_SEPARATORS: usize = 4096;
/// How often, in all, the text may be read again after broken quotes.
const REREADS: usize = 8;

/// UTF-8 with or without its mark, else GB18030 without a single exception.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let (marked, bytes) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let fault = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(fault) => fault,
    };
    let decoded = if marked { None } else { GB18030.decode_without_bom_handling_and_without_replacement(bytes) };
    decoded.ok_or_else(|| {
        let lines = bytes[..fault.valid_up_to()].iter().filter(|&&b| b == b'\n').count();
        ReadError::Encoding { row: u32::try_from(lines + 1).unwrap_or(u32::MAX) }
    })
}

/// Splits a text into rows and cells.
pub(crate) fn grid(text: &str) -> Result<Grid, ReadError> {
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    let separator = separator(text);
    for line in text.lines() {
        if line.bytes().filter(|&b| b == separator).take(MAX_SEPARATORS + 1).count() > MAX_SEPARATORS {
            return Err(ReadError::TooLarge { limit: Limit::Columns });
        }
    }
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(Cursor::new(text.as_bytes()));
    Records { text, separator, reader, row: 0, width: None, reread: 0 }.into_grid()
}

/// Tables copied out of a spreadsheet have tabs.
fn separator(text: &str) -> u8 {
    let head: Vec<u8> = text.lines().take(10).flat_map(str::bytes).collect();
    let count = |separator| head.iter().filter(|&&b| b == separator).count();
    if count(b'\t') > count(b',') { b'\t' } else { b',' }
}

struct Records<'t> {
    text: &'t str,
    separator: u8,
    reader: Reader<Cursor<&'t [u8]>>,
    /// The number of the last row, from 1.
    row: u32,
    /// Cells of the first row that looks like a table's.
    width: Option<usize>,
    /// Bytes that were read more than once.
    reread: usize,
}

impl Records<'_> {
    fn into_grid(mut self) -> Result<Grid, ReadError> {
        let mut grid = Grid::default();
        grid.strict_width = true;
        let mut record = StringRecord::new();
        loop {
            let start = self.skip_blank_lines();
            let more = self.reader.read_record(&mut record).map_err(|_| ReadError::Quotes { row: self.row + 1 })?;
            if !more {
                return Ok(grid.finish());
            }
            self.row += 1;
            let end = self.offset().max(start);
            let raw = self.text.get(start..end).unwrap_or_default();
            if self.is_broken(raw, end, record.len()) {
                let line = first_line(raw);
                self.resume_after(start + line.len(), raw.len())?;
                grid.begin(self.row, true)?;
                for cell in line.split(char::from(self.separator)).take(MAX_COLUMNS) {
                    grid.push(cell.trim_matches('"'), Kind::Text)?;
                }
                continue;
            }
            if record.len() > 2 {
                self.width.get_or_insert(record.len());
            }
            grid.begin(self.row, false)?;
            for cell in &record {
                grid.push(cell, Kind::Text)?;
            }
        }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX).min(self.text.len())
    }

    /// Counts the empty lines that the reader is going to pass over; the answer is where the next record begins.
    fn skip_blank_lines(&mut self) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.offset();
        // The reader may stop between the two bytes of one line end.
        if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        loop {
            at += match bytes.get(at..) {
                Some([b'\r', b'\n', ..]) => 2,
                Some([b'\r' | b'\n', ..]) => 1,
                _ => return at,
            };
            self.row += 1;
        }
    }

    /// True when a quote has swallowed more than its own cell. Only a record over several lines, or the last one, can be
    /// such. A lone quote inside a cell (5" 相框) is not, and neither is a message with line breaks, properly quoted.
    fn is_broken(&self, raw: &str, end: usize, cells: usize) -> bool {
        let body = raw.trim_end_matches(['\r', '\n']);
        let misfit = self.width.is_some_and(|width| width != cells);
        if body.contains(['\r', '\n']) {
            misfit || !well_quoted(body, self.separator)
        } else {
            misfit && end >= self.text.len() && !well_quoted(body, self.separator)
        }
    }

    /// Goes back to the line that follows `line_end`.
    fn resume_after(&mut self, line_end: usize, wasted: usize) -> Result<(), ReadError> {
        self.reread += wasted;
        let broken = ReadError::Quotes { row: self.row };
        // Lines can be made so that each one, begun afresh, runs to the end of the file.
        if self.reread > self.text.len().saturating_mul(REREADS) {
            return Err(broken);
        }
        let next = match &self.text.as_bytes()[line_end..] {
            [b'\r', b'\n', ..] => 2,
            rest => rest.len().min(1),
        };
        let mut position = Position::new();
        position.set_byte((line_end + next) as u64);
        self.reader.seek(position).map_err(|_| broken)
    }
}

fn first_line(raw: &str) -> &str {
    raw.split(['\r', '\n']).next().unwrap_or_default()
}

/// Whether each quote that opens a cell is closed at that cell's end. A quote that "closes" in the middle of other text
/// was in truth the opening one of a later row.
fn well_quoted(record: &str, separator: u8) -> bool {
    let mut rest = record.as_bytes();
    loop {
        if let [b'"', inside @ ..] = rest {
            let Some(after) = after_closing_quote(inside) else { return false };
            rest = after;
            if !(rest.is_empty() || rest[0] == separator) {
                return false;
            }
        }
        match rest.iter().position(|&b| b == separator) {
            Some(at) => rest = &rest[at + 1..],
            None => return true,
        }
    }
}

fn after_closing_quote(inside: &[u8]) -> Option<&[u8]> {
    let mut rest = inside;
    loop {
        let at = rest.iter().position(|&b| b == b'"')?;
        rest = &rest[at + 1..];
        match rest {
            [b'"', more @ ..] => rest = more,
            _ => return Some(rest),
        }
    }
}
