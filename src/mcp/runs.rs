//! A run as a client sees it: set off by the ordinary door, waited for with its steps told on the way, answered with the words of the
//! report and the same figures as data.

use std::time::Duration;

use chrono::NaiveDate;
use rmcp::RoleServer;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, ProgressNotificationParam};
use rmcp::service::RequestContext;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use xiaoer_sdk::{Report, fill};

use super::door::{Caller, Door, Refusal, shops, typed};
use super::{decisions, is_id, tools};
use crate::channel::{About, Letter};
use crate::run::events::{News, RunLine};
use crate::run::{Ending, Run, RunState};

/// Pause between two looks at a run: short at first, as most runs are, and longer each time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(128);

/// A run and its report, as the API tells them.
#[derive(serde::Deserialize)]
pub(super) struct Told {
    pub(super) run: Run,
    pub(super) report: Option<Report>,
}

/// One run of one shop, in the name of one caller.
pub(super) struct Watched<'a> {
    door: &'a dyn Door,
    caller: &'a Caller,
    shop: String,
    run: String,
}

/// How the waiting ended.
pub(super) enum Waited {
    /// The run is over.
    Over(Box<Told>),
    /// It goes on; the client was told to look again.
    GoesOn(Box<Told>),
    /// The client does not want it any more; the run was told to stop.
    GivenUp,
}

impl<'a> Watched<'a> {
    /// Sets a skill off. `given` are the tool's arguments.
    pub(super) async fn begin(
        (door, caller): (&'a dyn Door, &'a Caller),
        skill: &str,
        mut given: JsonObject,
    ) -> Result<Self, Refusal> {
        let shop = id(given.remove("shop"), "shop")?;
        let as_of = match given.remove("as_of") {
            None | Some(Value::Null) => None,
            Some(day) => {
                let read = day.as_str().and_then(|day| day.parse::<NaiveDate>().ok());
                Some(read.ok_or_else(|| Refusal("“as_of”要写成 2026-01-31 这样的日期".into()))?)
            }
        };
        let input: Map<String, Value> = given.into_iter().map(|(name, value)| (tools::field(&name), value)).collect();
        let wish = json!({ "skill": skill, "input": input, "as_of": as_of });
        let run: Run = typed(door.ask(&caller.token, &format!("/api/shops/{shop}/runs"), Some(wish)).await?)?;
        Ok(Self { door, caller, shop, run: run.id })
    }

    /// A run that was set off before.
    pub(super) fn known(
        (door, caller): (&'a dyn Door, &'a Caller),
        shop: Option<Value>,
        run: Option<Value>,
    ) -> Result<Self, Refusal> {
        Ok(Self { door, caller, shop: id(shop, "shop")?, run: id(run, "run")? })
    }

    /// The run that a task stands for.
    pub(super) fn of_task((door, caller): (&'a dyn Door, &'a Caller), task: &str) -> Option<Self> {
        let (shop, run) = task.split_once(':')?;
        let fits = is_id(shop) && is_id(run);
        fits.then(|| Self { door, caller, shop: shop.into(), run: run.into() })
    }

    /// The name of the task that stands for it.
    pub(super) fn task(&self) -> String {
        format!("{}:{}", self.shop, self.run)
    }

    /// Where it is now.
    pub(super) async fn look(&self) -> Result<Told, Refusal> {
        typed(self.door.ask(&self.caller.token, &self.path(), None).await?)
    }

    /// Its lines after those that were seen.
    pub(super) async fn lines(&self, from: u64) -> Result<Vec<RunLine>, Refusal> {
        typed(self.door.ask(&self.caller.token, &format!("{}/lines?from={from}", self.path()), None).await?)
    }

    /// Tells it to stop.
    pub(super) async fn cancel(&self) -> Result<(), Refusal> {
        self.door.ask(&self.caller.token, &format!("{}/cancel", self.path()), Some(json!({}))).await.map(drop)
    }

    /// Waits for its end, as long as `patience`; its steps are told to a client that asked for progress.
    pub(super) async fn wait(
        &self,
        context: &RequestContext<RoleServer>,
        patience: Duration,
    ) -> Result<Waited, Refusal> {
        let until = Instant::now() + patience;
        let (mut told, mut pause) = (0, SHORTEST_PAUSE);
        loop {
            if let Some(token) = context.meta.get_progress_token() {
                for line in self.lines(told).await? {
                    told = line.seq + 1;
                    let steps = f64::from(u32::try_from(told).unwrap_or(u32::MAX));
                    let progress = ProgressNotificationParam::new(token.clone(), steps).with_message(says(&line.news));
                    // A client that went away is noticed by the transport.
                    let _ = context.peer.notify_progress(progress).await;
                }
            }
            let now = Box::new(self.look().await?);
            if now.run.state.is_over() {
                return Ok(Waited::Over(now));
            }
            if Instant::now() >= until {
                return Ok(Waited::GoesOn(now));
            }
            tokio::select! {
                () = context.ct.cancelled() => {
                    self.cancel().await?;
                    return Ok(Waited::GivenUp);
                }
                () = tokio::time::sleep(pause) => pause = LONGEST_PAUSE.min(pause * 2),
            }
        }
    }

    /// What the client reads of a run.
    pub(super) async fn answer(&self, told: &Told) -> Result<CallToolResult, Refusal> {
        let Told { run, report } = told;
        let link = format!("{}/shops/{}/runs/{}", self.caller.console, run.shop, run.id);
        let (state, why) = match &run.state {
            RunState::Queued => ("queued", None),
            RunState::Running => ("running", None),
            RunState::Ended(Ending::Done) => ("done", None),
            RunState::Ended(Ending::Failed { why }) => ("failed", Some(why.clone())),
            RunState::Ended(Ending::Blocked { why }) => ("blocked", Some(why.clone())),
            RunState::Ended(Ending::Cancelled) => ("cancelled", Some("这次运行被取消了".into())),
        };
        let mut data = json!({
            "run": run.id, "shop": run.shop, "skill": run.skill, "title": run.title, "state": state,
            "as_of": run.as_of, "link": link,
        });
        if let Some(why) = why {
            data["why"] = why.clone().into();
            return Ok(result(format!("“{}”没有完成：{why}", run.title), data, true));
        }
        let Some(report) = report else {
            let text = format!(
                "“{}”还在进行。稍后用 {} 查看，店铺 {}，运行编号 {}。",
                run.title,
                tools::RUN,
                run.shop,
                run.id
            );
            return Ok(result(text, data, false));
        };
        let shops = shops(self.door, self.caller).await?;
        let name = shops.iter().find(|shop| shop.id == run.shop).map_or(run.shop.as_str(), |shop| &shop.name);
        let about = About { shop: &run.shop, shop_name: name, skill: &run.skill, run: &run.id, link: Some(&link) };
        let mut text = Letter::of(&about, report).text;
        let proposals = decisions::of_run(self.door, self.caller, (&run.shop, &run.id)).await?;
        if let Some(asks) = decisions::asks(&proposals, &self.caller.console, &run.shop) {
            text.push_str(&format!("\n{asks}\n"));
        }
        data["summary"] = fill(&report.summary, &report.facts).into();
        data["facts"] = json!(report.facts);
        data["proposals"] = json!(proposals);
        Ok(result(text, data, false))
    }

    fn path(&self) -> String {
        format!("/api/shops/{}/runs/{}", self.shop, self.run)
    }
}

/// An answer in words and as data.
pub(super) fn result(text: String, data: Value, failed: bool) -> CallToolResult {
    let words = vec![ContentBlock::text(text)];
    let mut result = if failed { CallToolResult::error(words) } else { CallToolResult::success(words) };
    result.structured_content = Some(data);
    result
}

/// An argument that names a shop or a run.
pub(super) fn id(given: Option<Value>, name: &str) -> Result<String, Refusal> {
    match given {
        Some(Value::String(id)) if is_id(&id) => Ok(id),
        Some(Value::String(id)) => Err(Refusal(format!("没有找到“{}”，请检查 {name}", xiaoer_sdk::quoted_to(&id, 40)))),
        _ => Err(Refusal(format!("请给出 {name}（{} 会列出店铺编号）", tools::SHOPS))),
    }
}

/// What a line of the log says to whoever waits.
pub(super) fn says(news: &News) -> String {
    match news {
        News::Queued => "排队中".into(),
        News::Started { .. } => "开始".into(),
        News::Step { text } => text.clone(),
        News::Done => "报告已生成".into(),
        News::Stopped { why, .. } => why.clone(),
    }
}
