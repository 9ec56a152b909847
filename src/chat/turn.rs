//! One question to its end: the loop in which a model uses tools, or the one skill that the question is routed to.
//!
//! Every step is a stored line before the next begins. What a model wants is a wish: [`super::tools`] says whether there is such a tool
//! and what its arguments are, and each call is answered, counted and bounded. Words are shown once they have passed the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::json;
use tracing::Instrument as _;
use xiaoer_sdk::{Facts, Generator, Manifest};

use super::answer;
use super::found::{Found, rendered};
use super::reads::Reads;
use super::record::{Named, Talk, What};
use super::route::{Known, Way, route};
use super::talks::Inner;
use super::tools::{self, Tools, Wanted};
use crate::config::Role;
use crate::db::DbError;
use crate::llm::ground;
use crate::llm::talk::{Account, Said, ToolCall};
use crate::mcp::Lent;
use crate::run::events::{News, Watcher};
use crate::run::{Ending, NewRun, Run, RunState, Trigger};
use crate::shop::Shop;
use crate::telemetry;

const SYSTEM: &str = include_str!("system.md");
const AGAIN: &str = include_str!("again.md");
/// Calls of one turn of a model that are carried out.
const CALLS: usize = 3;
/// Earlier answers that a model is reminded of.
const REMEMBERED: usize = 4;
/// Characters of a refused answer that its author sees again.
const SHOWN_AGAIN: usize = 4000;
/// Problems that are named to a model.
const NAMED: usize = 8;
/// Why a merchant reads rules though a model answered.
const UNGROUNDED: &str = "模型回答未通过核对";

/// One question on its way.
pub(super) struct Turn<'a> {
    pub(super) chat: &'a Inner,
    /// What the staff may do in this shop, as it was when the question came.
    pub(super) manifests: BTreeMap<String, Manifest>,
    pub(super) shop: &'a Shop,
    pub(super) role: &'a Role,
    pub(super) talk: &'a Talk,
    pub(super) question: &'a str,
    /// What was found so far; whoever stops the turn answers from it.
    pub(super) found: Mutex<Vec<Found>>,
    /// The run that is being waited for.
    pub(super) waiting: Mutex<Option<String>>,
}

/// What earlier lines leave to a new turn.
#[derive(Default)]
struct Memory {
    said: Vec<Said>,
    facts: Facts,
}

impl Turn<'_> {
    /// Works to the last line of the turn.
    pub(super) async fn work(&self) -> Result<What, DbError> {
        let model = self.chat.talker.model();
        let asked = model.is_some();
        self.tell(What::Started { model }).await?;
        if asked { self.by_model().await } else { self.by_route(None).await }
    }

    /// The answer that code can write of what was found so far; none when that is nothing.
    pub(super) fn so_far(&self, why: &str) -> Option<What> {
        let found = self.found.lock().expect("nothing panics while holding it");
        let made = (!found.is_empty()).then(|| answer::by_rules(&found, Some(why), &Facts::default()))?;
        Some(What::Answered(Box::new(made)))
    }

    async fn by_model(&self) -> Result<What, DbError> {
        let tools = Tools::of(self.own().cloned().collect(), self.chat.away.lent_to(&self.role.id).await);
        let offered = tools.offered();
        let memory = self.memory().await?;
        let account = Account { shop: self.shop.id.clone(), role: self.role.id.clone(), run: self.talk.id.clone() };
        let mut talk = vec![Said::System { text: self.system().await? }];
        talk.extend(memory.said.iter().cloned());
        talk.push(Said::User { text: self.question.into() });
        let (mut read, mut refused, mut done) = (0, false, BTreeSet::new());
        let limits = &self.chat.config;
        for _ in 0..limits.steps {
            read += talk.iter().map(size).sum::<usize>();
            if read > limits.characters {
                return Ok(self.bounded(&format!("这个问题读写的文字超过了上限（{} 字）", limits.characters)));
            }
            // Unchecked words are heard by nobody; what is stored of a step is what is shown.
            let turn = match self.chat.talker.turn(&account, &talk, &offered, &|_| ()).await {
                Ok(turn) => turn,
                Err(error) => {
                    tracing::warn!(talk = self.talk.id, why = error.why(), "no turn of the model");
                    return self.without(&error.why()).await;
                }
            };
            if turn.calls.is_empty() {
                match self.checked(&turn.text, &memory.facts) {
                    Ok(text) => return Ok(self.answered(text, turn.model, &memory.facts)),
                    Err(_) if refused => return self.without(UNGROUNDED).await,
                    Err(problems) => {
                        refused = true;
                        tracing::info!(talk = self.talk.id, problems = problems.len(), "an answer did not pass");
                        again(&mut talk, &turn.text, &problems);
                        continue;
                    }
                }
            }
            let calls: Vec<ToolCall> = turn.calls.into_iter().take(CALLS).collect();
            talk.push(Said::Assistant { text: String::new(), calls: calls.clone(), reasoning: turn.reasoning });
            for call in calls {
                let text = if done.insert((call.name.clone(), call.arguments.to_string())) {
                    self.used(&tools, &call).await?
                } else {
                    "这个刚刚查过了，结果在上面；请根据已有的资料回答。".into()
                };
                talk.push(Said::Tool { call: call.id, text });
            }
        }
        Ok(self.bounded(&format!("想了 {} 步还没有得出回答", limits.steps)))
    }

    /// One call, carried out and written down; what the model is told of it.
    async fn used(&self, tools: &Tools, call: &ToolCall) -> Result<String, DbError> {
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
    async fn run(
        &self,
        skill: &str,
        input: &serde_json::Map<String, serde_json::Value>,
        seq: u64,
    ) -> Result<Result<Found, String>, DbError> {
        let trigger = Trigger::Chat { talk: self.talk.id.clone() };
        let run = match self.chat.runs.accept(self.shop, NewRun { skill, input, as_of: None, trigger }).await {
            Ok(run) => run,
            Err(crate::run::AcceptError::Db(error)) => return Err(error),
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

    /// Without a model's words: what was found already, or the skill that fits.
    async fn without(&self, why: &str) -> Result<What, DbError> {
        match self.so_far(why) {
            Some(made) => Ok(made),
            None => self.by_route(Some(why)).await,
        }
    }

    /// At a bound: what was found, or a sentence.
    fn bounded(&self, why: &str) -> What {
        let advice = "已停下；请换个问法，或在工作台直接运行技能";
        self.so_far(why).unwrap_or_else(|| What::stopped("limit", format!("{why}，{advice}")))
    }

    async fn by_route(&self, why: Option<&str>) -> Result<What, DbError> {
        let none = Vec::new();
        // The role's own order first, then everybody else's.
        let others = self.manifests.values().filter(|manifest| manifest.role != self.role.id);
        let known: Vec<Known<'_>> = self
            .own()
            .chain(others)
            .map(|manifest| Known {
                skill: &manifest.name,
                role: &manifest.role,
                title: &manifest.title,
                about: &manifest.description,
                words: self.chat.config.skills.get(&manifest.name).map_or(&none, |hints| &hints.words),
            })
            .collect();
        let made = match route(self.question, &self.role.id, &known) {
            Way::Own(skill) => return self.routed(skill, why).await,
            Way::Colleague(skill, role) => {
                let role = self.chat.roles.iter().find(|known| known.id == role);
                match role.zip(self.manifests.get(skill)) {
                    Some((role, skill)) => {
                        answer::colleague(Named { id: role.id.clone(), title: role.title.clone() }, skill, why)
                    }
                    None => answer::at_a_loss(self.own(), why),
                }
            }
            Way::None => answer::at_a_loss(self.own(), why),
        };
        Ok(What::Answered(Box::new(made)))
    }

    async fn routed(&self, skill: &str, why: Option<&str>) -> Result<What, DbError> {
        let title = self.manifests.get(skill).map_or(skill, |manifest| manifest.title.as_str()).to_owned();
        let called = What::Called { tool: format!("run_{skill}"), title: title.clone(), shown: String::new() };
        let seq = self.tell(called).await?;
        let found = self.run(skill, &serde_json::Map::new(), seq).await?;
        let (ok, text, run) = match &found {
            Ok(found) => (true, came_of(found), found.run.as_ref().map(|run| run.id.clone())),
            Err(why) => (false, why.clone(), None),
        };
        self.tell(What::Returned { call: seq, ok, text, run }).await?;
        Ok(match found {
            Ok(found) => What::Answered(Box::new(answer::by_rules(&[found], why, &Facts::default()))),
            Err(why) => What::stopped("failed", format!("“{title}”没有完成：{why}")),
        })
    }

    fn checked(&self, text: &str, earlier: &Facts) -> Result<String, Vec<ground::Problem>> {
        let mut facts = earlier.clone();
        for one in self.found.lock().expect("nothing panics while holding it").iter() {
            facts.0.extend(one.facts.0.clone());
        }
        ground::narrative(text, &facts)
    }

    fn answered(&self, text: String, model: String, earlier: &Facts) -> What {
        let found = self.found.lock().expect("nothing panics while holding it");
        What::Answered(Box::new(answer::of(text, Generator::Model { name: model }, &found, earlier)))
    }

    async fn system(&self) -> Result<String, DbError> {
        let head = self.chat.mirror.head(&self.shop.id).await?;
        let as_of = head.map_or_else(|| "（还没有数据）".into(), |head| head.complete_through.to_string());
        let others = self.chat.roles.iter().filter(|role| role.id != self.role.id);
        let colleagues: Vec<String> = others.map(|role| format!("{}（{}）", role.title, role.about)).collect();
        let variables = json!({
            "shop": xiaoer_sdk::quoted(&self.shop.name).replace(['「', '」'], " "),
            "role": self.role.title,
            "about": self.role.about,
            "today": self.chat.clock.now_in(self.shop.zone).format("%Y-%m-%d").to_string(),
            "as_of": as_of,
            "colleagues": colleagues.join("、"),
        });
        Ok(rendered(SYSTEM, &variables, None))
    }

    /// The newest answers before this question, as they were said, and the figures in them.
    async fn memory(&self) -> Result<Memory, DbError> {
        let (mut memory, mut asked, mut pairs) = (Memory::default(), None, Vec::new());
        for line in self.chat.room.lines(&self.shop.id, &self.talk.id, 0).await? {
            match line.what {
                What::Asked { text } => asked = Some(text),
                What::Answered(answer) => pairs.extend(asked.take().map(|question| (question, answer))),
                _ => {}
            }
        }
        for (question, answer) in pairs.into_iter().rev().take(REMEMBERED).rev() {
            memory.said.push(Said::User { text: question });
            let text = answer.text.clone();
            memory.said.push(Said::Assistant { text, calls: Vec::new(), reasoning: None });
            memory.facts.0.extend(answer.facts.0);
        }
        Ok(memory)
    }

    fn own(&self) -> impl Iterator<Item = &Manifest> {
        let manifests = &self.manifests;
        let named = self.role.skills.iter().filter_map(|name| manifests.get(name));
        let rest = manifests.values().filter(|m| m.role == self.role.id && !self.role.skills.contains(&m.name));
        named.chain(rest)
    }

    /// Stores a line of this turn and gives its number.
    async fn tell(&self, what: What) -> Result<u64, DbError> {
        self.chat.room.tell(&self.shop.id, &self.talk.id, what).await?.ok_or(DbError::Conflict)
    }
}

fn came_of(found: &Found) -> String {
    match (&found.run, found.proposals) {
        (Some(_), 0) => "报告已生成".into(),
        (Some(_), n) => format!("报告已生成，提出了 {n} 项修改建议，要您批准后才会执行"),
        (None, _) => format!("查到 {} 个数字", found.facts.0.len()),
    }
}

fn again(talk: &mut Vec<Said>, answer: &str, problems: &[ground::Problem]) {
    let problems: Vec<String> = problems.iter().take(NAMED).map(ToString::to_string).collect();
    if !answer.is_empty() {
        let text = answer.chars().take(SHOWN_AGAIN).collect();
        talk.push(Said::Assistant { text, calls: Vec::new(), reasoning: None });
    }
    talk.push(Said::User { text: rendered(AGAIN, &json!({ "problems": problems }), None) });
}

fn size(said: &Said) -> usize {
    match said {
        Said::System { text } | Said::User { text } | Said::Tool { text, .. } => text.chars().count(),
        Said::Assistant { text, calls, reasoning } => {
            let asked: usize = calls.iter().map(|call| call.name.len() + call.arguments.to_string().len()).sum();
            text.chars().count() + reasoning.as_ref().map_or(0, |r| r.chars().count()) + asked
        }
    }
}
