//! The protocol itself: which requests there are and what each is answered with. It keeps nothing between two requests; a task is a run,
//! and runs are kept where they always are.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CancelTaskParams, ContentBlock, CreateTaskResult,
    DetailedTask, GetTaskParams, GetTaskResult, Implementation, JsonObject, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Task, TaskPayload, TaskStatus, UpdateTaskParams,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use xiaoer_sdk::Manifest;

use super::door::{Caller, Door, Refusal, shops, typed};
use super::runs::{Told, Waited, Watched, says};
use super::{decisions, http, tools};
use crate::run::{Ending, RunState};

/// Told to every client: how the tools hang together.
const ABOUT: &str = include_str!("about.md");
/// A client that hears nothing gives up after a minute, as a rule.
const PATIENCE: Duration = Duration::from_secs(45);
/// One that hears of every step waits longer.
const PATIENCE_WITH_STEPS: Duration = Duration::from_secs(15 * 60);
/// A run that is over by then needs no task.
const BRIEF: Duration = Duration::from_secs(2);
/// How often a client may ask for a task, in milliseconds.
const POLL: u64 = 1000;

/// Answers clients.
#[derive(Clone)]
pub struct Reception {
    door: Arc<dyn Door>,
    /// The one caller of a pipe; over HTTP every request brings its own.
    caller: Option<Caller>,
}

impl Reception {
    /// For requests that bring their caller along.
    #[must_use]
    pub fn over(door: Arc<dyn Door>) -> Self {
        Self { door, caller: None }
    }

    /// For one caller.
    #[must_use]
    pub fn of(door: Arc<dyn Door>, caller: Caller) -> Self {
        Self { door, caller: Some(caller) }
    }

    fn caller(&self, context: &RequestContext<RoleServer>) -> Result<Caller, Refusal> {
        let known = self.caller.clone().or_else(|| http::caller(&context.extensions));
        known.ok_or_else(|| Refusal("请带上 Authorization: Bearer 令牌".into()))
    }

    async fn called(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, Refusal> {
        let caller = self.caller(context)?;
        let way = (&*self.door, &caller);
        let patience = if context.meta.get_progress_token().is_some() { PATIENCE_WITH_STEPS } else { PATIENCE };
        match &*request.name {
            tools::SHOPS => Ok(self.shops(&caller).await?.into()),
            tools::DECIDE => decisions::ask(way, request, context, patience).await,
            tools::RUN => {
                let mut given = request.arguments.unwrap_or_default();
                let watched = Watched::known(way, given.remove("shop"), given.remove("run"))?;
                finished(&watched, context, patience).await
            }
            skill => {
                let watched = Watched::begin(way, skill, request.arguments.unwrap_or_default()).await?;
                let follows = context.client_capabilities().is_some_and(|able| able.supports_tasks());
                if !follows {
                    return finished(&watched, context, patience).await;
                }
                match watched.wait(context, BRIEF).await? {
                    Waited::GoesOn(told) => Ok(CreateTaskResult::new(task(&watched, &told).await?).into()),
                    Waited::Over(told) => Ok(watched.answer(&told).await?.into()),
                    Waited::GivenUp => Err(given_up()),
                }
            }
        }
    }

    async fn shops(&self, caller: &Caller) -> Result<CallToolResult, Refusal> {
        let shops = shops(&*self.door, caller).await?;
        let lines: Vec<String> =
            shops.iter().map(|shop| format!("{}：{}", shop.id, xiaoer_sdk::quoted(&shop.name))).collect();
        let text = if lines.is_empty() { "还没有店铺。".into() } else { lines.join("\n") };
        let known = shops.iter().map(|shop| serde_json::json!({ "shop": shop.id, "name": shop.name }));
        let data = serde_json::json!({ "shops": known.collect::<Vec<_>>() });
        Ok(super::runs::result(text, data, false))
    }

    async fn skills(&self, context: &RequestContext<RoleServer>) -> Result<Vec<Manifest>, Refusal> {
        let caller = self.caller(context)?;
        let mut said = self.door.ask(&caller.token, "/api/skills", None).await?;
        // A plugin that no shop lets work is no tool.
        if let Some(all) = said.as_array_mut() {
            all.retain(|skill| skill["why_not"].is_null());
        }
        typed(said)
    }
}

impl ServerHandler for Reception {
    fn get_info(&self) -> ServerConfig {
        let mut who = Implementation::new("xiaoer", env!("CARGO_PKG_VERSION"));
        who.title = Some("小二".into());
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tasks().build())
            .with_server_info(who)
            .with_instructions(ABOUT)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let skills = self.skills(&context).await.map_err(broken)?;
        Ok(ListToolsResult::with_all_items(tools::around().into_iter().chain(skills.iter().map(tools::of)).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        // A refusal is an answer that the assistant reads and can act upon, not a fault of the protocol.
        let answered = self.called(request, &context).await;
        Ok(answered.unwrap_or_else(|Refusal(why)| CallToolResult::error(vec![ContentBlock::text(why)]).into()))
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let caller = self.caller(&context).map_err(broken)?;
        let watched = of_task((&*self.door, &caller), &request.task_id)?;
        let told = watched.look().await.map_err(unknown)?;
        let payload = match &told.run.state {
            RunState::Queued | RunState::Running => TaskPayload::Working,
            RunState::Ended(Ending::Cancelled) => TaskPayload::Cancelled,
            // A run that was blocked or failed did answer: with the reason.
            RunState::Ended(_) => {
                TaskPayload::Completed { result: object(&watched.answer(&told).await.map_err(broken)?) }
            }
        };
        Ok(GetTaskResult::new(DetailedTask::new(task(&watched, &told).await.map_err(broken)?, payload)))
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // A task of ours asks nothing, so there is nothing to take; but an unknown one is told.
        let caller = self.caller(&context).map_err(broken)?;
        of_task((&*self.door, &caller), &request.task_id)?.look().await.map(drop).map_err(unknown)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let caller = self.caller(&context).map_err(broken)?;
        of_task((&*self.door, &caller), &request.task_id)?.cancel().await.map_err(unknown)
    }
}

async fn finished(
    watched: &Watched<'_>,
    context: &RequestContext<RoleServer>,
    patience: Duration,
) -> Result<CallToolResponse, Refusal> {
    match watched.wait(context, patience).await? {
        Waited::Over(told) | Waited::GoesOn(told) => Ok(watched.answer(&told).await?.into()),
        Waited::GivenUp => Err(given_up()),
    }
}

fn given_up() -> Refusal {
    Refusal("已经请这次运行停下".into())
}

/// What a client is told of a run that goes on without it.
async fn task(watched: &Watched<'_>, told: &Told) -> Result<Task, Refusal> {
    let lines = watched.lines(0).await?;
    let accepted = told.run.accepted.to_rfc3339();
    let updated = lines.last().map_or_else(|| accepted.clone(), |line| line.at.clone());
    let task = Task::new(watched.task(), TaskStatus::Working, accepted, updated).with_poll_interval_ms(POLL);
    Ok(match lines.last() {
        Some(line) => task.with_status_message(says(&line.news)),
        None => task,
    })
}

fn of_task<'a>(way: (&'a dyn Door, &'a Caller), task: &str) -> Result<Watched<'a>, ErrorData> {
    Watched::of_task(way, task).ok_or_else(|| unknown(Refusal("没有找到这个任务".into())))
}

fn object(result: &CallToolResult) -> JsonObject {
    match serde_json::to_value(result) {
        Ok(Value::Object(object)) => object,
        _ => JsonObject::new(),
    }
}

fn unknown(Refusal(why): Refusal) -> ErrorData {
    ErrorData::invalid_params(why, None)
}

fn broken(Refusal(why): Refusal) -> ErrorData {
    ErrorData::internal_error(why, None)
}
