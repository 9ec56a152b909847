//! Daily figures: typed by the merchant, or downloaded from 生意参谋.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use xiaoer_orders::{Table, TrafficRow, read};

use crate::workbook::{Cell, t, workbook};

fn traffic(bytes: &[u8]) -> (Vec<TrafficRow>, Vec<(u32, String)>) {
    match read(bytes).expect("traffic") {
        Table::Traffic(read) => {
            let places = read.problems.into_iter().map(|problem| (problem.row, problem.column)).collect();
            (read.rows, places)
        }
        other => panic!("not traffic: {:?}", other.kind()),
    }
}

#[test]
fn the_merchants_own_table_reads_with_separators_and_dashes() {
    let text = "日期,展现次数,访客数,支付金额,支付订单数,推广消耗金额\n\
                2026-05-22,\"2,059\",29,\"1,280.50\",3,34\n2026-05-23,-,30,0,0,-\n合计,4,5,6,7,8\n2026-05-22,1,1,1,1,1\n2026-05-24,1.5,7,1,1,1\n";
    let (days, problems) = traffic(text.as_bytes());
    assert_eq!(days.len(), 3);
    assert_eq!((days[0].impressions, days[0].paid_amount), (Some(2059), Some(Decimal::new(128_050, 2))));
    assert_eq!(
        (days[1].impressions, days[1].paid_orders, days[1].ad_spend),
        (None, Some(0), None),
        "a dash is not a zero"
    );
    assert_eq!((days[2].impressions, days[2].visitors), (None, Some(7)), "one bad figure leaves the others");
    assert_eq!(problems, [(4, "日期".to_owned()), (5, "日期".to_owned()), (6, "展现次数".to_owned())]);
}

#[test]
fn the_core_board_of_sycm_reads_below_its_explanation() {
    let sheet = [
        vec![t("数据说明：以下数据为您所选时间周期的相关指标")],
        vec![],
        ["日期", "展现次数", "广告展现次数", "访客数", "支付金额", "支付订单数", "网销宝推广消耗金额"].map(t).to_vec(),
        ["2026-05-23", "2,059", "1960", "29", "0", "0", "34"].map(t).to_vec(),
        vec![
            Cell::Date("46164"),
            Cell::Number("1500"),
            t("-"),
            Cell::Number("20"),
            Cell::Number("99.9"),
            Cell::Number("1"),
            t("-"),
        ],
    ];
    let (days, problems) = traffic(&workbook(&sheet, &["A1:G1"]));
    assert_eq!(problems, []);
    assert_eq!(days.iter().map(|day| day.row).collect::<Vec<_>>(), [4, 5]);
    assert_eq!((days[0].ad_impressions, days[0].ad_spend), (Some(1960), Some(Decimal::from(34))));
    assert_eq!(days[1].date, NaiveDate::from_ymd_opt(2026, 5, 22).expect("a day"));
    assert_eq!((days[1].ad_impressions, days[1].paid_amount), (None, Some(Decimal::new(999, 1))));

    let text = "数据说明：以下数据为您所选时间周期的相关指标\n\n日期,展现次数,广告展现次数,访客数,支付金额,支付订单数,网销宝推广消耗金额\n\
                2026-05-23,\"2,059\",1960,29,0,0,34\n";
    assert_eq!(traffic(text.as_bytes()).0[0], days[0], "and the same as text");
}
