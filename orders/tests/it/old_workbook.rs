//! Workbooks of Excel 97-2003, written record by record so that a test can also write what Excel would not.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use cfb::CompoundFile;
use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use xiaoer_orders::{Limit, ReadError, Table, read};

/// A cell at its place.
enum At {
    Text(u16, u16, &'static str),
    Number(u16, u16, f64),
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a short record");
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
}

fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A sheet with these cells, the size it claims, and merged areas (first row, last row, column).
fn sheet(cells: &[At], claim: (u32, u32, u16), merges: &[(u16, u16, u16)]) -> Vec<u8> {
    let mut out = record(0x0809, &shorts(&[0x0600, 0x0010, 0, 0, 0, 0, 0, 0]));
    let size = [&claim.0.to_le_bytes()[..], &claim.1.to_le_bytes(), &shorts(&[0, claim.2, 0])].concat();
    out.extend(record(0x0200, &size));
    for cell in cells {
        out.extend(match cell {
            At::Text(row, column, text) => {
                let letters: Vec<u16> = text.encode_utf16().collect();
                let head = shorts(&[*row, *column, 0, u16::try_from(letters.len()).expect("short")]);
                record(0x0204, &[&head[..], &[1], &shorts(&letters)].concat())
            }
            At::Number(row, column, number) => {
                record(0x0203, &[&shorts(&[*row, *column, 0])[..], &number.to_le_bytes()].concat())
            }
        });
    }
    let areas: Vec<u16> = merges.iter().flat_map(|(first, last, column)| [*first, *last, *column, *column]).collect();
    let count = u16::try_from(merges.len()).expect("few");
    out.extend(record(0x00E5, &[&shorts(&[count])[..], &shorts(&areas)].concat()));
    out.extend(record(0x000A, &[]));
    out
}

/// The stream of a workbook with one sheet; `more` stands among its own records.
fn stream(sheet: &[u8], more: &[u8], names: usize) -> Vec<u8> {
    let begin = record(0x0809, &shorts(&[0x0600, 0x0005, 0, 0, 0, 0, 0, 0]));
    let name = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
    let end = record(0x000A, &[]);
    let at = begin.len() + more.len() + names * name(0).len() + end.len();
    let names = name(u32::try_from(at).expect("small")).repeat(names);
    [&begin[..], more, &names, &end, sheet].concat()
}

fn xls(stream: &[u8]) -> Vec<u8> {
    holding("/Workbook", stream)
}

fn holding(name: &str, stream: &[u8]) -> Vec<u8> {
    let memory = Cursor::new(Vec::new());
    let mut file = CompoundFile::create_with_version(cfb::Version::V3, memory).expect("a container");
    file.create_stream(name).expect("a stream").write_all(stream).expect("written");
    file.flush().expect("flushed");
    file.into_inner().into_inner()
}

fn board() -> Vec<u8> {
    let mut cells = vec![At::Text(0, 0, "数据说明：以下数据为您所选时间周期的相关指标")];
    let titles = ["日期", "展现次数", "广告展现次数", "访客数", "支付金额", "支付订单数", "网销宝推广消耗金额"];
    cells.extend((0..).zip(titles).map(|(column, title)| At::Text(2, column, title)));
    let first = ["2026-05-23", "2,059", "1960", "29", "0", "0", "-"];
    cells.extend((0..).zip(first).map(|(column, text)| At::Text(3, column, text)));
    let second = [46_164.0, 1500.0, 0.0, 20.0, 99.9, 1.0, 34.0];
    cells.extend((0..).zip(second).map(|(column, number)| At::Number(4, column, number)));
    sheet(&cells, (0, 5, 7), &[(0, 0, 0)])
}

#[test]
fn the_core_board_of_sycm_reads_as_the_old_workbook_that_it_is() {
    let Ok(Table::Traffic(read)) = read(&xls(&stream(&board(), &[], 1))) else { panic!("not traffic") };
    assert_eq!(read.problems, []);
    let [first, second] = &read.rows[..] else { panic!("{:?}", read.rows) };
    assert_eq!((first.impressions, first.ad_impressions, first.ad_spend), (Some(2059), Some(1960), None));
    assert_eq!(second.date, NaiveDate::from_ymd_opt(2026, 5, 22).expect("a day"), "a day number is a day");
    assert_eq!((second.paid_amount, second.paid_orders, second.row), (Some(Decimal::new(999, 1)), Some(1), 5));
}

#[test]
fn merged_cells_hold_an_order_together_in_an_old_workbook_too() {
    let titles = ["订单编号", "买家会员名", "实付款", "订单状态", "订单创建时间", "货品标题", "单价", "数量"];
    let mut cells: Vec<At> = (0..).zip(titles).map(|(column, title)| At::Text(0, column, title)).collect();
    let first = ["2900000000000000001", "老王", "30.00", "交易成功", "2026-05-01 08:00:00", "杯", "10", "2"];
    cells.extend((0..).zip(first).map(|(column, text)| At::Text(1, column, text)));
    cells.extend((5..).zip(["盘", "10", "1"]).map(|(column, text)| At::Text(2, column, text)));
    let merges = [(1, 2, 0), (1, 2, 2)];
    let Ok(Table::Orders(read)) = read(&xls(&stream(&sheet(&cells, (0, 3, 8), &merges), &[], 1))) else {
        panic!("not orders")
    };
    assert_eq!((read.rows.len(), read.rows[0].lines.len(), read.problems.len()), (1, 2, 0));
    assert_eq!(read.rows[0].paid_amount, Decimal::from(30));
}

#[test]
fn a_locked_workbook_is_said_to_be_locked_old_or_new() {
    let locked = xls(&stream(&board(), &record(0x002F, &[1, 0, 1, 0]), 1));
    for bytes in [locked, holding("/EncryptedPackage", b"secret")] {
        let error = read(&bytes).expect_err("locked");
        assert_eq!(error, ReadError::Locked);
        assert!(error.to_string().contains("密码"), "{error}");
    }
    let word = read(&holding("/WordDocument", b"text")).expect_err("a letter");
    assert!(matches!(word, ReadError::NotATable { .. }), "{word:?}");
}

#[test]
fn a_claim_of_billions_of_cells_is_refused_before_anyone_reserves_them() {
    for claim in [(0, u32::MAX, 7), (5, 3, 7), (0, 5, 60_000)] {
        let claiming = xls(&stream(&sheet(&[], claim, &[]), &[], 1));
        assert!(matches!(read(&claiming), Err(ReadError::Workbook { .. })), "{claim:?}");
    }
    let far = sheet(&[At::Text(0, 0, "Offer ID"), At::Number(65_000, 63, 1.0)], (0, 5, 7), &[]);
    assert!(!matches!(read(&xls(&stream(&far, &[], 1))), Err(ReadError::TooLarge { .. })));
    let started = Instant::now();
    assert_eq!(
        read(&xls(&stream(&far, &[], 1000))),
        Err(ReadError::TooLarge { limit: Limit::Rows }),
        "a thousand names"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
    let wide = sheet(&[At::Number(0, 200, 1.0)], (0, 5, 7), &[]);
    assert_eq!(read(&xls(&stream(&wide, &[], 1))), Err(ReadError::TooLarge { limit: Limit::Columns }));
}

/// Shared texts, cut over two records in the middle of the long one, and cells that refer to them.
fn sharing(long: usize, references: u16) -> Vec<u8> {
    let text =
        |letters: &[u8]| [&u16::try_from(letters.len()).expect("short").to_le_bytes()[..], &[0], letters].concat();
    let whole = [text(b"Offer ID"), text(b"cost"), text(&vec![b'x'; long])].concat();
    let (first, second) = whole.split_at(whole.len() - long / 2);
    let head = [&8u32.to_le_bytes()[..], &3u32.to_le_bytes(), first].concat();
    let more = [record(0x00FC, &head), record(0x003C, &[&[0], second].concat())].concat();
    let cells: Vec<u8> = (0..references)
        .flat_map(|row| record(0x00FD, &[&shorts(&[row, 0, 0])[..], &u32::from(row.min(2)).to_le_bytes()].concat()))
        .collect();
    let begin = record(0x0809, &shorts(&[0x0600, 0x0010, 0, 0, 0, 0, 0, 0]));
    stream(&[begin, cells, record(0x000A, &[])].concat(), &more, 1)
}

#[test]
fn one_long_text_shared_by_thousands_of_cells_is_counted_before_it_is_copied() {
    let few = read(&xls(&sharing(6000, 3)));
    assert!(matches!(few, Err(ReadError::UnknownHeader { .. })), "a few are read: {few:?}");
    let started = Instant::now();
    assert_eq!(read(&xls(&sharing(6000, 60_000))), Err(ReadError::TooLarge { limit: Limit::Text }));
    assert!(started.elapsed() < Duration::from_secs(5));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_changed_in_an_old_workbook_nothing_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), inside in any::<bool>()) {
        let mut bytes = stream(&board(), &[], 1);
        if !inside {
            bytes = xls(&bytes);
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&if inside { xls(&bytes) } else { bytes });
    }
}
