//! Questions to the model.
//!
//! An [`Ask`] is a prompt's name, its variables and a ready fallback: without a model, with a spent budget or after a bad answer, the
//! fallback is the answer. What wrote the words is always told ([`Generator`]).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Facts;
use crate::kind::kinds;

/// A question as the host sees it. Its serialised form is hashed for the journal: a stored answer is never paid for again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The prompt file, as the manifest declares it.
    pub prompt: String,
    /// What the prompt's templates see.
    pub variables: Value,
    /// What must come back.
    pub form: Form,
}

/// What an answer must look like, and what it is checked against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "form", rename_all = "snake_case")]
pub enum Form {
    /// Running text that carries `{fact_id}` and no figure of its own. The fallback is the prompt file's template section.
    Narrative {
        /// The facts that the text may name.
        facts: Facts,
    },
    /// A value of a type.
    Typed {
        /// JSON schema of the answer.
        schema: Value,
        /// The answer when no model gives a good one.
        fallback: Value,
        /// Texts that numbers in the answer may come from: a title's own attributes, the quoted message.
        grounds: Vec<String>,
    },
}

/// The fields of [`Form::Narrative`].
#[derive(Deserialize)]
struct Narrated {
    facts: Facts,
}

kinds!(Form, "form", fields => {
    "narrative" => Narrated::deserialize(fields).map(|Narrated { facts }| Self::Narrative { facts }),
});

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked<T> {
    /// The answer.
    pub value: T,
    /// What wrote it.
    pub generator: Generator,
}

/// Text with `{fact_id}`s and what wrote it.
pub type Narrative = Asked<String>;

/// What wrote some words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Generator {
    /// A template or fallback; `why` says in Chinese why no model did, where a model was set up.
    Template {
        /// Why the model's answer was not used; none when there is no model.
        why: Option<String>,
    },
    /// A model.
    Model {
        /// Its name as configured.
        name: String,
    },
    /// A recorded answer of a model.
    Replay {
        /// Its name as recorded.
        name: String,
    },
}

impl Generator {
    /// The label a merchant sees.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Template { why: None } => "规则生成（未使用大模型）".into(),
            Self::Template { why: Some(why) } => format!("规则生成（未使用大模型：{why}）"),
            Self::Model { name } => format!("大模型生成（{name}），数字由系统核算"),
            Self::Replay { name } => format!("回放（{name}），数字由系统核算"),
        }
    }
}

impl Ask {
    /// A question with a typed answer.
    ///
    /// # Errors
    /// Only when `variables` or `fallback` cannot be JSON.
    pub fn typed<T>(
        prompt: &str,
        variables: impl Serialize,
        fallback: &T,
        grounds: Vec<String>,
    ) -> serde_json::Result<Self>
    where
        T: Serialize + DeserializeOwned + JsonSchema,
    {
        let schema = schemars::schema_for!(T).to_value();
        let form = Form::Typed { schema, fallback: serde_json::to_value(fallback)?, grounds };
        Ok(Self { prompt: prompt.into(), variables: serde_json::to_value(variables)?, form })
    }

    /// A question for running text about some facts.
    ///
    /// # Errors
    /// Only when `variables` cannot be JSON.
    pub fn narrative(prompt: &str, variables: impl Serialize, facts: &Facts) -> serde_json::Result<Self> {
        let form = Form::Narrative { facts: facts.clone() };
        Ok(Self { prompt: prompt.into(), variables: serde_json::to_value(variables)?, form })
    }
}
