//! Small workbooks, written by hand so that a test can also write what no spreadsheet would.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

/// One cell of a test's sheet.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// Inline text.
    Text(String),
    /// A number as the file's XML writes it.
    Number(&'static str),
    /// A day number formatted as a date.
    Date(&'static str),
    /// A formula's error.
    Fault(&'static str),
    /// No cell at all.
    Blank,
}

pub(crate) fn t(text: &str) -> Cell {
    if text.is_empty() { Cell::Blank } else { Cell::Text(text.to_owned()) }
}

/// A sheet from its rows and its merged areas ("A2:A4").
pub(crate) fn workbook(rows: &[Vec<Cell>], merges: &[&str]) -> Vec<u8> {
    package(&sheet_xml(rows, merges), "")
}

pub(crate) fn sheet_xml(rows: &[Vec<Cell>], merges: &[&str]) -> String {
    let mut xml = String::from("<worksheet><sheetData>");
    for (index, row) in rows.iter().enumerate() {
        let number = index + 1;
        xml.push_str(&format!("<row r=\"{number}\">"));
        for (column, cell) in row.iter().enumerate() {
            let place = format!("{}{number}", letters(column));
            xml.push_str(&match cell {
                Cell::Text(text) => {
                    let text = text.replace('&', "&amp;").replace('<', "&lt;");
                    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                }
                Cell::Number(number) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                Cell::Date(days) => format!("<c r=\"{place}\" s=\"1\"><v>{days}</v></c>"),
                Cell::Fault(fault) => format!("<c r=\"{place}\" t=\"e\"><v>{fault}</v></c>"),
                Cell::Blank => String::new(),
            });
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData>");
    if !merges.is_empty() {
        let areas: String = merges.iter().map(|area| format!("<mergeCell ref=\"{area}\"/>")).collect();
        xml.push_str(&format!("<mergeCells>{areas}</mergeCells>"));
    }
    xml + "</worksheet>"
}

/// A workbook around one sheet's XML; `properties` goes into the workbook part (`date1904="1"`).
pub(crate) fn package(sheet: &str, properties: &str) -> Vec<u8> {
    package_with(sheet, properties, &[])
}

/// The same with more parts.
pub(crate) fn package_with(sheet: &str, properties: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let workbook = format!(
        "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr {properties}/>\
         <sheets><sheet name=\"所有终端指标\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>";
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!("<Relationships><Relationship Type=\"{base}/{kind}\" Target=\"{target}\" Id=\"rId1\"/></Relationships>")
    };
    let (package, book) =
        (relation("officeDocument", "xl/workbook.xml"), relation("worksheet", "worksheets/sheet1.xml"));
    let mut parts: Vec<(&str, &str)> = vec![
        ("_rels/.rels", &package),
        ("xl/_rels/workbook.xml.rels", &book),
        ("xl/workbook.xml", &workbook),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend(more);
    zipped(&parts)
}

/// A zip of these parts.
pub(crate) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part begins");
        zip.write_all(body.as_bytes()).expect("memory takes every byte");
    }
    zip.finish().expect("the zip is complete").into_inner()
}

fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n).expect("below 26"));
    match column / 26 {
        0 => letter(column).to_string(),
        tens => format!("{}{}", letter(tens - 1), letter(column % 26)),
    }
}
