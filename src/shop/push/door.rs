//! Who may push: the platform itself, which signs with the app's secret, and only for members whose shops are here.
//!
//! Everything that is not let in is refused with the same words, so that nobody learns which apps and members there are.

use super::Inbox;
use crate::db::DbError;
use crate::secret::Secrets;
use crate::shop::alibaba::push;
use crate::shop::{Link, Shop, ShopError, Shops};
use crate::telemetry::metrics;

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not signed by a known app, or not for a known member.
    #[error("推送的签名不对，没有接收")]
    Unsigned,
    /// Our own trouble: the platform tries again.
    #[error(transparent)]
    Shop(#[from] ShopError),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Shop(error.into())
    }
}

/// The way in for pushes.
#[derive(Clone)]
pub struct Door {
    shops: Shops,
    secrets: Secrets,
    inbox: Inbox,
}

impl Door {
    /// Over the shops and their secrets.
    #[must_use]
    pub fn new(shops: Shops, secrets: Secrets, inbox: Inbox) -> Self {
        Self { shops, secrets, inbox }
    }

    /// Takes a message that came for an app, as query and form. When this answers well, it is stored, or was before; or it is signed and
    /// says nothing that could be stored.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn receive(&self, app: &str, query: &[u8], form: &[u8]) -> Result<(), Refused> {
        let pairs = form_urlencoded::parse(query).chain(form_urlencoded::parse(form));
        let fields: push::Fields = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let refused = || {
            metrics::pushes("refused", 1);
            Refused::Unsigned
        };
        let shops = self.signers(app, &fields).await?;
        let (message, named) = push::read(&fields);
        if shops.is_empty() || named.is_some_and(|named| named != app) {
            return Err(refused());
        }
        let Some(message) = message else {
            // Asking for it again would bring the same.
            tracing::warn!(app, fields = fields.len(), "a signed push cannot be understood");
            metrics::pushes("unreadable", 1);
            return Ok(());
        };
        let of_member = |(_, member): &&(Shop, String)| *member == message.member;
        let (shop, _) = shops.iter().find(of_member).ok_or_else(refused)?;
        tracing::debug!(shop = shop.id, topic = message.topic, objects = message.about.len(), "a push came");
        self.inbox.take(shop, &[message]).await?;
        Ok(())
    }

    /// The shops of an app with whose secret these fields are signed, each with its member.
    async fn signers(&self, app: &str, fields: &[(String, String)]) -> Result<Vec<(Shop, String)>, Refused> {
        let mut signers = Vec::new();
        for shop in self.shops.list().await? {
            let Link::Alibaba { app_key, secret, member_id, .. } = &shop.link else { continue };
            if app_key != app {
                continue;
            }
            let secret = self.secrets.get(&shop.id, secret).await.map_err(ShopError::from)?;
            if secret.is_some_and(|secret| push::is_signed(secret.expose(), fields)) {
                let member = member_id.clone();
                signers.push((shop, member));
            }
        }
        Ok(signers)
    }
}
