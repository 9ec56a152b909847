//! Workbooks of Excel 97-2003 (`.xls`) → grid: what 生意参谋 still hands out.
//!
//! Calamine builds each sheet as a rectangle, reserves what the file claims, and follows the container's chains without
//! counting. So the one stream that matters is taken out with a reader that refuses loops, its records are walked once
//! and measured, and calamine sees a container that was written here around it. A panic inside becomes an error.

use std::io::{Cursor, Read, Write};
use std::panic::catch_unwind;

use calamine::{Data, Reader, Xls, XlsError};
use cfb::CompoundFile;

use crate::error::{Limit, ReadError};
use crate::header::{self, Header};
use crate::old_strings;
use crate::sheet::{Grid, Kind, MAX_BYTES, MAX_COLUMNS, MAX_TEXT, Merge};
use crate::time::{Epoch, from_serial};
use crate::workbook::{MAX_SHEETS, broken, number};

/// Cells of all sheets' rectangles together; each takes about forty bytes.
const MAX_AREA: u64 = 8 << 20;
/// Rows and columns that this format has at all.
const ROWS: u32 = 65_536;
const COLUMNS: u32 = 256;

/// The first sheet whose header is known.
pub(crate) fn first_table(bytes: &[u8]) -> Result<(Grid, Header), ReadError> {
    catch_unwind(|| search(bytes)).unwrap_or_else(|_| Err(broken("the workbook reader gave up")))
}

fn search(bytes: &[u8]) -> Result<(Grid, Header), ReadError> {
    let stream = book_stream(bytes)?;
    measure(&stream)?;
    let mut book = Xls::new(Cursor::new(container(&stream)?)).map_err(unreadable)?;
    let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let mut first_failure = None;
    for name in book.sheet_names().into_iter().take(MAX_SHEETS) {
        let mut grid = cells(&book.worksheet_range(&name).map_err(unreadable)?, epoch)?;
        match header::find(&grid) {
            Ok(header) => {
                grid.merges =
                    book.merge_cells_by_sheet_name(&name).unwrap_or_default().iter().filter_map(tall).collect();
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

/// The stream with the sheets. A workbook of today that is locked comes in the same container.
fn book_stream(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|error| broken(&error.to_string()))?;
    if file.is_stream("/EncryptedPackage") {
        return Err(ReadError::Locked);
    }
    let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    if !file.is_stream(name) {
        return Err(ReadError::NotATable { looks: "别的 Office 文件" });
    }
    let stream = file.open_stream(name).map_err(|error| broken(&error.to_string()))?;
    let mut body = Vec::new();
    stream.take(MAX_BYTES as u64 + 1).read_to_end(&mut body).map_err(|error| broken(&error.to_string()))?;
    if body.len() > MAX_BYTES { Err(ReadError::TooLarge { limit: Limit::Bytes }) } else { Ok(body) }
}

/// What is claimed and what is there must both be of a size that can be held.
fn measure(stream: &[u8]) -> Result<(), ReadError> {
    let too_large = |limit| Err(ReadError::TooLarge { limit });
    let (mut largest, mut sheets, mut rows, mut columns) = (0, 0, 0, 0);
    let (mut shared, mut lengths, mut text) = (Vec::new(), None, 0);
    for (kind, body) in records(stream) {
        let short = |at: usize| body.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
        match kind {
            // A substream begins.
            0x0809 => (rows, columns) = (0, 0),
            // Any number of names may stand for one sheet, and each is built.
            0x0085 => sheets += 1,
            0x002F if short(0) != 0 => return Err(ReadError::Locked),
            0x0200 => claimed(body)?,
            // The texts that cells share, and what continues them.
            0x00FC => shared = vec![body],
            0x003C if lengths.is_none() && !shared.is_empty() => shared.push(body),
            // Numbers, texts, results, and formulas with them.
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x0006 | 0x00BD => {
                // A run of numbers ends with its last column.
                let last = if kind == 0x00BD { short(body.len().saturating_sub(2)) } else { short(2) };
                if usize::from(last) >= MAX_COLUMNS {
                    return too_large(Limit::Columns);
                }
                (rows, columns) = (rows.max(u64::from(short(0)) + 1), columns.max(u64::from(last) + 1));
                if kind == 0x00FD {
                    let lengths = lengths.get_or_insert_with(|| old_strings::lengths(&shared));
                    let index = usize::from(short(6)) | usize::from(short(8)) << 16;
                    text += lengths.get(index).copied().unwrap_or_default();
                }
            }
            _ => {}
        }
        largest = largest.max(rows * columns);
    }
    if largest * sheets > MAX_AREA {
        return too_large(Limit::Rows);
    }
    if text * sheets > MAX_TEXT as u64 { too_large(Limit::Text) } else { Ok(()) }
}

/// Kind and content of each record.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (head, after) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let (body, next) = after.split_at_checked(length)?;
        rest = next;
        Some((u16::from_le_bytes([head[0], head[1]]), body))
    })
}

/// The size that a sheet says it has, in the long form and in the short one of older files.
fn claimed(body: &[u8]) -> Result<(), ReadError> {
    let short = |at: usize| u32::from(u16::from_le_bytes([body[at], body[at + 1]]));
    let (first, last, columns) = match body.len() {
        14 | 16 => (short(0) + (short(2) << 16), short(4) + (short(6) << 16), short(10)),
        10 => (short(0), short(2), short(6)),
        _ => return Err(broken("a sheet with a strange size")),
    };
    if first <= last && last <= ROWS && columns <= COLUMNS {
        Ok(())
    } else {
        Err(broken("a sheet larger than the format allows"))
    }
}

/// The stream alone, in a container of our own.
fn container(stream: &[u8]) -> Result<Vec<u8>, ReadError> {
    let written = || -> std::io::Result<Vec<u8>> {
        // The version that Excel writes.
        let mut file = CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
        file.create_stream("/Workbook")?.write_all(stream)?;
        file.flush()?;
        Ok(file.into_inner().into_inner())
    };
    written().map_err(|error| broken(&error.to_string()))
}

fn cells(range: &calamine::Range<Data>, epoch: Epoch) -> Result<Grid, ReadError> {
    let mut grid = Grid::default();
    let Some((top, left)) = range.start() else { return Ok(grid) };
    for (row, cells) in (top..).zip(range.rows()) {
        grid.begin(row.saturating_add(1), false)?;
        for _ in 0..left {
            grid.push("", Kind::Text)?;
        }
        for cell in cells {
            let (text, kind) = stored(cell, epoch);
            grid.push(&text, kind)?;
        }
    }
    Ok(grid.finish())
}

fn stored(value: &Data, epoch: Epoch) -> (std::borrow::Cow<'_, str>, Kind) {
    match value {
        Data::Empty => ("".into(), Kind::Text),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => (text.as_str().into(), Kind::Text),
        Data::Bool(truth) => (if *truth { "true" } else { "false" }.into(), Kind::Text),
        Data::Error(error) => (error.to_string().into(), Kind::Fault),
        Data::Int(number) => (number.to_string().into(), Kind::Number),
        Data::DateTime(moment) => match from_serial(moment.as_f64(), epoch) {
            Some(time) => (time.format("%Y-%m-%d %H:%M:%S").to_string().into(), Kind::Text),
            None => number(moment.as_f64(), epoch),
        },
        Data::Float(value) => number(*value, epoch),
    }
}

fn tall(area: &calamine::Dimensions) -> Option<Merge> {
    let merge = Merge {
        column: area.start.1 as usize,
        first_row: area.start.0.saturating_add(1),
        last_row: area.end.0.saturating_add(1),
    };
    (merge.last_row > merge.first_row && merge.column < MAX_COLUMNS).then_some(merge)
}

fn unreadable(error: XlsError) -> ReadError {
    match error {
        XlsError::Password => ReadError::Locked,
        other => broken(&other.to_string()),
    }
}
