//! A signed list of plugins, static on any HTTPS host or in a folder. It says what there is, what was taken back and which key replaced
//! which; it counts upward, so that an old list cannot be played again. Here it is read and judged, purely; [`reach`] fetches it,
//! [`next`] makes the one after it.

mod next;
mod reach;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::fault::one_line;
use super::manifest::{read_api, served};
use super::signature::{Author, Key, Rotation};
use super::withdrawn::Withdrawn;
use crate::db::DbError;

pub use next::{Changes, next};
pub(crate) use reach::{advance, download, fetch};

/// The file's name.
pub const FILE: &str = "index.json";
const FORM: &str = "xiaoer skill index 1\n";

/// What an index says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Counts upward with every change.
    pub serial: u64,
    /// The plugins.
    pub plugins: Vec<Offered>,
    /// Keys that nothing may run of any more.
    #[serde(default)]
    pub revoked_keys: Vec<String>,
    /// Keys that replaced others.
    #[serde(default)]
    pub rotations: Vec<Rotation>,
}

/// A plugin of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// Its versions.
    pub versions: Vec<Issue>,
}

/// A version of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// The version.
    pub version: String,
    /// The package's digest.
    pub digest: String,
    /// The key that signed it.
    pub key: String,
    /// Versions of the contract it was written for, `1` or `1-2`.
    pub api: String,
    /// The archive, beside the index.
    pub file: String,
    /// What changed, in the author's words.
    #[serde(default)]
    pub changes: String,
    /// Not to be installed any more; what is installed runs on.
    #[serde(default)]
    pub yanked: bool,
    /// Not to run any more.
    #[serde(default)]
    pub revoked: bool,
}

/// Why an index is of no use. The texts are for whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It cannot be had.
    #[error("读不到索引 {at}（{why}）；请检查地址和网络")]
    Unread {
        /// Where.
        at: String,
        /// What happened.
        why: String,
    },
    /// Not an address that is asked.
    #[error("索引地址 {0} 不能用；请写 https:// 地址或一个文件夹")]
    Address(String),
    /// Not an index, or not what was signed.
    #[error("索引 {at} 不可信（{why}）；请联系发布者")]
    Forged {
        /// Where.
        at: String,
        /// What is wrong.
        why: String,
    },
    /// It was newer before.
    #[error("索引 {at} 比上次见到的旧（这次 {now}，上次 {seen}），可能有人在重放旧索引；没有采用")]
    Old {
        /// Where.
        at: String,
        /// Its serial.
        now: u64,
        /// The highest serial that was seen.
        seen: u64,
    },
    /// Somebody else signs it now.
    #[error("索引 {0} 换了签名人，而旧密钥没有声明交接；没有采用，请联系发布者")]
    Signer(String),
    /// There is nothing to install.
    #[error("索引里没有可以安装的“{0}”（没有这个插件，或它的版本都已撤下或不适用于这个版本的小二）")]
    Nothing(String),
    /// The archive is not the one that the index names.
    #[error("下载的 {file} 和索引里登记的不是同一个；没有安装，请联系发布者")]
    Other {
        /// The archive.
        file: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An index whose signature was checked.
pub struct Signed {
    /// What it says.
    pub index: Index,
    /// Who says it.
    pub signer: Author,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    index: &'a RawValue,
    key: &'a str,
    signature: &'a str,
}

impl Index {
    /// The newest version of a plugin that may be installed here.
    ///
    /// # Errors
    /// [`IndexError::Nothing`].
    pub fn newest(&self, name: &str) -> Result<(&Offered, &Issue), IndexError> {
        let nothing = || IndexError::Nothing(name.chars().take(80).collect());
        let listed = self.plugins.iter().find(|listed| listed.name == name).ok_or_else(nothing)?;
        let fits =
            |issue: &&Issue| !issue.yanked && !issue.revoked && read_api(&issue.api).is_some_and(|api| served(&api));
        let version = |issue: &&Issue| Version::parse(&issue.version).ok();
        let good = |issue: &&Issue| version(issue).is_some_and(|version| version.pre.is_empty());
        let newest = listed.versions.iter().filter(fits).filter(good).max_by_key(version);
        Ok((listed, newest.ok_or_else(nothing)?))
    }

    /// What was taken back, where this code must not run any more.
    #[must_use]
    pub fn revokes(&self, name: &str, digest: &str, signer: &str) -> Option<Withdrawn> {
        if self.revoked_keys.iter().any(|key| key == signer) {
            return Some(Withdrawn::Key);
        }
        let listed = self.plugins.iter().filter(|listed| listed.name == name);
        let revoked = listed.flat_map(|listed| &listed.versions).any(|issue| issue.revoked && issue.digest == digest);
        revoked.then_some(Withdrawn::Version)
    }

    /// The text of the file, signed.
    ///
    /// # Errors
    /// None in practice: an index is plain data.
    pub fn signed(&self, key: &Key) -> serde_json::Result<String> {
        let text = serde_json::to_string_pretty(self)?;
        let signature = key.sign(format!("{FORM}{text}").as_bytes());
        Ok(format!("{{\n\"index\": {text},\n\"key\": \"{}\",\n\"signature\": \"{signature}\"\n}}\n", key.author()))
    }

    /// Reads a file and checks its signature.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub fn read(text: &str) -> Result<Signed, String> {
        let unread = |error: serde_json::Error| one_line(&error.to_string());
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(unread)?;
        let signer = Author::read(envelope.key).ok_or("the key is no key")?;
        // Exactly the bytes that stand there: nothing is written again before it is checked.
        if !signer.signed(format!("{FORM}{}", envelope.index.get()).as_bytes(), envelope.signature) {
            return Err("the signature does not fit".into());
        }
        let index = serde_json::from_str(envelope.index.get()).map_err(unread)?;
        Ok(Signed { index, signer })
    }
}
