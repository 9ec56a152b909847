//! Times as people and programs write them.

use chrono::NaiveDateTime;
use xiaoer_orders::{Table, read};

use crate::workbook::{Cell, package, sheet_xml, t};

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("the test's own time")
}

fn ledger_time(written: &str) -> Option<NaiveDateTime> {
    let text = format!("time,kind,id,buyer,amount\n\"{written}\",order,1,b,1\n");
    match read(text.as_bytes()).expect("a ledger") {
        Table::Ledger(read) => {
            assert_eq!(read.rows.len() + read.problems.len(), 1, "{written}: loaded or named, {:?}", read.problems);
            read.rows.first().map(|row| row.time)
        }
        other => panic!("not a ledger: {:?}", other.kind()),
    }
}

#[test]
fn a_local_time_is_taken_as_it_stands() {
    for written in [
        "2026-05-01 08:30",
        "2026-05-01 08:30:00",
        "2026-05-01T08:30:00.999",
        "2026/5/1 8:30",
        "2026.05.01 08:30",
        "2026年5月1日 08:30",
        "２０２６－０５－０１　０８：３０",
    ] {
        assert_eq!(ledger_time(written), Some(at("2026-05-01 08:30:00")), "{written}");
    }
    assert_eq!(ledger_time("20260501"), Some(at("2026-05-01 00:00:00")));
}

#[test]
fn a_time_with_an_offset_is_turned_to_the_platforms_zone() {
    for written in [
        "2026-05-01T00:30:00Z",
        "2026-05-01T08:30:00+08:00",
        "2026-04-30 19:30:00-05:00",
        "2026-05-01T06:00:00.5+0530",
        "2026-05-01 08:30+8",
    ] {
        assert_eq!(ledger_time(written), Some(at("2026-05-01 08:30:00")), "{written}");
    }
}

#[test]
fn what_is_not_certainly_a_time_is_named() {
    for written in [
        "5/1/2026",
        "26-05-01",
        "2026-02-29 08:00",
        "2026-05-01 24:00",
        "2026-05-01 08:30:00+15:00",
        "2026-05-01 08:30:00+",
        "2026-05-01 +8:30",
        "46143.5",
        "昨天",
        "0001-01-01",
        "9999-12-31 23:59:59-12:00",
        "2026-05-01 08:30:00 CST",
        "2026-5",
        "-1-1-1",
    ] {
        assert_eq!(ledger_time(written), None, "{written}");
    }
}

fn created(cell: Cell, properties: &str) -> Option<NaiveDateTime> {
    let header = ["订单编号", "买家会员名", "实付款", "订单状态", "订单创建时间"].map(t).to_vec();
    let sheet = sheet_xml(&[header, vec![t("A1"), t("b"), Cell::Number("1"), t("交易成功"), cell]], &[]);
    match read(&package(&sheet, properties)).expect("an order export") {
        Table::Orders(read) => read.rows.first().map(|row| row.created),
        other => panic!("not orders: {:?}", other.kind()),
    }
}

#[test]
fn a_workbooks_day_numbers_are_times_to_the_second_formatted_or_not() {
    // 10:51:00 is 0.452083333…, which no float holds.
    let day = at("2011-05-01 10:51:00");
    assert_eq!(created(Cell::Date("40664.452083333334"), ""), Some(day));
    assert_eq!(created(Cell::Number("40664.452083333334"), ""), Some(day));
    assert_eq!(created(t("2011-05-01 10:51:00"), ""), Some(day));
    assert_eq!(created(Cell::Date("39202.452083333334"), "date1904=\"1\""), Some(day));
    assert_eq!(
        created(Cell::Number("39202.452083333334"), "date1904=\"1\""),
        None,
        "four years off would be worse than named"
    );
    for absurd in ["-5", "30", "1e300", "99999999", "4e6"] {
        assert_eq!(created(Cell::Date(absurd), ""), None, "{absurd}");
        assert_eq!(created(Cell::Number(absurd), ""), None, "{absurd}");
    }
}
