//! Parts of an order that only some calls show: ratings, parcels, the one step of its payment.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::wire::envelope::yuan;
use crate::world::Shop;
use crate::world::dice::Dice;
use crate::world::order::{OrderView, Status};
use crate::world::parcel::{Parcel, Way};

/// The wire's states of a rating.
pub(super) const RATED: i64 = 4;
const NOT_RATED: i64 = 5;
const NOT_NEEDED: i64 = 6;

/// What buyers say.
const REVIEWS: [(i64, &str); 5] = [
    (5, "质量不错，发货很快，会再来"),
    (5, "包装结实，没有破损"),
    (4, "东西可以，物流慢了两天"),
    (3, "颜色和图片有一点色差"),
    (2, "有两个有划痕，客服处理得还行"),
];

/// Whether the seller has rated the buyer.
pub(super) fn buyer_rated(view: &OrderView<'_>) -> i64 {
    let order = view.order;
    let called = order.written.rating.as_ref().is_some_and(|rating| view.happened(Some(rating.at)).is_some());
    if view.status != Status::Success {
        NOT_NEEDED
    } else if called || order.id % 3 == 0 {
        RATED
    } else {
        NOT_RATED
    }
}

/// Whether the buyer has rated the seller.
pub(super) fn seller_rated(view: &OrderView<'_>) -> i64 {
    if view.status == Status::Success { review(view).map_or(NOT_RATED, |_| RATED) } else { NOT_NEEDED }
}

/// Every fifth buyer says something, as soon as the order is through.
fn review(view: &OrderView<'_>) -> Option<(i64, &'static str, Moment)> {
    let mut dice = Dice::of(0, "review", view.order.id);
    let (stars, content) = *dice.percent(20).then(|| dice.pick(&REVIEWS))?;
    view.happened(view.order.life.finished).map(|at| (stars, content, at))
}

/// `orderRateInfo`; the words only with `detail`.
pub(super) fn rates(shop: &Shop, view: &OrderView<'_>, detail: bool) -> Value {
    let mut rates = json!({ "buyerRateStatus": buyer_rated(view), "sellerRateStatus": seller_rated(view) });
    if !detail {
        return rates;
    }
    let (buyer, seller) = (&shop.buyers[view.order.buyer].login_id, &shop.profile.login_id);
    let line = |stars: i64, content: &str, (poster, receiver): (&str, &str), at: Moment| {
        json!([{
            "starLevel": stars, "content": content, "posterNick": poster, "receiverNick": receiver,
            "publishTime": at.stamp(),
        }])
    };
    if let Some(rating) = &view.order.written.rating {
        rates["buyerRateList"] = line(i64::from(rating.stars), &rating.content, (seller, buyer), rating.at);
    }
    if let Some((stars, content, at)) = review(view).filter(|_| view.status == Status::Success) {
        rates["sellerRateList"] = line(stars, content, (buyer, seller), at);
    }
    rates
}

/// `nativeLogistics.logisticsItems`: the parcels, as the detail shows them.
pub(super) fn parcels(shop: &Shop, view: &OrderView<'_>) -> Vec<Value> {
    view.parcels().iter().map(|parcel| item(shop, view, parcel)).collect()
}

fn item(shop: &Shop, view: &OrderView<'_>, parcel: &Parcel) -> Value {
    let carrier = parcel.way.carrier();
    let (from, to) = (&shop.profile.place, &shop.buyers[view.order.buyer].place);
    let lines: Vec<String> = parcel.lines.iter().map(i64::to_string).collect();
    let mut item = json!({
        "id": parcel.number,
        "logisticsCode": parcel.id(),
        // 0: a carrier of the seller's own, 2: no logistics.
        "type": if matches!(parcel.way, Way::Carrier { .. }) { "0" } else { "2" },
        "status": "alreadysend",
        "deliveredTime": parcel.at.stamp(),
        "gmtCreate": parcel.at.stamp(),
        "gmtModified": parcel.at.stamp(),
        "fromCity": from.city,
        "fromArea": from.area,
        "fromAddress": "***",
        "fromPhone": "86-0579-00000000",
        "fromPost": "000000",
        "toCity": to.city,
        "toArea": to.area,
        "toAddress": "***",
        "toPost": "000000",
        "logisticsCompanyId": carrier.id,
        "logisticsCompanyNo": carrier.no,
        "logisticsCompanyName": carrier.name,
        "logisticsBillNo": parcel.way.bill(),
        "subItemIds": lines.join(","),
    });
    if let Way::Unlogged { condition, name, tel, bill } = &parcel.way {
        item["noLogisticsCondition"] = json!(condition);
        item["noLogisticsName"] = json!(name);
        item["noLogisticsTel"] = json!(tel);
        item["noLogisticsBillNo"] = json!(bill);
    }
    item
}

/// `newStepOrderList`: every order of the sandbox is paid in one step.
pub(super) fn steps(view: &OrderView<'_>) -> Value {
    let order = view.order;
    let paid = view.happened(order.life.paid);
    let mut step = json!({
        "gmtStart": order.life.created.stamp(),
        "stepNo": 1,
        "lastStep": true,
        "stepName": "全款交易",
        "activeStatus": 1,
        "payStatus": if paid.is_some() { 2 } else { 1 },
        "logisticsStatus": if view.happened(order.life.sent).is_some() { 2 } else { 1 },
        "payFee": yuan(order.total()),
        "paidFee": yuan(if paid.is_some() { order.total() } else { 0 }),
        "adjustFee": yuan(order.discount()),
        "discountFee": 0,
        "postFee": yuan(order.freight),
        "paidPostFee": yuan(if paid.is_some() { order.freight } else { 0 }),
    });
    if let Some(paid) = paid {
        step["gmtPay"] = json!(paid.stamp());
    }
    json!([step])
}
