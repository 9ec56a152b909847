//! Messages that the platform kept for the app: they bring back what a closed endpoint missed. A message says only that something
//! changed, and comes more than once: fetch before acting.

use serde::Deserialize;
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told, unwrapped};
use super::super::wire::{list, part, stamp};
use super::outcome::{made, one, refuse};
use super::some;
use crate::shop::platform::{ReadError, Span, WriteError};

/// Which messages. What is left out does not filter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// By time of birth.
    pub created: Option<Span>,
    /// A kind, for example `ORDER_ORDER_PAY`.
    pub kind: Option<String>,
    /// A shop, by its member id.
    pub member: Option<String>,
}

/// A message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Message {
    /// The same message has the same one, however often it comes.
    pub msg_id: Told<Id>,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Told<String>,
    /// The shop, by its member id.
    pub user_info: Told<Id>,
    /// When it was made.
    pub gmt_born: Told<Time>,
    data: Option<Box<RawValue>>,
}

impl Message {
    /// What changed, where it is an order.
    #[must_use]
    pub fn order(&self) -> Option<OrderChange> {
        unwrapped(self.data.as_ref()?).filter(|change: &OrderChange| change.order_id.is_some())
    }

    /// What changed, where it is stock.
    #[must_use]
    pub fn stock(&self) -> Vec<StockChange> {
        let changes: Option<StockChanges> = self.data.as_ref().and_then(|raw| unwrapped(raw));
        changes.unwrap_or_default().changes
    }
}

/// An order that changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct OrderChange {
    pub order_id: Told<Id>,
    pub current_status: Told<String>,
    pub msg_send_time: Told<Time>,
    pub seller_member_id: Told<Id>,
}

/// A stock that changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct StockChange {
    pub offer_id: Told<Id>,
    /// What is left of the product, and of the variant.
    pub offer_on_sale: Told<i64>,
    pub sku_id: Told<Id>,
    pub sku_on_sale: Told<i64>,
    /// By how much it changed: not the stock.
    pub quantity: Told<i64>,
    pub biz_time: Told<Time>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StockChanges {
    #[serde(rename = "OfferInventoryChangeList", deserialize_with = "list")]
    changes: Vec<StockChange>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Taken {
    #[serde(deserialize_with = "list")]
    pub(super) push_message_list: Vec<Message>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Queried {
    #[serde(deserialize_with = "part")]
    push_message_page: Messages,
}

/// Some messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Messages {
    /// This page's.
    #[serde(rename = "datas", deserialize_with = "list")]
    pub messages: Vec<Message>,
    /// How many there are in all.
    pub total_count: Told<i64>,
}

/// Takes up to 200 messages out of the queue; an empty answer is the end. They are confirmed by being handed over: whoever calls keeps
/// them before doing anything else, and after [`WriteError::Unknown`] some are gone, so that a sync has to look.
///
/// # Errors
/// As any write.
pub async fn take(client: &Client, wanted: &Wanted) -> Result<Vec<Message>, WriteError> {
    let mut params = filter(wanted);
    params.push(("quantity", "200".into()));
    let sent = client.send(&m::PUSH_CURSOR, &params, None).await;
    let taken: Taken = made(&m::PUSH_CURSOR, sent, |body| serde_json::from_str(body).ok())?;
    Ok(taken.push_message_list)
}

/// The first page of messages that nobody confirmed. Confirming moves the pages up, so that there is no second page to ask for.
///
/// # Errors
/// As any read.
pub async fn waiting(client: &Client, wanted: &Wanted) -> Result<Messages, ReadError> {
    let mut params = filter(wanted);
    params.extend([("page", "1".to_owned()), ("pageSize", "200".to_owned())]);
    let queried: Queried = client.read(&m::PUSH_QUERY, &params).await?;
    Ok(queried.push_message_page)
}

/// Confirms messages that are kept. Confirming one again does no harm.
///
/// # Errors
/// As any write.
pub async fn confirm(client: &Client, messages: &[&str]) -> Result<(), WriteError> {
    if messages.is_empty() || messages.iter().any(|id| id.parse::<u64>().is_err()) {
        return Err(refuse("没有可确认的消息编号，请核对"));
    }
    let params = vec![("msgIdList", format!("[{}]", messages.join(",")))];
    one(&m::PUSH_CONFIRM, client.send(&m::PUSH_CONFIRM, &params, None).await)
}

fn filter(wanted: &Wanted) -> Params {
    let mut params: Params = Vec::new();
    let span = |span: &Span| [("createStartTime", stamp(span.from)), ("createEndTime", stamp(span.to))];
    params.extend(wanted.created.iter().flat_map(span));
    params.extend(some("type", wanted.kind.as_ref()));
    params.extend(some("userInfo", wanted.member.as_ref()));
    params
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    fn message(data: &str) -> Message {
        serde_json::from_str(&format!(r#"{{"msgId":9007199254740993123,"data":{data}}}"#)).expect("a message")
    }

    #[test]
    fn what_changed_is_read_from_an_object_and_from_its_text() {
        let data = samples::reply("push.data.order");
        let text = serde_json::to_string(&data).expect("text");
        for message in [message(&data), message(&text)] {
            let change = message.order().expect("an order");
            assert_eq!(change.current_status.as_deref(), Some("waitbuyerpay"));
            assert_eq!(change.msg_send_time.map(|at| at.to_rfc3339()).as_deref(), Some("2018-05-30T19:24:18+08:00"));
            assert_eq!(message.msg_id.as_ref().map(|id| id.0.as_str()), Some("9007199254740993123"));
            assert!(message.stock().is_empty());
        }
        let stock = message(&samples::reply("push.data.inventory")).stock();
        assert_eq!((*stock[0].quantity, *stock[0].sku_on_sale), (Some(-5), Some(95)));
        assert!(message("7").order().is_none() && message("\"[[[\"").stock().is_empty());
    }
}
