//! A request as a provider wants it, from what is to be said and what is known of the provider. Pure.

use serde_json::{Map, Value, json};

use super::capability::Capability;
use super::config::{JsonMode, ModelConfig};
use super::openai::Ear;
use super::talk::{Said, Tool};

/// What is asked for besides words.
#[derive(Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    /// The schema of a typed answer.
    pub(super) schema: Option<&'a Value>,
    /// The functions that may be called.
    pub(super) tools: &'a [Tool],
    /// Who hears the answer in pieces; without one it comes whole.
    pub(super) ear: Option<Ear<'a>>,
}

/// The body of a request. `unwanted` are fields that the provider has refused before.
pub(super) fn body(
    config: &ModelConfig,
    known: &Capability,
    talk: &[Said],
    wanted: Wanted<'_>,
    unwanted: &[String],
) -> Map<String, Value> {
    let mut body = known.thinking_off.clone();
    // What the deployment adds comes before our own: it can never replace what the checks rely on.
    body.extend(config.extra.clone());
    if let Some(format) = wanted.schema.and_then(|schema| response_format(known.json, schema)) {
        body.insert("response_format".into(), format);
    }
    if let Some(temperature) = config.temperature.filter(|_| !known.fixed_sampling) {
        body.insert("temperature".into(), json!(temperature));
    }
    if wanted.ear.is_some() && known.stream_usage {
        body.insert("stream_options".into(), json!({"include_usage": true}));
    }
    body.retain(|field, _| !unwanted.contains(field));
    if known.tools && !wanted.tools.is_empty() {
        body.insert("tools".into(), wanted.tools.iter().map(tool).collect());
    }
    body.insert("model".into(), json!(config.asked_for()));
    body.insert("messages".into(), talk.iter().map(|said| message(said, known)).collect());
    body.insert("stream".into(), json!(wanted.ear.is_some()));
    body.insert(known.max_tokens.name().into(), json!(config.max_tokens));
    body
}

fn response_format(mode: JsonMode, schema: &Value) -> Option<Value> {
    match mode {
        JsonMode::None => None,
        JsonMode::Object => Some(json!({"type": "json_object"})),
        // `strict` is left out: it wants every property required, which our types do not promise.
        JsonMode::Schema => Some(json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}})),
    }
}

fn tool(tool: &Tool) -> Value {
    json!({"type": "function", "function": {"name": tool.name, "description": tool.about, "parameters": tool.parameters}})
}

fn message(said: &Said, known: &Capability) -> Value {
    match said {
        Said::System { text } => json!({"role": "system", "content": text}),
        Said::User { text } => json!({"role": "user", "content": text}),
        Said::Tool { call, text } => json!({"role": "tool", "tool_call_id": call, "content": text}),
        Said::Assistant { text, calls, reasoning } => {
            let mut message = json!({"role": "assistant", "content": text});
            if !calls.is_empty() {
                message["tool_calls"] = calls
                    .iter()
                    .map(|call| {
                        // Arguments go back as text, also where they came as an object.
                        let function = json!({"name": call.name, "arguments": call.arguments.to_string()});
                        json!({"id": call.id, "type": "function", "function": function})
                    })
                    .collect();
            }
            if known.echo_reasoning {
                // Even an empty one: left out it is a refusal at some.
                message["reasoning_content"] = json!(reasoning.as_deref().unwrap_or_default());
            }
            message
        }
    }
}
