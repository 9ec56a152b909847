//! What did not load comes back as a file to mend.

use xiaoer_orders::{Table, read, to_mend};

#[test]
fn the_rows_that_did_not_load_come_back_with_what_is_wrong_and_load_once_mended() {
    let text = "Offer ID,SKU ID,成本\n610947572360123456,,12.5\n610947572360123457,5,十二\n700001,,-1\n";
    let sheet = to_mend(text.as_bytes()).expect("a table").expect("two bad rows");
    assert_eq!(sheet.header, ["OfferID", "SKUID", "成本", "请改正"]);
    assert_eq!(sheet.rows.len(), 2);
    assert_eq!(sheet.rows[0][..3], ["610947572360123457", "5", "十二"]);
    assert!(sheet.rows[0][3].contains("成本：“十二”不是可以读取的数字"), "{}", sheet.rows[0][3]);
    let mut mended = sheet;
    mended.rows[0][2] = "12".into();
    mended.rows[1][2] = "1".into();
    for bytes in [mended.to_xlsx().expect("a workbook"), mended.to_csv()] {
        let Ok(Table::Costs(read)) = read(&bytes) else { panic!("not costs") };
        assert_eq!((read.rows.len(), read.problems.len()), (2, 0));
        assert_eq!(read.rows[0].offer_id, "610947572360123457", "every digit");
    }
    assert_eq!(to_mend(b"Offer ID,\xE6\x88\x90\xE6\x9C\xAC\n1,2\n").expect("a table").map(|sheet| sheet.rows), None);
}

#[test]
fn an_order_with_one_bad_line_comes_back_whole_and_without_anyones_address() {
    let text = "订单编号,买家会员名,实付款,订单状态,订单创建时间,收货地址,货品标题,单价,数量\n\
                A1,老王,10,交易成功,2026-05-01 08:00:00,某街一号,杯,10,1\n\
                A2,老李,30,交易成功,2026-05-01 09:00:00,某街二号,杯,10,1\n,,,,,,盘,十,2\n\
                A3,老张,10,交易成功,2026-05-01 10:00:00,某街三号,杯,10,1\n";
    let sheet = to_mend(text.as_bytes()).expect("a table").expect("one bad line");
    assert_eq!(sheet.rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["A2", ""]);
    let whole = String::from_utf8(sheet.to_csv()).expect("text");
    assert!(!whole.contains("某街") && whole.contains("单价：“十”"), "{whole}");
}

#[test]
fn a_formula_in_a_bad_row_is_text_in_what_is_handed_back() {
    let text = "Offer ID,SKU ID,成本\n\"=cmd|' /C calc'!A0\",@x,-1\n";
    let sheet = to_mend(text.as_bytes()).expect("a table").expect("one bad row");
    let csv = String::from_utf8(sheet.to_csv()).expect("text");
    assert!(csv.contains("'=cmd") && csv.contains(",'@x,-1,"), "{csv}");
    let book = sheet.to_xlsx().expect("a workbook");
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("a zip");
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut parts.by_name("xl/worksheets/sheet1.xml").expect("a sheet"), &mut xml)
        .expect("text");
    assert!(!xml.contains("<f>"), "no cell is a formula: {xml}");
}
