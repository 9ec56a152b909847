//! What a provider and model can do, from the dated data file `providers.toml`. No other code knows a provider by name.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::config::{JsonMode, MaxTokensField};

const DATA: &str = include_str!("providers.toml");

/// A provider that can be chosen by one word.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The word.
    pub name: String,
    /// What merchants call it.
    pub title: String,
    /// Its address.
    pub base_url: String,
    /// The environment variable that usually holds its key.
    #[serde(default)]
    pub key_env: Option<String>,
}

/// What is known of one provider and model; the default is the most careful.
#[derive(Clone, Debug, PartialEq)]
pub struct Capability {
    /// The provider's name for telemetry.
    pub provider: String,
    /// How strictly it can be held to JSON.
    pub json: JsonMode,
    /// Whether functions may be offered. An unknown provider is asked: its refusal costs one request.
    pub tools: bool,
    /// Fields that ask for an answer without thinking.
    pub thinking_off: Map<String, Value>,
    /// Whether earlier reasoning must be sent back.
    pub echo_reasoning: bool,
    /// Whether a temperature is refused.
    pub fixed_sampling: bool,
    /// What the limit of an answer is called.
    pub max_tokens: MaxTokensField,
    /// Whether a stream can be asked for its usage.
    pub stream_usage: bool,
}

impl Default for Capability {
    fn default() -> Self {
        Self {
            provider: "openai_compatible".into(),
            json: JsonMode::None,
            tools: true,
            thinking_off: Map::new(),
            echo_reasoning: false,
            fixed_sampling: false,
            max_tokens: MaxTokensField::MaxTokens,
            stream_usage: false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    preset: Vec<Preset>,
    quirk: Vec<Quirk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quirk {
    provider: String,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    models: Vec<String>,
    json: Option<JsonMode>,
    tools: Option<bool>,
    thinking_off: Option<Map<String, Value>>,
    echo_reasoning: Option<bool>,
    fixed_sampling: Option<bool>,
    max_tokens: Option<MaxTokensField>,
    stream_usage: Option<bool>,
    #[expect(dead_code, reason = "a row without a date is refused")]
    checked: Date,
    #[expect(dead_code, reason = "a row without a source is refused")]
    source: String,
}

/// A date as the data file writes it.
#[derive(Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
struct Date(#[expect(dead_code, reason = "it only has to be one")] NaiveDate);

impl TryFrom<toml::value::Datetime> for Date {
    type Error = chrono::ParseError;

    fn try_from(written: toml::value::Datetime) -> Result<Self, Self::Error> {
        written.to_string().parse().map(Self)
    }
}

impl Capability {
    /// What is known of a model at an address.
    #[must_use]
    pub fn of(base_url: &str, model: &str) -> Self {
        let mut known = Self::default();
        for quirk in table().quirk.into_iter().filter(|quirk| quirk.fits(base_url, model)) {
            known.provider = quirk.provider;
            known.json = quirk.json.unwrap_or(known.json);
            known.tools = quirk.tools.unwrap_or(known.tools);
            known.thinking_off = quirk.thinking_off.unwrap_or(known.thinking_off);
            known.echo_reasoning = quirk.echo_reasoning.unwrap_or(known.echo_reasoning);
            known.fixed_sampling = quirk.fixed_sampling.unwrap_or(known.fixed_sampling);
            known.max_tokens = quirk.max_tokens.unwrap_or(known.max_tokens);
            known.stream_usage = quirk.stream_usage.unwrap_or(known.stream_usage);
        }
        known
    }
}

impl Quirk {
    fn fits(&self, base_url: &str, model: &str) -> bool {
        let named = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => model.starts_with(start),
            None => model == pattern,
        };
        (self.hosts.is_empty() || self.hosts.iter().any(|host| base_url.contains(host.as_str())))
            && (self.models.is_empty() || self.models.iter().any(named))
    }
}

/// Every provider that can be chosen by one word.
#[must_use]
pub fn presets() -> Vec<Preset> {
    table().preset
}

fn table() -> Table {
    // Read once a start, for each configured model; a test reads it too.
    toml::from_str(DATA).expect("the built-in providers.toml is read by a test")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_row_has_a_date_and_a_source_and_every_preset_is_known_to_a_row_or_needs_none() {
        assert_eq!(presets().len(), 8);
        for preset in presets() {
            let known = Capability::of(&preset.base_url, "any");
            assert_ne!(known, Capability::default(), "{}", preset.name);
        }
    }

    #[test]
    fn rows_are_laid_over_one_another_and_the_unknown_is_careful() {
        let base = "https://dashscope.aliyuncs.com/compatible-mode/v1";
        assert_eq!(Capability::of(base, "qwen-plus").json, JsonMode::Object);
        let newer = Capability::of(base, "qwen3.8-max-preview");
        assert_eq!((newer.json, &newer.thinking_off), (JsonMode::Schema, &Capability::of(base, "x").thinking_off));
        assert_eq!(json!(newer.thinking_off), json!({"enable_thinking": false}));
        assert_eq!(Capability::of("https://example.com/v1", "m"), Capability::default());
    }
}
