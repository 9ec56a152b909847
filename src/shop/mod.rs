//! Shops, and the ways to them.
//!
//! [`Shops`] is the register, [`Platform`] the port that a platform's adapter fills ([`alibaba`]), [`mirror`] the local copy that
//! skills read, [`sync`] and [`import`] its two sources, [`push`] what brings single rows at once. Nothing outside this folder knows a platform's wire, and nothing here decides
//! whether a change may be made: it only carries out and reads back.

pub mod alibaba;
mod authorize;
mod connect;
pub mod costs;
pub mod import;
pub mod kept;
pub mod mirror;
mod platform;
pub mod push;
mod seen;
pub mod sync;

use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::growth::Industry;

use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::secret::{SecretError, SecretRef};

pub use alibaba::{Leaves, Standing};
pub use authorize::{Authorizations, AuthorizeError, Begun, CALLBACK, Returned, is_callback};
pub use connect::{Connector, PlatformConfig};
pub use platform::{Account, Listed, OrderTable, Page, Platform, ReadError, Seen, Span, WriteError};
pub use seen::{
    LineNow, OrderNow, done_by_hand, of_enrolment, of_number, of_order, of_product, of_rated, of_refund, of_sent,
    picture_name, refund_state, wanted,
};

/// A merchant's shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shop {
    /// Its id in this installation: lower-case letters, digits and hyphens.
    pub id: String,
    /// What its merchant calls it.
    pub name: String,
    /// Where its days begin.
    pub zone: Tz,
    /// Which growth formula counts.
    pub industry: Industry,
    /// How it is reached.
    pub link: Link,
}

/// How a shop is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Link {
    /// Over the 1688 open platform, or a stand-in with the same wire form.
    Alibaba {
        /// Scheme and host of the gateway: `https://gw.open.1688.com`.
        gateway: String,
        /// What stands before a picture's path: `https://cbu01.alicdn.com`.
        pictures: String,
        /// The merchant's own app.
        app_key: String,
        /// The app's secret.
        secret: SecretRef,
        /// The merchant's leave to call: an access token, or a pair that is kept alive.
        token: SecretRef,
        /// Whose shop it is, `b2b-…`; empty until the first authorization. A token of another member is refused.
        member_id: String,
    },
    /// Only by the files that its merchant hands over.
    Files,
}

/// What stands in the way of registering or reaching a shop. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// The id could not stand in an address.
    #[error("店铺编号“{0}”不能用：请用 1 到 40 个小写字母、数字或连字符")]
    BadId(String),
    /// Rows of two members would mix.
    #[error("店铺“{name}”已经连着会员 {known}，不能改连 {given}；请另建一个店铺")]
    OtherMember {
        /// The shop's name.
        name: String,
        /// Whom it belongs to.
        known: String,
        /// Whom it should belong to.
        given: String,
    },
    /// Its rows are filed under the days of the old zone.
    #[error("店铺“{0}”的时区不能再改：已有数据按原时区的日期存放；请另建一个店铺")]
    OtherZone(String),
    /// A shop of files has nothing to call.
    #[error("店铺“{0}”只有导入的文件，没有可以调用的接口")]
    NoPlatform(String),
    /// A secret was never entered.
    #[error("店铺“{shop}”还没有填写{what}，请先完成授权")]
    NoSecret {
        /// The shop's name.
        shop: String,
        /// Which.
        what: &'static str,
    },
    /// A secret does not open.
    #[error("店铺密钥读不出来：{0}")]
    Secret(#[from] SecretError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Finds the way to a shop's platform.
#[async_trait::async_trait]
pub trait Connect: Send + Sync {
    /// The platform of a shop.
    ///
    /// # Errors
    /// [`ShopError::NoPlatform`] for a shop of files, and whatever keeps its secrets from being read.
    async fn platform(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError>;

    /// The same for work that nobody waits for: its reads let all others go first.
    ///
    /// # Errors
    /// As [`Connect::platform`].
    async fn in_background(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        self.platform(shop).await
    }
}

/// The register of shops.
#[derive(Clone)]
pub struct Shops {
    db: SharedDb,
}

impl Shops {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb) -> Self {
        Self { db }
    }

    /// Adds a shop, or changes its name, industry or link. Doing it again with the same values changes nothing.
    ///
    /// # Errors
    /// [`ShopError::BadId`], [`ShopError::OtherMember`], [`ShopError::OtherZone`], or the database.
    pub async fn register(&self, shop: &Shop) -> Result<(), ShopError> {
        let fits = |id: &str| {
            (1..=40).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !fits(&shop.id) {
            return Err(ShopError::BadId(shop.id.clone()));
        }
        let key = Key::of(&shop.id);
        let batch = match self.get(&shop.id).await? {
            None => Batch::new().expect_absent(Table::Shops, key.clone()),
            Some(known) if known == *shop => return Ok(()),
            Some(known) => {
                may_become(&known, shop)?;
                Batch::new().expect(Table::Shops, key.clone(), &known)
            }
        };
        Ok(self.db.commit(batch.put(Table::Shops, key, shop)).await?)
    }

    /// A shop by its id.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, id: &str) -> Result<Option<Shop>, DbError> {
        db::get(&*self.db, Table::Shops, &Key::of(id)).await
    }

    /// Every shop, by id.
    ///
    /// # Errors
    /// As the database.
    pub async fn list(&self) -> Result<Vec<Shop>, DbError> {
        db::scan(&*self.db, Table::Shops, Scan::under(&Key::global())).await
    }
}

/// What would make the rows of the old shop wrong is refused.
fn may_become(known: &Shop, given: &Shop) -> Result<(), ShopError> {
    if known.zone != given.zone {
        return Err(ShopError::OtherZone(known.name.clone()));
    }
    match (&known.link, &given.link) {
        // Until the first authorization nobody knows whose it is.
        (Link::Alibaba { member_id: before, .. }, Link::Alibaba { member_id: after, .. })
            if before != after && !before.is_empty() =>
        {
            Err(ShopError::OtherMember { name: known.name.clone(), known: before.clone(), given: after.clone() })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::SledDb;

    fn shop(zone: Tz, member: &str) -> Shop {
        let secret = |name: &str| SecretRef(name.into());
        let link = Link::Alibaba {
            gateway: "http://127.0.0.1:1".into(),
            pictures: "http://127.0.0.1:1".into(),
            app_key: "1000000".into(),
            secret: secret("app_secret"),
            token: secret("token"),
            member_id: member.into(),
        };
        Shop { id: "demo".into(), name: "演示店铺".into(), zone, industry: Industry::Consumer, link }
    }

    #[tokio::test]
    async fn a_shop_keeps_its_member_and_its_zone_but_may_move_to_another_address() {
        let dir = tempfile::tempdir().expect("a directory");
        let shops = Shops::new(Arc::new(SledDb::open(dir.path(), 1 << 20).expect("a database")));
        let first = shop(chrono_tz::Asia::Shanghai, "b2b-1");
        shops.register(&first).await.expect("new");
        shops.register(&first).await.expect("the same again");

        let mut moved = first.clone();
        let Link::Alibaba { gateway, .. } = &mut moved.link else { panic!("an alibaba shop") };
        *gateway = "http://127.0.0.1:2".into();
        shops.register(&moved).await.expect("another port");
        assert_eq!(shops.list().await.expect("listed"), [moved]);

        let other = shops.register(&shop(chrono_tz::Asia::Shanghai, "b2b-2")).await;
        assert!(matches!(other, Err(ShopError::OtherMember { .. })), "{other:?}");
        let other = shops.register(&shop(chrono_tz::Asia::Urumqi, "b2b-1")).await;
        assert!(matches!(other, Err(ShopError::OtherZone(_))), "{other:?}");
        let bad = shops.register(&Shop { id: "a/b".into(), ..first }).await;
        assert!(matches!(bad, Err(ShopError::BadId(_))), "{bad:?}");
    }
}
