//! Whether a package may have the place it wants, and what the records say then. Pure: what is there comes in, what shall be there comes out.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use semver::Version;

use super::record::{Edition, Place, Source};
use super::{EARLIER, ShelfError};
use crate::plugin::Package;
use crate::plugin::grant::author;
use crate::plugin::manifest::Adopted;

/// A package that wants a place.
pub(super) struct Offer {
    pub(super) package: Package,
    pub(super) signature: Vec<u8>,
    pub(super) author: String,
    pub(super) signer: String,
    pub(super) source: Source,
    pub(super) adopted: Option<Adopted>,
}

/// The records once an offer is taken.
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) edition: Edition,
}

impl Offer {
    /// What shall be on record. `known` is the edition of the same content, `there` the place of the same name with its version.
    pub(super) fn step(
        &self,
        taken: &BTreeSet<String>,
        known: Option<&Edition>,
        (there, before): (Option<&Place>, Option<&str>),
    ) -> Result<Step, ShelfError> {
        let (name, digest) = (self.package.manifest.name.clone(), self.package.digest.clone());
        let version = self.package.manifest.version.clone();
        if taken.contains(&name) {
            return Err(ShelfError::Clash { name, by: "内置技能".into() });
        }
        if let Some(withdrawn) = known.and_then(|edition| edition.revoked) {
            let why = withdrawn.of_version();
            return Err(ShelfError::Revoked { name, version, why });
        }
        if let Some(place) = there {
            if place.author != self.author {
                return Err(ShelfError::Clash { name, by: format!("{} 的插件", author(&place.author)) });
            }
            if place.current != digest {
                may_follow(place, before.unwrap_or_default(), &version)?;
            }
        }
        let index = if let Source::Index { at } = &self.source { Some(at.clone()) } else { None };
        let place = Place {
            name: name.clone(),
            author: self.author.clone(),
            current: digest.clone(),
            ..succeed(there, &digest, self.source.clone())
        };
        let (author, signer, adopted) = (self.author.clone(), self.signer.clone(), self.adopted.clone());
        Ok(Step { place, edition: Edition { name, author, signer, version, digest, adopted, index, revoked: None } })
    }
}

/// Whether a version may follow what is there. A folder of this machine is its owner's to change without a new number.
fn may_follow(place: &Place, have: &str, offered: &str) -> Result<(), ShelfError> {
    let name = place.name.clone();
    if place.pinned {
        return Err(ShelfError::Pinned(name));
    }
    let (Ok(old), Ok(new)) = (Version::parse(have), Version::parse(offered)) else { return Ok(()) };
    match new.cmp_precedence(&old) {
        Ordering::Less => Err(ShelfError::Older { name, have: have.into(), offered: offered.into() }),
        Ordering::Equal if !place.author.is_empty() => Err(ShelfError::Same { name, version: offered.into() }),
        _ => Ok(()),
    }
}

/// What a place keeps of what was there: the way back, and whether it stays.
fn succeed(there: Option<&Place>, digest: &str, source: Source) -> Place {
    let mut earlier = there.map(|place| place.earlier.clone()).unwrap_or_default();
    if let Some(place) = there.filter(|place| place.current != digest) {
        earlier.retain(|other| other != digest);
        earlier.push(place.current.clone());
        earlier.drain(..earlier.len().saturating_sub(EARLIER));
    }
    let pinned = there.is_some_and(|place| place.pinned);
    Place { name: String::new(), author: String::new(), current: String::new(), earlier, pinned, source }
}
