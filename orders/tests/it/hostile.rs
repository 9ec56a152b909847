//! Bytes made to hurt: bombs, lies, and whatever chance writes. Nothing may panic, hang or fill the memory.

use std::io::Cursor;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xiaoer_orders::{Limit, ReadError, read, to_mend};
use zip::{ZipArchive, ZipWriter};

use crate::workbook::{Cell, package, package_with, sheet_xml, t, workbook, zipped};

const LEDGER: &str = "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
    2026-05-01 08:00,order,1,张三,\"1,234.50\",true,0,,\n2026-05-02T09:00:30+08:00,refund,2,\"a\nb\",10,,,,1\n";
const EXPORT: &str = "订单编号,买家会员名,实付款(元),订单状态,订单创建时间,货品标题,单价(元),数量,Offer ID\n\
    A1,张三,30.00,交易成功,2026-05-01 08:00:00,\"杯子\",10,2,700001\n,,,,,盘子,10,1,700002\n";
const LINES: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
    C1,A,CUP,-3.0,2011-05-01 08:26:00,0.1,17850,UK\n2,A,CUP,1.0,2011-05-01 08:27:00,5,,UK\n";
const TRAFFIC: &str = "数据说明\n\n日期,展现次数,访客数,支付金额\n2026-05-22,\"2,059\",29,-\n";

fn export_workbook() -> Vec<u8> {
    let rows: Vec<Vec<Cell>> = EXPORT.lines().map(|line| line.split(',').map(t).collect()).collect();
    workbook(&rows, &["A2:A3", "B2:B3"])
}

#[test]
fn a_bomb_is_counted_and_not_unpacked() {
    let blanks = " ".repeat(4 << 20);
    let seed = zipped(&[("part", &blanks)]);
    let mut seed = ZipArchive::new(Cursor::new(seed)).expect("our own zip");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for copy in 0..70 {
        let part = seed.by_index_raw(0).expect("the one part");
        zip.raw_copy_file_rename(part, format!("xl/part{copy}.xml")).expect("a copy");
    }
    let bomb = zip.finish().expect("the zip is complete").into_inner();
    assert!(bomb.len() < 1 << 20, "280 MB in {} bytes", bomb.len());
    assert_eq!(read(&bomb), Err(ReadError::TooLarge { limit: Limit::Text }));
}

#[test]
fn a_workbook_that_claims_more_strings_than_memory_is_refused_before_anyone_reserves_them() {
    let sheet = sheet_xml(&[vec![t("Offer ID"), t("成本")]], &[]);
    let claiming = |claim: &str| {
        let strings = format!("<sst {claim}><si><t>x</t></si></sst>");
        read(&package_with(&sheet, "", &[("xl/sharedStrings.xml", &strings)]))
    };
    assert!(claiming("uniqueCount=\"1\"").is_ok());
    // Were the claim believed, this would not fail but end the whole process.
    for claim in
        ["uniqueCount=\"99999999999999\"", "uniqueCount = '18446744073709551615'", "uniqueCount\n=\n\"3000000000000\""]
    {
        assert!(matches!(claiming(claim), Err(ReadError::Workbook { .. })), "{claim}");
    }
}

#[test]
fn one_long_string_shared_by_many_cells_stops_at_the_limit_and_is_not_quoted_at_length() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "长".repeat(1 << 20));
    let sheet = |cells: usize| {
        let row = "<c t=\"s\"><v>0</v></c>".repeat(cells);
        format!("<worksheet><sheetData><row>{row}</row><row>{row}</row></sheetData></worksheet>")
    };
    let answer = |cells| read(&package_with(&sheet(cells), "", &[("xl/sharedStrings.xml", &strings)]));
    assert_eq!(answer(50), Err(ReadError::TooLarge { limit: Limit::Text }), "100 times 3 MB");
    let sentence = answer(1).expect_err("no header").to_string();
    assert!(sentence.contains("认不出表头") && sentence.chars().count() < 400, "{sentence}");
}

#[test]
fn two_cells_in_far_corners_do_not_make_a_sheet_of_billions() {
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Offer ID</t></is></c>\
        <c r=\"B1\" t=\"inlineStr\"><is><t>成本</t></is></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c><c r=\"B1048576\"><v>2</v></c></row></sheetData></worksheet>";
    let start = Instant::now();
    let table = read(&package(sheet, "")).expect("two rows");
    assert_eq!((table.len(), table.problems().len()), (1, 0));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn mad_references_end_in_an_error() {
    for (cell, merge) in [
        ("A99999999999999999999", "A1:A2"),
        ("ZZZZZZZZZZZZZZZZ1", "A1:A2"),
        ("A0", "A1:A2"),
        ("A1", "A9:A1"),
        ("A1", "Z9:A1"),
        ("A1", ":"),
        ("A1", "A1:A2:A3"),
        ("A1", "A4294967296:A1"),
    ] {
        let sheet = format!(
            "<worksheet><sheetData><row r=\"1\"><c r=\"{cell}\" t=\"inlineStr\"><is><t>Offer ID</t></is></c><c r=\"B1\" t=\"inlineStr\">\
             <is><t>成本</t></is></c></row></sheetData><mergeCells><mergeCell ref=\"{merge}\"/></mergeCells></worksheet>"
        );
        // What the reader makes of it may differ between builds (overflow is checked in one and not in the other); it returns.
        let _ = read(&package(&sheet, ""));
    }
}

#[test]
fn rows_out_of_order_are_refused() {
    let sheet = "<worksheet><sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    assert!(matches!(read(&package(sheet, "")), Err(ReadError::Workbook { .. })));
}

#[test]
fn a_nul_in_a_cell_is_left_out_of_the_text() {
    let table = read(LEDGER.replace("张三", "张\0三").as_bytes()).expect("a ledger");
    assert!(format!("{table:?}").contains("张三"));
}

#[test]
fn a_hundred_thousand_bad_rows_are_a_short_list() {
    let text = format!("time,kind,id,buyer,amount\n{}", "x,x,x,x,x\n".repeat(100_000));
    let table = read(text.as_bytes()).expect("a ledger");
    assert!(table.is_empty());
    assert_eq!(table.problems().len(), 1001);
    assert!(table.problems()[1000].why.contains("299000"), "{}", table.problems()[1000].why);
}

fn mutated(valid: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = valid.len();
    let change = (0..length, any::<u8>(), 0..4usize);
    prop::collection::vec(change, 1..12).prop_map(move |changes| {
        let mut bytes = valid.clone();
        for (at, byte, what) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            match what {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    })
}

/// Every sentence for a merchant, made, so that making it is tested as well.
fn must_answer(bytes: &[u8]) {
    match read(bytes) {
        Ok(table) => {
            let sheet = to_mend(bytes).expect("it was read before");
            assert_eq!(sheet.is_some(), !table.problems().is_empty());
            for problem in table.problems() {
                assert!(
                    problem.row > 0 && !problem.column.is_empty() && problem.why.ends_with(['。', '）']),
                    "{problem:?}"
                );
            }
        }
        Err(error) => assert!(error.to_string().ends_with('。'), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        must_answer(&bytes);
        must_answer(&[b"PK\x03\x04", bytes.as_slice()].concat());
    }

    #[test]
    fn random_cells_under_a_true_header_are_answered(cells in prop::collection::vec("\\PC{0,12}|[-+0-9.,eE:/ \"]{0,14}", 0..40)) {
        for valid in [LEDGER, EXPORT, LINES, TRAFFIC] {
            let header_end = valid.rfind("2026").or_else(|| valid.rfind("2,")).unwrap_or(valid.len());
            let header = &valid[..valid[..header_end].rfind('\n').map_or(0, |end| end + 1)];
            must_answer(format!("{header}{}", cells.chunks(5).map(|row| row.join(",")).collect::<Vec<_>>().join("\n")).as_bytes());
        }
    }

    #[test]
    fn valid_text_files_with_bytes_changed_are_answered(
        ledger in mutated(LEDGER.into()),
        export in mutated(EXPORT.into()),
        gb18030 in mutated(encoding_rs::GB18030.encode(EXPORT).0.into_owned()),
        lines in mutated(LINES.into()),
        traffic in mutated(TRAFFIC.into()),
    ) {
        for bytes in [ledger, export, gb18030, lines, traffic] {
            must_answer(&bytes);
        }
    }

    #[test]
    fn a_valid_workbook_with_bytes_changed_is_answered(bytes in mutated(export_workbook())) {
        must_answer(&bytes);
    }

    #[test]
    fn a_workbook_whose_sheet_has_bytes_changed_is_answered(bytes in mutated(sheet_xml(
        &[vec![t("Offer ID"), t("SKU ID"), t("成本")], vec![Cell::Number("1"), Cell::Fault("#N/A"), Cell::Date("40664.5")]],
        &["A2:A3"],
    ).into())) {
        must_answer(&package(&String::from_utf8_lossy(&bytes), ""));
    }
}
