//! An order as the platform tells it in full. Who the buyer is stands here only as an id: names, phones and addresses are left unread.

use rust_decimal::Decimal;
use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::told::{Fen, Id, Told, Yuan};
use super::super::wire::{list, part};

/// An order. Any field may be untold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    /// What holds for the whole order.
    #[serde(deserialize_with = "part")]
    pub base_info: Base,
    /// Its lines.
    #[serde(deserialize_with = "list")]
    pub product_items: Vec<Line>,
    /// How it is paid.
    #[serde(deserialize_with = "list")]
    pub trade_terms: Vec<Term>,
    /// How it was rated, by both sides.
    #[serde(deserialize_with = "part")]
    pub order_rate_info: Rates,
    /// Its parcels, in the detail only.
    #[serde(deserialize_with = "part")]
    pub native_logistics: Logistics,
    /// `PTMO` may be sent late, `TMOT` is late.
    pub send_goods_overdue_risk: Told<String>,
    /// Sent by the platform's own carrier.
    pub official_logistic_order: Told<bool>,
    /// Comes from an encrypted downstream platform.
    pub from_encrypt_order: Told<bool>,
}

impl Trade {
    /// The order's number: the text beside the number, which may be rounded.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.base_info.id_of_str.as_ref().or(self.base_info.id.as_ref()).map(|id| id.0.as_str())
    }

    /// A line by its id.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.product_items.iter().find(|line| line.id() == Some(id))
    }
}

/// What holds for the whole order. Sums in yuan, the discount in fen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Base {
    id: Told<Id>,
    id_of_str: Told<Id>,
    pub status: Told<String>,
    pub business_type: Told<String>,
    pub trade_type: Told<String>,
    pub flow_template_code: Told<String>,
    pub create_time: Told<Time>,
    pub pay_time: Told<Time>,
    pub modify_time: Told<Time>,
    pub confirmed_time: Told<Time>,
    pub all_delivered_time: Told<Time>,
    pub receiving_time: Told<Time>,
    pub complete_time: Told<Time>,
    pub total_amount: Told<Yuan>,
    pub sum_product_payment: Told<Yuan>,
    pub shipping_fee: Told<Yuan>,
    pub discount: Told<Fen>,
    pub refund: Told<Yuan>,
    pub refund_status: Told<String>,
    pub refund_status_for_as: Told<String>,
    pub refund_id: Told<Id>,
    #[serde(rename = "buyerID")]
    pub buyer_id: Told<Id>,
    #[serde(rename = "sellerID")]
    pub seller_id: Told<Id>,
    pub buyer_open_uid: Told<Id>,
    pub buyer_level: Told<String>,
    /// What the buyer wrote beside the order.
    pub buyer_feedback: Told<String>,
    /// The seller's memo; only where it was asked for.
    pub seller_memo: Told<String>,
    pub seller_remark_icon: Told<String>,
    pub close_reason: Told<String>,
    /// `UNCREATED` before payment.
    pub alipay_trade_id: Told<String>,
    #[serde(deserialize_with = "list")]
    pub new_step_order_list: Vec<Step>,
}

/// One stage of a staged payment, in yuan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Step {
    pub step_no: Told<i64>,
    pub step_name: Told<String>,
    pub active_status: Told<i64>,
    pub pay_status: Told<i64>,
    pub logistics_status: Told<i64>,
    pub pay_fee: Told<Yuan>,
    pub paid_fee: Told<Yuan>,
    pub adjust_fee: Told<Yuan>,
    pub discount_fee: Told<Yuan>,
    pub post_fee: Told<Yuan>,
    pub last_step: Told<bool>,
}

/// A line of an order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Line {
    #[serde(rename = "subItemID")]
    sub_item_id: Told<Id>,
    #[serde(rename = "subItemIDString")]
    sub_item_id_string: Told<Id>,
    #[serde(rename = "productID")]
    pub product_id: Told<Id>,
    #[serde(rename = "skuID")]
    pub sku_id: Told<Id>,
    pub spec_id: Told<Id>,
    pub name: Told<String>,
    /// Before any discount.
    pub price: Told<Yuan>,
    pub quantity: Told<Decimal>,
    pub unit: Told<String>,
    pub item_amount: Told<Yuan>,
    pub entry_discount: Told<Fen>,
    pub cargo_number: Told<String>,
    pub product_cargo_number: Told<String>,
    pub status: Told<String>,
    pub status_str: Told<String>,
    pub refund_status: Told<String>,
    pub refund_id: Told<Id>,
    pub close_reason: Told<String>,
    /// 1 not sent, 2 sent, 3 received, 4 returned, 5 part sent, 8 no logistics order yet.
    pub logistics_status: Told<i64>,
    /// Told only where it was asked for.
    pub can_send_goods: Told<bool>,
    pub cant_send_reason: Told<String>,
    /// Carriers that may be used; none told means any.
    pub permit_logistics_cp_code: Told<String>,
    pub deliver_goods_overdue_risk: Told<String>,
}

impl Line {
    /// The line's number.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.sub_item_id_string.as_ref().or(self.sub_item_id.as_ref()).map(|id| id.0.as_str())
    }
}

/// How a part of an order is paid.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Term {
    /// 1 unpaid, 2 paid, 4 refunded in full, 6 the seller has the money, 8 cancelled before payment, 12 credit.
    pub pay_status: Told<String>,
    pub pay_time: Told<Time>,
    pub pay_way: Told<String>,
    pub pay_way_desc: Told<String>,
    #[serde(rename = "phasAmount")]
    pub amount: Told<Yuan>,
    pub phase: Told<Id>,
    pub card_pay: Told<bool>,
    pub express_pay: Told<bool>,
}

/// Ratings of an order: 4 rated, 5 not rated, 6 not needed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rates {
    /// Whether the seller rated the buyer.
    pub buyer_rate_status: Told<i64>,
    /// Whether the buyer rated the seller.
    pub seller_rate_status: Told<i64>,
    /// What the seller said of the buyer.
    #[serde(deserialize_with = "list")]
    pub buyer_rate_list: Vec<Rate>,
    /// What the buyer said of the goods.
    #[serde(deserialize_with = "list")]
    pub seller_rate_list: Vec<Rate>,
}

/// A rating.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Rate {
    pub star_level: Told<i64>,
    pub content: Told<String>,
    pub publish_time: Told<Time>,
}

/// Parcels of an order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Logistics {
    /// Each of them.
    #[serde(deserialize_with = "list")]
    pub logistics_items: Vec<Parcel>,
}

/// A parcel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Parcel {
    pub id: Told<Id>,
    pub logistics_code: Told<Id>,
    /// 0 the seller's own carrier, 1 booked at the platform, 2 none.
    #[serde(rename = "type")]
    pub kind: Told<String>,
    pub status: Told<String>,
    pub delivered_time: Told<Time>,
    pub logistics_company_no: Told<String>,
    pub logistics_company_name: Told<String>,
    pub logistics_bill_no: Told<String>,
    /// Lines in it, with commas between.
    pub sub_item_ids: Told<String>,
}
