//! 1688 over its open platform: a merchant's own app, signed calls, a leave that is kept alive.
//!
//! [`sign`] and `envelope` are pure, `client` makes one call and `failed` says what a failure means, each group of methods has its file, `convert` makes rows of what came.
//! `leave` keeps the merchant's leave to call alive (`grant` is what it consists of, [`oauth`] its wire).
//! The oddities of the wire end in this folder. It never retries a write or shows what a reply says about a buyer.

mod account;
mod activities;
mod acts;
mod bank;
pub mod calls;
mod client;
mod convert;
mod envelope;
pub mod errors;
mod failed;
mod grant;
mod leave;
mod looks;
pub mod methods;
pub mod oauth;
mod orders;
mod picture;
mod products;
pub mod push;
mod refunds;
pub mod sign;
mod time;
pub mod told;
mod wire;

use std::sync::Arc;

use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Activity, Order, Refund, Time};

use super::platform::{Account, Listed, OrderTable, Page, Platform, ReadError, Seen, Span, WriteError};
use super::push::Message;
use super::seen::OrderNow;
use crate::clock::Clock;
use crate::http::pace::Rank;

pub use client::{Client, Gate};
pub use grant::Standing;
pub(in crate::shop) use leave::Unaccepted;
pub use leave::{Leave, Leaves};

/// Where and as whom a shop is called.
pub struct Access {
    /// Scheme and host of the gateway.
    pub gateway: String,
    /// What stands before a picture's path.
    pub pictures: String,
    /// The app.
    pub app_key: String,
    /// The merchant's leave, with the app's secret.
    pub leave: Leave,
    /// How much its reads hurry.
    pub rank: Rank,
}

/// A shop on 1688.
pub struct AlibabaShop {
    client: Client,
}

impl AlibabaShop {
    /// A way to the shop of that id. All ways to one shop share its gate, or together they would be too fast.
    #[must_use]
    pub fn new(shop: &str, access: Access, gate: Arc<Gate>, http: reqwest::Client, clock: Clock) -> Self {
        let Access { gateway, pictures, app_key, leave, rank } = access;
        Self { client: Client { http, gateway, pictures, app_key, leave, rank, gate, clock, shop: shop.to_owned() } }
    }
}

#[async_trait::async_trait]
impl Platform for AlibabaShop {
    async fn now(&self) -> Result<Time, ReadError> {
        time::now(&self.client).await
    }

    async fn orders(&self, table: OrderTable, span: Span, page: u32) -> Result<Page<Order>, ReadError> {
        orders::page(&self.client, table, span, page).await
    }

    async fn refunds(&self, span: Span, page: u32) -> Result<Page<Refund>, ReadError> {
        refunds::page(&self.client, span, page).await
    }

    async fn products(&self, span: Option<Span>, page: u32) -> Result<Page<Listed>, ReadError> {
        products::page(&self.client, span, page).await
    }

    async fn order(&self, id: &str) -> Result<Order, ReadError> {
        orders::get(&self.client, id).await
    }

    async fn order_now(&self, id: &str) -> Result<OrderNow, ReadError> {
        looks::order_now(&self.client, id).await
    }

    async fn refunds_of(&self, order: &str) -> Result<Vec<Refund>, ReadError> {
        refunds::of_order(&self.client, order).await
    }

    async fn product(&self, id: &str) -> Result<Listed, ReadError> {
        products::listed(&self.client, id).await
    }

    async fn messages(&self, member: &str) -> Result<Page<Message>, WriteError> {
        let of_shop = calls::push::Wanted { member: Some(member.to_owned()), ..calls::push::Wanted::default() };
        calls::push::take(&self.client, &of_shop).await
    }

    async fn activities(&self) -> Result<Vec<Activity>, ReadError> {
        activities::open(&self.client).await
    }

    async fn account(&self) -> Result<Account, ReadError> {
        account::basic(&self.client).await
    }

    async fn picture(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.client.picture(path).await
    }

    async fn write(&self, change: &Change) -> Result<(), WriteError> {
        acts::make(&self.client, change).await
    }

    async fn look(&self, change: &Change) -> Result<Seen, ReadError> {
        looks::look(&self.client, change).await
    }

    async fn keep_picture(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), WriteError> {
        bank::keep(&self.client, sha256, bytes).await
    }
}

/// The official samples, as the documents give them.
#[cfg(test)]
mod samples {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

    /// The reply of a sample, byte for byte: reading it through a JSON value would round its numbers.
    pub(super) fn reply(name: &str) -> String {
        let path = format!("{}/tests/fixtures/alibaba/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let parts: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&text).expect("a sample is JSON");
        parts["response"].get().to_owned()
    }

    /// What was sent for it.
    pub(super) fn request(name: &str) -> serde_json::Value {
        let path = format!("{}/tests/fixtures/alibaba/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str::<serde_json::Value>(&text).expect("a sample is JSON")["request"].clone()
    }
}
