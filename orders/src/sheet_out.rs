//! Rows → a file that a merchant opens: a workbook whose cells are all text, or a CSV.
//!
//! What stands in a cell came from anywhere. In a workbook it is stored as text and is never a formula; in a CSV a cell that a
//! spreadsheet would run gets a mark in front, and a long number a tab, both of which our own reader takes off again.

use rust_xlsxwriter::{Format, FormatBorder, Workbook};

/// A file with one table.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Lines above the header, for people.
    pub notes: Vec<String>,
    /// Titles of the columns.
    pub header: Vec<String>,
    /// Cells row by row.
    pub rows: Vec<Vec<String>>,
}

/// A table that no workbook can hold: too many rows or too long a text.
#[derive(Debug, thiserror::Error)]
#[error("the table does not fit into a workbook: {0}")]
pub struct SheetError(String);

impl Sheet {
    /// A workbook. Columns are formatted as text also below the last row, so that ids typed there keep all their digits.
    ///
    /// # Errors
    /// [`SheetError`] beyond what a workbook holds.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, SheetError> {
        self.workbook().map_err(|error| SheetError(error.to_string()))
    }

    fn workbook(&self) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let mut book = Workbook::new();
        let text = Format::new().set_num_format("@");
        let title = Format::new().set_num_format("@").set_bold().set_border_bottom(FormatBorder::Thin);
        let sheet = book.add_worksheet();
        let mut row = 0;
        for (column, name) in (0..).zip(&self.header) {
            let wide =
                self.rows.iter().filter_map(|row| row.get(usize::from(column))).map(|cell| cell.chars().count()).max();
            let width = name.chars().count().max(wide.unwrap_or_default()).clamp(10, 40);
            sheet.set_column_format(column, &text)?.set_column_width(column, u32::try_from(width).unwrap_or(40) + 4)?;
        }
        for note in &self.notes {
            sheet.write_string_with_format(row, 0, note, &Format::new())?;
            row += 1;
        }
        for (column, name) in (0..).zip(&self.header) {
            sheet.write_string_with_format(row, column, name, &title)?;
        }
        for cells in &self.rows {
            row += 1;
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
        book.save_to_buffer()
    }

    /// A CSV in UTF-8 with the mark that makes Excel and WPS see it.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut out = b"\xEF\xBB\xBF".to_vec();
        let notes = self.notes.iter().map(std::slice::from_ref);
        for cells in notes.chain([self.header.as_slice()]).chain(self.rows.iter().map(Vec::as_slice)) {
            let line: Vec<String> = cells.iter().map(|cell| quoted(&guarded(cell))).collect();
            out.extend(line.join(",").into_bytes());
            out.extend(b"\r\n");
        }
        out
    }
}

/// A cell that no spreadsheet runs or shortens.
fn guarded(cell: &str) -> String {
    let digits = cell.len() > 11 && cell.bytes().all(|b| b.is_ascii_digit());
    // A plain number below zero is no formula.
    let number = cell.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') if !number => format!("'{cell}"),
        _ if digits => format!("\t{cell}"),
        _ => cell.to_owned(),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r', '\t']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
