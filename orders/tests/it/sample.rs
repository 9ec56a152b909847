//! The real export (494 orders of a wholesaler, CC0) and the same orders in the other forms they may come in.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use xiaoer_orders::{OrderRow, OrderState, Table, read};

const SAMPLE: &[u8] = include_bytes!("../../../tests/fixtures/order-export-2011-05.xlsx");
const TITLES: &[&str] = &[
    "订单编号",
    "买家公司名",
    "买家会员名",
    "卖家公司名",
    "货品总价(元)",
    "运费(元)",
    "涨价或折扣(元)",
    "实付款(元)",
    "订单状态",
    "订单创建时间",
    "订单付款时间",
    "收货人姓名",
    "收货地址",
    "联系手机",
    "货品标题",
    "单价(元)",
    "数量",
    "单位",
    "货号",
    "Offer ID",
    "SKU ID",
    "单品货号",
    "货品种类",
    "买家留言",
];

fn orders(bytes: &[u8]) -> Vec<OrderRow> {
    match read(bytes).expect("an order export") {
        Table::Orders(read) => {
            assert_eq!(read.problems, []);
            read.rows
        }
        other => panic!("not orders: {:?}", other.kind()),
    }
}

fn yuan(text: &str) -> Decimal {
    text.parse().expect("the test's own amount")
}

fn total(orders: &[OrderRow]) -> Decimal {
    orders.iter().map(|order| order.paid_amount).sum()
}

#[test]
fn the_real_export_is_494_orders_of_413_buyers_and_its_amounts_count_once() {
    let orders = orders(SAMPLE);
    let buyers: HashSet<_> = orders.iter().filter_map(|order| order.buyer.as_deref()).collect();
    let lines: Vec<_> = orders.iter().flat_map(|order| &order.lines).collect();
    let worth: Decimal = lines.iter().map(|line| line.price * line.quantity).sum();
    let goods: Option<Decimal> = orders.iter().map(|order| order.goods_total).sum();

    assert_eq!(orders.len(), 494);
    assert_eq!(buyers.len(), 413);
    assert_eq!(lines.len(), 8942);
    assert_eq!(total(&orders), yuan("189797.95"));
    assert_eq!(goods, Some(yuan("189797.95")));
    assert_eq!(worth.round_dp(2), yuan("189797.95"), "each order's lines are its own");
    assert!(orders.iter().all(|order| order.state() == OrderState::Success));
    assert_eq!((orders[0].number.as_str(), orders[0].row, orders[0].lines[1].row), ("551515", 2, 3));
    assert_eq!(orders[0].lines[0].article.as_deref(), Some("21731"));
}

#[test]
fn the_real_export_is_read_within_a_second() {
    let start = Instant::now();
    let orders = orders(SAMPLE);
    let took = start.elapsed();
    eprintln!("{} orders in {took:?}", orders.len());
    // The promise is for the release build; without optimisation a minute still catches a quadratic step.
    let limit = if cfg!(debug_assertions) { 60 } else { 1 };
    assert!(took < Duration::from_secs(limit), "took {took:?}");
}

/// How the order's own cells stand in a CSV.
#[derive(Clone, Copy)]
enum Form {
    /// In the first row only, as a spreadsheet saves merged cells.
    Blank,
    /// In every row, as a tool that has taken the cells apart writes it.
    Filled,
}

fn as_csv(orders: &[OrderRow], form: Form) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(TITLES).expect("a header");
    for order in orders {
        for (index, line) in order.lines.iter().enumerate() {
            let own = |text: String| if index == 0 || matches!(form, Form::Filled) { text } else { String::new() };
            let money = |amount: Option<Decimal>| own(amount.map(|amount| amount.to_string()).unwrap_or_default());
            let optional = |text: &Option<String>| text.clone().unwrap_or_default();
            csv.write_record([
                own(order.number.clone()),
                own(optional(&order.buyer_company)),
                own(optional(&order.buyer)),
                own("星河礼品有限公司".to_owned()),
                money(order.goods_total),
                money(order.freight),
                money(order.adjustment),
                money(Some(order.paid_amount)),
                own(order.status.clone()),
                own(order.created.to_string()),
                own(order.paid.map(|paid| paid.to_string()).unwrap_or_default()),
                own("收货人".to_owned()),
                own("某省某市".to_owned()),
                own("13800000000".to_owned()),
                line.title.clone(),
                line.price.to_string(),
                line.quantity.to_string(),
                optional(&line.unit),
                String::new(),
                optional(&line.offer_id),
                optional(&line.sku_id),
                optional(&line.article),
                own("现货".to_owned()),
                own(optional(&order.message)),
            ])
            .expect("a row");
        }
    }
    String::from_utf8(csv.into_inner().expect("memory takes every byte")).expect("csv of text is text")
}

#[test]
fn the_same_orders_read_alike_as_csv_with_blanks_with_repeats_with_a_mark_and_in_gb18030() {
    let from_workbook = orders(SAMPLE);
    let blank = as_csv(&from_workbook, Form::Blank);
    let filled = as_csv(&from_workbook, Form::Filled);
    let (gb18030, _, lossy) = encoding_rs::GB18030.encode(&blank);
    assert!(!lossy);
    assert!(std::str::from_utf8(&gb18030).is_err(), "the test would prove nothing");

    assert_eq!(orders(blank.as_bytes()), from_workbook);
    assert_eq!(orders(filled.as_bytes()), from_workbook);
    assert_eq!(orders(format!("\u{FEFF}{blank}").as_bytes()), from_workbook);
    assert_eq!(orders(&gb18030), from_workbook);
}
