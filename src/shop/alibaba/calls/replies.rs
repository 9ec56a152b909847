//! Every reader of a reply, held against every official sample and against what no platform should ever send.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::envelope::{self, Fault};
use super::super::methods as m;
use super::super::push::of_json;
use super::super::samples;
use super::super::told::Id;
use super::account::Account;
use super::logistics::{Templates, Traces};
use super::newton::{Points, Task};
use super::outcome::{each, one};
use super::topics::{Batch, Fatigue, Fitness, Many, One, Promotion, Record, Terms, Topic};
use super::{delivery, edit, listing, orders, photobank, products, push, refunds};
use crate::shop::platform::WriteError;

/// Sample, what is read from it, and what that must be.
type Reader = (&'static str, fn(&str) -> Option<String>, &'static str);

fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
    serde_json::from_str(body).ok()
}

fn id(id: &Option<Id>) -> Option<String> {
    id.as_ref().map(|id| id.0.clone())
}

fn yes(body: &str) -> Option<String> {
    envelope::affirmed(body).then(|| "yes".to_owned())
}

fn item(body: &str) -> Option<String> {
    envelope::items(body).into_iter().find(|item| item.done == Some(true))?.id
}

fn denied(body: &str) -> Option<String> {
    match envelope::check(200, body) {
        Err(Fault::Refused { code, .. }) => Some(code),
        _ => None,
    }
}

const READERS: &[Reader] = &[
    ("account.basic", |b| id(&read::<One<Account>>(b)?.result.innermost().member_id), "b2b-1623492085"),
    ("ec.getInvoice.sellerView", |b| read::<orders::Invoiced>(b)?.result.id().map(Into::into), "262300049"),
    ("enroll.batch.detail.get", |b| id(&read::<One<Batch>>(b)?.result.id), "296271"),
    ("enroll.batch.fatigue.get", |b| read::<One<Fatigue>>(b)?.result.count_in_cur_topic.map(|n| n.to_string()), "0"),
    ("enroll.daily.topic.recommend", |b| id(&read::<Many<Topic>>(b)?.result.first()?.id), "35602"),
    ("enroll.light.enroll.record.batch.insert", item, "621278045178"),
    ("enroll.light.enroll.topic.info.query", |b| id(&read::<One<Terms>>(b)?.result.topic_model.id), "35647"),
    (
        "enroll.promotion.topic.recommend",
        |b| id(&read::<Many<Promotion>>(b)?.result.first()?.topics.first()?.id),
        "35602",
    ),
    ("enroll.records.list", |b| id(&read::<Many<Record>>(b)?.result.first()?.offer_id), "613127097400"),
    ("enroll.topic.recommend", |b| id(&read::<One<Fitness>>(b)?.result.topic_id), "35008"),
    ("enroll.white.image.upload", denied, "400_1"),
    (
        "logistics.OpDeliverySendOrder.offline",
        |b| id(&read::<delivery::Reply>(b)?.result.logistics_id),
        "ZX113988430670174",
    ),
    ("logistics.freightTemplate.getList", |b| id(&read::<Templates>(b)?.freight_templates.first()?.id), "10540749"),
    ("new.product.add", |b| listing::listed(b).map(|made| made.product), "9007199254740993123"),
    ("newtoncloud.points.query", |b| read::<One<Points>>(b)?.result.available_credits.map(|n| n.to_string()), "12230"),
    ("newtoncloud.task.get", |b| (*read::<Task>(b)?.status).clone(), "RUNNING"),
    ("newtoncloud.task.resume", yes, "yes"),
    ("order.memoAdd.not-found", denied, "400_4"),
    ("photobank.photo.modify", |b| photobank::modified(b, "9268841037").map(|()| "yes".into()), "yes"),
    ("product.delete", yes, "yes"),
    ("product.expire", item, "569782660594"),
    (
        "product.get",
        |b| id(&read::<products::Info>(read::<products::Single>(b)?.product_info?.get())?.product_id),
        "584051070147",
    ),
    ("product.getByIdList", |b| id(&read::<products::ById>(b)?.product_list.first()?.product_id), "574286066987"),
    (
        "product.getByStatus",
        |b| id(&read::<products::Framed>(b)?.result.page_result.products.first()?.product_id),
        "573474258571",
    ),
    ("product.incrementModify", |b| id(&read::<edit::Incremented>(b)?.result.product_id), "575779850479"),
    (
        "product.list.get",
        |b| id(&read::<products::Framed>(b)?.result.page_result.products.first()?.sku_infos.first()?.sku_id),
        "3745786328076",
    ),
    ("product.modifyStock", item, "576037284255"),
    ("push.cursor.messageList", |b| Some(read::<push::Taken>(b)?.page().rows.first()?.id.clone()), "123456"),
    ("push.data.inventory", |b| changed("PRODUCT_PRODUCT_INVENTORY_CHANGE", b), "Product(\"576037284255\")"),
    ("push.data.order", |b| changed("ORDER_ORDER_PAY", b), "Order(\"167539019420540000\")"),
    ("trade.addresscode.parse", |b| (*read::<orders::Addressed>(b)?.result.address_code).clone(), "330108"),
    ("trade.cancel", yes, "yes"),
    ("trade.ec.getOrder.sellerView", |b| read::<orders::Detail>(b)?.result.id().map(Into::into), "171818499351498520"),
    (
        "trade.getBuyerOrderList",
        |b| read::<orders::Orders>(b)?.trades.first()?.id().map(Into::into),
        "196965465451498520",
    ),
    (
        "trade.getLogisticsTraceInfo",
        |b| id(&read::<Traces>(b)?.logistics_trace.first()?.logistics_id),
        "LP00106397027178",
    ),
    (
        "trade.getSellerOrderList",
        |b| read::<orders::Orders>(b)?.trades.first()?.id().map(Into::into),
        "193441303243969811",
    ),
    (
        "trade.refund.OpQueryOrderRefund",
        |b| read::<refunds::Single>(b)?.result.op_order_refund_model_detail.id(),
        "TQ8651493722961198",
    ),
    (
        "trade.refund.queryOrderRefundList",
        |b| read::<refunds::Listed>(b)?.result.refunds.first()?.id(),
        "TQ10426553019961198",
    ),
];

/// What a message with this content is about; its member is the seller.
fn changed(topic: &str, data: &str) -> Option<String> {
    let content: Value = read(data)?;
    let member = content["sellerMemberId"].as_str().unwrap_or("b2b-1");
    let message = json!({ "msgId": 1, "userInfo": member, "type": topic, "data": content });
    Some(format!("{:?}", of_json(&message.to_string())?.about.first()?))
}

#[test]
fn every_official_sample_is_read_by_the_method_that_it_belongs_to() {
    let folder = format!("{}/tests/fixtures/alibaba/samples", env!("CARGO_MANIFEST_DIR"));
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the samples")
        .flatten()
        .filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .collect();
    let known: BTreeSet<String> = READERS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(files, known, "each sample has its reader, each reader its sample");
    for (name, read, expected) in READERS {
        assert_eq!(read(&samples::reply(name)).as_deref(), Some(*expected), "{name}");
    }
}

#[test]
fn of_the_official_samples_only_the_three_that_report_an_error_are_failures() {
    let failures: Vec<_> = READERS
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| envelope::check(200, &samples::reply(name)).is_err())
        .collect();
    assert_eq!(failures, ["enroll.topic.recommend", "enroll.white.image.upload", "order.memoAdd.not-found"]);
}

/// Words that a reply is made of, the platform's own spellings among them.
const KEYS: &[&str] = &[
    "success",
    "succes",
    "isSuccess",
    "successed",
    "result",
    "errorCode",
    "error_code",
    "code",
    "resultCode",
    "errMsg",
    "errorMsg",
    "failedOrder",
    "enrollResult",
    "productId",
    "offerId",
    "image",
    "id",
    "url",
    "albumID",
    "productID",
    "bizData",
    "dataJson",
    "itemId",
    "baseInfo",
    "idOfStr",
    "productItems",
    "chunks",
    "data",
    "pushMessageList",
    "logisticsId",
    "sendGoods",
    "taskId",
];

/// A reply as somebody would write it who means harm or has had a bad day.
fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        select(vec![
            "true",
            "false",
            "null",
            " ",
            "0",
            "7",
            "99999999999999999999999",
            "20180721172608000+0800",
            "{\"success\":false}",
            "[[["
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(select(KEYS), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

/// All readers at once. They may find nothing; they may not fall over.
fn read_by_all(body: &str) {
    for (_, read, _) in READERS {
        let _ = read(body);
    }
    let _ = (envelope::check(200, body), envelope::request_id(body));
}

/// Writes of both shapes; those that say "done".
fn done(body: &str) -> Vec<String> {
    let mut done = Vec::new();
    if one(&m::MEMO_ADD, Ok(body.to_owned())).is_ok() {
        done.push("one".to_owned());
    }
    let outcome = each(&m::EXPIRE, &["7", "8"], Ok(body.to_owned())).expect("it was answered");
    done.extend(outcome.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(id, _)| id.to_owned()));
    done
}

proptest! {
    #[test]
    fn any_bytes_as_a_reply_neither_panic_nor_count_as_a_success(bytes in prop::collection::vec(any::<u8>(), 0..200), status: u16) {
        let body = String::from_utf8_lossy(&bytes);
        read_by_all(&body);
        if envelope::check(status, &body).is_ok() {
            let json: Value = serde_json::from_str(&body).expect("only JSON is a reply");
            prop_assert!(status / 100 == 2 && (json.is_object() || json.is_i64()), "{status} {json}");
        }
        prop_assert!(done(&body).is_empty());
    }

    #[test]
    fn any_json_as_a_reply_neither_panics_nor_counts_as_done_without_a_word_that_says_so(reply in odd_json()) {
        let body = reply.to_string();
        read_by_all(&body);
        let said = body.contains("true") || body.contains("failedOrder") || body.contains("500_005");
        prop_assert!(said || done(&body).is_empty(), "{body}");
    }

    #[test]
    fn a_denial_anywhere_is_heard_through_everything_else(
        reply in odd_json(),
        flag in select(vec!["success", "succes", "isSuccess", "successed"]),
        word in select(vec![json!(false), json!("false"), json!("FALSE")]),
        within in select(vec!["", "object", "text"]),
    ) {
        let mut parts = reply.as_object().cloned().unwrap_or_default();
        parts.remove("result");
        match within {
            "" => parts.insert(flag.to_owned(), word),
            "object" => parts.insert("result".into(), json!({ flag: word })),
            _ => parts.insert("result".into(), json!(json!({ flag: word }).to_string())),
        };
        let body = Value::Object(parts).to_string();
        prop_assert!(envelope::check(200, &body).is_err(), "{body}");
        prop_assert!(one(&m::MEMO_ADD, Ok(body.clone())).is_err(), "{body}");
    }

    #[test]
    fn a_code_beside_a_success_is_a_failure(
        key in select(vec!["errorCode", "error_code", "code", "errCode", "resultCode"]),
        code in "[A-Z1-9][A-Z0-9_]{0,11}",
        within: bool,
    ) {
        let reply = if within { json!({ "success": true, "result": { key: code } }) } else { json!({ "success": true, key: code }) };
        let blank = json!({ "success": true, key: " " });
        prop_assert!(one(&m::MEMO_ADD, Ok(reply.to_string())).is_err(), "{reply}");
        prop_assert!(one(&m::MEMO_ADD, Ok(blank.to_string())).is_ok(), "{blank}");
    }

    #[test]
    fn a_sample_that_is_cut_or_damaged_never_panics_and_cut_it_is_never_a_success(
        which in any::<Index>(), at in any::<Index>(), byte: u8,
    ) {
        let reply = samples::reply(which.get(READERS).0);
        let at = at.index(reply.trim_end().len() - 1) + 1;
        let cut = String::from_utf8_lossy(&reply.as_bytes()[..at]).into_owned();
        read_by_all(&cut);
        let broken = matches!(envelope::check(200, &cut), Err(Fault::Broken { .. }));
        prop_assert!(broken || at == reply.trim_end().len(), "{cut}");
        prop_assert!(done(&cut).is_empty() || at == reply.trim_end().len());
        let mut damaged = reply.into_bytes();
        damaged[at - 1] = byte;
        read_by_all(&String::from_utf8_lossy(&damaged));
    }
}

#[test]
fn silence_and_garbage_after_a_write_leave_the_outcome_unknown() {
    for garbage in ["", "<html>", "{\"success\":tr", "[]", "null"] {
        assert!(envelope::gateway(200, garbage).is_err(), "{garbage}");
        let outcome = one(&m::MEMO_ADD, Ok(garbage.into()));
        assert!(matches!(outcome, Err(WriteError::Unknown { .. })), "{garbage}: {outcome:?}");
    }
}
