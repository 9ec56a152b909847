//! A merchant gives leave: the link that begins it, the state that ties what comes back to it, and whose leave it turns out to be.
//!
//! A state is used once, belongs to one shop and one browser, and is forgotten after some minutes or with the process: whoever has to
//! begin anew loses nothing. A leave of another member is never kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;

use super::alibaba::{Leaves, Standing, Unaccepted, oauth};
use super::{Link, Shop, ShopError, Shops};
use crate::secret::SecretError;

/// Where a browser comes back to, below the console's address.
pub const CALLBACK: &str = "/authorize/callback";
/// Time for logging in and thinking it over.
const LIFE: TimeDelta = TimeDelta::minutes(15);
/// Links of one shop that may be open at once; the oldest makes room.
const OPEN: usize = 16;

/// Merchants' leaves: given, looked at, taken back.
#[derive(Clone)]
pub struct Authorizations {
    shops: Shops,
    leaves: Leaves,
    /// By state.
    open: Arc<Mutex<HashMap<String, Open>>>,
}

/// A link that somebody was given.
struct Open {
    shop: String,
    callback: String,
    /// What that browser keeps; none when it was begun without one, and then it is ended without one.
    browser: Option<String>,
    until: DateTime<Utc>,
}

/// A beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What the merchant opens.
    pub url: String,
    /// What comes back with the code.
    pub state: String,
    /// For the browser to keep, and to show when it comes back.
    pub browser: Option<String>,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a> {
    /// The state of the link.
    pub state: &'a str,
    /// The platform's code.
    pub code: &'a str,
    /// What the browser kept.
    pub browser: Option<&'a str>,
    /// The shop that it should be for, where the one who asks names one.
    pub shop: Option<&'a str>,
}

/// Why there is no new leave. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// The link cannot be made.
    #[error("网关地址“{0}”不能用来授权：要以 https:// 开头（本机的模拟平台除外），请在“店铺”页修改")]
    Gateway(String),
    /// Used, too old, or never ours.
    #[error("这个授权链接已经用过或超过 15 分钟，请回到“店铺”页重新点“去授权”")]
    State,
    /// Begun elsewhere.
    #[error("授权不是在这个浏览器里开始的，请在这里重新点“去授权”，并在同一个浏览器里完成")]
    OtherBrowser,
    /// Begun on the command line.
    #[error("这次授权是在命令行里开始的，请把浏览器地址栏里的整个地址复制回命令行")]
    ByHand,
    /// Begun for another shop.
    #[error("这个授权链接是给另一个店铺的，请在本店的“店铺”页重新点“去授权”")]
    OtherShop,
    /// The code was not taken.
    #[error("平台没有接受这次授权：授权码两分钟内有效，且只能用一次，请重新点“去授权”")]
    Refused,
    /// Key, secret or rights of the app.
    #[error("平台不认这个应用，请在“店铺”页核对网关地址、AppKey 和 AppSecret（{0}）")]
    App(String),
    /// No answer.
    #[error("授权没有完成，暂时连不上平台：{0}；请稍后重新点“去授权”")]
    Away(String),
    /// Somebody else logged in.
    #[error("访问令牌属于会员 {found}，而店铺“{shop}”是会员 {expected} 的，请用本店账号重新授权")]
    OtherMember {
        /// The shop's name.
        shop: String,
        /// Whose it is.
        expected: String,
        /// Whose the token is.
        found: String,
    },
    /// Nobody said who logged in.
    #[error("平台没有说明这是哪个会员的授权，请先给店铺“{0}”填写会员编号（memberId，以 b2b- 开头）再授权")]
    NoMember(String),
    /// The shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
}

impl From<SecretError> for AuthorizeError {
    fn from(error: SecretError) -> Self {
        Self::Shop(error.into())
    }
}

impl Authorizations {
    /// Over the shops and their leaves.
    #[must_use]
    pub fn new(shops: Shops, leaves: Leaves) -> Self {
        Self { shops, leaves, open: Arc::default() }
    }

    /// How a shop's leave stands.
    ///
    /// # Errors
    /// [`ShopError::NoPlatform`] for a shop of files, and as the secrets.
    pub async fn standing(&self, shop: &Shop) -> Result<Standing, ShopError> {
        self.leaves.standing(shop).await
    }

    /// Makes a link for a merchant to open, in a browser of ours or elsewhere.
    ///
    /// # Errors
    /// A shop of files, a gateway that secrets may not be sent to, an app secret that was never entered.
    pub async fn begin(&self, shop: &Shop, callback: &str, in_browser: bool) -> Result<Begun, AuthorizeError> {
        // What could not be ended is not begun.
        self.leaves.of(shop).await?;
        let Link::Alibaba { gateway, app_key, .. } = &shop.link else {
            return Err(ShopError::NoPlatform(shop.name.clone()).into());
        };
        let (state, browser) = (random(), in_browser.then(random));
        let url = oauth::link(gateway, app_key, callback, &state).filter(|_| oauth::is_private(gateway));
        let url = url.ok_or_else(|| AuthorizeError::Gateway(gateway.clone()))?;
        let now = self.leaves.clock().now();
        let one =
            Open { shop: shop.id.clone(), callback: callback.to_owned(), browser: browser.clone(), until: now + LIFE };
        // Nothing panics while the map is held.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, one| one.until > now);
        while open.values().filter(|one| one.shop == shop.id).count() >= OPEN {
            let of_shop = open.iter().filter(|(_, one)| one.shop == shop.id);
            let Some(oldest) = of_shop.min_by_key(|(_, one)| one.until).map(|(state, _)| state.clone()) else { break };
            open.remove(&oldest);
        }
        open.insert(state.clone(), one);
        Ok(Begun { url, state, browser })
    }

    /// Turns what came back into a leave, and answers whose shop has it now.
    ///
    /// # Errors
    /// [`AuthorizeError`]; whatever it is, the state is used up and an older leave stays as it was.
    pub async fn finish(&self, returned: Returned<'_>) -> Result<Shop, AuthorizeError> {
        let one = self.take(returned.state).ok_or(AuthorizeError::State)?;
        if one.until <= self.leaves.clock().now() {
            return Err(AuthorizeError::State);
        }
        if returned.shop.is_some_and(|shop| shop != one.shop) {
            return Err(AuthorizeError::OtherShop);
        }
        match (one.browser.as_deref(), returned.browser) {
            (Some(kept), Some(shown)) if kept == shown => {}
            (None, None) if returned.shop.is_some() => {}
            (None, _) => return Err(AuthorizeError::ByHand),
            (Some(_), _) => return Err(AuthorizeError::OtherBrowser),
        }
        let shop = self.shops.get(&one.shop).await.map_err(ShopError::from)?.ok_or(AuthorizeError::State)?;
        // On a task of its own: a browser that is closed now must not lose what its code was spent for.
        let (ours, code) = (self.clone(), returned.code.to_owned());
        let accepted = tokio::spawn(async move { ours.accept(shop, &code, &one.callback).await }).await;
        accepted.unwrap_or_else(|_| Err(AuthorizeError::Away("授权被打断".into())))
    }

    /// Takes a leave back on our side: nothing is called any more.
    ///
    /// # Errors
    /// As the secrets.
    pub async fn withdraw(&self, shop: &Shop) -> Result<(), ShopError> {
        self.leaves.forget(shop).await
    }

    async fn accept(&self, shop: Shop, code: &str, callback: &str) -> Result<Shop, AuthorizeError> {
        let leave = self.leaves.of(&shop).await?;
        let accepted = leave.accept(code, callback).await.map_err(|unaccepted| of_shop(unaccepted, &shop))?;
        let shop = known_as(shop, accepted.member.as_deref());
        // Whose it is stands before its rows can come.
        self.shops.register(&shop).await?;
        leave.keep(&accepted).await?;
        tracing::info!(shop = shop.id, "its merchant gave leave to call");
        Ok(shop)
    }

    fn take(&self, state: &str) -> Option<Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(state)
    }
}

/// Whether an address is one that a console of ours can be reached by.
#[must_use]
pub fn is_callback(address: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(address) else { return false };
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == CALLBACK && url.query().is_none()
}

/// The shop with its member, where nobody knew it so far.
fn known_as(mut shop: Shop, member: Option<&str>) -> Shop {
    if let (Link::Alibaba { member_id, .. }, Some(member)) = (&mut shop.link, member)
        && member_id.is_empty()
    {
        member.clone_into(member_id);
    }
    shop
}

fn of_shop(unaccepted: Unaccepted, shop: &Shop) -> AuthorizeError {
    match (unaccepted, &shop.link) {
        (Unaccepted::Member(Some(found)), Link::Alibaba { member_id, .. }) => {
            AuthorizeError::OtherMember { shop: shop.name.clone(), expected: member_id.clone(), found }
        }
        (Unaccepted::Member(_), _) => AuthorizeError::NoMember(shop.name.clone()),
        (Unaccepted::Refused, _) => AuthorizeError::Refused,
        (Unaccepted::App(code), _) => AuthorizeError::App(code),
        (Unaccepted::Away(why), _) => AuthorizeError::Away(why),
    }
}

fn random() -> String {
    hex::encode(rand::rng().random::<[u8; 24]>())
}
