//! Inquiries, which no API and no export gives: who asked, and when.
//!
//! Few merchants number them. Without a number, one buyer's questions of one day are one inquiry, so that the same list handed over twice
//! counts once.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::Read;
use crate::cell::{flag, id, shown};
use crate::error::Problems;
use crate::header::{Col, Column, Header};
use crate::sheet::{Grid, Row};
use crate::time::time;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("询盘时间").or(&["询盘日期", "咨询时间", "咨询日期"]),
    Column::required("买家会员名").or(&["买家", "买家会员", "买家旺旺", "买家昵称"]),
    Column::optional("询盘编号").or(&["编号"]),
    Column::optional("数字营销").or(&["来自数字营销"]),
    Column::optional("有效").or(&["是否有效"]),
];

/// One inquiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InquiryRow {
    /// 询盘编号, or the day and the buyer.
    pub id: String,
    /// On the shop's clock.
    pub time: NaiveDateTime,
    /// Who asked.
    pub buyer: String,
    /// Whether it came through paid promotion; `None` is not known.
    pub marketing: Option<bool>,
    /// False when it is fake. Blank means true.
    pub valid: bool,
    /// From 1, as the file shows it.
    pub row: u32,
}

struct Columns {
    id: Col,
    time: Col,
    buyer: Col,
    marketing: Col,
    valid: Col,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<InquiryRow> {
    let columns = Columns {
        id: header.col("询盘编号"),
        time: header.col("询盘时间"),
        buyer: header.col("买家会员名"),
        marketing: header.col("数字营销"),
        valid: header.col("有效"),
    };
    let mut problems = Problems::default();
    let mut rows = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        let Some(inquiry) = inquiry(row, &columns, &mut problems) else { continue };
        if let Some(first) = seen.get(&inquiry.id) {
            let why = format!("这条询盘（{}）在第 {first} 行已经出现过，这一行没有读入。", shown(&inquiry.id));
            problems.push(row.field(&columns.buyer).problem(why));
            continue;
        }
        seen.insert(inquiry.id.clone(), inquiry.row);
        rows.push(inquiry);
    }
    Read { rows, problems: problems.finish(), dropped: 0 }
}

/// All cells are looked at before giving up, so that one upload shows all that is to be mended.
fn inquiry(row: Row<'_>, columns: &Columns, problems: &mut Problems) -> Option<InquiryRow> {
    let time = problems.keep(row.required(&columns.time, time));
    let buyer = problems.keep(row.required(&columns.buyer, id));
    let number = problems.keep(id(row.field(&columns.id)));
    let marketing = problems.keep(flag(row.field(&columns.marketing)));
    let valid = problems.keep(flag(row.field(&columns.valid)));
    let (time, buyer) = (time?, buyer?);
    Some(InquiryRow {
        id: number?.unwrap_or_else(|| format!("{} {buyer}", time.date())),
        time,
        buyer,
        marketing: marketing?,
        valid: valid?.unwrap_or(true),
        row: row.number,
    })
}
