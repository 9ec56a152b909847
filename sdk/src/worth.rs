//! What more business would bring in growth points, by the rates that the host gave with the score. Nothing here knows a rate.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::growth::Marginal;
use crate::sales::sum;
use crate::shop::{Order, OrderStatus};

/// Orders placed and not paid, and what is new about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unpaid {
    /// Their ids.
    pub orders: Vec<String>,
    /// Yuan in all.
    pub yuan: Decimal,
    /// Buyers who are not yet among the paying ones.
    pub new_buyers: usize,
}

impl Unpaid {
    /// Finds the unpaid ones among `placed`; `paid` are the orders of the score's window.
    #[must_use]
    pub fn among(placed: &[Order], paid: &[Order]) -> Self {
        let counted: BTreeSet<&str> = paid.iter().filter(|o| o.valid).filter_map(|o| o.buyer.as_deref()).collect();
        let waiting: Vec<&Order> = placed.iter().filter(|o| o.valid && o.status == OrderStatus::WaitPay).collect();
        let buyers: BTreeSet<&str> = waiting.iter().filter_map(|o| o.buyer.as_deref()).collect();
        Self {
            orders: waiting.iter().map(|o| o.id.clone()).collect(),
            yuan: sum(waiting.iter().map(|o| o.total)),
            new_buyers: buyers.difference(&counted).count(),
        }
    }
}

/// Points for so many buyers who are not yet counted and so much more turnover, without any acceleration.
#[must_use]
pub fn points_for(marginal: &Marginal, new_buyers: usize, yuan: Decimal) -> Decimal {
    let buyers = marginal.new_buyer.to_decimal().saturating_mul(Decimal::from(new_buyers));
    let turnover = (yuan / Decimal::ONE_THOUSAND).saturating_mul(marginal.thousand_yuan.to_decimal());
    buyers.saturating_add(turnover).normalize()
}

/// How many units of so many points fill a gap, rounded up; none when a unit brings nothing.
#[must_use]
pub fn units_to_fill(gap: Decimal, each: Decimal) -> Option<i64> {
    let units = (each > Decimal::ZERO).then(|| gap.max(Decimal::ZERO).checked_div(each))??;
    i64::try_from(units.ceil()).ok()
}
