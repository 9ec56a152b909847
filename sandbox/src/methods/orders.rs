//! `getSellerOrderList`: pages from 1 of at most 20, buyers masked, yuan for sums and fen for discounts.

use serde_json::{Map, Value, json};

use super::{Answer, ShopCall};
use crate::clock::Moment;
use crate::wire::envelope::{GatewayError, yuan};
use crate::wire::params::{Page, Params, Window};
use crate::world::Shop;
use crate::world::order::{Line, OrderView, Status};

const MOST: i64 = 20;

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter::read(call.params)?;
    let wants = Wants::read(call.params)?;
    let number = call.params.int("page")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let shop = call.shop();
    // The archive is another table; the sandbox has nothing in it.
    let archive = call.params.wants("isHis")?;
    let found: Vec<OrderView<'_>> =
        shop.orders_at(call.now).filter(|view| !archive && filter.holds(shop, view)).collect();
    let total = found.len();
    let writer = Writer { shop, wants, image_base: &call.state.image_base };
    let result: Vec<Value> = page.of(found).iter().map(|view| writer.trade(view)).collect();
    Ok(json!({ "result": result, "totalRecord": total, "success": true, "retCodes": ["BUYER_INFO_MASKED"] }))
}

/// Which orders a call asks for.
#[derive(Debug)]
struct Filter {
    created: Window,
    modified: Window,
    status: Option<String>,
    refund: Option<String>,
    buyer: Option<String>,
    kinds: Option<Vec<String>>,
    product: Option<String>,
}

impl Filter {
    fn read(params: &Params) -> Result<Self, GatewayError> {
        let text = |name| params.text(name).map(str::to_owned);
        Ok(Self {
            created: params.window("createStartTime", "createEndTime")?,
            modified: params.window("modifyStartTime", "modifyEndTime")?,
            status: text("orderStatus"),
            refund: text("refundStatus"),
            buyer: text("buyerMemberId").or_else(|| text("buyerLoginId")),
            kinds: params.json("bizTypes")?,
            product: text("productName"),
        })
    }

    fn holds(&self, shop: &Shop, view: &OrderView<'_>) -> bool {
        let order = view.order;
        let is = |asked: &Option<String>, known: &str| asked.as_ref().is_none_or(|asked| asked == known);
        let buyer = &shop.buyers[order.buyer];
        self.created.holds(order.life.created)
            && self.modified.holds(view.modified)
            && is(&self.status, view.status.wire())
            && is(&self.refund, view.refund.map_or("", |(_, step)| step.status.wire()))
            && self.buyer.as_ref().is_none_or(|asked| *asked == buyer.member_id || *asked == buyer.login_id)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind == order.kind))
            && self.product.as_ref().is_none_or(|word| {
                order.lines.iter().any(|line| shop.products[line.product].title().contains(word.as_str()))
            })
    }
}

/// Parts of an order that are absent unless asked for.
#[derive(Debug, Clone, Copy)]
struct Wants {
    address: bool,
    memo: bool,
    check_send: bool,
}

impl Wants {
    fn read(params: &Params) -> Result<Self, GatewayError> {
        Ok(Self {
            address: params.wants("needBuyerAddressAndPhone")?,
            memo: params.wants("needMemoInfo")?,
            check_send: params.wants("needCheckSend")?,
        })
    }
}

/// Writes orders of one shop as the wire has them.
#[derive(Debug)]
struct Writer<'a> {
    shop: &'a Shop,
    wants: Wants,
    image_base: &'a str,
}

impl Writer<'_> {
    fn trade(&self, view: &OrderView<'_>) -> Value {
        let items: Vec<Value> =
            view.order.lines.iter().enumerate().map(|(position, line)| self.item(view, position, line)).collect();
        let done = view.status == Status::Success;
        let rated = if !done {
            6
        } else if view.order.id % 3 == 0 {
            4
        } else {
            5
        };
        let mut trade = json!({
            "baseInfo": self.base(view),
            "productItems": items,
            "tradeTerms": terms(view),
            "orderRateInfo": { "buyerRateStatus": rated, "sellerRateStatus": if done { 5 } else { 6 } },
            "guaranteesTerms": [],
            "extAttributes": [],
            "orderBizInfo": { "odsCyd": false, "creditOrder": false },
            "fromEncryptOrder": false,
            // No document names it: a client must pass over what it does not know.
            "tradeFeatureV9": { "enabled": false },
        });
        if self.wants.address {
            let place = &self.shop.buyers[view.order.buyer].place;
            trade["nativeLogistics"] = json!({
                "province": place.province, "city": place.city, "area": place.area, "areaCode": place.code,
                "address": "***", "contactPerson": self.shop.buyers[view.order.buyer].masked_contact(), "zip": "000000",
            });
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
            "tradeType": "50060",
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
            "buyerOpenUid": format!("BO{}", crate::world::dice::digest(&buyer.member_id, 20)),
            "buyerLevel": "L1",
            "sellerID": profile.member_id,
            "sellerLoginId": profile.login_id,
            "sellerUserId": profile.user_id,
            "buyerContact": { "name": buyer.masked_contact(), "imInPlatform": buyer.login_id, "companyName": buyer.company, "phone": "", "mobile": buyer.masked_mobile() },
            "sellerContact": { "name": profile.contact, "imInPlatform": profile.login_id, "companyName": profile.company, "phone": "86-0579-00000000", "shopName": profile.name },
            "alipayTradeId": if view.is_paid() { format!("{}00{}", order.life.created.civil_text().get(..10).unwrap_or("").replace('-', ""), order.id) } else { "UNCREATED".to_owned() },
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
            fields.insert("sellerRemarkIcon".to_owned(), json!("1"));
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
            "status": view.status.wire(),
            "statusStr": view.status.chinese(),
            "logisticsStatus": logistics(view),
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
            let blocked = view.refund.is_some_and(|(_, step)| step.status.is_open());
            item["canSendGoods"] = json!(view.status == Status::WaitSellerSend && !blocked);
        }
        item
    }
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

fn logistics(view: &OrderView<'_>) -> u8 {
    let life = &view.order.life;
    match (view.happened(life.sent), view.happened(life.received)) {
        (_, Some(_)) => 3,
        (Some(_), None) => 2,
        (None, None) => 1,
    }
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
    let mut term = json!({ "payStatus": state, "phasAmount": yuan(view.order.total()), "phase": view.order.id % 1_000_000_007, "cardPay": false, "expressPay": false });
    if let Some(paid) = view.happened(view.order.life.paid) {
        term["payTime"] = json!(paid.stamp());
        term["payWay"] = json!("1");
        term["payWayDesc"] = json!("支付宝");
    }
    json!([term])
}
