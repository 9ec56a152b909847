//! A refund as a script of steps; the last step that has come is its state.

use crate::clock::Moment;

/// The refund states of the wire that the sandbox goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    WaitSellerAgree,
    WaitBuyerSend,
    WaitSellerReceive,
    Success,
    Closed,
}

impl RefundStatus {
    /// As the refund list and an order's `baseInfo` write it.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::WaitSellerAgree => "waitselleragree",
            Self::WaitBuyerSend => "waitbuyersend",
            Self::WaitSellerReceive => "waitsellerreceive",
            Self::Success => "refundsuccess",
            Self::Closed => "refundclose",
        }
    }

    /// As an order's lines write it.
    pub(crate) fn wire_of_line(self) -> &'static str {
        match self {
            Self::WaitSellerAgree => "WAIT_SELLER_AGREE",
            Self::WaitBuyerSend => "WAIT_BUYER_SEND",
            Self::WaitSellerReceive => "WAIT_SELLER_RECEIVE",
            Self::Success => "REFUND_SUCCESS",
            Self::Closed => "REFUND_CLOSED",
        }
    }

    pub(crate) fn is_open(self) -> bool {
        !matches!(self, Self::Success | Self::Closed)
    }
}

/// From `at` on the refund is in `status`, until the platform acts by itself at `deadline`.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) at: Moment,
    pub(crate) status: RefundStatus,
    pub(crate) deadline: Option<Moment>,
}

/// What a buyer wants back and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) in_sale: bool,
    pub(crate) only_refund: bool,
    /// The wire's `goodsStatus`: 1 not received, 2 received, 3 returned.
    pub(crate) goods: u8,
    pub(crate) reason: &'static str,
    pub(crate) reason_id: i64,
}

/// One refund. Money in fen.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: i64,
    pub(crate) claim: Claim,
    pub(crate) amount: i64,
    pub(crate) freight: i64,
    /// Positions of the order's lines it is about.
    pub(crate) lines: Vec<usize>,
    /// Never empty, in the order of time.
    pub(crate) steps: Vec<Step>,
    pub(crate) return_bill: Option<String>,
    /// Where the seller said the goods go: name, phone, address.
    pub(crate) return_to: Option<String>,
}

impl Refund {
    pub(crate) fn applied(&self) -> Option<Moment> {
        self.steps.first().map(|step| step.at)
    }

    /// The state at `now`; none before the buyer applied.
    pub(crate) fn at(&self, now: Moment) -> Option<&Step> {
        self.steps.iter().rev().find(|step| step.at <= now)
    }

    /// The number on the wire.
    pub(crate) fn number(&self) -> String {
        format!("TQ{}", self.id)
    }

    /// The seller agrees to take the goods back; the buyer then has seven days to send them.
    pub(crate) fn agree(&mut self, at: Moment, to: Option<String>) {
        self.return_to = to;
        self.steps.retain(|step| step.at <= at);
        self.steps.push(Step { at, status: RefundStatus::WaitBuyerSend, deadline: Some(at.plus_days(7)) });
    }
}
