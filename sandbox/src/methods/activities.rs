//! Activities: what is open for enrolment and what the shop has enrolled. Times are milliseconds as text; some flags
//! are text too.

use serde_json::{Value, json};

use super::{Answer, OpenCall, ShopCall};
use crate::wire::envelope::yuan;
use crate::wire::params::Page;
use crate::world::activities::{self, Enrolment, Topic};

const MOST: i64 = 20;

pub(super) fn daily(call: &mut ShopCall<'_>) -> Answer {
    let kind = call.params.int("businessType")?.unwrap_or(0);
    let topics = activities::open_topics(call.now).into_iter().filter(|topic| kind == 0 || topic.kind == kind);
    let result: Vec<Value> = topics.map(|topic| brief(&topic)).collect();
    Ok(json!({ "result": result, "success": "true" }))
}

pub(super) fn promotions(call: &mut ShopCall<'_>) -> Answer {
    let result: Vec<Value> = activities::open_promotions(call.now)
        .into_iter()
        .map(|big| {
            json!({
                "id": big.id,
                "name": big.name,
                "degree": big.degree,
                "enrollBeginTime": big.topic.enrol.0.millis_text(),
                "enrollEndTime": big.topic.enrol.1.millis_text(),
                "preheatTime": big.preheat.millis_text(),
                "burstBeginTime": big.topic.act.0.millis_text(),
                "burstEndTime": big.topic.act.1.millis_text(),
                "topics": [brief(&big.topic)],
            })
        })
        .collect();
    Ok(json!({ "result": result, "success": true }))
}

pub(super) fn topic_info(call: &mut OpenCall<'_>) -> Answer {
    let id = call.params.int("topicId")?.unwrap_or(0);
    let Some(topic) = activities::topic(id) else {
        return Ok(json!({ "success": false, "code": "400_1", "message": "活动不存在" }));
    };
    let (begins, ends) = (topic.act.0.millis_text(), topic.act.1.millis_text());
    Ok(json!({
        "result": {
            "topicModel": {
                "id": topic.id,
                "name": topic.name,
                "topicTitle": topic.name,
                "groupId": 3008,
                "state": if call.now < topic.enrol.1 { "w" } else { "e" },
                "device": "pc,phone",
                "enrollBegin": topic.enrol.0.millis_text(),
                "enrollEnd": topic.enrol.1.millis_text(),
                "actBegin": begins,
                "actEnd": ends,
                "industry": ";15:market;17:market;20:market;",
                // The text "null" stands for nothing.
                "topicType": "null",
                "businessType": "null",
                "activityType": "null",
                "activityId": topic.id / 2,
                "dimension": "m",
            },
            "supportLightEnroll": true,
            "actTime": { "startTime": begins, "endTime": ends, "warmupTime": begins },
            "batchTime": [{ "id": topic.batch(), "startTime": begins, "endTime": ends, "warmupTime": begins }],
            "benefitInfo": { "mInfos": topic.shop_benefits, "oInfos": topic.offer_rules },
            "agreement": "<p>报名即视为同意活动服务协议。</p>",
            "commitmentLetter": "topic/924shangrenjie_agreement.vm",
            "ruleDetail": "<p>活动价须不高于近30天最低成交价。</p>",
            "tags": [format!("10,{}", topic.kind)],
        },
        "success": true,
    }))
}

pub(super) fn records(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("topicId")?.unwrap_or(0);
    let number = call.params.int("pageNo")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(10), MOST);
    let one = call.params.text("status").map(|status| vec![status.to_owned()]);
    let statuses: Option<Vec<String>> = call.params.json("statusList")?.or(one);
    let Some(topic) = activities::topic(id) else {
        return Ok(json!({ "success": false, "code": "400_1", "message": "活动不存在" }));
    };
    let batch = call.params.int("batchId")?;
    let mut found = activities::enrolments(call.shop(), &topic, call.now);
    found.retain(|record| {
        batch.is_none_or(|batch| batch == topic.batch())
            && statuses.as_ref().is_none_or(|set| set.iter().any(|status| status == record.status))
    });
    // The total is right on the first page only.
    let total = if number == 1 { found.len() } else { 0 };
    let result: Vec<Value> = page.of(found).iter().map(|record| enrolment(&topic, record)).collect();
    Ok(
        json!({ "result": result, "pageIndex": number, "sizePerPage": page.size, "totalRecords": total, "success": true }),
    )
}

fn brief(topic: &Topic) -> Value {
    json!({
        "id": topic.id,
        "name": topic.name,
        "enrollBegin": topic.enrol.0.millis_text(),
        "enrollEnd": topic.enrol.1.millis_text(),
        "actBegin": topic.act.0.millis_text(),
        "actEnd": topic.act.1.millis_text(),
        "dimension": "m",
        "dacuId": topic.id % 1000,
        "enrollUrl": format!("https://act.1688.com/home/topicDetail.htm?tid={}", topic.id),
        "tag": topic.kind.to_string(),
    })
}

fn enrolment(topic: &Topic, record: &Enrolment<'_>) -> Value {
    let price = yuan(record.price).to_string();
    let by_sku = if record.product.skus.is_empty() { "n" } else { "y" };
    let skus: Vec<Value> = record
        .product
        .skus
        .iter()
        .map(|sku| json!({ "skuId": sku.id, "value": yuan(record.price + sku.surcharge).to_string() }))
        .collect();
    json!({
        "offerId": record.product.id,
        "topicId": topic.id,
        "status": record.status,
        "failReason": record.reason.unwrap_or(" "),
        // This method alone writes an activity's times as stamps.
        "batchModel": {
            "id": topic.batch(),
            "startTime": topic.act.0.stamp(),
            "endTime": topic.act.1.stamp(),
            "warmupTime": topic.act.0.stamp(),
            "postTime": topic.act.0.stamp(),
        },
        "items": [
            { "inputKey": "activityPrice", "offerValue": price, "skuValuesList": skus, "isSku": by_sku },
            { "inputKey": "hasFreePostage", "offerValue": "2", "skuValuesList": [], "isSku": "n" },
        ],
    })
}
