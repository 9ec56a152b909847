//! Messages that the platform kept for the app: they bring back what a closed endpoint missed. A message says only that something
//! changed, and comes more than once: fetch before acting.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::client::{Client, Params};
use super::super::told::Told;
use super::super::wire::{list, part, stamp};
use super::super::{methods as m, push};
use super::outcome::{made, one, refuse};
use super::some;
use crate::shop::platform::{Page, ReadError, Span, WriteError};
use crate::shop::push::Message;

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

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Taken {
    #[serde(deserialize_with = "list")]
    push_message_list: Vec<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Queried {
    #[serde(deserialize_with = "part")]
    push_message_page: Waiting,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Waiting {
    #[serde(deserialize_with = "list")]
    datas: Vec<Box<RawValue>>,
    total_count: Told<i64>,
}

impl Taken {
    pub(super) fn page(&self) -> Page<Message> {
        page(&self.push_message_list, None)
    }
}

fn page(list: &[Box<RawValue>], total: Option<u64>) -> Page<Message> {
    let mut page = Page { rows: Vec::new(), unreadable: Vec::new(), total };
    for raw in list {
        match push::of_json(raw.get()) {
            Some(message) => page.rows.push(message),
            None => page.unreadable.push("消息 ? 缺少 msgId 或 userInfo".into()),
        }
    }
    page
}

/// Takes up to 200 messages out of the queue; an empty answer is the end. They are confirmed by being handed over: whoever calls keeps
/// them before doing anything else, and after [`WriteError::Unknown`] some are gone, so that a sync has to look.
///
/// # Errors
/// As any write.
pub async fn take(client: &Client, wanted: &Wanted) -> Result<Page<Message>, WriteError> {
    let mut params = filter(wanted);
    params.push(("quantity", "200".into()));
    let sent = client.send(&m::PUSH_CURSOR, &params, None).await;
    let taken: Taken = made(&m::PUSH_CURSOR, sent, |body| serde_json::from_str(body).ok())?;
    Ok(taken.page())
}

/// The first page of messages that nobody confirmed. Confirming moves the pages up, so that there is no second page to ask for.
///
/// # Errors
/// As any read.
pub async fn waiting(client: &Client, wanted: &Wanted) -> Result<Page<Message>, ReadError> {
    let mut params = filter(wanted);
    params.extend([("page", "1".to_owned()), ("pageSize", "200".to_owned())]);
    let Queried { push_message_page: waiting } = client.read(&m::PUSH_QUERY, &params).await?;
    Ok(page(&waiting.datas, waiting.total_count.and_then(|total| u64::try_from(total).ok())))
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

    fn read(text: &str) -> Page<Message> {
        serde_json::from_str::<Taken>(text).expect("JSON").page()
    }

    #[test]
    fn the_official_list_of_missed_messages_is_read() {
        let page = read(&samples::reply("push.cursor.messageList"));
        let [message] = page.rows.as_slice() else { panic!("one message, not {page:?}") };
        assert_eq!((message.id.as_str(), message.member.as_str()), ("123456", "memberId"));
        assert_eq!(message.topic, "CAIGOU_MSG_BUYER_PUBLISH_BUYOFFER");
        assert_eq!(message.about, [], "nobody here buys");
    }

    #[test]
    fn an_empty_list_may_come_as_null_and_a_message_without_a_number_is_named() {
        assert!(read("{}").is_empty() && read(r#"{"pushMessageList":null}"#).is_empty());
        let page = read(r#"{"pushMessageList":[{"userInfo":"b2b-1"},7,{"msgId":9,"userInfo":"b2b-1"}]}"#);
        assert_eq!((page.rows.len(), page.unreadable.len()), (1, 2));
    }
}
