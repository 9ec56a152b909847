//! What products cost, as a person enters it: margins and price floors rest on it, and no API gives it.
//!
//! An empty cost is unknown; it must never become zero. Each change leaves a line that says who changed what, true together with the
//! change.

use chrono::{DateTime, FixedOffset};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Cost;

use super::Shop;
use super::mirror::{Mirror, Mirrored as _, Origin, Purpose, Put};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, Table};

/// Most costs of one form.
const MOST: usize = 2000;
/// Yuan a piece beyond which a cost is a typing error.
const DEAREST: u32 = 100_000_000;
/// Digits behind the point: buttons are bought by the thousand.
const FINEST: u32 = 4;

/// One cost as it is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// Offer ID.
    pub product: String,
    /// SKU ID; none = all SKUs that have no cost of their own.
    pub sku: Option<String>,
    /// Yuan a piece; none = unknown.
    pub cost: Option<Decimal>,
}

/// One cost that is another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostChange {
    /// Offer ID.
    pub product: String,
    /// SKU ID; none = all SKUs.
    pub sku: Option<String>,
    /// None = it was unknown.
    pub before: Option<Decimal>,
    /// None = it is unknown now.
    pub after: Option<Decimal>,
}

/// Changes that were made together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostEdit {
    /// When, on the shop's clock.
    pub at: DateTime<FixedOffset>,
    /// Who.
    pub by: String,
    /// What.
    pub changes: Vec<CostChange>,
}

/// Why costs were not kept; none of them is then.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// What was entered does not hold. The text is for the merchant.
    #[error("{0}")]
    Refused(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Keeps costs, all or none, and answers which of them changed.
///
/// # Errors
/// [`CostError`]; nothing is kept then.
pub async fn enter(
    shop: &Shop,
    mirror: &Mirror,
    (by, clock): (&str, &Clock),
    entered: Vec<Entered>,
) -> Result<Vec<CostChange>, CostError> {
    check(&entered)?;
    let mut writer = mirror.begin(shop, Purpose::Import).await?;
    let mut changes = Vec::new();
    for Entered { product, sku, cost } in entered {
        let after = cost.map(|cost| cost.normalize());
        let row = Cost { product, sku, cost: after.unwrap_or_default() };
        let before = writer.known::<Cost>(&row.id()).await?.map(|known| known.cost);
        let put = match after {
            Some(_) => writer.put(row.clone(), Origin::Ledger).await?,
            None => writer.remove::<Cost>(&row.id(), Origin::Ledger).await?,
        };
        if matches!(put, Put::New | Put::Changed) {
            changes.push(CostChange { product: row.product, sku: row.sku, before, after });
        }
    }
    if !changes.is_empty() {
        let edit = CostEdit { at: clock.now_in(shop.zone), by: by.to_owned(), changes: changes.clone() };
        let newest = mirror.db().scan(Table::Audit, Scan::under(&prefix(&shop.id)).newest_first().limit(1)).await?;
        let next = newest.first().and_then(|row| row.key.last_number()).unwrap_or_default() + 1;
        writer.also(Batch::new().put(Table::Audit, prefix(&shop.id).number(next), &edit));
    }
    let top = writer.top();
    writer.publish(top).await?;
    Ok(changes)
}

/// The newest changes, newest first.
///
/// # Errors
/// As the database.
pub async fn edits(shop: &Shop, mirror: &Mirror, most: usize) -> Result<Vec<CostEdit>, DbError> {
    db::scan(&**mirror.db(), Table::Audit, Scan::under(&prefix(&shop.id)).newest_first().limit(most)).await
}

fn check(entered: &[Entered]) -> Result<(), CostError> {
    let refused = |why: String| Err(CostError::Refused(why));
    if entered.len() > MOST {
        return refused(format!("一次最多保存 {MOST} 个成本，更多的请用成本表导入"));
    }
    for one in entered {
        if one.product.trim().is_empty() || one.product.contains('/') || one.sku.as_deref() == Some("") {
            return refused("有一行没有商品编号，请检查后再保存".into());
        }
        let Some(cost) = one.cost else { continue };
        let named = one.sku.as_deref().unwrap_or(&one.product);
        if cost.is_sign_negative() && !cost.is_zero() {
            return refused(format!("{named} 的成本 {cost} 是负数，请改成 0 或更大的数，不知道就留空"));
        }
        if cost > Decimal::from(DEAREST) || cost.normalize().scale() > FINEST {
            return refused(format!("{named} 的成本 {cost} 不像单价，请填元，最多 {FINEST} 位小数"));
        }
    }
    Ok(())
}

fn prefix(shop: &str) -> Key {
    Key::of(shop).part("cost")
}
