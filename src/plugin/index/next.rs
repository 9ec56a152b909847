//! The next index of an author: what the last one said and what is new. Pure; it is signed and written elsewhere.

use std::collections::BTreeMap;

use super::{Index, Issue, Offered};
use crate::plugin::signature::{Author, Rotation};

/// What an author wants to be different in their index.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// `NAME@VERSION` that is not to be installed any more.
    pub yank: Vec<String>,
    /// `NAME@VERSION` that is not to run any more.
    pub revoke: Vec<String>,
    /// Keys that nothing may run of any more.
    pub revoke_keys: Vec<String>,
    /// A key that replaced another.
    pub rotation: Option<Rotation>,
}

/// The next index of a folder: what the last one said, what is new among the archives, and what the author wants to be different.
///
/// # Errors
/// A wish that names nothing.
pub fn next(last: Index, issues: Vec<(String, Issue)>, changes: Changes) -> Result<Index, String> {
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
    for (wish, revoke) in changes.yank.iter().map(|w| (w, false)).chain(changes.revoke.iter().map(|w| (w, true))) {
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
    for key in changes.revoke_keys {
        let author = Author::read(&key).ok_or_else(|| format!("{key:?} is no key; a key has 64 hex digits"))?;
        index.revoked_keys.push(author.to_string());
    }
    index.rotations.extend(changes.rotation);
    index.plugins = plugins.into_iter().map(|(name, versions)| Offered { name, versions }).collect();
    Ok(index)
}
