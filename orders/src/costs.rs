//! What each product costs the merchant: `Offer ID, SKU ID, 成本`.
//!
//! No API gives costs, so margins rest on this list alone. It must never load a doubtful cost: the price floor of a
//! campaign is computed from it. No cost is not a cost of zero.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::Read;
use crate::cell::{id, is_blank, positive};
use crate::error::Problems;
use crate::header::{Column, Header};
use crate::sheet::Grid;

pub(crate) const COLUMNS: &[Column] = &[
    Column::required("Offer ID").or(&["货品ID", "商品ID", "产品ID"]),
    Column::required("成本").or(&["成本价", "单位成本", "成本单价", "进货价"]),
    Column::optional("SKU ID"),
];

/// The cost of one product or variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CostRow {
    /// Offer ID.
    pub offer_id: String,
    /// SKU ID; `None` means every variant that has no row of its own.
    pub sku_id: Option<String>,
    /// Yuan a piece, never below zero.
    pub cost: Decimal,
    /// From 1, as the file shows it.
    pub row: u32,
}

pub(crate) fn read(grid: &Grid, header: &Header) -> Read<CostRow> {
    let (offer, sku, cost) = (header.col("Offer ID"), header.col("SKU ID"), header.col("成本"));
    let mut problems = Problems::default();
    let mut rows = Vec::new();
    let mut seen: HashMap<(String, Option<String>), u32> = HashMap::new();
    let mut dropped = 0;
    for row in grid.below(header) {
        if let Some(problem) = row.fault(header) {
            problems.push(problem);
            continue;
        }
        // The list that a merchant downloads names every variant; what is left blank stays unknown.
        if is_blank(row.field(&cost)) {
            dropped += 1;
            continue;
        }
        let offer_id = problems.keep(row.required(&offer, id));
        let sku_id = problems.keep(id(row.field(&sku)));
        let amount = problems.keep(row.required(&cost, positive));
        let (Some(offer_id), Some(sku_id), Some(amount)) = (offer_id, sku_id, amount) else {
            continue;
        };
        let key = (offer_id.clone(), sku_id.clone());
        if let Some(first) = seen.get(&key) {
            let why = format!("同一货品在第 {first} 行已有成本，这一行没有读入，请只保留一个。");
            problems.push(row.field(&cost).problem(why));
            continue;
        }
        seen.insert(key, row.number);
        rows.push(CostRow { offer_id, sku_id, cost: amount, row: row.number });
    }
    Read { rows, problems: problems.finish(), dropped }
}
