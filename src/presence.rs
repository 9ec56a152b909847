//! How a running server is found: its address and token, in a file of its data directory that only its owner can read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rand::RngExt as _;
use serde::{Deserialize, Serialize};

const FILE: &str = "serve.json";
const TOKEN_FILE: &str = "token";

/// A running server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Presence {
    /// Where it listens.
    pub address: SocketAddr,
    /// What lets one in.
    pub token: String,
    /// Its process.
    pub pid: u32,
}

/// The announcement of a running server; it is taken back when this is dropped.
pub struct Announced(PathBuf);

impl Presence {
    /// Writes the announcement.
    ///
    /// # Errors
    /// As the file system.
    pub fn announce(&self, data: &Path) -> std::io::Result<Announced> {
        let path = data.join(FILE);
        let text = serde_json::to_string(self).map_err(std::io::Error::other)?;
        write_private(&path, &text)?;
        Ok(Announced(path))
    }

    /// Reads the announcement of whoever serves a data directory.
    #[must_use]
    pub fn of(data: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(data.join(FILE)).ok()?).ok()
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        // A file left behind by a kill is overwritten by the next server.
        let _ = fs::remove_file(&self.0);
    }
}

/// The data directory's access token, made at its first use and kept, so that a bookmark survives a restart.
///
/// # Errors
/// As the file system.
pub fn token(data: &Path) -> std::io::Result<String> {
    let path = data.join(TOKEN_FILE);
    match fs::read_to_string(&path) {
        Ok(token) if token.trim().len() >= 32 => Ok(token.trim().to_owned()),
        Ok(_) | Err(_) => {
            let token = hex::encode(rand::rng().random::<[u8; 20]>());
            fs::create_dir_all(data)?;
            write_private(&path, &token)?;
            Ok(token)
        }
    }
}

/// Written beside and moved into place: a reader never sees half of it, and nobody else reads it at all.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
