//! What an import would do, said before anything is written.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use xiaoer_orders::{Table, TrafficRow};
use xiaoer_sdk::Period;

use super::{Handed, ImportError, Imported, Intake, Past, past, read, shown};
use crate::db::DbError;
use crate::shop::Shop;
use crate::shop::mirror::Mirror;

/// Imports among which the same file is looked for.
const REMEMBERED: usize = 500;
/// Days of the board that are compared with the shop's orders.
const COMPARED: usize = 62;

/// A file that is not imported yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Names the bytes that this tells of; a confirmation repeats it.
    pub sha256: String,
    /// What the import would become now.
    #[serde(flatten)]
    pub would: Imported,
    /// The days that the rows are of; none where rows have no day.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Titles of the columns of `first`.
    pub columns: Vec<String>,
    /// The first rows as they were understood.
    pub first: Vec<Vec<String>>,
    /// The last import of these very bytes.
    pub before: Option<Past>,
    /// Where the file and the shop's orders tell of the same days differently; one Chinese sentence each.
    pub differs: Vec<String>,
}

/// What importing this file would do. Nothing is written.
///
/// # Errors
/// As [`super::import`].
pub async fn preview<'a>(shop: &Shop, mirror: &Mirror, file: impl Into<Handed<'a>>) -> Result<Preview, ImportError> {
    let file = file.into();
    let (table, read, sha256) = read(shop, file.bytes).await?;
    let (columns, first) = shown::first_rows(&table);
    let days = days(&table);
    let differs = match &table {
        Table::Traffic(read) => differs(shop, mirror, &read.rows).await?,
        _ => Vec::new(),
    };
    let before = past(shop, mirror, REMEMBERED).await?.into_iter().find(|past| past.sha256 == sha256);
    let mut intake = Intake::new(shop, mirror, mirror.rehearse(shop).await?, read);
    intake.take(table).await?;
    let would = intake.finish(None).await?;
    Ok(Preview { sha256, would, days, columns, first, before, differs })
}

fn days(table: &Table) -> Option<(NaiveDate, NaiveDate)> {
    let days: Vec<NaiveDate> = match table {
        Table::Orders(read) => read.rows.iter().map(|row| row.paid.unwrap_or(row.created).date()).collect(),
        Table::Ledger(read) | Table::Refunds(read) => read.rows.iter().map(|row| row.time.date()).collect(),
        Table::Traffic(read) | Table::Ads(read) => read.rows.iter().map(|row| row.date).collect(),
        Table::Inquiries(read) => read.rows.iter().map(|row| row.time.date()).collect(),
        Table::Invoices(read) => read.rows.iter().map(|row| row.time.date()).collect(),
        Table::Costs(_) | Table::Marks(_) => Vec::new(),
    };
    days.iter().min().copied().zip(days.iter().max().copied())
}

/// Days on which the board counts other payments than the shop's orders do: most often orders are still to be imported.
async fn differs(shop: &Shop, mirror: &Mirror, rows: &[TrafficRow]) -> Result<Vec<String>, DbError> {
    let Some(head) = mirror.head(&shop.id).await? else { return Ok(Vec::new()) };
    let mut differing = Vec::new();
    let known = rows.iter().filter(|row| row.date <= head.complete_through);
    for row in known.take(COMPARED) {
        let (Some(orders), Some(amount)) = (row.paid_orders, row.paid_amount) else { continue };
        let ours = mirror.orders_paid(shop, head.generation, Period::day(row.date)).await?;
        let paid: Decimal = ours.iter().map(|order| order.total).sum();
        if u64::try_from(ours.len()) != Ok(orders) || paid != amount {
            let (board, here) = (amount.normalize(), paid.normalize());
            differing.push(format!("{}（看板 {orders} 单 {board} 元，这里 {} 单 {here} 元）", row.date, ours.len()));
        }
    }
    let shown: Vec<String> = differing.iter().take(3).cloned().collect();
    let sentence = format!(
        "有 {} 天的支付金额和店铺里的订单对不上：{}；请看看这几天的订单是否已经导入完整。",
        differing.len(),
        shown.join("、")
    );
    Ok(if differing.is_empty() { Vec::new() } else { vec![sentence] })
}
