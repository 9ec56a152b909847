//! Who wrote a plugin. An author is a key; the signature covers manifest, code and prompts together, file by file, so that no part of
//! one version can be put into another.
//!
//! A secret key lies in a file that only its owner can read; nothing here prints it.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Package;
use super::fault::{Fault, shown};
use super::names::SIGNATURE;

const FORM: &str = "xiaoer skill signature 1";
const KEY_FORM: &str = "xiaoer skill key 1";
const REMAKE: &str = "get the plugin anew from its author";

/// The public half of an author's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author(VerifyingKey);

impl Author {
    /// Reads 64 hex digits.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = hex::decode(text.trim()).ok()?.try_into().ok()?;
        // A weak key is everybody's: some signature fits it for any message.
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// Whether this author signed these words.
    #[must_use]
    pub fn signed(self, words: &[u8], signature: &str) -> bool {
        let read = || Some(Signature::from_bytes(&hex::decode(signature).ok()?.try_into().ok()?));
        read().is_some_and(|signature| self.0.verify_strict(words, &signature).is_ok())
    }
}

impl std::fmt::Display for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0.to_bytes()))
    }
}

/// An author's key, wiped when it is dropped.
pub struct Key(SigningKey);

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others on this machine can read it.
    #[error("the key file {0} can be read by others; run: chmod 600 {0}")]
    Open(String),
    /// Not a key of ours.
    #[error("{0} is no key file; make one with: xiaoer skill key FILE")]
    NotAKey(String),
    /// It is there already.
    #[error("{0} is there already; a key that is overwritten is lost for good, so choose another name")]
    There(String),
    /// The file system.
    #[error("the key file {path} cannot be read or written ({why}); name a file of your own")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        why: std::io::Error,
    },
}

impl Key {
    /// A new key in a new file, readable by its owner alone.
    ///
    /// # Errors
    /// [`KeyError`]; a key that is there is never overwritten.
    pub fn make(file: &Path) -> Result<Self, KeyError> {
        let path = || file.display().to_string();
        let key = SigningKey::from_bytes(&rand::rng().random());
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        let mut out = made.map_err(|why| match why.kind() {
            ErrorKind::AlreadyExists => KeyError::There(path()),
            _ => KeyError::File { path: path(), why },
        })?;
        let text = format!("{KEY_FORM}\n{}\n", hex::encode(key.to_bytes()));
        out.write_all(text.as_bytes())
            .and_then(|()| out.sync_all())
            .map_err(|why| KeyError::File { path: path(), why })?;
        Ok(Self(key))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyError`]; one that others can read is refused.
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        let path = || file.display().to_string();
        let failed = |why| KeyError::File { path: path(), why };
        if fs::metadata(file).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Open(path()));
        }
        let text = fs::read_to_string(file).map_err(failed)?;
        let digits = text.strip_prefix(KEY_FORM).map(str::trim).and_then(|digits| hex::decode(digits).ok());
        let bytes: Option<[u8; 32]> = digits.and_then(|bytes| bytes.try_into().ok());
        bytes.map(|bytes| Self(SigningKey::from_bytes(&bytes))).ok_or_else(|| KeyError::NotAKey(path()))
    }

    /// Its public half.
    #[must_use]
    pub fn author(&self) -> Author {
        Author(self.0.verifying_key())
    }

    /// Signs some words.
    #[must_use]
    pub fn sign(&self, words: &[u8]) -> String {
        hex::encode(self.0.sign(words).to_bytes())
    }

    /// The text of a package's SIGNATURE.
    #[must_use]
    pub fn sign_package(&self, package: &Package) -> String {
        let mut text = sheet(package, self.author());
        let signature = self.sign(text.as_bytes());
        let _ = writeln!(text, "signature {signature}");
        text
    }

    /// Says that another key takes this one's place.
    #[must_use]
    pub fn hand_over(&self, to: Author) -> Rotation {
        let mut rotation = Rotation { from: self.author().to_string(), to: to.to_string(), signature: String::new() };
        rotation.signature = self.sign(rotation.words().as_bytes());
        rotation
    }
}

/// An author's word that another key takes the place of theirs, signed by the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The old key.
    pub from: String,
    /// The new key.
    pub to: String,
    /// By the old key.
    pub signature: String,
}

impl Rotation {
    fn words(&self) -> String {
        format!("xiaoer skill key rotation 1\nfrom {}\nto {}\n", self.from, self.to)
    }

    /// Whether the old key signed it.
    #[must_use]
    pub fn holds(&self) -> bool {
        Author::read(&self.to).is_some()
            && Author::read(&self.from).is_some_and(|from| from.signed(self.words().as_bytes(), &self.signature))
    }
}

/// What is signed: every file with its own digest, so that a changed one can be named.
fn sheet(package: &Package, author: Author) -> String {
    let mut text = format!(
        "{FORM}\nname {}\nversion {}\ndigest {}\n",
        package.manifest.name, package.manifest.version, package.digest
    );
    for (path, bytes) in &package.files {
        let _ = writeln!(text, "file {} {path}", hex::encode(Sha256::digest(bytes)));
    }
    let _ = writeln!(text, "key {author}");
    text
}

/// Who signed a package.
///
/// # Errors
/// The signature is no signature, or of other files; the changed file is named.
pub fn check(package: &Package, signature: &[u8]) -> Result<Author, Fault> {
    let refuse = |what: &str| Fault::of(SIGNATURE, what, REMAKE);
    let text = std::str::from_utf8(signature).map_err(|_| refuse("the file is no signature"))?;
    let (signed, last) =
        text.trim_end_matches('\n').rsplit_once('\n').ok_or_else(|| refuse("the file is no signature"))?;
    let digits = last.strip_prefix("signature ").ok_or_else(|| refuse("the file does not end with a signature"))?;
    let key = signed.lines().last().and_then(|line| line.strip_prefix("key ")).and_then(Author::read);
    let author = key.ok_or_else(|| refuse("the file does not name its author's key"))?;
    let signed = format!("{signed}\n");
    if !author.signed(signed.as_bytes(), digits) {
        return Err(refuse("the signature does not fit its own words"));
    }
    let ours = sheet(package, author);
    if ours == signed {
        return Ok(author);
    }
    let file =
        |line: &str| line.strip_prefix("file ").and_then(|rest| rest.split_once(' ')).map(|(_, path)| path.to_owned());
    let differs = |a: &str, b: &str| a.lines().filter(|line| !b.lines().any(|other| other == *line)).find_map(file);
    let changed = differs(&ours, &signed).or_else(|| differs(&signed, &ours));
    Err(match changed {
        Some(path) => Fault::of(&path, "the file was changed, added or removed after the author signed", REMAKE),
        None => Fault::of(
            SIGNATURE,
            format!("it is of another plugin ({})", shown(signed.lines().nth(1).unwrap_or_default())),
            REMAKE,
        ),
    })
}
