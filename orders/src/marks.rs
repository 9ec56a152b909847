//! Marks of single orders: through paid promotion, in a scene, fake. Only the merchant knows them.
//!
//! A blank cell says nothing; it must never become a "no", nor take back what an earlier file said.

use std::collections::HashMap;

use serde::Serialize;

use crate::Read;
use crate::cell::{flag, id, shown};
use crate::error::Problems;
use crate::header::{Column, Header};
use crate::sheet::Grid;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("订单编号").or(&["订单号"]),
    Column::required("数字营销").or(&["来自数字营销"]),
    Column::required("场景").or(&["场景成交", "场景订单"]),
    Column::required("有效").or(&["是否有效"]),
];

/// What is known of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkRow {
    /// 订单编号, digit for digit.
    pub order: String,
    /// Whether it came through paid promotion.
    pub marketing: Option<bool>,
    /// Whether its amount is scene turnover.
    pub scene: Option<bool>,
    /// False for fake or forbidden business, which counts nowhere.
    pub valid: Option<bool>,
    /// From 1, as the file shows it.
    pub row: u32,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<MarkRow> {
    let order = header.col("订单编号");
    let flags = ["数字营销", "场景", "有效"].map(|name| header.col(name));
    let mut problems = Problems::default();
    let mut rows = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        let number = problems.keep(row.required(&order, id));
        let [marketing, scene, valid] = flags.each_ref().map(|col| problems.keep(flag(row.field(col))));
        let (Some(number), Some(marketing), Some(scene), Some(valid)) = (number, marketing, scene, valid) else {
            continue;
        };
        if let Some(first) = seen.get(&number) {
            let why = format!("订单 {} 在第 {first} 行已经出现过，这一行没有读入。", shown(&number));
            problems.push(row.field(&order).problem(why));
            continue;
        }
        seen.insert(number.clone(), row.number);
        rows.push(MarkRow { order: number, marketing, scene, valid, row: row.number });
    }
    Read { rows, problems: problems.finish(), dropped: 0 }
}
