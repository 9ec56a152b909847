//! A signed list of plugins, static on any HTTPS host or in a folder. It says what there is, what was taken back and which key replaced
//! which; it counts upward, so that an old list cannot be played again.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::archive::LARGEST;
use super::fault::one_line;
use super::manifest::{read_api, served};
use super::names;
use super::signature::{Author, Key as SecretKey, Rotation};
use crate::db::{self, Batch, DbError, Key, SharedDb, Table};

/// The file's name.
pub const FILE: &str = "index.json";
const LONGEST: usize = 4 * 1024 * 1024;
const FORM: &str = "xiaoer skill index 1\n";

/// What an index says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Counts upward with every change.
    pub serial: u64,
    /// The plugins.
    pub plugins: Vec<Listed>,
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
pub struct Listed {
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
    pub fn newest(&self, name: &str) -> Result<(&Listed, &Issue), IndexError> {
        let nothing = || IndexError::Nothing(name.chars().take(80).collect());
        let listed = self.plugins.iter().find(|listed| listed.name == name).ok_or_else(nothing)?;
        let fits =
            |issue: &&Issue| !issue.yanked && !issue.revoked && read_api(&issue.api).is_some_and(|api| served(&api));
        let version = |issue: &&Issue| Version::parse(&issue.version).ok();
        let good = |issue: &&Issue| version(issue).is_some_and(|version| version.pre.is_empty());
        let newest = listed.versions.iter().filter(fits).filter(good).max_by_key(version);
        Ok((listed, newest.ok_or_else(nothing)?))
    }

    /// Why this code must not run any more, where it must not.
    #[must_use]
    pub fn revokes(&self, name: &str, digest: &str, signer: &str) -> Option<String> {
        if self.revoked_keys.iter().any(|key| key == signer) {
            return Some("签名密钥已作废".into());
        }
        let listed = self.plugins.iter().filter(|listed| listed.name == name);
        let revoked = listed.flat_map(|listed| &listed.versions).any(|issue| issue.revoked && issue.digest == digest);
        revoked.then(|| "这个版本已被作者吊销".into())
    }

    /// The text of the file, signed.
    ///
    /// # Errors
    /// None in practice: an index is plain data.
    pub fn signed(&self, key: &SecretKey) -> serde_json::Result<String> {
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

/// How far an index has come.
#[derive(Serialize, Deserialize)]
struct Seen {
    serial: u64,
    author: String,
    says: String,
}

/// Takes note of an index, or refuses one that goes back or is somebody else's.
pub(crate) async fn advance(db: &SharedDb, at: &str, author: &str, index: &Index) -> Result<(), IndexError> {
    let key = Key::global().part("index").part(at);
    let says = serde_json::to_string(index).unwrap_or_default();
    if let Some(seen) = db::get::<Seen>(db.as_ref(), Table::Plugins, &key).await? {
        if seen.author != author {
            return Err(IndexError::Signer(at.into()));
        }
        // Two indexes of one number: one of them was not meant for us.
        if index.serial < seen.serial || (index.serial == seen.serial && says != seen.says) {
            return Err(IndexError::Old { at: at.into(), now: index.serial, seen: seen.serial });
        }
    }
    let seen = Seen { serial: index.serial, author: author.into(), says };
    Ok(db.commit(Batch::new().put(Table::Plugins, key, &seen)).await?)
}

/// Reads the index of a place.
pub(crate) async fn fetch(at: &str) -> Result<Signed, IndexError> {
    let bytes = bytes(at, FILE, LONGEST).await?;
    let forged = |why: String| IndexError::Forged { at: at.into(), why };
    let text = std::str::from_utf8(&bytes).map_err(|error| forged(error.to_string()))?;
    Index::read(text).map_err(forged)
}

/// Reads an archive beside an index.
pub(crate) async fn download(at: &str, file: &str) -> Result<Vec<u8>, IndexError> {
    names::check(file).map_err(|fault| IndexError::Forged { at: at.into(), why: fault.to_string() })?;
    bytes(at, file, LARGEST).await
}

async fn bytes(at: &str, file: &str, most: usize) -> Result<Vec<u8>, IndexError> {
    let unread = |why: String| IndexError::Unread { at: at.into(), why };
    let too_long = || unread(format!("{file} 超过 {} MiB", most / 1024 / 1024));
    if !at.contains("://") {
        let path = Path::new(at).join(file);
        let length = tokio::fs::metadata(&path).await.map_err(|error| unread(error.to_string()))?.len();
        if usize::try_from(length).is_ok_and(|length| length <= most) {
            return tokio::fs::read(&path).await.map_err(|error| unread(error.to_string()));
        }
        return Err(too_long());
    }
    let base =
        reqwest::Url::parse(&format!("{}/", at.trim_end_matches('/'))).map_err(|_| IndexError::Address(at.into()))?;
    // The signature tells what is true; the wire hides what is installed. On this machine there is nobody to hide it from.
    let is_here = base.host_str().and_then(|host| host.parse::<IpAddr>().ok()).is_some_and(|ip| ip.is_loopback());
    if base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
        return Err(IndexError::Address(at.into()));
    }
    let url = base.join(file).map_err(|_| IndexError::Address(at.into()))?;
    let failed = |error: reqwest::Error| unread(error.without_url().to_string());
    let mut response = crate::http::client().get(url).send().await.map_err(failed)?;
    if !response.status().is_success() {
        return Err(unread(format!("对方回答 {}", response.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if bytes.len() + chunk.len() > most {
            return Err(too_long());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What an author wants to be different in their index.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `NAME@VERSION` that is not to be installed any more.
    pub yank: Vec<String>,
    /// `NAME@VERSION` that is not to run any more.
    pub revoke: Vec<String>,
    /// Keys that nothing may run of any more.
    pub revoke_keys: Vec<String>,
    /// A key that replaced another.
    pub rotation: Option<Rotation>,
}

/// The next index of a folder: what the last one said, what is new among the archives, and what the author wishes.
///
/// # Errors
/// A wish that names nothing.
pub fn next(last: Index, issues: Vec<(String, Issue)>, wishes: Wishes) -> Result<Index, String> {
    let mut plugins: BTreeMap<String, Vec<Issue>> =
        last.plugins.into_iter().map(|listed| (listed.name, listed.versions)).collect();
    for (name, issue) in issues {
        let versions = plugins.entry(name.clone()).or_default();
        match versions.iter().find(|known| known.version == issue.version) {
            Some(known) if known.digest == issue.digest => {}
            Some(_) => {
                return Err(format!("{name} {} is listed with other content; give it a new version", issue.version));
            }
            None => versions.push(issue),
        }
    }
    for (wish, revoke) in wishes.yank.iter().map(|w| (w, false)).chain(wishes.revoke.iter().map(|w| (w, true))) {
        let found = wish
            .split_once('@')
            .and_then(|(name, version)| plugins.get_mut(name)?.iter_mut().find(|issue| issue.version == version));
        let issue = found.ok_or_else(|| format!("{wish:?} is not in the index; write NAME@VERSION"))?;
        issue.yanked = true;
        issue.revoked |= revoke;
    }
    let mut index = Index {
        serial: last.serial + 1,
        plugins: Vec::new(),
        revoked_keys: last.revoked_keys,
        rotations: last.rotations,
    };
    for key in wishes.revoke_keys {
        let author = Author::read(&key).ok_or_else(|| format!("{key:?} is no key; a key has 64 hex digits"))?;
        index.revoked_keys.push(author.to_string());
    }
    index.rotations.extend(wishes.rotation);
    index.plugins = plugins.into_iter().map(|(name, versions)| Listed { name, versions }).collect();
    Ok(index)
}
