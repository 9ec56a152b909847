//! Invoice lines of real wholesale books.

use rust_decimal::Decimal;
use xiaoer_orders::{InvoiceKind, InvoiceOrder, Read, Table, read};

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

fn invoices(bytes: &[u8]) -> Read<InvoiceOrder> {
    match read(bytes).expect("invoice lines") {
        Table::Invoices(read) => read,
        other => panic!("not invoices: {:?}", other.kind()),
    }
}

fn lines(rows: &str) -> Read<InvoiceOrder> {
    invoices(format!("{HEADER}\n{rows}").as_bytes())
}

#[test]
fn one_invoice_is_one_order_at_its_first_lines_time_even_when_its_lines_are_apart() {
    let read = lines(
        "1,A,\"CUP, RED\",3.0,2011-05-01 08:26:00,0.1,17850,United Kingdom\n\
         2,A,CUP,1.0,2011-05-01 08:27:00,5,,United Kingdom\n\
         1,B,PLATE,3.0,2011-05-01 08:28:00,0.2,17850,United Kingdom\n",
    );
    assert_eq!(read.problems, []);
    let first = &read.rows[0];
    assert_eq!((first.amount, first.lines.len(), first.buyer.as_deref()), (Decimal::new(9, 1), 2, Some("17850")));
    assert_eq!(first.time.to_string(), "2011-05-01 08:26:00");
    assert_eq!((read.rows[1].buyer.as_deref(), read.rows[1].kind), (None, InvoiceKind::Order));
}

#[test]
fn a_cancellation_is_a_refund_of_what_it_sums_to_and_a_sum_not_above_zero_is_dropped() {
    let read = lines(
        "C9,A,CUP,-3.0,2011-05-01 08:26:00,2.55,17850,UK\n\
         7,A,LOST,-8.0,2011-05-01 08:26:00,0.0,,UK\n\
         A8,B,Adjust bad debt,1.0,2011-05-01 08:26:00,-11062.06,,UK\n\
         C10,A,CUP,0,2011-05-01 08:26:00,2.55,17850,UK\n",
    );
    assert_eq!(
        read.rows.iter().map(|order| (order.number.as_str(), order.kind)).collect::<Vec<_>>(),
        [("C9", InvoiceKind::Refund)]
    );
    assert_eq!(read.rows[0].amount, Decimal::new(765, 2));
    assert_eq!(read.dropped, 3);
}

#[test]
fn a_sum_is_money_and_ends_at_the_fen() {
    let read = lines("1,A,CUP,1,2011-05-01 08:26:00,0.055,1,UK\n1,B,CUP,1,2011-05-01 08:26:00,1.1,1,UK\n");
    assert_eq!(read.rows[0].amount, Decimal::new(116, 2));
}

#[test]
fn an_invoice_with_an_unreadable_line_is_left_out_whole() {
    let read = lines(
        "1,A,CUP,3,2011-05-01 08:26:00,0.1,17850,UK\n\
         1,B,PLATE,drei,2011-05-01 08:26:00,0.2,17850,UK\n\
         2,A,BOWL, BLUE,1,2011-05-01 08:26:00,5,17850,UK\n\
         2,A,BOWL,1,2011-05-01 08:26:00,5,17850,UK\n\
         3,A,CUP,999999999999,2011-05-01 08:26:00,999999999999,17850,UK\n\
         4,A,CUP,1,2011-05-01 08:26:00,5,17850,UK\n",
    );
    assert_eq!(read.rows.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), ["3", "4"]);
    let places: Vec<_> = read.problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect();
    assert_eq!(places, [(3, "Quantity"), (4, "整行"), (2, "InvoiceNo"), (4, "InvoiceNo")]);
}

/// The figures published with the lines: 1,410 dropped, 1,082 orders without a buyer.
#[test]
#[expect(clippy::disallowed_methods, reason = "28 MB of lines are no fixture; whoever has them says where")]
fn nine_months_of_real_lines_give_the_published_figures() {
    let Some(path) = std::env::var_os("XIAOER_LINES") else {
        eprintln!("SKIP nine months of real lines: XIAOER_LINES does not name the CSV");
        return;
    };
    let bytes = std::fs::read(path).expect("the CSV that XIAOER_LINES names");
    let start = std::time::Instant::now();
    let read = invoices(&bytes);
    eprintln!("{} invoices in {:?}", read.rows.len(), start.elapsed());
    let orders: Vec<_> = read.rows.iter().filter(|order| order.kind == InvoiceKind::Order).collect();
    let turnover: Decimal = orders.iter().map(|order| order.amount).sum();
    assert_eq!(read.problems, []);
    assert_eq!(read.dropped, 1_410);
    assert_eq!(orders.len(), 12_495);
    assert_eq!(orders.iter().filter(|order| order.buyer.is_none()).count(), 1_082);
    assert_eq!(read.rows.len() - orders.len(), 2_554);
    assert_eq!(turnover, Decimal::new(630_482_606, 2));
}
