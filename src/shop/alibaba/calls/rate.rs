//! The seller rates buyers. The platform silently accepts what it does not carry out, so only `buyer_rate_status` of the order tells.

use std::collections::BTreeMap;

use super::super::client::Client;
use super::super::methods::BATCH_RATE;
use super::outcome::{Outcome, each, number, refuse};
use crate::shop::platform::WriteError;

/// Orders of one call.
pub const MOST: usize = 10;
/// Characters of one rating.
const LONGEST: usize = 500;

/// A rating of one order's buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The order.
    pub order: String,
    /// 1 to 5.
    pub stars: u8,
    /// Needed below four stars.
    pub content: String,
}

/// Rates up to [`MOST`] orders at once. An order that is rated already is reported as done.
///
/// # Errors
/// As any write; [`WriteError::Refused`] for a rating that the platform would not take.
pub async fn batch(client: &Client, ratings: &[Rating]) -> Result<Outcome, WriteError> {
    let orders = written(ratings)?;
    let asked: Vec<&str> = ratings.iter().map(|rating| rating.order.as_str()).collect();
    each(&BATCH_RATE, &asked, client.send(&BATCH_RATE, &vec![("orders", orders)], None).await)
}

fn written(ratings: &[Rating]) -> Result<String, WriteError> {
    if ratings.is_empty() || ratings.len() > MOST {
        return Err(refuse(format!("一次可以评价 1 到 {MOST} 笔订单，请分批提交")));
    }
    let mut orders = BTreeMap::new();
    for Rating { order, stars, content } in ratings {
        number(order, "订单")?;
        if !(1..=5).contains(stars) || (*stars < 4 && content.trim().is_empty()) {
            return Err(refuse(format!("订单 {order} 的评价不完整：请给 1 到 5 星，4 星以下请写明原因")));
        }
        if content.chars().count() > LONGEST {
            return Err(refuse(format!("订单 {order} 的评价超过 {LONGEST} 字，请缩短")));
        }
        let rating = serde_json::json!([{ "starLevel": stars, "content": content }]);
        if orders.insert(order, rating).is_some() {
            return Err(refuse(format!("订单 {order} 出现了两次，请只保留一条评价")));
        }
    }
    Ok(serde_json::json!(orders).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(order: &str, stars: u8, content: &str) -> Rating {
        Rating { order: order.into(), stars, content: content.into() }
    }

    #[test]
    fn a_rating_goes_out_as_the_platform_wants_it_or_not_at_all() {
        let good = written(&[rating("2900000000000000123", 5, "合作愉快")]).expect("whole");
        assert_eq!(good, r#"{"2900000000000000123":[{"content":"合作愉快","starLevel":5}]}"#);
        assert!(written(&[rating("1", 3, " ")]).is_err(), "three stars want a reason");
        assert!(written(&[rating("1", 0, "x"), rating("1", 6, "x")]).is_err());
        assert!(written(&[rating("1", 5, ""), rating("1", 4, "")]).is_err(), "one order twice");
        assert!(written(&(1..=11).map(|id| rating(&id.to_string(), 5, "")).collect::<Vec<_>>()).is_err());
        assert!(written(&[]).is_err());
    }
}
