//! A message of the platform: whether the platform sent it, and what of the shop it is about. Pure.
//!
//! A message says only that something changed; nothing of what it says is believed, and no word of it about a buyer is kept. Any
//! bytes may come here: nothing panics, and what cannot be understood is nothing.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::sign::holds;
use super::wire::{Field, list};
use crate::shop::push::{Message, Object};

const SIGNATURE: &str = "_aop_signature";
/// Some receivers report the whole message in this field, as JSON.
const WRAPPED: &str = "message";
/// No number of a message is longer.
const LONGEST_ID: usize = 128;
/// No number of an order or a product is longer.
const LONGEST_NUMBER: usize = 24;

/// Fields of a query and a form, as they were sent.
pub type Fields = Vec<(String, String)>;

/// Whether fields are signed with this secret: over all but the signature, without a path. Two signatures are none.
#[must_use]
pub fn is_signed(secret: &str, fields: &[(String, String)]) -> bool {
    let (signatures, signed): (Fields, Fields) = fields.iter().cloned().partition(|(name, _)| name == SIGNATURE);
    match signatures.as_slice() {
        [(_, given)] => !secret.is_empty() && holds(secret, "", &signed, given),
        _ => false,
    }
}

/// The message in these fields, and the app that it says it is for.
#[must_use]
pub fn read(fields: &[(String, String)]) -> (Option<Message>, Option<String>) {
    let of = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let raw = match of(WRAPPED) {
        Some(text) if of("msgId").is_none() => serde_json::from_str(text).unwrap_or_default(),
        _ => {
            let named = fields.iter().map(|(name, value)| (name.clone(), value.clone().into()));
            let object = serde_json::Value::Object(named.collect()).to_string();
            serde_json::from_str::<Raw>(&object).unwrap_or_default()
        }
    };
    (message(&raw), raw.app_key.text())
}

/// A message of the list of missed ones.
pub(super) fn of_json(text: &str) -> Option<Message> {
    message(&serde_json::from_str(text).ok()?)
}

/// A message of the wire. Any field may be absent, and each may be a text or not.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    msg_id: Field,
    r#type: Field,
    user_info: Field,
    data: Option<Box<RawValue>>,
    gmt_born: Field,
    topic_group: Field,
    topic_name: Field,
    app_key: Field,
}

/// What is read of a message's content. The names for products are tried: only those of stock changes are published.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Data {
    order_id: Field,
    seller_member_id: Field,
    #[serde(rename = "OfferInventoryChangeList", deserialize_with = "list")]
    stocks: Vec<Offer>,
    offer_id: Field,
    product_id: Field,
    product_ids: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Offer {
    offer_id: Field,
}

fn message(raw: &Raw) -> Option<Message> {
    let id = raw.msg_id.text().filter(|id| id.len() <= LONGEST_ID)?;
    let member = raw.user_info.text()?;
    let joined = || Some(format!("{}_{}", raw.topic_group.text()?, raw.topic_name.text()?));
    let topic: String = raw.r#type.text().or_else(joined).unwrap_or_default().chars().take(LONGEST_ID).collect();
    let about = about(&topic, &data(raw).unwrap_or_default(), &member);
    Some(Message { born: raw.gmt_born.millis(), id, member, topic, about })
}

/// The content comes as an object or as a text that holds one.
fn data(raw: &Raw) -> Option<Data> {
    let data = raw.data.as_ref()?.get();
    let inner: Option<String> = serde_json::from_str(data).ok();
    serde_json::from_str(inner.as_deref().unwrap_or(data)).ok()
}

/// What is to be fetched; nothing for topics of buyers, and for those that say nothing of orders and products.
fn about(topic: &str, data: &Data, member: &str) -> Vec<Object> {
    // The member may buy as well as sell: what it bought is no order of its shop.
    let of_others = data.seller_member_id.text().is_some_and(|seller| seller != member);
    if topic.contains("BUYER_VIEW") || of_others {
        return Vec::new();
    }
    if topic.starts_with("ORDER_") {
        let Some(order) = data.order_id.text().and_then(number) else { return Vec::new() };
        let refunds = topic.contains("REFUND").then(|| Object::RefundsOf(order.clone()));
        return std::iter::once(Object::Order(order)).chain(refunds).collect();
    }
    if topic.starts_with("PRODUCT_") {
        let named = data.product_ids.text().unwrap_or_default();
        let named = named.split(',').map(|id| id.trim().to_owned());
        let single = [&data.offer_id, &data.product_id].into_iter().filter_map(Field::text);
        let stocks = data.stocks.iter().filter_map(|offer| offer.offer_id.text());
        let products: BTreeSet<String> = stocks.chain(single).chain(named).filter_map(number).collect();
        return products.into_iter().map(Object::Product).collect();
    }
    Vec::new()
}

/// It becomes part of a key and of a call: digits and nothing else.
fn number(id: String) -> Option<String> {
    let fits = (1..=LONGEST_NUMBER).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && id != "0";
    fits.then_some(id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples;
    use super::super::sign::signature;
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn about_of(topic: &str, data: &str) -> Vec<Object> {
        let pairs = [("msgId", "1"), ("userInfo", "b2b-1"), ("type", topic), ("data", data)];
        read(&fields(&pairs)).0.expect("a message").about
    }

    #[test]
    fn an_order_is_known_by_its_number_digit_for_digit() {
        let data = r#"{"orderId":2900000000000000123,"sellerMemberId":"b2b-1","buyerMemberId":"b2b-9"}"#;
        assert_eq!(about_of("ORDER_PAY", data), [Object::Order("2900000000000000123".into())]);
        let both = [Object::Order("2900000000000000123".into()), Object::RefundsOf("2900000000000000123".into())];
        assert_eq!(about_of("ORDER_ORDER_REFUND_AFTER_SALES", data), both);
        assert_eq!(about_of("ORDER_BUYER_VIEW_ORDER_PAY", data), [], "the member bought it");
        assert_eq!(about_of("ORDER_PAY", r#"{"orderId":7,"sellerMemberId":"b2b-2"}"#), [], "another member sold it");
    }

    #[test]
    fn the_content_may_be_an_object_or_a_text_and_the_message_wrapped_or_not() {
        let wrapped = r#"{"msgId":8,"userInfo":"b2b-1","topicGroup":"ORDER","topicName":"PAY","appKey":"1000000","gmtBorn":1795363200000,"data":{"orderId":"77"}}"#;
        let (message, app) = read(&fields(&[("message", wrapped)]));
        let message = message.expect("a message");
        assert_eq!((message.id.as_str(), message.topic.as_str(), app.as_deref()), ("8", "ORDER_PAY", Some("1000000")));
        assert_eq!(message.about, [Object::Order("77".into())]);
        assert_eq!(message.born.map(|at| at.timestamp_millis()), Some(1_795_363_200_000));
    }

    #[test]
    fn a_change_of_stock_names_each_product_once() {
        let data = samples::reply("push.data.inventory");
        assert_eq!(about_of("PRODUCT_PRODUCT_INVENTORY_CHANGE", &data), [Object::Product("576037284255".into())]);
        let more = r#"{"productIds":"5, 6,6","offerId":5}"#;
        let both = [Object::Product("5".into()), Object::Product("6".into())];
        assert_eq!(about_of("PRODUCT_RELATION_VIEW_PRODUCT_CHANGE", more), both);
    }

    #[test]
    fn what_is_not_known_is_about_nothing() {
        for (topic, data) in [
            ("AGENT_NEWTON_CLOUD_TASK_NOTIFY", r#"{"orderId":7}"#),
            ("ORDER_PAY", "nonsense"),
            ("ORDER_PAY", r#"{"orderId":"../../x"}"#),
            ("ORDER_PAY", r#"{"orderId":1e3}"#),
            ("PRODUCT_PRODUCT_INVENTORY_CHANGE", r#"{"OfferInventoryChangeList":7}"#),
            ("", "{}"),
        ] {
            assert_eq!(about_of(topic, data), [], "{topic} {data}");
        }
        assert_eq!(
            read(&fields(&[("userInfo", "b2b-1")])).0,
            None,
            "a message without a number cannot be told from others"
        );
    }

    #[test]
    fn a_signature_is_one_and_over_everything_else() {
        let mut sent = fields(&[("msgId", "1"), ("data", "{}")]);
        let signature = signature("test123", "", &sent);
        sent.push((SIGNATURE.into(), signature.to_lowercase()));
        assert!(is_signed("test123", &sent), "case does not matter");
        assert!(!is_signed("other", &sent) && !is_signed("", &sent));
        let more: Fields = sent.iter().cloned().chain(fields(&[("extra", "1")])).collect();
        assert!(!is_signed("test123", &more), "a field that was not signed");
        let twice: Fields = sent.iter().cloned().chain([(SIGNATURE.into(), signature)]).collect();
        assert!(!is_signed("test123", &twice), "two signatures");
        assert!(!is_signed("", &fields(&[(SIGNATURE, "")])));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(name in ".{0,12}", data in ".{0,200}", wrapped in ".{0,200}") {
            let _ = read(&fields(&[("msgId", name.as_str()), ("userInfo", "x"), ("type", "ORDER_PAY"), ("data", data.as_str())]));
            let _ = read(&fields(&[("message", wrapped.as_str()), (name.as_str(), data.as_str())]));
            prop_assert!(!is_signed("test123", &fields(&[(name.as_str(), data.as_str()), (SIGNATURE, wrapped.as_str())])));
        }
    }
}
