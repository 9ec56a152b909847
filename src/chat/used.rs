//! One tool that is used in a turn: carried out, written down before and after, and what is told of it. It decides nothing: which tools there
//! are says [`super::tools`], and a skill is a run like any other.

use tracing::Instrument as _;

use super::found::Found;
use super::reads::Reads;
use super::record::{Named, What};
use super::tools::{self, Tools, Wanted};
use super::turn::Turn;
use crate::db::DbError;
use crate::llm::talk::ToolCall;
use crate::mcp::Lent;
use crate::run::events::{News, Watcher};
use crate::run::{AcceptError, Ending, NewRun, Run, RunState, Trigger};
use crate::telemetry;

impl Turn<'_> {
    /// One call, carried out and written down; what the model is told of it.
    pub(super) async fn used(&self, tools: &Tools, call: &ToolCall) -> Result<String, DbError> {
        let (tool, title) = (xiaoer_sdk::quoted_to(&call.name, 40), tools.title(&call.name));
        let seq = self.tell(What::Called { tool, title, shown: tools::shown(&call.arguments) }).await?;
        let found = match tools.wanted(&call.name, &call.arguments) {
            Ok(Wanted::Lent { at, input }) => return self.lent((tools.lent(at), &input), seq).await,
            Ok(wanted) => {
                // Only a tool that there is: any other name is the model's own words.
                let span = telemetry::tool(&call.name, &self.talk.id);
                self.find(wanted, seq).instrument(span).await?
            }
            Err(why) => Err(why),
        };
        let (ok, text, run) = match &found {
            Ok(found) => (true, came_of(found), found.run.as_ref().map(|run| run.id.clone())),
            Err(why) => (false, why.clone(), None),
        };
        self.tell(What::Returned { call: seq, ok, text, run }).await?;
        Ok(match found {
            Ok(found) => {
                let material = found.material();
                self.found.lock().expect("nothing panics while holding it").push(found);
                material
            }
            Err(why) => format!("没有成功：{why}"),
        })
    }

    /// A call of somebody else's tool. What it answers brings no fact: the model may read it, and no figure of it passes the checks.
    async fn lent(
        &self,
        (lent, input): (Option<&Lent>, &serde_json::Map<String, serde_json::Value>),
        seq: u64,
    ) -> Result<String, DbError> {
        let said = match lent {
            Some(lent) => lent.call(input).await,
            None => Err("没有这个工具".into()),
        };
        let (ok, text) = match &said {
            Ok(_) => (true, "外部服务回答了".into()),
            Err(why) => (false, why.clone()),
        };
        self.tell(What::Returned { call: seq, ok, text, run: None }).await?;
        Ok(said.unwrap_or_else(|why| format!("没有成功：{why}")))
    }

    async fn find(&self, wanted: Wanted, seq: u64) -> Result<Result<Found, String>, DbError> {
        if let Wanted::Skill { skill, input, .. } = &wanted {
            return self.run(skill, input, seq).await;
        }
        let Some(head) = self.chat.mirror.head(&self.shop.id).await? else {
            return Ok(Err(format!("店铺“{}”还没有数据，请先同步或导入订单", self.shop.name)));
        };
        let reads = Reads { mirror: &self.chat.mirror, scorer: &self.chat.scorer, shop: self.shop, head: &head };
        let report = match wanted {
            Wanted::Score(as_of) => reads.score(as_of).await,
            Wanted::Dropping => reads.dropping().await,
            Wanted::Sales(from, to) => reads.sales(from, to).await,
            Wanted::Refunds => reads.refunds().await,
            Wanted::Products(query) => reads.products(&query).await,
            Wanted::Skill { .. } | Wanted::Lent { .. } => return Ok(Err("没有这个工具".into())),
        };
        Ok(report.map(|report| Found::of(&report, None, seq)))
    }

    /// A skill as a run like any other, waited for.
    pub(super) async fn run(
        &self,
        skill: &str,
        input: &serde_json::Map<String, serde_json::Value>,
        seq: u64,
    ) -> Result<Result<Found, String>, DbError> {
        let trigger = Trigger::Chat { talk: self.talk.id.clone() };
        let run = match self.chat.runs.accept(self.shop, NewRun { skill, input, as_of: None, trigger }).await {
            Ok(run) => run,
            Err(AcceptError::Db(error)) => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        };
        *self.waiting.lock().expect("nothing panics while holding it") = Some(run.id.clone());
        let ended = self.ended(&run).await;
        *self.waiting.lock().expect("nothing panics while holding it") = None;
        let ended = ended?;
        let report = self.chat.runs.report(&run.shop, &run.id).await?;
        Ok(match (&ended.state, report) {
            (RunState::Ended(Ending::Done), Some(report)) => {
                Ok(Found::of(&report, Some(Named { id: run.id, title: run.title }), seq))
            }
            (RunState::Ended(Ending::Failed { why } | Ending::Blocked { why }), _) => Err(why.clone()),
            (state, _) => Err(format!("“{}”{}", run.title, state.label())),
        })
    }

    async fn ended(&self, run: &Run) -> Result<Run, DbError> {
        let mut watcher = Watcher::new(self.chat.db.clone(), &self.chat.bell, &run.shop, &run.id, None);
        loop {
            let lines = watcher.lines().await?;
            if lines.iter().any(|line| News::is_last(&line.news)) {
                return Ok(self.chat.runs.get(&run.shop, &run.id).await?.unwrap_or_else(|| run.clone()));
            }
        }
    }
}

pub(super) fn came_of(found: &Found) -> String {
    match (&found.run, found.proposals) {
        (Some(_), 0) => "报告已生成".into(),
        (Some(_), n) => format!("报告已生成，提出了 {n} 项修改建议，要您批准后才会执行"),
        (None, _) => format!("查到 {} 个数字", found.facts.0.len()),
    }
}
