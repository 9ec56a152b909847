//! `[model]` in agents.toml: which provider, which model, with what patience. The key itself is never part of the file: the file
//! names an environment variable, and `config.rs` hands the value in.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::Policy;

/// A model behind an OpenAI-compatible address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// What reports call it; also what the provider is asked for, unless `model` says otherwise.
    pub name: String,
    /// Up to and with the version: `https://api.deepseek.com/v1`.
    pub base_url: String,
    /// The provider's own name of the model, where it differs from `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The NAME of the environment variable that holds the key; none for a local server without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// Most tokens an answer may have.
    #[serde(default = "default_max_tokens")]
    pub max_tokens: u32,
    /// What the provider calls that limit.
    #[serde(default)]
    pub max_tokens_field: MaxTokensField,
    /// None leaves it to the provider; some accept no other value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// How far the provider can be held to JSON.
    #[serde(default)]
    pub json_mode: JsonMode,
    /// Tries of one request, where the provider is busy or silent.
    #[serde(default = "default_tries")]
    pub tries: u32,
    /// How long one try may take, to the last byte.
    #[serde(default = "default_timeout", with = "humantime_serde")]
    pub timeout: Duration,
    /// Fields of the request that only this provider knows: `enable_thinking = false`. They never replace our own.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// What it really costs; none = as the table of list prices says, if it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<super::prices::OwnPrice>,
    /// The key, as `config.rs` found it.
    #[serde(skip)]
    pub key: Option<ApiKey>,
}

/// How a provider is told that an answer must be JSON. The words of the prompt say it in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonMode {
    /// Not at all: understood everywhere.
    #[default]
    None,
    /// `json_object`.
    Object,
    /// `json_schema`.
    Schema,
}

/// The request field that limits an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// Nearly everywhere.
    #[default]
    MaxTokens,
    /// Models that count their reasoning in.
    MaxCompletionTokens,
}

impl MaxTokensField {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// A key that no `Debug`, log or error shows.
#[derive(Clone, Debug)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Takes the key; what stands around it, such as a line's end, is no part of it.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(SecretString::from(key.trim()))
    }

    pub(super) fn exposed(&self) -> &str {
        self.0.expose_secret()
    }
}

impl ModelConfig {
    /// A model with everything but these two left at its default.
    #[must_use]
    pub fn new(name: &str, base_url: &str) -> Self {
        Self {
            name: name.into(),
            base_url: base_url.into(),
            model: None,
            key_env: None,
            max_tokens: default_max_tokens(),
            max_tokens_field: MaxTokensField::default(),
            temperature: None,
            json_mode: JsonMode::default(),
            tries: default_tries(),
            timeout: default_timeout(),
            extra: Map::new(),
            price: None,
            key: None,
        }
    }

    /// The address without what people paste along with it: a slash doubled in the URL is a 404 at some providers.
    #[must_use]
    pub fn base(&self) -> &str {
        let base = self.base_url.trim().trim_end_matches('/');
        base.strip_suffix("/chat/completions").unwrap_or(base).trim_end_matches('/')
    }

    /// What the provider calls the model.
    #[must_use]
    pub fn asked_for(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name)
    }

    /// How often and how long to try.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy { tries: self.tries.max(1), ..Policy::MODEL }
    }
}

fn default_max_tokens() -> u32 {
    1500
}

fn default_tries() -> u32 {
    Policy::MODEL.tries
}

fn default_timeout() -> Duration {
    Duration::from_secs(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_loses_what_does_not_belong_to_it() {
        for pasted in
            ["https://x.cn/v1", "https://x.cn/v1/", " https://x.cn/v1// ", "https://x.cn/v1/chat/completions/"]
        {
            assert_eq!(ModelConfig::new("m", pasted).base(), "https://x.cn/v1", "{pasted:?}");
        }
    }

    #[test]
    fn a_key_is_shown_nowhere_and_an_unknown_setting_is_refused() {
        let mut model = ModelConfig::new("m", "http://x/v1");
        model.key = Some(ApiKey::new("sk-very-secret\n".into()));
        assert_eq!(model.key.as_ref().map(ApiKey::exposed), Some("sk-very-secret"));
        assert!(!format!("{model:?}").contains("secret"), "{model:?}");
        assert!(!toml::to_string(&model).unwrap().contains("secret"));

        let typo = "name = \"m\"\nbase_url = \"http://x/v1\"\nkey = \"sk-pasted-into-the-file\"";
        let refused = toml::from_str::<ModelConfig>(typo).unwrap_err().to_string();
        assert!(refused.contains("unknown field `key`"), "{refused}");
    }
}
