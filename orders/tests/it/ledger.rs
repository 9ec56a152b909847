//! The ledger that a merchant keeps by hand.

use rust_decimal::Decimal;
use xiaoer_orders::{LedgerKind, LedgerRow, Problem, Table, read};

const HEADER: &str = "time,kind,id,buyer,amount,marketing,scene,valid,order";

fn ledger(rows: &str) -> (Vec<LedgerRow>, Vec<Problem>) {
    match read(format!("{HEADER}\n{rows}").as_bytes()).expect("a ledger") {
        Table::Ledger(read) => (read.rows, read.problems),
        other => panic!("not a ledger: {:?}", other.kind()),
    }
}

fn places(problems: &[Problem]) -> Vec<(u32, &str)> {
    problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect()
}

#[test]
fn orders_refunds_and_inquiries_load_with_what_is_known_about_them() {
    let (rows, problems) = ledger(
        "2026-05-01 08:00,order,1,张三,\"1,234.50\",true,0,,\n\
         2026-05-02 09:00:30,refund,1,张三,¥100,,,,1\n\
         2026-05-03 10:00,inquiry,1,李四,,是,,否,\n",
    );
    assert_eq!(problems, []);
    assert_eq!(
        rows.iter().map(|row| row.kind).collect::<Vec<_>>(),
        [LedgerKind::Order, LedgerKind::Refund, LedgerKind::Inquiry]
    );
    assert_eq!(rows[0].amount, Decimal::new(123_450, 2));
    assert_eq!((rows[0].marketing, rows[0].scene, rows[0].valid), (Some(true), Some(false), true));
    assert_eq!((rows[1].marketing, rows[1].scene), (None, None), "blank is not known, not no");
    assert_eq!(rows[1].order.as_deref(), Some("1"));
    assert_eq!((rows[2].amount, rows[2].valid, rows[2].order.as_deref()), (Decimal::ZERO, false, None));
}

#[test]
fn each_bad_cell_is_named_and_the_good_rows_load() {
    let (rows, problems) = ledger(
        "2026-05-01 08:00,order,1,a,10,,,,\n\
         2026-05-01 08:00,order,2,a,-10,,,,\n\
         2026-05-01 08:00,sale,3,a,10,,,,\n\
         2026-05-01 08:00,refund,4,a,,maybe,,,\n\
         2026-05-01 08:00,order,,a,1e400,,,,\n\
         2026-05-01 08:00,order,6,a,\"1,5\",,,,\n\
         2026-05-01 08:00,order,7,a,10\n",
    );
    assert_eq!(
        rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
        ["1", "7"],
        "missing cells at the end are blank"
    );
    assert_eq!(
        places(&problems),
        [(3, "amount"), (4, "kind"), (5, "amount"), (5, "marketing"), (6, "id"), (6, "amount"), (7, "amount")]
    );
}

#[test]
fn an_event_written_twice_counts_once() {
    let row = "2026-05-01 08:00,order,1,a,10,,,,\n";
    let (rows, problems) = ledger(&format!("{row}{row}2026-05-01 08:00,refund,1,a,10,,,,1\n"));
    assert_eq!(rows.len(), 2, "an order and a refund may share a number");
    assert_eq!(places(&problems), [(3, "id")]);
}

#[test]
fn a_cell_that_looks_like_a_formula_is_only_text() {
    for text in ["=1+1", "+cmd", "-2", "@SUM(A1)", "=HYPERLINK(\"\"x\"\")"] {
        let (rows, problems) = ledger(&format!("2026-05-01 08:00,order,1,\"{text}\",10,,,,\n"));
        assert_eq!(problems, [], "{text}");
        assert_eq!(rows[0].buyer, Some(text.replace("\"\"", "\"")));
    }
}

#[test]
fn columns_may_stand_in_any_order_and_the_unknown_ones_are_passed_over() {
    let text = "note,amount,buyer,id,kind,time\nx,10,a,1,Order,2026-05-01 08:00\n";
    let Table::Ledger(read) = read(text.as_bytes()).expect("a ledger") else { panic!("not a ledger") };
    assert_eq!((read.rows.len(), read.problems.len()), (1, 0));
    assert!(read.rows[0].valid);
}
