//! Pictures that a merchant or a skill hands over and that no shop shows yet: bytes under their SHA-256, kept per shop until an approved
//! action puts them up. The same picture twice is kept once. Nothing here talks to a platform.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::db::{self, Batch, DbError, Key, SharedDb, Table};

/// Bytes of a picture; no platform takes more.
pub const LARGEST: usize = 2 << 20;

/// Why a picture was not taken. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// Too many bytes.
    #[error("图片有 {0} KB，超过 2 MB，请压缩后再上传")]
    TooLarge(usize),
    /// Not one of the four kinds.
    #[error("图片格式不支持，请使用 jpg、png、gif 或 bmp")]
    NoPicture,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The pictures of all shops.
#[derive(Clone)]
pub struct Kept {
    db: SharedDb,
}

impl Kept {
    /// Over a database.
    #[must_use]
    pub fn new(db: SharedDb) -> Self {
        Self { db }
    }

    /// Keeps a picture and gives its SHA-256 in hex.
    ///
    /// # Errors
    /// [`KeptError`].
    pub async fn keep(&self, shop: &str, bytes: &[u8]) -> Result<String, KeptError> {
        check(bytes)?;
        let sha256 = hex::encode(Sha256::digest(bytes));
        let row = Batch::new().put(Table::Pictures, key(shop, &sha256), &STANDARD.encode(bytes));
        self.db.commit(row).await?;
        Ok(sha256)
    }

    /// A picture of a shop; none when the shop never handed it over.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, shop: &str, sha256: &str) -> Result<Option<Vec<u8>>, DbError> {
        let text: Option<String> = db::get(&*self.db, Table::Pictures, &key(shop, sha256)).await?;
        Ok(text.and_then(|text| STANDARD.decode(text).ok()))
    }
}

/// The media type of a picture that a platform takes.
///
/// # Errors
/// [`KeptError::TooLarge`], [`KeptError::NoPicture`].
pub fn check(bytes: &[u8]) -> Result<&'static str, KeptError> {
    if bytes.len() > LARGEST {
        return Err(KeptError::TooLarge(bytes.len() / 1024));
    }
    kind(bytes).ok_or(KeptError::NoPicture)
}

/// The media type by the first bytes, whatever a file is called.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 5] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
    ];
    kinds.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

fn key(shop: &str, sha256: &str) -> Key {
    Key::of(shop).part(sha256)
}
