//! The platform's own clock: a bare number of milliseconds, and the one call that needs no token.

use xiaoer_sdk::shop::Time;

use super::client::Client;
use super::methods::CLOCK;
use super::wire::Field;
use crate::shop::platform::ReadError;

pub(super) async fn now(client: &Client) -> Result<Time, ReadError> {
    let millis: Field = client.read(&CLOCK, &vec![]).await?;
    millis.millis().ok_or_else(|| ReadError::Unreachable { why: "平台没有返回时间".into() })
}
