//! What to do about a refund, decided by states, amounts and counts. It never reads the buyer's words.

use xiaoer_sdk::quoted;
use xiaoer_sdk::shop::{Order, OrderStatus, Refund, RefundStatus};

/// So many refunds of one buyer, and more than half of the orders, call for a talk first.
const MANY_REFUNDS: usize = 3;

/// What is known about a refund besides itself.
pub(super) struct Evidence<'a> {
    pub(super) order: Option<&'a Order>,
    /// The buyer's paid orders; none when the buyer is not known.
    pub(super) paid_before: Option<usize>,
    pub(super) refunded_before: Option<usize>,
}

/// What to do, with the reason.
#[derive(Debug, PartialEq)]
pub(super) enum Advice {
    Agree(&'static str),
    Talk(&'static str),
    Trace(&'static str),
    /// The buyer's turn.
    Wait,
}

pub(super) fn judge(refund: &Refund, evidence: &Evidence) -> Advice {
    match refund.status {
        RefundStatus::WaitSeller => {}
        RefundStatus::WaitReturn => return Advice::Trace("买家在退货，等收到退回的货"),
        RefundStatus::WaitBuyer => return Advice::Wait,
        _ => return Advice::Talk("平台的状态不常见，到后台看清楚"),
    }
    let Some(order) = evidence.order else { return Advice::Talk("找不到对应的订单，先核对") };
    if refund.asked > order.total {
        return Advice::Talk("申请金额比实付款还多");
    }
    if !order.valid {
        return Advice::Talk("订单被标为虚假或违规");
    }
    match (&order.status, refund.goods_received, refund.only_money) {
        (OrderStatus::WaitSend, ..) if refund.goods_received != Some(true) => Advice::Agree("还没发货，货还在手上"),
        _ if suspicious(evidence) => Advice::Talk("这位买家退款次数偏多"),
        (OrderStatus::WaitReceive, Some(false) | None, _) => Advice::Trace("货已发出，买家说没收到或没有说"),
        (_, Some(true), true) => Advice::Talk("买家收到了货，只要退钱不退货"),
        (_, Some(true), false) => Advice::Talk("买家要退货，先问清原因和货的状况"),
        _ => Advice::Talk("情况不全，先问买家"),
    }
}

fn suspicious(evidence: &Evidence) -> bool {
    let (paid, refunded) = (evidence.paid_before.unwrap_or(0), evidence.refunded_before.unwrap_or(0));
    refunded >= MANY_REFUNDS && refunded * 2 > paid
}

impl Advice {
    pub(super) fn agrees(&self) -> bool {
        matches!(self, Self::Agree(_))
    }

    /// Whether the merchant has something to do.
    pub(super) fn is_ours(&self) -> bool {
        !matches!(self, Self::Wait)
    }

    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Agree(_) => "建议同意",
            Self::Talk(_) => "先沟通",
            Self::Trace(_) => "查物流",
            Self::Wait => "等买家",
        }
    }

    pub(super) fn why(&self) -> &'static str {
        match self {
            Self::Agree(why) | Self::Talk(why) | Self::Trace(why) => why,
            Self::Wait => "轮到买家修改申请或退货",
        }
    }

    pub(super) fn next_step(&self) -> &'static str {
        match self {
            Self::Trace(_) => "查清包裹在哪，再决定同意还是和买家商量",
            Self::Agree(_) | Self::Talk(_) | Self::Wait => "问清情况，能换货补发就换货补发，谈好再处理",
        }
    }
}

/// A refund's state in the merchant's words.
pub(super) fn state(status: &RefundStatus) -> String {
    match status {
        RefundStatus::WaitSeller => "待卖家同意".into(),
        RefundStatus::WaitBuyer => "待买家修改或退货".into(),
        RefundStatus::WaitReturn => "待卖家收货".into(),
        RefundStatus::Success => "退款成功".into(),
        RefundStatus::Closed => "退款关闭".into(),
        RefundStatus::Other(word) => quoted(word),
    }
}

/// An order's state in the merchant's words.
pub(super) fn order_state(status: &OrderStatus) -> String {
    match status {
        OrderStatus::WaitPay => "待付款".into(),
        OrderStatus::WaitSend => "待发货".into(),
        OrderStatus::WaitReceive => "待收货".into(),
        OrderStatus::Success => "交易成功".into(),
        OrderStatus::Closed => "交易关闭".into(),
        OrderStatus::Other(word) => quoted(word),
    }
}

pub(super) fn received_words(received: Option<bool>) -> &'static str {
    match received {
        Some(true) => "收到了",
        Some(false) => "没收到",
        None => "没说",
    }
}
