//! Where reports go when they leave the house: one file a channel.
//!
//! A channel sends one [`Letter`] once and says how it went; it never retries, never renders and never reads the database.
//! [`delivery`] keeps what is to be sent, [`progress`] says when to try again. To add a channel: a file, a variant of [`ChannelConfig`], an arm of [`open`].

pub mod delivery;
pub mod file;
pub mod letter;
mod markdown;
pub mod progress;
pub mod webhook;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

pub use delivery::Deliveries;
pub use letter::{About, Letter};
pub use progress::{Delivery, DeliveryStatus};

use crate::clock::Clock;

/// One `[channel.<name>]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChannelConfig {
    /// Files that something else picks up.
    File {
        /// Where; below the data directory unless it begins at the root.
        dir: PathBuf,
    },
    /// A signed POST to an address of the merchant's.
    Webhook {
        /// The address; better kept in the environment, because whoever has it can post.
        url: Option<Hidden>,
        /// The NAME of the environment variable that holds the address.
        url_env: Option<String>,
        /// Signs each letter.
        secret: Option<Hidden>,
        /// The NAME of the environment variable that holds the secret.
        secret_env: Option<String>,
    },
}

/// A setting that is never shown, logged or written out again.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str("***")
    }
}

/// A way out.
#[async_trait::async_trait]
pub trait Channel: Send + Sync {
    /// Sends a letter, once. The same letter may come again after a kill: its id is the same then.
    async fn deliver(&self, letter: &Letter) -> Result<(), DeliveryError>;
}

/// How a delivery failed. The texts are for the merchant and hold no address and no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Trying again cannot help.
    #[error("{0}")]
    Permanent(String),
    /// It did not arrive; try again.
    #[error("{why}")]
    Later {
        /// What went wrong.
        why: String,
        /// Not before this has passed, as the other side asked.
        after: Option<Duration>,
    },
    /// Nobody knows whether it arrived.
    #[error("{0}")]
    Unknown(String),
}

/// The channels by name.
pub type Channels = BTreeMap<String, Arc<dyn Channel>>;

/// What channels are opened with.
pub struct Surroundings<'a> {
    /// Relative directories lie below it.
    pub data: &'a Path,
    /// The environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The shared client.
    pub client: reqwest::Client,
    /// The time, for signatures.
    pub clock: Clock,
}

/// Why a channel cannot be opened. Stops the start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// Neither or both of a setting and its variable.
    #[error("[channel.{channel}]: give exactly one of {key} and {key}_env")]
    OneOf {
        /// The channel.
        channel: String,
        /// The setting.
        key: &'static str,
    },
    /// The variable is empty.
    #[error("[channel.{channel}]: the environment variable {variable} is not set")]
    Unset {
        /// The channel.
        channel: String,
        /// The variable.
        variable: String,
    },
    /// No http address; it is not repeated here.
    #[error("[channel.{channel}]: the address is no http:// or https:// URL")]
    Address {
        /// The channel.
        channel: String,
    },
    /// The secret is not what its prefix says.
    #[error("[channel.{channel}]: the secret begins with whsec_ but is no base64 behind it")]
    Secret {
        /// The channel.
        channel: String,
    },
}

/// Opens the channels. Nothing is sent yet.
///
/// # Errors
/// [`ChannelError`], one line that names the channel.
pub fn open(configs: &BTreeMap<String, ChannelConfig>, around: &Surroundings<'_>) -> Result<Channels, ChannelError> {
    configs.iter().map(|(name, config)| Ok((name.clone(), open_one(name, config, around)?))).collect()
}

fn open_one(name: &str, config: &ChannelConfig, around: &Surroundings<'_>) -> Result<Arc<dyn Channel>, ChannelError> {
    match config {
        ChannelConfig::File { dir } => Ok(Arc::new(file::Folder::new(around.data.join(dir)))),
        ChannelConfig::Webhook { url, url_env, secret, secret_env } => {
            let one_of = |key| ChannelError::OneOf { channel: name.into(), key };
            let url = setting(name, (url, url_env), around.env).ok_or_else(|| one_of("url"))??;
            let secret = if secret.is_none() && secret_env.is_none() {
                None
            } else {
                Some(setting(name, (secret, secret_env), around.env).ok_or_else(|| one_of("secret"))??)
            };
            let address =
                webhook::Address::parse(&url).ok_or_else(|| ChannelError::Address { channel: name.into() })?;
            let secret = match secret.map(|secret| webhook::Secret::parse(&secret)) {
                None => None,
                Some(Some(secret)) => Some(secret),
                Some(None) => return Err(ChannelError::Secret { channel: name.into() }),
            };
            Ok(Arc::new(webhook::Webhook::new(around.client.clone(), address, secret, around.clock.clone())))
        }
    }
}

type Given<'a> = (&'a Option<Hidden>, &'a Option<String>);

/// A setting that is given directly or by the name of a variable; none unless it is given exactly once.
fn setting(
    channel: &str,
    given: Given<'_>,
    env: &dyn Fn(&str) -> Option<String>,
) -> Option<Result<String, ChannelError>> {
    match given {
        (Some(value), None) => Some(Ok(value.0.clone())),
        (None, Some(variable)) => {
            let unset = || ChannelError::Unset { channel: channel.into(), variable: variable.clone() };
            Some(env(variable).ok_or_else(unset))
        }
        _ => None,
    }
}
