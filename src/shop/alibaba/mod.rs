//! 1688 over its open platform: a merchant's own app, signed calls, one token.
//!
//! [`sign`] and `envelope` are pure, `client` makes one call and `failed` says what a failure means, each group of methods has its file, `convert` makes rows of what came.
//! The oddities of the wire end in this folder. It never refreshes a token, retries a write or shows what a reply says about a buyer.

mod account;
mod activities;
mod client;
mod convert;
mod envelope;
mod failed;
mod orders;
mod picture;
mod products;
mod refunds;
pub mod sign;
mod time;
mod wire;
mod writes;

use std::sync::Arc;

use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Activity, Order, Product, Refund, Time};

use super::platform::{Account, Listed, OrderTable, Page, Platform, ReadError, Seen, Span, WriteError};
use super::seen;
use crate::clock::Clock;
use crate::secret::Secret;
use client::Client;

pub use client::Gate;

/// Where and as whom a shop is called.
pub struct Access {
    /// Scheme and host of the gateway.
    pub gateway: String,
    /// What stands before a picture's path.
    pub pictures: String,
    /// The app.
    pub app_key: String,
    /// The app's secret.
    pub secret: Secret,
    /// The merchant's access token.
    pub token: Secret,
}

/// A shop on 1688.
pub struct AlibabaShop {
    client: Client,
}

impl AlibabaShop {
    /// A way to the shop of that id. All ways to one shop share its gate, or together they would be too fast.
    #[must_use]
    pub fn new(shop: &str, access: Access, gate: Arc<Gate>, http: reqwest::Client, clock: Clock) -> Self {
        let Access { gateway, pictures, app_key, secret, token } = access;
        Self { client: Client { http, gateway, pictures, app_key, secret, token, gate, clock, shop: shop.to_owned() } }
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

    async fn product(&self, id: &str) -> Result<Product, ReadError> {
        products::get(&self.client, id).await
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
        writes::write(&self.client, change).await
    }

    async fn look(&self, change: &Change) -> Result<Seen, ReadError> {
        match change {
            Change::SetStock { product, .. } | Change::EditTitle { product, .. } => {
                let found = products::get(&self.client, product).await?;
                let what = format!("商品 {product} 的这个规格");
                seen::of_product(&found, change).ok_or(ReadError::NotFound { what })
            }
            Change::AgreeRefund { refund } => Ok(seen::of_refund(&refunds::find(&self.client, refund).await?)),
        }
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
}
