//! What a skill declares. Native skills return it, plugins parse it from their SKILL.md; the host enforces it either way.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ActionKind, EventKind};

/// What a skill is and the most it may do. Whatever is not declared here fails at the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Unique, lower-case words joined by hyphens: `growth-report`.
    pub name: String,
    /// The role that runs it, an id of `agents.toml`: `data`.
    pub role: String,
    /// What the merchant clicks, in Chinese.
    pub title: String,
    /// One or two Chinese sentences: what it does and when to use it.
    pub description: String,
    /// The skill's own version, `1.0.0`.
    pub version: String,
    /// What it may read.
    #[serde(default)]
    pub reads: BTreeSet<Read>,
    /// The prompts it may ask the model with.
    #[serde(default)]
    pub asks: BTreeSet<String>,
    /// The kinds of action it may propose.
    #[serde(default)]
    pub proposes: BTreeSet<ActionKind>,
    /// The form shown before a run; empty for a true one-click skill.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// What it may do beside shop and model.
    #[serde(default)]
    pub beyond: Beyond,
}

/// What a skill may do beyond shop and model. Nothing, unless it says so and the shop grants it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beyond {
    /// Hosts that it may call over HTTPS. The host performs the call and adds the secret; what comes back is tainted.
    #[serde(default)]
    pub http: BTreeSet<String>,
    /// Whether it keeps values of its own, per shop, 1 MiB in all.
    #[serde(default)]
    pub kv: bool,
    /// Events that start it.
    #[serde(default)]
    pub on: BTreeSet<EventKind>,
    /// A cron expression of the shop's zone that starts it.
    #[serde(default)]
    pub every: Option<String>,
}

/// A part of the shop, or of the host's knowledge of it, that a skill may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the call of the same name")]
pub enum Read {
    Orders,
    Refunds,
    Products,
    Pictures,
    Costs,
    Traffic,
    Activities,
    Score,
    Forecast,
    Plan,
    Tasks,
}

/// One field of a skill's form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key in the input.
    pub name: String,
    /// The label, in Chinese.
    pub title: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Used when the merchant enters nothing; a field without one is required.
    pub default: Option<String>,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text of at most `max` characters.
    Text {
        /// Longest text, in characters.
        max: usize,
    },
    /// A whole number within bounds.
    Number {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// One of the options.
    Choice {
        /// `(value, Chinese label)`.
        options: Vec<(String, String)>,
    },
}

impl Manifest {
    /// A skill that reads nothing, asks nothing and proposes nothing, until the other methods say so.
    #[must_use]
    pub fn new(role: &str, name: &str, title: &str) -> Self {
        Self {
            name: name.into(),
            role: role.into(),
            title: title.into(),
            description: String::new(),
            version: "1.0.0".into(),
            reads: BTreeSet::new(),
            asks: BTreeSet::new(),
            proposes: BTreeSet::new(),
            fields: Vec::new(),
            beyond: Beyond::default(),
        }
    }

    /// Says what the skill does, for the person who chooses it.
    #[must_use]
    pub fn about(mut self, description: &str) -> Self {
        self.description = description.into();
        self
    }

    /// Declares what it reads.
    #[must_use]
    pub fn reads(mut self, reads: impl IntoIterator<Item = Read>) -> Self {
        self.reads.extend(reads);
        self
    }

    /// Declares the prompts it asks with.
    #[must_use]
    pub fn asks(mut self, prompts: impl IntoIterator<Item = &'static str>) -> Self {
        self.asks.extend(prompts.into_iter().map(String::from));
        self
    }

    /// Declares the actions it proposes.
    #[must_use]
    pub fn proposes(mut self, kinds: impl IntoIterator<Item = ActionKind>) -> Self {
        self.proposes.extend(kinds);
        self
    }

    /// Adds an optional field to the form.
    #[must_use]
    pub fn field(mut self, name: &str, title: &str, kind: FieldKind, default: &str) -> Self {
        self.fields.push(Field { name: name.into(), title: title.into(), kind, default: Some(default.into()) });
        self
    }

    /// Reads a form's values against the declared fields: unknown keys and values out of bounds are refused, defaults filled in.
    ///
    /// # Errors
    /// [`InputError`] names the field and what it takes.
    pub fn accept(&self, given: &Map<String, Value>) -> Result<Input, InputError> {
        if let Some(key) = given.keys().find(|key| !self.fields.iter().any(|f| &f.name == *key)) {
            let known: Vec<_> = self.fields.iter().map(|f| f.name.as_str()).collect();
            let known = if known.is_empty() {
                "这个技能没有参数".into()
            } else {
                format!("可用参数：{}", known.join("、"))
            };
            return Err(InputError(format!("不认识参数“{key}”；{known}")));
        }
        let mut values = Map::new();
        for field in &self.fields {
            let text = match given.get(&field.name) {
                None | Some(Value::Null) => field.default.clone(),
                Some(Value::String(text)) => Some(text.trim().to_owned()),
                Some(other) => Some(other.to_string()),
            };
            let text = text.ok_or_else(|| InputError(format!("请填写“{}”", field.title)))?;
            field.kind.check(&field.title, &text)?;
            values.insert(field.name.clone(), Value::String(text));
        }
        Ok(Input(values))
    }
}

impl FieldKind {
    fn check(&self, title: &str, text: &str) -> Result<(), InputError> {
        let wrong = |takes: String| Err(InputError(format!("“{title}”不能是“{text}”：{takes}")));
        match self {
            Self::Text { max } if text.chars().count() > *max => wrong(format!("最多 {max} 个字")),
            Self::Number { min, max } => match text.parse::<i64>() {
                Ok(n) if (*min..=*max).contains(&n) => Ok(()),
                _ => wrong(format!("请填 {min} 到 {max} 之间的整数")),
            },
            Self::Choice { options } if !options.iter().any(|(value, _)| value == text) => {
                wrong(format!("请选择：{}", options.iter().map(|(v, _)| v.as_str()).collect::<Vec<_>>().join("、")))
            }
            Self::Text { .. } | Self::Choice { .. } => Ok(()),
        }
    }
}

/// A form's values after [`Manifest::accept`]: every declared field is present and within its bounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Input(pub Map<String, Value>);

impl Input {
    /// The text of a field; empty for a name that the manifest does not declare.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The whole number of a [`FieldKind::Number`] field.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// A form value that was refused; the text is for the merchant.
#[derive(Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("{0}")]
pub struct InputError(pub String);
