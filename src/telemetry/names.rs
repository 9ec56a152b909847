//! Names of what is told about models and tools: the GenAI conventions of OpenTelemetry, as of 2026-08 (status Development, no tagged
//! release; renames are to be expected, and are made here).

/// The target of spans that go to a collector. Nothing else does.
pub const TARGET: &str = "gen_ai";

/// What is done: [`CHAT`], [`EXECUTE_TOOL`] or [`INVOKE_AGENT`].
pub const OPERATION: &str = "gen_ai.operation.name";
/// A question to a model.
pub const CHAT: &str = "chat";
/// A tool that a model asked for.
pub const EXECUTE_TOOL: &str = "execute_tool";
/// A member of staff at work: a run, or a turn of a talk.
pub const INVOKE_AGENT: &str = "invoke_agent";

/// Who serves the model.
pub const PROVIDER: &str = "gen_ai.provider.name";
/// The model that is asked for.
pub const REQUEST_MODEL: &str = "gen_ai.request.model";
/// The limit of an answer.
pub const REQUEST_MAX_TOKENS: &str = "gen_ai.request.max_tokens";
/// Whether the answer comes in pieces.
pub const REQUEST_STREAM: &str = "gen_ai.request.stream";
/// Tokens of the question.
pub const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Tokens of the answer.
pub const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// Of the question's, those from a cache.
pub const CACHED_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
/// Of the answer's, those spent on reasoning.
pub const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
/// The run or the talk.
pub const CONVERSATION: &str = "gen_ai.conversation.id";
/// The role.
pub const AGENT: &str = "gen_ai.agent.name";
/// The skill.
pub const WORKFLOW: &str = "gen_ai.workflow.name";
/// The tool.
pub const TOOL: &str = "gen_ai.tool.name";
/// What was asked, where telling it is switched on.
pub const INPUT_MESSAGES: &str = "gen_ai.input.messages";
/// What was answered, where telling it is switched on.
pub const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";
/// The class of what went wrong.
pub const ERROR: &str = "error.type";
