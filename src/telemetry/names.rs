//! THE names of attributes and operations, after the GenAI conventions of OpenTelemetry.
//!
//! Those are in development and have been renamed before; a rename is a change of this file and of nothing else.

/// `chat`, `execute_tool`, `invoke_agent`.
pub const OPERATION: &str = "gen_ai.operation.name";
/// Whose server answers.
pub const PROVIDER: &str = "gen_ai.provider.name";
/// The model that was asked for.
pub const REQUEST_MODEL: &str = "gen_ai.request.model";
/// Most tokens of an answer.
pub const MAX_TOKENS: &str = "gen_ai.request.max_tokens";
/// The model that says it answered.
pub const RESPONSE_MODEL: &str = "gen_ai.response.model";
/// Why it stopped.
pub const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// Tokens sent.
pub const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Tokens answered.
pub const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// Tokens sent that the provider still knew.
pub const CACHED_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
/// Tokens answered that nobody reads.
pub const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
/// The run or the talk.
pub const CONVERSATION: &str = "gen_ai.conversation.id";
/// The role.
pub const AGENT: &str = "gen_ai.agent.name";
/// The skill.
pub const WORKFLOW: &str = "gen_ai.workflow.name";
/// The prompt file.
pub const PROMPT: &str = "gen_ai.prompt.name";
/// The tool.
pub const TOOL: &str = "gen_ai.tool.name";
/// What was said to the model: content, off by default.
pub const INPUT_MESSAGES: &str = "gen_ai.input.messages";
/// What it said: content, off by default.
pub const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";
/// The class of a failure.
pub const ERROR: &str = "error.type";

/// Read by the bridge to OpenTelemetry: the span's own name.
pub const SPAN_NAME: &str = "otel.name";
/// Read by the bridge: `client` or `internal`.
pub const SPAN_KIND: &str = "otel.kind";
/// Read by the bridge: `ERROR` marks a span as failed.
pub const SPAN_STATUS: &str = "otel.status_code";

/// A question to a model.
pub const CHAT: &str = "chat";
/// A tool that a model wished for.
pub const EXECUTE_TOOL: &str = "execute_tool";
/// A run of a member of staff.
pub const INVOKE_AGENT: &str = "invoke_agent";
