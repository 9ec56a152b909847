//! Secrets of shops, sealed at rest and opened only at the wire.
//!
//! A value is sealed with XChaCha20-Poly1305 under a key that lies in a file beside the database, or comes from the environment, and never
//! lies in the database itself, so a backup alone opens nothing. Shop and name are sealed in as associated data: a sealed value that is moved to another shop does not open there.
//! Nothing here may print a value; [`Secret`] hides it, and only [`Secret::expose`] gives it away.

use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};

const KEY_FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Names one secret of a shop, such as its access token. Safe to store and show.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretRef(pub String);

/// A secret in the clear, for as short as possible. It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value that came from a person or a config file.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the wire and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What is wrong with the key file or a sealed value. The texts are for whoever runs the program.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Others on this machine can read the key.
    #[error("the key file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")]
    Open {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There are sealed values but nothing to open them with. A new key would not help, so none is made.
    #[error("the key file {path} is missing, but the database holds sealed secrets; put the file back from its backup")]
    Missing {
        /// The key file.
        path: PathBuf,
    },
    /// Not a key.
    #[error("the key file {path} does not hold 64 hex digits; put the file back from its backup")]
    NotAKey {
        /// The key file.
        path: PathBuf,
    },
    /// The environment's key is no key.
    #[error("XIAOER_SECRET_KEY does not hold 64 hex digits")]
    NotAKeyInEnv,
    /// Two keys that differ: nobody can say which one the database was sealed with.
    #[error(
        "XIAOER_SECRET_KEY differs from the key file {path}; keep the one that sealed the database and remove the other"
    )]
    TwoKeys {
        /// The key file.
        path: PathBuf,
    },
    /// The file system.
    #[error("the key file {path} cannot be read or written: {why}")]
    File {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Sealed with another key, for another shop or name, or damaged.
    #[error("secret {name} of shop {shop} does not open with this key")]
    Sealed {
        /// Whose.
        shop: String,
        /// Which.
        name: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(Serialize, Deserialize)]
struct SealedValue {
    nonce: String,
    sealed: String,
}

/// The secrets of all shops. The key file is made with the first secret: an installation without one has nothing to lose.
#[derive(Clone)]
pub struct Secrets {
    db: SharedDb,
    path: PathBuf,
    cipher: Arc<OnceLock<XChaCha20Poly1305>>,
}

impl Secrets {
    /// Reads the key file of a data directory, if there is one.
    ///
    /// # Errors
    /// A key file that others can read, or that holds no key; a start must stop then.
    pub fn open(db: SharedDb, data: &Path) -> Result<Self, SecretError> {
        Self::open_with(db, data, None)
    }

    /// The same with a key from outside, 64 hex digits. It is never written down.
    ///
    /// # Errors
    /// As [`Secrets::open`], and when both keys are there and differ.
    pub fn open_with(db: SharedDb, data: &Path, given: Option<&Secret>) -> Result<Self, SecretError> {
        let path = data.join(KEY_FILE);
        let cipher = Arc::new(OnceLock::new());
        let given = given.map(|key| key_of(key.expose()).ok_or(SecretError::NotAKeyInEnv)).transpose()?;
        let key = match (read_key(&path)?, given) {
            (Some(file), Some(given)) if file != given => return Err(SecretError::TwoKeys { path }),
            (file, given) => file.or(given),
        };
        if let Some(key) = key {
            cipher.get_or_init(|| cipher_of(key));
        }
        Ok(Self { db, path, cipher })
    }

    /// Whether what was sealed can be opened: a start that finds the key gone, or another one, should stop rather than run on.
    ///
    /// # Errors
    /// [`SecretError::Missing`], [`SecretError::Sealed`], and as the database.
    pub async fn check(&self) -> Result<(), SecretError> {
        let any = self.db.scan(Table::Secrets, Scan::under(&Key::global()).limit(1)).await?;
        let Some(row) = any.first() else { return Ok(()) };
        if let [shop, name] = row.key.texts(2).as_slice() {
            self.get(shop, &SecretRef(name.clone())).await?;
        }
        Ok(())
    }

    /// Seals a value, replacing an older one.
    ///
    /// # Errors
    /// [`SecretError::Missing`] when older values are sealed with a key that is gone, and as the database.
    pub async fn put(&self, shop: &str, name: &SecretRef, value: &Secret) -> Result<(), SecretError> {
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let payload = Payload { msg: value.expose().as_bytes(), aad: &place(shop, name) };
        let cipher = self.cipher_or_new().await?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| does_not_open(shop, name))?;
        let value = SealedValue { nonce: STANDARD.encode(nonce), sealed: STANDARD.encode(sealed) };
        Ok(self.db.commit(Batch::new().put(Table::Secrets, key(shop, name), &value)).await?)
    }

    /// Seals a value under a name, and gives the name that a shop's link keeps.
    ///
    /// # Errors
    /// As [`Secrets::put`].
    pub async fn keep(&self, shop: &str, name: &str, value: &str) -> Result<SecretRef, SecretError> {
        let name = SecretRef(name.to_owned());
        self.put(shop, &name, &Secret::new(value)).await?;
        Ok(name)
    }

    /// A shop's secret, if it has one of this name.
    ///
    /// # Errors
    /// [`SecretError::Sealed`] when it does not open, [`SecretError::Missing`] when there is no key, and as the database.
    pub async fn get(&self, shop: &str, name: &SecretRef) -> Result<Option<Secret>, SecretError> {
        let Some(value): Option<SealedValue> = db::get(&*self.db, Table::Secrets, &key(shop, name)).await? else {
            return Ok(None);
        };
        let cipher = self.cipher.get().ok_or_else(|| SecretError::Missing { path: self.path.clone() })?;
        let open = || {
            let nonce: [u8; NONCE_BYTES] = STANDARD.decode(&value.nonce).ok()?.try_into().ok()?;
            let sealed = STANDARD.decode(&value.sealed).ok()?;
            let payload = Payload { msg: &sealed, aad: &place(shop, name) };
            String::from_utf8(cipher.decrypt(&XNonce::from(nonce), payload).ok()?).ok()
        };
        open().map(Secret).map(Some).ok_or_else(|| does_not_open(shop, name))
    }

    /// Forgets a secret.
    ///
    /// # Errors
    /// As the database.
    pub async fn forget(&self, shop: &str, name: &SecretRef) -> Result<(), SecretError> {
        Ok(self.db.commit(Batch::new().delete(Table::Secrets, key(shop, name))).await?)
    }

    async fn cipher_or_new(&self) -> Result<&XChaCha20Poly1305, SecretError> {
        if let Some(cipher) = self.cipher.get() {
            return Ok(cipher);
        }
        self.check().await?;
        // Whoever makes the file first has made the key of all.
        let key = match make_key(&self.path)? {
            Some(key) => key,
            None => read_key(&self.path)?.ok_or_else(|| SecretError::Missing { path: self.path.clone() })?,
        };
        Ok(self.cipher.get_or_init(|| cipher_of(key)))
    }
}

fn cipher_of(key: [u8; KEY_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&CipherKey::from(key))
}

fn key(shop: &str, name: &SecretRef) -> Key {
    Key::of(shop).part(&name.0)
}

/// Where a value belongs, unambiguously: no shop and name run together into another shop's.
fn place(shop: &str, name: &SecretRef) -> Vec<u8> {
    serde_json::to_vec(&(shop, name)).expect("two texts are plain data")
}

fn does_not_open(shop: &str, name: &SecretRef) -> SecretError {
    SecretError::Sealed { shop: shop.into(), name: name.0.clone() }
}

fn read_key(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, SecretError> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(on_file(path, &error)),
    };
    // The opened file is asked, not the path: nothing can change between the look and the read.
    let mode = file.metadata().map_err(|e| on_file(path, &e))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Open { path: path.into(), mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|e| on_file(path, &e))?;
    key_of(&text).map(Some).ok_or_else(|| SecretError::NotAKey { path: path.into() })
}

fn key_of(text: &str) -> Option<[u8; KEY_BYTES]> {
    hex::decode(text.trim()).ok()?.try_into().ok()
}

/// A new key; none when somebody else has just made one.
fn make_key(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, SecretError> {
    let key: [u8; KEY_BYTES] = rand::rng().random();
    let folder = path.parent().unwrap_or(Path::new("."));
    // Written whole under another name first: no reader and no power cut ever finds half a key.
    let draft = folder.join(format!(".{KEY_FILE}.{}", hex::encode(rand::rng().random::<[u8; 4]>())));
    let written = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(format!("{}\n", hex::encode(key)).as_bytes())?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        linked?;
        std::fs::File::open(folder)?.sync_all()
    };
    match written() {
        Ok(()) => Ok(Some(key)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(on_file(path, &error)),
    }
}

fn on_file(path: &Path, error: &std::io::Error) -> SecretError {
    SecretError::File { path: path.into(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::db::SledDb;

    fn token() -> SecretRef {
        SecretRef("token".into())
    }

    async fn opened(dir: &Path) -> (SharedDb, Secrets) {
        let db: SharedDb = Arc::new(SledDb::open(&dir.join("db"), 1 << 20).expect("a new database"));
        let secrets = Secrets::open(db.clone(), dir).expect("no key yet");
        (db, secrets)
    }

    #[tokio::test]
    async fn a_secret_comes_back_and_never_lies_in_the_database_in_the_clear() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, secrets) = opened(dir.path()).await;
        secrets.put("a", &token(), &Secret::new("tok-20261123")).await.expect("sealed");
        assert_eq!(secrets.get("a", &token()).await.expect("opens").as_ref().map(Secret::expose), Some("tok-20261123"));
        assert_eq!(secrets.get("a", &SecretRef("other".into())).await.expect("absent"), None);
        let rows = db.scan(Table::Secrets, Scan::under(&Key::of("a"))).await.expect("rows");
        assert!(!String::from_utf8_lossy(&rows[0].value).contains("tok-2026"));
    }

    #[tokio::test]
    async fn a_sealed_value_moved_to_another_shop_or_name_does_not_open() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, secrets) = opened(dir.path()).await;
        secrets.put("a", &token(), &Secret::new("of shop a")).await.expect("sealed");
        let stolen: SealedValue =
            db::get(&*db, Table::Secrets, &key("a", &token())).await.expect("read").expect("there");
        for (shop, name) in [("b", token()), ("a", SecretRef("secret".into()))] {
            db.commit(Batch::new().put(Table::Secrets, key(shop, &name), &stolen)).await.expect("moved");
            let opened = secrets.get(shop, &name).await;
            assert!(matches!(opened, Err(SecretError::Sealed { .. })), "{shop}/{} gave {opened:?}", name.0);
        }
    }

    #[tokio::test]
    async fn a_key_file_that_others_can_read_stops_the_start() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, secrets) = opened(dir.path()).await;
        secrets.keep("a", "token", "x").await.expect("sealed");
        let path = dir.path().join(KEY_FILE);
        assert_eq!(std::fs::metadata(&path).expect("it exists").permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("loosened");
        let refused = Secrets::open(db, dir.path()).err().expect("refused");
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }

    #[tokio::test]
    async fn a_lost_key_is_said_and_no_new_one_is_made() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, secrets) = opened(dir.path()).await;
        secrets.put("a", &token(), &Secret::new("x")).await.expect("sealed");
        std::fs::remove_file(dir.path().join(KEY_FILE)).expect("lost");
        let secrets = Secrets::open(db, dir.path()).expect("there is no key to be wrong");
        assert!(matches!(secrets.check().await, Err(SecretError::Missing { .. })));
        assert!(matches!(secrets.get("a", &token()).await, Err(SecretError::Missing { .. })));
        assert!(matches!(secrets.keep("a", "token", "y").await, Err(SecretError::Missing { .. })));
        assert!(!dir.path().join(KEY_FILE).exists());
    }

    #[tokio::test]
    async fn a_key_from_the_environment_opens_what_it_sealed_and_is_never_written_down() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, _) = opened(dir.path()).await;
        let with = |key: &str| Secrets::open_with(db.clone(), dir.path(), Some(&Secret::new(key)));
        let (ours, other) = ("ab".repeat(KEY_BYTES), "cd".repeat(KEY_BYTES));
        with(&ours).expect("a key").keep("a", "token", "x").await.expect("sealed");
        assert!(!dir.path().join(KEY_FILE).exists());
        with(&ours).expect("the key").check().await.expect("it opens");
        assert!(matches!(with(&other).expect("a key").check().await, Err(SecretError::Sealed { .. })));
        assert!(matches!(
            Secrets::open(db.clone(), dir.path()).expect("none").check().await,
            Err(SecretError::Missing { .. })
        ));
        assert!(matches!(with("short"), Err(SecretError::NotAKeyInEnv)));
    }

    #[tokio::test]
    async fn two_keys_that_differ_stop_the_start_and_the_same_key_twice_does_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, secrets) = opened(dir.path()).await;
        secrets.keep("a", "token", "x").await.expect("sealed");
        let file = std::fs::read_to_string(dir.path().join(KEY_FILE)).expect("the key file");
        let with = |key: &str| Secrets::open_with(db.clone(), dir.path(), Some(&Secret::new(key)));
        with(&file).expect("the same key").check().await.expect("it opens");
        let refused = with(&"ab".repeat(KEY_BYTES)).err().expect("refused").to_string();
        assert!(refused.contains("XIAOER_SECRET_KEY") && !refused.contains(file.trim()), "{refused}");
    }

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::new("tok-1");
        assert_eq!(format!("{secret} {secret:?}"), "*** Secret(***)");
    }
}
