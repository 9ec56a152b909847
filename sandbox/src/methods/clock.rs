//! The platform's time: one reply is an object, the other a bare number.

use serde_json::json;

use super::{Answer, OpenCall};

pub(super) fn current_time(call: &mut OpenCall<'_>) -> Answer {
    Ok(json!({ "result": call.now.stamp() }))
}

pub(super) fn current_time_millis(call: &mut OpenCall<'_>) -> Answer {
    Ok(json!(call.now.0))
}
