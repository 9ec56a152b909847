//! Every method of the platform beyond what a sync reads: typed requests, tolerant replies, one function a method.
//!
//! Each file is one group of [`super::methods`]. Whatever would lose money or overwrite a person's work is refused while the request is
//! built; a write is sent once and its outcome told object by object. Names, phones and addresses of buyers are not read from replies.

pub mod account;
pub mod cancel;
pub mod category;
pub mod delivery;
pub mod edit;
pub mod enrol;
pub mod listing;
pub mod logistics;
pub mod memo;
pub mod newton;
pub mod orders;
mod outcome;
pub mod photobank;
pub mod price;
pub mod products;
pub mod push;
pub mod rate;
pub mod refunds;
#[cfg(test)]
mod replies;
pub mod shelf;
pub mod stock;
pub mod topics;
pub mod trade;

use serde_json::value::RawValue;

use super::AlibabaShop;
use super::client::{Client, Params};
use super::methods::{self as m, Method, Risk};
use crate::shop::platform::{ReadError, WriteError};

pub use outcome::Outcome;

impl AlibabaShop {
    /// The client that the calls are made with.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Reads by a method of which only the name is published: what to send is the caller's knowledge, and the reply comes as it is.
///
/// # Errors
/// As any read.
///
/// # Panics
/// For a method that changes something: it would be sent more than once.
pub async fn read(client: &Client, method: &Method, params: &Params) -> Result<Box<RawValue>, ReadError> {
    assert!(method.risk == Risk::Read, "{} is no read", method.name);
    client.read(method, params).await
}

/// Methods of which only the name is published. They are called by [`read`] and [`write`].
pub const NAMED: &[Method] = &[
    m::PRODUCT_EDIT_NEW,
    m::ALBUM_DELETE,
    m::PHOTO_DELETE,
    m::PHOTOS_DELETE,
    m::NEWTON_LIST,
    m::NEWTON_KILL,
    m::NEWTON_FETCH,
    m::NEWTON_INQUIRY,
    m::NEWTON_UPLOAD,
    m::NEWTON_MODELS,
];

/// Writes by a method of which only the name is published: sent once. The reply denies nothing; whether it confirms anything is for the
/// caller to read.
///
/// # Errors
/// As any write.
pub async fn write(client: &Client, method: &Method, params: &Params) -> Result<Box<RawValue>, WriteError> {
    let sent = client.send(method, params, None).await;
    outcome::made(method, sent, |body| serde_json::from_str(body).ok())
}

/// The site that every call of ours is about.
const SITE: (&str, &str) = ("webSite", "1688");

/// A parameter that is sent only where there is something to send.
fn some<T: ToString>(name: &'static str, value: Option<&T>) -> Option<(&'static str, String)> {
    value.map(|value| (name, value.to_string()))
}

/// A parameter that always goes.
fn site() -> (&'static str, String) {
    (SITE.0, SITE.1.to_owned())
}
