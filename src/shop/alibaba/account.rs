//! Whose account the token belongs to. The platform tells no growth level here or anywhere.

use serde::Deserialize;

use super::client::Client;
use super::methods::ACCOUNT_BASIC;
use super::wire::{Field, list, part};
use crate::shop::platform::{Account, ReadError};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    #[serde(deserialize_with = "part")]
    result: Member,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Member {
    member_id: Field,
    company_name: Field,
    category_name: Field,
    tp_year: Field,
    /// The older form wraps the member once more.
    #[serde(deserialize_with = "list")]
    to_return: Vec<Member>,
}

pub(super) async fn basic(client: &Client) -> Result<Account, ReadError> {
    read(&client.read(&ACCOUNT_BASIC, &vec![]).await?)
        .ok_or_else(|| ReadError::Unreachable { why: "平台没有返回会员编号".into() })
}

fn read(reply: &Reply) -> Option<Account> {
    let member = reply.result.to_return.first().unwrap_or(&reply.result);
    Some(Account {
        member_id: member.member_id.id()?,
        company: member.company_name.text(),
        category: member.category_name.text(),
        years: member.tp_year.whole(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn the_official_account_is_read_in_both_forms() {
        let plain: Reply = serde_json::from_str(&samples::reply("account.basic")).expect("the sample");
        let wrapped = r#"{"result":{"toReturn":[{"memberId":"b2b-1623492085","categoryName":"女装","tpYear":0}]}}"#;
        for reply in [plain, serde_json::from_str(wrapped).expect("JSON")] {
            let account = read(&reply).expect("a member");
            assert_eq!(account.member_id, "b2b-1623492085");
            assert_eq!((account.category.as_deref(), account.years), (Some("女装"), Some(0)));
        }
    }
}
