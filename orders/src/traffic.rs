//! Daily figures of the whole shop: the merchant's own table, or the 首页核心看板 download of 生意参谋.
//!
//! The download has a line of explanation and a blank one above its header and the newest day first; columns that this
//! package does not know are passed over. It must never read a dash as zero: a dash is "none known".

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Read;
use crate::cell::{count, positive};
use crate::error::Problems;
use crate::header::{Col, Column, Header, TableKind};
use crate::sheet::{Grid, Row};
use crate::time::date;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("日期").or(&["统计日期"]),
    Column::required("访客数"),
    Column::required("展现次数"),
    Column::optional("广告展现次数"),
    Column::optional("支付金额"),
    Column::optional("支付订单数"),
    Column::optional("推广消耗金额").or(&["网销宝推广消耗金额"]),
];

/// What advertisements cost, alone.
pub(crate) const AD_COLUMNS: &[Column] = &[
    Column::required("日期").or(&["统计日期"]),
    Column::required("推广花费").or(&["推广消耗金额", "网销宝推广消耗金额", "消耗金额", "花费"]),
];

/// One day of the shop. `None` is "not known", never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrafficRow {
    /// The day.
    pub date: NaiveDate,
    /// 展现次数, those of advertisements included.
    pub impressions: Option<u64>,
    /// 广告展现次数, a part of `impressions`.
    pub ad_impressions: Option<u64>,
    /// 访客数.
    pub visitors: Option<u64>,
    /// 支付金额 in yuan.
    pub paid_amount: Option<Decimal>,
    /// 支付订单数.
    pub paid_orders: Option<u64>,
    /// 推广消耗金额 in yuan.
    pub ad_spend: Option<Decimal>,
    /// From 1, as the file shows it.
    pub row: u32,
}

struct Columns {
    date: Col,
    impressions: Col,
    ad_impressions: Col,
    visitors: Col,
    paid_amount: Col,
    paid_orders: Col,
    ad_spend: Col,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<TrafficRow> {
    let columns = match header.kind {
        TableKind::Ads => Columns::of_ads(header),
        _ => Columns::of(header),
    };
    days(grid, header, &columns)
}

impl Columns {
    fn of(header: &Header) -> Self {
        Self {
            date: header.col("日期"),
            impressions: header.col("展现次数"),
            ad_impressions: header.col("广告展现次数"),
            visitors: header.col("访客数"),
            paid_amount: header.col("支付金额"),
            paid_orders: header.col("支付订单数"),
            ad_spend: header.col("推广消耗金额"),
        }
    }

    fn of_ads(header: &Header) -> Self {
        let none = || Col { index: None, title: String::new() };
        Self {
            date: header.col("日期"),
            impressions: none(),
            ad_impressions: none(),
            visitors: none(),
            paid_amount: none(),
            paid_orders: none(),
            ad_spend: header.col("推广花费"),
        }
    }
}

fn days(grid: &Grid, header: &Header, columns: &Columns) -> Read<TrafficRow> {
    let mut problems = Problems::default();
    let mut rows = Vec::new();
    let mut seen: HashMap<NaiveDate, u32> = HashMap::new();
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        let Some(day) = day(row, columns, &mut problems) else {
            continue;
        };
        if let Some(first) = seen.get(&day.date) {
            let why = format!("{} 在第 {first} 行已经出现过，这一行没有读入。", day.date);
            problems.push(row.field(&columns.date).problem(why));
            continue;
        }
        seen.insert(day.date, day.row);
        rows.push(day);
    }
    Read { rows, problems: problems.finish(), dropped: 0 }
}

/// A figure that cannot be read leaves its day standing: the others are still true.
fn day(row: Row<'_>, columns: &Columns, problems: &mut Problems) -> Option<TrafficRow> {
    let date = problems.keep(row.required(&columns.date, date))?;
    let mut number = |col: &Col| problems.keep(count(row.field(col))).flatten();
    let (impressions, ad_impressions) = (number(&columns.impressions), number(&columns.ad_impressions));
    let (visitors, paid_orders) = (number(&columns.visitors), number(&columns.paid_orders));
    let mut yuan = |col: &Col| problems.keep(positive(row.field(col))).flatten();
    let (paid_amount, ad_spend) = (yuan(&columns.paid_amount), yuan(&columns.ad_spend));
    Some(TrafficRow {
        date,
        impressions,
        ad_impressions,
        visitors,
        paid_amount,
        paid_orders,
        ad_spend,
        row: row.number,
    })
}
