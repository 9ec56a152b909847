//! The platform's time: one reply is an object, the other a bare number.

use serde_json::json;

use super::{Answer, OpenCall};
use crate::clock::Moment;

pub(super) fn current_time(call: &mut OpenCall<'_>) -> Answer {
    Ok(json!({ "result": told(call).stamp() }))
}

pub(super) fn current_time_millis(call: &mut OpenCall<'_>) -> Answer {
    Ok(json!(told(call).0))
}

/// A server whose clock is off tells a wrong time; its shops live by the right one.
fn told(call: &OpenCall<'_>) -> Moment {
    Moment(call.now.0 + call.state.skew_seconds * 1000)
}
