//! Closing an order that is not yet paid. There is no way back.

use super::super::client::{Client, Params};
use super::super::methods::CANCEL;
use super::outcome::{number, one, refuse};
use super::trade::Trade;
use super::{site, some};
use crate::shop::platform::WriteError;

/// Why, as the platform lets one say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The buyer wants it so.
    Buyer,
    /// There are no goods.
    NoGoods,
    /// Anything else.
    Other,
}

/// Cancels an order that was read as unpaid.
///
/// # Errors
/// As any write; [`WriteError::Refused`] where the order is not waiting for payment.
pub async fn cancel(client: &Client, order: &Trade, reason: Reason, remark: Option<&str>) -> Result<(), WriteError> {
    if order.base_info.status.as_deref() != Some("waitbuyerpay") {
        return Err(refuse("只有等待买家付款的订单能取消，请刷新订单状态"));
    }
    let id = number(order.id().unwrap_or_default(), "订单")?;
    let reason = match reason {
        Reason::Buyer => "buyerCancel",
        Reason::NoGoods => "sellerGoodsLack",
        Reason::Other => "other",
    };
    let mut params: Params = vec![site(), ("tradeID", id.to_string()), ("cancelReason", reason.to_owned())];
    params.extend(some("remark", remark.as_ref()));
    one(&CANCEL, client.send(&CANCEL, &params, None).await)
}
