//! The price of an order that is not yet paid. The platform counts every change from the original price and forgets the one before, so
//! all open lines go along each time.

use std::collections::BTreeMap;

use super::super::client::Client;
use super::super::methods::ORDER_PRICE;
use super::super::told::{Fen, Yuan};
use super::outcome::{number, one, refuse};
use super::trade::{Line, Trade};
use crate::shop::platform::WriteError;

/// New prices of an order, counted from the original ones. Only [`repriced`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repricing {
    order: u64,
    /// Line and what comes on top of its original price.
    discounts: Vec<(u64, Fen)>,
    /// In full, not a change.
    freight: Fen,
}

impl Repricing {
    /// What the buyer pays less than the original prices, negative, or more.
    #[must_use]
    pub fn discount(&self) -> Fen {
        Fen(self.discounts.iter().map(|(_, fen)| fen.0).sum())
    }
}

/// What each named line shall cost in all, and the freight. A line that is not named keeps what it costs now, and so does the freight:
/// with nothing named, this is what undoes a later change.
///
/// # Errors
/// [`WriteError::Refused`] where the order is paid or closed, a line is unknown or closed, or a sum is below zero or no whole fen.
pub fn repriced(order: &Trade, lines: &BTreeMap<String, Yuan>, freight: Option<Yuan>) -> Result<Repricing, WriteError> {
    if order.base_info.status.as_deref() != Some("waitbuyerpay") {
        return Err(refuse("只有等待买家付款的订单能改价，请刷新订单状态"));
    }
    let id = number(order.id().unwrap_or_default(), "订单")?;
    let open: Vec<&Line> = order.product_items.iter().filter(|line| !closed(line)).collect();
    if let Some(unknown) = lines.keys().find(|id| !open.iter().any(|line| line.id() == Some(id.as_str()))) {
        return Err(refuse(format!("订单里没有可改价的明细 {unknown}，请刷新订单")));
    }
    let discounts = open.into_iter().map(|line| discount(line, lines)).collect::<Result<_, _>>()?;
    let freight = freight.or(*order.base_info.shipping_fee).ok_or_else(|| refuse("订单没有运费，请填写运费"))?;
    Ok(Repricing { order: id, discounts, freight: whole(freight)? })
}

fn closed(line: &Line) -> bool {
    matches!(line.status.as_deref(), Some("cancel" | "terminated"))
}

fn discount(line: &Line, lines: &BTreeMap<String, Yuan>) -> Result<(u64, Fen), WriteError> {
    let id = line.id().unwrap_or_default();
    let from_original = match lines.get(id) {
        None => line.entry_discount.unwrap_or_default(),
        Some(wanted) => {
            let told = line.price.zip(*line.quantity);
            let (price, quantity) = told.ok_or_else(|| refuse(format!("明细 {id} 缺少原价或数量，请重新读取订单")))?;
            let original =
                price.0.checked_mul(quantity).ok_or_else(|| refuse(format!("明细 {id} 的金额过大，请核对")))?;
            Fen(whole(*wanted)?.0 - whole(Yuan(original))?.0)
        }
    };
    Ok((number(id, "明细")?, from_original))
}

fn whole(sum: Yuan) -> Result<Fen, WriteError> {
    sum.fen()
        .filter(|fen| fen.0 >= 0)
        .ok_or_else(|| refuse(format!("金额 {} 元不对，请填写不小于 0、最多两位小数的金额", sum.0)))
}

/// Changes the price.
///
/// # Errors
/// As any write.
pub async fn modify(client: &Client, prices: &Repricing) -> Result<(), WriteError> {
    let entries: Vec<_> =
        prices.discounts.iter().map(|(line, fen)| serde_json::json!({ "id": line, "discount": fen.0 })).collect();
    let params = vec![
        ("orderId", prices.order.to_string()),
        ("carriage", prices.freight.0.to_string()),
        ("entryDiscounts", serde_json::json!(entries).to_string()),
    ];
    one(&ORDER_PRICE, client.send(&ORDER_PRICE, &params, None).await)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn order(status: &str) -> Trade {
        let text = format!(
            r#"{{"baseInfo":{{"idOfStr":"2900000000000000123","status":"{status}","shippingFee":5}},"productItems":[
            {{"subItemIDString":"2900000000000000124","price":22,"quantity":5,"entryDiscount":-650,"status":"waitbuyerpay"}},
            {{"subItemIDString":"2900000000000000125","price":9.9,"quantity":10,"status":"waitbuyerpay"}},
            {{"subItemIDString":"2900000000000000126","price":1,"quantity":1,"status":"cancel"}}]}}"#
        );
        serde_json::from_str(&text).expect("an order")
    }

    #[test]
    fn a_price_is_counted_from_the_original_and_takes_every_open_line_along() {
        let wanted = BTreeMap::from([("2900000000000000125".to_owned(), Yuan(Decimal::from(90)))]);
        let prices = repriced(&order("waitbuyerpay"), &wanted, Some(Yuan(Decimal::ZERO))).expect("unpaid");
        assert_eq!(prices.discounts, [(2_900_000_000_000_000_124, Fen(-650)), (2_900_000_000_000_000_125, Fen(-900))]);
        assert_eq!((prices.freight, prices.discount()), (Fen(0), Fen(-1550)));
        let undo = repriced(&order("waitbuyerpay"), &BTreeMap::new(), None).expect("unpaid");
        assert_eq!((undo.discounts[0].1, undo.discounts[1].1, undo.freight), (Fen(-650), Fen(0), Fen(500)));
    }

    #[test]
    fn a_price_that_cannot_be_meant_is_not_sent() {
        let of = |line: &str, yuan: Decimal| BTreeMap::from([(line.to_owned(), Yuan(yuan))]);
        let unpaid = order("waitbuyerpay");
        assert!(repriced(&order("waitsellersend"), &BTreeMap::new(), None).is_err(), "it is paid");
        assert!(repriced(&unpaid, &of("2900000000000000126", Decimal::ONE), None).is_err(), "a closed line");
        assert!(repriced(&unpaid, &of("7", Decimal::ONE), None).is_err(), "another order's line");
        assert!(repriced(&unpaid, &of("2900000000000000124", Decimal::new(1, 3)), None).is_err(), "a part of a fen");
        assert!(repriced(&unpaid, &of("2900000000000000124", -Decimal::ONE), None).is_err());
    }
}
