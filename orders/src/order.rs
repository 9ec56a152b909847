//! What an order export says about one order. Shapes only; `order_export` fills them.
//!
//! No field for a receiver, an address or a telephone number may ever be added here: those columns are not read.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::Serialize;

/// One order of a 1688 order export. Money is yuan, times are the platform's clock (+08:00).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRow {
    /// 订单编号, digit for digit.
    pub number: String,
    /// 买家会员名: who counts as one buyer.
    pub buyer: Option<String>,
    /// 买家公司名.
    pub buyer_company: Option<String>,
    /// 订单状态 as the file writes it; [`OrderRow::state`] understands it.
    pub status: String,
    /// 订单创建时间.
    pub created: NaiveDateTime,
    /// 订单付款时间; `None` when the order was never paid, or when the cell could not be read (then a problem says so).
    pub paid: Option<NaiveDateTime>,
    /// 货品总价; `None` when the file does not say.
    pub goods_total: Option<Decimal>,
    /// 运费; `None` when the file does not say.
    pub freight: Option<Decimal>,
    /// 涨价或折扣: below zero for a discount; `None` when the file does not say.
    pub adjustment: Option<Decimal>,
    /// 实付款, once for the order however many lines it has.
    pub paid_amount: Decimal,
    /// What was bought. A line that could not be read is missing here and named among the problems.
    pub lines: Vec<LineRow>,
    /// 买家留言.
    pub message: Option<String>,
    /// 物流公司.
    pub carrier: Option<String>,
    /// 运单号.
    pub waybill: Option<String>,
    /// The order's first row, from 1, as the file shows it.
    pub row: u32,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineRow {
    /// 货品标题.
    pub title: String,
    /// Offer ID.
    pub offer_id: Option<String>,
    /// SKU ID.
    pub sku_id: Option<String>,
    /// 单品货号 (the variant's own), else 货号 (the product's).
    pub article: Option<String>,
    /// 单价 in yuan.
    pub price: Decimal,
    /// 数量, in `unit`; some goods are sold by weight or length, so it may have a fraction.
    pub quantity: Decimal,
    /// 单位.
    pub unit: Option<String>,
    /// From 1, as the file shows it.
    pub row: u32,
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum OrderState {
    /// The buyer has yet to pay.
    WaitPay,
    /// Paid, the goods (or some of them) are still to be sent.
    Paid,
    /// Sent, not yet received.
    Sent,
    /// Completed.
    Success,
    /// Closed or cancelled by whomever.
    Closed,
    /// A text that this package does not know; look at [`OrderRow::status`].
    Other,
}

impl OrderRow {
    /// Understands 订单状态. Unknown words are [`OrderState::Other`], never a guess: 退款成功 is not a success.
    pub fn state(&self) -> OrderState {
        match self.status.as_str() {
            "等待买家付款" | "待付款" | "待买家付款" | "未付款" => OrderState::WaitPay,
            "等待卖家发货" | "待发货" | "待卖家发货" | "买家已付款" | "已付款" | "部分发货" | "卖家部分发货" => {
                OrderState::Paid
            }
            "等待买家确认收货" | "等待买家收货" | "待收货" | "待买家收货" | "卖家已发货" | "已发货" => {
                OrderState::Sent
            }
            "交易成功" | "已完成" | "交易完成" => OrderState::Success,
            other if other.contains("退款") => OrderState::Other,
            other if other.contains("关闭") || other.contains("取消") => OrderState::Closed,
            _ => OrderState::Other,
        }
    }
}
