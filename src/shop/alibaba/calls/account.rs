//! Whose account the access belongs to, in full. Its phone and mail stand in the reply too and are left unread.

use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::client::Client;
use super::super::methods::ACCOUNT_BASIC;
use super::super::told::{Id, Told};
use super::super::wire::list;
use super::topics::One;
use crate::shop::platform::ReadError;

/// A seller's account. The growth level is told here no more than anywhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Account {
    pub login_id: Told<String>,
    pub member_id: Told<Id>,
    pub user_id: Told<Id>,
    pub company_name: Told<String>,
    pub category_id: Told<Id>,
    pub category_name: Told<String>,
    pub industry: Told<String>,
    /// Years of 诚信通.
    pub tp_year: Told<i64>,
    pub trust_score: Told<i64>,
    pub gmt_paid_join: Told<Time>,
    pub create_date: Told<Time>,
    pub enterprise_account: Told<bool>,
    pub person_account: Told<bool>,
    pub member_biz_type: Told<String>,
    pub shop_url: Told<String>,
    #[serde(deserialize_with = "list")]
    pub domain_in_platforms: Vec<Told<String>>,
    #[serde(deserialize_with = "list")]
    to_return: Vec<Account>,
}

/// Reads the account.
///
/// # Errors
/// As any read.
pub async fn basic(client: &Client) -> Result<Account, ReadError> {
    let one: One<Account> = client.read(&ACCOUNT_BASIC, &vec![]).await?;
    Ok(one.result.innermost())
}

impl Account {
    /// The older form wraps the account once more.
    pub(super) fn innermost(mut self) -> Self {
        self.to_return.pop().unwrap_or(self)
    }
}
