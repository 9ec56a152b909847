//! What a change is compared by: the text of the one field it touches, before and after. The same words for a live look at the
//! platform and for a row of the mirror, or an approval would be lost over a difference of wording.

use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Product, Refund, RefundStatus};

use super::platform::Seen;

/// The text that the touched field holds once the change took effect.
#[must_use]
pub fn wanted(change: &Change) -> String {
    match change {
        Change::SetStock { to, .. } => to.to_string(),
        Change::EditTitle { title, .. } => title.clone(),
        // Agreeing is only sure to have happened when the money went back: a return waits for the parcel first.
        Change::AgreeRefund { .. } => refund_state(&RefundStatus::Success).to_owned(),
    }
}

/// What a product shows in the field that a change touches; none when it has no such SKU, its stock is not told, or the change is
/// about something else.
#[must_use]
pub fn of_product(product: &Product, change: &Change) -> Option<Seen> {
    let (name, value) = match change {
        Change::SetStock { sku: Some(sku), .. } => {
            let sku = product.skus.iter().find(|known| &known.id == sku)?;
            (format!("{}（{}）", product.title, sku.name), sku.stock.to_string())
        }
        Change::SetStock { sku: None, .. } => (product.title.clone(), product.stock?.to_string()),
        Change::EditTitle { .. } => (product.title.clone(), product.title.clone()),
        Change::AgreeRefund { .. } => return None,
    };
    Some(Seen { name, value, modified: Some(product.modified) })
}

/// What a refund shows.
#[must_use]
pub fn of_refund(refund: &Refund) -> Seen {
    Seen {
        name: format!("{} {}元", refund.title, refund.asked),
        value: refund_state(&refund.status).to_owned(),
        modified: Some(refund.modified),
    }
}

/// A refund's state as a merchant reads it.
#[must_use]
pub fn refund_state(status: &RefundStatus) -> &str {
    match status {
        RefundStatus::WaitSeller => "待卖家同意",
        RefundStatus::WaitBuyer => "待买家处理",
        RefundStatus::WaitReturn => "待卖家收货",
        RefundStatus::Success => "退款成功",
        RefundStatus::Closed => "退款关闭",
        RefundStatus::Other(word) => word,
    }
}
