//! Taking products off sale, putting them back, and deleting one.

use super::super::client::Client;
use super::super::methods::{DELETE, EXPIRE, Method, REPOST};
use super::outcome::{Outcome, each, number, one, refuse};
use super::site;
use crate::shop::platform::WriteError;

/// 下架. [`repost`] undoes it.
///
/// # Errors
/// As any write.
pub async fn expire(client: &Client, products: &[&str]) -> Result<Outcome, WriteError> {
    several(client, &EXPIRE, products).await
}

/// 重新上架. [`expire`] undoes it.
///
/// # Errors
/// As any write.
pub async fn repost(client: &Client, products: &[&str]) -> Result<Outcome, WriteError> {
    several(client, &REPOST, products).await
}

async fn several(client: &Client, method: &Method, products: &[&str]) -> Result<Outcome, WriteError> {
    let ids = products.iter().map(|id| Ok(number(id, "商品")?.to_string())).collect::<Result<Vec<_>, WriteError>>()?;
    if ids.is_empty() {
        return Err(refuse("没有选择商品，请至少选择一个"));
    }
    let params = vec![("productIds", format!("[{}]", ids.join(","))), site()];
    each(method, products, client.send(method, &params, None).await)
}

/// Deletes a product. A person can take it out of the recycle bin of the site; no method can.
///
/// # Errors
/// As any write.
pub async fn delete(client: &Client, product: &str) -> Result<(), WriteError> {
    let params = vec![("productID", number(product, "商品")?.to_string()), site()];
    one(&DELETE, client.send(&DELETE, &params, None).await)
}
