//! Refunds, as changes see them.

use xiaoer_sdk::shop::{Refund, RefundStatus};

use super::super::platform::Seen;

/// What a refund shows.
#[must_use]
pub fn of_refund(refund: &Refund) -> Seen {
    Seen {
        name: format!("{} {}元", refund.title, refund.asked),
        value: refund_state(&refund.status).to_owned(),
        modified: Some(refund.modified),
        back: None,
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
