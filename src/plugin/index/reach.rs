//! Getting an index and the archives beside it, and remembering how far each index has come. What they say is judged elsewhere.

use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FILE, Index, IndexError, Signed};
use crate::db::{self, Batch, Key, SharedDb, Table};
use crate::plugin::archive::LARGEST;
use crate::plugin::names;

const LONGEST: usize = 4 * 1024 * 1024;

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
