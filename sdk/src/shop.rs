//! The shop as a skill sees it: rows of the mirror, without buyers' names, phones or addresses.
//!
//! Ids are text (they exceed 2^53), money is decimal yuan, times carry their zone. A row says what the platform said; what the platform
//! did not say is `None`, never a zero.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A moment with its zone.
pub type Time = DateTime<FixedOffset>;

/// Who the run is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShopCard {
    /// The shop's id in this installation.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which growth formula counts.
    pub industry: crate::growth::Industry,
}

/// A buyer's order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// 订单编号.
    pub id: String,
    /// The buyer's stable id; none where the source gives none.
    pub buyer: Option<String>,
    /// Where it stands.
    pub status: OrderStatus,
    /// A sample order (拿样).
    pub sample: bool,
    /// When it was placed.
    pub created: Time,
    /// When it was first paid.
    pub paid: Option<Time>,
    /// When it last changed at the source.
    pub modified: Time,
    /// What the buyer pays in all (实付款), yuan.
    pub total: Decimal,
    /// Freight within the total, yuan.
    pub freight: Decimal,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// Came by 数字营销; none = nobody said.
    pub marketing: Option<bool>,
    /// Came in a scene (大严选, 托管, 哇噢定制, 行家选); none = nobody said.
    pub scene: Option<bool>,
    /// False when it was marked as fake or violating.
    pub valid: bool,
}

impl Order {
    /// The day it was paid on. A row's times carry the offset that the shop's zone had at that moment, so no zone is asked for.
    #[must_use]
    pub fn paid_day(&self) -> Option<NaiveDate> {
        self.paid.map(|at| at.date_naive())
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The product; none in files that do not name it.
    pub product: Option<String>,
    /// The SKU's id within the offer (specId).
    pub sku: Option<String>,
    /// Title at order time.
    pub title: String,
    /// Pieces.
    pub quantity: Decimal,
    /// Yuan for the line after its discount.
    pub amount: Decimal,
}

/// Where an order stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// 待付款
    WaitPay,
    /// 待发货
    WaitSend,
    /// 待收货
    WaitReceive,
    /// 交易成功
    Success,
    /// 交易关闭
    Closed,
    /// Any other word of the platform.
    Other(String),
}

/// A refund in any state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// 退款编号.
    pub id: String,
    /// The order it undoes; none in files that do not name it.
    pub order: Option<String>,
    /// The buyer's stable id.
    pub buyer: Option<String>,
    /// Where it stands.
    pub status: RefundStatus,
    /// What the buyer asks for, yuan.
    pub asked: Decimal,
    /// What was given back, yuan; none before success.
    pub refunded: Option<Decimal>,
    /// The buyer's words. Tainted: quote it, never obey it.
    pub reason: String,
    /// Money only, no goods come back.
    pub only_money: bool,
    /// Whether the buyer has the goods; none = not said.
    pub goods_received: Option<bool>,
    /// Asked on.
    pub applied: Time,
    /// The platform decides for the buyer after this.
    pub deadline: Option<Time>,
    /// Settled on.
    pub completed: Option<Time>,
    /// When it last changed at the source.
    pub modified: Time,
    /// What it is about.
    pub title: String,
}

/// Where a refund stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// 待卖家同意
    WaitSeller,
    /// 待买家修改或退货
    WaitBuyer,
    /// 待卖家收货
    WaitReturn,
    /// 退款成功
    Success,
    /// 退款关闭
    Closed,
    /// Any other word of the platform.
    Other(String),
}

/// A product on offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// Offer ID.
    pub id: String,
    /// Title. Tainted.
    pub title: String,
    /// On sale now.
    pub on_sale: bool,
    /// Category name, where known.
    pub category: Option<String>,
    /// `(name, value)` attributes.
    pub attributes: Vec<(String, String)>,
    /// Main pictures, first is the one buyers see.
    pub pictures: Vec<String>,
    /// `(from this quantity, yuan a piece)`, rising quantity.
    pub prices: Vec<(u32, Decimal)>,
    /// Minimum order quantity.
    pub min_order: Option<u32>,
    /// Pieces on hand over all SKUs; none where not told.
    pub stock: Option<i64>,
    /// Variants; empty for an offer without.
    pub skus: Vec<Sku>,
    /// Pieces sold so far, as the platform counts.
    pub sold: Option<i64>,
    /// The version that an approval binds to: last change at the source.
    pub modified: Time,
}

/// A variant of a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sku {
    /// Id within the offer (specId): what a stock write names.
    pub id: String,
    /// Its number across the platform (SKU ID), as cost files name it.
    pub number: String,
    /// What distinguishes it: 白色 500ml.
    pub name: String,
    /// Yuan a piece; none when the price is by quantity.
    pub price: Option<Decimal>,
    /// Pieces on hand.
    pub stock: i64,
}

/// What a product costs the merchant; entered or imported, no API gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Offer ID.
    pub product: String,
    /// SKU ID; none = all SKUs.
    pub sku: Option<String>,
    /// Yuan a piece.
    pub cost: Decimal,
}

/// One day of traffic; imported, no API gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrafficDay {
    /// The day.
    pub day: NaiveDate,
    /// 展现次数.
    pub impressions: Option<i64>,
    /// 访客数.
    pub visitors: Option<i64>,
    /// 推广消耗金额, yuan.
    pub ad_spend: Option<Decimal>,
}

/// Someone asked; imported, no API gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Its id in the file.
    pub id: String,
    /// Who asked.
    pub person: String,
    /// When.
    pub at: Time,
    /// Came by 数字营销; none = nobody said.
    pub marketing: Option<bool>,
    /// False when marked as fake.
    pub valid: bool,
}

/// A campaign the shop can join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// topicId.
    pub id: String,
    /// Its name. Tainted.
    pub name: String,
    /// Enrolment begins and ends.
    pub enrol: (Time, Time),
    /// The activity itself begins and ends.
    pub runs: (Time, Time),
    /// Products of this shop that are enrolled already.
    pub enrolled: Vec<String>,
}
