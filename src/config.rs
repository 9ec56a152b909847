//! The only reader of agents.toml and of the environment.
//!
//! Each part's settings are a struct that lives with the part; this file merges the sources and says which one a value came from. A
//! file that is not understood stops the start: nothing falls back silently.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::action::guardrail::Guardrails;
use crate::action::policy::Policy;
use crate::channel::ChannelConfig;
use crate::chat::ChatConfig;
use crate::llm::budget::Limits;
use crate::llm::{ApiKey, ModelConfig};
use crate::mcp::AwayConfig;
use crate::schedule::Schedule;
use crate::secret::Secret;
use crate::shop::PlatformConfig;
use crate::telemetry::TelemetryConfig;

/// The defaults that are built in.
pub const DEFAULTS: &str = include_str!("../agents.toml");
const FILE: &str = "agents.toml";

/// A deployment's settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The staff, in the order of the console.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    /// The model; none = everything is written by rules.
    #[serde(default)]
    pub model: Option<ModelConfig>,
    /// What models may cost.
    #[serde(default)]
    pub budget: Limits,
    /// Where spans go.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// When what is run.
    #[serde(rename = "schedule", default)]
    pub schedules: Vec<Schedule>,
    /// Where reports go, by name.
    #[serde(rename = "channel", default)]
    pub channels: BTreeMap<String, ChannelConfig>,
    /// Who decides on what kind of action.
    #[serde(default)]
    pub policy: Policy,
    /// Limits that no approval overrides.
    pub guardrails: Guardrails,
    /// How many runs at once.
    pub worker: WorkerConfig,
    /// How often shops are synced.
    pub sync: SyncConfig,
    /// How fast the platform is called.
    pub platform: PlatformConfig,
    /// How far a talk may go.
    pub chat: ChatConfig,
    /// Other people's tools, lent to roles.
    #[serde(rename = "mcp", default)]
    pub away: Vec<AwayConfig>,
}

/// A member of staff.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What manifests name.
    pub id: String,
    /// What merchants read.
    pub title: String,
    /// What this member of staff is good for.
    pub about: String,
    /// The skills on its card, in order.
    pub skills: Vec<String>,
}

/// `[worker]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    /// Runs at the same time.
    pub at_once: usize,
}

/// `[sync]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncConfig {
    /// Pause between two syncs of a shop.
    #[serde(with = "humantime_serde")]
    pub every: Duration,
}

/// Why settings were not accepted. Stops the start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line cannot be read.
    #[error("cannot read {path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// A key or value is not understood.
    #[error("{origin}: {why}")]
    Content {
        /// The file or variable.
        origin: String,
        /// What the parser said, with the line.
        why: String,
    },
    /// Two parts do not fit together.
    #[error("{0}")]
    Mismatch(String),
}

/// Settings and where each came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The file that was merged in; its directory may hold `prompts/`.
    pub file: Option<PathBuf>,
    /// Dotted key → origin, for keys that are not defaults.
    pub origins: BTreeMap<String, String>,
}

impl Loaded {
    /// Reads the defaults, then `file` (or `agents.toml` in `beside` if there is one), then the environment.
    ///
    /// # Errors
    /// [`ConfigError`], one clear line.
    pub fn read(file: Option<&Path>, beside: &Path, env: &Env) -> Result<Self, ConfigError> {
        let mut merged: Table = parse("the built-in agents.toml", DEFAULTS)?;
        let mut origins = BTreeMap::new();
        let found = file.map(Path::to_path_buf).or_else(|| Some(beside.join(FILE)).filter(|path| path.exists()));
        if let Some(path) = &found {
            let text = std::fs::read_to_string(path).map_err(|why| ConfigError::File { path: path.clone(), why })?;
            let name = path.display().to_string();
            // Alone first: an unknown key is reported with the line of the file that holds it.
            let theirs: Table = parse(&name, &text)?;
            toml::from_str::<Partial>(&text)
                .map_err(|e| ConfigError::Content { origin: name.clone(), why: e.to_string() })?;
            note(&theirs, "", &name, &mut origins);
            merge(&mut merged, theirs);
        }
        for (variable, key) in [("XIAOER_MODEL_BASE_URL", "base_url"), ("XIAOER_MODEL_NAME", "name")] {
            if let Some(value) = env.get(variable) {
                let model = merged.entry("model").or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(model) = model {
                    model.insert(key.into(), Value::String(value.into()));
                    origins.insert(format!("model.{key}"), format!("environment {variable}"));
                }
            }
        }
        if let Some(value) = env.get("XIAOER_OTLP") {
            let telemetry = merged.entry("telemetry").or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(telemetry) = telemetry {
                telemetry.insert("otlp".into(), Value::String(value.into()));
                origins.insert("telemetry.otlp".into(), "environment XIAOER_OTLP".into());
            }
        }
        let mut config: Config = Value::Table(merged)
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Content { origin: "agents.toml".into(), why: e.to_string() })?;
        if let Some(model) = &mut config.model {
            model.settle().map_err(ConfigError::Mismatch)?;
            let key = |name: &str| env.get(name).map(|key| ApiKey::new(key.to_owned()));
            let named = |model: &ModelConfig| model.key_env.as_deref().and_then(key);
            model.fallback.iter_mut().for_each(|model| model.key = named(model));
            model.key = key("XIAOER_MODEL_KEY").or_else(|| named(model));
        }
        for server in &mut config.away {
            server.token = server.token_env.as_deref().and_then(|name| env.get(name)).map(Secret::new);
        }
        config.check()?;
        Ok(Self { config, file: found, origins })
    }

    /// Dotted key, value and origin of every setting.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, String, String)> {
        let mut lines = Vec::new();
        if let Ok(Value::Table(table)) = Value::try_from(&self.config) {
            flatten(&table, "", &mut lines);
        }
        lines.into_iter().map(|(key, value)| (key.clone(), value, self.origin(&key))).collect()
    }

    fn origin(&self, key: &str) -> String {
        let named = self.origins.iter().find(|(known, _)| key == *known || key.starts_with(&format!("{known}.")));
        named.map_or_else(|| "default".into(), |(_, origin)| origin.clone())
    }
}

impl Config {
    fn check(&self) -> Result<(), ConfigError> {
        if let Some(callback) = self.platform.callback.as_deref().filter(|callback| !crate::shop::is_callback(callback))
        {
            return Err(ConfigError::Mismatch(format!(
                "[platform] callback = {callback:?} is no address of a console: https://…{}",
                crate::shop::CALLBACK
            )));
        }
        for (at, server) in self.away.iter().enumerate() {
            server.check().map_err(ConfigError::Mismatch)?;
            let twice = self.away.iter().take(at).any(|earlier| earlier.name == server.name);
            if twice || !self.roles.iter().any(|role| role.id == server.role) {
                let why = if twice { "stands twice" } else { "names a role that is no [[role]]" };
                return Err(ConfigError::Mismatch(format!("[[mcp]] {:?} (role {:?}) {why}", server.name, server.role)));
            }
        }
        crate::schedule::check(&self.schedules).map_err(|e| ConfigError::Mismatch(e.to_string()))?;
        for schedule in &self.schedules {
            if let Some(missing) = schedule.deliver.iter().find(|name| !self.channels.contains_key(*name)) {
                let known: Vec<_> = self.channels.keys().map(String::as_str).collect();
                let known = known.join(", ");
                return Err(ConfigError::Mismatch(format!(
                    "schedule {:?} delivers to {missing:?}, which is no [channel.…]; known: {known}",
                    schedule.name
                )));
            }
        }
        Ok(())
    }
}

/// The same keys, each optional: what a file beside the program may hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its refusal of unknown keys is wanted")]
struct Partial {
    role: Option<Vec<Role>>,
    model: Option<Table>,
    budget: Option<Limits>,
    telemetry: Option<TelemetryConfig>,
    schedule: Option<Vec<Schedule>>,
    channel: Option<BTreeMap<String, ChannelConfig>>,
    policy: Option<Policy>,
    guardrails: Option<Table>,
    worker: Option<Table>,
    sync: Option<Table>,
    platform: Option<Table>,
    chat: Option<Table>,
    mcp: Option<Vec<AwayConfig>>,
}

/// The environment, read once.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The process's own.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A made-up one, for tests.
    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect())
    }

    /// A variable; empty counts as unset.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl Env {
    /// What seals the secrets, where an owner keeps the key outside the data directory.
    #[must_use]
    pub fn secret_key(&self) -> Option<Secret> {
        self.get("XIAOER_SECRET_KEY").map(Secret::new)
    }
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::Content { origin: origin.into(), why: e.to_string() })
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(into)), Value::Table(from)) => merge(into, from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn note(table: &Table, prefix: &str, origin: &str, origins: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => note(inner, &key, origin, origins),
            _ => {
                origins.insert(key, origin.into());
            }
        }
    }
}

fn flatten(table: &Table, prefix: &str, out: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => flatten(inner, &key, out),
            Value::Array(items) if items.iter().all(Value::is_table) && !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if let Value::Table(inner) = item {
                        flatten(inner, &format!("{key}.{at}"), out);
                    }
                }
            }
            other => out.push((key, other.to_string())),
        }
    }
}
