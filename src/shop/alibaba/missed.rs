//! Messages that were not delivered. The platform counts what it answers here as received: whoever calls stores it first.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::client::{Client, Params};
use super::methods::PUSH_CURSOR;
use super::push;
use super::wire::list;
use crate::shop::platform::{Page, ReadError};
use crate::shop::push::Message;

/// As many as the platform gives at once.
const MOST: &str = "200";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reply {
    #[serde(deserialize_with = "list")]
    push_message_list: Vec<Box<RawValue>>,
}

pub(super) async fn next(client: &Client, member: &str) -> Result<Page<Message>, ReadError> {
    let params: Params = vec![("quantity", MOST.into()), ("userInfo", member.to_owned())];
    Ok(read(&client.read::<Reply>(&PUSH_CURSOR, &params).await?))
}

fn read(reply: &Reply) -> Page<Message> {
    let mut page = Page { rows: Vec::new(), unreadable: Vec::new(), total: None };
    for raw in &reply.push_message_list {
        match push::of_json(raw.get()) {
            Some(message) => page.rows.push(message),
            None => page.unreadable.push("消息 ? 缺少 msgId 或 userInfo".into()),
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn the_official_list_of_missed_messages_is_read() {
        let page = read(&serde_json::from_str(&samples::reply("push.cursor.messageList")).expect("the sample"));
        let [message] = page.rows.as_slice() else { panic!("one message, not {page:?}") };
        assert_eq!((message.id.as_str(), message.member.as_str()), ("123456", "memberId"));
        assert_eq!(message.topic, "CAIGOU_MSG_BUYER_PUBLISH_BUYOFFER");
        assert_eq!(message.about, [], "nobody here buys");
    }

    #[test]
    fn an_empty_list_may_come_as_null_and_a_message_without_a_number_is_named() {
        let of = |text: &str| read(&serde_json::from_str(text).expect("JSON"));
        assert!(of("{}").is_empty() && of(r#"{"pushMessageList":null}"#).is_empty());
        let page = of(r#"{"pushMessageList":[{"userInfo":"b2b-1"},7,{"msgId":9,"userInfo":"b2b-1"}]}"#);
        assert_eq!((page.rows.len(), page.unreadable.len()), (1, 2));
    }
}
