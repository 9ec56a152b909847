//! Files as a whole: encodings, quotes, widths, and what is no table.

use std::time::{Duration, Instant};

use xiaoer_orders::{LedgerRow, Limit, MAX_ROWS, Problem, ReadError, Table, read};

use crate::workbook::{Cell, package, package_with, t, workbook, zipped};

const HEADER: &str = "time,kind,id,buyer,amount";

fn ledger(bytes: &[u8]) -> (Vec<LedgerRow>, Vec<Problem>) {
    match read(bytes).expect("a ledger") {
        Table::Ledger(read) => (read.rows, read.problems),
        other => panic!("not a ledger: {:?}", other.kind()),
    }
}

fn ids(rows: &[LedgerRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn line_ends_tabs_blank_lines_and_a_missing_last_line_end_change_nothing() {
    let lines = ["time,kind,id,buyer,amount", "2026-05-01 08:00,order,1,a,1", "", "2026-05-01 08:00,order,2,a,2"];
    for end in ["\n", "\r\n", "\r"] {
        let (rows, problems) = ledger(lines.join(end).as_bytes());
        assert_eq!((ids(&rows), problems.len()), (vec!["1", "2"], 0), "{end:?}");
        assert_eq!(rows[1].row, 4, "{end:?}: as the spreadsheet numbers it");
    }
    let (rows, _) = ledger(lines.join("\n").replace(',', "\t").as_bytes());
    assert_eq!(ids(&rows), ["1", "2"]);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_row_only() {
    for bad in ["2026-05-01 08:00,order,2,\"a,2", "2026-05-01 08:00,order,\"2,a,2", "\"2026-05-01 08:00,order,2,a,2"] {
        let text = format!(
            "{HEADER}\n2026-05-01 08:00,order,1,a,1\n{bad}\n2026-05-01 08:00,order,3,a,3\n2026-05-01 08:00,order,4,\"b,c\",4\n"
        );
        let (rows, problems) = ledger(text.as_bytes());
        assert_eq!(ids(&rows), ["1", "3", "4"], "{bad}");
        assert_eq!(rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4, 5], "{bad}");
        assert_eq!(problems.iter().map(|problem| problem.row).collect::<Vec<_>>(), [3], "{bad}");
        assert!(problems[0].why.contains("双引号"), "{}", problems[0].why);
    }
    let (rows, problems) =
        ledger(format!("{HEADER}\n2026-05-01 08:00,order,1,a,1\n2026-05-01 08:00,order,2,\"a,2").as_bytes());
    assert_eq!((ids(&rows), problems.len()), (vec!["1"], 1), "in the last line too");
}

#[test]
fn a_message_with_line_breaks_and_a_lone_inch_mark_are_whole_cells() {
    let text = format!(
        "{HEADER}\n2026-05-01 08:00,order,1,\"a\nb \"\"c\"\"\",1\n2026-05-01 08:00,order,2,5\" 相框,2\n2026-05-01 08:00,order,x,a,x"
    );
    let (rows, problems) = ledger(text.as_bytes());
    assert_eq!(rows[0].buyer.as_deref(), Some("a\nb \"c\""));
    assert_eq!(rows[1].buyer.as_deref(), Some("5\" 相框"));
    assert_eq!((rows[1].row, problems[0].row), (3, 4), "one row of a spreadsheet, however many lines of text");
}

#[test]
fn a_comma_without_quotes_is_noticed_before_it_shifts_an_amount() {
    let text = format!("{HEADER}\n2026-05-01 08:00,order,1,a,b,10\n2026-05-01 08:00,order,2,a,10,,,\n");
    let (rows, problems) = ledger(text.as_bytes());
    assert_eq!(ids(&rows), ["2"], "blank cells at the end are harmless");
    assert_eq!((problems[0].row, problems[0].column.as_str()), (2, "整行"));
}

#[test]
fn thousands_of_broken_quotes_end_soon_and_load_nothing_false() {
    let start = Instant::now();
    // Each quote meets the next row's, so that two rows look like one with the right number of cells.
    let text = format!("{HEADER}\n{}", "2026-05-01 08:00,order,1,\"a,1\n".repeat(20_001));
    let (rows, problems) = ledger(text.as_bytes());
    assert_eq!((rows.len(), problems.len()), (0, 1001));
    // Each row, begun afresh, runs to the end of the file: the next row's inch mark closes, its last quote opens again.
    let text = format!("{HEADER}\n{}", "2026-05-01 08:00,order,5\" 1,\"a,1\n".repeat(20_000));
    assert!(matches!(read(text.as_bytes()), Err(ReadError::Quotes { .. })));
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn text_that_is_neither_utf8_nor_gb18030_is_refused_with_the_line() {
    let mut bytes = format!("{HEADER}\n2026-05-01 08:00,order,1,张三,1\n").into_bytes();
    bytes.extend(b"2026-05-01 08:00,order,2,\xFF\xFF,1\n");
    let error = read(&bytes).expect_err("no such encoding");
    assert_eq!(error, ReadError::Encoding { row: 3 });
    assert!(error.to_string().contains("第 3 行"), "{error}");
    assert_eq!(read(b"\xFF\xFEt\0i\0m\0e\0").expect_err("UTF-16"), ReadError::Encoding { row: 1 });
}

#[test]
fn what_is_no_table_is_said_to_be_what_it_is() {
    let looks = |bytes: &[u8]| match read(bytes) {
        Err(ReadError::NotATable { looks }) => looks,
        other => panic!("{other:?}"),
    };
    assert_eq!(looks(b"%PDF-1.7"), "PDF");
    assert_eq!(looks(b"\x89PNG\r\n\x1a\n"), "图片");
    assert_eq!(looks(b"\n<html><table>"), "网页");
    assert_eq!(looks(b"\x1F\x8B\x08"), "压缩包");
    assert_eq!(looks(&[1, 0, 0, 0, 2, 0]), "二进制文件");
    assert!(matches!(read(b"\xD0\xCF\x11\xE0\xA1\xB1"), Err(ReadError::Workbook { .. })));
    for empty in ["", " \r\n\n", "\u{FEFF}", "\u{FEFF}\n", ",,,\n,,\n"] {
        assert_eq!(read(empty.as_bytes()), Err(ReadError::Empty), "{empty:?}");
    }
}

#[test]
fn an_unknown_header_is_answered_with_what_was_seen_and_what_is_needed() {
    let error = read("姓名,手机\n张三,13800000000\n".as_bytes()).expect_err("unknown");
    let sentence = error.to_string();
    assert!(
        sentence.contains("姓名、手机") && sentence.contains("订单编号") && sentence.contains("成本"),
        "{sentence}"
    );
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    let (rows, problems) = ledger(HEADER.as_bytes());
    assert_eq!((rows.len(), problems.len()), (0, 0));
}

#[test]
fn a_zip_that_is_no_workbook_and_a_workbook_cut_short_are_refused() {
    assert!(matches!(read(&zipped(&[("hello.txt", "hello")])), Err(ReadError::Workbook { .. } | ReadError::Empty)));
    let whole = workbook(&[vec![t("Offer ID"), t("成本")], vec![t("1"), Cell::Number("2")]], &[]);
    assert!(read(&whole).is_ok());
    for cut in [whole.len() - 1, whole.len() / 2, 10, 4] {
        let error = read(&whole[..cut]).expect_err("cut short");
        assert!(matches!(error, ReadError::Workbook { .. }), "{cut}: {error:?}");
        assert!(error.to_string().contains("工作簿打不开"), "{error}");
    }
}

#[test]
fn a_header_lower_down_and_to_the_right_is_found() {
    let mut rows = vec![vec![]; 7];
    rows.extend([vec![Cell::Blank, t("Offer ID"), t("成本")], vec![Cell::Blank, t("1"), Cell::Number("2")]]);
    let table = read(&workbook(&rows, &[])).expect("a list of costs");
    assert_eq!((table.len(), table.problems().len()), (1, 0));
}

#[test]
fn texts_that_a_workbook_shares_between_cells_are_read_in_place() {
    let strings = "<sst count=\"4\" uniqueCount=\"3\"><si><t>Offer ID</t></si><si><r><t>成</t></r><r><t>本</t></r></si>\
                   <si><t xml:space=\"preserve\"> 610947572360123456 </t></si></sst>";
    let sheet = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>\
                 <c r=\"B1\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\"><v>2.5</v></c>\
                 </row></sheetData></worksheet>";
    let Ok(Table::Costs(read)) = read(&package_with(sheet, "", &[("xl/sharedStrings.xml", strings)])) else {
        panic!("not costs")
    };
    assert_eq!(read.rows[0].offer_id, "610947572360123456");
}

#[test]
fn more_rows_or_columns_than_can_be_held_are_refused_with_the_limit() {
    let rows = format!("{HEADER}\n{}", "2026-05-01 08:00,order,1,a,1\n".repeat(MAX_ROWS));
    let error = read(rows.as_bytes()).expect_err("too many rows");
    assert_eq!(error, ReadError::TooLarge { limit: Limit::Rows });
    assert!(error.to_string().contains("500000 行"), "{error}");

    for commas in [100, 10_000] {
        let wide = format!("{HEADER}{}x\n", ",".repeat(commas));
        assert_eq!(read(wide.as_bytes()), Err(ReadError::TooLarge { limit: Limit::Columns }), "{commas}");
    }
    let far = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>1</v></c></row></sheetData></worksheet>";
    assert_eq!(read(&package(far, "")), Err(ReadError::TooLarge { limit: Limit::Columns }));
}
