//! One order as the wire writes it: buyers masked, yuan for sums, fen for discounts, absent parts left out.

use serde_json::{Map, Value, json};

use super::order_parts;
use super::orders::TRADE_TYPE;
use crate::clock::Moment;
use crate::wire::envelope::{GatewayError, yuan};
use crate::wire::params::Params;
use crate::world::dice::digest;
use crate::world::order::{Line, OrderView, Status};
use crate::world::{Buyer, Profile, Shop};

/// Parts of an order that are absent unless asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wants {
    pub(super) address: bool,
    pub(super) memo: bool,
    pub(super) check_send: bool,
    /// Whether the order may be sent late, or is late already.
    pub(super) overdue: bool,
    /// The same, line by line.
    pub(super) late: bool,
    pub(super) official: bool,
    pub(super) rates: bool,
    pub(super) invoice: bool,
    /// Payment step, accounts and parcels: the detail has them, the list never.
    pub(super) detail: bool,
}

impl Wants {
    pub(super) fn read(params: &Params) -> Result<Self, GatewayError> {
        Ok(Self {
            address: params.wants("needBuyerAddressAndPhone")?,
            memo: params.wants("needMemoInfo")?,
            check_send: params.wants("needCheckSend")?,
            overdue: params.wants("needSendGoodsOverdueRisk")?,
            late: params.wants("needDeliverGoodsOverdueRisk")?,
            official: params.wants("needOfficialLogisticOrder")?,
            ..Self::default()
        })
    }

    /// Parts of the detail, by the names of `includeFields`.
    pub(super) fn detail(fields: &str) -> Self {
        let named = |name: &str| fields.split(',').any(|field| field.trim() == name);
        Self {
            address: named("NativeLogistics"),
            memo: true,
            check_send: named("CanSendCheck"),
            rates: named("RateDetail"),
            invoice: named("OrderInvoice"),
            detail: true,
            ..Self::default()
        }
    }
}

/// Writes orders of one shop as the wire has them.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) shop: &'a Shop,
    pub(super) wants: Wants,
    pub(super) image_base: &'a str,
}

impl Writer<'_> {
    pub(super) fn trade(&self, view: &OrderView<'_>) -> Value {
        let items: Vec<Value> =
            view.order.lines.iter().enumerate().map(|(position, line)| self.item(view, position, line)).collect();
        let mut trade = json!({
            "baseInfo": self.base(view),
            "productItems": items,
            "tradeTerms": terms(view),
            "orderRateInfo": order_parts::rates(self.shop, view, self.wants.rates),
            "guaranteesTerms": [],
            "extAttributes": [],
            "orderBizInfo": { "odsCyd": false, "creditOrder": false },
            "fromEncryptOrder": false,
            // No document names it: a client must pass over what it does not know.
            "tradeFeatureV9": { "enabled": false },
        });
        if self.wants.address {
            let buyer = &self.shop.buyers[view.order.buyer];
            let place = &buyer.place;
            trade["nativeLogistics"] = json!({
                "province": place.province, "city": place.city, "area": place.area, "areaCode": place.code,
                "address": "***", "contactPerson": buyer.masked_contact(), "mobile": buyer.masked_mobile(), "zip": "000000",
                "caid": format!("CA{}", digest(&buyer.member_id, 20)),
            });
            if self.wants.detail {
                trade["nativeLogistics"]["logisticsItems"] = json!(order_parts::parcels(self.shop, view));
            }
        }
        if self.wants.official {
            trade["officialLogisticOrder"] = json!(false);
        }
        if self.wants.overdue
            && let Some(risk) = overdue(view)
        {
            trade["sendGoodsOverdueRisk"] = json!(risk);
        }
        trade
    }

    fn base(&self, view: &OrderView<'_>) -> Value {
        let order = view.order;
        let (buyer, profile) = (&self.shop.buyers[order.buyer], &self.shop.profile);
        let mut base = json!({
            "id": order.id,
            "idOfStr": order.id.to_string(),
            "status": view.status.wire(),
            "businessType": order.kind,
            "tradeType": TRADE_TYPE,
            "flowTemplateCode": "assureTradeAlipay",
            "createTime": order.life.created.stamp(),
            "modifyTime": view.modified.stamp(),
            "totalAmount": yuan(order.total()),
            "sumProductPayment": yuan(order.product_sum()),
            "shippingFee": yuan(order.freight),
            "discount": order.discount(),
            "refund": yuan(view.refunded()),
            "refundPayment": view.refunded(),
            "buyerID": buyer.member_id,
            "buyerLoginId": buyer.login_id,
            "buyerUserId": buyer.user_id,
            "buyerOpenUid": format!("BO{}", digest(&buyer.member_id, 20)),
            "buyerLevel": "L1",
            "sellerID": profile.member_id,
            "sellerLoginId": profile.login_id,
            "sellerUserId": profile.user_id,
            "buyerContact": contact_of(buyer),
            "sellerContact": contact_of_seller(profile),
            "alipayTradeId": payment_number(view),
            "stepPayAll": false,
            "overSeaOrder": false,
            "sellerOrder": false,
        });
        let Value::Object(fields) = &mut base else { return base };
        let life = &order.life;
        let times = [
            ("payTime", life.paid),
            ("allDeliveredTime", life.sent),
            ("receivingTime", life.received),
            ("confirmedTime", life.received),
            ("completeTime", life.finished.or(life.closed.as_ref().map(|c| c.at))),
        ];
        for (name, at) in times {
            insert_time(fields, name, view.happened(at));
        }
        if self.wants.detail {
            fields.insert("newStepOrderList".to_owned(), order_parts::steps(view));
            fields.insert("buyerAlipayId".to_owned(), json!(format!("2088{:012}", buyer.user_id)));
            fields.insert("sellerAlipayId".to_owned(), json!(format!("2088{:012}", profile.user_id)));
        }
        self.add_asked_for(fields, view);
        add_ends(fields, view);
        base
    }

    fn add_asked_for(&self, fields: &mut Map<String, Value>, view: &OrderView<'_>) {
        let order = view.order;
        if let Some(feedback) = &order.feedback {
            fields.insert("buyerFeedback".to_owned(), json!(feedback));
        }
        if self.wants.memo
            && let Some(memo) = &order.memo
        {
            fields.insert("sellerMemo".to_owned(), json!(memo));
            fields.insert("sellerRemarkIcon".to_owned(), json!(order.written.icon.as_deref().unwrap_or("1")));
        }
        if self.wants.address {
            let buyer = &self.shop.buyers[order.buyer];
            let place = &buyer.place;
            let receiver = json!({
                "toFullName": buyer.masked_contact(), "toMobile": buyer.masked_mobile(), "toDivisionCode": place.code, "toPost": "000000",
                "toArea": format!("{} {} {} ***", place.province, place.city, place.area),
            });
            fields.insert("receiverInfo".to_owned(), receiver);
        }
    }

    fn item(&self, view: &OrderView<'_>, position: usize, line: &Line) -> Value {
        let order = view.order;
        let product = &self.shop.products[line.product];
        let sku = line.sku.and_then(|sku| product.skus.get(sku));
        let images: Vec<String> = product
            .pictures
            .first()
            .map(|picture| vec![format!("{}{}", self.image_base, picture.path())])
            .unwrap_or_default();
        let mut item = json!({
            "subItemID": line.id,
            "subItemIDString": line.id.to_string(),
            "productID": product.id,
            "name": product.title_at(order.life.created),
            "price": yuan(line.price),
            "quantity": line.quantity,
            "quantityFactor": 1,
            "unit": product.unit,
            "itemAmount": yuan(line.amount()),
            "entryDiscount": line.discount,
            "productCargoNumber": product.cargo,
            "productImgUrl": images,
            "productSnapshotUrl": format!("https://trade.1688.com/order/offer_snapshot.htm?order_entry_id={}", line.id),
            "status": view.status_of(line.id).wire(),
            "statusStr": view.status_of(line.id).chinese(),
            "logisticsStatus": logistics(view, line),
            "type": "common",
            "refund": 0,
            "guaranteesTerms": [],
            "gmtCreate": order.life.created.stamp(),
            "gmtModified": view.modified.stamp(),
        });
        if let Some(sku) = sku {
            item["skuID"] = json!(sku.id);
            item["specId"] = json!(sku.spec);
            item["cargoNumber"] = json!(sku.cargo);
            item["skuInfos"] = json!([{ "name": "颜色", "value": sku.colour }, { "name": "规格", "value": sku.size }]);
        }
        if let Some((refund, step)) = view.refund.filter(|(refund, _)| refund.lines.contains(&position)) {
            item["refundStatus"] = json!(step.status.wire_of_line());
            item["refundId"] = json!(refund.number());
        }
        if self.wants.check_send {
            let reason = view.cannot_leave().or_else(|| view.has_left(line.id).then_some("该货品已发货"));
            item["canSendGoods"] = json!(reason.is_none());
            if let Some(reason) = reason {
                item["cantSendReason"] = json!(reason);
            }
        }
        if self.wants.late
            && let Some(risk) = overdue(view)
        {
            item["deliverGoodsOverdueRisk"] = json!(risk);
        }
        item
    }
}

fn contact_of(buyer: &Buyer) -> Value {
    json!({
        "name": buyer.masked_contact(),
        "imInPlatform": buyer.login_id,
        "companyName": buyer.company,
        "phone": "",
        "mobile": buyer.masked_mobile(),
    })
}

fn contact_of_seller(profile: &Profile) -> Value {
    json!({
        "name": profile.contact,
        "imInPlatform": profile.login_id,
        "companyName": profile.company,
        "phone": "86-0579-00000000",
        "shopName": profile.name,
    })
}

/// The payment's number begins with its day; before payment a word stands there.
fn payment_number(view: &OrderView<'_>) -> String {
    let Some(paid) = view.happened(view.order.life.paid) else { return "UNCREATED".to_owned() };
    format!("{}00{}", paid.day().date().format("%Y%m%d"), view.order.id)
}

fn insert_time(fields: &mut Map<String, Value>, name: &str, at: Option<Moment>) {
    if let Some(at) = at {
        fields.insert(name.to_owned(), json!(at.stamp()));
    }
}

/// Refund marks and the reason why an order was closed.
fn add_ends(fields: &mut Map<String, Value>, view: &OrderView<'_>) {
    if let Some((refund, step)) = view.refund {
        let name = if refund.claim.in_sale { "refundStatus" } else { "refundStatusForAs" };
        fields.insert(name.to_owned(), json!(step.status.wire()));
        fields.insert("refundId".to_owned(), json!(refund.number()));
    }
    let closed = view.order.life.closed.as_ref().filter(|closing| view.happened(Some(closing.at)).is_some());
    if let Some(closing) = closed {
        fields.insert("closeReason".to_owned(), json!(closing.reason));
    }
}

fn logistics(view: &OrderView<'_>, line: &Line) -> u8 {
    match (view.has_left(line.id), view.happened(view.order.life.received)) {
        (_, Some(_)) => 3,
        (true, None) => 2,
        (false, None) => 1,
    }
}

/// Goods are promised within two days of payment: a day before that they may be late, after that they are.
fn overdue(view: &OrderView<'_>) -> Option<&'static str> {
    let paid = view.order.life.paid.filter(|_| view.status == Status::WaitSellerSend)?;
    if view.happened(Some(paid.plus_days(2))).is_some() {
        return Some("TMOT");
    }
    view.happened(Some(paid.plus_days(1))).map(|_| "PTMO")
}

fn terms(view: &OrderView<'_>) -> Value {
    let fully_refunded = view.status == Status::Terminated;
    let state = match view.status {
        Status::WaitBuyerPay => "1",
        Status::Cancel => "8",
        _ if fully_refunded => "4",
        Status::Success => "6",
        _ => "2",
    };
    let mut term = json!({
        "payStatus": state,
        "phasAmount": yuan(view.order.total()),
        "phase": view.order.id % 1_000_000_007,
        "cardPay": false,
        "expressPay": false,
    });
    if let Some(paid) = view.happened(view.order.life.paid) {
        term["payTime"] = json!(paid.stamp());
        term["payWay"] = json!("1");
        term["payWayDesc"] = json!("支付宝");
    }
    json!([term])
}
