//! Orders that take several rows, and everything that can be wrong with one of them.

use rust_decimal::Decimal;
use xiaoer_orders::{OrderRow, OrderState, Problem, ReadError, Table, TableKind, read};

use crate::workbook::{Cell, t, workbook};

const HEADER: &str =
    "订单编号,买家会员名,实付款(元),订单状态,订单创建时间,订单付款时间,货品标题,单价(元),数量,Offer ID,货品种类";

fn orders(bytes: &[u8]) -> (Vec<OrderRow>, Vec<Problem>) {
    match read(bytes).expect("an order export") {
        Table::Orders(read) => (read.rows, read.problems),
        other => panic!("not orders: {:?}", other.kind()),
    }
}

fn csv(rows: &[&str]) -> (Vec<OrderRow>, Vec<Problem>) {
    orders(format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes())
}

fn cells(line: &str) -> Vec<Cell> {
    line.split(',').map(t).collect()
}

fn places(problems: &[Problem]) -> Vec<(u32, &str)> {
    problems.iter().map(|problem| (problem.row, problem.column.as_str())).collect()
}

fn yuan(orders: &[OrderRow]) -> Decimal {
    orders.iter().map(|order| order.paid_amount).sum()
}

const ONE: &str = "A1,张三,30.00,交易成功,2026-05-01 08:00:00,2026-05-01 08:01:00,杯子,10,2,700001,2";
const ONE_MORE: &str = ",,,,,,盘子,10,1,700002,";
const TWO: &str = "A2,李四,5.50,等待卖家发货,2026-05-02 08:00:00,2026-05-02 08:01:00,勺子,5.5,1,700003,1";

#[test]
fn titles_match_whatever_brackets_spaces_and_widths_they_are_written_with() {
    let text = "订单编号 ,买家会员名,运费,实付款（元）,订单状态,订单创建时间,货品标题,单价,数量,OfferID,ＳＫＵ　ＩＤ\n\
                A1,张三,2.5,30,交易成功,2026/5/1 8:00,杯子,10,3,700001,800001\n";
    let (orders, problems) = orders(text.as_bytes());
    assert_eq!(problems, []);
    assert_eq!(orders[0].freight, Some(Decimal::new(25, 1)));
    assert_eq!(orders[0].goods_total, None, "an absent column is not known, not zero");
    assert_eq!(orders[0].lines[0].sku_id.as_deref(), Some("800001"));
}

#[test]
fn a_line_of_sums_under_the_last_order_is_named_and_not_added_to_it() {
    let rows: Vec<Vec<Cell>> = [HEADER, ONE, ONE_MORE, TWO, ",,35.50,,,,合计,35.5,3,,"].map(cells).to_vec();
    // A2:A3 is the first order's number; the line of sums directly follows the second order.
    let (orders, problems) = orders(&workbook(&rows, &["A2:A3", "B2:B3", "C2:C3"]));
    assert_eq!(yuan(&orders), Decimal::new(3550, 2));
    assert_eq!(orders.iter().map(|order| order.lines.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(places(&problems), [(5, "订单编号")]);
}

#[test]
fn where_nothing_is_merged_rows_follow_their_order_without_a_gap_only() {
    let (orders, problems) = csv(&[ONE, ONE_MORE, "", ONE_MORE, TWO]);
    assert_eq!(orders.iter().map(|order| order.lines.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(places(&problems), [(5, "订单编号")], "the row after the blank line belongs to nobody");
}

#[test]
fn a_damaged_row_does_not_hand_its_lines_to_the_order_above() {
    let bad = "A9,王五,三十元,交易成功,2026-05-01 08:00:00,2026-05-01 08:01:00,杯子,10,2,700001,2";
    let (orders, problems) = csv(&[ONE, bad, ONE_MORE, TWO]);
    assert_eq!(orders.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), ["A1", "A2"]);
    assert_eq!(orders[0].lines.len(), 1);
    assert_eq!(places(&problems), [(3, "实付款(元)")]);
    assert!(problems[0].why.contains("三十"), "{}", problems[0].why);
}

#[test]
fn two_exports_pasted_together_count_each_order_once() {
    let (orders, problems) = csv(&[ONE, ONE_MORE, TWO, ONE, ONE_MORE]);
    assert_eq!(yuan(&orders), Decimal::new(3550, 2));
    assert_eq!(orders[0].lines.len(), 2);
    assert_eq!(places(&problems), [(5, "订单编号")]);
    assert!(problems[0].why.contains("第 2 行"), "{}", problems[0].why);
}

#[test]
fn rows_sorted_apart_come_together_when_the_order_still_lacks_lines() {
    let apart = "A1,张三,30.00,交易成功,2026-05-01 08:00:00,2026-05-01 08:01:00,盘子,10,1,700002,2";
    let (orders, problems) = csv(&[ONE, TWO, apart]);
    assert_eq!(problems, []);
    assert_eq!(orders[0].lines.len(), 2);
    assert_eq!(yuan(&orders), Decimal::new(3550, 2));
}

#[test]
fn an_amount_that_differs_in_a_later_row_is_named_and_the_first_one_counts() {
    let (orders, problems) = csv(&[ONE, &ONE.replace("30.00", "31.00")]);
    assert_eq!(yuan(&orders), Decimal::from(30));
    assert_eq!(places(&problems), [(3, "实付款(元)")]);
}

#[test]
fn ids_beyond_what_a_number_holds_stay_exact_as_text_and_are_refused_as_numbers() {
    let with = |number: Cell, offer: Cell| {
        let mut row = cells(ONE);
        (row[0], row[9]) = (number, offer);
        orders(&workbook(&[cells(HEADER), row, cells(TWO)], &[]))
    };
    let (exact, problems) = with(t("2900000000000000123"), Cell::Number("610947572360"));
    assert_eq!(problems, []);
    assert_eq!(exact[0].number, "2900000000000000123");
    assert_eq!(exact[0].lines[0].offer_id.as_deref(), Some("610947572360"));

    let (rest, problems) = with(Cell::Number("2.9000000000000000E18"), t("1"));
    assert_eq!(rest.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), ["A2"]);
    assert_eq!(places(&problems), [(2, "订单编号")]);
    assert!(problems[0].why.contains("15 位"), "{}", problems[0].why);

    let (both, problems) = with(t("A1"), Cell::Number("6109475723601234"));
    assert_eq!(both[0].lines[0].offer_id, None, "the line stays, without an id that would be wrong");
    assert_eq!(places(&problems), [(2, "OfferID")]);
}

#[test]
fn a_csv_that_a_spreadsheet_has_spoilt_is_noticed_and_its_text_marks_are_taken_off() {
    let (orders, problems) =
        csv(&[&ONE.replace("700001", "6.10948E+17"), &TWO.replace("700003", "=\"610947572360123456\"")]);
    assert_eq!(places(&problems), [(2, "OfferID")]);
    assert_eq!(orders[1].lines[0].offer_id.as_deref(), Some("610947572360123456"));
}

#[test]
fn a_bad_line_is_named_and_the_order_keeps_its_money() {
    for bad in ["-10,2", "10,0", "10,-2", "1e400,2", "10,两", ",2", "#N/A,1"] {
        let (orders, problems) = csv(&[&ONE.replace("10,2", bad), ONE_MORE]);
        assert_eq!(yuan(&orders), Decimal::from(30), "{bad}");
        assert_eq!(orders[0].lines.len(), 1, "{bad}");
        assert_eq!(problems.len(), 1, "{bad}: {problems:?}");
        assert_eq!(problems[0].row, 2, "{bad}");
    }
}

#[test]
fn an_order_without_state_time_or_amount_does_not_load_and_says_all_that_is_wrong() {
    let (orders, problems) = csv(&["A1,张三,-30,,昨天,2026-05-01,杯子,10,2,1,1", TWO]);
    assert_eq!(orders.len(), 1);
    assert_eq!(places(&problems), [(2, "订单状态"), (2, "订单创建时间"), (2, "实付款(元)")]);
}

#[test]
fn an_unpaid_order_may_leave_its_amount_blank_and_a_paid_one_may_not() {
    let unpaid = "A1,张三,,等待买家付款,2026-05-01 08:00:00,,杯子,10,2,1,1";
    let paid = "A2,李四,,交易成功,2026-05-01 08:00:00,2026-05-01 08:01:00,杯子,10,2,1,1";
    let (orders, problems) = csv(&[unpaid, paid]);
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].paid_amount, orders[0].state()), (Decimal::ZERO, OrderState::WaitPay));
    assert_eq!(places(&problems), [(3, "实付款(元)")]);
}

#[test]
fn the_noise_of_a_sum_in_a_spreadsheet_does_not_reach_the_money() {
    for (written, meant) in
        [("320.88000000000005", "320.88"), ("0.30000000000000004", "0.3"), ("1E-2", "0.01"), ("-0", "0")]
    {
        let mut row = cells(ONE);
        row[2] = Cell::Number(written);
        let (orders, problems) = orders(&workbook(&[cells(HEADER), row], &[]));
        assert_eq!(problems, [], "{written}");
        assert_eq!(orders[0].paid_amount, meant.parse().expect("a decimal"), "{written}");
    }
    for written in ["1e400", "1e15", "1e-400x"] {
        let mut row = cells(ONE);
        row[2] = Cell::Number(written);
        let (orders, problems) = orders(&workbook(&[cells(HEADER), row], &[]));
        assert_eq!((orders.len(), places(&problems)), (0, vec![(2, "实付款(元)")]), "{written}");
    }
}

#[test]
fn the_receiver_is_never_read_and_never_shown() {
    let header = format!("{HEADER},收货人姓名,收货地址,联系手机");
    let secret = ",赵秘密,秘密路 7 号,13911112222";
    let text =
        format!("{header}\n{ONE}{secret}\nA2,李四,坏,坏,坏,坏,坏,坏,坏,坏,坏{secret}\n,,,,,,坏,坏,坏,,{secret}\n");
    let table = read(text.as_bytes()).expect("an order export");
    assert!(!table.problems().is_empty());
    let all = format!("{table:?}");
    assert!(!all.contains("秘密") && !all.contains("13911112222"), "{all}");

    let headless = read(format!("{ONE}{secret}").as_bytes()).expect_err("no header");
    assert!(!headless.to_string().contains("13911112222"), "{headless}");
}

#[test]
fn states_are_understood_or_said_to_be_unknown() {
    let state = |text: &str| csv(&[&ONE.replace("交易成功", text)]).0[0].state();
    assert_eq!(state("等待买家付款"), OrderState::WaitPay);
    assert_eq!(state("等待卖家发货"), OrderState::Paid);
    assert_eq!(state("等待买家确认收货"), OrderState::Sent);
    assert_eq!(state("交易成功"), OrderState::Success);
    for closed in ["交易关闭", "交易取消", "买家取消", "卖家关闭"] {
        assert_eq!(state(closed), OrderState::Closed, "{closed}");
    }
    for other in ["退款成功", "退款关闭", "成功", "？"] {
        assert_eq!(state(other), OrderState::Other, "{other}");
    }
}

#[test]
fn an_export_with_columns_cut_away_says_which() {
    let error = read("订单编号,买家会员名,订单状态\nA1,张三,交易成功\n".as_bytes()).expect_err("no amounts");
    let ReadError::MissingColumns { table: TableKind::Orders, missing, .. } = &error else { panic!("{error:?}") };
    assert_eq!(missing, &["实付款", "订单创建时间"]);
    assert!(error.to_string().contains("缺少列：实付款、订单创建时间"), "{error}");
}

/// The 32 columns A–AF of the seller's download, and the three that some downloads have besides.
const WHOLE: &str = "订单编号,买家公司名,买家会员名,卖家公司名,卖家会员名,货品总价(元),运费(元),涨价或折扣(元),实付款(元),订单状态,\
                     订单创建时间,订单付款时间,发货方,收货人姓名,收货地址,邮编,联系电话,联系手机,货品标题,单价(元),数量,单位,货号,型号,\
                     Offer ID,SKU ID,物料编号,单品货号,货品种类,买家留言,物流公司,运单号,关联编号,订单改价,收款方式";
/// An order of two lines as the file writes it: what is merged stands in the first row.
const NEWER: [&str; 2] = [
    "2900000000000000002,某某公司,老李,我们公司,我们,40,5,-3,42,等待买家确认收货,2026-05-02 09:00:00,2026-05-02 09:05:00,卖家,\
     李四,某街二号,310000,0571-1,13900000000,红杯,10,2,个,H1,M1,610947572360,5012345678901234567,W1,V1,2,请快点,中通快递,7300000000000002,G2,-9,支付宝",
    ",,,,,,,,,,,,,,,,,,白杯,10,2,个,H2,M2,610947572361,5012345678901234568,W2,,,,,,,,",
];
const OLDER: &str = "2900000000000000001,,老王,我们公司,我们,\"1,200\",,,\"1,200元\",交易成功,2026/5/1 8:00,2026年5月1日 08:05:00,卖家,\
                     王五,某街一号,310000,,13800000000,盘,１２.00,100,个,,,=\"610947572362\",'5012345678901234569,,,1,,,\t7300000000000001,,,";

#[test]
fn all_columns_of_a_download_read_the_same_in_whatever_order_and_coat_they_come() {
    let text = format!("{WHOLE}\n{}\n{}\n{OLDER}\n", NEWER[0], NEWER[1]);
    let (orders, problems) = self::orders(text.as_bytes());
    assert_eq!(problems, []);
    let [newer, older] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!((newer.lines.len(), newer.paid_amount, newer.row), (2, Decimal::from(42), 2), "once for the order");
    assert_eq!(
        (newer.adjustment, newer.freight),
        (Some(Decimal::from(-3)), Some(Decimal::from(5))),
        "订单改价 is another column"
    );
    assert_eq!(newer.lines[1].sku_id.as_deref(), Some("5012345678901234568"));
    assert_eq!((newer.lines[0].article.as_deref(), newer.lines[1].article.as_deref()), (Some("V1"), Some("H2")));
    assert_eq!((older.paid_amount, older.goods_total), (Decimal::from(1200), Some(Decimal::from(1200))));
    assert_eq!((older.lines[0].offer_id.as_deref(), older.lines[0].price), (Some("610947572362"), Decimal::from(12)));
    assert_eq!(
        (older.lines[0].sku_id.as_deref(), older.waybill.as_deref()),
        (Some("5012345678901234569"), Some("7300000000000001"))
    );

    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
    let renamed = text.replace("运费(元)", "运费").replace("实付款(元)", "实付款（元）").replace("Offer ID", "offerId");
    for bytes in [marked, gbk, renamed.into_bytes()] {
        assert_eq!(self::orders(&bytes), (orders.clone(), Vec::new()));
    }
    let oldest_first = format!("{WHOLE}\n{OLDER}\n{}\n{}\n", NEWER[0], NEWER[1]);
    let turned = self::orders(oldest_first.as_bytes()).0;
    assert_eq!(
        turned.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(),
        ["2900000000000000001", "2900000000000000002"]
    );
    assert_eq!(turned[1].lines.len(), 2);
}
