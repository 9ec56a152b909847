//! A turn of a talk with tools: what is said to a model and what it says back, whichever provider it is behind.
//!
//! Words only: nothing here knows what a tool does. What a model asks for is a wish; whoever runs the loop decides.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing said in a talk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Said {
    /// Who the model is and what it must keep to.
    System {
        /// The words.
        text: String,
    },
    /// The person.
    User {
        /// The words.
        text: String,
    },
    /// The model, earlier.
    Assistant {
        /// The words; empty where it only asked for tools.
        text: String,
        /// The tools it asked for.
        #[serde(default)]
        calls: Vec<ToolCall>,
        /// Its reasoning, which some providers want back.
        #[serde(default)]
        reasoning: Option<String>,
    },
    /// What a tool answered.
    Tool {
        /// The call's id.
        call: String,
        /// The answer.
        text: String,
    },
}

/// A tool as a model is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Letters, digits, underscores and hyphens.
    pub name: String,
    /// What it does and when to use it.
    pub about: String,
    /// JSON schema of its arguments, an object.
    pub parameters: Value,
}

/// A model's wish to use a tool. Name and arguments are whatever it wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within its turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// An object; null where what it wrote is none.
    pub arguments: Value,
}

/// What a model said in one turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The words.
    pub text: String,
    /// The tools it asks for.
    pub calls: Vec<ToolCall>,
    /// Its reasoning, where the provider tells it.
    pub reasoning: Option<String>,
    /// Which model answered, by its configured name.
    pub model: String,
}

/// On whose account a model is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The shop.
    pub shop: String,
    /// The role, an id of agents.toml.
    pub role: String,
    /// The run or the conversation.
    pub run: String,
}
