//! One question to its end: the loop in which a model uses tools. Without one [`super::unaided`] answers.
//!
//! Every step is a stored line before the next begins. What a model wants is a wish: [`super::tools`] says whether there is such a tool
//! and what its arguments are, and each call is answered, counted and bounded. Words are shown once they have passed the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::json;
use xiaoer_sdk::{Facts, Generator, Manifest};

use super::answer;
use super::found::{Found, rendered};
use super::record::{Talk, What};
use super::talks::Inner;
use super::tools::Tools;
use crate::config::Role;
use crate::db::DbError;
use crate::llm::ground;
use crate::llm::talk::{Account, Said, ToolCall};
use crate::shop::Shop;

const AGAIN: &str = include_str!("again.md");
/// Calls of one turn of a model that are carried out.
const CALLS: usize = 3;
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

impl Turn<'_> {
    /// Works to the last line of the turn.
    pub(super) async fn work(&self) -> Result<What, DbError> {
        let model = self.chat.talker.model();
        let asked = model.is_some();
        self.tell(What::Started { model }).await?;
        if asked { self.by_model().await } else { self.by_route(None).await }
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

    pub(super) fn own(&self) -> impl Iterator<Item = &Manifest> {
        let manifests = &self.manifests;
        let named = self.role.skills.iter().filter_map(|name| manifests.get(name));
        let rest = manifests.values().filter(|m| m.role == self.role.id && !self.role.skills.contains(&m.name));
        named.chain(rest)
    }

    /// Stores a line of this turn and gives its number.
    pub(super) async fn tell(&self, what: What) -> Result<u64, DbError> {
        self.chat.room.tell(&self.shop.id, &self.talk.id, what).await?.ok_or(DbError::Conflict)
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
