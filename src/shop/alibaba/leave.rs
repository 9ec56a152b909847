//! A shop's leave to call, kept alive: a token that holds, for whoever calls; renewed before its end by one caller while the others wait.
//!
//! The newest pair is sealed before anything is called with it, so that a crash loses at most what nobody has used. A refusal by the
//! platform is final until the merchant gives leave anew; trouble on the way is not. No token leaves this folder but to the wire.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use super::envelope::Fault;
use super::failed::Failed;
use super::grant::{Grant, Standing};
use super::oauth::{Office, Reply};
use crate::clock::Clock;
use crate::secret::{Secret, SecretError, SecretRef, Secrets};
use crate::shop::{Link, Shop, ShopError};

/// After trouble on the way a token that still holds is used for so long before the next try.
const PAUSE: Duration = Duration::from_secs(30);
/// A token that came so recently and is refused will not be replaced by a better one.
const YOUNG: TimeDelta = TimeDelta::minutes(1);

/// The leaves of all shops.
#[derive(Clone)]
pub struct Leaves {
    pub(crate) secrets: Secrets,
    http: reqwest::Client,
    clock: Clock,
    turns: Arc<Mutex<HashMap<String, Arc<Turn>>>>,
}

/// What all calls of one shop share about its leave.
#[derive(Default)]
struct Turn {
    /// Held while tokens are asked for; not before this, after trouble.
    one: tokio::sync::Mutex<Option<Instant>>,
    /// The platform refused the newest token, and nothing newer could be had.
    refused: AtomicBool,
}

/// One shop's leave.
#[derive(Clone)]
pub struct Leave {
    secrets: Secrets,
    clock: Clock,
    office: Office,
    shop: String,
    name: SecretRef,
    /// Whose tokens may be kept; empty where nobody knows yet.
    member: String,
    turn: Arc<Turn>,
}

/// Why a code did not become a leave.
#[derive(Debug)]
pub(in crate::shop) enum Unaccepted {
    /// The platform said no to the code.
    Refused,
    /// It does not know the app, or not by this secret.
    App(String),
    /// It gave no answer that can be used; why, in Chinese.
    Away(String),
    /// The merchant logged in as somebody else; the member is named if the platform named one.
    Member(Option<String>),
}

impl From<Failed> for Unaccepted {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotSent(why) | Failed::Silent(why) => Self::Away(why.into()),
            Failed::Fault(Fault::Broken { why }) => Self::Away(why),
            Failed::Fault(Fault::Busy) => Self::Away("平台限制了调用频率".into()),
            Failed::Fault(Fault::App { code }) => Self::App(code),
            Failed::Fault(Fault::Token | Fault::NoRight | Fault::Refused { .. }) => Self::Refused,
        }
    }
}

impl Leaves {
    /// Over the sealed tokens.
    #[must_use]
    pub fn new(secrets: Secrets, clock: Clock) -> Self {
        Self { secrets, http: crate::http::client(), clock, turns: Arc::default() }
    }

    /// A shop's leave, with its app's secret opened.
    ///
    /// # Errors
    /// [`ShopError::NoPlatform`], [`ShopError::NoSecret`], or a secret that does not open.
    pub async fn of(&self, shop: &Shop) -> Result<Leave, ShopError> {
        let Link::Alibaba { gateway, app_key, secret, token, member_id, .. } = &shop.link else {
            return Err(ShopError::NoPlatform(shop.name.clone()));
        };
        let opened = self.secrets.get(&shop.id, secret).await?;
        let secret = opened.ok_or_else(|| ShopError::NoSecret { shop: shop.name.clone(), what: "应用密钥" })?;
        let office = Office {
            http: self.http.clone(),
            gateway: gateway.clone(),
            app_key: app_key.clone(),
            secret,
            shop: shop.id.clone(),
        };
        Ok(Leave {
            secrets: self.secrets.clone(),
            clock: self.clock.clone(),
            office,
            shop: shop.id.clone(),
            name: token.clone(),
            member: member_id.clone(),
            turn: self.turn(&shop.id),
        })
    }

    /// How a shop's leave stands.
    pub(in crate::shop) async fn standing(&self, shop: &Shop) -> Result<Standing, ShopError> {
        let Link::Alibaba { token, .. } = &shop.link else { return Err(ShopError::NoPlatform(shop.name.clone())) };
        let Some(kept) = self.secrets.get(&shop.id, token).await? else { return Ok(Standing::NotYet) };
        if self.turn(&shop.id).refused.load(Ordering::Relaxed) {
            return Ok(Standing::Ended);
        }
        Ok(Grant::parse(kept.expose()).standing(self.clock.now()))
    }

    /// Forgets a shop's tokens, after a renewal that may be under way.
    pub(in crate::shop) async fn forget(&self, shop: &Shop) -> Result<(), ShopError> {
        let Link::Alibaba { token, .. } = &shop.link else { return Err(ShopError::NoPlatform(shop.name.clone())) };
        let turn = self.turn(&shop.id);
        let _one = turn.one.lock().await;
        turn.refused.store(false, Ordering::Relaxed);
        Ok(self.secrets.forget(&shop.id, token).await?)
    }

    pub(in crate::shop) fn clock(&self) -> &Clock {
        &self.clock
    }

    fn turn(&self, shop: &str) -> Arc<Turn> {
        // Nothing panics while the map is held.
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(shop.to_owned()).or_default())
    }
}

impl Leave {
    /// A token to call with: the one there is, or a newer one where that is near its end.
    pub(super) async fn token(&self) -> Result<Secret, Failed> {
        let (grant, now) = (self.grant().await?, self.clock.now());
        if grant.ended.is_some() {
            return Err(Failed::Fault(Fault::Token));
        }
        if grant.is_to_be_renewed(now) || grant.is_to_be_postponed(now) {
            return self.renew(None).await;
        }
        Ok(Secret::new(grant.access))
    }

    /// Another token than the one that the platform has just refused.
    pub(super) async fn instead_of(&self, refused: &Secret) -> Result<Secret, Failed> {
        self.renew(Some(refused.clone())).await
    }

    /// Hears that a call was let in.
    pub(super) fn worked(&self) {
        self.turn.refused.store(false, Ordering::Relaxed);
    }

    /// The app's secret.
    pub(super) fn app_secret(&self) -> &Secret {
        &self.office.secret
    }

    /// A code becomes a leave, which is not sealed yet.
    pub(in crate::shop) async fn accept(&self, code: &str, callback: &str) -> Result<Accepted, Unaccepted> {
        let asked = self.clock.now();
        let reply = self.office.exchange(code, callback).await?;
        if !self.is_ours(&reply) || (self.member.is_empty() && reply.member.is_none()) {
            return Err(Unaccepted::Member(reply.member));
        }
        let grant = Grant::given(&reply, None, asked);
        Ok(Accepted { member: reply.member, grant })
    }

    /// Seals a leave that was accepted, in the place of any other.
    pub(in crate::shop) async fn keep(&self, accepted: &Accepted) -> Result<(), SecretError> {
        // A renewal of the old one that is under way would overwrite it.
        let mut turn = self.turn.one.lock().await;
        *turn = None;
        self.seal(&accepted.grant).await?;
        self.turn.refused.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// On a task of its own: whoever waits may go away, and a new pair that nobody sealed would be lost.
    async fn renew(&self, refused: Option<Secret>) -> Result<Secret, Failed> {
        let leave = self.clone();
        let renewed = tokio::spawn(async move { leave.renew_alone(refused).await }).await;
        // Whatever became of the question for tokens, the call that needs one has not been made.
        renewed.unwrap_or(Err(Failed::NotSent("令牌续期被打断"))).map_err(|failed| match failed {
            Failed::Silent(why) => Failed::NotSent(why),
            Failed::Fault(Fault::Broken { .. }) => Failed::NotSent("平台没有给出新的令牌"),
            other => other,
        })
    }

    async fn renew_alone(&self, refused: Option<Secret>) -> Result<Secret, Failed> {
        let mut not_before = self.turn.one.lock().await;
        // Somebody else may have done it while this one waited.
        let (mut grant, now) = (self.grant().await?, self.clock.now());
        if grant.ended.is_some() {
            return Err(Failed::Fault(Fault::Token));
        }
        let wanted = match &refused {
            Some(refused) => refused.expose() == grant.access,
            None => grant.is_to_be_renewed(now),
        };
        let resting = not_before.is_some_and(|until| until > Instant::now());
        if wanted && !(resting && refused.is_none() && !grant.is_stale(now)) {
            match self.newer(&grant, refused.is_some()).await {
                Ok(newer) => grant = newer,
                // It still holds: trouble on the way is no reason not to call.
                Err(failed) if refused.is_none() && !grant.is_stale(now) && !failed.is_of_token() => {
                    tracing::warn!(
                        shop = self.shop,
                        code = failed.code(),
                        "a token was not renewed; the next call tries again"
                    );
                    *not_before = Some(Instant::now() + PAUSE);
                    return Ok(Secret::new(grant.access));
                }
                Err(failed) => return Err(failed),
            }
        }
        if grant.is_to_be_postponed(now) {
            grant = self.postponed(grant).await?;
        }
        Ok(Secret::new(grant.access))
    }

    /// A newer pair, sealed.
    async fn newer(&self, grant: &Grant, refused: bool) -> Result<Grant, Failed> {
        let now = self.clock.now();
        let young = refused && grant.gained.is_some_and(|gained| now - gained < YOUNG);
        let Some(refresh) = grant.refresh.as_deref().filter(|_| !young) else {
            self.turn.refused.store(true, Ordering::Relaxed);
            return Err(Failed::Fault(Fault::Token));
        };
        match self.office.refresh(refresh, &grant.access).await {
            Ok(reply) if self.is_ours(&reply) => {
                let newer = Grant::given(&reply, Some(grant), now);
                self.seal(&newer).await.map_err(unkept)?;
                Ok(newer)
            }
            Ok(_) => Err(Failed::Fault(Fault::Broken { why: "平台返回了别的会员的令牌".into() })),
            Err(failed) => {
                if failed.is_of_token() {
                    tracing::warn!(
                        shop = self.shop,
                        "the leave to call has ended; its merchant has to authorize again"
                    );
                    self.seal(&grant.over(now)).await.map_err(unkept)?;
                }
                Err(failed)
            }
        }
    }

    /// A refresh token that lives longer, sealed. Where that is refused the old pair goes on until its own end.
    async fn postponed(&self, mut grant: Grant) -> Result<Grant, Failed> {
        let now = self.clock.now();
        let Some(refresh) = grant.refresh.clone() else { return Ok(grant) };
        match self.office.postpone(&refresh, &grant.access).await {
            Ok(reply) if self.is_ours(&reply) => grant = Grant::given(&reply, Some(&grant), now),
            Ok(_) => grant.postpone_later(now),
            Err(failed) => {
                tracing::warn!(shop = self.shop, code = failed.code(), "a refresh token could not be renewed");
                grant.postpone_later(now);
            }
        }
        self.seal(&grant).await.map_err(unkept)?;
        Ok(grant)
    }

    fn is_ours(&self, reply: &Reply) -> bool {
        self.member.is_empty() || reply.member.as_ref().is_none_or(|member| *member == self.member)
    }

    async fn grant(&self) -> Result<Grant, Failed> {
        match self.secrets.get(&self.shop, &self.name).await {
            Ok(Some(kept)) => Ok(Grant::parse(kept.expose())),
            Ok(None) => Err(Failed::Fault(Fault::Token)),
            Err(error) => Err(unkept(error)),
        }
    }

    async fn seal(&self, grant: &Grant) -> Result<(), SecretError> {
        self.secrets.put(&self.shop, &self.name, &Secret::new(grant.kept())).await
    }
}

/// A leave that came and is not sealed yet.
pub(in crate::shop) struct Accepted {
    /// Whose it is.
    pub(in crate::shop) member: Option<String>,
    grant: Grant,
}

fn unkept(error: SecretError) -> Failed {
    tracing::error!(%error, "a shop's tokens cannot be read or written");
    Failed::NotSent("本机保存的令牌读写不了，请看日志")
}
