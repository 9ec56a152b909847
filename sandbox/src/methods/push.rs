//! Messages for an app that was away: one method that confirms what it returns, one that does not, and the confirmation.

use serde_json::json;

use super::{Answer, OpenCall};
use crate::push::Message;
use crate::wire::envelope::GatewayError;
use crate::wire::params::Page;

const FEWEST: i64 = 20;
const MOST: i64 = 200;

pub(super) fn cursor(call: &mut OpenCall<'_>) -> Answer {
    let size = call.params.int("quantity")?.unwrap_or(FEWEST).max(FEWEST);
    let found = found(call)?;
    let (ids, list) = records(call, Page::new((1, 1), size, MOST), &found);
    call.state.push.confirm(&ids);
    Ok(json!({ "pushMessageList": list }))
}

pub(super) fn query(call: &mut OpenCall<'_>) -> Answer {
    let number = call.params.int("page")?.unwrap_or(1);
    let size = call.params.int("pageSize")?.unwrap_or(FEWEST).max(FEWEST);
    let found = found(call)?;
    let (_, list) = records(call, Page::new((number, 1), size, MOST), &found);
    Ok(json!({ "pushMessagePage": { "datas": list, "totalCount": found.len() } }))
}

pub(super) fn confirm(call: &mut OpenCall<'_>) -> Answer {
    let ids: Vec<i64> = call.params.json("msgIdList")?.ok_or_else(|| GatewayError::param_missing("msgIdList"))?;
    call.state.push.confirm(&ids);
    Ok(json!({ "isSuccess": true }))
}

/// The unconfirmed messages that a call asks for, oldest first.
fn found(call: &mut OpenCall<'_>) -> Result<Vec<Message>, GatewayError> {
    let born = call.params.window("createStartTime", "createEndTime")?;
    let (topic, member) = (call.params.text("type"), call.params.text("userInfo"));
    call.state.tick();
    let fits = |message: &&Message| {
        born.holds(message.born)
            && topic.is_none_or(|topic| topic == message.topic)
            && member.is_none_or(|member| member == message.member)
    };
    Ok(call.state.push.inbox.unconfirmed().map(AsRef::as_ref).filter(fits).cloned().collect())
}

fn records(call: &OpenCall<'_>, page: Page, found: &[Message]) -> (Vec<i64>, Vec<serde_json::Value>) {
    let page = page.of(found);
    let ids = page.iter().map(|message| message.id).collect();
    (ids, page.iter().map(|message| message.record(&call.state.app.key)).collect())
}
