//! Products on the wire, a file a group of methods. `record` is the one form that all of them answer; `draft` is the
//! one form that writes become. Money is yuan on the wire unless a file says fen.

mod draft;
pub(super) mod edit;
pub(super) mod listing;
pub(super) mod new_model;
pub(super) mod price;
pub(super) mod rates;
pub(super) mod read;
mod record;
pub(super) mod shelf;

use serde_json::Value;

use super::ShopCall;
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::product::Product;

/// What "nothing" looks like in several fields of these replies.
const BLANK: &str = " ";

/// Why a call cannot have a product: code and text.
type Missing = (&'static str, &'static str);

/// A product that the call may change: its own, and not in the recycle bin.
fn own<'a>(call: &'a ShopCall<'_>, id: i64) -> Result<&'a Product, Missing> {
    match call.shop().product(id) {
        Some(product) if product.deleted.is_none() => Ok(product),
        Some(_) => Err(("404", "商品不存在")),
        None if call.state.world.shops.iter().any(|shop| shop.product(id).is_some()) => {
            Err(("401", "不是商品的所有者"))
        }
        None => Err(("404", "商品不存在")),
    }
}

/// Keeps a product as it is now; the ledger names it by its id.
fn keep(call: &mut ShopCall<'_>, product: Product, arguments: Value) -> Result<(), GatewayError> {
    let identity = format!("product:{}", product.id);
    call.write(Change::Listed(Box::new(product)), identity, arguments)
}

/// An id, which comes as a number or as text.
pub(super) fn number(id: &Value) -> Option<i64> {
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}

/// The ids of a list parameter that must be there.
fn ids(call: &ShopCall<'_>, name: &str) -> Result<Vec<i64>, GatewayError> {
    let list: Vec<Value> = call.params.json(name)?.ok_or_else(|| GatewayError::param_missing(name))?;
    list.iter().map(|id| number(id).ok_or_else(|| GatewayError::wrong_type(name))).collect()
}
