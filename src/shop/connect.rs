//! Makes the way to a shop's platform: its secrets are opened here, for as long as the way is used, and all ways to the shops of one app
//! share one pace. The one list of platforms is the match below.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::alibaba::{Access, AlibabaShop, Gate, Leaves};
use super::{Connect, Link, Platform, Shop, ShopError};
use crate::clock::Clock;
use crate::http::pace::{Limit, Pace, Rank};
use crate::secret::Secrets;

/// For a stand-in on this machine, which has no limit.
const HERE: Limit = Limit { per_second: 2_000, burst: 200 };

/// `[platform]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformConfig {
    /// Calls a second of one app at one gateway, all its shops together.
    pub calls_per_second: NonZeroU32,
    /// Calls a second of one shop.
    pub shop_calls_per_second: NonZeroU32,
    /// Calls at once after a pause.
    pub burst: NonZeroU32,
    /// Where the platform sends a merchant's browser back to, where that is not the address under which the console was opened.
    pub callback: Option<String>,
}

/// Ways to the platforms.
pub struct Connector {
    leaves: Leaves,
    config: PlatformConfig,
    http: reqwest::Client,
    clock: Clock,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    paces: Mutex<HashMap<String, Arc<Pace>>>,
}

impl Connector {
    /// Over the secrets of the shops, at the built-in pace.
    #[must_use]
    pub fn new(secrets: Secrets, clock: Clock) -> Self {
        let ten = NonZeroU32::MIN.saturating_add(9);
        let config = PlatformConfig {
            calls_per_second: ten,
            shop_calls_per_second: ten,
            burst: NonZeroU32::MIN.saturating_add(4),
            callback: None,
        };
        Self::over(Leaves::new(secrets, clock), config)
    }

    /// Over the leaves of the shops.
    #[must_use]
    pub fn over(leaves: Leaves, config: PlatformConfig) -> Self {
        let clock = leaves.clock().clone();
        let http = crate::http::client();
        Self { leaves, config, http, clock, gates: Mutex::default(), paces: Mutex::default() }
    }

    /// By shop and gateway: a shop whose calls fail says nothing about the others.
    fn gate(&self, shop: &str, gateway: &str, app_key: &str) -> Arc<Gate> {
        // Nothing panics while the maps are held.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = || Arc::new(Gate::new(self.pace(gateway, app_key), shop));
        gates.entry(format!("{shop} {gateway} {app_key}")).or_insert_with(gate).clone()
    }

    /// By app and gateway: whose limit it is.
    fn pace(&self, gateway: &str, app_key: &str) -> Arc<Pace> {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = |per_second: NonZeroU32| Limit { per_second: per_second.get(), burst: self.config.burst.get() };
        let (app, shop) = if is_here(gateway) {
            (HERE, HERE)
        } else {
            (limit(self.config.calls_per_second), limit(self.config.shop_calls_per_second))
        };
        paces.entry(format!("{gateway} {app_key}")).or_insert_with(|| Arc::new(Pace::new(app, shop))).clone()
    }

    async fn way(&self, shop: &Shop, rank: Rank) -> Result<Arc<dyn Platform>, ShopError> {
        match &shop.link {
            Link::Alibaba { gateway, pictures, app_key, token, .. } => {
                if self.leaves.secrets.get(&shop.id, token).await?.is_none() {
                    return Err(ShopError::NoSecret { shop: shop.name.clone(), what: "访问令牌" });
                }
                let access = Access {
                    gateway: gateway.clone(),
                    pictures: pictures.clone(),
                    app_key: app_key.clone(),
                    leave: self.leaves.of(shop).await?,
                    rank,
                };
                let gate = self.gate(&shop.id, gateway, app_key);
                Ok(Arc::new(AlibabaShop::new(&shop.id, access, gate, self.http.clone(), self.clock.clone())))
            }
            Link::Files => Err(ShopError::NoPlatform(shop.name.clone())),
        }
    }
}

#[async_trait::async_trait]
impl Connect for Connector {
    async fn platform(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        self.way(shop, Rank::First).await
    }

    async fn in_background(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        self.way(shop, Rank::Later).await
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
