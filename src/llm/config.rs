//! `[model]` in agents.toml: which provider, which model, with what patience. The key itself is never part of the file: the file
//! names an environment variable, and `config.rs` hands the value in.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::capability::{self, Capability};
use crate::http::Policy;

/// A model behind an OpenAI-compatible address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// What reports call it; also what the provider is asked for, unless `model` says otherwise.
    pub name: String,
    /// A known provider by one word, for its address and the usual name of its key's variable: `dashscope`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Up to and with the version: `https://api.deepseek.com/v1`. May be left out with a preset.
    #[serde(default)]
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
    /// What the provider calls that limit, where `providers.toml` does not know better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens_field: Option<MaxTokensField>,
    /// None leaves it to the provider; some accept no other value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// How far the provider can be held to JSON, where `providers.toml` does not know better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_mode: Option<JsonMode>,
    /// Whether functions may be offered, where `providers.toml` does not know better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<bool>,
    /// Lets the model think before it answers, if it does so by itself. Slower, and paid for.
    #[serde(default)]
    pub thinking: bool,
    /// Tries of one request, where the provider is busy or silent.
    #[serde(default = "default_tries")]
    pub tries: u32,
    /// How long one try may take, to the last byte.
    #[serde(default = "default_timeout", with = "humantime_serde")]
    pub timeout: Duration,
    /// How long a stream may be silent.
    #[serde(default = "default_idle", with = "humantime_serde")]
    pub idle: Duration,
    /// Requests at the same time.
    #[serde(default = "default_at_once")]
    pub at_once: usize,
    /// Requests a minute; none leaves it to the provider to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Fields of the request that only this provider knows: `enable_thinking = false`. They never replace our own.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// Recorded answers: of a provider for later, or in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cassette: Option<CassetteConfig>,
    /// Models that are asked when this one cannot answer, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<ModelConfig>,
    /// What it really costs; none = as the table of list prices says, if it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<super::prices::OwnPrice>,
    /// The key, as `config.rs` found it.
    #[serde(skip)]
    pub key: Option<ApiKey>,
}

/// Where answers are recorded or played back from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CassetteConfig {
    /// What is done with it.
    pub mode: CassetteMode,
    /// Its folder.
    pub dir: PathBuf,
}

/// What is done with a cassette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CassetteMode {
    /// Every answer of the provider is kept.
    Record,
    /// The provider is never called; a question without a recorded answer is an error.
    Replay,
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
            preset: None,
            base_url: base_url.into(),
            model: None,
            key_env: None,
            max_tokens: default_max_tokens(),
            max_tokens_field: None,
            temperature: None,
            json_mode: None,
            tools: None,
            thinking: false,
            tries: default_tries(),
            timeout: default_timeout(),
            idle: default_idle(),
            at_once: default_at_once(),
            per_minute: None,
            extra: Map::new(),
            cassette: None,
            fallback: Vec::new(),
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

    /// What is known of the provider, with what this deployment says itself.
    #[must_use]
    pub fn capability(&self) -> Capability {
        let known = Capability::of(self.base(), self.asked_for());
        Capability {
            json: self.json_mode.unwrap_or(known.json),
            tools: self.tools.unwrap_or(known.tools),
            max_tokens: self.max_tokens_field.unwrap_or(known.max_tokens),
            thinking_off: if self.thinking { Map::new() } else { known.thinking_off },
            ..known
        }
    }

    /// Takes address and key's variable from the preset, here and in what it falls back to.
    ///
    /// # Errors
    /// What is missing or unknown, in one line.
    pub fn settle(&mut self) -> Result<(), String> {
        if let Some(name) = &self.preset {
            let presets = capability::presets();
            let Some(preset) = presets.iter().find(|preset| preset.name == *name) else {
                let known: Vec<_> = presets.iter().map(|preset| preset.name.as_str()).collect();
                return Err(format!("model {:?}: there is no preset {name:?}; known: {}", self.name, known.join(", ")));
            };
            if self.base_url.trim().is_empty() {
                self.base_url.clone_from(&preset.base_url);
            }
            if self.key_env.is_none() {
                self.key_env.clone_from(&preset.key_env);
            }
        }
        if self.base().is_empty() {
            return Err(format!("model {:?} needs a base_url or a preset", self.name));
        }
        if self.at_once == 0 || self.per_minute == Some(0) {
            return Err(format!("model {:?}: at_once and per_minute begin at 1", self.name));
        }
        if self.fallback.iter().any(|model| !model.fallback.is_empty()) {
            return Err(format!("model {:?}: a fallback has no fallback of its own; list them in order", self.name));
        }
        self.fallback.iter_mut().try_for_each(Self::settle)
    }

    /// This model and those it falls back to.
    pub fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.fallback)
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

fn default_idle() -> Duration {
    Duration::from_secs(30)
}

fn default_at_once() -> usize {
    4
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

        let mut preset: ModelConfig = toml::from_str("name = \"qwen-plus\"\npreset = \"dashscope\"").unwrap();
        preset.settle().unwrap();
        assert_eq!(
            (preset.base(), preset.key_env.as_deref()),
            ("https://dashscope.aliyuncs.com/compatible-mode/v1", Some("DASHSCOPE_API_KEY"))
        );
        let mut unknown: ModelConfig = toml::from_str("name = \"m\"\npreset = \"dashscop\"").unwrap();
        assert!(unknown.settle().unwrap_err().contains("known: dashscope"));

        let typo = "name = \"m\"\nbase_url = \"http://x/v1\"\nkey = \"sk-pasted-into-the-file\"";
        let refused = toml::from_str::<ModelConfig>(typo).unwrap_err().to_string();
        assert!(refused.contains("unknown field `key`"), "{refused}");
    }
}
