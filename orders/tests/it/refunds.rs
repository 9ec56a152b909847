//! The refund table that goes with an order export.

use rust_decimal::Decimal;
use xiaoer_orders::{LedgerKind, LedgerRow, Problem, ReadError, Table, TableKind, read};

const HEADER: &str = "退款编号,订单编号,买家会员名,退款金额(元),退款状态,退款申请时间,退款完成时间";

fn refunds(rows: &str) -> (Vec<LedgerRow>, Vec<Problem>, usize) {
    match read(format!("{HEADER}\n{rows}").as_bytes()).expect("a refund table") {
        Table::Refunds(read) => (read.rows, read.problems, read.dropped),
        other => panic!("not refunds: {:?}", other.kind()),
    }
}

#[test]
fn a_finished_refund_is_a_ledger_row_that_names_its_order() {
    let (rows, problems, _) =
        refunds("TK1,280000000000000000012345,张三,\"1,020.50\",退款成功,2026-05-03 09:00,2026-05-05 18:30:00\n");
    assert_eq!(problems, []);
    let row = &rows[0];
    assert_eq!((row.kind, row.id.as_str(), row.valid), (LedgerKind::Refund, "TK1", true));
    assert_eq!(row.order.as_deref(), Some("280000000000000000012345"));
    assert_eq!(row.amount, Decimal::new(102_050, 2));
    assert_eq!(row.time.to_string(), "2026-05-05 18:30:00", "money counts from the day it went back");
}

#[test]
fn only_money_that_went_back_is_valid_and_an_unknown_state_is_never_a_success() {
    let (rows, problems, dropped) = refunds(
        "1,11,a,10,退款成功,,2026-05-05\n\
         2,12,a,10,退款关闭,2026-05-03,2026-05-05\n\
         3,13,a,10,等待卖家处理,2026-05-03,\n\
         4,14,a,,退款中,,\n\
         5,15,a,10,平台介入,2026-05-03,2026-05-04\n\
         6,16,a,10,退款成功,2026-05-03,\n\
         7,17,a,10,,,2026-05-05\n\
         8,18,a,10,,2026-05-03,\n\
         9,19,a,10,待退款成功,2026-05-03,2026-05-05\n\
         10,20,a,10,退款成功（买家未收到货）,,2026-05-05\n",
    );
    let valid: Vec<(&str, bool)> = rows.iter().map(|row| (row.id.as_str(), row.valid)).collect();
    assert_eq!(valid, [("1", true), ("2", false), ("3", false), ("7", true), ("8", false), ("9", false), ("10", true)]);
    assert_eq!(dropped, 1, "an open refund without any day takes nothing");
    let places: Vec<(u32, &str)> = problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(places, [(6, "退款状态"), (7, "退款完成时间")]);
}

#[test]
fn other_titles_of_the_same_columns_are_understood() {
    for header in [
        "退款单号,订单号,退款金额,退款成功时间",
        "售后编号,主订单编号,实退金额（元）,完结时间",
        "退款编号,交易编号,买家退款金额,退款完结时间",
    ] {
        let table = read(format!("{header}\n1,2,3.5,2026-05-05\n").as_bytes()).expect(header);
        let Table::Refunds(read) = table else { panic!("{header}") };
        assert_eq!((read.rows[0].amount, read.rows[0].order.as_deref()), (Decimal::new(35, 1), Some("2")), "{header}");
    }
}

#[test]
fn a_table_with_columns_cut_away_says_which() {
    let error = read("退款编号,订单编号,退款金额\n1,2,3\n".as_bytes()).expect_err("no time");
    let ReadError::MissingColumns { table, missing, .. } = &error else { panic!("{error:?}") };
    assert_eq!((*table, missing.as_slice()), (TableKind::Refunds, ["退款完成时间".to_owned()].as_slice()));
    assert!(error.to_string().contains("退款表"), "{error}");
}

#[test]
fn a_refund_written_twice_is_taken_once_and_bad_cells_are_named() {
    let (rows, problems, _) = refunds(
        "1,11,a,10,退款成功,,2026-05-05\n\
         1,11,a,10,退款成功,,2026-05-05\n\
         2,11,a,-5,退款成功,,2026-05-05\n\
         3,2.8E+17,a,5,退款成功,,2026-05-05\n",
    );
    assert_eq!(rows.len(), 1);
    let places: Vec<(u32, &str)> = problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(places, [(3, "退款编号"), (4, "退款金额(元)"), (5, "订单编号")]);
}
