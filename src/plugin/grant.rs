//! What a shop lets a plugin do. Nothing, until a person who was shown what it wishes said yes; never more than what was shown.
//!
//! A grant belongs to a shop and an author's key with a name: whoever comes with another key starts from nothing. What holds is what both
//! the manifest declares and the grant gives ([`effective`]); a new version that wishes for more keeps the old grant and asks again.
//! Built-in skills need no grant and never come here.

mod keep;
mod wishes;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use xiaoer_sdk::Manifest;

use crate::action::Decision;

pub use keep::{GrantError, Grants};
pub use wishes::Wishes;

/// Who a plugin is, whatever its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The key of its author, in hex; empty for a folder on this machine that nobody signed.
    pub author: String,
    /// Its name.
    pub name: String,
}

/// A shop's yes or no to a plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub plugin: Identity,
    /// What was shown and agreed to.
    pub given: Wishes,
    /// The version that was shown.
    pub version: String,
    /// It was taken back.
    pub withdrawn: bool,
    /// Who said so last, and when; the hash is of the wishes that were shown.
    pub decided: Decision,
    /// Counts the decisions; names their audit rows.
    pub count: u64,
    /// The decision since which it holds without a break. Left out where it is the first, as in grants of before it was kept.
    #[serde(default, skip_serializing_if = "first")]
    pub since: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn first(since: &u64) -> bool {
    *since == 0
}

/// Where a plugin stands with a shop.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Nobody has said yes.
    New,
    /// A person took it back.
    Withdrawn,
    /// It may do all that it declares.
    Given,
    /// It may do what was agreed to, and wishes for this besides.
    Wants(Wishes),
}

/// Where a plugin with this manifest stands.
#[must_use]
pub fn standing(manifest: &Manifest, grant: Option<&Grant>) -> Standing {
    match grant {
        None => Standing::New,
        Some(grant) if grant.withdrawn => Standing::Withdrawn,
        Some(grant) => match Wishes::of(manifest).beside(&grant.given) {
            more if more == Wishes::default() => Standing::Given,
            more => Standing::Wants(more),
        },
    }
}

/// The manifest as it holds in a shop: what is declared and what was granted. None where nothing was.
#[must_use]
pub fn effective(manifest: &Manifest, grant: Option<&Grant>) -> Option<Manifest> {
    let given = &grant.filter(|grant| !grant.withdrawn)?.given;
    let mut holds = manifest.clone();
    holds.reads.retain(|read| given.reads.contains(read));
    holds.proposes.retain(|kind| given.proposes.contains(kind));
    if !given.model {
        holds.asks.clear();
    }
    holds.beyond.http.retain(|host| given.http.contains(host));
    holds.beyond.kv &= given.kv;
    holds.beyond.on.retain(|event| given.on.contains(event));
    holds.beyond.every = holds.beyond.every.filter(|every| given.every.as_ref() == Some(every));
    Some(holds)
}

impl Identity {
    /// What the audit calls it. No action is called so: an id of those has no colon.
    #[must_use]
    pub fn audited_as(&self) -> String {
        format!("plugin:{}:{}", self.author, self.name)
    }
}

/// Characters of an author's key that are shown: enough to tell two apart.
const SHORT: usize = 12;

/// What an author is called, by their key.
#[must_use]
pub fn author(key: &str) -> String {
    match key {
        "" => "本机文件夹（没有签名）".into(),
        key => format!("作者 {key:.SHORT$}"),
    }
}

impl Standing {
    /// What a merchant reads.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::New => "未授权",
            Self::Withdrawn => "已收回",
            Self::Given => "已授权",
            Self::Wants(_) => "需要确认",
        }
    }

    /// Why it does not run, and what to do; none where it does.
    #[must_use]
    pub fn why_not(&self, title: &str) -> Option<String> {
        match self {
            Self::New => Some(format!("插件“{title}”还没有得到本店授权，请先在“插件”页看清它要做什么，再点“授权”")),
            Self::Withdrawn => Some(format!("本店对插件“{title}”的授权已收回，要用请在“插件”页重新授权")),
            Self::Given | Self::Wants(_) => None,
        }
    }
}

/// Binds a yes to what was shown: the shop, whom it is for, the version and every wish.
#[must_use]
pub fn hash(shop: &str, plugin: &Identity, version: &str, wishes: &Wishes) -> String {
    let text = serde_json::to_vec(&(shop, plugin, version, wishes)).expect("wishes are plain data");
    hex::encode(Sha256::digest(&text))
}

#[cfg(test)]
mod tests {
    use xiaoer_sdk::{ActionKind, Read};

    use super::*;

    fn grant(given: &Manifest) -> Grant {
        Grant {
            plugin: Identity { author: "k".into(), name: given.name.clone() },
            given: Wishes::of(given),
            version: given.version.clone(),
            withdrawn: false,
            decided: Decision {
                by: "商家".into(),
                at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
                hash: String::new(),
            },
            count: 0,
            since: 0,
        }
    }

    fn manifest() -> Manifest {
        Manifest::new("data", "guest", "客人").reads([Read::Orders]).proposes([ActionKind::SetStock])
    }

    #[test]
    fn what_holds_is_what_is_declared_and_granted() {
        let old = grant(&manifest());
        let mut new = manifest().reads([Read::Costs]).asks(["words"]);
        new.proposes.clear();
        new.beyond.http.insert("example.com".into());
        let holds = effective(&new, Some(&old)).expect("something holds");
        assert_eq!(holds.reads, [Read::Orders].into(), "costs were not granted");
        assert!(holds.proposes.is_empty(), "a grant gives nothing that is not declared any more");
        assert!(holds.asks.is_empty() && holds.beyond.http.is_empty());
        let Standing::Wants(more) = standing(&new, Some(&old)) else { panic!("it wants more") };
        assert_eq!((more.reads, more.model), ([Read::Costs].into(), true));
    }

    #[test]
    fn nothing_holds_before_a_yes_and_after_it_was_taken_back() {
        assert_eq!(effective(&manifest(), None), None);
        assert_eq!(standing(&manifest(), None), Standing::New);
        let back = Grant { withdrawn: true, ..grant(&manifest()) };
        assert_eq!(effective(&manifest(), Some(&back)), None);
        assert_eq!(standing(&manifest(), Some(&back)), Standing::Withdrawn);
        assert_eq!(standing(&manifest(), Some(&grant(&manifest()))), Standing::Given);
    }
}
