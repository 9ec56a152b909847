//! Enrolling in activities, and what must be known before. Enrolling binds the shop to terms, so nothing is enrolled
//! without them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::order_writes::number;
use super::{Answer, OpenCall, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::activities::{self, Enrolled, Topic};
use crate::world::changes::Change;

const MOST_OFFERS: usize = 10;
/// The wire's word for "no limit".
const NO_LIMIT: i64 = 2_147_483_647;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    topic_id: Value,
    batch_id: Value,
    enroll_offers: Vec<Offer>,
    #[serde(default)]
    commitment_letter: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offer {
    offer_id: Value,
    #[serde(default)]
    form_items: Vec<Value>,
}

pub(super) fn insert(call: &mut ShopCall<'_>) -> Answer {
    let form: Form = call.params.json("param")?.ok_or_else(|| GatewayError::param_missing("param"))?;
    if let Err(text) = check(call, &form) {
        return Ok(refusal(text));
    }
    let (topic, batch) = (number(&form.topic_id).unwrap_or(0), number(&form.batch_id).unwrap_or(0));
    let mut result = Vec::new();
    for offer in form.enroll_offers {
        let id = number(&offer.offer_id).unwrap_or(0);
        let taken = activities::topic(topic).is_some_and(|topic| {
            activities::enrolments(call.shop(), &topic, call.now).iter().any(|e| e.product.id == id)
        });
        if call.shop().product(id).is_none() || taken {
            result.push(json!({ "offerId": id, "enrollId": 0, "enrollResult": false }));
            continue;
        }
        let enrolled = Enrolled {
            id: 69_000_000 + i64::try_from(call.shop().enrolled.len()).unwrap_or(0),
            topic,
            offer: id,
            at: call.now,
            price: price_of(&offer.form_items),
        };
        let answer = json!({ "offerId": id, "enrollId": enrolled.id, "enrollResult": true });
        let arguments = json!({ "formItems": offer.form_items, "commitmentLetter": form.commitment_letter });
        let identity = format!("topic:{topic}/batch:{batch}/offer:{id}");
        call.write(Change::Enrolled(enrolled), identity, arguments)?;
        result.push(answer);
    }
    Ok(json!({ "result": result, "success": true }))
}

fn check(call: &ShopCall<'_>, form: &Form) -> Result<(), &'static str> {
    if form.enroll_offers.is_empty() || form.enroll_offers.len() > MOST_OFFERS {
        return Err("一次报名1到10个商品");
    }
    let topic = number(&form.topic_id).and_then(activities::topic).ok_or("活动不存在")?;
    if number(&form.batch_id) != Some(topic.batch()) {
        return Err("活动批次不存在");
    }
    if call.now < topic.enrol.0 || topic.enrol.1 <= call.now {
        return Err("不在报名时间内");
    }
    if form.commitment_letter.trim().is_empty() {
        return Err("请先同意活动承诺书");
    }
    Ok(())
}

/// Fen of the form's price; prices travel as yuan text.
fn price_of(items: &[Value]) -> Option<i64> {
    let item = items.iter().find(|item| item["inputKey"] == "activityPrice")?;
    let yuan: rust_decimal::Decimal = item["inputValue"].as_str()?.parse().ok()?;
    rust_decimal::prelude::ToPrimitive::to_i64(&(yuan * rust_decimal::Decimal::ONE_HUNDRED))
}

fn refusal(text: &str) -> Value {
    json!({ "success": false, "code": "400_1", "message": text })
}

/// The official sample has milliseconds here, the field's example on the same page a stamp.
pub(super) fn batch(call: &mut OpenCall<'_>) -> Answer {
    let id = call.params.int("batchId")?.unwrap_or(0);
    let Some(topic) = activities::topic(id.div_euclid(10)).filter(|topic| topic.batch() == id) else {
        return Ok(refusal("活动批次不存在"));
    };
    Ok(json!({
        "result": {
            "id": id,
            "startTime": topic.act.0.millis_text(),
            "endTime": topic.act.1.millis_text(),
            "warmupTime": topic.act.0.millis_text(),
            "postTime": topic.act.0.millis_text(),
        },
        "success": true,
    }))
}

pub(super) fn fatigue(call: &mut ShopCall<'_>) -> Answer {
    let known = call.params.int("topicId")?.and_then(activities::topic);
    let Some(topic) = known else { return Ok(refusal("活动不存在")) };
    let count = activities::enrolments(call.shop(), &topic, call.now).len();
    Ok(json!({ "result": { "countInCurTopic": count, "countCanApply": NO_LIMIT }, "success": true }))
}

/// Out of use on the platform: it says success and an error at once.
pub(super) fn deprecated(call: &mut ShopCall<'_>) -> Answer {
    let known = matches!(call.params.int("businessType")?, Some(10_001 | 10_004));
    let topic = activities::open_topics(call.now).first().map_or(0, |topic: &Topic| topic.id);
    let reason =
        json!([{ "requiredText": "要求会员伙拼保证金充足", "message": "您的伙拼保证金不足。", "linkList": [] }]);
    Ok(json!({
        "result": { "huopinMember": known, "topicId": topic, "failReasons": reason },
        "success": true,
        "code": "400_1",
        "message": "业务类型businessType错误",
    }))
}
