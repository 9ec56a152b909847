//! Makes the way to a shop's platform: its secrets are opened here, for as long as the way is used, and all ways to one shop share
//! one pace. The one list of platforms is the match below.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::alibaba::{Access, AlibabaShop, Gate};
use super::{Connect, Link, Platform, Shop, ShopError};
use crate::clock::Clock;
use crate::secret::{Secret, SecretRef, Secrets};

/// Calls a second that a gateway is asked at most; nobody publishes its limit, this is the lowest figure that was heard.
const CALLS_PER_SECOND: u32 = 10;
/// The same for a stand-in on this machine, which has no limit.
const CALLS_PER_SECOND_HERE: u32 = 2_000;

/// Ways to the platforms.
pub struct Connector {
    secrets: Secrets,
    http: reqwest::Client,
    clock: Clock,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

impl Connector {
    /// Over the secrets of the shops.
    #[must_use]
    pub fn new(secrets: Secrets, clock: Clock) -> Self {
        Self { secrets, http: crate::http::client(), clock, gates: Mutex::default() }
    }

    /// By shop and gateway: the limit is the gateway's, the quota each shop's.
    fn gate(&self, shop: &str, gateway: &str) -> Arc<Gate> {
        // Nothing panics while the map is held.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = if is_here(gateway) { CALLS_PER_SECOND_HERE } else { CALLS_PER_SECOND };
        gates.entry(format!("{shop} {gateway}")).or_insert_with(|| Arc::new(Gate::new(pace))).clone()
    }

    async fn secret(&self, shop: &Shop, name: &SecretRef, what: &'static str) -> Result<Secret, ShopError> {
        let secret = self.secrets.get(&shop.id, name).await?;
        secret.ok_or_else(|| ShopError::NoSecret { shop: shop.name.clone(), what })
    }
}

#[async_trait::async_trait]
impl Connect for Connector {
    async fn platform(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        match &shop.link {
            Link::Alibaba { gateway, pictures, app_key, secret, token, .. } => {
                let access = Access {
                    gateway: gateway.clone(),
                    pictures: pictures.clone(),
                    app_key: app_key.clone(),
                    secret: self.secret(shop, secret, "应用密钥").await?,
                    token: self.secret(shop, token, "访问令牌").await?,
                };
                let gate = self.gate(&shop.id, gateway);
                Ok(Arc::new(AlibabaShop::new(&shop.id, access, gate, self.http.clone(), self.clock.clone())))
            }
            Link::Files => Err(ShopError::NoPlatform(shop.name.clone())),
        }
    }
}

fn is_here(gateway: &str) -> bool {
    let host = reqwest::Url::parse(gateway).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stand_in_on_this_machine_is_called_without_pause() {
        assert!(is_here("http://127.0.0.1:8700"));
        for far in ["https://gw.open.1688.com", "http://127.0.0.1.example.com", "127.0.0.1", ""] {
            assert!(!is_here(far), "{far}");
        }
    }
}
