//! Workbooks (`.xlsx`) → grid, by calamine behind two guards.
//!
//! Calamine trusts its input: it unpacks parts of any size, reserves as many shared strings as the file claims to have,
//! and its arithmetic can overflow on a mad cell reference. So every part is first unpacked to nowhere and counted, the
//! claim is compared with the part's length, and a panic inside is turned into an error. Cells are read one by one and
//! never as calamine's rectangle, which two cells in far corners would make as large as the sheet could ever be.

use std::io::{Cursor, Read};
use std::panic::catch_unwind;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use crate::error::{Limit, ReadError};
use crate::header::{self, Header};
use crate::sheet::{Grid, Kind, MAX_COLUMNS, MAX_TEXT, Merge};
use crate::time::{Epoch, from_serial};

/// Sheets looked at; the tables we know are the first or second of theirs.
pub(crate) const MAX_SHEETS: usize = 20;
/// Numbers from here on have 16 digits or more, of which a spreadsheet keeps 15.
const EXACT: f64 = 1e15;

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// The first sheet whose header is known.
pub(crate) fn first_table(bytes: &[u8]) -> Result<(Grid, Header), ReadError> {
    check_parts(bytes)?;
    catch_unwind(|| search(bytes)).unwrap_or_else(|_| Err(broken("the workbook reader gave up")))
}

fn search(bytes: &[u8]) -> Result<(Grid, Header), ReadError> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut first_failure = None;
    for name in book.sheet_names().into_iter().take(MAX_SHEETS) {
        let mut grid = match cells(&mut book, &name) {
            // A chart has its own sheet without cells.
            Err(Stop::Xlsx(XlsxError::NotAWorksheet(_))) => continue,
            Err(Stop::Xlsx(error)) => return Err(unreadable(error)),
            Err(Stop::Read(error)) => return Err(error),
            Ok(grid) => grid,
        };
        match header::find(&grid) {
            Ok(header) => {
                grid.merges = merges(&mut book, &name)?;
                return Ok((grid, header));
            }
            Err(ReadError::Empty) => {}
            Err(error) => {
                first_failure.get_or_insert(error);
            }
        }
    }
    Err(first_failure.unwrap_or(ReadError::Empty))
}

/// Unpacks every part to nowhere: sizes in a zip are claims.
fn check_parts(bytes: &[u8]) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error.to_string()))?;
    let mut left = MAX_TEXT;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| broken(&error.to_string()))?;
        let name = part.name().map_err(|error| broken(&error.to_string()))?;
        let strings = name.to_ascii_lowercase().ends_with("sharedstrings.xml");
        let mut body = Vec::new();
        let mut limited = part.by_ref().take(left as u64 + 1);
        let size = if strings {
            limited.read_to_end(&mut body).map(|size| size as u64)
        } else {
            std::io::copy(&mut limited, &mut std::io::sink())
        };
        let size = size.map_err(|error| broken(&error.to_string()))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        left = left.checked_sub(size).ok_or(ReadError::TooLarge { limit: Limit::Text })?;
        check_string_count(&body)?;
    }
    Ok(())
}

/// The number of shared strings that calamine reserves memory for must be one that the part could hold.
fn check_string_count(part: &[u8]) -> Result<(), ReadError> {
    const CLAIM: &[u8] = b"uniqueCount";
    // In UTF-16 the search below would see nothing; no spreadsheet writes that.
    if part.contains(&0) {
        return Err(broken("shared strings are not in UTF-8"));
    }
    for at in 0..part.len().saturating_sub(CLAIM.len()) {
        let Some(rest) = part[at..].strip_prefix(CLAIM) else {
            continue;
        };
        let skipped = rest.iter().position(|b| !b" \t\r\n=\"'".contains(b)).unwrap_or(rest.len());
        let digits = rest[skipped..].iter().take_while(|b| b.is_ascii_digit());
        let claimed = digits.fold(0usize, |sum, b| sum.saturating_mul(10).saturating_add(usize::from(b - b'0')));
        if claimed > part.len() {
            return Err(broken("more shared strings claimed than the part can hold"));
        }
    }
    Ok(())
}

enum Stop {
    Xlsx(XlsxError),
    Read(ReadError),
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Self {
        Self::Xlsx(error)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

fn cells(book: &mut Book<'_>, name: &str) -> Result<Grid, Stop> {
    let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let mut grid = Grid::default();
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut current = None;
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        let (text, kind) = stored(cell.get_value(), epoch);
        // Formatting reaches down to the last row of many sheets: blank cells count for nothing.
        if text.trim().is_empty() {
            continue;
        }
        if column as usize >= MAX_COLUMNS {
            return Err(ReadError::TooLarge { limit: Limit::Columns }.into());
        }
        if current != Some(row) {
            if current.is_some_and(|before| row < before) {
                return Err(broken("rows are not in order").into());
            }
            current = Some(row);
            grid.begin(row.saturating_add(1), false)?;
        }
        if (column as usize) < grid.width() {
            return Err(broken("cells are not in order").into());
        }
        while grid.width() < column as usize {
            grid.push("", Kind::Text)?;
        }
        grid.push(&text, kind)?;
    }
    Ok(grid.finish())
}

/// A cell's value as text, and what must be remembered about how it was stored.
fn stored<'c>(value: &'c DataRef<'c>, epoch: Epoch) -> (std::borrow::Cow<'c, str>, Kind) {
    match value {
        DataRef::Empty => ("".into(), Kind::Text),
        DataRef::String(text) => (text.as_str().into(), Kind::Text),
        DataRef::SharedString(text) => ((*text).into(), Kind::Text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.as_str().into(), Kind::Text),
        DataRef::Bool(truth) => (if *truth { "true" } else { "false" }.into(), Kind::Text),
        DataRef::Error(error) => (error.to_string().into(), Kind::Fault),
        DataRef::Int(number) => (number.to_string().into(), Kind::Number),
        DataRef::DateTime(moment) => match from_serial(moment.as_f64(), epoch) {
            Some(time) => (time.format("%Y-%m-%d %H:%M:%S").to_string().into(), Kind::Text),
            None => number(moment.as_f64(), epoch),
        },
        DataRef::Float(value) => number(*value, epoch),
    }
}

/// A number to the 15 digits that a spreadsheet keeps and shows: beyond them stands only the noise of its binary form
/// (320.88 is stored as 320.88000000000005 after some sums), so this is where money leaves the float for good.
pub(crate) fn number(value: f64, epoch: Epoch) -> (std::borrow::Cow<'static, str>, Kind) {
    if value.is_nan() || value.abs() >= EXACT {
        return (format!("{value:e}").into(), Kind::Damaged);
    }
    // Day numbers count from 1900 unless the book says otherwise; then only cells formatted as dates are trusted.
    let kind = if epoch == Epoch::Of1900 { Kind::Number } else { Kind::Text };
    if value.fract() == 0.0 {
        return (format!("{value:.0}").into(), kind);
    }
    let whole_digits = format!("{:.0}", value.abs().trunc()).len();
    let text = format!("{value:.*}", 15usize.saturating_sub(whole_digits));
    (text.trim_end_matches('0').trim_end_matches('.').to_owned().into(), kind)
}

fn merges(book: &mut Book<'_>, name: &str) -> Result<Vec<Merge>, ReadError> {
    let all = book.merge_cells_by_sheet_name(name).map_err(unreadable)?;
    let tall = all.into_iter().filter(|area| area.end.0 > area.start.0 && (area.start.1 as usize) < MAX_COLUMNS);
    let merge = |area: calamine::Dimensions| Merge {
        column: area.start.1 as usize,
        first_row: area.start.0.saturating_add(1),
        last_row: area.end.0.saturating_add(1),
    };
    Ok(tall.map(merge).collect())
}

fn unreadable(error: XlsxError) -> ReadError {
    match error {
        XlsxError::Password => ReadError::Locked,
        other => broken(&other.to_string()),
    }
}

pub(crate) fn broken(detail: &str) -> ReadError {
    ReadError::Workbook { detail: detail.to_owned() }
}
