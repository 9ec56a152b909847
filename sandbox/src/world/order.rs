//! An order as a script of instants, and what of it is true at a given "now".
//! The state machine is this projection: nothing ticks, so any day can be asked for again and looks the same.

use super::refund::{Refund, RefundStatus, Step};
use crate::clock::Moment;

/// The order states of the wire that the sandbox goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    WaitBuyerPay,
    WaitSellerSend,
    WaitBuyerReceive,
    Success,
    Cancel,
    Terminated,
}

impl Status {
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::WaitBuyerPay => "waitbuyerpay",
            Self::WaitSellerSend => "waitsellersend",
            Self::WaitBuyerReceive => "waitbuyerreceive",
            Self::Success => "success",
            Self::Cancel => "cancel",
            Self::Terminated => "terminated",
        }
    }

    pub(crate) fn chinese(self) -> &'static str {
        match self {
            Self::WaitBuyerPay => "等待买家付款",
            Self::WaitSellerSend => "等待卖家发货",
            Self::WaitBuyerReceive => "等待买家收货",
            Self::Success => "交易成功",
            Self::Cancel => "交易取消",
            Self::Terminated => "交易终止",
        }
    }
}

/// When each thing happens. A `None` never happens.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) created: Moment,
    pub(crate) paid: Option<Moment>,
    pub(crate) sent: Option<Moment>,
    pub(crate) received: Option<Moment>,
    pub(crate) finished: Option<Moment>,
    pub(crate) closed: Option<Closing>,
}

impl Life {
    /// An order that was only placed.
    pub(crate) fn placed(created: Moment) -> Self {
        Self { created, paid: None, sent: None, received: None, finished: None, closed: None }
    }
}

/// The end of an order that is not success.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    pub(crate) at: Moment,
    pub(crate) status: Status,
    pub(crate) reason: &'static str,
}

/// One line. Money in fen; `discount` is for the whole line, minus = cheaper.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) product: usize,
    pub(crate) sku: Option<usize>,
    pub(crate) quantity: i64,
    pub(crate) price: i64,
    pub(crate) discount: i64,
}

impl Line {
    pub(crate) fn amount(&self) -> i64 {
        self.price * self.quantity + self.discount
    }
}

/// Where an order came from: no API tells, so only the merchant's ledger has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    /// By 数字营销.
    pub(crate) marketing: bool,
    /// Through 大严选, 托管 and the like.
    pub(crate) scene: bool,
}

/// One order.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) buyer: usize,
    /// `businessType` on the wire: `cn`, `yp` (a sample) and so on.
    pub(crate) kind: &'static str,
    pub(crate) life: Life,
    pub(crate) lines: Vec<Line>,
    pub(crate) freight: i64,
    pub(crate) source: Source,
    pub(crate) feedback: Option<String>,
    pub(crate) memo: Option<String>,
    pub(crate) refund: Option<Refund>,
}

/// What is true of an order at one instant.
#[derive(Debug)]
pub(crate) struct OrderView<'a> {
    pub(crate) order: &'a Order,
    pub(crate) status: Status,
    pub(crate) modified: Moment,
    pub(crate) refund: Option<(&'a Refund, &'a Step)>,
    now: Moment,
}

impl Order {
    pub(crate) fn product_sum(&self) -> i64 {
        self.lines.iter().map(|line| line.price * line.quantity).sum()
    }

    pub(crate) fn discount(&self) -> i64 {
        self.lines.iter().map(|line| line.discount).sum()
    }

    /// What the buyer pays, freight included.
    pub(crate) fn total(&self) -> i64 {
        self.product_sum() + self.discount() + self.freight
    }

    /// Every instant at which the order changes, past and to come.
    pub(crate) fn events(&self) -> impl Iterator<Item = Moment> {
        let life = &self.life;
        let closed = life.closed.as_ref().map(|closing| closing.at);
        let steps = self.refund.iter().flat_map(|refund| refund.steps.iter().map(|step| step.at));
        let stages = [Some(life.created), life.paid, life.sent, life.received, life.finished, closed];
        stages.into_iter().flatten().chain(steps)
    }

    /// The order as it stands at `now`; none while it has not been placed.
    pub(crate) fn at(&self, now: Moment) -> Option<OrderView<'_>> {
        let life = &self.life;
        if life.created > now {
            return None;
        }
        let refund = self.refund.as_ref().and_then(|refund| Some((refund, refund.at(now)?)));
        let closed = life.closed.as_ref().filter(|closing| closing.at <= now);
        let stages = [
            (life.paid, Status::WaitSellerSend),
            (life.sent, Status::WaitBuyerReceive),
            (life.finished, Status::Success),
        ];
        let reached = stages.iter().rev().find(|(at, _)| at.is_some_and(|at| at <= now));
        let status =
            closed.map_or(reached.map_or(Status::WaitBuyerPay, |(_, status)| *status), |closing| closing.status);
        let modified = self.events().filter(|at| *at <= now).max().unwrap_or(life.created);
        Some(OrderView { order: self, status, modified, refund, now })
    }
}

impl OrderView<'_> {
    /// A part of the order's script, if it has happened.
    pub(crate) fn happened(&self, at: Option<Moment>) -> Option<Moment> {
        at.filter(|at| *at <= self.now)
    }

    /// Fen that went back to the buyer.
    pub(crate) fn refunded(&self) -> i64 {
        self.refund
            .filter(|(_, step)| step.status == RefundStatus::Success)
            .map_or(0, |(refund, _)| refund.amount + refund.freight)
    }

    pub(crate) fn is_paid(&self) -> bool {
        self.happened(self.order.life.paid).is_some()
    }
}
